#include <stdio.h>

#include "cli/cli.h"

/* In the process that works: what it printed has to be out before it ends. */
static int run_and_flush(void *context, struct proda_guard *guard, struct proda_error *error)
{
  const struct proda_guarded *work = context;
  int result = work->run(work->context, guard, error);
  return result == CLI_OK ? cli_flush(error) : result;
}

int cli_guarded(const struct proda_guarded *work, struct proda_error *error)
{
  int asked_by = 0;
  const struct proda_guarded flushed = {run_and_flush, (void *)work, work->stage, work->follows};
  int result = proda_guard_run(&flushed, &asked_by, error);
  if (asked_by)
    return CLI_SIGNAL + asked_by;
  return result == PRODA_ERROR ? CLI_FAILED : result; /* it ended before it could say */
}
