#include <math.h>
#include <string.h>

#include "matrix/components.h"
#include "plugin/manifest_reader.h"
#include "plugin/unit.h"

/** The sum being taken apart. */
struct linear_sum {
  const struct manifest_reader *reader;
  const struct proda_yaml_node *node;
  double *weight; /* [n_pools], added to */
  double *inert;  /* [n_parameters], likewise */
};

static int add(const struct linear_sum *sum, const struct proda_expression *part, double factor);

static int refuse(const struct linear_sum *sum, const struct proda_expression *part)
{
  return proda_yaml_error_in(sum->reader->document, sum->node, part->offset, sum->reader->error,
                             "expected a sum of pools, each times a number at most");
}

/** Carbon that nothing moves: a parameter in a unit as that of pools. */
static int add_parameter(const struct linear_sum *sum, const struct proda_expression *name,
                         size_t parameter, double factor)
{
  const struct proda_manifest *manifest = sum->reader->manifest;
  struct proda_error problem;
  double scale, offset;
  if (proda_unit_convert(manifest->parameter[parameter].unit, manifest->unit, &scale, &offset,
                         &problem))
    return proda_yaml_error_in(sum->reader->document, sum->node, name->offset, sum->reader->error,
                               "the parameter '%.40s' is in %s, which cannot be added to pools in "
                               "%s",
                               name->name, manifest->parameter[parameter].unit, manifest->unit);
  sum->inert[parameter] += factor * scale;
  return PRODA_OK;
}

static int add_name(const struct linear_sum *sum, const struct proda_expression *name,
                    double factor)
{
  const struct proda_manifest *manifest = sum->reader->manifest;
  char hint[PRODA_HINT_SIZE];
  long pool = proda_manifest_pool(manifest, name->name);
  long parameter = proda_manifest_parameter(manifest, name->name);
  if (pool < 0 && parameter >= 0)
    return add_parameter(sum, name, (size_t)parameter, factor);
  if (pool < 0)
    return proda_yaml_error_in(sum->reader->document, sum->node, name->offset, sum->reader->error,
                               "unknown pool '%.40s'%s", name->name,
                               proda_hint(name->name, manifest->pool, manifest->n_pools, hint));
  sum->weight[pool] += factor;
  return PRODA_OK;
}

static int add_product(const struct linear_sum *sum, const struct proda_expression *part,
                       double factor)
{
  double left = proda_expression_constant(part->argument[0]);
  double right = proda_expression_constant(part->argument[1]);
  if (part->kind == PRODA_EXPRESSION_DIVIDE)
    return isfinite(1.0 / right) ? add(sum, part->argument[0], factor / right) : refuse(sum, part);
  if (isfinite(left))
    return add(sum, part->argument[1], factor * left);
  return isfinite(right) ? add(sum, part->argument[0], factor * right) : refuse(sum, part);
}

static int add(const struct linear_sum *sum, const struct proda_expression *part, double factor)
{
  switch (part->kind) {
  case PRODA_EXPRESSION_NAME:
    return add_name(sum, part, factor);
  case PRODA_EXPRESSION_NEGATE:
    return add(sum, part->argument[0], -factor);
  case PRODA_EXPRESSION_ADD:
  case PRODA_EXPRESSION_SUBTRACT:
    if (add(sum, part->argument[0], factor))
      return PRODA_ERROR;
    return add(sum, part->argument[1], part->kind == PRODA_EXPRESSION_ADD ? factor : -factor);
  case PRODA_EXPRESSION_MULTIPLY:
  case PRODA_EXPRESSION_DIVIDE:
    return add_product(sum, part, factor);
  default:
    return refuse(sum, part);
  }
}

static int read_sum(const struct linear_sum *sum)
{
  struct proda_formula formula;
  if (proda_manifest_formula(sum->reader, sum->node, "sum", &formula))
    return PRODA_ERROR;
  return add(sum, formula.expression, 1.0);
}

