#include <math.h>
#include <stdlib.h>

#include "pipeline/environment.h"
#include "pipeline/prepare/prepared.h"
#include "pipeline/report/report.h"
#include "store/sphere.h"

/* All details together, as base64; and what a site has at most. */
enum { BUDGET = 2000000, MOST_SITES = 64, MOST_DRAWS = 200 };

/** One structure's posteriors, as far as they do not depend on the site. */
struct posterior {
  const struct proda_reported_structure *structure;
  size_t n_parameters, n_draws; /**< n_draws: of all chains together */
  double *estimate;             /**< [n_sites][n_parameters] */
  double *modelled[3];          /**< [n_obs]: of the estimate, 5 % and 95 % quantile */
  double *state;                /**< [n_sites], 0 where calibrated */
};
static const char *const modelled_name[3] = {"modelled", "modelled_q05", "modelled_q95"};
static const char *const modelled_key[3] = {"modelled", "q05", "q95"};

struct detail {
  const struct proda_reported *reported;
  struct posterior *posterior; /**< [n structures] */
  size_t *first;               /**< [n_sites + 1]: layers of a site */
  double *obs[4];              /**< [n_obs] */
  double *vector;              /**< [n_sites][3] */
  size_t n_classes;
  double **class;  /**< [n_classes][n_sites] */
  bool *candidate; /**< [n_sites] */
};
static const char *const obs_name[4] = {"obs_top", "obs_bottom", "obs_depth", "soc"};
static const char *const obs_key[4] = {"top", "bottom", "depth", "soc"};

static void release(struct detail *d)
{
  for (size_t i = 0; d->posterior && i < d->reported->n; i++) {
    free(d->posterior[i].estimate);
    free(d->posterior[i].state);
    for (int m = 0; m < 3; m++)
      free(d->posterior[i].modelled[m]);
  }
  for (size_t c = 0; d->class && c < d->n_classes; c++)
    free(d->class[c]);
  for (int o = 0; o < 4; o++)
    free(d->obs[o]);
  free(d->posterior);
  free(d->first);
  free(d->vector);
  free(d->class);
  free(d->candidate);
}

/* ---- reading ---- */

static int read_posterior(const struct proda_reported *reported,
                          const struct proda_reported_structure *structure, struct posterior *p,
                          struct proda_error *error)
{
  const struct proda_nc *file = structure->calibrate;
  size_t chains, draws;
  p->structure = structure;
  p->n_parameters = structure->manifest->n_parameters;
  if (proda_nc_dim(file, "chain", &chains, error) || proda_nc_dim(file, "draw", &draws, error) ||
      proda_nc_read(file, "estimate", reported->n_sites * p->n_parameters, &p->estimate, error) ||
      proda_nc_read(file, "state", reported->n_sites, &p->state, error))
    return PRODA_ERROR;
  p->n_draws = chains * draws;
  for (int m = 0; m < 3; m++)
    if (proda_nc_read(file, modelled_name[m], reported->n_obs, &p->modelled[m], error))
      return PRODA_ERROR;
  return PRODA_OK;
}

static int read_layers(struct detail *d, struct proda_error *error)
{
  const struct proda_reported *reported = d->reported;
  int status =
      proda_prepared_rows(reported->prepare, reported->n_sites, reported->n_obs, &d->first, error);
  for (int o = 0; o < 4 && status == PRODA_OK; o++)
    status = proda_nc_read(reported->prepare, obs_name[o], reported->n_obs, &d->obs[o], error);
  return status;
}

static int read_places(struct detail *d, struct proda_error *error)
{
  size_t n = d->reported->n_sites;
  double *latitude = NULL, *longitude = NULL;
  d->vector = calloc(3 * n + 1, sizeof *d->vector);
  int status = d->vector ? PRODA_OK : proda_error_set(error, "out of memory for %zu sites", n);
  if (status == PRODA_OK)
    status = proda_nc_read(d->reported->prepare, "latitude", n, &latitude, error);
  if (status == PRODA_OK)
    status = proda_nc_read(d->reported->prepare, "longitude", n, &longitude, error);
  for (size_t s = 0; s < n && status == PRODA_OK; s++)
    proda_sphere_vector(latitude[s], longitude[s], d->vector + 3 * s);
  free(latitude);
  free(longitude);
  return status;
}

static int read_classes(struct detail *d, struct proda_error *error)
{
  size_t n = d->reported->n_sites;
  struct proda_environment *environment = NULL;
  double *value = NULL;
  int status = proda_environment_list(d->reported->prepare, &environment, error);
  size_t width = status == PRODA_OK ? environment->n : 0;
  if (status == PRODA_OK)
    status = proda_nc_read(d->reported->prepare, "covariate_value", n * width, &value, error);
  d->class = calloc(width + 1, sizeof *d->class);
  if (status == PRODA_OK && !d->class)
    status = proda_error_set(error, "out of memory for %zu covariates", width);
  for (size_t c = 0; c < width && status == PRODA_OK; c++) {
    if (!environment->variable[c].is_class)
      continue;
    double *column = calloc(n + 1, sizeof *column);
    if (!column) {
      status = proda_error_set(error, "out of memory for %zu sites", n);
      break;
    }
    for (size_t s = 0; s < n; s++)
      column[s] = value[s * width + c];
    d->class[d->n_classes++] = column;
  }
  free(value);
  proda_environment_free(environment);
  return status;
}

