#include "conformance/model_checks.h"

/* Alone, in another place, beside lanes of NaN. */
static int alone(struct proda_rig *rig, int i, struct proda_finding *finding)
{
  int at = (i + 3) % PRODA_LANES;
  proda_bench_spoil_inputs(&rig->two, 0xff);
  proda_bench_copy_lane(&rig->one, i, &rig->two, at);
  proda_bench_terms(&rig->two);
  int status = proda_bench_same(&rig->one, i, &rig->two, at,
                                "the same bits: a lane depends on no other lane",
                                "alone in another lane, with NaN in all others");
  if (status)
    proda_rig_at(rig, &rig->one, i, finding);
  return status;
}

/* The other way round: a lane of NaN does not touch the rest. */
static int beside(struct proda_rig *rig, int i, struct proda_finding *finding)
{
  for (int j = 0; j < PRODA_LANES; j++)
    proda_bench_copy_lane(&rig->one, j, &rig->two, j);
  for (size_t k = 0; k < rig->two.site_size; k++)
    rig->two.site[k][i] = NAN;
  for (size_t p = 0; p < rig->manifest->n_parameters; p++)
    rig->two.parameter[p][i] = NAN;
  proda_bench_terms(&rig->two);
  for (int j = 0; j < PRODA_LANES; j++)
    if (j != i && proda_bench_same(&rig->one, j, &rig->two, j,
                                   "the same bits: a lane depends on no other lane",
                                   "beside a lane of NaN")) {
      proda_rig_at(rig, &rig->one, j, finding);
      return PRODA_ERROR;
    }
  return PRODA_OK;
}

static int check(struct proda_rig *rig, struct proda_finding *finding)
{
  for (int round = 0; round < PRODA_RIG_ROUNDS; round++) {
    if (proda_rig_fill(rig, &rig->one, round, finding))
      return PRODA_ERROR;
    proda_bench_terms(&rig->one);
    for (int i = 0; i < PRODA_LANES; i++)
      if (alone(rig, i, finding) || beside(rig, i, finding))
        return PRODA_ERROR;
  }
  return PRODA_OK;
}

const struct proda_check proda_model_lanes = {
    .name = "lanes",
    .asks = "each lane alone gives the same bits; a lane of NaN does not touch the others",
    .matters = "lanes are draws of different chains: they would disturb each other, and results "
               "would depend on how they are packed",
    .repair = "loops that leave early by what one lane holds; sums or maxima over lanes; x[0] "
              "where x is meant; use lane_select for conditions",
    .model = check,
};
