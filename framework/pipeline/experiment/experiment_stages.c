#include <float.h>
#include <limits.h>
#include <string.h>

#include "pipeline/experiment/experiment_reader.h"

/* ---- prepare ---- */

/** `bulk_density: fit`, or the numbers a, b, c of BD = a + b exp(-c OM). */
static int read_bulk_density(const struct experiment_reader *reader,
                             const struct proda_yaml_node *node,
                             struct proda_experiment_prepare *prepare)
{
  static const char *const keys[] = {"a", "b", "c", NULL};
  static const char *const word[] = {"fit"};
  size_t index;
  if (!node)
    return PRODA_OK;
  if (node->kind == PRODA_YAML_SCALAR)
    return proda_yaml_choose(reader->document, node, word, 1, "bulk_density", &index,
                             reader->error);
  prepare->bulk_density = PRODA_BULK_DENSITY_GIVEN;
  if (proda_yaml_keys(reader->document, node, keys, keys, "bulk_density", reader->error) ||
      proda_yaml_get_number(reader->document, node, "a", 0.0, 5.0, &prepare->a, reader->error) ||
      proda_yaml_get_number(reader->document, node, "b", 0.0, 5.0, &prepare->b, reader->error))
    return PRODA_ERROR;
  return proda_yaml_get_number(reader->document, node, "c", 0.0, 1.0, &prepare->c, reader->error);
}

int proda_experiment_read_prepare(const struct experiment_reader *reader,
                                  const struct proda_yaml_node *node)
{
  static const char *const known[] = {"every", "min_layers", "min_depth", "bulk_density", NULL};
  struct proda_experiment_prepare *prepare = &reader->experiment->prepare;
  if (!node)
    return PRODA_OK;
  if (proda_yaml_known_keys(reader->document, node, known, "prepare", reader->error) ||
      proda_yaml_get_integer(reader->document, node, "every", 1, 1000000, &prepare->every,
                             reader->error) ||
      proda_yaml_get_integer(reader->document, node, "min_layers", 1, 1000, &prepare->min_layers,
                             reader->error) ||
      proda_yaml_get_number(reader->document, node, "min_depth", 0.0, 100.0, &prepare->min_depth,
                            reader->error))
    return PRODA_ERROR;
  return read_bulk_density(reader, proda_yaml_get(node, "bulk_density"), prepare);
}

/* ---- calibrate ---- */

/** A number that one kind of error alone reads says nothing beside another kind. */
static int check_belongs(const struct experiment_reader *reader, const struct proda_yaml_node *node,
                         const char *key, bool belongs, const char *kinds)
{
  const struct proda_yaml_node *value = proda_yaml_get(node, key);
  if (!value || belongs)
    return PRODA_OK;
  return proda_yaml_error(reader->document, value, reader->error,
                          "'%s' belongs to 'error: %s' and has no meaning here", key, kinds);
}

static int check_error_model(const struct experiment_reader *reader,
                             const struct proda_yaml_node *node,
                             const struct proda_experiment_observation *observation)
{
  bool gaussian = observation->error == PRODA_ERROR_GAUSSIAN;
  bool lognormal = observation->error == PRODA_ERROR_LOGNORMAL;
  if (check_belongs(reader, node, "relative", gaussian, "gaussian") ||
      check_belongs(reader, node, "absolute", gaussian, "gaussian") ||
      check_belongs(reader, node, "sd", lognormal, "lognormal"))
    return PRODA_ERROR;
  if (gaussian && observation->relative <= 0.0 && observation->absolute <= 0.0)
    return proda_yaml_error(reader->document, node, reader->error,
                            "one of 'relative' and 'absolute' must be above 0");
  return PRODA_OK;
}

