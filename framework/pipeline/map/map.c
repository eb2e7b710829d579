#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/environment.h"
#include "pipeline/inputs.h"
#include "pipeline/map/map_store.h"
#include "pipeline/sites.h"
#include "pipeline/train/predictor.h"
#include "store/provenance.h"

/** Everything that the stage holds. */
struct mapping {
  const struct proda_run *run;
  const struct proda_experiment_structure *chosen;
  char *prepare_path, *train_path, *store, *grid_store;
  char inputs[PRODA_DIGEST_SIZE];
  struct proda_loaded *model, *emulator;
  struct proda_settings *settings;
  struct proda_space *space;
  struct proda_forcing_file *forcing;
  struct proda_structure *structure;
  size_t n, observable;
  bool *usable;      /* [n] predicted parameters are there */
  double *parameter; /* [PRODA_MAP_N_SOURCES][n][n_parameters] */
  double *pools, *density;
  double *stock;  /* [PRODA_MAP_N_SOURCES][PRODA_MAP_N_DEPTHS][n] */
  double *status; /* [PRODA_MAP_N_SOURCES][n] */
  lane *observed; /* [n_layers] */
};

static const double depth[PRODA_MAP_N_DEPTHS] = {0.3, 1.0, INFINITY};

static double *parameters_of(const struct mapping *m, enum proda_map_source source)
{
  return m->parameter + (size_t)source * m->n * m->model->manifest->n_parameters;
}

static double *stocks_of(const struct mapping *m, enum proda_map_source source, int d)
{
  return m->stock + ((size_t)source * PRODA_MAP_N_DEPTHS + (size_t)d) * m->n;
}

static int load_plugins(struct mapping *m, struct proda_error *error)
{
  const struct proda_experiment *experiment = m->run->experiment;
  if (proda_load(m->run->search_path, m->chosen->model, PRODA_MODEL, &m->model, error) ||
      proda_settings_make(m->model->manifest, experiment->document, m->chosen->settings,
                          &m->settings, error) ||
      proda_load(m->run->search_path, experiment->train.emulator, PRODA_EMULATOR, &m->emulator,
                 error))
    return PRODA_ERROR;
  const char *name = experiment->calibrate.observation.observable;
  long observable = proda_manifest_observable(m->model->manifest, name);
  if (observable < 0)
    return proda_error_set(error, "%s observes no '%s'; `proda describe %s` lists what it does",
                           m->model->manifest->name, name, m->model->manifest->name);
  m->observable = (size_t)observable;
  return proda_space_new(experiment, m->chosen, m->model->manifest, &m->space, error);
}

static int digest_inputs(struct mapping *m, struct proda_error *error)
{
  const char *const store[] = {m->prepare_path, m->train_path};
  struct proda_digest *digest = proda_inputs_new("map 1");
  if (!digest)
    return proda_error_set(error, "out of memory for a digest");
  proda_inputs_node(digest, m->chosen->node);
  int status = proda_inputs_plugin(digest, m->model, error);
  if (status == PRODA_OK)
    status = proda_inputs_plugin(digest, m->emulator, error);
  for (size_t i = 0; i < sizeof store / sizeof *store && status == PRODA_OK; i++)
    status = proda_inputs_store(digest, store[i], error);
  if (status == PRODA_OK)
    status = proda_digest_file(digest, m->run->experiment->grid, error);
  proda_digest_finish(digest, m->inputs);
  return status;
}

static int allocate(struct mapping *m, struct proda_error *error)
{
  const struct proda_manifest *manifest = m->model->manifest;
  size_t n_layers = manifest->grid.n_layers;
  m->n = proda_forcing_n_sites(m->forcing);
  m->usable = calloc(m->n, sizeof *m->usable);
  m->parameter = calloc(PRODA_MAP_N_SOURCES * m->n * manifest->n_parameters, sizeof *m->parameter);
  m->pools = calloc(m->n * manifest->n_pools * n_layers, sizeof *m->pools);
  m->density = calloc(m->n * n_layers, sizeof *m->density);
  m->stock = calloc((size_t)PRODA_MAP_N_SOURCES * PRODA_MAP_N_DEPTHS * m->n, sizeof *m->stock);
  m->status = calloc(PRODA_MAP_N_SOURCES * m->n, sizeof *m->status);
  m->observed = aligned_alloc(sizeof(lane), n_layers * sizeof(lane));
  if (!m->usable || !m->parameter || !m->pools || !m->density || !m->stock || !m->status ||
      !m->observed)
    return proda_error_set(error, "out of memory for %zu cells", m->n);
  return PRODA_OK;
}

