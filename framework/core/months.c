#include <float.h>
#include <math.h>

#include <proda/soil.h>
#include <proda/status.h>

int proda_months_repeat(proda_months_pass *pass, const void *model,
                        const struct proda_forcing *forcing, double start, double *record)
{
  const int most = 1000;
  double before = start;
  for (int i = 0; i < most && isfinite(before); i++) {
    double after = pass(model, forcing, before, record);
    if (fabs(after - before) <= 2 * DBL_EPSILON * fabs(before))
      return PRODA_OK;
    before = after;
  }
  return PRODA_REJECT;
}
