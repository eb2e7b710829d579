#include "pipeline/calibrate/posterior.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/calibrate/moments.h"
#include "pipeline/calibrate/prior_share.h"
#include "pipeline/calibrate/state.h"
#include "pipeline/measures.h"
#include "stats/diagnostics.h"
#include "stats/summary.h"

/* Draws a chain that rank statistics and quantiles look at, evenly taken; means, variances and the
 * classic R-hat see every draw. */
enum { DIAGNOSED_DRAWS = 500 };

struct proda_posterior {
  const struct proda_chain_setup *setup;
  struct proda_posterior_shape shape;
  enum proda_point_estimate estimate;
  struct proda_block *block;
  lane *density, *slope;
  lane *measure; /* [n_measures] */
  double *work;  /* [n_chains][DIAGNOSED_DRAWS]: one parameter's draws */
  double *parameter;
};

int proda_posterior_new(const struct proda_chain_setup *setup,
                        const struct proda_posterior_shape *shape,
                        enum proda_point_estimate estimate, struct proda_posterior **posterior,
                        struct proda_error *error)
{
  size_t L = proda_structure_manifest(setup->structure)->grid.n_layers;
  struct proda_posterior *made = calloc(1, sizeof *made);
  if (!made)
    return proda_error_set(error, "out of memory for the posterior");
  *made = (struct proda_posterior){
      .setup = setup,
      .shape = *shape,
      .estimate = estimate,
      .density = aligned_alloc(sizeof(lane), (2 * L + shape->n_measures) * sizeof(lane)),
      .work = calloc(shape->n_chains * DIAGNOSED_DRAWS + 1, sizeof *made->work),
      .parameter = calloc(shape->n_parameters + 1, sizeof *made->parameter),
  };
  int status = PRODA_OK;
  if (!made->density || !made->work || !made->parameter)
    status = proda_error_set(error, "out of memory for the posterior");
  else
    status = proda_block_new(setup->structure, proda_chains_want(setup), &made->block, error);
  if (status != PRODA_OK) {
    proda_posterior_free(made);
    return status;
  }
  made->slope = made->density + L;
  made->measure = made->slope + L;
  *posterior = made;
  return PRODA_OK;
}

void proda_posterior_free(struct proda_posterior *posterior)
{
  if (!posterior)
    return;
  proda_block_free(posterior->block);
  free(posterior->density);
  free(posterior->work);
  free(posterior->parameter);
  free(posterior);
}

/* Index of thinned draw i of `wanted` among n: evenly, the newest last. */
static size_t thin(size_t i, size_t wanted, size_t n)
{
  return n - 1 - (wanted - 1 - i) * n / wanted;
}

static int fill_diagnostics(struct proda_posterior *posterior, const struct proda_kept *kept,
                            double *record, const size_t *at, struct proda_error *error)
{
  size_t m = kept->chains->n_chains, shortest = SIZE_MAX;
  for (size_t c = 0; c < m; c++)
    shortest = kept->n[c] < shortest ? kept->n[c] : shortest;
  size_t n = shortest < DIAGNOSED_DRAWS ? shortest : DIAGNOSED_DRAWS;
  for (size_t k = 0; k < kept->chains->n_free; k++) {
    for (size_t c = 0; c < m; c++)
      for (size_t i = 0; i < n; i++)
        posterior->work[c * n + i] = proda_kept_draw(kept, c, thin(i, n, kept->n[c]))[k];
    struct proda_diagnostics d;
    if (proda_diagnose_convergence(posterior->work, m, n, &d, error) != PRODA_OK)
      return PRODA_ERROR;
    const struct proda_space *space = posterior->setup->space;
    size_t p = space->free[k];
    record[at[PRODA_FIELD_Q05] + p] = proda_space_physical(space, p, d.q05);
    record[at[PRODA_FIELD_MEDIAN] + p] = proda_space_physical(space, p, d.median);
    record[at[PRODA_FIELD_Q95] + p] = proda_space_physical(space, p, d.q95);
    record[at[PRODA_FIELD_RHAT] + p] = d.rhat;
    record[at[PRODA_FIELD_ESS_BULK] + p] = d.ess_bulk;
    record[at[PRODA_FIELD_ESS_TAIL] + p] = d.ess_tail;
  }
  return PRODA_OK;
}

