#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/ledger.h"

const char *const proda_site_code_names[PRODA_N_SITE_CODES] = {
    [PRODA_SITE_KEPT] = "kept",
    [PRODA_SITE_NOT_SELECTED] = "not_selected",
    [PRODA_SITE_NO_POSITION] = "no_position",
    [PRODA_SITE_FEW_LAYERS] = "few_layers",
    [PRODA_SITE_SHALLOW] = "shallow",
    [PRODA_SITE_NO_FORCING] = "no_forcing",
    [PRODA_SITE_UNUSABLE_FORCING] = "unusable_forcing",
    [PRODA_SITE_NOT_COMPARABLE] = "not_comparable",
    [PRODA_SITE_NO_VALID_START] = "no_valid_start",
    [PRODA_SITE_FAILED] = "failed",
    [PRODA_SITE_CRASHED] = "crashed",
    [PRODA_SITE_TIME_LIMIT] = "time_limit",
    [PRODA_SITE_MEMORY_LIMIT] = "memory_limit",
    [PRODA_SITE_NOT_CONVERGED] = "not_converged",
    [PRODA_SITE_NOT_EXPLAINED] = "not_explained",
    [PRODA_SITE_NSE_UNDEFINED] = "nse_undefined",
};

const struct proda_site_code_text proda_site_code_texts[PRODA_N_SITE_CODES] = {
    [PRODA_SITE_KEPT] = {"screen", "goes on to the emulator", ""},
    [PRODA_SITE_NOT_SELECTED] = {"prepare", "left out by `prepare: every`",
                                 "lower `prepare: every` to take more profiles"},
    [PRODA_SITE_NO_POSITION] = {"prepare", "latitude or longitude missing",
                                "complete its position in the file of profiles"},
    [PRODA_SITE_FEW_LAYERS] = {"prepare", "fewer usable layers than `prepare: min_layers`",
                               "mend the layers that were dropped, or lower "
                               "`prepare: min_layers`"},
    [PRODA_SITE_SHALLOW] = {"prepare", "no usable layer ends below `prepare: min_depth`",
                            "mend the layers that were dropped, or lower `prepare: min_depth`"},
    [PRODA_SITE_NO_FORCING] = {"prepare", "no usable site of the forcing within 250 km",
                               "check its position, or complete the forcing there"},
    [PRODA_SITE_UNUSABLE_FORCING] = {"calibrate", "the structure cannot use the site's forcing",
                                     "compare the forcing with the drivers that `proda describe` "
                                     "lists for the structure"},
    [PRODA_SITE_NOT_COMPARABLE] = {"calibrate", "no state can be compared with the site's layers",
                                   "choose another `calibrate: observation`, or leave the profile "
                                   "to structures that reach its layers"},
    [PRODA_SITE_NO_VALID_START] = {"calibrate", "no valid draw from the prior to start from",
                                   "see what refuses the draws: narrow the priors to where there "
                                   "are states, or let the sampler try more starts"},
    [PRODA_SITE_FAILED] = {"calibrate", "the sampler gave up",
                           "see the reason; other settings of the sampler may help"},
    [PRODA_SITE_CRASHED] = {"calibrate", "its worker died, and again when it had this site alone",
                            "mend the structure; calibrate then runs anew with it"},
    [PRODA_SITE_TIME_LIMIT] = {"calibrate", "took more time than --site-seconds, twice",
                               "raise --site-seconds, remove the structure's calibrate.nc and run "
                               "again"},
    [PRODA_SITE_MEMORY_LIMIT] = {"calibrate", "took more memory than --worker-megabytes, twice",
                                 "raise --worker-megabytes, remove the structure's calibrate.nc "
                                 "and run again"},
    [PRODA_SITE_NOT_CONVERGED] = {"screen", "mean R-hat above `screen: max_rhat`",
                                  "let the sampler run longer, or raise `screen: max_rhat`"},
    [PRODA_SITE_NOT_EXPLAINED] = {"screen", "NSE not above `screen: min_nse`",
                                  "the structure does not explain the profile: look at its layers, "
                                  "or lower `screen: min_nse`"},
    [PRODA_SITE_NSE_UNDEFINED] = {"screen", "layers all measured alike, so that there is no NSE",
                                  "look at its layers: a profile that does not vary teaches "
                                  "little"},
};

void proda_counts_join(const size_t *count, const char *const *name, size_t n, char *text,
                       size_t size)
{
  size_t used = 0;
  text[0] = '\0';
  for (size_t k = 0; k < n && used < size; k++)
    if (count[k] > 0) {
      int more =
          snprintf(text + used, size - used, "%s%zu %s", used ? ", " : "", count[k], name[k]);
      used += more > 0 ? (size_t)more : 0;
    }
}

int proda_site_code_put_flags(struct proda_nc *file, const char *variable,
                              struct proda_error *error)
{
  return proda_nc_put_flags(file, variable, proda_site_code_names, PRODA_N_SITE_CODES, error);
}

/* A store of an earlier version may end the list sooner. */
static int check_flags(const struct proda_nc *file, const char *variable, struct proda_error *error)
{
  size_t n = 0;
  char **meaning = NULL;
  if (proda_nc_read_flags(file, variable, &n, &meaning, error) != PRODA_OK)
    return PRODA_ERROR;
  bool known = n <= PRODA_N_SITE_CODES;
  for (size_t i = 0; i < n && known; i++)
    known = strcmp(meaning[i], proda_site_code_names[i]) == 0;
  free(meaning);
  return known ? PRODA_OK
               : proda_error_set(error,
                                 "%s: variable '%s': its flags are not the codes of this version; "
                                 "`proda run` makes the store anew",
                                 proda_nc_path(file), variable);
}

int proda_site_code_read(const struct proda_nc *file, const char *variable, size_t n, double **code,
                         struct proda_error *error)
{
  double *value = NULL;
  if (check_flags(file, variable, error) != PRODA_OK ||
      proda_nc_read(file, variable, n, &value, error) != PRODA_OK)
    return PRODA_ERROR;
  for (size_t i = 0; i < n; i++)
    if (!(value[i] >= 0 && value[i] < PRODA_N_SITE_CODES)) {
      proda_error_set(error, "%s: variable '%s': value %zu is %g, expected one of %d codes",
                      proda_nc_path(file), variable, i, value[i], PRODA_N_SITE_CODES);
      free(value);
      return PRODA_ERROR;
    }
  *code = value;
  return PRODA_OK;
}
