#!/bin/sh
# Structures of one layer beside one of many, on the embedded world: amounts per area and per mass of soil, rates
# per day, hour and year end as the same carbon in the maps.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
  echo "test_one_layer: $*" >&2
  exit 1
}

cat >layers.yaml <<'YAML'
proda: 1
kind: experiment
name: layers
seed: 1
output: out
data:
  synth: {truth: clm5, profiles: 20, resolution: 30, noise: 0.1}
structures:
  - {model: clm5}
  - {model: millennial2, settings: {kinetics: ECA}}
  - {model: mend}
  - {model: century}
  - {model: mimics, settings: {turnover: density}}
  - {model: corpse}
  - {model: rothc}
calibrate:
  sampler: adaptive_metropolis
  settings: {test_run: 300, formal_run: 600}
  observation: {error: lognormal, sd: 0.2}
screen: {max_rhat: 100, min_nse: -1000}
train:
  emulator: mlp
  settings: {hidden: [8], epochs: 5}
report: {figures: false}
YAML
"$PRODA" run layers.yaml >layers.log 2>&1 || fail "$(cat layers.log)"

# The values of a variable, one a line.
values() {
  ncdump -p 9,17 -v "$2" "$1" | sed -n "/^data:/,\$ {/^ $2 =/,/;/ {s/.*=//; p}}" | tr -s ', ;' '\n' | grep .
}

# Whether two columns agree; maps keep pools to some six digits.
alike() {
  paste "$1" "$2" | awk 'NF != 2 || ($1 - $2)^2 > 1e-10 * $2^2 {bad = 1} END {exit bad || NR == 0}'
}

values out/world/grid.nc npp_annual >npp
for structure in clm5 millennial2 mend century mimics corpse rothc; do
  values out/$structure/map.nc carbon_input >carbon_input
  alike carbon_input npp || fail "$structure: other carbon enters than the world's: $(paste carbon_input npp)"
done

# Sum of pools FIRST..LAST of N, each site in a line, times the factor in that line of FILE.
stock() {
  values "out/$1/map.nc" pools | xargs -n "$4" | paste -d ' ' - "$5" |
    awk -v first="$2" -v last="$3" '{sum = 0; for (p = first; p <= last; p++) sum += $p; printf "%.9g\n", sum * $NF}'
}

sed 's/.*/1e-3/' npp >per_area
values out/world/grid.nc bulk_density | awk '{print 1e-3 * 0.3 * $1}' >per_mass
stock millennial2 1 5 5 per_area >millennial2
stock mend 1 7 7 per_mass >mend
stock century 5 7 7 per_area >century
sed 's/.*/0.3/' npp >per_volume
stock mimics 1 7 7 per_volume >mimics
sed 's/.*/1/' npp >per_kilogram
stock corpse 1 7 7 per_kilogram >corpse
for structure in millennial2 mend century mimics corpse; do
  values out/$structure/map.nc soc_stock_column >found
  alike $structure found || fail "$structure: its pools hold other carbon than its map: $(paste $structure found)"
done