/* Runs `n` parameter vectors at the site and keeps what is modelled at its layers:
 * modelled[n][n_obs]. */
static void run_vectors(struct proda_posterior *posterior, const struct proda_chains *chains,
                        size_t n, const double *parameter, double *modelled)
{
  size_t n_parameters = posterior->shape.n_parameters;
  size_t n_obs = proda_observation_size(chains->site->observation);
  const struct proda_grid *grid = &proda_structure_manifest(posterior->setup->structure)->grid;
  for (size_t first = 0; first < n; first += PRODA_LANES) {
    for (int i = 0; i < PRODA_LANES; i++) {
      size_t v = first + (size_t)i < n ? first + (size_t)i : n - 1;
      proda_block_set(posterior->block, i, parameter + v * n_parameters);
    }
    proda_block_solve(posterior->block);
    proda_block_observe(posterior->block, posterior->setup->observable, posterior->density);
    proda_observation_slopes(grid, posterior->density, posterior->slope);
    for (size_t v = first; v < n && v < first + PRODA_LANES; v++)
      proda_observation_model(chains->site->observation, posterior->density, posterior->slope,
                              (int)(v - first), modelled + v * n_obs);
  }
}

/* Layers that the structure sees: pairs[2 n], the measured before the modelled. Returns how many.
 */
static size_t take_seen(const double *obs, const double *modelled, size_t n, double *pairs)
{
  size_t kept = 0;
  for (size_t i = 0; i < n; i++)
    if (!isnan(modelled[i])) {
      pairs[kept] = obs[i];
      pairs[n + kept++] = modelled[i];
    }
  return kept;
}

/* Nash-Sutcliffe with the modelled mean in the denominator. */
static double nse_published(const double *obs, const double *model, size_t n)
{
  double mean = proda_mean(model, n), misfit = 0, spread = 0;
  for (size_t i = 0; i < n; i++) {
    misfit += (obs[i] - model[i]) * (obs[i] - model[i]);
    spread += (obs[i] - mean) * (obs[i] - mean);
  }
  return 1 - misfit / spread;
}

/* The mean over the chain whose mean parameters fit best (published), or over all draws: `point`.
 * Means are of what was sampled. */
static int fill_estimate(struct proda_posterior *posterior, const struct proda_kept *kept,
                         const double *point, const double *obs, double *record, const size_t *at,
                         struct proda_error *error)
{
  const struct proda_chains *chains = kept->chains;
  const struct proda_space *space = posterior->setup->space;
  size_t n_parameters = posterior->shape.n_parameters, m = chains->n_chains;
  size_t n_obs = proda_observation_size(chains->site->observation);
  double *estimate = record + at[PRODA_FIELD_ESTIMATE];
  proda_space_expand(space, point, estimate);
  if (posterior->estimate == PRODA_ESTIMATE_MEAN)
    return PRODA_OK;

  double *vector = calloc(m * (n_parameters + n_obs) + 1, sizeof *vector);
  if (!vector)
    return proda_error_set(error, "out of memory for the estimate");
  double *modelled = vector + m * n_parameters, best = INFINITY;
  for (size_t c = 0; c < m; c++) {
    double mean[chains->n_free];
    proda_kept_chain_moments(kept, c, mean, NULL);
    proda_space_expand(space, mean, vector + c * n_parameters);
  }
  run_vectors(posterior, chains, m, vector, modelled);
  for (size_t c = 0; c < m; c++) {
    double pairs[2 * n_obs + 1];
    struct proda_skill skill;
    size_t n_seen = take_seen(obs, modelled + c * n_obs, n_obs, pairs);
    proda_skill_compute(pairs, pairs + n_obs, n_seen, &skill);
    if (skill.rmse < best) {
      best = skill.rmse;
      memcpy(estimate, vector + c * n_parameters, n_parameters * sizeof *estimate);
    }
  }
  free(vector);
  return PRODA_OK;
}

static void fill_skill(const double *obs, const double *modelled, size_t n_obs, double *record,
                       const size_t *at)
{
  double pairs[2 * n_obs + 1];
  struct proda_skill skill;
  size_t n_seen = take_seen(obs, modelled, n_obs, pairs);
  proda_skill_compute(pairs, pairs + n_obs, n_seen, &skill);
  memcpy(record + at[PRODA_FIELD_MODELLED], modelled, n_obs * sizeof *modelled);
  record[at[PRODA_FIELD_NSE]] = skill.nse;
  record[at[PRODA_FIELD_NSE_PUBLISHED]] = nse_published(pairs, pairs + n_obs, n_seen);
  record[at[PRODA_FIELD_RMSE]] = skill.rmse;
  record[at[PRODA_FIELD_BIAS]] = skill.bias;
  record[at[PRODA_FIELD_R2]] = skill.r2;
}

