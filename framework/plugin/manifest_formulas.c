#include <string.h>

#include "formula/program.h"
#include "plugin/manifest_reader.h"
#include "plugin/unit.h"

int proda_manifest_formula(const struct manifest_reader *reader, const struct proda_yaml_node *node,
                           const char *name, struct proda_formula *formula)
{
  struct proda_expression *parsed = NULL;
  struct proda_error problem;
  size_t offset;
  *formula = (struct proda_formula){.name = name, .node = node};
  if (proda_yaml_string(reader->document, node, &formula->text, reader->error))
    return PRODA_ERROR;
  if (proda_expression_parse(formula->text, &parsed, &offset, &problem))
    return proda_yaml_error_in(reader->document, node, offset, reader->error, "%s",
                               problem.message);
  struct owned_expression *owned = proda_manifest_alloc(reader, 1, sizeof *owned);
  if (!owned) {
    proda_expression_free(parsed);
    return PRODA_ERROR;
  }
  *owned = (struct owned_expression){parsed, *reader->owned};
  *reader->owned = owned;
  formula->expression = parsed;
  return PRODA_OK;
}

enum { MAX_FORMULAS = 1000 }; /* of a section; names are looked up one by one */

int proda_manifest_formulas(const struct manifest_reader *reader,
                            const struct proda_yaml_node *node, const char *what,
                            const struct proda_formula **formula, size_t *n)
{
  *n = 0;
  if (!node)
    return PRODA_OK;
  if (proda_yaml_expect(reader->document, node, PRODA_YAML_MAPPING, what, reader->error))
    return PRODA_ERROR;
  if (node->n_items > MAX_FORMULAS)
    return proda_yaml_error(reader->document, node, reader->error,
                            "%s has %zu formulas, at most %d are accepted", what, node->n_items,
                            MAX_FORMULAS);
  struct proda_formula *made = proda_manifest_alloc(reader, node->n_items, sizeof *made);
  if (!made)
    return PRODA_ERROR;
  for (size_t i = 0; i < node->n_items; i++) {
    const char *name;
    if (proda_manifest_identifier(reader, node->key[i], "a formula", &name) ||
        proda_manifest_formula(reader, node->item[i], name, &made[i]))
      return PRODA_ERROR;
  }
  *formula = made;
  *n = node->n_items;
  return PRODA_OK;
}

/* ---- functions ---- */

static int read_unit_text(const struct manifest_reader *reader, const struct proda_yaml_node *node,
                          const char **unit)
{
  struct proda_error problem;
  if (proda_yaml_string(reader->document, node, unit, reader->error))
    return PRODA_ERROR;
  if (proda_unit_check(*unit, &problem))
    return proda_yaml_error(reader->document, node, reader->error, "%s", problem.message);
  return PRODA_OK;
}

static int read_arguments(const struct manifest_reader *reader, const struct proda_yaml_node *node,
                          struct proda_function *function)
{
  if (proda_yaml_expect(reader->document, node, PRODA_YAML_SEQUENCE, "arguments", reader->error))
    return PRODA_ERROR;
  if (node->n_items == 0 || node->n_items > PRODA_VALUE_ARGUMENTS)
    return proda_yaml_error(reader->document, node, reader->error,
                            "expected the units of 1 to %d arguments", PRODA_VALUE_ARGUMENTS);
  const char **unit = proda_manifest_alloc(reader, node->n_items, sizeof(char *));
  if (!unit)
    return PRODA_ERROR;
  for (size_t i = 0; i < node->n_items; i++)
    if (read_unit_text(reader, node->item[i], &unit[i]))
      return PRODA_ERROR;
  function->argument_unit = unit;
  function->n_arguments = node->n_items;
  return PRODA_OK;
}

static int read_derivatives(const struct manifest_reader *reader,
                            const struct proda_yaml_node *node, struct proda_function *function)
{
  if (!node)
    return PRODA_OK;
  if (proda_yaml_expect(reader->document, node, PRODA_YAML_SEQUENCE, "derivatives", reader->error))
    return PRODA_ERROR;
  if (node->n_items != function->n_arguments)
    return proda_yaml_error(reader->document, node, reader->error,
                            "expected a function for each of the %zu arguments",
                            function->n_arguments);
  const char **name = proda_manifest_alloc(reader, node->n_items, sizeof(char *));
  if (!name)
    return PRODA_ERROR;
  for (size_t i = 0; i < node->n_items; i++) {
    const char *text = NULL;
    if (proda_yaml_string(reader->document, node->item[i], &text, reader->error))
      return PRODA_ERROR;
    if (strcmp(text, "none") != 0 &&
        proda_manifest_identifier(reader, node->item[i], "a function", &name[i]))
      return PRODA_ERROR;
  }
  function->derivative = name;
  return PRODA_OK;
}

