#!/bin/sh
# Runs every command that the documents show: the ```sh blocks of a document, in their order, in an empty
# directory. PRODA and PKG_CONFIG_PATH are those of the build tree (make check) or unset, and then the installed
# proda on PATH is used (make installcheck).
set -eu
top=$(cd "$srcdir" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
if [ -n "${PRODA:-}" ]; then
  build=$(dirname "$PRODA")
  cat >"$work/bin/proda" <<SH
#!/bin/sh
exec "$PRODA" "\$@"
SH
  # The build tree's proda.pc, with headers and library where they are before they are installed.
  cat >"$work/bin/pkg-config" <<SH
#!/bin/sh
PKG_CONFIG_PATH='$build/framework' exec $(command -v pkg-config) \
  --define-variable=includedir='$top/framework/include' --define-variable=libdir='$build/.libs' "\$@"
SH
  chmod +x "$work/bin/proda" "$work/bin/pkg-config"
  PATH=$work/bin:$PATH
  export PATH
fi
for document in README.md doc/experiment.md doc/ledger.md doc/plugins.md doc/running.md doc/simulate.md; do
  mkdir -p "$work/run"
  ln -s "$top/models" "$work/run/models"
  awk '/^```sh$/ {on = 1; next} /^```$/ {on = 0} on' "$top/$document" >"$work/commands.sh"
  test -s "$work/commands.sh" || { echo "$document shows no commands" >&2; exit 1; }
  (cd "$work/run" && sh -eu "$work/commands.sh") >"$work/log" 2>&1 ||
    { echo "$document: a command failed:" >&2; tail -n 20 "$work/log" >&2; exit 1; }
  rm -rf "$work/run"
done
