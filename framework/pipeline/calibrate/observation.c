#include "pipeline/calibrate/observation.h"

#include <stdlib.h>
#include <string.h>

#include "stats/pchip.h"
#include "stats/summary.h"

/* The published error of the study is this share of the observation; its other cost is this many
 * times 1 - NSE. */
static const double published_relative_error = 0.6, published_efficiency_weight = 5;
static const double half_log_two_pi = 0.91893853320467274178;
enum { CURVE_NODES = 3 /* that the cubic needs, at least */ };

/* One measured layer. */
struct layer {
  struct proda_pchip_point point; /* at: node */
  double value;                   /* as measured, or its log */
  double precision;               /* 1/sd^2 (times the published weight) */
  double log_scale;               /* what the log density subtracts whatever the model says */
};

struct proda_observation {
  size_t n, n_layers;
  size_t n_seen, *seen; /* measured layers within the grid: all below are of these */
  enum proda_observe_at at;
  enum proda_error_kind error;
  struct layer *layer;
  double *overlap; /* at: layer: [n_seen][n_layers], shares of the measured layer */
  const char *flaw;
};

int proda_observing_of(const struct proda_experiment_observation *settings,
                       const struct proda_manifest *manifest, struct proda_observing *how,
                       struct proda_error *error)
{
  long found = proda_manifest_observable(manifest, settings->observable);
  if (found < 0)
    return proda_error_set(error, "%s observes no \"%s\"; `proda describe %s` lists what it does",
                           manifest->name, settings->observable, manifest->name);
  *how = (struct proda_observing){settings, &manifest->grid, (size_t)found,
                                  manifest->observable[found].published_cost};
  if (settings->error == PRODA_ERROR_PUBLISHED && how->cost == PRODA_COST_NONE)
    return proda_error_set(error,
                           "%s states no published_cost for \"%s\", so `error: published` means "
                           "nothing for it; use gaussian or lognormal",
                           manifest->name, settings->observable);
  return PRODA_OK;
}

static int compare_descending(const void *a, const void *b)
{
  const double *x = *(const double *const *)a, *y = *(const double *const *)b;
  if (*x != *y)
    return *x < *y ? 1 : -1;
  return x < y ? -1 : 1; /* ties keep the order of the data */
}

/* Adds to rank[i] half the place of |x_i - mean| in descending order, from 1. */
static void add_half_ranks(size_t n, const double *x, double *distance, const double **order,
                           double *rank)
{
  double mean = proda_mean(x, n);
  for (size_t i = 0; i < n; i++) {
    distance[i] = fabs(x[i] - mean);
    order[i] = &distance[i];
  }
  qsort(order, n, sizeof *order, compare_descending);
  for (size_t k = 0; k < n; k++)
    rank[order[k] - distance] += 0.5 * (double)(k + 1);
}

int proda_observation_layer_weights(size_t n, const double *depth, const double *value,
                                    double *weight, struct proda_error *error)
{
  double *distance = calloc(n + 1, sizeof *distance);
  const double **order = calloc(n + 1, sizeof *order);
  int status = PRODA_OK;
  if (!distance || !order) {
    status = proda_error_set(error, "out of memory for %zu observations", n);
    goto out;
  }
  memset(weight, 0, n * sizeof *weight);
  add_half_ranks(n, value, distance, order, weight);
  add_half_ranks(n, depth, distance, order, weight);
  for (size_t i = 0; i < n; i++)
    weight[i] = fmax(1, 10 * exp(-(weight[i] - 1)));
out:
  free(distance);
  free(order);
  return status;
}

/* Share of the measured layer that lies in each model layer; what reaches below the grid counts as
 * the last layer, a layer of no thickness as its place. */
static void fill_overlap(const struct proda_grid *grid, double top, double bottom, double *share)
{
  double above = 0, thickness = bottom - top;
  for (size_t l = 0; l < grid->n_layers; l++) {
    double below = l + 1 < grid->n_layers ? grid->interface[l] : INFINITY;
    if (thickness > 0)
      share[l] = fmax(0, fmin(bottom, below) - fmax(top, above)) / thickness;
    else
      share[l] = top >= above && top < below;
    above = below;
  }
}

