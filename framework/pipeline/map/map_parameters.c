#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/ad_hoc.h"
#include "pipeline/environment.h"
#include "pipeline/map/mapping.h"
#include "pipeline/train/predictor.h"

double *proda_mapping_parameters(const struct proda_mapping *mapping, enum proda_map_source source)
{
  return mapping->parameter + (size_t)source * mapping->n * mapping->model->manifest->n_parameters;
}

/** Covariates of the cells, as the prepared store lists them. */
static int read_covariates(const struct proda_mapping *m, struct proda_environment **environment,
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

static int apply_predictor(struct proda_mapping *m, const struct proda_covariates *covariates,
                           struct proda_error *error)
{
  const struct proda_predictor_setup setup = {m->run,   m->emulator,     m->model->manifest,
                                              m->space, m->chosen->name, 0};
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
    status = proda_predictor_apply(predictor, covariates,
                                   proda_mapping_parameters(m, PRODA_MAP_PREDICTED), m->usable,
                                   &summary, error);
  if (status == PRODA_OK) {
    proda_report(m->run,
                 "map %s: of %zu cells %zu outside the training range of a covariate, %zu with a "
                 "filled covariate, %zu with an unseen class, %zu without covariates",
                 m->chosen->name, m->n, summary.n_cut, summary.n_filled, summary.n_unseen,
                 summary.n_unusable);
    for (size_t s = 0; s < m->n; s++)
      memcpy(proda_mapping_parameters(m, PRODA_MAP_MEDIAN) + s * n_parameters, median,
             n_parameters * sizeof *median);
  }
  free(median);
  proda_predictor_free(predictor);
  proda_nc_close(train);
  return status;
}

static int predict(struct proda_mapping *m, struct proda_error *error)
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

/** The ad hoc parameters that all cells share; NaN where a cell has its own. */
static void find_shared(const struct proda_mapping *m, const double *parameter)
{
  size_t n_parameters = m->model->manifest->n_parameters;
  memcpy(m->ad_hoc_parameter, parameter, n_parameters * sizeof *parameter);
  for (size_t i = 0; i < m->n * n_parameters; i++)
    if (parameter[i] != m->ad_hoc_parameter[i % n_parameters])
      m->ad_hoc_parameter[i % n_parameters] = NAN;
}

static int set_ad_hoc(struct proda_mapping *m, struct proda_error *error)
{
  const struct proda_manifest *manifest = m->model->manifest;
  double mean[manifest->n_parameters];
  double *parameter = proda_mapping_parameters(m, PRODA_MAP_DEFAULT);
  bool by_mean = m->ad_hoc == PRODA_AD_HOC_SITE_MEAN;
  if (by_mean &&
      proda_ad_hoc_mean_read(m->calibrate_path, m->screen_path, manifest, mean, error) != PRODA_OK)
    return PRODA_ERROR;
  if (proda_ad_hoc_fill(manifest, m->forcing, by_mean ? mean : NULL, m->n, NULL, parameter,
                        error) != PRODA_OK)
    return PRODA_ERROR;
  find_shared(m, parameter);
  return PRODA_OK;
}

int proda_mapping_find_parameters(struct proda_mapping *mapping, struct proda_error *error)
{
  int status = predict(mapping, error);
  return status == PRODA_OK ? set_ad_hoc(mapping, error) : status;
}
