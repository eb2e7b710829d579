#include "pipeline/prepare/layers.h"

#include <math.h>
#include <stdlib.h>

const char *const proda_layer_meaning[PRODA_LAYER_N_STATES] = {
    "used",         "no_carbon",
    "zero_carbon",  "impossible_carbon",
    "wrong_depths", "impossible_fragments",
    "duplicate",    "overlapping",
};
const char *const proda_soc_origin_meaning[PRODA_SOC_N_ORIGINS] = {
    "measured_bulk_density",
    "pedotransfer_bulk_density",
    "reported_density",
};

static const double max_bulk_density = 2.65; // quartz, kg dm-3
static const double max_content = 1000;      // g kg-1
static const double same_depth = 1e-4;       // m; depths come in single precision

static bool usable_bulk_density(double bulk_density)
{
  return bulk_density > 0 && bulk_density <= max_bulk_density;
}

bool proda_layer_has_both(const struct proda_profiles *profiles, size_t i)
{
  return profiles->content[i] > 0 && profiles->content[i] <= max_content &&
         usable_bulk_density(profiles->bulk_density[i]);
}

int proda_layers_fit(const struct proda_profiles *profiles, struct proda_bulk_density_fit *fit,
                     struct proda_error *error)
{
  size_t n = 0;
  double *carbon = malloc((2 * profiles->n_layers + 1) * sizeof *carbon);
  if (!carbon)
    return proda_error_set(error, "out of memory");
  double *bulk_density = carbon + profiles->n_layers;
  for (size_t i = 0; i < profiles->n_layers; i++)
    if (proda_layer_has_both(profiles, i)) {
      carbon[n] = profiles->content[i];
      bulk_density[n++] = profiles->bulk_density[i];
    }
  int result = proda_bulk_density_fit(carbon, bulk_density, n, fit, error);
  free(carbon);
  return result;
}

static enum proda_layer_state judge_depths(double top, double bottom)
{
  return top >= 0 && bottom > top && isfinite(bottom) ? PRODA_LAYER_USED : PRODA_LAYER_BAD_DEPTH;
}

static enum proda_layer_state judge_carbon(double value, double maximum)
{
  if (isnan(value))
    return PRODA_LAYER_NO_CARBON;
  if (value == 0)
    return PRODA_LAYER_ZERO;
  return value > 0 && value <= maximum ? PRODA_LAYER_USED : PRODA_LAYER_BAD_CARBON;
}

/** Density from content, or the one reported. */
static enum proda_layer_state convert(const struct proda_profiles *profiles, size_t i,
                                      const struct proda_bulk_density_fit *fit,
                                      struct proda_layers *layers)
{
  double content = profiles->content[i], bulk_density = profiles->bulk_density[i];
  double coarse = isnan(profiles->coarse[i]) ? 0 : profiles->coarse[i];
  if (isnan(content)) {
    layers->soc[i] = profiles->density[i];
    layers->origin[i] = PRODA_SOC_REPORTED;
    return judge_carbon(profiles->density[i], 1e6);
  }
  enum proda_layer_state state = judge_carbon(content, max_content);
  if (state != PRODA_LAYER_USED)
    return state;
  if (!(coarse >= 0 && coarse <= 100))
    return PRODA_LAYER_BAD_COARSE;
  bool measured = usable_bulk_density(bulk_density);
  if (!measured && !isnan(bulk_density))
    layers->n_bad_bulk_density++;
  if (!measured)
    bulk_density = proda_bulk_density(fit, content);
  layers->origin[i] = measured ? PRODA_SOC_MEASURED : PRODA_SOC_PEDOTRANSFER;
  layers->soc[i] = content * bulk_density * 1000 * (1 - coarse / 100);
  return judge_carbon(layers->soc[i], INFINITY);
}

/** Whether a layer belongs behind another; those without a top stand last. */
static bool follows(double top, double other)
{
  return top > other || (isnan(top) && !isnan(other));
}

/** Insertion sort by top: profiles are short and nearly always in order. */
static void sort_by_top(const struct proda_profiles *profiles, size_t from, size_t to,
                        size_t *order)
{
  for (size_t i = from; i < to; i++) {
    size_t at = i;
    for (; at > from && follows(profiles->top[order[at - 1]], profiles->top[i]); at--)
      order[at] = order[at - 1];
    order[at] = i;
  }
}

/** Of layers that share depths the first stays. */
static void judge_neighbours(const struct proda_profiles *profiles, size_t from, size_t to,
                             struct proda_layers *layers)
{
  size_t last = to; // the deepest used so far
  for (size_t k = from; k < to; k++) {
    size_t i = layers->order[k];
    if (layers->state[i] != PRODA_LAYER_USED)
      continue;
    if (last == to || profiles->top[i] >= profiles->bottom[last] - same_depth)
      last = i;
    else if (fabs(profiles->top[i] - profiles->top[last]) <= same_depth &&
             fabs(profiles->bottom[i] - profiles->bottom[last]) <= same_depth)
      layers->state[i] = PRODA_LAYER_DUPLICATE;
    else
      layers->state[i] = PRODA_LAYER_OVERLAP;
  }
}

static int allocate(size_t n, struct proda_layers **layers, struct proda_error *error)
{
  struct proda_layers *made = *layers = calloc(1, sizeof *made);
  if (made) {
    made->order = calloc(n + 1, sizeof *made->order);
    made->state = calloc(n + 1, sizeof *made->state);
    made->origin = calloc(n + 1, sizeof *made->origin);
    made->soc = calloc(n + 1, sizeof *made->soc);
  }
  if (!made || !made->order || !made->state || !made->origin || !made->soc) {
    proda_layers_free(made);
    *layers = NULL;
    return proda_error_set(error, "out of memory for %zu layers", n);
  }
  return PRODA_OK;
}

int proda_layers_make(const struct proda_profiles *profiles,
                      const struct proda_bulk_density_fit *fit, struct proda_layers **layers,
                      struct proda_error *error)
{
  if (allocate(profiles->n_layers, layers, error) != PRODA_OK)
    return PRODA_ERROR;
  struct proda_layers *made = *layers;
  for (size_t i = 0; i < profiles->n_layers; i++) {
    made->state[i] = judge_depths(profiles->top[i], profiles->bottom[i]);
    if (made->state[i] == PRODA_LAYER_USED)
      made->state[i] = convert(profiles, i, fit, made);
  }
  for (size_t p = 0; p < profiles->n; p++) {
    sort_by_top(profiles, profiles->first[p], profiles->first[p + 1], made->order);
    judge_neighbours(profiles, profiles->first[p], profiles->first[p + 1], made);
  }
  for (size_t i = 0; i < profiles->n_layers; i++)
    made->n_no_coarse += made->state[i] == PRODA_LAYER_USED &&
                         made->origin[i] != PRODA_SOC_REPORTED && isnan(profiles->coarse[i]);
  return PRODA_OK;
}

void proda_layers_free(struct proda_layers *layers)
{
  if (!layers)
    return;
  free(layers->order);
  free(layers->state);
  free(layers->origin);
  free(layers->soc);
  free(layers);
}
