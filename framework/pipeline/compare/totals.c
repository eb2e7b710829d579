#include <math.h>

#include "pipeline/compare/comparison.h"

enum { TOTAL, SHARE, COMMON, COMMON_SHARE, COMMON_CELLS, N_ENTRIES };
static const struct proda_nc_entry entry[N_ENTRIES] = {
    [TOTAL] = {"total_soc", PRODA_NC_DOUBLE, "parameterisation structure depth", "Pg",
               "soil organic carbon on the cells where the structure is sound"},
    [SHARE] = {"land_share", PRODA_NC_DOUBLE, "parameterisation structure", "1",
               "share of the land where the structure is sound"},
    [COMMON] = {"total_soc_common", PRODA_NC_DOUBLE, "parameterisation structure depth", "Pg",
                "soil organic carbon on the cells where all structures are sound"},
    [COMMON_SHARE] = {"common_share", PRODA_NC_DOUBLE, "parameterisation", "1",
                      "share of the land where all structures are sound"},
    [COMMON_CELLS] = {"common_cells", PRODA_NC_INT, "parameterisation", "1",
                      "number of cells where all structures are sound"},
};

/* Pg over the cells that count; NaN where areas are unknown. */
static double carbon(const struct proda_compared_maps *maps, const double *stock,
                     const bool *counts)
{
  double sum = 0;
  if (!maps->area)
    return NAN;
  for (size_t c = 0; c < maps->n_cells; c++)
    if (counts[c])
      sum += stock[c] * maps->area[c] * 1e-12;
  return sum;
}

static double share(const struct proda_compared_maps *maps, const bool *counts)
{
  double covered = 0, all = 0;
  for (size_t c = 0; c < maps->n_cells; c++) {
    double weight = proda_compared_weight(maps, c);
    all += weight;
    covered += counts[c] ? weight : 0;
  }
  return covered / all;
}

static void report(const struct proda_comparison *c, double *const value[N_ENTRIES])
{
  for (size_t s = 0; s < c->n_structures; s++) {
    size_t before = (PRODA_AD_HOC * c->n_structures + s) * PRODA_MAP_N_DEPTHS + PRODA_MAP_0_100CM;
    size_t after =
        (PRODA_CALIBRATED * c->n_structures + s) * PRODA_MAP_N_DEPTHS + PRODA_MAP_0_100CM;
    proda_report(c->run,
                 "compare %s: %.0f Pg C in 0-100 cm ad hoc (%.0f on common cells), %.0f calibrated "
                 "(%.0f)",
                 proda_compared_name(c, s), value[TOTAL][before], value[COMMON][before],
                 value[TOTAL][after], value[COMMON][after]);
  }
  if (c->n_structures > 1)
    proda_report(c->run,
                 "compare: all structures are sound on %.0f cells (%.1f %% of the land) ad hoc, on "
                 "%.0f (%.1f %%) calibrated",
                 value[COMMON_CELLS][PRODA_AD_HOC], 100 * value[COMMON_SHARE][PRODA_AD_HOC],
                 value[COMMON_CELLS][PRODA_CALIBRATED],
                 100 * value[COMMON_SHARE][PRODA_CALIBRATED]);
}

int proda_compare_totals(const struct proda_comparison *c, struct proda_draft *draft,
                         struct proda_error *error)
{
  const struct proda_compared_maps *maps = c->maps;
  double *value[N_ENTRIES];
  if (proda_draft_numbers_all(draft, entry, N_ENTRIES, value, error) != PRODA_OK)
    return PRODA_ERROR;
  for (size_t p = 0; p < PRODA_N_PARAMETERISATIONS; p++) {
    value[COMMON_SHARE][p] = share(maps, maps->common[p]);
    for (size_t cell = 0; cell < maps->n_cells; cell++)
      value[COMMON_CELLS][p] += maps->common[p][cell];
    for (size_t s = 0; s < c->n_structures; s++) {
      size_t at = p * c->n_structures + s;
      const bool *sound = proda_compared_sound(maps, p, s);
      value[SHARE][at] = share(maps, sound);
      for (size_t d = 0; d < PRODA_MAP_N_DEPTHS; d++) {
        const double *stock = proda_compared_value(maps, d, p, s);
        value[TOTAL][at * PRODA_MAP_N_DEPTHS + d] = carbon(maps, stock, sound);
        value[COMMON][at * PRODA_MAP_N_DEPTHS + d] = carbon(maps, stock, maps->common[p]);
      }
    }
  }
  report(c, value);
  return PRODA_OK;
}
