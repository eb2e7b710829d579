#include <proda/litter.h>

static double is_frozen(const double *active_layer, size_t n)
{
  for (size_t m = 0; m < n; m++)
    if (!(active_layer[m] > 0))
      return 1;
  return 0;
}

void proda_litter_site(const struct proda_litter *litter, lane *site, int i)
{
  const double *const *driver = litter->driver;
  struct proda_mixing mixing = {
      .n_layers = litter->n_layers,
      .dz = litter->dz,
      .node = litter->node,
      .interface = litter->interface,
      .n_months = litter->n_months,
      .active_layer = driver[PRODA_LITTER_ALTMAX],
      .active_layer_last_year = driver[PRODA_LITTER_ALTMAX_LASTYEAR],
      .bedrock = driver[PRODA_LITTER_NBEDROCK],
  };
  double coefficient[PRODA_MIXING_SIZE(litter->n_layers)];
  proda_mixing_site(&mixing, coefficient);
  for (size_t k = 0; k < PRODA_MIXING_SIZE(litter->n_layers); k++)
    site[PRODA_LITTER_MIXING + k][i] = coefficient[k];
  for (size_t k = 0; k < PRODA_N_LITTERS; k++)
    site[PRODA_LITTER_INPUT + k][i] =
        12 * proda_months_mean(driver[PRODA_LITTER_INPUTS + k], litter->n_months) /
        PRODA_DAYS_PER_YEAR;
  site[PRODA_LITTER_FROZEN][i] = is_frozen(driver[PRODA_LITTER_ALTMAX_LASTYEAR], litter->n_months);
}
