#include <math.h>
#include <stdlib.h>

#include "pipeline/compare/comparison.h"
#include "stats/weighted.h"

enum { N_BANDS = 180 };

enum { LATITUDE, SOC, Q25, Q75, COMPONENT, N_ENTRIES };
static const struct proda_nc_entry entry[N_ENTRIES] = {
    [LATITUDE] = {"band_latitude", PRODA_NC_DOUBLE, "band", "degrees_north",
                  "middle of the band of one degree"},
    [SOC] = {"soc_by_latitude", PRODA_NC_DOUBLE, "parameterisation structure depth band", "kg m-2",
             "area-weighted mean of soil organic carbon on common cells"},
    [Q25] = {"soc_by_latitude_q25", PRODA_NC_DOUBLE, "parameterisation structure depth band",
             "kg m-2", "area-weighted 25 % quantile of soil organic carbon on common cells"},
    [Q75] = {"soc_by_latitude_q75", PRODA_NC_DOUBLE, "parameterisation structure depth band",
             "kg m-2", "area-weighted 75 % quantile of soil organic carbon on common cells"},
    [COMPONENT] = {"component_by_latitude", PRODA_NC_DOUBLE,
                   "parameterisation structure quantity band", NULL,
                   "area-weighted mean on common cells, in quantity_unit"},
};

/* The cells of the bands, one band's behind the other's. */
struct bands {
  size_t first[N_BANDS + 1];
  size_t *cell;
  struct proda_weighted *room; /* [n_cells] */
};

static size_t band_of(double latitude)
{
  double band = floor(latitude + 90);
  return band < 0 ? 0 : band >= N_BANDS ? N_BANDS - 1 : (size_t)band;
}

static int sort_cells(const struct proda_compared_maps *maps, struct bands *bands,
                      struct proda_error *error)
{
  size_t next[N_BANDS];
  bands->cell = calloc(maps->n_cells + 1, sizeof *bands->cell);
  bands->room = calloc(maps->n_cells + 1, sizeof *bands->room);
  if (!bands->cell || !bands->room)
    return proda_error_set(error, "out of memory for the bands of latitude");
  for (size_t c = 0; c < maps->n_cells; c++)
    bands->first[band_of(maps->latitude[c]) + 1]++;
  for (size_t b = 0; b < N_BANDS; b++) {
    bands->first[b + 1] += bands->first[b];
    next[b] = bands->first[b];
  }
  for (size_t c = 0; c < maps->n_cells; c++)
    bands->cell[next[band_of(maps->latitude[c])]++] = c;
  return PRODA_OK;
}

/* Values of one band on common cells, into the room. */
static size_t gather(const struct proda_compared_maps *maps, const struct bands *bands, size_t b,
                     const bool *common, const double *value)
{
  size_t n = 0;
  for (size_t i = bands->first[b]; i < bands->first[b + 1]; i++) {
    size_t c = bands->cell[i];
    double weight = proda_compared_weight(maps, c);
    if (common[c] && isfinite(value[c]) && weight > 0)
      bands->room[n++] = (struct proda_weighted){value[c], weight};
  }
  return n;
}

static void fill_quantity(const struct proda_compared_maps *maps, const struct bands *bands,
                          size_t p, size_t s, size_t q, double *const out[N_ENTRIES])
{
  const double *value = proda_compared_value(maps, q, p, s);
  size_t at = p * maps->n_structures + s;
  for (size_t b = 0; value && b < N_BANDS; b++) {
    size_t n = gather(maps, bands, b, maps->common[p], value);
    double mean = proda_weighted_mean(bands->room, n);
    out[COMPONENT][(at * maps->n_quantities + q) * N_BANDS + b] = mean;
    if (q >= PRODA_MAP_N_DEPTHS)
      continue;
    size_t place = (at * PRODA_MAP_N_DEPTHS + q) * N_BANDS + b;
    proda_weighted_sort(bands->room, n);
    out[SOC][place] = mean;
    out[Q25][place] = proda_weighted_quantile_sorted(bands->room, n, 0.25);
    out[Q75][place] = proda_weighted_quantile_sorted(bands->room, n, 0.75);
  }
}

int proda_compare_latitudes(const struct proda_comparison *c, struct proda_draft *draft,
                            struct proda_error *error)
{
  struct bands bands = {.cell = NULL};
  double *out[N_ENTRIES];
  int status = proda_draft_dim(draft, "band", N_BANDS, error);
  if (status == PRODA_OK)
    status = proda_draft_numbers_all(draft, entry, N_ENTRIES, out, error);
  if (status == PRODA_OK)
    status = sort_cells(c->maps, &bands, error);
  for (size_t b = 0; b < N_BANDS && status == PRODA_OK; b++)
    out[LATITUDE][b] = (double)b - 89.5;
  for (size_t p = 0; p < PRODA_N_PARAMETERISATIONS && status == PRODA_OK; p++)
    for (size_t s = 0; s < c->n_structures; s++)
      for (size_t q = 0; q < c->maps->n_quantities; q++)
        fill_quantity(c->maps, &bands, p, s, q, out);
  free(bands.cell);
  free(bands.room);
  return status;
}
