#include <math.h>
#include <string.h>

#include "plugin/manifest_reader.h"
#include "plugin/prior.h"

enum { MAX_LAYERS = 1000 };

static int read_depths(const struct manifest_reader *reader, const struct proda_yaml_node *grid,
                       const char *key, bool increasing, const double **depth)
{
  const struct proda_yaml_node *node = proda_yaml_get(grid, key);
  size_t n, n_layers = reader->manifest->grid.n_layers;
  if (proda_manifest_numbers(reader, node, key, &n, depth))
    return PRODA_ERROR;
  if (n == 0 || n > MAX_LAYERS)
    return proda_yaml_error(reader->document, node, reader->error,
                            "expected 1 to %d layers, found %zu", MAX_LAYERS, n);
  if (n_layers && n != n_layers)
    return proda_yaml_error(reader->document, node, reader->error,
                            "'%s' has %zu layers where 'dz' has %zu", key, n, n_layers);
  for (size_t i = 0; i < n; i++) {
    double floor = increasing && i > 0 ? (*depth)[i - 1] : 0.0;
    if ((*depth)[i] <= floor)
      return proda_yaml_error(
          reader->document, node->item[i], reader->error, "'%s' must be %s: %g follows %g", key,
          increasing ? "increasing and above 0" : "above 0", (*depth)[i], floor);
  }
  reader->manifest->grid.n_layers = n;
  return PRODA_OK;
}

int proda_manifest_read_grid(const struct manifest_reader *reader,
                             const struct proda_yaml_node *node)
{
  static const char *const keys[] = {"dz", "node", "interface", NULL};
  struct proda_grid *grid = &reader->manifest->grid;
  if (proda_manifest_keys(reader, node, keys, keys, "grid") ||
      read_depths(reader, node, "dz", false, &grid->dz) ||
      read_depths(reader, node, "node", true, &grid->node) ||
      read_depths(reader, node, "interface", true, &grid->interface))
    return PRODA_ERROR;
  for (size_t i = 0; i < grid->n_layers; i++)
    if (grid->node[i] >= grid->interface[i] || (i > 0 && grid->node[i] <= grid->interface[i - 1]))
      return proda_yaml_error(reader->document, proda_yaml_get(node, "node")->item[i],
                              reader->error, "node %zu, %g m, does not lie within its layer", i + 1,
                              grid->node[i]);
  return PRODA_OK;
}

static int read_dims(const struct manifest_reader *reader, const struct proda_yaml_node *node,
                     unsigned *dims)
{
  static const char *const name[] = {"layer", "month"};
  *dims = 0;
  if (!node)
    return PRODA_OK;
  if (proda_yaml_expect(reader->document, node, PRODA_YAML_SEQUENCE, "dims", reader->error))
    return PRODA_ERROR;
  for (size_t i = 0; i < node->n_items; i++) {
    size_t index;
    if (proda_manifest_choose(reader, node->item[i], name, 2, "dimension", &index))
      return PRODA_ERROR;
    unsigned bit = index == 0 ? PRODA_DIM_LAYER : PRODA_DIM_MONTH;
    if (*dims >= bit)
      return proda_yaml_error(reader->document, node->item[i], reader->error,
                              "expected dims in the order [layer, month], each at most once");
    *dims |= bit;
  }
  return PRODA_OK;
}

static int read_range(const struct manifest_reader *reader, const struct proda_yaml_node *node,
                      struct proda_driver *driver)
{
  const double *limit;
  size_t n;
  driver->lower = driver->upper = NAN;
  if (!node)
    return PRODA_OK;
  if (proda_manifest_numbers(reader, node, "range", &n, &limit))
    return PRODA_ERROR;
  if (n != 2 || !(limit[0] <= limit[1]))
    return proda_yaml_error(reader->document, node, reader->error,
                            "expected two numbers, [least, greatest], as the range of a driver");
  driver->lower = limit[0];
  driver->upper = limit[1];
  return PRODA_OK;
}

static int read_driver(const struct manifest_reader *reader, const struct proda_yaml_node *node,
                       struct proda_driver *driver)
{
  static const char *const known[] = {"unit", "dims", "optional", "range", "doc", NULL};
  static const char *const required[] = {"unit", NULL};
  if (proda_manifest_keys(reader, node, known, required, "a driver") ||
      proda_manifest_unit(reader, node, "1", &driver->unit) ||
      proda_manifest_text(reader, node, "doc", "", &driver->doc) ||
      read_dims(reader, proda_yaml_get(node, "dims"), &driver->dims) ||
      read_range(reader, proda_yaml_get(node, "range"), driver))
    return PRODA_ERROR;
  return proda_yaml_get_boolean(reader->document, node, "optional", &driver->optional,
                                reader->error);
}

