#include <time.h>

#include "conformance/model_checks.h"
#include "conformance/solving.h"

static const double seconds = 0.02; /* of measuring each */

static double now(void)
{
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double of_terms(const struct proda_bench *b)
{
  double start = now(), end;
  size_t n = 0;
  do {
    for (int k = 0; k < 16; k++, n += PRODA_LANES)
      b->ops->terms(b->model, b->site, b->parameter, &b->terms);
    end = now();
  } while (end - start < seconds);
  return (end - start) / (double)n;
}

static double of_solving(struct proda_block *block)
{
  double start = now(), end;
  size_t n = 0;
  do {
    proda_block_solve(block);
    n += PRODA_LANES;
    end = now();
  } while (end - start < seconds);
  return (end - start) / (double)n;
}

static int check(struct proda_rig *rig, struct proda_finding *finding)
{
  struct proda_solving s = {0};
  int status = proda_solving_make(rig, 0, finding, &s);
  if (status == PRODA_OK)
    status = proda_solving_round(&s, 0, finding);
  if (status == PRODA_OK)
    proda_finding_remark(finding, "%.3g us a draw for the terms, %.3g us with the steady state",
                         1e6 * of_terms(&rig->one), 1e6 * of_solving(s.block));
  proda_solving_clear(&s);
  return status;
}

const struct proda_check proda_model_speed = {
    .name = "speed",
    .asks = "how long a draw takes on one core",
    .matters = "a calibration of the globe takes 10^10 of them",
    .repair = "what does not depend on parameters belongs into site",
    .once = true,
    .model = check,
};
