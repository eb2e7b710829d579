#!/bin/sh
# The installed tree alone: nothing of the source or build tree is on any path. Every command of
# doc/new-structure.md, from a new folder to a calibrated map beside CLM5 and COMPAS, and of doc/plugins.md, where a
# plugin in C is compiled by hand with pkg-config; then the structure that the document makes of Millennial, at all
# cases of its golden card.
# `make check` installs below a directory of its own first (DESTDIR); `make installcheck` takes what is installed.
set -eu
top=$(cd "$srcdir" && pwd)
srcdir=$top # for card, wherever it runs
card=$(cd "$builddir" && pwd)/tests/install/card
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "test_install: $*" >&2
  exit 1
}

stage=${DESTDIR:-}
if [ -n "${PRODA:-}" ]; then
  stage=$work/stage
  ${MAKE:-make} -C "$builddir" install DESTDIR="$stage" >"$work/log" 2>&1 ||
    fail "it cannot be installed: $(tail -n 5 "$work/log")"
fi

# A staged proda.pc states places without DESTDIR.
mkdir "$work/bin" "$work/home"
cat >"$work/bin/pkg-config" <<SH
#!/bin/sh
PKG_CONFIG_PATH='$stage$pkgconfigdir' exec $(command -v pkg-config) --define-variable=libdir='$stage$libdir' \
  --define-variable=includedir='$stage$includedir' --define-variable=datarootdir='$stage$datarootdir' "\$@"
SH
chmod +x "$work/bin/pkg-config"
for variable in $(env | sed -n 's/^\(PRODA[A-Z_]*\)=.*/\1/p') XDG_DATA_HOME; do
  unset "$variable"
done
PATH=$work/bin:$stage$bindir:$PATH
HOME=$work/home
export PATH HOME
test "$(command -v proda)" = "$stage$bindir/proda" || fail "another proda is on PATH: $(command -v proda)"

for document in new-structure plugins; do
  mkdir "$work/$document"
  awk '/^```sh$/ {on = 1; next} /^```$/ {on = 0} on' "$top/doc/$document.md" >"$work/commands.sh"
  (cd "$work/$document" && sh -eu "$work/commands.sh") >"$work/$document.log" 2>&1 ||
    fail "doc/$document.md: a command failed: $(tail -n 20 "$work/$document.log")"
done

cd "$work/new-structure"
told() {
  grep -q "$1" "$work/new-structure.log" || fail "the document promises '$1'"
}
told 'wrong/wrong.yaml:[0-9]*:[0-9]*: cannot add gC m-3 to yr'
told '^clm5  *model  *ready  *installed '
told '^soil  *model  *ready  *PRODA_PLUGIN_PATH '
for structure in clm5 compas millennial millennial_vr; do
  told "^compare $structure: 30 sites: [1-9][0-9]* kept"
  test -s "four/$structure/map.nc" || fail "there is no map of $structure"
done
test -s four/report.html || fail "there is no report"
for number in $(sed -n '/^ pools =/,/;/s/[^0-9. ]//gp' "$top/doc/new-structure.md"); do
  grep -q "$number" "$work/new-structure.log" || fail "the document shows $number"
done

# The model of the paper, at all cases of its card.
"$card" forcing.nc parameters.nc >"$work/log" 2>&1 || fail "$(cat "$work/log")"
proda --plugin-path . simulate millennial --forcing forcing.nc --parameters parameters.nc --out states.nc >said
grep -q '24 sites x 1 parameter sets: 24 solved' said || fail "golden's cases: $(cat said)"
"$card" states.nc >"$work/log" 2>&1 || fail "$(cat "$work/log")"
