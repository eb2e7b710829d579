#!/bin/sh
# The report as a reader opens it: a small run of two structures, and of one, makes pages that a headless Chromium
# reads from file:// without network. Needs node, Chromium and Vega; skipped without them, failed where CI is set.
set -eu
here=$(cd "$srcdir/tests/report" && pwd)
folder=$(cd "$srcdir/share/report" && pwd)
vega=$builddir/share/report/vega.js

absent() {
  echo "test_page: $1 is absent: skipped; bootstrap check installs it"
  test -z "${CI:-}" || exit 1
  exit 77
}
command -v node >/dev/null || absent node
node -e 'process.exit(require(process.argv[1]).chromium() ? 0 : 1)' "$here/browser.js" || absent chromium
test -s "$vega" || absent "Vega (libjs-vega)"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

node "$here/pieces.js" "$folder" "$vega"

experiment() {
  cat <<YAML
proda: 1
kind: experiment
name: "</script><img src=x onerror=injected=1> $1"
seed: 3
output: $1
data:
  synth: {profiles: 50, resolution: 6, noise: 0.1}
structures: [$2]
calibrate:
  sampler: adaptive_metropolis
  settings: {test_run: 2000, formal_run: 3000}
  observation: {error: lognormal, sd: 0.1}
  keep: 40
screen: {max_rhat: 3, min_nse: -9}
train:
  emulator: mlp
  settings: {hidden: [16, 16], epochs: 60}
compare: {labels: {land_cover: {1: "</script><img src=x onerror=injected=1>"}}}
report: {figures: false}
YAML
}
experiment two '{model: clm5}, {model: compas}' >"$work/two.yaml"
experiment alone '{model: clm5}' >"$work/alone.yaml"
for name in two alone; do
  "$PRODA" run "$work/$name.yaml" >"$work/$name.log" || { cat "$work/$name.log" >&2; exit 1; }
done
node "$here/page.js" "$work/two/report.html" "$folder/render.js" "$vega"
node "$here/page.js" "$work/alone/report.html" "$folder/render.js" "$vega" alone
