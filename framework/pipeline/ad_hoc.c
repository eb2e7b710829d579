#include "pipeline/ad_hoc.h"

#include <stdlib.h>
#include <string.h>

#include "matrix/structure.h"
#include "store/ncfile.h"

enum proda_ad_hoc proda_ad_hoc_rule(const struct proda_experiment_structure *structure,
                                    const struct proda_manifest *manifest)
{
  return structure->has_ad_hoc ? structure->ad_hoc : manifest->ad_hoc;
}

int proda_ad_hoc_mean(const struct proda_estimates *estimates, double *mean,
                      struct proda_error *error)
{
  size_t n = 0, n_parameters = estimates->n_parameters;
  memset(mean, 0, n_parameters * sizeof *mean);
  for (size_t s = 0; s < estimates->n_sites; s++) {
    if (!estimates->kept[s])
      continue;
    n++;
    for (size_t p = 0; p < n_parameters; p++)
      mean[p] += estimates->estimate[s * n_parameters + p];
  }
  if (n == 0)
    return proda_error_set(error,
                           "no site was retained, so there is no mean of their estimates for the "
                           "ad hoc parameters; loosen `screen`, or state `ad_hoc: defaults`");
  for (size_t p = 0; p < n_parameters; p++)
    mean[p] /= (double)n;
  return PRODA_OK;
}

/* What the mean is of, as it stands in the two stores. */
struct read {
  size_t n_sites;
  double *estimate, *kept, *id, *screened_id;
};

static int read_stores(const char *calibrate_path, const char *screen_path, size_t n_parameters,
                       struct read *read, struct proda_error *error)
{
  struct proda_nc *calibrate = NULL, *screen = NULL;
  int status = PRODA_ERROR;
  if (proda_nc_open(calibrate_path, &calibrate, error) ||
      proda_nc_open(screen_path, &screen, error) ||
      proda_nc_dim(calibrate, "site", &read->n_sites, error) ||
      proda_nc_read(calibrate, "site_id", read->n_sites, &read->id, error) ||
      proda_nc_read(calibrate, "estimate", read->n_sites * n_parameters, &read->estimate, error) ||
      proda_nc_read(screen, "site_id", read->n_sites, &read->screened_id, error) ||
      proda_nc_read(screen, "kept", read->n_sites, &read->kept, error))
    goto out;
  status = PRODA_OK;
  if (memcmp(read->id, read->screened_id, read->n_sites * sizeof *read->id) != 0)
    status = proda_error_set(error, "%s: site_id differs from that of %s; run the stages anew",
                             screen_path, calibrate_path);
out:
  proda_nc_close(calibrate);
  proda_nc_close(screen);
  return status;
}

int proda_ad_hoc_mean_read(const char *calibrate_path, const char *screen_path,
                           const struct proda_manifest *manifest, double *mean,
                           struct proda_error *error)
{
  struct read read = {0};
  bool *kept = NULL;
  int status = read_stores(calibrate_path, screen_path, manifest->n_parameters, &read, error);
  if (status == PRODA_OK && !(kept = calloc(read.n_sites + 1, sizeof *kept)))
    status = proda_error_set(error, "out of memory for %zu sites", read.n_sites);
  if (status == PRODA_OK) {
    for (size_t s = 0; s < read.n_sites; s++)
      kept[s] = read.kept[s] == 1;
    const struct proda_estimates estimates = {read.n_sites, manifest->n_parameters, read.estimate,
                                              kept};
    status = proda_ad_hoc_mean(&estimates, mean, error);
  }
  free(kept);
  free(read.estimate);
  free(read.kept);
  free(read.id);
  free(read.screened_id);
  return status;
}

int proda_ad_hoc_fill(const struct proda_manifest *manifest,
                      const struct proda_forcing_file *forcing, const double *mean, size_t n,
                      const double *cell, double *parameter, struct proda_error *error)
{
  size_t n_parameters = manifest->n_parameters;
  const double **driver = calloc(manifest->n_drivers + 1, sizeof *driver);
  if (!driver)
    return proda_error_set(error, "out of memory for the drivers of a site");
  const struct proda_forcing one = {.driver = driver};
  for (size_t i = 0; i < n; i++) {
    if (mean) {
      memcpy(parameter + i * n_parameters, mean, n_parameters * sizeof *mean);
    } else {
      proda_forcing_site(forcing, cell ? (size_t)cell[i] : i, driver);
      proda_default_parameters(manifest, &one, parameter + i * n_parameters);
    }
  }
  free(driver);
  return PRODA_OK;
}
