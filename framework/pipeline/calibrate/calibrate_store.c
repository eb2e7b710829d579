#include "pipeline/calibrate/calibrate_store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/calibrate/prior_share.h"
#include "pipeline/calibrate/state.h"
#include "pipeline/measures.h"
#include "stats/summary.h"
#include "store/provenance.h"

static size_t n_obs_of(const struct proda_calibrated *c, size_t site)
{
  return c->prepared->first[site + 1] - c->prepared->first[site];
}

int proda_calibrated_new(const char *name, const struct proda_prepared *prepared,
                         const struct proda_manifest *manifest, const struct proda_space *space,
                         const struct proda_posterior_shape *shape,
                         struct proda_calibrated *calibrated, struct proda_error *error)
{
  *calibrated = (struct proda_calibrated){
      .name = name,
      .prepared = prepared,
      .manifest = manifest,
      .space = space,
      .shape = *shape,
      .place = calloc(prepared->n_sites + 1, sizeof *calibrated->place),
      .failure = calloc(prepared->n_sites + 1, sizeof(char *)),
      .valid_share = {.least = 1},
  };
  if (!calibrated->place || !calibrated->failure)
    return proda_error_set(error, "out of memory for %zu sites", prepared->n_sites);
  return PRODA_OK;
}

void proda_calibrated_free(struct proda_calibrated *calibrated)
{
  for (size_t s = 0; calibrated->failure && s < calibrated->prepared->n_sites; s++)
    free(calibrated->failure[s]);
  free(calibrated->place);
  free(calibrated->failure);
}

static void note_share(struct proda_valid_share *all, double share)
{
  if (isnan(share))
    return;
  all->n++;
  all->sum += share;
  all->least = fmin(all->least, share);
  all->most = fmax(all->most, share);
}

int proda_calibrated_put(struct proda_calibrated *calibrated, size_t site, const char *failure,
                         const double *record, size_t n, uint64_t place, struct proda_error *error)
{
  if (site >= calibrated->prepared->n_sites ||
      n != proda_posterior_offset(&calibrated->shape, PRODA_N_FIELDS, n_obs_of(calibrated, site)))
    return proda_error_set(error,
                           "a calibration record of site %zu with %zu values does not fit the "
                           "prepared data; remove the journal to start anew",
                           site, n);
  double state = record[PRODA_FIELD_STATE];
  if (!(state >= 0 && state < PRODA_N_SITE_CODES))
    return proda_error_set(error,
                           "a calibration record of site %zu tells a state %g that there is not; "
                           "remove the journal to start anew",
                           site, state);
  if (calibrated->place[site])
    return PRODA_OK;
  /* Cut as the journal cuts it, so that a run that was stopped ends with the same bytes. */
  if (failure && failure[0] &&
      !(calibrated->failure[site] = strndup(failure, PRODA_JOURNAL_TEXT - 1)))
    return proda_error_set(error, "out of memory for the failure of site %zu", site);
  calibrated->place[site] = place;
  calibrated->count++;
  calibrated->n_state[(size_t)state]++;
  calibrated->n_draws += record[PRODA_FIELD_N_STEPS];
  for (size_t r = 0; r < PRODA_N_REJECTIONS; r++)
    calibrated->n_rejected[r] += record[PRODA_FIRST_REJECTION + r];
  note_share(&calibrated->valid_share, record[PRODA_FIELD_PRIOR_VALID_SHARE]);
  return PRODA_OK;
}

bool proda_calibrated_has(const struct proda_calibrated *calibrated, size_t site)
{
  return calibrated->place[site] != 0;
}

static const char *const axes_dims[PRODA_N_AXES] = {
    [PRODA_AXES_SITE] = "site",
    [PRODA_AXES_SITE_PARAMETER] = "site parameter",
    [PRODA_AXES_SITE_MEASURE] = "site",
    [PRODA_AXES_SITE_SATURATING] = "site saturating",
    [PRODA_AXES_SITE_CHAIN] = "site chain",
    [PRODA_AXES_SITE_CHAIN_DRAW] = "site chain draw",
    [PRODA_AXES_SITE_CHAIN_DRAW_PARAMETER] = "site chain draw parameter",
    [PRODA_AXES_OBS] = "obs",
    [PRODA_AXES_OBS_CHAIN_DRAW] = "obs chain draw",
};

/* A structure's measures, each a variable. */
static int define_measures(struct proda_nc *file, const struct proda_manifest *manifest,
                           struct proda_error *error)
{
  for (size_t k = 0; k < proda_measures_count(manifest); k++) {
    struct proda_measure measure = proda_measure_at(manifest, k);
    if (proda_nc_def(file, measure.name, PRODA_NC_DOUBLE, "site", measure.unit, measure.long_name,
                     error) != PRODA_OK ||
        proda_nc_put_text(file, measure.name, "comment", "of the state at the point estimate",
                          error) != PRODA_OK)
      return PRODA_ERROR;
  }
  return PRODA_OK;
}

