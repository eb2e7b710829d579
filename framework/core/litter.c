#include <proda/litter.h>

void proda_litter_site(const struct proda_litter *litter, double *site)
{
  const struct proda_mixing *mixing = &litter->mixing;
  for (size_t k = 0; k < PRODA_N_LITTERS; k++) {
    double sum = 0;
    for (size_t m = 0; m < mixing->n_months; m++)
      sum += litter->input[k][m];
    site[PRODA_LITTER_INPUT + k] = 12 * sum / (double)mixing->n_months / PRODA_DAYS_PER_YEAR;
  }
  site[PRODA_LITTER_FROZEN] = 0;
  for (size_t m = 0; m < mixing->n_months; m++)
    if (!(mixing->active_layer_last_year[m] > 0))
      site[PRODA_LITTER_FROZEN] = 1;
  proda_mixing_site(mixing, site + PRODA_LITTER_MIXING);
}