static int open_structure(struct mapping *m, struct proda_error *error)
{
  if (proda_forcing_open(m->run->experiment->grid, m->model->manifest, &m->forcing, error) ||
      allocate(m, error))
    return PRODA_ERROR;
  if (!proda_forcing_latitude(m->forcing) || !proda_forcing_longitude(m->forcing))
    return proda_error_set(error, "%s: has no latitude and longitude of its sites",
                           m->run->experiment->grid);
  return proda_structure_new(m->model, m->settings, proda_forcing_n_months(m->forcing),
                             &m->structure, error);
}

/** Covariates of the cells, as the prepared store lists them. */
static int read_covariates(const struct mapping *m, struct proda_environment **environment,
                           double **value, struct proda_error *error)
{
  struct proda_nc *prepare = NULL, *grid = NULL;
  int status = proda_nc_open(m->prepare_path, &prepare, error);
  if (status == PRODA_OK)
    status = proda_environment_list(prepare, environment, error);
  if (status == PRODA_OK)
    status = proda_nc_open(m->run->experiment->grid, &grid, error);
  if (status == PRODA_OK)
    status = proda_environment_read(grid, "site", *environment, value, error);
  proda_nc_close(prepare);
  proda_nc_close(grid);
  return status;
}

static int apply_predictor(struct mapping *m, const struct proda_covariates *covariates,
                           struct proda_error *error)
{
  const struct proda_predictor_setup setup = {m->run, m->emulator, m->model->manifest, m->space};
  size_t n_parameters = m->model->manifest->n_parameters;
  struct proda_predictor *predictor = NULL;
  struct proda_encoding summary;
  struct proda_nc *train = NULL;
  double *median = NULL;
  int status = proda_nc_open(m->train_path, &train, error);
  if (status == PRODA_OK)
    status = proda_predictor_read(&setup, train, &predictor, error);
  if (status == PRODA_OK)
    status = proda_nc_read(train, "global_median", n_parameters, &median, error);
  if (status == PRODA_OK)
    status = proda_predictor_apply(predictor, covariates, parameters_of(m, PRODA_MAP_PREDICTED),
                                   m->usable, &summary, error);
  if (status == PRODA_OK) {
    proda_report(m->run,
                 "map %s: of %zu cells %zu outside the training range of a covariate, %zu with a "
                 "filled covariate, %zu with an unseen class, %zu without covariates",
                 m->chosen->name, m->n, summary.n_cut, summary.n_filled, summary.n_unseen,
                 summary.n_unusable);
    for (size_t s = 0; s < m->n; s++)
      memcpy(parameters_of(m, PRODA_MAP_MEDIAN) + s * n_parameters, median,
             n_parameters * sizeof *median);
  }
  free(median);
  proda_predictor_free(predictor);
  proda_nc_close(train);
  return status;
}

static int predict(struct mapping *m, struct proda_error *error)
{
  struct proda_environment *environment = NULL;
  double *value = NULL;
  int status = read_covariates(m, &environment, &value, error);
  size_t n = environment ? environment->n : 0;
  const char **name = calloc(n + 1, sizeof *name);
  bool *is_class = calloc(n + 1, sizeof *is_class);
  if (status == PRODA_OK && (!name || !is_class))
    status = proda_error_set(error, "out of memory for %zu covariates", n);
  if (status == PRODA_OK) {
    for (size_t c = 0; c < n; c++) {
      name[c] = environment->variable[c].name;
      is_class[c] = environment->variable[c].is_class;
    }
    const struct proda_covariates covariates = {m->n, n, name, is_class, value};
    status = apply_predictor(m, &covariates, error);
  }
  free(name);
  free(is_class);
  free(value);
  proda_environment_free(environment);
  return status;
}

