#include "conformance/model_checks.h"

#include <string.h>

enum { GUARD = 0x5a };

static int compare(const struct proda_rig *rig, int i, struct proda_finding *finding)
{
  lane guard;
  memset(&guard, GUARD, sizeof guard);
  for (size_t k = 0; k < rig->one.site_size; k++)
    for (int j = 0; j < PRODA_LANES; j++) {
      double once = rig->one.site[k][j], expected = j == i ? rig->two.site[k][j] : guard[0];
      if (!proda_same_number(once, expected) && j == i)
        return proda_finding_fail(finding, "every entry of the lane written, the same each time",
                                  "site[%zu][%d] is %.17g, and %.17g where other numbers stood "
                                  "there before",
                                  k, j, once, expected);
      if (!proda_same_number(once, expected))
        return proda_finding_fail(finding, "that site writes to the lane that it is asked for",
                                  "site for lane %d wrote %.17g to site[%zu][%d]", i, once, k, j);
    }
  return PRODA_OK;
}

static int check(struct proda_rig *rig, struct proda_finding *finding)
{
  struct proda_error error;
  for (int i = 0; i < PRODA_LANES; i++) {
    const struct proda_forcing *forcing = &rig->place[i].forcing;
    proda_bench_spoil_inputs(&rig->one, GUARD);
    proda_bench_spoil_inputs(&rig->two, 0);
    if (proda_bench_site(&rig->one, i, forcing, &error) != PRODA_OK ||
        proda_bench_site(&rig->two, i, forcing, &error) != PRODA_OK)
      return proda_finding_fail(finding, "that site accepts it", "site refused %s: %s",
                                proda_place_name(&rig->place[i]), error.message);
    if (compare(rig, i, finding))
      return PRODA_ERROR;
  }
  return PRODA_OK;
}

const struct proda_check proda_model_site = {
    .name = "site",
    .asks = "site fills its lane, all of it, and touches no other",
    .matters = "lanes of a block are at different sites, and move one by one",
    .repair = "site[k][i] is all that site writes, for every k below site_size",
    .model = check,
};
