#!/bin/sh
# The pipeline as a user runs it, on a small synthetic world: every store is there; a second run does
# nothing; a run that was killed goes on and ends with the same bytes; a changed setting makes stale only what
# depends on it.
set -eu
top=$(cd "$srcdir" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
  echo "test_run: $*" >&2
  exit 1
}

cat >small.yaml <<'YAML'
proda: 1
kind: experiment
name: small
seed: 7
output: out
data:
  synth: {profiles: 40, resolution: 15, noise: 0.1}
structures:
  - {model: clm5}
calibrate:
  sampler: adaptive_metropolis
  settings: {test_run: 3000, formal_run: 6000}
  observation: {error: lognormal, sd: 0.1}
  keep: 20
screen: {max_rhat: 1.2, min_nse: 0}
train:
  emulator: mlp
  settings: {hidden: [16, 16], epochs: 20}
report: {figures: false}
YAML
stores="prepare.nc clm5/calibrate.nc clm5/screen.nc clm5/train.nc clm5/map.nc compare.nc"

# A mistake in the last stage is told before the first begins.
sed 's/epochs: 20/epoch: 20/' small.yaml >typo.yaml
! "$PRODA" run typo.yaml >typo.log 2>&1 || fail "a wrong setting was taken"
grep -q "typo.yaml:18:.*did you mean 'epochs'" typo.log || fail "the typo is told as: $(cat typo.log)"
sed 's/error: lognormal/observable: dox, error: lognormal/' small.yaml >unseen.yaml
! "$PRODA" run unseen.yaml >unseen.log 2>&1 || fail "an unknown observable was taken"
grep -q 'unseen.yaml:13:.*clm5 observes no "dox"' unseen.log ||
  fail "the unknown observable is told as: $(cat unseen.log)"
test ! -e out || fail "work began in spite of a wrong setting"

# So is a truth that nobody knows, and data that are not there.
sed 's/noise: 0.1/noise: 0.1, truth: clm6/' small.yaml >truth.yaml
! "$PRODA" run truth.yaml >truth.log 2>&1 || fail "an unknown truth was taken"
grep -q "truth.yaml:7:.*clm6" truth.log || fail "the unknown truth is told as: $(cat truth.log)"
sed 's/  synth: .*/  {profiles: none.nc, grid: none.nc}/' small.yaml >absent.yaml
! "$PRODA" run absent.yaml >absent.log 2>&1 || fail "a run without data succeeded"
grep -q "none.nc.*No such file" absent.log || fail "absent data are told as: $(cat absent.log)"

# A label for what is no class is told once the covariates are known, before any calibration.
{ cat small.yaml; echo 'compare: {labels: {land_covers: {1: wood}}}'; } >label.yaml
! "$PRODA" run label.yaml >label.log 2>&1 || fail "a label for no class was taken"
grep -q "label.yaml:.*did you mean 'land_cover'" label.log || fail "the label is told as: $(cat label.log)"
test ! -e out/clm5 || fail "calibration began in spite of a wrong label"
rm -r out

"$PRODA" run small.yaml >first.log || fail "the first run failed"
for store in $stores; do
  test -s "out/$store" || fail "no store out/$store"
done
test ! -e out/clm5/calibrate.journal || fail "the journal was left behind"

# What stores hold cannot be the name of a structure's own quantity, which they hold too.
own=$("$PRODA" header "$top/models/clm5/clm5.yaml" | sed -n 's/^  QUANTITY_\([a-zA-Z0-9_]*\).*/\1/p')
for variable in $({ ncdump -h out/clm5/calibrate.nc; ncdump -h out/clm5/map.nc; } | sed -n 's/^\t[a-z0-9]* \([A-Za-z0-9_]*\)[( ].*;$/\1/p'); do
  for quantity in $own; do
    case $variable in "$quantity" | *_"$quantity") continue 2 ;; esac
  done
  sed "s/^  carbon: *{/  $variable: {/" "$top/tests/plugin/tiny/tiny.yaml" >tiny.yaml
  ! "$PRODA" check tiny.yaml >name.log 2>&1 || fail "a quantity may be called $variable"
  grep -q 'tiny.yaml:[0-9]*:3: .*give this quantity another name' name.log || fail "it is told as: $(cat name.log)"
done

# Stores lie beside the experiment, from wherever it is run.
(cd / && "$PRODA" run "$work/small.yaml") >second.log || fail "the second run failed"
test "$(grep -c 'up to date' second.log)" -ge 6 || fail "the second run did something: $(cat second.log)"

mv out undisturbed
# Kills fall where a site has just been finished: the journal has grown.
journal=out/clm5/calibrate.journal
size() { wc -c 2>/dev/null <"$journal" || echo 0; }
for kill in 1 2 3; do
  before=$(size)
  "$PRODA" run small.yaml >killed.log 2>&1 &
  run=$!
  while kill -0 "$run" 2>/dev/null && test "$(size)" -le $((before + 100)); do
    sleep 0.01
  done
  kill -9 "$run" 2>/dev/null || true
  wait "$run" 2>/dev/null || true
done
"$PRODA" run small.yaml >resumed.log || fail "the run after the kills failed"
grep -q 'going on with' resumed.log || fail "the run after the kills began anew"
for store in $stores; do
  cmp "out/$store" "undisturbed/$store" || fail "$store differs after kills"
done

sed -i 's/max_rhat: 1.2/max_rhat: 1.3/' small.yaml
"$PRODA" run small.yaml >stale.log || fail "the run with another screen failed"
grep -q 'calibrate clm5: up to date' stale.log || fail "calibrate ran again for a setting of screen"
! grep -q 'screen clm5: up to date' stale.log || fail "screen did not see its new setting"