static int set_defaults(struct mapping *m, struct proda_error *error)
{
  const struct proda_manifest *manifest = m->model->manifest;
  const double **driver = calloc(manifest->n_drivers + 1, sizeof *driver);
  if (!driver)
    return proda_error_set(error, "out of memory");
  const struct proda_forcing forcing = {driver};
  for (size_t s = 0; s < m->n; s++) {
    proda_forcing_site(m->forcing, s, driver);
    proda_default_parameters(manifest, &forcing,
                             parameters_of(m, PRODA_MAP_DEFAULT) + s * manifest->n_parameters);
  }
  free(driver);
  return PRODA_OK;
}

struct taker {
  struct mapping *m;
  enum proda_map_source source;
  const size_t *cell; /* of each run */
};

static void keep_pools(struct mapping *m, const struct proda_site_result *result, size_t cell)
{
  const struct proda_manifest *manifest = m->model->manifest;
  size_t n_layers = manifest->grid.n_layers, n = manifest->n_pools * n_layers;
  const lane *pools = proda_block_pools(result->block);
  for (size_t i = 0; i < n; i++)
    m->pools[cell * n + i] = pools[i][result->lane];
  for (size_t l = 0; l < n_layers; l++)
    m->density[cell * n_layers + l] = m->observed[l][result->lane];
}

static int take(void *context, const struct proda_site_result *result, struct proda_error *error)
{
  struct taker *taker = context;
  struct mapping *m = taker->m;
  size_t cell = taker->cell[result->run];
  (void)error;
  m->status[(size_t)taker->source * m->n + cell] = result->status;
  if (result->status != PRODA_SOLVED && result->status != PRODA_SOLVE_NEAR_SINGULAR)
    return PRODA_OK;
  proda_block_observe(result->block, m->observable, m->observed);
  const double *density = (const double *)m->observed + result->lane;
  for (int d = 0; d < PRODA_MAP_N_DEPTHS; d++)
    stocks_of(m, taker->source, d)[cell] =
        proda_grid_stock(&m->model->manifest->grid, density, PRODA_LANES, depth[d]) / 1000;
  if (taker->source == PRODA_MAP_PREDICTED)
    keep_pools(m, result, cell);
  return PRODA_OK;
}

static void fill_nan(double *value, size_t n)
{
  for (size_t i = 0; i < n; i++)
    value[i] = NAN;
}

/** Runs the structure at every cell that has parameters from this source. */
static int run_source(struct mapping *m, enum proda_map_source source, struct proda_error *error)
{
  size_t n_parameters = m->model->manifest->n_parameters, n = 0;
  struct proda_site_run *run = calloc(m->n, sizeof *run);
  size_t *cell = calloc(m->n, sizeof *cell);
  struct taker taker = {m, source, cell};
  int status = run && cell ? PRODA_OK : proda_error_set(error, "out of memory");
  for (size_t s = 0; s < m->n && status == PRODA_OK; s++) {
    m->status[(size_t)source * m->n + s] = PRODA_MAP_NO_COVARIATES;
    if (source == PRODA_MAP_PREDICTED && !m->usable[s])
      continue;
    cell[n] = s;
    run[n++] = (struct proda_site_run){s, parameters_of(m, source) + s * n_parameters};
  }
  if (status == PRODA_OK)
    status = proda_sites_run(m->structure, m->forcing, PRODA_WANT_CONDITION, n, run, take, &taker,
                             error);
  proda_progress(m->run, "map", (size_t)source + 1, 0, PRODA_MAP_N_SOURCES, m->chosen->name);
  free(run);
  free(cell);
  return status;
}

/** Pg C over the cells with a sound steady state, and their share of the area. */
static double total(const struct mapping *m, enum proda_map_source source, int d, double *share)
{
  const double *area = proda_forcing_area(m->forcing), *stock = stocks_of(m, source, d);
  double sum = 0, covered = 0, all = 0;
  for (size_t s = 0; area && s < m->n; s++) {
    all += area[s];
    if (m->status[(size_t)source * m->n + s] != PRODA_SOLVED)
      continue;
    sum += stock[s] * area[s] * 1e-12;
    covered += area[s];
  }
  *share = covered / all;
  return area ? sum : NAN;
}

