#include "pipeline/train/train_store.h"

#include <stdlib.h>

#include "store/provenance.h"

static const struct proda_nc_entry variables[] = {
    {"site_id", PRODA_NC_INT64, "site", "1", "identity of the profile"},
    {"latitude", PRODA_NC_DOUBLE, "site", "degrees_north", "latitude"},
    {"longitude", PRODA_NC_DOUBLE, "site", "degrees_east", "longitude"},
    {"part", PRODA_NC_BYTE, "site", NULL, "part of the split that the site belongs to"},
    {"status", PRODA_NC_BYTE, "site", NULL, "whether the site was used, or why not"},
    {"parameter_name", PRODA_NC_STRING, "parameter", NULL, "name of the parameter"},
    {"parameter_unit", PRODA_NC_STRING, "parameter", NULL, "unit of the parameter"},
    {"predicted", PRODA_NC_DOUBLE, "site parameter", NULL, "parameter predicted by the emulator"},
    {"global_median", PRODA_NC_DOUBLE, "parameter", NULL,
     "median of the training sites' estimates"},
    {"training_loss", PRODA_NC_DOUBLE, "epoch", NULL, "loss of the training sites"},
    {"validation_loss", PRODA_NC_DOUBLE, "epoch", NULL, "loss of the validation sites"},
    {"source_name", PRODA_NC_STRING, "source", NULL, "where the parameters of a run came from"},
    {"group_name", PRODA_NC_STRING, "group", NULL, "which sites a skill is of"},
    {"soc_modelled", PRODA_NC_FLOAT, "source obs", "gC m-3", "modelled SOC density as measured"},
    {"skill_n_sites", PRODA_NC_INT, "group", "1", "sites that the skill is of"},
    {"skill_n_lost", PRODA_NC_INT, "group", "1", "sites without an answer from every source"},
};

/* Numbers of a skill, in the order of skill_number. */
static const struct proda_nc_entry skill_variables[] = {
    {"nse", PRODA_NC_DOUBLE, "group source", "1", "R2 as Nash-Sutcliffe efficiency"},
    {"r2", PRODA_NC_DOUBLE, "group source", "1", "squared correlation"},
    {"rmse", PRODA_NC_DOUBLE, "group source", "gC m-3", "root mean square error"},
    {"bias", PRODA_NC_DOUBLE, "group source", "gC m-3", "mean of modelled minus measured"},
    {"n_layers", PRODA_NC_INT, "group source", "1", "layers that the skill is of"},
    {"nse_log", PRODA_NC_DOUBLE, "group source", "1", "R2 as Nash-Sutcliffe efficiency of ln SOC"},
    {"r2_log", PRODA_NC_DOUBLE, "group source", "1", "squared correlation of ln SOC"},
    {"rmse_log", PRODA_NC_DOUBLE, "group source", "1", "root mean square error of ln SOC"},
    {"bias_log", PRODA_NC_DOUBLE, "group source", "1", "mean of ln modelled minus ln measured"},
    {"n_layers_log", PRODA_NC_INT, "group source", "1", "layers that the skill of ln SOC is of"},
};
enum { N_SKILL = sizeof skill_variables / sizeof *skill_variables };

static double skill_number(const struct proda_group_skill *group, size_t source, size_t which)
{
  const struct proda_skill *skill = which < 5 ? &group->linear[source] : &group->log[source];
  const double number[] = {skill->nse, skill->r2, skill->rmse, skill->bias, (double)skill->n};
  return number[which % 5];
}

static int define(const struct proda_trained *t, struct proda_nc *file, struct proda_error *error)
{
  static const char *const parts[] = {"training", "validation", "held_out"};
  static const char *const states[] = {"used", "not_kept_by_screen", "covariate_missing"};
  if (proda_nc_def_dim(file, "site", t->prepared->n_sites, error) ||
      proda_nc_def_dim(file, "obs", t->prepared->n_obs, error) ||
      proda_nc_def_dim(file, "parameter", t->manifest->n_parameters, error) ||
      proda_nc_def_dim(file, "epoch", t->learning->n_epochs, error) ||
      proda_nc_def_dim(file, "source", PRODA_N_SOURCES, error) ||
      proda_nc_def_dim(file, "group", PRODA_N_GROUPS, error) ||
      proda_nc_def_all(file, variables, sizeof variables / sizeof *variables, error) ||
      proda_nc_def_all(file, skill_variables, N_SKILL, error) ||
      proda_nc_put_flags(file, "part", parts, 3, error) ||
      proda_nc_put_text(file, "site_id", "cf_role", "profile_id", error))
    return PRODA_ERROR;
  return proda_nc_put_flags(file, "status", states, 3, error);
}

