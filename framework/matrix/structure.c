#include "matrix/structure.h"

#include <stdlib.h>
#include <string.h>

#include "matrix/plan.h"
#include "matrix/stability.h"
#include "matrix/steady.h"

/* Further starts of Newton's method, where other states are looked for. */
enum { N_STARTS = 8 };

/* LAPACK's rcond below the rounding unit: the published rule (doc/decisions/0007). */
static const double near_singular = 0x1p-52;

struct proda_structure {
  const struct proda_manifest *manifest;
  const struct proda_model_ops *ops;
  void *model;
  const struct proda_nonlinear_ops *nonlinear;   /* NULL where all is linear */
  const struct proda_quantities_ops *quantities; /* NULL where the manifest states none */
  struct proda_plan *plan;
  size_t site_size, carry_size;
  bool *proven; /* [n_channels]: fractions are numbers, which the manifest's reader has summed */
};

struct proda_block {
  const struct proda_structure *structure;
  unsigned wants;
  lane *memory; /* everything below is cut from it */
  lane *site, *parameter;
  struct proda_terms terms;
  struct proda_steady steady;
  lane rcond, balance, growth;
  double *matrix; /* [proda_stability_size], where stability is wanted */
  enum proda_solve_status status[PRODA_LANES];
};

/* Channels that are not linear need the structure's own answer. */
static int find_nonlinear(struct proda_structure *structure, struct proda_error *error)
{
  const struct proda_manifest *manifest = structure->manifest;
  bool linear = true;
  for (size_t c = 0; c < manifest->n_channels; c++)
    linear = linear && manifest->channel[c].linear;
  if (linear)
    return PRODA_OK;
  structure->nonlinear = structure->ops->extension(structure->model, "nonlinear");
  if (!structure->nonlinear || structure->nonlinear->size < sizeof *structure->nonlinear)
    return proda_error_set(
        error,
        "%s has channels with `linear: false`, but its plugin does not offer the "
        "extension \"nonlinear\" of proda/model.h",
        manifest->name);
  if (!structure->nonlinear->steady && !structure->nonlinear->slopes)
    return proda_error_set(
        error,
        "%s: its extension \"nonlinear\" has neither a closed form (`steady`) nor "
        "the derivatives of its rates (`slopes`)",
        manifest->name);
  return PRODA_OK;
}

static int make_plan(struct proda_structure *structure, struct proda_error *error)
{
  const struct proda_nonlinear_ops *ops = structure->nonlinear;
  bool slopes = ops && ops->slopes;
  return proda_plan_new(structure->manifest, slopes ? ops->n_slopes : 0,
                        slopes ? ops->slope_of : NULL, &structure->plan, error);
}

/* Which channels cannot hand over more than they take, whatever the draw. */
static int find_proven(struct proda_structure *structure, struct proda_error *error)
{
  const struct proda_manifest *manifest = structure->manifest;
  structure->proven = malloc((manifest->n_channels + 1) * sizeof *structure->proven);
  if (!structure->proven)
    return proda_error_set(error, "out of memory for the structure");
  memset(structure->proven, true, manifest->n_channels * sizeof *structure->proven);
  for (size_t k = 0; k < manifest->n_transfers; k++)
    if (isnan(proda_expression_constant(manifest->transfer[k].fraction)))
      structure->proven[manifest->transfer[k].channel] = false;
  return PRODA_OK;
}

