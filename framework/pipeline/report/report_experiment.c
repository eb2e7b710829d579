#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/file.h"
#include "pipeline/report/report.h"

enum { LARGEST_EXPERIMENT = 1 << 22 }; /* bytes; as much as is read as YAML */

/* Attributes by which a store tells where it comes from. */
static const char *const provenance[] = {"title", "proda_version", "proda_command", "proda_seed",
                                         "proda_inputs"};

int proda_report_provenance(const struct proda_nc *file, const char *name, json_t *object,
                            struct proda_error *error)
{
  if (!file)
    return PRODA_OK;
  json_t *store = proda_json_object_in(object, name, error);
  int status = store ? PRODA_OK : PRODA_ERROR;
  for (size_t a = 0; a < sizeof provenance / sizeof *provenance && status == PRODA_OK; a++) {
    char *text = NULL;
    if (!proda_nc_text(file, NULL, provenance[a], &text))
      continue;
    status = proda_json_put(store, provenance[a], proda_json_text(text), error);
    free(text);
  }
  return status;
}

int proda_report_settings(const struct proda_yaml_node *node, const char *key, json_t *list,
                          struct proda_error *error)
{
  int status = PRODA_OK;
  if (node->kind == PRODA_YAML_SCALAR)
    return proda_json_append(
        list, json_pack("[o, o]", proda_json_text(key), proda_json_text(node->text)), error);
  for (size_t i = 0; i < node->n_items && status == PRODA_OK; i++) {
    char *inner = NULL;
    int length = node->kind == PRODA_YAML_MAPPING
                     ? asprintf(&inner, "%s%s%s", key, *key ? "." : "", node->key[i]->text)
                     : asprintf(&inner, "%s[%zu]", key, i);
    status = length < 0 ? proda_error_set(error, "out of memory for a key")
                        : proda_report_settings(node->item[i], inner, list, error);
    if (length >= 0)
      free(inner);
  }
  return status;
}

static int put_limits(const struct proda_reported *reported, json_t *object,
                      struct proda_error *error)
{
  const struct proda_experiment_screen *screen = &reported->run->experiment->screen;
  return proda_json_put(object, "limits",
                        json_pack("{s:o, s:o}", "max_rhat", proda_json_number(screen->max_rhat),
                                  "min_nse", proda_json_number(screen->min_nse)),
                        error);
}

int proda_report_experiment(const struct proda_reported *reported, json_t *root,
                            struct proda_error *error)
{
  const struct proda_experiment *experiment = reported->run->experiment;
  char *yaml = NULL, seed[32];
  size_t size = 0;
  json_t *object = proda_json_object_in(root, "experiment", error), *settings = NULL;
  int status = object ? proda_file_read(proda_yaml_name(experiment->document), LARGEST_EXPERIMENT,
                                        &yaml, &size, error)
                      : PRODA_ERROR;
  snprintf(seed, sizeof seed, "%llu", (unsigned long long)experiment->seed);
  if (status != PRODA_OK ||
      proda_json_put(root, "proda", proda_json_text(PACKAGE_VERSION), error) ||
      proda_json_put(object, "name", proda_json_text(experiment->name), error) ||
      proda_json_put(object, "seed", proda_json_text(seed), error) ||
      proda_json_put(object, "yaml", proda_json_text(yaml), error) ||
      proda_json_put(object, "command", proda_json_text(reported->run->command), error) ||
      put_limits(reported, object, error) ||
      proda_report_provenance(reported->prepare, "prepare",
                              proda_json_object_in(object, "provenance", error), error) ||
      !(settings = proda_json_array_in(object, "settings", error)) ||
      proda_report_settings(proda_yaml_root(experiment->document), "", settings, error))
    status = PRODA_ERROR;
  free(yaml);
  return status;
}