static int define_saturating(struct proda_nc *file, const struct proda_calibrated *c,
                             struct proda_error *error)
{
  static const struct proda_nc_entry variable[] = {
      {"saturating_channel", PRODA_NC_STRING, "saturating", NULL, "channel that saturates"},
      {"saturating_donor", PRODA_NC_STRING, "saturating", NULL, "pool that it takes carbon from"},
  };
  if (c->shape.n_saturating == 0)
    return PRODA_OK;
  if (proda_nc_def_dim(file, "saturating", c->shape.n_saturating, error) != PRODA_OK)
    return PRODA_ERROR;
  return proda_nc_def_all(file, variable, sizeof variable / sizeof *variable, error);
}

/* Whether a field is a variable of its own in this structure's store. */
static bool has_variable(const struct proda_calibrated *c, enum proda_posterior_field field)
{
  enum proda_field_axes axes = proda_posterior_fields[field].axes;
  return axes != PRODA_AXES_SITE_MEASURE &&
         (axes != PRODA_AXES_SITE_SATURATING || c->shape.n_saturating > 0);
}

static int define(struct proda_nc *file, const struct proda_calibrated *c,
                  struct proda_error *error)
{
  const struct {
    const char *name;
    size_t length;
  } dim[] = {
      {"site", c->prepared->n_sites},       {"obs", c->prepared->n_obs},
      {"parameter", c->shape.n_parameters}, {"chain", c->shape.n_chains},
      {"draw", c->shape.n_draws},
  };
  for (size_t i = 0; i < sizeof dim / sizeof *dim; i++)
    if (proda_nc_def_dim(file, dim[i].name, dim[i].length, error) != PRODA_OK)
      return PRODA_ERROR;
  static const struct proda_nc_entry variable[] = {
      {"site_id", PRODA_NC_INT64, "site", "1", "identity of the profile"},
      {"latitude", PRODA_NC_DOUBLE, "site", "degrees_north", "latitude"},
      {"longitude", PRODA_NC_DOUBLE, "site", "degrees_east", "longitude"},
      {"row_size", PRODA_NC_INT, "site", "1", "number of measured layers of the site"},
      {"failure", PRODA_NC_STRING, "site", NULL, "why the site has no posterior"},
      {"parameter_name", PRODA_NC_STRING, "parameter", NULL, "name of the parameter"},
      {"parameter_unit", PRODA_NC_STRING, "parameter", NULL, "unit of the parameter"},
      {"prior_lower", PRODA_NC_DOUBLE, "parameter", NULL, "lower end of the prior"},
      {"prior_upper", PRODA_NC_DOUBLE, "parameter", NULL, "upper end of the prior"},
      {"prior_scale", PRODA_NC_BYTE, "parameter", "1", "scale that the prior is flat or normal on"},
      {"parameter_fixed", PRODA_NC_BYTE, "parameter", "1", "1 where the experiment fixes it"},
  };
  if (proda_nc_def_all(file, variable, sizeof variable / sizeof *variable, error) != PRODA_OK ||
      define_saturating(file, c, error) != PRODA_OK ||
      define_measures(file, c->manifest, error) != PRODA_OK)
    return PRODA_ERROR;
  for (int f = 0; f < PRODA_N_FIELDS; f++) {
    const struct proda_field *field = &proda_posterior_fields[f];
    if (!has_variable(c, (enum proda_posterior_field)f))
      continue;
    enum proda_nc_type type = f == PRODA_FIELD_STATE ? PRODA_NC_BYTE
                              : field->single        ? PRODA_NC_FLOAT
                                                     : PRODA_NC_DOUBLE;
    bool of_pools = field->axes == PRODA_AXES_SITE_SATURATING;
    if (proda_nc_def(file, field->name, type, axes_dims[field->axes],
                     of_pools ? c->manifest->unit : field->units, field->long_name,
                     error) != PRODA_OK)
      return PRODA_ERROR;
  }
  static const char *const scales[] = {"linear", "logarithmic"};
  if (proda_nc_put_flags(file, "prior_scale", scales, 2, error) != PRODA_OK ||
      proda_site_code_put_flags(file, "state", error) != PRODA_OK ||
      proda_nc_put_number(file, "prior_valid_share", "draws", PRODA_PRIOR_DRAWS, error) !=
          PRODA_OK ||
      proda_nc_put_text(file, "row_size", "sample_dimension", "obs", error) != PRODA_OK ||
      proda_nc_put_text(file, "site_id", "cf_role", "profile_id", error) != PRODA_OK)
    return PRODA_ERROR;
  return PRODA_OK;
}

