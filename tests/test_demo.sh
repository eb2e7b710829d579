#!/bin/sh
# The demo finds the known truth of the embedded world again: R2 of the map of first-metre carbon at least 0.9.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$srcdir/examples/demo/experiment.yaml" "$work/demo.yaml"
chmod u+w "$work/demo.yaml"
"$PRODA" run "$work/demo.yaml" >"$work/log" || { cat "$work/log" >&2; exit 1; }
cat "$work/log"
r2=$(sed -n 's/.*against the truth.*: R2 \(-*[0-9.]*\), RMSE.*/\1/p' "$work/log")
test -n "$r2" || { echo "test_demo: no line tells the recovery" >&2; exit 1; }
awk -v r2="$r2" 'BEGIN { exit !(r2 >= 0.9) }' ||
  { echo "test_demo: R2 is $r2, expected at least 0.9" >&2; exit 1; }
