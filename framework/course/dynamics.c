#include "course/moving.h"

#include <stdlib.h>
#include <string.h>

/* ---- making ---- */

/* Cuts `n` numbers off the memory that starts at *at, or only counts where *at is NULL. */
static double *cut(double **at, size_t *total, size_t n)
{
  double *piece = *at;
  if (*at)
    *at += n;
  *total += n;
  return piece;
}

static size_t lay_out(struct proda_dynamics *d, double *memory)
{
  const struct proda_plan *plan = d->plan;
  size_t L = plan->n_layers, total = 0;
  d->weight = cut(&memory, &total, L);
  d->term.input = cut(&memory, &total, plan->n_pools * L);
  d->term.modifier = cut(&memory, &total, plan->n_channels * L);
  d->term.fraction = cut(&memory, &total, plan->n_transfers * L);
  d->term.lost = cut(&memory, &total, plan->n_channels * L);
  d->term.band = cut(&memory, &total, 3 * L);
  d->flux = cut(&memory, &total, plan->n_channels * L);
  d->carbon = cut(&memory, &total, plan->n_channels * L);
  d->column = cut(&memory, &total, (2 + d->manifest->n_losses) * L);
  d->by.flux = cut(&memory, &total, plan->n_channels * L);
  d->by.slope = cut(&memory, &total, plan->n_slopes * L);
  return total;
}

/* Blocks of every component, over lanes from *at on; only counts where *at is NULL. */
static size_t lay_out_blocks(const struct proda_plan *plan, struct proda_blocks *blocks, lane *at)
{
  size_t L = plan->n_layers, total = 0;
  for (size_t k = 0; k < plan->n_components; k++) {
    size_t m = plan->component[k].n_pools, square = L * m * m;
    bool moves = plan->component[k].n_transported > 0;
    if (at)
      blocks[k] = (struct proda_blocks){
          .m = m,
          .n_layers = L,
          .block = at + total,
          .lower = moves ? at + total + square : NULL,
          .upper = moves ? at + total + square + L * m : NULL,
      };
    total += square + (moves ? 2 * L * m : 0);
  }
  return total;
}

static size_t lay_out_lanes(struct proda_dynamics *d, lane *at)
{
  const struct proda_plan *plan = d->plan;
  size_t L = plan->n_layers, blocks = lay_out_blocks(plan, NULL, NULL);
  size_t pools = plan->n_pools * L, channels = plan->n_channels * L;
  if (at) {
    lay_out_blocks(plan, d->by.jacobian, at);
    lay_out_blocks(plan, d->by.factored, at + blocks);
    d->lanes.pools = at + 2 * blocks;
    d->lanes.loss = d->lanes.pools + pools;
    d->lanes.flux = d->lanes.loss + pools;
    d->slope = d->lanes.flux + channels;
    d->row = d->slope + plan->n_slopes * L;
  }
  return 2 * (blocks + pools) + channels + (plan->n_slopes + PRODA_MAX_COMPONENT) * L;
}

static int allocate(struct proda_dynamics *d, struct proda_error *error)
{
  const struct proda_plan *plan = d->plan;
  size_t size = lay_out_lanes(d, NULL) * sizeof(lane);
  d->by.jacobian = calloc(plan->n_components + 1, sizeof *d->by.jacobian);
  d->by.factored = calloc(plan->n_components + 1, sizeof *d->by.factored);
  d->memory = calloc(lay_out(d, NULL), sizeof *d->memory);
  d->lane_memory = aligned_alloc(sizeof(lane), size);
  if (!d->by.jacobian || !d->by.factored || !d->memory || !d->lane_memory)
    return proda_error_set(error, "out of memory for a time course (%zu bytes)", size);
  lay_out(d, d->memory);
  memset(d->lane_memory, 0, size);
  lay_out_lanes(d, d->lane_memory);
  return PRODA_OK;
}

