#include "matrix/block.h"

#include <stdlib.h>
#include <string.h>

#include "matrix/newton.h"
#include "matrix/stability.h"

/* Further starts of Newton's method, where other states are looked for. */
enum { N_STARTS = 8 };

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
  block->density = cut(&memory, &total, L);
  block->area = cut(&memory, &total, L);
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

/* Bulk density of a layer, the mean over the months of the record. */
static double bulk_density(const struct proda_manifest *manifest,
                           const struct proda_forcing *forcing, size_t l)
{
  unsigned dims = manifest->driver[manifest->bulk_density].dims;
  const double *value = forcing->record[manifest->bulk_density];
  size_t n = dims & PRODA_DIM_MONTH ? forcing->n_record : 1;
  double sum = 0;
  for (size_t k = 0; k < n; k++)
    sum += value[(dims & PRODA_DIM_LAYER ? l * n : 0) + k];
  return sum / (double)n;
}

/* What one unit of a pool of lane i is per volume and per area. */
static void fill_amounts(struct proda_block *block, int i, const struct proda_forcing *forcing)
{
  const struct proda_manifest *manifest = block->structure->manifest;
  for (size_t l = 0; l < manifest->grid.n_layers; l++) {
    double dz = manifest->grid.dz[l], grams = manifest->grams;
    if (manifest->basis == PRODA_PER_MASS)
      grams *= bulk_density(manifest, forcing, l);
    bool area = manifest->basis == PRODA_PER_AREA;
    block->density[l][i] = area ? grams / dz : grams;
    block->area[l][i] = area ? grams : dz * grams;
  }
}

const struct proda_manifest *proda_block_manifest(const struct proda_block *block)
{
  return block->structure->manifest;
}

int proda_block_attach(struct proda_block *block, int i, const struct proda_forcing *forcing,
                       struct proda_error *error)
{
  const struct proda_structure *structure = block->structure;
  struct proda_forcing given = *forcing;
  if (!given.record) {
    given.record = given.driver;
    given.n_record = structure->n_months;
    given.month = 0;
  }
  fill_amounts(block, i, &given);
  return structure->ops->site(structure->model, &given, block->site, i, error);
}

void proda_block_set(struct proda_block *block, int i, const double *parameter)
{
  for (size_t p = 0; p < block->structure->manifest->n_parameters; p++)
    block->parameter[p][i] = parameter[p];
}

const lane *proda_block_density(const struct proda_block *block)
{
  return block->density;
}

const lane *proda_block_area(const struct proda_block *block)
{
  return block->area;
}

void proda_block_fill(struct proda_block *block)
{
  const struct proda_structure *structure = block->structure;
  structure->ops->terms(structure->model, block->site, block->parameter, &block->terms);
}

void proda_block_rates(struct proda_block *block, const lane *pools, lane *slope)
{
  const struct proda_nonlinear_ops *ops = block->structure->nonlinear;
  const void *model = block->structure->model;
  if (!ops)
    return;
  ops->rates(model, block->site, block->parameter, &block->terms, pools);
  if (slope)
    ops->slopes(model, block->site, block->parameter, &block->terms, pools, slope);
}

void proda_block_solve(struct proda_block *block)
{
  const struct proda_structure *structure = block->structure;
  const struct proda_plan *plan = structure->plan;
  proda_block_fill(block);
  struct proda_nonlinear nonlinear = {
      .ops = structure->nonlinear,
      .model = structure->model,
      .site = block->site,
      .parameter = block->parameter,
      .n_starts = block->wants & PRODA_WANT_SEVERAL ? N_STARTS : 0,
  };
  proda_steady_solve(plan, &block->terms, &nonlinear, &block->steady);
  proda_block_judge(block, &nonlinear);
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
  return !(block->rcond[i] >= PRODA_RCOND_LEAST);
}

double proda_block_balance(const struct proda_block *block, int i)
{
  return block->balance[i];
}

void proda_block_budget(const struct proda_block *block, struct proda_budget *budget, lane *loss)
{
  proda_budget_compute(block->structure->plan, block->area, &block->terms, &block->steady, budget,
                       loss);
}

double proda_block_growth(const struct proda_block *block, int i)
{
  return block->growth[i];
}

double proda_block_inert(const struct proda_block *block, size_t observable, int i)
{
  const struct proda_manifest *manifest = block->structure->manifest;
  const double *inert = manifest->observable[observable].inert;
  double sum = 0;
  for (size_t p = 0; p < manifest->n_parameters; p++)
    if (inert[p] != 0)
      sum += inert[p] * block->parameter[p][i];
  return sum;
}

void proda_block_observe(const struct proda_block *block, size_t observable, lane *out)
{
  const struct proda_manifest *manifest = block->structure->manifest;
  const double *weight = manifest->observable[observable].weight;
  size_t L = manifest->grid.n_layers;
  bool plain = manifest->basis == PRODA_PER_VOLUME && manifest->grams == 1;
  memset(out, 0, L * sizeof *out);
  for (size_t p = 0; p < manifest->n_pools; p++)
    if (weight[p] != 0)
      for (size_t l = 0; l < L; l++)
        out[l] += weight[p] * block->steady.pools[p * L + l];
  for (size_t p = 0; p < manifest->n_parameters; p++)
    if (manifest->observable[observable].inert[p] != 0)
      for (size_t l = 0; l < L; l++)
        out[l] += manifest->observable[observable].inert[p] * block->parameter[p];
  for (size_t l = 0; l < L && !plain; l++)
    out[l] *= block->density[l];
}

void proda_block_components(const struct proda_block *block, size_t observable, lane *out)
{
  const struct proda_manifest *manifest = block->structure->manifest;
  proda_components_compute(manifest, &block->terms, block->steady.pools, block->area,
                           manifest->observable[observable].weight, out);
}

void proda_block_quantities(const struct proda_block *block, lane *out)
{
  const struct proda_structure *structure = block->structure;
  if (structure->quantities)
    structure->quantities->fill(structure->model, block->site, block->parameter, &block->terms,
                                block->steady.pools, out);
}
