#!/bin/sh
# Builds @name@, checks it, and computes its steady states in a synthetic world: how many cells have one is told, none
# is a failure.
set -eu
cd "$(dirname "$0")"
proda build "$PWD"
proda check "$PWD"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
proda --plugin-path .. synth "$work/world" --model @name@ --profiles 5 --resolution 15
proda --plugin-path .. simulate @name@ --forcing "$work/world/grid.nc" --out "$work/states.nc" >"$work/said"
cat "$work/said"
grep -q ' sets: [1-9][0-9]* solved' "$work/said" || {
  echo "test.sh: no cell has a sound steady state with the default parameters" >&2
  exit 1
}