static int read_cost(const struct manifest_reader *reader, const struct proda_yaml_node *node,
                     enum proda_published_cost *cost)
{
  static const char *const name[] = {"weighted", "efficiency"};
  size_t index;
  if (proda_manifest_choose(reader, node, name, 2, "published_cost", &index))
    return PRODA_ERROR;
  *cost = index == 0 ? PRODA_COST_WEIGHTED : PRODA_COST_EFFICIENCY;
  return PRODA_OK;
}

static int read_observable(const struct manifest_reader *reader, const struct proda_yaml_node *node,
                           struct proda_observable *observable)
{
  static const char *const known[] = {"sum", "unit", "doc", "published_cost", NULL};
  static const char *const required[] = {"sum", "unit", NULL};
  observable->weight = proda_manifest_alloc(reader, reader->manifest->n_pools, sizeof(double));
  observable->inert = proda_manifest_alloc(reader, reader->manifest->n_parameters, sizeof(double));
  if (!observable->weight || !observable->inert ||
      proda_manifest_keys(reader, node, known, required, "an observable") ||
      proda_manifest_unit(reader, node, "1", &observable->unit) ||
      proda_manifest_text(reader, node, "doc", "", &observable->doc))
    return PRODA_ERROR;
  const struct proda_yaml_node *cost = proda_yaml_get(node, "published_cost");
  if (cost && read_cost(reader, cost, &observable->published_cost))
    return PRODA_ERROR;
  const struct linear_sum sum = {reader, proda_yaml_get(node, "sum"), observable->weight,
                                 observable->inert};
  return read_sum(&sum);
}

/** `component`: which system-level component the quantity is another form of. */
static int read_component(const struct manifest_reader *reader, const struct proda_yaml_node *node,
                          const char **component)
{
  const char *name[PRODA_N_COMPONENTS];
  size_t index = 0;
  *component = NULL;
  if (!node)
    return PRODA_OK;
  for (size_t c = 0; c < PRODA_N_COMPONENTS; c++)
    name[c] = proda_components[c].name;
  if (proda_manifest_choose(reader, node, name, PRODA_N_COMPONENTS, "component", &index))
    return PRODA_ERROR;
  *component = name[index];
  return PRODA_OK;
}

/* Quantities are variables of calibrate.nc and map.nc, beside these. */
static const char *const stored[] = {
    "site_id",
    "latitude",
    "longitude",
    "land_area",
    "row_size",
    "failure",
    "z_node",
    "dz",
    "parameter_name",
    "parameter_unit",
    "prior_lower",
    "prior_upper",
    "prior_scale",
    "parameter_fixed",
    "transport_imbalance",
    "stock_change",
    "state",
    "status",
    "n_evaluations",
    "n_near_singular",
    "n_negative",
    "n_no_steady_state",
    "n_refused_by_structure",
    "n_fractions_above_one",
    "n_no_state_found",
    "n_several_states",
    "n_unstable_state",
    "n_extinct",
    "n_unbalanced",
    "n_no_density",
    "prior_valid_share",
    "estimate",
    "mean",
    "sd",
    "q05",
    "median",
    "q95",
    "rhat_classic",
    "rhat",
    "ess_bulk",
    "ess_tail",
    "mean_rhat",
    "acceptance",
    "n_draws",
    "draws",
    "log_density",
    "nse",
    "nse_published",
    "rmse",
    "bias",
    "r2",
    "modelled",
    "modelled_q05",
    "modelled_q95",
    "log_likelihood",
    "saturating_channel",
    "saturating_donor",
    "half_saturation_over_substrate",
    "parameter_value",
    "ad_hoc_parameter",
    "soc_density",
    "parameter",
    "pools",
    "pool_name",
    "pool",
    "layer",
    "site",
    "soc_stock_0_30cm",
    "soc_stock_0_100cm",
    "soc_stock_column",
};
static const char *const stored_prefix[] = {"default_", "median_", "loss_", "total_"};