static int write_parameters(struct proda_nc *file, const struct proda_calibrated *c,
                            struct proda_error *error)
{
  size_t n = c->shape.n_parameters;
  const char *name[n], *unit[n];
  double lower[n], upper[n], scale[n], fixed[n];
  for (size_t p = 0; p < n; p++) {
    name[p] = c->manifest->parameter[p].name;
    unit[p] = c->manifest->parameter[p].unit;
    lower[p] = c->space->prior[p].lower;
    upper[p] = c->space->prior[p].upper;
    scale[p] = proda_space_is_log(c->space, p);
    fixed[p] = !isnan(c->space->fixed[p]);
  }
  if (proda_nc_write_strings(file, "parameter_name", name, error) != PRODA_OK ||
      proda_nc_write_strings(file, "parameter_unit", unit, error) != PRODA_OK ||
      proda_nc_write(file, "prior_lower", lower, error) != PRODA_OK ||
      proda_nc_write(file, "prior_upper", upper, error) != PRODA_OK ||
      proda_nc_write(file, "prior_scale", scale, error) != PRODA_OK)
    return PRODA_ERROR;
  return proda_nc_write(file, "parameter_fixed", fixed, error);
}

static int write_saturating(struct proda_nc *file, const struct proda_calibrated *c,
                            struct proda_error *error)
{
  size_t n = c->shape.n_saturating;
  const char *channel[n + 1], *donor[n + 1];
  if (n == 0)
    return PRODA_OK;
  for (size_t k = 0; k < n; k++) {
    const struct proda_channel *saturating =
        &c->manifest->channel[proda_saturating_channel(c->manifest, k)];
    channel[k] = saturating->name;
    donor[k] = c->manifest->pool[saturating->donor];
  }
  if (proda_nc_write_strings(file, "saturating_channel", channel, error) != PRODA_OK)
    return PRODA_ERROR;
  return proda_nc_write_strings(file, "saturating_donor", donor, error);
}

static int write_sites(struct proda_nc *file, const struct proda_calibrated *c,
                       struct proda_error *error)
{
  size_t n = c->prepared->n_sites;
  const char **failure = calloc(n + 1, sizeof *failure);
  double *row_size = calloc(n + 1, sizeof *row_size);
  int status = PRODA_OK;
  if (!failure || !row_size) {
    status = proda_error_set(error, "out of memory for %zu sites", n);
    goto out;
  }
  for (size_t s = 0; s < n; s++) {
    failure[s] = c->failure[s] ? c->failure[s] : "";
    row_size[s] = (double)n_obs_of(c, s);
  }
  status = proda_nc_write_strings(file, "failure", failure, error);
  if (status == PRODA_OK)
    status = proda_nc_write(file, "row_size", row_size, error);
  if (status == PRODA_OK)
    status = proda_nc_write(file, "site_id", c->prepared->site_id, error);
  if (status == PRODA_OK)
    status = proda_nc_write(file, "latitude", c->prepared->latitude, error);
  if (status == PRODA_OK)
    status = proda_nc_write(file, "longitude", c->prepared->longitude, error);
out:
  free(failure);
  free(row_size);
  return status;
}

/* Sites from `first` on whose values of a field fit into `room`, at least one; *n is how many
 * values they have. */
static size_t sites_that_fit(const struct proda_calibrated *c, enum proda_posterior_field field,
                             size_t first, size_t room, size_t *n)
{
  size_t s = first;
  *n = 0;
  for (; s < c->prepared->n_sites; s++) {
    size_t size = proda_posterior_field_size(&c->shape, field, n_obs_of(c, s));
    if (s > first && *n + size > room)
      break;
    *n += size;
  }
  return s - first;
}

static int read_field(const struct proda_calibrated *c, const struct proda_journal *journal,
                      enum proda_posterior_field field, size_t first, size_t count, double *at,
                      struct proda_error *error)
{
  int status = PRODA_OK;
  for (size_t s = first; s < first + count && status == PRODA_OK; s++) {
    size_t n_obs = n_obs_of(c, s), n = proda_posterior_field_size(&c->shape, field, n_obs);
    status = proda_journal_read(journal, c->place[s],
                                proda_posterior_offset(&c->shape, field, n_obs), n, at, error);
    at += n;
  }
  return status;
}