/* Precision and constant of the error of one layer by the experiment's own error model. */
static void fill_error(const struct proda_experiment_observation *settings, double value,
                       struct layer *layer)
{
  double sd = settings->sd;
  layer->value = value;
  switch (settings->error) {
  case PRODA_ERROR_GAUSSIAN:
    sd = hypot(settings->relative * value, settings->absolute);
    layer->log_scale = log(sd) + half_log_two_pi;
    break;
  case PRODA_ERROR_LOGNORMAL:
    layer->value = log(value);
    layer->log_scale = layer->value + log(sd) + half_log_two_pi;
    break;
  case PRODA_ERROR_PUBLISHED:
    return;
  }
  layer->precision = 1 / (sd * sd);
}

static int fill_weighted(const struct proda_measured *measured, const double *depth, double *weight,
                         struct layer *layer, struct proda_error *error)
{
  size_t n = measured->n;
  if (proda_observation_layer_weights(n, depth, measured->value, weight, error) != PRODA_OK)
    return PRODA_ERROR;
  for (size_t i = 0; i < n; i++) {
    double sd = published_relative_error * measured->value[i];
    layer[i].precision = weight[i] / (sd * sd);
  }
  return PRODA_OK;
}

static void fill_efficiency(const struct proda_measured *measured,
                            struct proda_observation *observation)
{
  double mean = proda_mean(measured->value, measured->n), spread = 0;
  for (size_t i = 0; i < measured->n; i++)
    spread += (measured->value[i] - mean) * (measured->value[i] - mean);
  if (!(spread > 0))
    observation->flaw = "all layers are measured alike: the published cost has no scale";
  for (size_t i = 0; i < measured->n; i++)
    observation->layer[i].precision = 2 * published_efficiency_weight / spread;
}

static int fill_errors(const struct proda_observing *how, const struct proda_measured *measured,
                       const double *depth, double *weight, struct proda_observation *observation,
                       struct proda_error *error)
{
  for (size_t i = 0; i < measured->n; i++)
    fill_error(how->settings, measured->value[i], &observation->layer[i]);
  if (how->settings->error != PRODA_ERROR_PUBLISHED)
    return PRODA_OK;
  if (how->cost == PRODA_COST_WEIGHTED)
    return fill_weighted(measured, depth, weight, observation->layer, error);
  fill_efficiency(measured, observation);
  return PRODA_OK;
}

bool proda_observation_sees(const struct proda_grid *grid, double top, double bottom)
{
  return 0.5 * (top + bottom) <= grid->interface[grid->n_layers - 1];
}

/* Keeps the measured layers within the grid: room [3 n]. */
static struct proda_measured look(const struct proda_grid *grid,
                                  const struct proda_measured *measured, double *room,
                                  struct proda_observation *observation)
{
  size_t n = measured->n;
  double *top = room, *bottom = room + n, *value = room + 2 * n;
  for (size_t i = 0; i < n; i++) {
    if (!proda_observation_sees(grid, measured->top[i], measured->bottom[i]))
      continue;
    size_t k = observation->n_seen++;
    observation->seen[k] = i;
    top[k] = measured->top[i];
    bottom[k] = measured->bottom[i];
    value[k] = measured->value[i];
  }
  if (observation->n_seen == 0)
    observation->flaw = "all measured layers lie below the structure";
  return (struct proda_measured){observation->n_seen, top, bottom, value};
}

