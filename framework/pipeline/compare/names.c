#include <stdlib.h>
#include <string.h>

#include "pipeline/compare/comparison.h"

static const struct proda_nc_entry name_entry[] = {
    {"structure_name", PRODA_NC_STRING, "structure", NULL, "name of the structure's stores"},
    {"structure_title", PRODA_NC_STRING, "structure", NULL, "title of the structure"},
};
static const struct proda_nc_entry parameterisation_entry = {
    "parameterisation_name", PRODA_NC_STRING, "parameterisation", NULL,
    "whose parameters the structures run with"};
static const struct proda_nc_entry depth_entry = {"depth_name", PRODA_NC_STRING, "depth", NULL,
                                                  "depth that carbon is summed to"};
static const struct proda_nc_entry quantity_entry[] = {
    {"quantity_name", PRODA_NC_STRING, "quantity", NULL, "name of the quantity in map.nc"},
    {"quantity_unit", PRODA_NC_STRING, "quantity", NULL, "unit of the quantity"},
    {"quantity_long_name", PRODA_NC_STRING, "quantity", NULL, "what the quantity is"},
};
static const struct proda_nc_entry log_entry = {
    "quantity_log", PRODA_NC_BYTE, "quantity", NULL,
    "whether structures are compared by log10 of the quantity"};

/* A structure's title, allocated. */
static int read_title(const struct proda_run *run,
                      const struct proda_experiment_structure *structure, char **title,
                      struct proda_error *error)
{
  struct proda_manifest *manifest = NULL;
  if (proda_find_manifest(run->search_path, structure->model, PRODA_MODEL, &manifest, error) !=
      PRODA_OK)
    return PRODA_ERROR;
  *title = strdup(manifest->title);
  proda_manifest_free(manifest);
  return *title ? PRODA_OK : proda_error_set(error, "out of memory for a title");
}

static int add_structures(const struct proda_comparison *c, struct proda_draft *draft,
                          struct proda_error *error)
{
  size_t n = c->n_structures;
  const char **name = calloc(n, sizeof *name);
  char **title = calloc(n, sizeof *title);
  int status = name && title ? PRODA_OK : proda_error_set(error, "out of memory for the names");
  for (size_t s = 0; s < n && status == PRODA_OK; s++) {
    name[s] = proda_compared_name(c, s);
    status = read_title(c->run, &c->run->experiment->structure[s], &title[s], error);
  }
  if (status == PRODA_OK)
    status = proda_draft_texts(draft, &name_entry[0], name, error);
  if (status == PRODA_OK)
    status = proda_draft_texts(draft, &name_entry[1], (const char *const *)title, error);
  for (size_t s = 0; title && s < n; s++)
    free(title[s]);
  free(name);
  free(title);
  return status;
}

static int add_quantities(const struct proda_compared_maps *maps, struct proda_draft *draft,
                          struct proda_error *error)
{
  static const char *const scale[] = {"as_it_is", "logarithm"};
  size_t n = maps->n_quantities;
  double *log = NULL;
  const char **text = calloc(3 * n, sizeof *text);
  int status = text ? PRODA_OK : proda_error_set(error, "out of memory for the names");
  for (size_t q = 0; q < n && status == PRODA_OK; q++) {
    text[q] = maps->quantity[q].name;
    text[n + q] = maps->quantity[q].unit;
    text[2 * n + q] = maps->quantity[q].long_name;
  }
  for (size_t i = 0; i < 3 && status == PRODA_OK; i++)
    status = proda_draft_texts(draft, &quantity_entry[i], text + i * n, error);
  free(text);
  if (status != PRODA_OK || proda_draft_numbers(draft, &log_entry, &log, error) != PRODA_OK)
    return PRODA_ERROR;
  for (size_t q = 0; q < n; q++)
    log[q] = maps->quantity[q].log;
  return proda_draft_flags(draft, log_entry.name, scale, 2, error);
}

int proda_compare_names(const struct proda_comparison *c, struct proda_draft *draft,
                        struct proda_error *error)
{
  static const char *const parameterisation[] = {
      [PRODA_AD_HOC] = "ad hoc", [PRODA_CALIBRATED] = "calibrated"};
  static const char *const depth[] = {"0_30cm", "0_100cm", "column"};
  if (add_structures(c, draft, error) != PRODA_OK ||
      proda_draft_texts(draft, &parameterisation_entry, parameterisation, error) != PRODA_OK ||
      proda_draft_texts(draft, &depth_entry, depth, error) != PRODA_OK)
    return PRODA_ERROR;
  return add_quantities(c->maps, draft, error);
}
