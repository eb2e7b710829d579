#!/bin/sh
# `proda new`: what it writes builds, passes `proda check` and the conformance tests that all plugins pass, and
# runs; what is there stays; nothing is left of what is refused.
set -eu
top=$(cd "$srcdir" && pwd)
build=$(dirname "$PRODA")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/here"
printf '#!/bin/sh\nexec "%s" "$@"\n' "$PRODA" >"$work/bin/proda"
chmod +x "$work/bin/proda"
PATH=$work/bin:$PATH
PRODA_INCLUDE_PATH=${PRODA_INCLUDE_PATH:-$top/framework/include}
export PATH PRODA_INCLUDE_PATH
cd "$work/here"

fail() {
  echo "test_new: $*" >&2
  exit 1
}

# refused PATTERN ARGUMENT...: it fails with a message like this, and leaves nothing.
refused() {
  pattern=$1
  shift
  find . | sort >"$work/before"
  ! proda new "$@" >"$work/out" 2>"$work/err" || fail "proda new $* succeeded"
  grep -q "$pattern" "$work/err" || fail "proda new $* says: $(cat "$work/err")"
  find . | sort | cmp - "$work/before" || fail "proda new $* left something"
}

for kind in model sampler emulator; do
  name=my_$kind
  proda new "$kind" "$name" >said || fail "no new $kind"
  grep -q "proda build ./$name" said || fail "what comes next is told as: $(cat said)"
  ! grep -rl '@name@' "$name" || fail "places are left to fill in $name"
  ! find "$name" -name '*NAME*' | grep . || fail "files are left to name in $name"
  "./$name/test.sh" >log 2>&1 || fail "$name/test.sh: $(tail -n 5 log)"
  grep -q '^[^ ]*: [1-9][0-9]* checks ok, 0 failed, 0 with a warning' log || fail "$name is not clean: $(cat log)"
  ls "$name" >before
  refused "$name is there already" "$kind" "$name"
  ls "$name" | cmp - before
  PRODA_PLUGIN_PATH=$PWD "$build/tests/conformance/test_${kind}s" >log 2>&1 ||
    fail "$name does not conform: $(tail -n 20 log)"
done
(cd my_model && proda --plugin-path .. run experiment.yaml) >log || fail "the example fails: $(tail -n 3 log)"
test -s my_model/output/my_model/map.nc || fail "the example made no map"

# Another structure's manifest: the same but for the name and a first line that says so.
like=$(find "$top/models" -name 'clm5*.yaml' | xargs grep -l '^inputs:$' | head -n 1)
proda new model twin --like "$(basename "$like" .yaml)" >/dev/null || fail "no copy of $like"
sed "s/^name: .*/name: twin/" "$like" >expected
sed 1d twin/twin.yaml | cmp - expected || fail "the copy differs"
proda build ./twin >/dev/null && proda check ./twin >log || fail "the copy does not pass: $(cat log)"

refused "'2pools' cannot name a plugin" model 2pools
refused "'a/b' cannot name a plugin" sampler a/b
refused "cannot name a plugin" model ''
refused "unknown kind 'modle'; did you mean 'model'" modle x
refused "expected model, sampler or emulator, and a name" model
refused "no plugin 'clm6'; did you mean 'clm5'" model x --like clm6
refused "is of kind sampler" model x --like adaptive_metropolis
refused "needs C code beside its manifest" model x --like "$top/tests/plugin/tiny/tiny.yaml"
refused "like is for models" sampler x --like adaptive_metropolis
refused "a value is needed" model x --like
ln -s nowhere dangling
refused "dangling is there already" model dangling
PRODA_TEMPLATE_PATH=$work/none refused "templates cannot be read" model x
mkdir "$work/templates"
cp -r "$PRODA_TEMPLATE_PATH/model" "$work/templates/"
chmod -R u+w "$work/templates"
echo 'rubbish: 1' >>"$work/templates/model/NAME.yaml"
PRODA_TEMPLATE_PATH=$work/templates refused "no key 'rubbish'" model x
