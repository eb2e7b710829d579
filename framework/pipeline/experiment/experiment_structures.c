#include <ctype.h>
#include <string.h>

#include "pipeline/experiment/experiment_reader.h"
#include "plugin/prior.h"

/** [mean, standard deviation] */
static int read_moments(const struct experiment_reader *reader, const struct proda_yaml_node *node,
                        double *mean, double *sd)
{
  static const char what[] = "[mean, standard deviation], the second above 0";
  if (node->kind != PRODA_YAML_SEQUENCE || node->n_items != 2)
    return proda_yaml_error(reader->document, node, reader->error, "expected %s", what);
  if (proda_yaml_number(reader->document, node->item[0], mean, reader->error) ||
      proda_yaml_number(reader->document, node->item[1], sd, reader->error))
    return PRODA_ERROR;
  if (*sd <= 0.0)
    return proda_yaml_error(reader->document, node, reader->error, "expected %s, found [%g, %g]",
                            what, *mean, *sd);
  return PRODA_OK;
}

static int read_override(const struct experiment_reader *reader, const struct proda_yaml_node *node,
                         struct proda_parameter_override *override)
{
  static const char *const known[] = {"prior", "normal", "fixed", NULL};
  if (proda_yaml_known_keys(reader->document, node, known, "a parameter's change", reader->error))
    return PRODA_ERROR;
  const struct proda_yaml_node *prior = proda_yaml_get(node, "prior");
  const struct proda_yaml_node *normal = proda_yaml_get(node, "normal");
  const struct proda_yaml_node *fixed = proda_yaml_get(node, "fixed");
  override->has_prior = prior != NULL;
  override->has_normal = normal != NULL;
  override->has_fixed = fixed != NULL;
  if (node->n_items == 0 || (fixed && node->n_items > 1))
    return proda_yaml_error(reader->document, node, reader->error,
                            "expected a new 'prior', a 'normal' with or without a prior to bound "
                            "it, or a 'fixed' value");
  if ((prior && proda_prior_read(reader->document, prior, &override->prior, reader->error)) ||
      (normal && read_moments(reader, normal, &override->mean, &override->sd)))
    return PRODA_ERROR;
  if (prior && normal && override->prior.kind != PRODA_PRIOR_UNIFORM)
    return proda_yaml_error(reader->document, prior, reader->error,
                            "a 'normal' prior is bounded by 'prior: [minimum, maximum]'");
  return fixed ? proda_yaml_number(reader->document, fixed, &override->fixed, reader->error)
               : PRODA_OK;
}

static int read_overrides(const struct experiment_reader *reader,
                          const struct proda_yaml_node *node,
                          struct proda_experiment_structure *structure)
{
  if (!node)
    return PRODA_OK;
  if (proda_yaml_expect(reader->document, node, PRODA_YAML_MAPPING, "parameters", reader->error))
    return PRODA_ERROR;
  structure->override =
      proda_arena_alloc(reader->arena, node->n_items, sizeof *structure->override);
  if (!structure->override)
    return proda_experiment_no_memory(reader);
  structure->n_overrides = node->n_items;
  for (size_t i = 0; i < node->n_items; i++) {
    structure->override[i].node = node->key[i];
    structure->override[i].name = node->key[i]->text;
    if (read_override(reader, node->item[i], &structure->override[i]))
      return PRODA_ERROR;
  }
  return PRODA_OK;
}

/** A structure's name is that of a folder of stores. */
static int check_name(const struct experiment_reader *reader, const struct proda_yaml_node *node,
                      const char *name)
{
  bool good = *name != '\0' && *name != '.' && strlen(name) <= PRODA_IDENTIFIER_LENGTH;
  for (const char *c = name; *c; c++)
    good = good && (isalnum((unsigned char)*c) || strchr("_-.", *c));
  if (!good)
    return proda_yaml_error(reader->document, node, reader->error,
                            "'%.40s' cannot name a structure: expected letters, digits, _, - and "
                            ". (not first), at most %d",
                            name, PRODA_IDENTIFIER_LENGTH);
  return PRODA_OK;
}

static int read_ad_hoc(const struct experiment_reader *reader, const struct proda_yaml_node *node,
                       struct proda_experiment_structure *structure)
{
  size_t rule = PRODA_AD_HOC_DEFAULTS;
  if (proda_yaml_get_choice(reader->document, node, "ad_hoc", proda_ad_hoc_names, PRODA_N_AD_HOC,
                            &rule, reader->error))
    return PRODA_ERROR;
  structure->has_ad_hoc = proda_yaml_get(node, "ad_hoc") != NULL;
  structure->ad_hoc = (enum proda_ad_hoc)rule;
  return PRODA_OK;
}

static int read_structure(const struct experiment_reader *reader,
                          const struct proda_yaml_node *node,
                          struct proda_experiment_structure *structure)
{
  static const char *const known[] = {"model", "name", "settings", "parameters", "ad_hoc", NULL};
  static const char *const required[] = {"model", NULL};
  structure->node = node;
  if (proda_yaml_keys(reader->document, node, known, required, "a structure", reader->error) ||
      proda_yaml_get_string(reader->document, node, "model", &structure->model, reader->error))
    return PRODA_ERROR;
  structure->name = structure->model;
  const struct proda_yaml_node *name = proda_yaml_get(node, "name");
  if (proda_yaml_get_string(reader->document, node, "name", &structure->name, reader->error) ||
      check_name(reader, name ? name : proda_yaml_get(node, "model"), structure->name) ||
      proda_experiment_settings(reader, node, &structure->settings) ||
      read_ad_hoc(reader, node, structure))
    return PRODA_ERROR;
  return read_overrides(reader, proda_yaml_get(node, "parameters"), structure);
}

int proda_experiment_read_structures(const struct experiment_reader *reader,
                                     const struct proda_yaml_node *node)
{
  struct proda_experiment *experiment = reader->experiment;
  if (proda_yaml_expect(reader->document, node, PRODA_YAML_SEQUENCE, "structures", reader->error))
    return PRODA_ERROR;
  if (node->n_items == 0)
    return proda_yaml_error(reader->document, node, reader->error,
                            "expected at least one structure");
  experiment->structure =
      proda_arena_alloc(reader->arena, node->n_items, sizeof *experiment->structure);
  if (!experiment->structure)
    return proda_experiment_no_memory(reader);
  experiment->n_structures = node->n_items;
  for (size_t i = 0; i < node->n_items; i++) {
    if (read_structure(reader, node->item[i], &experiment->structure[i]))
      return PRODA_ERROR;
    for (size_t j = 0; j < i; j++)
      if (strcmp(experiment->structure[i].name, experiment->structure[j].name) == 0)
        return proda_yaml_error(
            reader->document, node->item[i], reader->error,
            "a structure '%s' is there already; give this one a name of its own",
            experiment->structure[i].name);
  }
  return PRODA_OK;
}