static int write_names(const struct proda_trained *t, struct proda_nc *file,
                       struct proda_error *error)
{
  size_t n = t->manifest->n_parameters;
  const char **name = calloc(n + 1, sizeof *name), **unit = calloc(n + 1, sizeof *unit);
  int status = PRODA_ERROR;
  if (!name || !unit) {
    proda_error_set(error, "out of memory for %zu names", n);
    goto out;
  }
  for (size_t p = 0; p < n; p++) {
    name[p] = t->manifest->parameter[p].name;
    unit[p] = t->manifest->parameter[p].unit;
  }
  if (proda_nc_write_strings(file, "parameter_name", name, error) ||
      proda_nc_write_strings(file, "parameter_unit", unit, error) ||
      proda_nc_write_strings(file, "source_name", proda_source_names, error) ||
      proda_nc_write_strings(file, "group_name", proda_group_names, error))
    goto out;
  status = PRODA_OK;
out:
  free(name);
  free(unit);
  return status;
}

static int write_flags(const struct proda_trained *t, struct proda_nc *file,
                       struct proda_error *error)
{
  size_t n = t->prepared->n_sites;
  double *part = calloc(n + 1, sizeof *part), *state = calloc(n + 1, sizeof *state);
  int status = PRODA_ERROR;
  if (!part || !state) {
    proda_error_set(error, "out of memory for %zu sites", n);
    goto out;
  }
  for (size_t s = 0; s < n; s++) {
    part[s] = t->part[s];
    state[s] = t->status[s];
  }
  if (proda_nc_write(file, "part", part, error) || proda_nc_write(file, "status", state, error))
    goto out;
  status = PRODA_OK;
out:
  free(part);
  free(state);
  return status;
}

static int write_skill(const struct proda_trained *t, struct proda_nc *file,
                       struct proda_error *error)
{
  double sites[PRODA_N_GROUPS], lost[PRODA_N_GROUPS], number[PRODA_N_GROUPS * PRODA_N_SOURCES];
  for (size_t g = 0; g < PRODA_N_GROUPS; g++) {
    sites[g] = (double)t->skill[g].n_sites;
    lost[g] = (double)t->skill[g].n_lost;
  }
  for (size_t which = 0; which < N_SKILL; which++) {
    for (size_t i = 0; i < PRODA_N_GROUPS * PRODA_N_SOURCES; i++)
      number[i] = skill_number(&t->skill[i / PRODA_N_SOURCES], i % PRODA_N_SOURCES, which);
    if (proda_nc_write(file, skill_variables[which].name, number, error))
      return PRODA_ERROR;
  }
  if (proda_nc_write(file, "skill_n_sites", sites, error))
    return PRODA_ERROR;
  return proda_nc_write(file, "skill_n_lost", lost, error);
}

static int write_all(const struct proda_trained *t, struct proda_nc *file,
                     struct proda_error *error)
{
  const struct {
    const char *name;
    const double *value;
  } array[] = {
      {"site_id", t->prepared->site_id},
      {"latitude", t->prepared->latitude},
      {"longitude", t->prepared->longitude},
      {"predicted", t->predicted},
      {"global_median", t->median},
      {"training_loss", t->learning->training},
      {"validation_loss", t->learning->validation},
      {"soc_modelled", t->modelled},
  };
  for (size_t i = 0; i < sizeof array / sizeof *array; i++)
    if (proda_nc_write(file, array[i].name, array[i].value, error))
      return PRODA_ERROR;
  if (write_names(t, file, error) || write_flags(t, file, error) || write_skill(t, file, error))
    return PRODA_ERROR;
  return proda_predictor_write(t->predictor, file, error);
}

int proda_trained_write(const struct proda_trained *trained, const char *path,
                        const struct proda_run *run, const char *inputs, struct proda_error *error)
{
  struct proda_nc *file = NULL;
  if (proda_make_parents(path, error) || proda_nc_create(path, &file, error))
    return PRODA_ERROR;
  if (define(trained, file, error) ||
      proda_provenance_put(file, "From environment to parameters", run->command, inputs,
                           proda_run_name(run), run->experiment->seed, error) ||
      write_all(trained, file, error)) {
    proda_nc_abandon(file);
    return PRODA_ERROR;
  }
  return proda_nc_commit(file, error);
}
