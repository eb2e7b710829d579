#include "matrix/structure.h"

#include <stdlib.h>
#include <string.h>

#include "matrix/plan.h"
#include "matrix/steady.h"

/* LAPACK's rcond below the rounding unit: the published rule (golden/README.md section 9.1). */
static const double near_singular = 0x1p-52;

struct proda_structure {
  const struct proda_manifest *manifest;
  const struct proda_model_ops *ops;
  void *model;
  struct proda_plan *plan;
  size_t site_size;
};

struct proda_block {
  const struct proda_structure *structure;
  unsigned wants;
  lane *memory; /* everything below is cut from it */
  lane *site, *parameter;
  struct proda_terms terms;
  struct proda_steady steady;
  lane rcond, balance;
  enum proda_solve_status status[PRODA_LANES];
};

/* The plan solves linear components; anything else would be solved wrongly, so it is refused. */
static int check_linear(const struct proda_manifest *manifest, struct proda_error *error)
{
  for (size_t c = 0; c < manifest->n_channels; c++)
    if (!manifest->channel[c].linear)
      return proda_error_set(error,
                             "%s: the rate of channel %s depends on pools; this version of proda "
                             "solves linear structures only",
                             manifest->name, manifest->channel[c].name);
  return PRODA_OK;
}

int proda_structure_new(const struct proda_loaded *loaded, const struct proda_settings *settings,
                        size_t n_months, struct proda_structure **structure,
                        struct proda_error *error)
{
  struct proda_structure *made = calloc(1, sizeof *made);
  if (!made)
    return proda_error_set(error, "out of memory for the structure");
  made->manifest = loaded->manifest;
  made->ops = loaded->plugin->ops;
  struct proda_model_shape shape = {
      .n_layers = made->manifest->grid.n_layers,
      .n_months = n_months,
  };
  int status = check_linear(made->manifest, error);
  if (status == PRODA_OK)
    status = proda_plan_new(made->manifest, &made->plan, error);
  if (status == PRODA_OK)
    status = made->ops->create(&shape, settings ? settings->value : NULL, &made->model, error);
  if (status == PRODA_OK) {
    made->site_size = made->ops->site_size(made->model);
    *structure = made;
  } else {
    proda_structure_free(made);
  }
  return status;
}

void proda_structure_free(struct proda_structure *structure)
{
  if (!structure)
    return;
  if (structure->model)
    structure->ops->destroy(structure->model);
  proda_plan_free(structure->plan);
  free(structure);
}

const struct proda_manifest *proda_structure_manifest(const struct proda_structure *structure)
{
  return structure->manifest;
}

/* Cuts `n` lanes off the memory that starts at *at, or only counts where *at is NULL. */
static lane *cut(lane **at, size_t *total, size_t n)
{
  lane *piece = *at;
  if (*at)
    *at += n;
  *total += n;
  return piece;
}

/* Lays the block out over its memory; the lanes needed, with memory NULL. */
static size_t lay_out(struct proda_block *block, lane *memory)
{
  const struct proda_structure *structure = block->structure;
  const struct proda_plan *plan = structure->plan;
  size_t L = plan->n_layers, total = 0;
  block->site = cut(&memory, &total, structure->site_size);
  block->parameter = cut(&memory, &total, structure->manifest->n_parameters);
  block->terms.input = cut(&memory, &total, plan->n_inputs * L);
  block->terms.rate = cut(&memory, &total, plan->n_channels * L);
  block->terms.modifier = cut(&memory, &total, plan->n_modifiers * L);
  block->terms.fraction = cut(&memory, &total, plan->n_transfers * L);
  block->terms.transport = cut(&memory, &total, 3 * L);
  lane *steady = cut(&memory, &total, proda_steady_size(plan));
  if (steady)
    proda_steady_bind(plan, steady, &block->steady);
  return total;
}

int proda_block_new(const struct proda_structure *structure, unsigned wants,
                    struct proda_block **block, struct proda_error *error)
{
  struct proda_block *made = aligned_alloc(sizeof(lane), sizeof *made);
  if (!made)
    return proda_error_set(error, "out of memory for a block of lanes");
  memset(made, 0, sizeof *made);
  made->structure = structure;
  made->wants = wants;
  size_t size = lay_out(made, NULL) * sizeof(lane);
  made->memory = aligned_alloc(sizeof(lane), size);
  if (!made->memory) {
    free(made);
    return proda_error_set(error, "out of memory for a block of lanes (%zu bytes)", size);
  }
  memset(made->memory, 0, size);
  lay_out(made, made->memory);
  *block = made;
  return PRODA_OK;
}