/** Sites with a posterior of every structure; where there is none, those with one of any. */
static int find_candidates(struct detail *d, struct proda_error *error)
{
  size_t n = d->reported->n_sites, most = 0;
  d->candidate = calloc(n + 1, sizeof *d->candidate);
  size_t *count = calloc(n + 1, sizeof *count);
  if (!d->candidate || !count) {
    free(count);
    return proda_error_set(error, "out of memory for %zu sites", n);
  }
  for (size_t s = 0; s < n; s++) {
    for (size_t i = 0; i < d->reported->n; i++)
      count[s] += d->posterior[i].state[s] == 0;
    most = count[s] > most ? count[s] : most;
  }
  for (size_t s = 0; s < n; s++)
    d->candidate[s] = most > 0 && count[s] == most;
  free(count);
  return PRODA_OK;
}

static int read_all(struct detail *d, struct proda_error *error)
{
  d->posterior = calloc(d->reported->n + 1, sizeof *d->posterior);
  if (!d->posterior)
    return proda_error_set(error, "out of memory");
  for (size_t i = 0; i < d->reported->n; i++)
    if (read_posterior(d->reported, &d->reported->structure[i], &d->posterior[i], error))
      return PRODA_ERROR;
  if (read_layers(d, error) || read_places(d, error) || read_classes(d, error))
    return PRODA_ERROR;
  return find_candidates(d, error);
}

/* ---- writing ---- */

static size_t n_kept(const struct posterior *p)
{
  return p->n_draws < MOST_DRAWS ? p->n_draws : MOST_DRAWS;
}

static size_t n_affordable(const struct detail *d)
{
  size_t bytes = 0;
  for (size_t i = 0; i < d->reported->n; i++)
    bytes += d->posterior[i].n_parameters * n_kept(&d->posterior[i]) * 8 / 3;
  size_t n = BUDGET / (bytes + 1);
  return n < 1 ? 1 : n > MOST_SITES ? MOST_SITES : n;
}

/** Where a value lies between the ends that are drawn. */
static double share(const struct proda_report_range *range, double x)
{
  return range->log ? log(x / range->lower) / log(range->upper / range->lower)
                    : (x - range->lower) / (range->upper - range->lower);
}

/** Draws of a site, evenly thinned over the chains, parameter by parameter within its ends. */
static int put_draws(const struct posterior *p, size_t site, json_t *object,
                     struct proda_error *error)
{
  size_t n = p->n_parameters, kept = n_kept(p);
  double *draws = calloc(p->n_draws * n + 1, sizeof *draws);
  double *scaled = calloc(kept * n + 1, sizeof *scaled);
  int status = draws && scaled ? proda_nc_read_rows(p->structure->calibrate, "draws", site, 1,
                                                    p->n_draws * n, draws, error)
                               : proda_error_set(error, "out of memory for %zu draws", p->n_draws);
  for (size_t k = 0; k < n && status == PRODA_OK; k++) {
    struct proda_report_range range = proda_report_range(p->structure->space, k);
    for (size_t i = 0; i < kept; i++)
      scaled[k * kept + i] = share(&range, draws[i * p->n_draws / kept * n + k]);
  }
  if (status == PRODA_OK)
    status = proda_json_put(object, "draws", proda_json_shares(scaled, kept * n), error);
  if (status == PRODA_OK)
    status = proda_json_put(object, "n_draws", proda_json_number((double)kept), error);
  free(draws);
  free(scaled);
  return status;
}

static int append_posterior(const struct detail *d, const struct posterior *p, size_t site,
                            json_t *list, struct proda_error *error)
{
  size_t first = d->first[site], n = d->first[site + 1] - first;
  if (p->state[site] != 0)
    return proda_json_append(list, json_null(), error);
  json_t *object = json_object();
  int status = proda_json_append(list, object, error);
  if (status == PRODA_OK)
    status = put_draws(p, site, object, error);
  if (status == PRODA_OK)
    status = proda_json_put(object, "estimate",
                            proda_json_array(p->estimate + site * p->n_parameters, p->n_parameters),
                            error);
  for (int m = 0; m < 3 && status == PRODA_OK; m++)
    status =
        proda_json_put(object, modelled_key[m], proda_json_array(p->modelled[m] + first, n), error);
  return status;
}

static int append_site(const struct detail *d, size_t site, json_t *list, struct proda_error *error)
{
  size_t first = d->first[site], n = d->first[site + 1] - first;
  json_t *object = json_object(), *obs = NULL, *posteriors = NULL;
  if (proda_json_append(list, object, error) ||
      proda_json_put(object, "site", proda_json_number((double)site), error) ||
      !(obs = proda_json_object_in(object, "obs", error)) ||
      !(posteriors = proda_json_array_in(object, "structures", error)))
    return PRODA_ERROR;
  int status = PRODA_OK;
  for (int o = 0; o < 4 && status == PRODA_OK; o++)
    status = proda_json_put(obs, obs_key[o], proda_json_array(d->obs[o] + first, n), error);
  for (size_t i = 0; i < d->reported->n && status == PRODA_OK; i++)
    status = append_posterior(d, &d->posterior[i], site, posteriors, error);
  return status;
}

int proda_report_detail(const struct proda_reported *reported, json_t *root,
                        struct proda_error *error)
{
  struct detail d = {.reported = reported};
  size_t chosen[MOST_SITES], n = 0;
  json_t *list = proda_json_array_in(root, "detail", error);
  int status = list ? read_all(&d, error) : PRODA_ERROR;
  if (status == PRODA_OK)
    n = proda_report_spread(d.vector, (const double *const *)d.class, d.n_classes, d.candidate,
                            reported->n_sites, n_affordable(&d), chosen);
  for (size_t k = 0; k < n && status == PRODA_OK; k++)
    status = append_site(&d, chosen[k], list, error);
  release(&d);
  return status;
}