static int fill(const struct proda_observing *how, const struct proda_measured *measured,
                double *room, struct proda_observation *made, struct proda_error *error)
{
  const struct proda_grid *grid = how->grid;
  size_t n = measured->n;
  double *depth = room + 3 * n, *weight = room + 4 * n;
  const struct proda_measured seen = look(grid, measured, room, made);
  for (size_t i = 0; i < seen.n; i++) {
    depth[i] = 0.5 * (seen.top[i] + seen.bottom[i]);
    if (made->at == PRODA_OBSERVE_NODE)
      made->layer[i].point = proda_pchip_locate(grid->n_layers, grid->node, depth[i]);
    fill_overlap(grid, seen.top[i], seen.bottom[i], made->overlap + i * grid->n_layers);
  }
  return seen.n > 0 ? fill_errors(how, &seen, depth, weight, made, error) : PRODA_OK;
}

int proda_observation_new(const struct proda_observing *how, const struct proda_measured *measured,
                          struct proda_observation **observation, struct proda_error *error)
{
  const struct proda_grid *grid = how->grid;
  size_t n = measured->n;
  struct proda_observation *made = calloc(1, sizeof *made);
  double *room = calloc(5 * n + 1, sizeof *room);
  if (made) {
    *made = (struct proda_observation){
        .n = n,
        .n_layers = grid->n_layers,
        .at = grid->n_layers < CURVE_NODES ? PRODA_OBSERVE_LAYER : how->settings->at,
        .error = how->settings->error,
        .seen = calloc(n + 1, sizeof *made->seen),
        .layer = calloc(n + 1, sizeof *made->layer),
        .overlap = calloc(n * grid->n_layers + 1, sizeof *made->overlap),
    };
  }
  int status = made && room && made->seen && made->layer && made->overlap
                   ? fill(how, measured, room, made, error)
                   : proda_error_set(error, "out of memory for %zu observations", n);
  free(room);
  if (status == PRODA_OK)
    *observation = made;
  else
    proda_observation_free(made);
  return status;
}

void proda_observation_free(struct proda_observation *observation)
{
  if (!observation)
    return;
  free(observation->seen);
  free(observation->layer);
  free(observation->overlap);
  free(observation);
}

size_t proda_observation_size(const struct proda_observation *observation)
{
  return observation->n;
}

const char *proda_observation_flaw(const struct proda_observation *observation)
{
  return observation->flaw;
}

void proda_observation_slopes(const struct proda_grid *grid, const lane *density, lane *slope)
{
  if (grid->n_layers >= CURVE_NODES)
    proda_pchip_slopes(grid->n_layers, grid->node, density, slope);
}

void proda_observation_model(const struct proda_observation *observation, const lane *density,
                             const lane *slope, int i, double *modelled)
{
  for (size_t k = 0; k < observation->n; k++)
    modelled[k] = NAN;
  for (size_t k = 0; k < observation->n_seen; k++) {
    double *to = &modelled[observation->seen[k]];
    if (observation->at == PRODA_OBSERVE_NODE) {
      const struct proda_pchip_point *p = &observation->layer[k].point;
      *to = p->weight[0] * density[p->interval][i] + p->weight[1] * density[p->interval + 1][i] +
            p->weight[2] * slope[p->interval][i] + p->weight[3] * slope[p->interval + 1][i];
    } else {
      const double *share = observation->overlap + k * observation->n_layers;
      *to = 0;
      for (size_t l = 0; l < observation->n_layers; l++)
        *to += share[l] * density[l][i];
    }
  }
}

double proda_observation_log_likelihood(const struct proda_observation *observation,
                                        const double *modelled, double *pointwise)
{
  double sum = 0;
  for (size_t k = 0; pointwise && k < observation->n; k++)
    pointwise[k] = NAN;
  for (size_t k = 0; k < observation->n_seen; k++) {
    const struct layer *layer = &observation->layer[k];
    double model = modelled[observation->seen[k]];
    if (observation->error == PRODA_ERROR_LOGNORMAL)
      model = model > 0 ? log(model) : -INFINITY;
    double misfit = model - layer->value;
    double share = -0.5 * layer->precision * misfit * misfit - layer->log_scale;
    if (pointwise)
      pointwise[observation->seen[k]] = share;
    sum += share;
  }
  return sum;
}