/* The stored draws, their modelled layers and pointwise log likelihood; then the estimate's. */
static int fill_draws(struct proda_posterior *posterior, const struct proda_kept *kept,
                      const double *obs, double *record, const size_t *at,
                      struct proda_error *error)
{
  const struct proda_chains *chains = kept->chains;
  size_t n_parameters = posterior->shape.n_parameters, wanted = posterior->shape.n_draws;
  size_t n_obs = proda_observation_size(chains->site->observation);
  size_t slots = chains->n_chains * wanted, used = 0;
  double *vector = calloc((slots + 1) * (n_parameters + n_obs) + n_obs + slots, sizeof *vector);
  size_t *slot_of = calloc(slots + 1, sizeof *slot_of);
  int status = PRODA_OK;
  if (!vector || !slot_of) {
    status = proda_error_set(error, "out of memory for %zu stored draws", slots);
    goto out;
  }
  double *modelled = vector + (slots + 1) * n_parameters;
  double *pointwise = modelled + (slots + 1) * n_obs, *column = pointwise + n_obs;
  for (size_t c = 0; c < chains->n_chains; c++) {
    size_t n = kept->n[c] < wanted ? kept->n[c] : wanted;
    for (size_t i = 0; i < n; i++) {
      size_t from = kept->first[c] + thin(i, n, kept->n[c]), slot = c * wanted + i;
      double *parameter = vector + used * n_parameters;
      proda_space_expand(posterior->setup->space,
                         chains->draw + (c * chains->capacity + from) * chains->n_free, parameter);
      memcpy(record + at[PRODA_FIELD_DRAWS] + slot * n_parameters, parameter,
             n_parameters * sizeof *parameter);
      record[at[PRODA_FIELD_LOG_DENSITY] + slot] = chains->log_density[c * chains->capacity + from];
      slot_of[used++] = slot;
    }
  }
  memcpy(vector + used * n_parameters, record + at[PRODA_FIELD_ESTIMATE],
         n_parameters * sizeof *vector);
  run_vectors(posterior, chains, used + 1, vector, modelled);
  fill_skill(obs, modelled + used * n_obs, n_obs, record, at);
  for (size_t v = 0; v < used; v++) {
    proda_observation_log_likelihood(chains->site->observation, modelled + v * n_obs, pointwise);
    for (size_t k = 0; k < n_obs; k++)
      record[at[PRODA_FIELD_LOG_LIKELIHOOD] + k * slots + slot_of[v]] = pointwise[k];
  }
  for (size_t k = 0; k < n_obs; k++) {
    for (size_t v = 0; v < used; v++)
      column[v] = modelled[v * n_obs + k];
    proda_sort(column, used);
    record[at[PRODA_FIELD_MODELLED_Q05] + k] = proda_quantile_sorted(column, used, 0.05);
    record[at[PRODA_FIELD_MODELLED_Q95] + k] = proda_quantile_sorted(column, used, 0.95);
  }
out:
  free(vector);
  free(slot_of);
  return status;
}

/* The state at the estimate, where there is one. */
static void fill_state(struct proda_posterior *posterior, double *record, const size_t *at)
{
  const double *estimate = record + at[PRODA_FIELD_ESTIMATE];
  const struct proda_state_numbers numbers = {
      .measure = record + at[PRODA_FIELD_MEASURES],
      .half_saturation = record + at[PRODA_FIELD_HALF_SATURATION],
      .substrate = record + at[PRODA_FIELD_SUBSTRATE],
      .substrate_largest = record + at[PRODA_FIELD_SUBSTRATE_LARGEST],
  };
  for (int i = 0; i < PRODA_LANES; i++)
    proda_block_set(posterior->block, i, estimate);
  proda_block_solve(posterior->block);
  enum proda_solve_status status = proda_block_status(posterior->block, 0);
  if (status != PRODA_SOLVED && status != PRODA_SOLVE_NEAR_SINGULAR)
    return;
  proda_measures_compute(posterior->block, posterior->setup->observable, posterior->measure);
  proda_state_describe(proda_structure_manifest(posterior->setup->structure), posterior->block, 0,
                       posterior->measure, estimate, &numbers);
}

