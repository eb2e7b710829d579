#!/bin/sh
# Runs every command that the documents show: the ```sh blocks of a document, in their order, in an empty
# directory, with the built program and its plugins (or the installed ones where PRODA is unset).
set -eu
top=$(cd "$srcdir" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
cat >"$work/bin/proda" <<SH
#!/bin/sh
exec "$PRODA" "\$@"
SH
# Documents compile against an installed proda; here that is the build tree.
cat >"$work/bin/pkg-config" <<SH
#!/bin/sh
case \$1 in
--cflags) echo "-I$top/framework/include -march=native -Wno-psabi" ;;
--libs) echo "-L$(dirname "$PRODA")/.libs -lproda -lsleef" ;;
esac
SH
chmod +x "$work/bin/proda" "$work/bin/pkg-config"
PATH=$work/bin:$PATH
export PATH
for document in README.md doc/experiment.md doc/plugins.md; do
  mkdir -p "$work/run"
  ln -s "$top/models" "$work/run/models"
  awk '/^```sh$/ {on = 1; next} /^```$/ {on = 0} on' "$top/$document" >"$work/commands.sh"
  test -s "$work/commands.sh" || { echo "$document shows no commands" >&2; exit 1; }
  (cd "$work/run" && sh -eu "$work/commands.sh") >"$work/log" 2>&1 ||
    { echo "$document: a command failed:" >&2; tail -n 20 "$work/log" >&2; exit 1; }
  rm -rf "$work/run"
done