/* Writes one field of all sites, site by site behind each other, a portion of them at a time. */
static int write_field(struct proda_nc *file, const struct proda_calibrated *c,
                       const struct proda_journal *journal, enum proda_posterior_field field,
                       struct proda_error *error)
{
  enum { PORTION = 1 << 20 }; /* values */
  const struct proda_field *what = &proda_posterior_fields[field];
  bool by_obs = what->axes == PRODA_AXES_OBS || what->axes == PRODA_AXES_OBS_CHAIN_DRAW;
  double *portion = NULL;
  int status = PRODA_OK;
  for (size_t s = 0, n, count; s < c->prepared->n_sites && status == PRODA_OK; s += count) {
    count = sites_that_fit(c, field, s, PORTION, &n);
    double *grown = realloc(portion, (n + 1) * sizeof *portion);
    if (!grown) {
      status = proda_error_set(error, "out of memory for %s (%zu values)", what->name, n);
      break;
    }
    portion = grown;
    const size_t *row = c->prepared->first;
    status = read_field(c, journal, field, s, count, portion, error);
    if (status == PRODA_OK)
      status = proda_nc_write_rows(file, what->name, by_obs ? row[s] : s,
                                   by_obs ? row[s + count] - row[s] : count, portion, error);
  }
  free(portion);
  return status;
}

/* Measures stand side by side in a record; each goes to its own variable. */
static int write_measures(struct proda_nc *file, const struct proda_calibrated *c,
                          const struct proda_journal *journal, struct proda_error *error)
{
  size_t n_sites = c->prepared->n_sites, n = c->shape.n_measures;
  double *row = calloc(n + 1, sizeof *row), *column = calloc(n * n_sites + 1, sizeof *column);
  int status = PRODA_OK;
  if (!row || !column)
    status = proda_error_set(error, "out of memory for the measures of %zu sites", n_sites);
  for (size_t s = 0; s < n_sites && status == PRODA_OK; s++) {
    status = read_field(c, journal, PRODA_FIELD_MEASURES, s, 1, row, error);
    for (size_t k = 0; k < n; k++)
      column[k * n_sites + s] = row[k];
  }
  for (size_t k = 0; k < n && status == PRODA_OK; k++)
    status =
        proda_nc_write(file, proda_measure_at(c->manifest, k).name, column + k * n_sites, error);
  free(row);
  free(column);
  return status;
}

/* Reasons by which draws were rejected, as the store names them. */
static void report_rejections(const struct proda_calibrated *c, const struct proda_run *run)
{
  char text[1024] = "";
  size_t used = 0;
  for (size_t r = 0; r < PRODA_N_REJECTIONS && used < sizeof text; r++)
    if (c->n_rejected[r] > 0)
      used += (size_t)snprintf(text + used, sizeof text - used, "%s %.0f %s", used ? "," : ":",
                               c->n_rejected[r],
                               proda_posterior_fields[PRODA_FIRST_REJECTION + r].name + 2);
  proda_report(run, "calibrate %s: of %.0f draws %s without a density%s", c->name, c->n_draws,
               used ? "rejected" : "none rejected", text);
}

/* What became of sites and draws. */
static void report(const struct proda_calibrated *c, const struct proda_run *run)
{
  char text[512];
  proda_counts_join(c->n_state, proda_site_code_names, PRODA_N_SITE_CODES, text, sizeof text);
  proda_report(run, "calibrate %s: %zu sites: %s", c->name, c->count, text);
  if (c->valid_share.n > 0)
    proda_report(run,
                 "calibrate %s: of the prior are valid %.1f %% at the mean site, %.1f to %.1f %%",
                 c->name, 100 * c->valid_share.sum / (double)c->valid_share.n,
                 100 * c->valid_share.least, 100 * c->valid_share.most);
  report_rejections(c, run);
}

int proda_calibrated_write(const struct proda_calibrated *calibrated,
                           const struct proda_journal *journal, const char *path,
                           const struct proda_run *run, const char *inputs,
                           struct proda_error *error)
{
  struct proda_nc *file = NULL;
  int status = proda_nc_create(path, &file, error);
  if (status == PRODA_OK)
    status = define(file, calibrated, error);
  if (status == PRODA_OK)
    status = proda_provenance_put(file, "Site-by-site calibration", run->command, inputs,
                                  proda_run_name(run), run->experiment->seed, error);
  if (status == PRODA_OK)
    status = write_parameters(file, calibrated, error);
  if (status == PRODA_OK)
    status = write_sites(file, calibrated, error);
  if (status == PRODA_OK)
    status = write_saturating(file, calibrated, error);
  if (status == PRODA_OK)
    status = write_measures(file, calibrated, journal, error);
  for (int f = 0; f < PRODA_N_FIELDS && status == PRODA_OK; f++)
    if (has_variable(calibrated, (enum proda_posterior_field)f))
      status = write_field(file, calibrated, journal, (enum proda_posterior_field)f, error);
  if (status != PRODA_OK) {
    proda_nc_abandon(file);
    return status;
  }
  status = proda_nc_commit(file, error);
  if (status == PRODA_OK)
    report(calibrated, run);
  return status;
}