static void fill_counts(const struct proda_chains *chains, double *record, const size_t *at)
{
  size_t steps = 0;
  for (size_t c = 0; c < chains->n_chains; c++) {
    steps += chains->n_steps[c];
    record[at[PRODA_FIELD_ACCEPTANCE] + c] =
        (double)chains->n_accepted[c] / (double)chains->n_steps[c];
  }
  record[at[PRODA_FIELD_STATE]] = chains->end;
  record[at[PRODA_FIELD_N_STEPS]] = (double)steps;
  for (int status = PRODA_SOLVE_NEAR_SINGULAR; status < PRODA_N_SOLVE_STATUS; status++)
    record[at[PRODA_FIELD_N_STEPS + status]] = (double)chains->n_refused[status];
  record[at[PRODA_FIELD_N_NO_DENSITY]] = (double)chains->n_no_density;
}

static double mean_rhat(const struct proda_space *space, const double *rhat)
{
  double sum = 0;
  for (size_t k = 0; k < space->n_free; k++)
    sum += rhat[space->free[k]];
  return sum / (double)space->n_free;
}

int proda_posterior_summarise(struct proda_posterior *posterior, const struct proda_chains *chains,
                              const double *obs, double *record, struct proda_error *error)
{
  const struct proda_chain_setup *setup = posterior->setup;
  size_t n_obs = proda_observation_size(chains->site->observation), at[PRODA_N_FIELDS];
  size_t n_parameters = posterior->shape.n_parameters;
  for (int f = 0; f < PRODA_N_FIELDS; f++)
    at[f] = proda_posterior_offset(&posterior->shape, (enum proda_posterior_field)f, n_obs);
  proda_posterior_blank(&posterior->shape, n_obs, PRODA_SITE_FAILED, record);
  fill_counts(chains, record, at);
  for (int i = 0; i < PRODA_LANES; i++) {
    int status = proda_block_attach(posterior->block, i, &chains->site->forcing, error);
    if (status != PRODA_OK) /* the structure cannot use the forcing, as the failure says */
      return status == PRODA_REJECT ? PRODA_OK : status;
  }
  record[at[PRODA_FIELD_PRIOR_VALID_SHARE]] =
      proda_prior_valid_share(setup->space, posterior->block, setup->seed, chains->site->key);
  if (chains->failure)
    return PRODA_OK;

  size_t first[chains->n_chains], n[chains->n_chains];
  struct proda_kept kept = {.chains = chains, .first = first, .n = n};
  for (size_t c = 0; c < chains->n_chains; c++) {
    first[c] = setup->ops->discard(setup->sampler, chains->n_draws[c]);
    n[c] = chains->n_draws[c] - first[c];
    record[at[PRODA_FIELD_N_DRAWS] + c] = (double)n[c];
    kept.total += n[c];
  }
  /* Fixed parameters are what they are; free ones follow. */
  memcpy(record + at[PRODA_FIELD_MEAN], setup->space->fixed, n_parameters * sizeof *record);
  double point[chains->n_free];
  proda_kept_moments(&kept, setup->space, point, record + at[PRODA_FIELD_MEAN],
                     record + at[PRODA_FIELD_SD], record + at[PRODA_FIELD_RHAT_CLASSIC]);
  if (setup->ops->extension && setup->ops->extension(setup->sampler, "accepted-only") &&
      proda_kept_published_rhat(&kept, setup->space, record + at[PRODA_FIELD_RHAT_CLASSIC],
                                error) != PRODA_OK)
    return PRODA_ERROR;
  record[at[PRODA_FIELD_MEAN_RHAT]] =
      mean_rhat(setup->space, record + at[PRODA_FIELD_RHAT_CLASSIC]);
  int status = fill_diagnostics(posterior, &kept, record, at, error);
  if (status == PRODA_OK)
    status = fill_estimate(posterior, &kept, point, obs, record, at, error);
  if (status == PRODA_OK)
    status = fill_draws(posterior, &kept, obs, record, at, error);
  if (status == PRODA_OK)
    fill_state(posterior, record, at);
  return status;
}