void proda_block_free(struct proda_block *block)
{
  if (!block)
    return;
  free(block->memory);
  free(block);
}

int proda_block_attach(struct proda_block *block, int i, const struct proda_forcing *forcing,
                       struct proda_error *error)
{
  const struct proda_structure *structure = block->structure;
  return structure->ops->site(structure->model, forcing, block->site, i, error);
}

void proda_block_set(struct proda_block *block, int i, const double *parameter)
{
  for (size_t p = 0; p < block->structure->manifest->n_parameters; p++)
    block->parameter[p][i] = parameter[p];
}

/* Sets what rounding left below zero to zero, as the published code does. */
static void clear_negatives(lane *pools, size_t n)
{
  for (size_t k = 0; k < n; k++)
    pools[k] = lane_select(pools[k] < 0.0, lane_splat(0.0), pools[k]);
}

static void judge(struct proda_block *block)
{
  size_t L = block->structure->plan->n_layers, n = block->structure->plan->n_pools * L;
  lane *pools = block->steady.pools;
  lane lowest[4], sum[4];
  for (int a = 0; a < 4; a++)
    lowest[a] = sum[a] = lane_splat(0.0);
  for (size_t k = 0; k < n; k++) { /* independent chains, for speed */
    lowest[k % 4] = lane_min(pools[k], lowest[k % 4]);
    sum[k % 4] += pools[k];
  }
  lane least = lane_min(lane_min(lowest[0], lowest[1]), lane_min(lowest[2], lowest[3]));
  lane total = (sum[0] + sum[1]) + (sum[2] + sum[3]);
  if (lane_any(least < 0.0))
    clear_negatives(pools, n);
  for (int i = 0; i < PRODA_LANES; i++)
    block->status[i] = !isfinite(total[i])           ? PRODA_SOLVE_NOT_FINITE
                       : least[i] < -1e-9 * total[i] ? PRODA_SOLVE_NEGATIVE
                                                     : PRODA_SOLVED;
}

void proda_block_solve(struct proda_block *block)
{
  const struct proda_structure *structure = block->structure;
  const struct proda_plan *plan = structure->plan;
  structure->ops->terms(structure->model, block->site, block->parameter, &block->terms);
  proda_steady_solve(plan, &block->terms, &block->steady);
  judge(block);
  if (block->wants & PRODA_WANT_CONDITION) {
    proda_steady_rcond(plan, &block->terms, &block->steady, &block->rcond);
    for (int i = 0; i < PRODA_LANES; i++)
      if (block->status[i] == PRODA_SOLVED && proda_block_near_singular(block, i))
        block->status[i] = PRODA_SOLVE_NEAR_SINGULAR;
  }
  if (block->wants & PRODA_WANT_BALANCE) {
    lane in;
    proda_steady_budget(plan, structure->manifest->grid.dz, &block->terms, &block->steady,
                        &block->balance, &in);
    block->balance /= in;
  }
}

enum proda_solve_status proda_block_status(const struct proda_block *block, int i)
{
  return block->status[i];
}

const lane *proda_block_pools(const struct proda_block *block)
{
  return block->steady.pools;
}

const struct proda_terms *proda_block_terms(const struct proda_block *block)
{
  return &block->terms;
}

double proda_block_rcond(const struct proda_block *block, int i)
{
  return block->rcond[i];
}

bool proda_block_near_singular(const struct proda_block *block, int i)
{
  return !(block->rcond[i] >= near_singular);
}

double proda_block_balance(const struct proda_block *block, int i)
{
  return block->balance[i];
}

void proda_block_observe(const struct proda_block *block, size_t observable, lane *out)
{
  const struct proda_manifest *manifest = block->structure->manifest;
  const double *weight = manifest->observable[observable].weight;
  size_t L = manifest->grid.n_layers;
  memset(out, 0, L * sizeof *out);
  for (size_t p = 0; p < manifest->n_pools; p++)
    if (weight[p] != 0)
      for (size_t l = 0; l < L; l++)
        out[l] += weight[p] * block->steady.pools[p * L + l];
}
