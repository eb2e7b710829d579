#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "pipeline/inputs.h"
#include "pipeline/ledger.h"
#include "pipeline/stage.h"
#include "store/ncfile.h"
#include "store/provenance.h"

struct screening {
  const struct proda_experiment_screen *limits;
  size_t n_sites;
  double *site_id, *state, *rhat, *nse; /* [n_sites], from calibrate.nc */
  char **failure;                       /* [n_sites] */
  double *kept, *verdict;               /* [n_sites] */
  struct proda_ledger *ledger;          /* of prepare.nc, then of the structure */
  const char *prepare, *calibrate;      /* paths */
};

static int read_prepared(struct screening *s, struct proda_error *error)
{
  struct proda_nc *file = NULL;
  int status = proda_nc_open(s->prepare, &file, error);
  if (status == PRODA_OK)
    status = proda_ledger_read(file, &s->ledger, error);
  proda_nc_close(file);
  return status;
}

static int read_calibration(struct screening *s, struct proda_error *error)
{
  struct proda_nc *file = NULL;
  size_t n = 0;
  if (proda_nc_open(s->calibrate, &file, error) != PRODA_OK)
    return PRODA_ERROR;
  int status = PRODA_OK;
  if (proda_nc_dim(file, "site", &s->n_sites, error) ||
      proda_nc_read(file, "site_id", s->n_sites, &s->site_id, error) ||
      proda_site_code_read(file, "state", s->n_sites, &s->state, error) ||
      proda_nc_read_strings(file, "failure", &n, &s->failure, error) ||
      proda_nc_read(file, "mean_rhat", s->n_sites, &s->rhat, error) ||
      proda_nc_read(file, "nse", s->n_sites, &s->nse, error))
    status = PRODA_ERROR;
  if (status == PRODA_OK && n != s->n_sites)
    status = proda_error_set(error, "%s: variable 'failure' has %zu texts, expected %zu",
                             s->calibrate, n, s->n_sites);
  proda_nc_close(file);
  return status;
}

static enum proda_site_code judge(const struct screening *s, size_t site)
{
  if (s->state[site] != PRODA_SITE_KEPT)
    return (enum proda_site_code)s->state[site];
  if (!(s->rhat[site] <= s->limits->max_rhat))
    return PRODA_SITE_NOT_CONVERGED;
  if (isnan(s->nse[site])) /* there is no variance to explain */
    return PRODA_SITE_NSE_UNDEFINED;
  return s->nse[site] > s->limits->min_nse ? PRODA_SITE_KEPT : PRODA_SITE_NOT_EXPLAINED;
}

/* In the ledger, for the profile that the site was. */
static int enter(struct screening *s, size_t profile, size_t site, struct proda_error *error)
{
  enum proda_site_code code = judge(s, site);
  char reason[128] = "";
  s->verdict[site] = code;
  s->kept[site] = code == PRODA_SITE_KEPT;
  if (code == PRODA_SITE_NOT_CONVERGED && isnan(s->rhat[site]))
    snprintf(reason, sizeof reason, "mean R-hat is not defined");
  else if (code == PRODA_SITE_NOT_CONVERGED)
    snprintf(reason, sizeof reason, "mean R-hat %.3f, at most %g goes on", s->rhat[site],
             s->limits->max_rhat);
  else if (code == PRODA_SITE_NOT_EXPLAINED)
    snprintf(reason, sizeof reason, "NSE %.2f, more than %g goes on", s->nse[site],
             s->limits->min_nse);
  return proda_ledger_enter(s->ledger, profile, code, reason[0] ? reason : s->failure[site], error);
}

/* Sites are the profiles that prepare kept, in their order. */
static int judge_all(struct screening *s, struct proda_error *error)
{
  size_t site = 0;
  bool same = true;
  s->kept = calloc(2 * s->n_sites + 1, sizeof *s->kept);
  if (!s->kept)
    return proda_error_set(error, "out of memory for %zu sites", s->n_sites);
  s->verdict = s->kept + s->n_sites;
  for (size_t p = 0; p < s->ledger->n && same; p++) {
    if (s->ledger->code[p] != PRODA_SITE_KEPT)
      continue;
    same = site < s->n_sites && s->site_id[site] == s->ledger->id[p];
    if (same && enter(s, p, site++, error) != PRODA_OK)
      return PRODA_ERROR;
  }
  return same && site == s->n_sites
             ? PRODA_OK
             : proda_error_set(error, "%s: its sites are not those of %s; run calibrate again",
                               s->calibrate, s->prepare);
}

