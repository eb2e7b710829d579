#include <stdio.h>

#include "conformance/model_checks.h"

/* The rounding that the host allows in sums. */
static const double above_one = 1 + 1e-9;

/* What was seen of one kind of fault. */
struct tally {
  int lanes; /* of ordinary sites, with any such fault */
  bool at_defaults;
  char first[512];
};

static void note(struct proda_rig *rig, int i, int round, struct tally *tally,
                 struct proda_finding *finding, const char *text)
{
  bool defaults = round == 0 && i == 0;
  if (tally->lanes == 0 || defaults) {
    snprintf(tally->first, sizeof tally->first, "%s", text);
    proda_rig_at(rig, &rig->one, i, finding);
  }
  tally->lanes++;
  tally->at_defaults = tally->at_defaults || defaults;
}

/* The first negative fraction of a lane and the first sum above 1, as text. */
static void look(const struct proda_rig *rig, int i, char negative[256], char above[256])
{
  const struct proda_manifest *m = rig->manifest;
  size_t L = rig->one.n_layers;
  char layer[32] = "";
  *negative = *above = '\0';
  for (size_t l = 0; l < L; l++)
    for (size_t c = 0; c < m->n_channels; c++) {
      double sum = 0;
      if (L > 1)
        snprintf(layer, sizeof layer, ", layer %zu", l + 1);
      for (size_t k = 0; k < m->n_transfers; k++) {
        double x = rig->one.terms.fraction[k * L + l][i];
        if (m->transfer[k].channel != c)
          continue;
        sum += x;
        if (x < 0 && !*negative)
          snprintf(negative, 256, "fraction %s%s is %g", m->transfer[k].name, layer, x);
      }
      if (sum > above_one && !*above)
        snprintf(above, 256, "the fractions of channel %s%s sum to %.9g", m->channel[c].name, layer,
                 sum);
    }
}

static int judge(const struct tally *tally, int n, const char *expected,
                 struct proda_finding *finding)
{
  if (tally->lanes == 0)
    return PRODA_OK;
  if (tally->at_defaults || 2 * tally->lanes > n)
    return proda_finding_fail(finding, expected, "%s (%s; in %d of %d draws)", tally->first,
                              tally->at_defaults ? "at the defaults" : "at most draws",
                              tally->lanes, n);
  proda_finding_warn(finding, expected, "%s (in %d of %d draws, which will be rejected)",
                     tally->first, tally->lanes, n);
  return PRODA_OK;
}

static int check(struct proda_rig *rig, struct proda_finding *finding)
{
  struct tally below = {0}, beyond = {0};
  int n = 0;
  if (rig->manifest->n_transfers == 0)
    return proda_finding_skip(finding, "no channel hands anything over");
  for (int round = 0; round < 4 * PRODA_RIG_ROUNDS; round += 2) {
    char negative[256], above[256];
    if (proda_rig_fill(rig, &rig->one, round, finding))
      return PRODA_ERROR;
    proda_bench_terms(&rig->one);
    for (int i = 0; i < PRODA_LANES; i++, n++) {
      look(rig, i, negative, above);
      if (*negative)
        note(rig, i, round, &below, finding, negative);
      if (*above)
        note(rig, i, round, &beyond, finding, above);
    }
  }
  if (judge(&beyond, n, "a sum of at most 1: nothing hands over more than it takes", finding))
    return PRODA_ERROR;
  return judge(&below, n, "0 or more: a share of what leaves the donor", finding);
}

const struct proda_check proda_model_fractions = {
    .name = "fractions",
    .asks = "fractions are not negative, and those of a channel sum to at most 1",
    .matters = "above 1 carbon comes from nothing, and the host rejects the draw",
    .repair = "the fractions of that channel, and priors of their parameters whose corner sums to "
              "more than 1",
    .model = check,
};
