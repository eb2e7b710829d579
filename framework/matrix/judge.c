#include "matrix/block.h"
#include "matrix/stability.h"

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

lane_mask proda_block_excess(const struct proda_block *block)
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
  lane_mask beyond = proda_block_excess(block);
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
  downgrade(block, search->extinct, PRODA_SOLVE_EXTINCT);
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

static void judge_balance(struct proda_block *block)
{
  size_t n = block->structure->plan->n_losses;
  lane loss[n], sum = lane_splat(0.0); /* CO2 at least. NOLINT(clang-analyzer-core.VLASize) */
  struct proda_budget budget;
  proda_block_budget(block, &budget, loss);
  for (size_t k = 0; k < n; k++)
    sum += loss[k];
  block->balance = sum / budget.input;
  downgrade(block, proda_budget_open(&budget), PRODA_SOLVE_UNBALANCED);
}

void proda_block_judge(struct proda_block *block, const struct proda_nonlinear *search)
{
  judge(block, search);
  if (block->wants & PRODA_WANT_STABILITY)
    judge_stability(block, search);
  if (block->wants & PRODA_WANT_CONDITION) {
    proda_steady_rcond(block->structure->plan, &block->terms, &block->steady, &block->rcond);
    downgrade(block, ~(block->rcond >= PRODA_RCOND_LEAST), PRODA_SOLVE_NEAR_SINGULAR);
  }
  if (block->wants & PRODA_WANT_BALANCE)
    judge_balance(block);
}
