#!/bin/sh
# Builds @name@, checks it, and has it learn from a few calibrated profiles.
set -eu
cd "$(dirname "$0")"
proda build "$PWD"
proda check "$PWD"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp experiment.yaml "$work"
for stage in prepare calibrate screen train; do
  proda --plugin-path .. "$stage" "$work/experiment.yaml"
done