static bool is_stored(const char *name)
{
  for (size_t i = 0; i < sizeof stored / sizeof *stored; i++)
    if (strcmp(stored[i], name) == 0)
      return true;
  for (size_t i = 0; i < sizeof stored_prefix / sizeof *stored_prefix; i++)
    if (strncmp(stored_prefix[i], name, strlen(stored_prefix[i])) == 0)
      return true;
  return false;
}

/** A name for a quantity, which stores hold beside components and much else. */
static int read_name(const struct manifest_reader *reader, const struct proda_yaml_node *node,
                     const char **name)
{
  if (proda_manifest_identifier(reader, node, "a quantity", name))
    return PRODA_ERROR;
  for (size_t c = 0; c < PRODA_N_COMPONENTS; c++)
    if (strcmp(*name, proda_components[c].name) == 0)
      return proda_yaml_error(reader->document, node, reader->error,
                              "'%s' is a component that proda computes of every structure; give "
                              "this quantity another name",
                              *name);
  if (is_stored(*name))
    return proda_yaml_error(reader->document, node, reader->error,
                            "stores have a variable '%s'; give this quantity another name", *name);
  return PRODA_OK;
}

static int read_quantity(const struct manifest_reader *reader, const struct proda_yaml_node *node,
                         struct proda_quantity *quantity)
{
  static const char *const known[] = {"unit", "doc", "component", "value", NULL};
  static const char *const required[] = {"unit", "doc", NULL};
  const struct proda_yaml_node *value = proda_yaml_get(node, "value");
  if (proda_manifest_keys(reader, node, known, required, "a quantity") ||
      proda_manifest_unit(reader, node, "1", &quantity->unit) ||
      read_component(reader, proda_yaml_get(node, "component"), &quantity->component))
    return PRODA_ERROR;
  if (value && !reader->manifest->has_formulas)
    return proda_yaml_error(reader->document, value, reader->error,
                            "'value' belongs to a manifest of formulas");
  if (value && proda_manifest_formula(reader, value, quantity->name, &quantity->value))
    return PRODA_ERROR;
  return proda_manifest_text(reader, node, "doc", "", &quantity->doc);
}

int proda_manifest_read_quantities(const struct manifest_reader *reader,
                                   const struct proda_yaml_node *node)
{
  if (!node)
    return PRODA_OK;
  if (proda_yaml_expect(reader->document, node, PRODA_YAML_MAPPING, "quantities", reader->error))
    return PRODA_ERROR;
  struct proda_quantity *quantity = proda_manifest_alloc(reader, node->n_items, sizeof *quantity);
  if (!quantity)
    return PRODA_ERROR;
  for (size_t i = 0; i < node->n_items; i++)
    if (read_name(reader, node->key[i], &quantity[i].name) ||
        read_quantity(reader, node->item[i], &quantity[i]))
      return PRODA_ERROR;
  reader->manifest->quantity = quantity;
  reader->manifest->n_quantities = node->n_items;
  return PRODA_OK;
}

int proda_manifest_read_observables(const struct manifest_reader *reader,
                                    const struct proda_yaml_node *node)
{
  if (proda_yaml_expect(reader->document, node, PRODA_YAML_MAPPING, "observe", reader->error))
    return PRODA_ERROR;
  struct proda_observable *observable =
      proda_manifest_alloc(reader, node->n_items, sizeof *observable);
  if (!observable)
    return PRODA_ERROR;
  for (size_t i = 0; i < node->n_items; i++)
    if (proda_manifest_identifier(reader, node->key[i], "an observable", &observable[i].name) ||
        read_observable(reader, node->item[i], &observable[i]))
      return PRODA_ERROR;
  reader->manifest->observable = observable;
  reader->manifest->n_observables = node->n_items;
  return PRODA_OK;
}
