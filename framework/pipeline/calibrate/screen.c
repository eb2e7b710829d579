#include <math.h>
#include <stdlib.h>

#include "pipeline/calibrate/posterior.h"
#include "pipeline/inputs.h"
#include "pipeline/stage.h"
#include "store/ncfile.h"
#include "store/provenance.h"

/* Why a site goes on or does not; the first reason that holds. */
enum verdict {
  KEPT,
  NO_POSTERIOR,
  NOT_CONVERGED,
  NOT_EXPLAINED,
  NSE_UNDEFINED,
  NO_START,
  N_VERDICTS
};
static const char *const verdict_names[N_VERDICTS] = {
    [KEPT] = "kept",
    [NO_POSTERIOR] = "no_posterior",
    [NOT_CONVERGED] = "not_converged",
    [NOT_EXPLAINED] = "not_explained",
    [NSE_UNDEFINED] = "nse_undefined",
    [NO_START] = "no_valid_start",
};

struct screening {
  size_t n_sites;
  double *site_id, *state, *rhat, *nse; /* [n_sites], from calibrate.nc */
  double *kept, *verdict;
  size_t count[N_VERDICTS];
};

static int read_calibration(const char *path, struct screening *s, struct proda_error *error)
{
  struct proda_nc *file = NULL;
  if (proda_nc_open(path, &file, error) != PRODA_OK)
    return PRODA_ERROR;
  int status = PRODA_OK;
  if (proda_nc_dim(file, "site", &s->n_sites, error) ||
      proda_nc_read(file, "site_id", s->n_sites, &s->site_id, error) ||
      proda_nc_read(file, "state", s->n_sites, &s->state, error) ||
      proda_nc_read(file, "mean_rhat", s->n_sites, &s->rhat, error) ||
      proda_nc_read(file, "nse", s->n_sites, &s->nse, error))
    status = PRODA_ERROR;
  proda_nc_close(file);
  return status;
}

static enum verdict judge(const struct proda_experiment_screen *limits, double state, double rhat,
                          double nse)
{
  if (state != PRODA_SITE_CALIBRATED)
    return state == PRODA_SITE_NO_START ? NO_START : NO_POSTERIOR;
  if (!(rhat <= limits->max_rhat))
    return NOT_CONVERGED;
  if (isnan(nse)) /* all layers measured alike: there is no variance to explain */
    return NSE_UNDEFINED;
  return nse > limits->min_nse ? KEPT : NOT_EXPLAINED;
}

static int judge_all(const struct proda_experiment_screen *limits, struct screening *s,
                     struct proda_error *error)
{
  s->kept = malloc((2 * s->n_sites + 1) * sizeof *s->kept);
  if (!s->kept)
    return proda_error_set(error, "out of memory for %zu sites", s->n_sites);
  s->verdict = s->kept + s->n_sites;
  for (size_t i = 0; i < s->n_sites; i++) {
    enum verdict verdict = judge(limits, s->state[i], s->rhat[i], s->nse[i]);
    s->verdict[i] = verdict;
    s->kept[i] = verdict == KEPT;
    s->count[verdict]++;
  }
  return PRODA_OK;
}

static int write_store(const char *path, const struct proda_run *run, const struct screening *s,
                       const char *inputs, struct proda_error *error)
{
  const struct proda_experiment_screen *limits = &run->experiment->screen;
  struct proda_nc *file = NULL;
  if (proda_nc_create(path, &file, error) != PRODA_OK)
    return PRODA_ERROR;
  if (proda_nc_def_dim(file, "site", s->n_sites, error) ||
      proda_provenance_put(file, "Screened sites", run->command, inputs, run->experiment->seed,
                           error) ||
      proda_nc_put_number(file, NULL, "max_rhat", limits->max_rhat, error) ||
      proda_nc_put_number(file, NULL, "min_nse", limits->min_nse, error) ||
      proda_nc_def(file, "site_id", PRODA_NC_INT64, "site", "1", "identity of the profile",
                   error) ||
      proda_nc_write(file, "site_id", s->site_id, error) ||
      proda_nc_def(file, "kept", PRODA_NC_BYTE, "site", "1", "1 where the site goes on", error) ||
      proda_nc_write(file, "kept", s->kept, error) ||
      proda_nc_def(file, "verdict", PRODA_NC_BYTE, "site", "1",
                   "kept, or the first reason against it", error) ||
      proda_nc_put_flags(file, "verdict", verdict_names, N_VERDICTS, error) ||
      proda_nc_write(file, "verdict", s->verdict, error)) {
    proda_nc_abandon(file);
    return PRODA_ERROR;
  }
  return proda_nc_commit(file, error);
}

static int digest_inputs(const struct proda_run *run, const char *calibrate, char *inputs,
                         struct proda_error *error)
{
  struct proda_digest *digest = proda_inputs_new("screen 2");
  if (!digest)
    return proda_error_set(error, "out of memory for a digest");
  const struct proda_experiment_screen *limits = &run->experiment->screen;
  proda_digest_bytes(digest, limits, sizeof *limits);
  int status = proda_inputs_store(digest, calibrate, error);
  proda_digest_finish(digest, status == PRODA_OK ? inputs : NULL);
  return status;
}

int proda_stage_screen(const struct proda_run *run,
                       const struct proda_experiment_structure *structure,
                       struct proda_error *error)
{
  struct screening s = {0};
  char inputs[PRODA_DIGEST_SIZE];
  char *store = proda_store_path(run, structure->name, "screen");
  char *calibrate = proda_store_path(run, structure->name, "calibrate");
  int status = store && calibrate ? digest_inputs(run, calibrate, inputs, error)
                                  : proda_error_set(error, "out of memory for a path");
  if (status == PRODA_OK && proda_store_current(store, inputs)) {
    proda_report(run, "screen %s: up to date", structure->name);
    goto out;
  }
  if (status == PRODA_OK)
    status = read_calibration(calibrate, &s, error);
  if (status == PRODA_OK)
    status = judge_all(&run->experiment->screen, &s, error);
  if (status == PRODA_OK)
    status = write_store(store, run, &s, inputs, error);
  if (status == PRODA_OK)
    proda_report(
        run,
        "screen %s: %zu of %zu sites kept; %zu without a valid start, %zu otherwise without "
        "a posterior, %zu with mean R-hat above %g, %zu with NSE not above %g, %zu with "
        "NSE undefined (layers measured all alike)",
        structure->name, s.count[KEPT], s.n_sites, s.count[NO_START], s.count[NO_POSTERIOR],
        s.count[NOT_CONVERGED], run->experiment->screen.max_rhat, s.count[NOT_EXPLAINED],
        run->experiment->screen.min_nse, s.count[NSE_UNDEFINED]);
out:
  free(s.site_id);
  free(s.state);
  free(s.rhat);
  free(s.nse);
  free(s.kept);
  free(store);
  free(calibrate);
  return status;
}
