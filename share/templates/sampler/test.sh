#!/bin/sh
# Builds @name@, checks it, and calibrates a few profiles with it.
set -eu
cd "$(dirname "$0")"
proda build "$PWD"
proda check "$PWD"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp experiment.yaml "$work"
for stage in prepare calibrate; do
  proda --plugin-path .. "$stage" "$work/experiment.yaml"
done
