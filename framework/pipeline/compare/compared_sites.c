#include "pipeline/compare/compared_sites.h"

#include <stdlib.h>
#include <string.h>

#include "store/ncfile.h"

void proda_compared_sites_free(struct proda_compared_sites *sites)
{
  if (!sites)
    return;
  for (size_t i = 0; sites->structure && i < sites->n_structures; i++) {
    free(sites->structure[i].state);
    free(sites->structure[i].rhat);
    free(sites->structure[i].held_out);
    free(sites->structure[i].modelled);
  }
  free(sites->structure);
  proda_prepared_free(sites->prepared);
  free(sites);
}

bool proda_compared_kept(const struct proda_compared_sites *sites, size_t structure, size_t site)
{
  return sites->structure[structure].state[site] == PRODA_SITE_KEPT;
}

/* What became of the structure's sites, and how many profiles of the input ended how. */
static int read_states(struct proda_compared_sites *sites, const struct proda_nc *screen,
                       struct proda_compared_structure *structure, struct proda_error *error)
{
  struct proda_ledger *ledger = NULL;
  if (proda_site_code_read(screen, "verdict", sites->prepared->n_sites, &structure->state, error) ||
      proda_ledger_read(screen, &ledger, error))
    return PRODA_ERROR;
  proda_ledger_count(ledger, structure->n_profiles);
  proda_ledger_free(ledger);
  return PRODA_OK;
}

static int check_sites(const struct proda_compared_sites *sites, const struct proda_nc *file,
                       struct proda_error *error)
{
  size_t n = sites->prepared->n_sites;
  double *id = NULL;
  if (proda_nc_read(file, "site_id", n, &id, error) != PRODA_OK)
    return PRODA_ERROR;
  bool same = memcmp(id, sites->prepared->site_id, n * sizeof *id) == 0;
  free(id);
  return same ? PRODA_OK
              : proda_error_set(error,
                                "%s: site_id differs from that of prepare.nc; run the stages "
                                "anew",
                                proda_nc_path(file));
}

static int read_trained(struct proda_compared_sites *sites, const struct proda_nc *train,
                        struct proda_compared_structure *structure, struct proda_error *error)
{
  size_t n = sites->prepared->n_sites;
  if (proda_nc_read(train, "soc_modelled", PRODA_N_SOURCES * sites->prepared->n_obs,
                    &structure->modelled, error) != PRODA_OK ||
      proda_nc_read(train, "part", n, &structure->held_out, error) != PRODA_OK)
    return PRODA_ERROR;
  for (size_t s = 0; s < n; s++)
    structure->held_out[s] = structure->held_out[s] == PRODA_PART_HELD_OUT;
  return PRODA_OK;
}

static int open_store(const struct proda_run *run, const struct proda_compared_sites *sites,
                      size_t structure, const char *stage, struct proda_nc **file,
                      struct proda_error *error)
{
  char *path = proda_store_path(run, run->experiment->structure[structure].name, stage);
  int status =
      path ? proda_nc_open(path, file, error) : proda_error_set(error, "out of memory for a path");
  free(path);
  return status == PRODA_OK ? check_sites(sites, *file, error) : status;
}

static int read_structure(struct proda_compared_sites *sites, const struct proda_run *run,
                          size_t structure, struct proda_error *error)
{
  struct proda_nc *calibrate = NULL, *screen = NULL, *train = NULL;
  struct proda_compared_structure *made = &sites->structure[structure];
  int status = PRODA_OK;
  if (open_store(run, sites, structure, "calibrate", &calibrate, error) ||
      open_store(run, sites, structure, "screen", &screen, error) ||
      open_store(run, sites, structure, "train", &train, error) ||
      read_states(sites, screen, made, error) ||
      proda_nc_read(calibrate, "mean_rhat", sites->prepared->n_sites, &made->rhat, error) ||
      read_trained(sites, train, made, error))
    status = PRODA_ERROR;
  proda_nc_close(calibrate);
  proda_nc_close(screen);
  proda_nc_close(train);
  return status;
}

static int read_all(const struct proda_run *run, struct proda_compared_sites *sites,
                    struct proda_error *error)
{
  sites->n_structures = run->experiment->n_structures;
  sites->structure = calloc(sites->n_structures, sizeof *sites->structure);
  char *path = proda_store_path(run, NULL, "prepare");
  int status = sites->structure && path ? proda_prepared_read(path, &sites->prepared, error)
                                        : proda_error_set(error, "out of memory for the sites");
  for (size_t i = 0; i < sites->n_structures && status == PRODA_OK; i++)
    status = read_structure(sites, run, i, error);
  free(path);
  return status;
}

int proda_compared_sites_read(const struct proda_run *run, struct proda_compared_sites **sites,
                              struct proda_error *error)
{
  struct proda_compared_sites *made = calloc(1, sizeof *made);
  int status =
      made ? read_all(run, made, error) : proda_error_set(error, "out of memory for the sites");
  if (status == PRODA_OK)
    *sites = made;
  else
    proda_compared_sites_free(made);
  return status;
}