static int write_store(const char *path, const struct proda_run *run, const struct screening *s,
                       const char *inputs, struct proda_error *error)
{
  struct proda_nc *file = NULL;
  if (proda_nc_create(path, &file, error) != PRODA_OK)
    return PRODA_ERROR;
  if (proda_nc_def_dim(file, "site", s->n_sites, error) ||
      proda_provenance_put(file, "Screened sites", run->command, inputs, proda_run_name(run),
                           run->experiment->seed, error) ||
      proda_nc_put_number(file, NULL, "max_rhat", s->limits->max_rhat, error) ||
      proda_nc_put_number(file, NULL, "min_nse", s->limits->min_nse, error) ||
      proda_nc_def(file, "site_id", PRODA_NC_INT64, "site", "1", "identity of the profile",
                   error) ||
      proda_nc_write(file, "site_id", s->site_id, error) ||
      proda_nc_def(file, "kept", PRODA_NC_BYTE, "site", "1", "1 where the site goes on", error) ||
      proda_nc_write(file, "kept", s->kept, error) ||
      proda_nc_def(file, "verdict", PRODA_NC_BYTE, "site", "1",
                   "kept, or the first reason against it", error) ||
      proda_site_code_put_flags(file, "verdict", error) ||
      proda_nc_write(file, "verdict", s->verdict, error) ||
      proda_ledger_write(s->ledger, file, error)) {
    proda_nc_abandon(file);
    return PRODA_ERROR;
  }
  return proda_nc_commit(file, error);
}

static void report(const struct proda_run *run, const struct screening *s, const char *structure)
{
  size_t count[PRODA_N_SITE_CODES];
  char text[512];
  proda_ledger_count(s->ledger, count);
  proda_counts_join(count, proda_site_code_names, PRODA_N_SITE_CODES, text, sizeof text);
  proda_report(run, "screen %s: %zu profiles: %s", structure, s->ledger->n, text);
}

static int digest_inputs(const struct screening *s, char *inputs, struct proda_error *error)
{
  struct proda_digest *digest = proda_inputs_new("screen 3");
  if (!digest)
    return proda_error_set(error, "out of memory for a digest");
  proda_digest_bytes(digest, s->limits, sizeof *s->limits);
  int status = proda_inputs_store(digest, s->prepare, error);
  if (status == PRODA_OK)
    status = proda_inputs_store(digest, s->calibrate, error);
  proda_digest_finish(digest, status == PRODA_OK ? inputs : NULL);
  return status;
}

static int screen(const struct proda_run *run, struct screening *s, const char *structure,
                  const char *store, struct proda_error *error)
{
  char inputs[PRODA_DIGEST_SIZE];
  bool due;
  if (digest_inputs(s, inputs, error) != PRODA_OK ||
      proda_stage_due(run, "screen", structure, store, inputs, &due, error) != PRODA_OK)
    return PRODA_ERROR;
  if (!due)
    return PRODA_OK;
  if (read_prepared(s, error) != PRODA_OK || read_calibration(s, error) != PRODA_OK ||
      judge_all(s, error) != PRODA_OK || write_store(store, run, s, inputs, error) != PRODA_OK)
    return PRODA_ERROR;
  report(run, s, structure);
  return PRODA_OK;
}

int proda_stage_screen(const struct proda_run *run,
                       const struct proda_experiment_structure *structure,
                       struct proda_error *error)
{
  proda_stage_begin(run, "screen", structure->name);
  char *store = proda_store_path(run, structure->name, "screen");
  char *calibrate = proda_store_path(run, structure->name, "calibrate");
  char *prepare = proda_store_path(run, NULL, "prepare");
  struct screening s = {
      .limits = &run->experiment->screen, .prepare = prepare, .calibrate = calibrate};
  int status = store && calibrate && prepare ? screen(run, &s, structure->name, store, error)
                                             : proda_error_set(error, "out of memory for a path");
  proda_ledger_free(s.ledger);
  free(s.site_id);
  free(s.state);
  free(s.failure);
  free(s.rhat);
  free(s.nse);
  free(s.kept);
  free(store);
  free(calibrate);
  free(prepare);
  return status;
}