static int read_observation(const struct experiment_reader *reader,
                            const struct proda_yaml_node *node)
{
  static const char *const known[] = {"observable", "at", "error", "relative",
                                      "absolute",   "sd", NULL};
  static const char *const at_name[] = {"node", "layer"};
  static const char *const error_name[] = {"gaussian", "lognormal", "published"};
  struct proda_experiment_observation *observation = &reader->experiment->calibrate.observation;
  size_t at = observation->at, kind = observation->error;
  if (!node)
    return PRODA_OK;
  if (proda_yaml_known_keys(reader->document, node, known, "observation", reader->error) ||
      proda_yaml_get_string(reader->document, node, "observable", &observation->observable,
                            reader->error) ||
      proda_yaml_get_choice(reader->document, node, "at", at_name, 2, &at, reader->error) ||
      proda_yaml_get_choice(reader->document, node, "error", error_name, 3, &kind, reader->error) ||
      proda_yaml_get_number(reader->document, node, "relative", 0.0, 100.0, &observation->relative,
                            reader->error) ||
      proda_yaml_get_number(reader->document, node, "absolute", 0.0, 1e9, &observation->absolute,
                            reader->error) ||
      proda_yaml_get_number(reader->document, node, "sd", 1e-6, 100.0, &observation->sd,
                            reader->error))
    return PRODA_ERROR;
  observation->at = (enum proda_observe_at)at;
  observation->error = (enum proda_error_kind)kind;
  return check_error_model(reader, node, observation);
}

int proda_experiment_read_calibrate(const struct experiment_reader *reader,
                                    const struct proda_yaml_node *node)
{
  static const char *const known[] = {
      "sampler", "settings", "observation", "reject_near_singular", "keep", "point_estimate", NULL};
  static const char *const required[] = {"sampler", NULL};
  static const char *const estimate_name[] = {"mean", "best_chain"};
  struct proda_experiment_calibrate *calibrate = &reader->experiment->calibrate;
  size_t estimate = calibrate->estimate;
  if (proda_yaml_keys(reader->document, node, known, required, "calibrate", reader->error) ||
      proda_yaml_get_string(reader->document, node, "sampler", &calibrate->sampler,
                            reader->error) ||
      proda_experiment_settings(reader, node, &calibrate->settings) ||
      proda_yaml_get_boolean(reader->document, node, "reject_near_singular",
                             &calibrate->reject_near_singular, reader->error) ||
      proda_yaml_get_integer(reader->document, node, "keep", 1, 1000000, &calibrate->keep,
                             reader->error) ||
      proda_yaml_get_choice(reader->document, node, "point_estimate", estimate_name, 2, &estimate,
                            reader->error))
    return PRODA_ERROR;
  calibrate->estimate = (enum proda_point_estimate)estimate;
  return read_observation(reader, proda_yaml_get(node, "observation"));
}

/* ---- screen ---- */

int proda_experiment_read_screen(const struct experiment_reader *reader,
                                 const struct proda_yaml_node *node)
{
  static const char *const known[] = {"max_rhat", "min_nse", NULL};
  struct proda_experiment_screen *screen = &reader->experiment->screen;
  if (!node)
    return PRODA_OK;
  if (proda_yaml_known_keys(reader->document, node, known, "screen", reader->error) ||
      proda_yaml_get_number(reader->document, node, "max_rhat", 1.0, DBL_MAX, &screen->max_rhat,
                            reader->error))
    return PRODA_ERROR;
  return proda_yaml_get_number(reader->document, node, "min_nse", -DBL_MAX, 1.0, &screen->min_nse,
                               reader->error);
}

/* ---- train ---- */

static int read_exclude(const struct experiment_reader *reader, const struct proda_yaml_node *node,
                        struct proda_experiment_train *train)
{
  if (!node)
    return PRODA_OK;
  if (proda_yaml_expect(reader->document, node, PRODA_YAML_SEQUENCE, "exclude", reader->error))
    return PRODA_ERROR;
  train->exclude = proda_arena_alloc(reader->arena, node->n_items, sizeof(char *));
  if (!train->exclude)
    return proda_experiment_no_memory(reader);
  train->n_exclude = node->n_items;
  for (size_t i = 0; i < node->n_items; i++)
    if (proda_yaml_string(reader->document, node->item[i], &train->exclude[i], reader->error))
      return PRODA_ERROR;
  return PRODA_OK;
}

