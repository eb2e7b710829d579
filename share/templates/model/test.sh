#!/bin/sh
# Builds @name@, checks it, and computes its steady states in a synthetic world: every cell must have one.
set -eu
cd "$(dirname "$0")"
proda build "$PWD"
proda check "$PWD"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
proda --plugin-path .. synth "$work/world" --model @name@ --profiles 5 --resolution 15
proda --plugin-path .. simulate @name@ --forcing "$work/world/grid.nc" --out "$work/states.nc" >"$work/said"
cat "$work/said"
if ! grep -q ' sets: [0-9]* solved$' "$work/said"; then
  echo "test.sh: some cells have no sound steady state; ncdump -v status states.nc tells which" >&2
  exit 1
fi
