#include <math.h>

#include "conformance/model_checks.h"

static bool any_transported(const struct proda_manifest *m)
{
  for (size_t p = 0; p < m->n_pools; p++)
    if (m->transported[p])
      return true;
  return false;
}

/* Rates below this share of the fastest linear channel move nothing, whatever they lose. */
static const double negligible = 1e-15;

static double fastest(const struct proda_rig *rig, int i)
{
  double fastest = 0;
  for (size_t k = 0; k < rig->manifest->n_channels * rig->one.n_layers; k++)
    if (rig->manifest->channel[k / rig->one.n_layers].linear)
      fastest = fmax(fastest, rig->one.terms.rate[k][i]);
  return fastest;
}

/* What a unit of carbon in layer l loses there and brings to its neighbours, per area. */
static int column(struct proda_rig *rig, size_t l, int i, struct proda_finding *finding)
{
  const double *dz = rig->manifest->grid.dz;
  const lane *t = rig->one.terms.transport;
  size_t L = rig->one.n_layers;
  double here = dz[l] * t[L + l][i];
  double above = l > 0 ? dz[l - 1] * t[2 * L + l - 1][i] : 0;
  double below = l + 1 < L ? dz[l + 1] * t[l + 1][i] : 0;
  double sum = here + above + below, gross = fabs(here) + fabs(above) + fabs(below);
  if (here >= 0 && above <= 0 && below <= 0 &&
      fabs(sum) <= 1e-11 * gross + negligible * fastest(rig, i) * dz[l])
    return PRODA_OK;
  proda_rig_at(rig, &rig->one, i, finding);
  if (here < 0 || above > 0 || below > 0)
    return proda_finding_fail(finding, "a diagonal of 0 or more, and 0 or less beside it",
                              "layer %zu has diagonal %g, upper band above it %g and lower band "
                              "below it %g (each times thickness)",
                              l + 1, here, above, below);
  return proda_finding_fail(
      finding,
      "dz[l-1] upper[l-1] + dz[l] diagonal[l] + dz[l+1] lower[l+1] = 0: what leaves a layer comes "
      "into its neighbours",
      "carbon of layer %zu: %g leaves it, %g arrives elsewhere: %s %.3g of it", l + 1, here,
      -above - below, sum > 0 ? "transport loses" : "transport makes", fabs(sum) / gross * 2);
}

static int check(struct proda_rig *rig, struct proda_finding *finding)
{
  if (!any_transported(rig->manifest))
    return proda_finding_skip(finding, "no pool is transported");
  if (!rig->manifest->transport_conserves)
    return proda_finding_skip(finding, "the manifest admits it: `conserves: false`");
  for (int round = 0; round < 2 * PRODA_RIG_ROUNDS; round++) {
    if (proda_rig_fill(rig, &rig->one, round, finding))
      return PRODA_ERROR;
    proda_bench_terms(&rig->one);
    for (size_t l = 0; l < rig->one.n_layers; l++)
      for (int i = 0; i < PRODA_LANES; i++)
        if (column(rig, l, i, finding))
          return PRODA_ERROR;
  }
  return PRODA_OK;
}

const struct proda_check proda_model_transport = {
    .name = "transport",
    .asks = "transport moves carbon between layers, and neither makes nor loses any",
    .matters = "it would leak: input is no longer what is respired, and no column balances",
    .repair = "the bands of neighbours belong together: what lower[l+1] takes up is what layer l "
              "gives, divided by the thickness of the layer that takes it; the ends of the column; "
              "or admit it: `transport: {conserves: false}`",
    .model = check,
};