/* Quantities of its own stand in stores beside the components. */
static int find_quantities(struct proda_structure *structure, struct proda_error *error)
{
  const struct proda_manifest *manifest = structure->manifest;
  if (manifest->n_quantities == 0)
    return PRODA_OK;
  for (size_t q = 0; q < manifest->n_quantities; q++)
    for (int k = 0; k < PRODA_N_COMPONENTS; k++)
      if (strcmp(manifest->quantity[q].name, proda_components[k].name) == 0)
        return proda_error_set(error,
                               "%s: its quantity '%s' has the name of a component that proda "
                               "computes; give it another",
                               manifest->name, manifest->quantity[q].name);
  structure->quantities = structure->ops->extension(structure->model, "quantities");
  if (!structure->quantities || structure->quantities->size < sizeof *structure->quantities)
    return proda_error_set(error,
                           "%s states `quantities`, but its plugin does not offer the extension "
                           "\"quantities\" of proda/model.h",
                           manifest->name);
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
  int status = made->ops->create(&shape, settings ? settings->value : NULL, &made->model, error);
  if (status == PRODA_OK)
    status = find_nonlinear(made, error);
  if (status == PRODA_OK)
    status = make_plan(made, error);
  if (status == PRODA_OK)
    status = find_proven(made, error);
  if (status == PRODA_OK)
    status = find_quantities(made, error);
  if (status == PRODA_OK) {
    made->site_size = made->ops->site_size(made->model);
    made->carry_size = made->ops->carry_size ? made->ops->carry_size(made->model) : 0;
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
  free(structure->proven);
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
  block->terms.carry = cut(&memory, &total, structure->carry_size);
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
  made->matrix = NULL;
  if (wants & PRODA_WANT_STABILITY) {
    made->matrix = malloc(proda_stability_size(structure->plan) * sizeof *made->matrix);
    if (!made->matrix) {
      proda_block_free(made);
      return proda_error_set(error, "out of memory for eigenvalues");
    }
  }
  *block = made;
  return PRODA_OK;
}

void proda_block_free(struct proda_block *block)
{
  if (!block)
    return;
  free(block->matrix);
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

/* Sets what rounding left below zero to zero in linear components, as the published code does. */
static void clear_negatives(const struct proda_plan *plan, lane *pools)
{
  for (size_t p = 0; p < plan->n_pools; p++)
    for (size_t l = 0; plan->component[plan->component_of[p]].linear && l < plan->n_layers; l++) {
      lane *pool = &pools[p * plan->n_layers + l];
      *pool = lane_select(*pool < 0.0, lane_splat(0.0), *pool);
    }
}

/* Smallest entry and sum of n; in four independent chains, for speed. */
static void survey(const lane *x, size_t n, lane *least, lane *total)
{
  lane lowest[4], sum[4];
  for (int a = 0; a < 4; a++)
    lowest[a] = sum[a] = lane_splat(0.0);
  for (size_t k = 0; k < n; k++) {
    lowest[k % 4] = lane_min(x[k], lowest[k % 4]);
    sum[k % 4] += lane_abs(x[k]);
  }
  *least = lane_min(lane_min(lowest[0], lowest[1]), lane_min(lowest[2], lowest[3]));
  *total = (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* A closed form's negative pool is no rounding: it says that there is no state. */
static void judge_nonlinear(struct proda_block *block)
{
  const struct proda_plan *plan = block->structure->plan;
  const struct proda_nonlinear_ops *ops = block->structure->nonlinear;
  int refused[PRODA_LANES] = {0};
  lane least = lane_splat(0.0);
  for (size_t p = 0; p < plan->n_pools; p++)
    for (size_t l = 0; !plan->component[plan->component_of[p]].linear && l < plan->n_layers; l++)
      least = lane_min(block->steady.pools[p * plan->n_layers + l], least);
  if (ops->judge)
    ops->judge(block->structure->model, block->site, block->parameter, &block->terms,
               block->steady.pools, refused);
  for (int i = 0; i < PRODA_LANES; i++)
    if (block->status[i] == PRODA_SOLVED)
      block->status[i] = least[i] < 0 ? PRODA_SOLVE_NEGATIVE
                         : refused[i] ? PRODA_SOLVE_REFUSED
                                      : PRODA_SOLVED;
}

/* Lanes where the fractions of a channel sum to more than 1 in some layer. */
static lane_mask sums_above_one(const struct proda_block *block)
{
  const struct proda_structure *structure = block->structure;
  const struct proda_manifest *manifest = structure->manifest;
  size_t L = manifest->grid.n_layers;
  lane greatest = lane_splat(0.0);
  for (size_t k = 0, end; k < manifest->n_transfers; k = end) {
    size_t channel = manifest->transfer[k].channel;
    for (end = k + 1; end < manifest->n_transfers && manifest->transfer[end].channel == channel;)
      end++;
    for (size_t l = 0; l < L && !structure->proven[channel]; l++) {
      lane sum = block->terms.fraction[k * L + l];
      for (size_t t = k + 1; t < end; t++)
        sum += block->terms.fraction[t * L + l];
      greatest = lane_max(sum, greatest);
    }
  }
  return greatest > 1 + 1e-9;
}

/* Gives lanes that are solved so far another status. */
static void downgrade(struct proda_block *block, lane_mask where, enum proda_solve_status status)
{
  for (int i = 0; i < PRODA_LANES; i++)
    if (where[i] && block->status[i] == PRODA_SOLVED)
      block->status[i] = status;
}

static void judge(struct proda_block *block, const struct proda_nonlinear *search)
{
  const struct proda_plan *plan = block->structure->plan;
  lane_mask beyond = sums_above_one(block);
  lane least, total;
  survey(block->steady.pools, plan->n_pools * plan->n_layers, &least, &total);
  if (lane_any(least < 0.0))
    clear_negatives(plan, block->steady.pools);
  for (int i = 0; i < PRODA_LANES; i++)
    block->status[i] = beyond[i]                                     ? PRODA_SOLVE_FRACTIONS
                       : search->none[i]                             ? PRODA_SOLVE_NO_STATE
                       : !isfinite(total[i])                         ? PRODA_SOLVE_NOT_FINITE
                       : plan->linear && least[i] < -1e-9 * total[i] ? PRODA_SOLVE_NEGATIVE
                                                                     : PRODA_SOLVED;
  if (!plan->linear)
    judge_nonlinear(block);
  downgrade(block, search->several, PRODA_SOLVE_SEVERAL);
}

/* Stability of the state: eigenvalues are sought only where all else is well. */
static void judge_stability(struct proda_block *block, const struct proda_nonlinear *search)
{
  const struct proda_structure *structure = block->structure;
  lane_mask solved, unstable;
  for (int i = 0; i < PRODA_LANES; i++)
    solved[i] = -(block->status[i] == PRODA_SOLVED);
  proda_stability(structure->plan, &block->terms, search, &block->steady, solved, block->matrix,
                  &block->growth, &unstable);
  downgrade(block, unstable, PRODA_SOLVE_UNSTABLE);
}

void proda_block_solve(struct proda_block *block)
{
  const struct proda_structure *structure = block->structure;
  const struct proda_plan *plan = structure->plan;
  structure->ops->terms(structure->model, block->site, block->parameter, &block->terms);
  struct proda_nonlinear nonlinear = {
      .ops = structure->nonlinear,
      .model = structure->model,
      .site = block->site,
      .parameter = block->parameter,
      .n_starts = block->wants & PRODA_WANT_SEVERAL ? N_STARTS : 0,
  };
  proda_steady_solve(plan, &block->terms, &nonlinear, &block->steady);
  judge(block, &nonlinear);
  if (block->wants & PRODA_WANT_STABILITY)
    judge_stability(block, &nonlinear);
  if (block->wants & PRODA_WANT_CONDITION) {
    proda_steady_rcond(plan, &block->terms, &block->steady, &block->rcond);
    downgrade(block, ~(block->rcond >= near_singular), PRODA_SOLVE_NEAR_SINGULAR);
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

double proda_block_growth(const struct proda_block *block, int i)
{
  return block->growth[i];
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

void proda_block_components(const struct proda_block *block, size_t observable, lane *out)
{
  const struct proda_manifest *manifest = block->structure->manifest;
  proda_components_compute(manifest, &block->terms, block->steady.pools,
                           manifest->observable[observable].weight, out);
}

void proda_block_quantities(const struct proda_block *block, lane *out)
{
  const struct proda_structure *structure = block->structure;
  if (structure->quantities)
    structure->quantities->fill(structure->model, block->site, block->parameter, &block->terms,
                                block->steady.pools, out);
}
