#include <math.h>
#include <string.h>

#include "plugin/manifest_reader.h"
#include "plugin/unit.h"

/* Powers of kilogram and metre among the base units of unit.h. */
enum { KILOGRAM, METRE };

static bool is_of(const struct proda_unit *unit, double kilogram, double metre)
{
  for (int b = 0; b < PRODA_UNIT_BASES; b++) {
    double power = b == KILOGRAM ? kilogram : b == METRE ? metre : 0;
    if (fabs(unit->power[b] - power) > 1e-9)
      return false;
  }
  return true;
}

/* What an amount is per, from the unit's dimensions. */
static int find_basis(const struct manifest_reader *reader, const struct proda_yaml_node *node)
{
  struct proda_manifest *manifest = reader->manifest;
  struct proda_unit unit;
  if (proda_unit_parse(manifest->unit, &unit, reader->error))
    return PRODA_ERROR;
  bool volume = is_of(&unit, 1, -3), area = is_of(&unit, 1, -2), mass = is_of(&unit, 0, 0);
  if (!volume && !area && !mass)
    return proda_yaml_error(reader->document, node, reader->error,
                            "pools hold carbon per volume, area or mass of soil (gC m-3, gC m-2, "
                            "mgC g-1); '%s' is neither",
                            manifest->unit);
  manifest->basis = volume ? PRODA_PER_VOLUME : area ? PRODA_PER_AREA : PRODA_PER_MASS;
  manifest->grams = mass ? unit.scale : 1000 * unit.scale;
  if (area && manifest->grid.n_layers > 1)
    return proda_yaml_error(reader->document, node, reader->error,
                            "'%s' is per area, which says where carbon is in one layer only; the "
                            "grid has %zu",
                            manifest->unit, manifest->grid.n_layers);
  return PRODA_OK;
}

static int find_bulk_density(const struct manifest_reader *reader,
                             const struct proda_yaml_node *unit, const struct proda_yaml_node *node)
{
  struct proda_manifest *manifest = reader->manifest;
  struct proda_unit of;
  size_t index;
  if (!node)
    return proda_yaml_error(reader->document, unit, reader->error,
                            "'%s' is per mass of soil; state the driver that makes it a density, "
                            "`bulk_density: DRIVER`",
                            manifest->unit);
  const char *name[manifest->n_drivers + 1];
  for (size_t d = 0; d < manifest->n_drivers; d++)
    name[d] = manifest->driver[d].name;
  if (proda_manifest_choose(reader, node, name, manifest->n_drivers, "driver", &index))
    return PRODA_ERROR;
  const struct proda_driver *driver = &manifest->driver[index];
  if (driver->optional)
    return proda_yaml_error(reader->document, node, reader->error,
                            "the driver '%s' is optional, but pools cannot do without bulk density",
                            driver->name);
  if (proda_unit_parse(driver->unit, &of, reader->error))
    return PRODA_ERROR;
  if (!is_of(&of, 1, -3))
    return proda_yaml_error(reader->document, node, reader->error,
                            "the driver '%s' is in '%s'; a bulk density is in kg m-3 or the like",
                            driver->name, driver->unit);
  manifest->bulk_density = (long)index;
  manifest->grams *= 1000 * of.scale;
  return PRODA_OK;
}

int proda_manifest_read_amount(const struct manifest_reader *reader,
                               const struct proda_yaml_node *root)
{
  const struct proda_yaml_node *unit = proda_yaml_get(root, "unit");
  const struct proda_yaml_node *bulk_density = proda_yaml_get(root, "bulk_density");
  struct proda_manifest *manifest = reader->manifest;
  manifest->bulk_density = -1;
  if (proda_manifest_unit(reader, root, "gC m-3", &manifest->unit) || find_basis(reader, unit))
    return PRODA_ERROR;
  if (manifest->basis == PRODA_PER_MASS)
    return find_bulk_density(reader, unit, bulk_density);
  if (bulk_density)
    return proda_yaml_error(reader->document, bulk_density, reader->error,
                            "pools in '%s' need no bulk density; leave this out", manifest->unit);
  return PRODA_OK;
}