int proda_dynamics_new(const struct proda_structure *structure, const struct proda_months *months,
                       struct proda_dynamics **dynamics, struct proda_error *error)
{
  const struct proda_manifest *manifest = proda_structure_manifest(structure);
  if (!proda_structure_has_slopes(structure))
    return proda_error_set(error,
                           "%s has rates that depend on pools, but its plugin does not offer their "
                           "derivatives (`slopes` of proda/model.h), which a time course needs",
                           manifest->name);
  struct proda_dynamics *made = calloc(1, sizeof *made);
  if (!made)
    return proda_error_set(error, "out of memory for a time course");
  made->manifest = manifest;
  made->plan = proda_structure_plan(structure);
  made->months = months;
  if (allocate(made, error) != PRODA_OK) {
    proda_dynamics_free(made);
    return PRODA_ERROR;
  }
  made->n_losses = manifest->n_losses;
  for (size_t p = 0; p < manifest->n_pools; p++)
    if (manifest->transported[p])
      made->n_losses = manifest->n_losses + 1;
  *dynamics = made;
  return PRODA_OK;
}

void proda_dynamics_free(struct proda_dynamics *d)
{
  if (!d)
    return;
  free(d->by.jacobian);
  free(d->by.factored);
  free(d->memory);
  free(d->lane_memory);
  free(d);
}

size_t proda_dynamics_size(const struct proda_dynamics *d)
{
  return d->plan->n_pools * d->plan->n_layers + d->n_losses;
}

const double *proda_dynamics_weights(const struct proda_dynamics *d)
{
  return d->weight;
}

/* ---- a month's terms ---- */

static void copy_lane(double *to, const lane *from, size_t n, int slot)
{
  for (size_t i = 0; i < n; i++)
    to[i] = from[i][slot];
}

static void copy_inputs(struct proda_dynamics *d, const lane *input)
{
  size_t L = d->plan->n_layers;
  memset(d->term.input, 0, d->plan->n_pools * L * sizeof *d->term.input);
  for (size_t p = 0; p < d->plan->n_pools; p++)
    if (d->plan->input_of[p] >= 0)
      copy_lane(d->term.input + p * L, input + (size_t)d->plan->input_of[p] * L, L, d->slot);
}

/* The share that nobody receives, so computed that shares and it sum to 1 with the least error. */
static void find_lost(struct proda_dynamics *d)
{
  const struct proda_plan *plan = d->plan;
  size_t L = plan->n_layers;
  for (size_t k = 0; k < plan->n_channels * L; k++)
    d->term.lost[k] = 1;
  for (size_t t = 0; t < plan->n_transfers; t++) {
    double *lost = d->term.lost + plan->link[t].channel * L;
    for (size_t l = 0; l < L; l++)
      lost[l] -= d->term.fraction[t * L + l];
  }
}

void proda_dynamics_copy_fluxes(struct proda_dynamics *d, const struct proda_terms *terms)
{
  size_t L = d->plan->n_layers;
  for (size_t c = 0; c < d->plan->n_channels; c++) {
    const lane *rate = terms->rate + c * L;
    const double *modifier = d->term.modifier + c * L;
    for (size_t l = 0; l < L; l++)
      d->flux[c * L + l] = rate[l][d->slot] * modifier[l];
  }
}

void proda_dynamics_hold(struct proda_dynamics *d, size_t month)
{
  const struct proda_plan *plan = d->plan;
  size_t L = plan->n_layers;
  d->block = proda_months_block(d->months, month, &d->slot);
  const struct proda_terms *terms = proda_block_terms(d->block);
  copy_lane(d->weight, proda_block_area(d->block), L, d->slot);
  copy_inputs(d, terms->input);
  for (size_t c = 0; c < plan->n_channels; c++)
    copy_lane(d->term.modifier + c * L, terms->modifier + plan->channel_modifier[c] * L, L,
              d->slot);
  copy_lane(d->term.fraction, terms->fraction, plan->n_transfers * L, d->slot);
  copy_lane(d->term.band, terms->transport, 3 * L, d->slot);
  find_lost(d);
  if (plan->linear)
    proda_dynamics_copy_fluxes(d, terms);
}

double proda_dynamics_input(const struct proda_dynamics *d)
{
  size_t L = d->plan->n_layers;
  double sum = 0;
  for (size_t k = 0; k < d->plan->n_pools * L; k++)
    sum += d->term.input[k] * d->weight[k % L];
  return sum;
}

