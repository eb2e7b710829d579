#include "pipeline/compare/compared_sites.h"

#include <stdlib.h>
#include <string.h>

#include "store/ncfile.h"

/* Names that stand for what the other store tells more precisely. */
static const char no_posterior[] = "no_posterior", calibrated[] = "calibrated";

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
  for (size_t i = 0; i < sites->n_states; i++)
    free(sites->state_name[i]);
  free(sites->state_name);
  free(sites->structure);
  proda_prepared_free(sites->prepared);
  free(sites);
}

bool proda_compared_kept(const struct proda_compared_sites *sites, size_t structure, size_t site)
{
  return sites->structure[structure].state[site] == 0;
}

/* Index of a state by its name, a new one where it is not there yet; -1 for lack of memory. */
static long state_index(struct proda_compared_sites *sites, const char *name)
{
  for (size_t i = 0; i < sites->n_states; i++)
    if (strcmp(sites->state_name[i], name) == 0)
      return (long)i;
  char **grown = realloc(sites->state_name, (sites->n_states + 1) * sizeof *grown);
  if (!grown)
    return -1;
  sites->state_name = grown;
  grown[sites->n_states] = strdup(name);
  return grown[sites->n_states] ? (long)sites->n_states++ : -1;
}

/* A variable of flags by site. */
struct flags {
  size_t n;
  char **meaning;
  double *value; /* [n_sites] */
  long *state;   /* [n]: index among the states; -1 where another store tells */
};

static void flags_free(struct flags *flags)
{
  free(flags->meaning);
  free(flags->value);
  free(flags->state);
}

static int read_flags(struct proda_compared_sites *sites, const struct proda_nc *file,
                      const char *variable, const char *told_elsewhere, struct flags *flags,
                      struct proda_error *error)
{
  size_t n_sites = sites->prepared->n_sites;
  if (proda_nc_read_flags(file, variable, &flags->n, &flags->meaning, error) != PRODA_OK ||
      proda_nc_read(file, variable, n_sites, &flags->value, error) != PRODA_OK)
    return PRODA_ERROR;
  flags->state = calloc(flags->n + 1, sizeof *flags->state);
  if (!flags->state)
    return proda_error_set(error, "out of memory for '%s'", variable);
  for (size_t i = 0; i < flags->n; i++) {
    bool elsewhere = strcmp(flags->meaning[i], told_elsewhere) == 0;
    flags->state[i] = elsewhere ? -1 : state_index(sites, flags->meaning[i]);
    if (!elsewhere && flags->state[i] < 0)
      return proda_error_set(error, "out of memory for '%s'", variable);
  }
  for (size_t s = 0; s < n_sites; s++)
    if (!(flags->value[s] >= 0 && flags->value[s] < (double)flags->n))
      return proda_error_set(error, "%s: variable '%s': value %zu is %g, expected one of %zu flags",
                             proda_nc_path(file), variable, s, flags->value[s], flags->n);
  return PRODA_OK;
}

/* What screen says of a site, or what calibrate does where that is why. */
static int find_states(struct proda_compared_sites *sites, size_t structure,
                       const struct proda_nc *calibrate, const struct proda_nc *screen,
                       struct proda_error *error)
{
  size_t n = sites->prepared->n_sites;
  double *state = sites->structure[structure].state = calloc(n + 1, sizeof *state);
  struct flags verdict = {0}, ending = {0};
  int status = state ? PRODA_OK : proda_error_set(error, "out of memory for %zu sites", n);
  if (status == PRODA_OK)
    status = read_flags(sites, screen, "verdict", no_posterior, &verdict, error);
  if (status == PRODA_OK)
    status = read_flags(sites, calibrate, "state", calibrated, &ending, error);
  for (size_t s = 0; s < n && status == PRODA_OK; s++) {
    long found = verdict.state[(size_t)verdict.value[s]];
    if (found < 0)
      found = ending.state[(size_t)ending.value[s]];
    if (found < 0)
      status =
          proda_error_set(error, "%s: site %zu is calibrated, but %s says %s; run screen again",
                          proda_nc_path(calibrate), s, proda_nc_path(screen), no_posterior);
    state[s] = (double)found;
  }
  flags_free(&verdict);
  flags_free(&ending);
  return status;
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
      find_states(sites, structure, calibrate, screen, error) ||
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
  int status = sites->structure && path && state_index(sites, "kept") == 0
                   ? proda_prepared_read(path, &sites->prepared, error)
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