static int read_function(const struct manifest_reader *reader, const struct proda_yaml_node *node,
                         struct proda_function *function)
{
  static const char *const known[] = {"arguments", "unit", "derivatives", "doc", NULL};
  static const char *const required[] = {"arguments", "unit", NULL};
  if (proda_manifest_keys(reader, node, known, required, "a function") ||
      read_arguments(reader, proda_yaml_get(node, "arguments"), function) ||
      read_unit_text(reader, proda_yaml_get(node, "unit"), &function->unit))
    return PRODA_ERROR;
  return read_derivatives(reader, proda_yaml_get(node, "derivatives"), function);
}

static int read_functions(const struct manifest_reader *reader, const struct proda_yaml_node *node)
{
  if (!node)
    return PRODA_OK;
  if (proda_yaml_expect(reader->document, node, PRODA_YAML_MAPPING, "functions", reader->error))
    return PRODA_ERROR;
  struct proda_function *function = proda_manifest_alloc(reader, node->n_items, sizeof *function);
  if (!function)
    return PRODA_ERROR;
  for (size_t i = 0; i < node->n_items; i++)
    if (proda_manifest_identifier(reader, node->key[i], "a function", &function[i].name) ||
        read_function(reader, node->item[i], &function[i]))
      return PRODA_ERROR;
  reader->manifest->function = function;
  reader->manifest->n_functions = node->n_items;
  return PRODA_OK;
}

/* ---- the rest ---- */

static int read_refusals(const struct manifest_reader *reader, const struct proda_yaml_node *node)
{
  static const char *const keys[] = {"when", "reason", NULL};
  if (!node)
    return PRODA_OK;
  if (proda_yaml_expect(reader->document, node, PRODA_YAML_SEQUENCE, "refuse", reader->error))
    return PRODA_ERROR;
  struct proda_refusal *refusal = proda_manifest_alloc(reader, node->n_items, sizeof *refusal);
  if (!refusal)
    return PRODA_ERROR;
  for (size_t i = 0; i < node->n_items; i++)
    if (proda_manifest_keys(reader, node->item[i], keys, keys, "a refusal") ||
        proda_manifest_formula(reader, proda_yaml_get(node->item[i], "when"), "when",
                               &refusal[i].when) ||
        proda_manifest_text(reader, node->item[i], "reason", "", &refusal[i].reason))
      return PRODA_ERROR;
  reader->manifest->refusal = refusal;
  reader->manifest->n_refusals = node->n_items;
  return PRODA_OK;
}

/** What follows from the formulas: which channels are linear. */
static int check(const struct manifest_reader *reader)
{
  const struct proda_manifest *manifest = reader->manifest;
  bool *nonlinear = proda_manifest_alloc(reader, manifest->n_channels, sizeof *nonlinear);
  if (!nonlinear || proda_program_check(manifest, nonlinear, reader->error))
    return PRODA_ERROR;
  struct proda_channel *channel = (struct proda_channel *)manifest->channel; /* not shared yet */
  for (size_t c = 0; c < manifest->n_channels; c++)
    channel[c].linear = !nonlinear[c];
  return PRODA_OK;
}

int proda_manifest_read_formulas(const struct manifest_reader *reader,
                                 const struct proda_yaml_node *root)
{
  static const char *const formula_key[] = {"define", "functions", "steady", "refuse"};
  struct proda_manifest *manifest = reader->manifest;
  for (size_t i = 0; !manifest->has_formulas && i < 4; i++)
    if (proda_yaml_get(root, formula_key[i]))
      return proda_yaml_error(reader->document, proda_yaml_get(root, formula_key[i]), reader->error,
                              "'%s' belongs to a manifest of formulas, whose inputs are a mapping "
                              "pool: formula",
                              formula_key[i]);
  if (!manifest->has_formulas)
    return PRODA_OK;
  manifest->document = reader->document;
  if (proda_manifest_formulas(reader, proda_yaml_get(root, "define"), "define",
                              &manifest->definition, &manifest->n_definitions) ||
      read_functions(reader, proda_yaml_get(root, "functions")) ||
      proda_manifest_formulas(reader, proda_yaml_get(root, "steady"), "steady", &manifest->steady,
                              &manifest->n_steady) ||
      read_refusals(reader, proda_yaml_get(root, "refuse")))
    return PRODA_ERROR;
  return check(reader);
}