int proda_manifest_read_drivers(const struct manifest_reader *reader,
                                const struct proda_yaml_node *node)
{
  if (!node)
    return PRODA_OK;
  if (proda_yaml_expect(reader->document, node, PRODA_YAML_MAPPING, "drivers", reader->error))
    return PRODA_ERROR;
  struct proda_driver *driver = proda_manifest_alloc(reader, node->n_items, sizeof *driver);
  if (!driver)
    return PRODA_ERROR;
  for (size_t i = 0; i < node->n_items; i++)
    if (proda_manifest_identifier(reader, node->key[i], "a driver", &driver[i].name) ||
        read_driver(reader, node->item[i], &driver[i]))
      return PRODA_ERROR;
  reader->manifest->driver = driver;
  reader->manifest->n_drivers = node->n_items;
  return PRODA_OK;
}

static int read_prescribed_by(const struct manifest_reader *reader,
                              const struct proda_yaml_node *node, struct proda_parameter *parameter)
{
  const struct proda_manifest *manifest = reader->manifest;
  if (!node)
    return PRODA_OK;
  if (proda_yaml_expect(reader->document, node, PRODA_YAML_SEQUENCE, "prescribed_by",
                        reader->error))
    return PRODA_ERROR;
  const char **name = proda_manifest_alloc(reader, manifest->n_drivers, sizeof(char *));
  size_t *driver = proda_manifest_alloc(reader, node->n_items, sizeof *driver);
  if (!name || !driver)
    return PRODA_ERROR;
  for (size_t i = 0; i < manifest->n_drivers; i++)
    name[i] = manifest->driver[i].name;
  for (size_t i = 0; i < node->n_items; i++)
    if (proda_manifest_choose(reader, node->item[i], name, manifest->n_drivers, "driver",
                              &driver[i]))
      return PRODA_ERROR;
  parameter->prescribed_by = driver;
  parameter->n_prescribed_by = node->n_items;
  return PRODA_OK;
}

static int read_parameter(const struct manifest_reader *reader, const struct proda_yaml_node *node,
                          struct proda_parameter *parameter)
{
  static const char *const known[] = {"symbol", "term", "component",     "unit", "default",
                                      "prior",  "doc",  "prescribed_by", NULL};
  static const char *const required[] = {"term", "unit", "default", "prior", NULL};
  static const char *const term_name[] = {"I", "B", "A", "K", "xi", "V"};
  size_t term;
  if (proda_manifest_keys(reader, node, known, required, "a parameter") ||
      proda_manifest_text(reader, node, "symbol", parameter->name, &parameter->symbol) ||
      proda_manifest_text(reader, node, "component", "", &parameter->component) ||
      proda_manifest_text(reader, node, "doc", "", &parameter->doc) ||
      proda_manifest_choose(reader, proda_yaml_get(node, "term"), term_name, 6, "term", &term) ||
      proda_manifest_unit(reader, node, "1", &parameter->unit) ||
      proda_yaml_number(reader->document, proda_yaml_get(node, "default"),
                        &parameter->default_value, reader->error) ||
      proda_prior_read(reader->document, proda_yaml_get(node, "prior"), &parameter->prior,
                       reader->error))
    return PRODA_ERROR;
  parameter->term = (enum proda_term)term;
  return read_prescribed_by(reader, proda_yaml_get(node, "prescribed_by"), parameter);
}

/** A symbol finds its parameter, so it may not be another's symbol or name. */
static int check_symbol(const struct manifest_reader *reader, const struct proda_yaml_node *node,
                        const struct proda_parameter *parameter, size_t n)
{
  const char *symbol = parameter[n].symbol;
  for (size_t i = 0; i < n; i++)
    if (strcmp(symbol, parameter[i].symbol) == 0 || strcmp(symbol, parameter[i].name) == 0 ||
        strcmp(parameter[n].name, parameter[i].symbol) == 0)
      return proda_yaml_error(reader->document, node, reader->error,
                              "the parameters '%s' and '%s' share a symbol or name",
                              parameter[i].name, parameter[n].name);
  return PRODA_OK;
}

int proda_manifest_read_parameters(const struct manifest_reader *reader,
                                   const struct proda_yaml_node *node)
{
  if (proda_yaml_expect(reader->document, node, PRODA_YAML_MAPPING, "parameters", reader->error))
    return PRODA_ERROR;
  struct proda_parameter *parameter =
      proda_manifest_alloc(reader, node->n_items, sizeof *parameter);
  if (!parameter)
    return PRODA_ERROR;
  for (size_t i = 0; i < node->n_items; i++)
    if (proda_manifest_identifier(reader, node->key[i], "a parameter", &parameter[i].name) ||
        read_parameter(reader, node->item[i], &parameter[i]) ||
        check_symbol(reader, node->key[i], parameter, i))
      return PRODA_ERROR;
  reader->manifest->parameter = parameter;
  reader->manifest->n_parameters = node->n_items;
  return PRODA_OK;
}