static void sum_up(const struct mapping *m, struct proda_mapped *mapped)
{
  static const char *const title[] = {"predicted", "default", "global median"};
  for (int s = 0; s < PRODA_MAP_N_SOURCES; s++) {
    double share = NAN;
    for (int d = 0; d < PRODA_MAP_N_DEPTHS; d++) {
      mapped->stock[s][d] = stocks_of(m, (enum proda_map_source)s, d);
      mapped->total[s][d] = total(m, (enum proda_map_source)s, d, &share);
    }
    mapped->status[s] = m->status + (size_t)s * m->n;
    proda_report(m->run,
                 "map %s: %s parameters: %.0f Pg C in 0-30 cm, %.0f in 0-100 cm, %.0f in all, on "
                 "%.1f %% of the land",
                 m->chosen->name, title[s], mapped->total[s][0], mapped->total[s][1],
                 mapped->total[s][2], 100 * share);
  }
}

static int write_stores(const struct mapping *m, struct proda_error *error)
{
  struct proda_mapped mapped = {
      .manifest = m->model->manifest,
      .forcing = m->forcing,
      .n = m->n,
      .parameter = parameters_of(m, PRODA_MAP_PREDICTED),
      .pools = m->pools,
      .density = m->density,
  };
  bool regular;
  sum_up(m, &mapped);
  // The grid first: map.nc tells by its digest that both are there.
  if (proda_make_parents(m->store, error) ||
      proda_mapped_write_grid(&mapped, m->grid_store, m->run, m->inputs, &regular, error))
    return PRODA_ERROR;
  if (!regular)
    proda_report(m->run, "map %s: the sites lie on no regular grid, so %s is not written",
                 m->chosen->name, m->grid_store);
  return proda_mapped_write(&mapped, m->store, m->run, m->inputs, error);
}

static int make(struct mapping *m, struct proda_error *error)
{
  if (open_structure(m, error) || predict(m, error) || set_defaults(m, error))
    return PRODA_ERROR;
  const struct proda_manifest *manifest = m->model->manifest;
  fill_nan(m->stock, (size_t)PRODA_MAP_N_SOURCES * PRODA_MAP_N_DEPTHS * m->n);
  fill_nan(m->pools, m->n * manifest->n_pools * manifest->grid.n_layers);
  fill_nan(m->density, m->n * manifest->grid.n_layers);
  for (int s = 0; s < PRODA_MAP_N_SOURCES; s++)
    if (run_source(m, (enum proda_map_source)s, error))
      return PRODA_ERROR;
  return write_stores(m, error);
}

static int map(struct mapping *m, struct proda_error *error)
{
  if (!m->prepare_path || !m->train_path || !m->store || !m->grid_store)
    return proda_error_set(error, "out of memory for a path");
  if (load_plugins(m, error) || digest_inputs(m, error))
    return PRODA_ERROR;
  if (proda_store_current(m->store, m->inputs)) {
    proda_report(m->run, "map %s: up to date", m->chosen->name);
    return PRODA_OK;
  }
  return make(m, error);
}

int proda_stage_map(const struct proda_run *run, const struct proda_experiment_structure *structure,
                    struct proda_error *error)
{
  struct mapping m = {
      .run = run,
      .chosen = structure,
      .prepare_path = proda_store_path(run, NULL, "prepare"),
      .train_path = proda_store_path(run, structure->name, "train"),
      .store = proda_store_path(run, structure->name, "map"),
      .grid_store = proda_store_path(run, structure->name, "map_grid"),
  };
  int status = map(&m, error);
  proda_structure_free(m.structure);
  proda_forcing_close(m.forcing);
  proda_space_free(m.space);
  proda_settings_free(m.settings);
  proda_loaded_free(m.emulator);
  proda_loaded_free(m.model);
  free(m.usable);
  free(m.parameter);
  free(m.pools);
  free(m.density);
  free(m.stock);
  free(m.status);
  free(m.observed);
  free(m.prepare_path);
  free(m.train_path);
  free(m.store);
  free(m.grid_store);
  return status;
}
