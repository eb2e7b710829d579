#!/bin/sh
# Runs the job scripts of doc/cluster.md: the ```bash blocks, with srun and scontrol that stand in for Slurm's: mpirun
# where proda is configured with MPI, else just the command.
set -eu
top=$(cd "$srcdir" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/run"
cat >"$work/bin/proda" <<SH
#!/bin/sh
exec "$PRODA" "\$@"
SH
cat >"$work/bin/srun" <<'SH'
#!/bin/sh
ranks=2
for option; do
  case $option in
  --ntasks=1) ranks=1 ;;
  --mpi=pmix | --kill-on-bad-exit=1 | --cpus-per-task=2) ;;
  -*) echo "srun: $option" >&2; exit 1 ;;
  *) break ;;
  esac
  shift
done
test "$ranks" = 2 && test -n "$PRODA_MPIRUN" || exec "$@"
exec "$PRODA_MPIRUN" -n "$ranks" --oversubscribe --bind-to none "$@"
SH
cat >"$work/bin/mpirun" <<'SH'
#!/bin/sh
test "$1 $2" = "--bind-to none" || exit 1
shift 2
test -n "$PRODA_MPIRUN" || exec "$@"
exec "$PRODA_MPIRUN" -n 2 --oversubscribe --bind-to none "$@"
SH
printf '#!/bin/sh\necho "$@" >requeued\n' >"$work/bin/scontrol"
chmod +x "$work"/bin/*
PATH=$work/bin:$PATH
OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
SLURM_CPUS_PER_TASK=2 SLURM_ARRAY_TASK_ID=7 SLURM_JOB_ID=1
export PATH OMPI_ALLOW_RUN_AS_ROOT OMPI_ALLOW_RUN_AS_ROOT_CONFIRM
export SLURM_CPUS_PER_TASK SLURM_ARRAY_TASK_ID SLURM_JOB_ID
cat >"$work/experiment.yaml" <<'YAML'
proda: 1
kind: experiment
name: cluster
seed: 1
output: results
data:
  synth: {profiles: 40, resolution: 15}
structures:
  - {model: clm5}
calibrate:
  sampler: adaptive_metropolis
  settings: {test_run: 500, formal_run: 1000}
screen: {max_rhat: 5, min_nse: -1000}
train: {emulator: mlp, settings: {hidden: [4], epochs: 5}}
report: {figures: false}
YAML
awk -v work="$work" '
  /^```bash$/ {on = 1; n++; next}
  /^```$/ {on = 0}
  on {print > (work "/job" n)}' "$top/doc/cluster.md"
test -s "$work/job3" || { echo "doc/cluster.md does not show three scripts" >&2; exit 1; }
for job in "$work"/job*; do
  bash -n "$job"
  rm -rf "$work/run"
  mkdir "$work/run"
  cp "$work/experiment.yaml" "$work/run"
  (cd "$work/run" && bash -eu "$job") >"$work/log" 2>&1 ||
    { echo "doc/cluster.md: $(basename "$job") failed:" >&2; tail -n 20 "$work/log" >&2; exit 1; }
  output=$work/run/results
  test ! -e "$work/run/seeds/7" || output=$work/run/seeds/7
  test -s "$output/clm5/map.nc" || { echo "$(basename "$job") made no map" >&2; exit 1; }
  test ! -e "$work/run/requeued" || { echo "$(basename "$job") was requeued" >&2; exit 1; }
done