static int read_split(const struct experiment_reader *reader, const struct proda_yaml_node *node,
                      struct proda_experiment_train *train)
{
  static const char *const validation_name[] = {"random", "blocks"};
  size_t validation = train->validation;
  if (proda_yaml_get_choice(reader->document, node, "validation", validation_name, 2, &validation,
                            reader->error) ||
      proda_yaml_get_number(reader->document, node, "share", 0.01, 0.4, &train->share,
                            reader->error) ||
      proda_yaml_get_number(reader->document, node, "block_degrees", 0.1, 90.0,
                            &train->block_degrees, reader->error))
    return PRODA_ERROR;
  train->validation = (enum proda_validation)validation;
  return PRODA_OK;
}

int proda_experiment_read_train(const struct experiment_reader *reader,
                                const struct proda_yaml_node *node)
{
  static const char *const known[] = {"emulator", "settings",      "validation",
                                      "share",    "block_degrees", "classes",
                                      "missing",  "exclude",       NULL};
  static const char *const required[] = {"emulator", NULL};
  static const char *const class_name[] = {"one_hot", "number"};
  static const char *const missing_name[] = {"median", "drop"};
  struct proda_experiment_train *train = &reader->experiment->train;
  size_t classes = train->classes, missing = train->missing;
  if (proda_yaml_keys(reader->document, node, known, required, "train", reader->error) ||
      proda_yaml_get_string(reader->document, node, "emulator", &train->emulator, reader->error) ||
      proda_experiment_settings(reader, node, &train->settings) ||
      read_split(reader, node, train) ||
      proda_yaml_get_choice(reader->document, node, "classes", class_name, 2, &classes,
                            reader->error) ||
      proda_yaml_get_choice(reader->document, node, "missing", missing_name, 2, &missing,
                            reader->error))
    return PRODA_ERROR;
  train->classes = (enum proda_class_encoding)classes;
  train->missing = (enum proda_missing_rule)missing;
  return read_exclude(reader, proda_yaml_get(node, "exclude"), train);
}

/* ---- compare ---- */

/** `labels`: by class covariate, texts by number. */
static int read_labels(const struct experiment_reader *reader, const struct proda_yaml_node *labels)
{
  const char *text;
  double value;
  if (!labels)
    return PRODA_OK;
  if (proda_yaml_expect(reader->document, labels, PRODA_YAML_MAPPING, "labels", reader->error))
    return PRODA_ERROR;
  for (size_t i = 0; i < labels->n_items; i++) {
    const struct proda_yaml_node *own = labels->item[i];
    if (proda_yaml_expect(reader->document, own, PRODA_YAML_MAPPING, "labels by value",
                          reader->error))
      return PRODA_ERROR;
    for (size_t k = 0; k < own->n_items; k++)
      if (proda_yaml_number(reader->document, own->key[k], &value, reader->error) ||
          proda_yaml_string(reader->document, own->item[k], &text, reader->error))
        return PRODA_ERROR;
  }
  reader->experiment->compare.labels = labels;
  return PRODA_OK;
}

int proda_experiment_read_compare(const struct experiment_reader *reader,
                                  const struct proda_yaml_node *node)
{
  static const char *const known[] = {"resamples", "labels", NULL};
  struct proda_experiment_compare *compare = &reader->experiment->compare;
  if (!node)
    return PRODA_OK;
  if (proda_yaml_known_keys(reader->document, node, known, "compare", reader->error) ||
      proda_yaml_get_integer(reader->document, node, "resamples", 1, 1000000, &compare->resamples,
                             reader->error))
    return PRODA_ERROR;
  return read_labels(reader, proda_yaml_get(node, "labels"));
}

/* ---- report ---- */

int proda_experiment_read_report(const struct experiment_reader *reader,
                                 const struct proda_yaml_node *node)
{
  static const char *const known[] = {"figures", NULL};
  if (!node)
    return PRODA_OK;
  if (proda_yaml_known_keys(reader->document, node, known, "report", reader->error))
    return PRODA_ERROR;
  return proda_yaml_get_boolean(reader->document, node, "figures",
                                &reader->experiment->report.figures, reader->error);
}