/* ---- dX/dt ---- */

void proda_dynamics_spread(struct proda_dynamics *d, const double *state)
{
  for (size_t k = 0; k < d->plan->n_pools * d->plan->n_layers; k++)
    d->lanes.pools[k] = lane_splat(proda_max(state[k], PRODA_EMPTY));
}

/* y += factor V x of one pool. */
static void add_transport(const struct proda_dynamics *d, double factor, const double *x, double *y)
{
  size_t L = d->plan->n_layers;
  const double *lower = d->term.band, *diagonal = lower + L, *upper = diagonal + L;
  for (size_t l = 0; l < L; l++)
    y[l] += factor * diagonal[l] * x[l];
  for (size_t l = 1; l < L; l++)
    y[l] += factor * lower[l] * x[l - 1];
  for (size_t l = 0; l + 1 < L; l++)
    y[l] += factor * upper[l] * x[l + 1];
}

/* What transport takes from the column: it is the same for all pools, so for their sum too. */
static double transport_takes(const struct proda_dynamics *d, const double *x)
{
  const struct proda_plan *plan = d->plan;
  size_t L = plan->n_layers;
  double *sum = d->column, *moved = d->column + L, total = 0;
  memset(sum, 0, 2 * L * sizeof *sum);
  for (size_t p = 0; p < plan->n_pools; p++)
    for (size_t l = 0; plan->transported[p] && l < L; l++)
      sum[l] += x[p * L + l];
  add_transport(d, 1, sum, moved);
  for (size_t l = 0; l < L; l++)
    total += d->weight[l] * moved[l];
  return total;
}

void proda_dynamics_add_losses(const struct proda_dynamics *d, double factor, const double *x,
                               double *loss)
{
  const struct proda_plan *plan = d->plan;
  size_t L = plan->n_layers, n = d->manifest->n_losses;
  memset(d->column, 0, n * L * sizeof *d->column);
  for (size_t c = 0; c < plan->n_channels; c++) {
    const double *lost = d->term.lost + c * L, *carbon = d->carbon + c * L;
    double *column = d->column + d->manifest->channel[c].loss_index * L;
    for (size_t l = 0; l < L; l++)
      column[l] += lost[l] * carbon[l];
  }
  for (size_t k = 0; k < n; k++) {
    double sum = 0;
    for (size_t l = 0; l < L; l++)
      sum += d->weight[l] * d->column[k * L + l];
    loss[k] += factor * sum;
  }
  if (d->n_losses > n)
    loss[n] += factor * transport_takes(d, x);
}

void proda_dynamics_rate(void *dynamics, const double *state, double *rate)
{
  struct proda_dynamics *d = dynamics;
  const struct proda_plan *plan = d->plan;
  size_t L = plan->n_layers, n_pools = plan->n_pools;
  if (!plan->linear) {
    proda_dynamics_spread(d, state);
    proda_block_rates(d->block, d->lanes.pools, NULL);
    proda_dynamics_copy_fluxes(d, proda_block_terms(d->block));
  }
  memcpy(rate, d->term.input, n_pools * L * sizeof *rate);
  memset(rate + n_pools * L, 0, d->n_losses * sizeof *rate);
  for (size_t c = 0; c < plan->n_channels; c++) {
    size_t donor = plan->channel_donor[c];
    for (size_t l = 0; l < L; l++) {
      d->carbon[c * L + l] = d->flux[c * L + l] * state[donor * L + l];
      rate[donor * L + l] -= d->carbon[c * L + l];
    }
  }
  for (size_t t = 0; t < plan->n_transfers; t++) {
    const struct proda_link *link = &plan->link[t];
    for (size_t l = 0; l < L; l++)
      rate[link->recipient * L + l] +=
          d->term.fraction[t * L + l] * d->carbon[link->channel * L + l];
  }
  for (size_t p = 0; p < n_pools; p++)
    if (plan->transported[p])
      add_transport(d, -1, state + p * L, rate + p * L);
  proda_dynamics_add_losses(d, 1, state, rate + n_pools * L);
}
