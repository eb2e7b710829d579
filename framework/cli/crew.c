#include "cli/crew.h"

#include "farm/ranks.h"

static int assist(void *context, const struct proda_job *job, struct proda_error *error)
{
  return proda_calibrate_assist(context, job, error);
}

static int help(struct proda_run *run, const struct proda_error *trouble, struct proda_error *error)
{
  run->stop->attended = 1; /* rank 0 decides what a signal means to all */
  return proda_ranks_serve(run->crew, trouble, assist, run, error);
}

static void report_crew(const struct proda_run *run)
{
  size_t n = run->workers.n, processors = proda_farm_processors();
  proda_report(run, "%zu ranks of %zu worker%s", run->crew->size, n, n == 1 ? "" : "s");
  if (n > processors)
    proda_report(run,
                 "the launcher binds a rank with its %zu workers to %zu processor%s: `mpirun "
                 "--bind-to none` or `srun --cpus-per-task=%zu` gives it more",
                 n, processors, processors == 1 ? "" : "s", n);
}

/* What the run ended with comes before what another rank had to say. */
static int dismiss(struct proda_run *run, int status, struct proda_error *error)
{
  struct proda_error trouble;
  if (proda_ranks_dismiss(run->crew, &trouble) == PRODA_OK || status != PRODA_OK)
    return status;
  *error = trouble;
  return PRODA_ERROR;
}

int cli_crew_run(struct proda_run *run, const struct proda_error *trouble,
                 int (*stages)(void *context, struct proda_error *error), void *context,
                 struct proda_error *error)
{
  int status;
  if (proda_crew_join(&run->crew, error))
    return proda_launched().rank > 0 ? PRODA_OK : PRODA_ERROR; /* the first one tells */
  if (!run->crew)
    return stages(context, error);
  if (run->crew->rank > 0) {
    status = help(run, trouble, error);
  } else {
    report_crew(run);
    status = dismiss(run, stages(context, error), error);
  }
  proda_crew_leave(run->crew);
  run->crew = NULL;
  return status;
}
