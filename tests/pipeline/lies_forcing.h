/** @file lies_forcing.h
 * Forcing, for a structure of two layers.
 */
#ifndef PRODA_TESTS_LIES_FORCING_H
#define PRODA_TESTS_LIES_FORCING_H

#include "pipeline/lies.h"

#define YEAR "270 271 274 279 284 288 290 289 285 280 275 271"
#define YEAR_IN_C "-3.15 -2.15 0.85 5.85 10.85 14.85 16.85 15.85 11.85 6.85 1.85 -2.15"
static const char forcing[] = "format netcdf4\n"
                              "dim site 3\n"
                              "dim layer 2\n"
                              "dim month 12\n"
                              "var double latitude site\n"
                              "text units degrees_north\n"
                              "data 10 -20 60\n"
                              "var double longitude site\n"
                              "text units degrees_east\n"
                              "data 30 -40 100\n"
                              "var double land_area site\n"
                              "text units m2\n"
                              "data 1e10 2e10 3e10\n"
                              "var double dz layer\n"
                              "text units m\n"
                              "data 0.1 0.2\n"
                              "var double z_node layer\n"
                              "text units m\n"
                              "data 0.05 0.2\n"
                              "var double temperature site layer month\n"
                              "text units K\n"
                              "data " YEAR "\n"
                              "var double input site month\n"
                              "text units gC m-2 yr-1\n"
                              "data 10 20 30 40 50 60 70 80 90 100 110 120\n"
                              "var double sand site\n"
                              "text units %\n"
                              "data 30 50 70\n";

static const struct lie forcing_lies[] = {
    {.name = "dimensions: layers and months exchanged",
     {"site layer month\n", "site month layer\n"},
     {"'temperature'", "[site, layer, month] in this order"}},
    {.name = "dimensions: one that has no place",
     {"var double input site month", "var double input site layer"},
     {"'input'", "'layer' has no place"}},
    {.name = "dimensions: a month is missing",
     {"dim month 12", "dim month 11"},
     {"'month' is 11", "whole years"}},
    {.name = "dimensions: two years", {"dim month 12", "dim month 24"}, {NULL}, "other shape"},
    {.name = "dimensions: another number of layers",
     {"dim layer 2", "dim layer 3"},
     {"'layer' is 3", "the structure has 2"}},
    {.name = "dimensions: no sites", {"dim site 3", "dim site unlimited"}, {"has no sites"}},
    {.name = "dimensions: sites by another name",
     {"dim site 3", "dim cell 3"},
     {"no dimension 'site'"}},
    {.name = "dimensions: latitudes of layers",
     {"var double latitude site", "var double latitude layer"},
     {"'latitude'", "'site' was expected"}},
    {.name = "dimensions: the same for all sites",
     {"var double temperature site", "var double temperature"},
     {NULL}},
    {.name = "units: none", {"text units K\n", ""}, {"'temperature'", "has no units"}},
    {.name = "units: of another kind",
     {"text units K\n", "text units m\n"},
     {"'temperature'", "units"}},
    {.name = "units: degC declared",
     {"text units K\ndata " YEAR, "text units degC\ndata " YEAR_IN_C},
     {NULL}},
    {.name = "units: degC where K is declared",
     {"data " YEAR, "data " YEAR_IN_C},
     {"'temperature': site 0, layer 0, month 0", "-3.15 K", "are these degC under the unit K?"}},
    {.name = "units: K where degC is declared",
     {"text units K", "text units degC"},
     {"'temperature': site 0", "150 to 350 K"}},
    {.name = "units: fractions declared",
     {"text units %\ndata 30 50 70", "text units 1\ndata 0.3 0.5 0.7"},
     {NULL}},
    {.name = "units: fractions under the unit %",
     {"dim site 3", "dim site 5", "data 30 50 70", "data 0.3 0.5 0.7"},
     {"'sand'", "are these fractions under the unit %"}},
    {.name = "units: latitudes in m",
     {"text units degrees_north", "text units m"},
     {"'latitude'", "units"}},
    {.name = "layers: of another structure",
     {"data 0.1 0.2\n", "data 0.1 0.3\n"},
     {"'dz': layer 1 is 0.3 m", "grid has 0.2"}},
    {.name = "layers: cm under the unit m",
     {"data 0.05 0.2\n", "data 5 20\n"},
     {"'z_node': layer 0 is 5 m", "are these cm under the unit m?"}},
    {.name = "layers: cm declared",
     {"text units m\ndata 0.1 0.2\n", "text units cm\ndata 10 20\n"},
     {NULL}},
    {.name = "layers: unsorted",
     {"data 0.05 0.2\n", "data 0.2 0.05\n"},
     {"'z_node': layer 0 is 0.2 m"}},
    {.name = "layers: without a thickness",
     {"data 0.1 0.2\n", "data nan 0.2\n"},
     {"'dz': layer 0 is nan"}},
    {.name = "types: characters",
     {"var double temperature", "var char temperature"},
     {"'temperature'", "holds no numbers"}},
    {.name = "types: user-defined",
     {"var double temperature", "var opaque temperature"},
     {"'temperature'", "holds no numbers"}},
    {.name = "types: unsigned", {"var double temperature", "var ushort temperature"}, {NULL}},
    {.name = "types: 64-bit integers", {"var double temperature", "var int64 temperature"}, {NULL}},
    {.name = "types: an optional driver of characters",
     {"var double sand", "var char sand"},
     {"'sand'", "holds no numbers"}},
    {.name = "missing: a driver",
     {"var double temperature", "var double temprature"},
     {"no variable 'temperature'", "did you mean 'temprature'?"}},
    {.name = "missing: values, which cost their site",
     {"data 10 20 30 40", "data 10 nan 30 40"},
     {NULL},
     "unusable"},
    {.name = "missing: _FillValue",
     {"text units gC m-2 yr-1\ndata 10 20 30 40",
      "text units gC m-2 yr-1\nnumber _FillValue double -1\ndata 10 -1 30 40"},
     {NULL},
     "unusable"},
    {.name = "missing: outside the valid range",
     {"text units gC m-2 yr-1\n", "text units gC m-2 yr-1\nnumber valid_min double 11\n"},
     {NULL},
     "unusable"},
    {.name = "packed: shorts",
     {"var double temperature site layer month\ntext units K\ndata " YEAR,
      "var short temperature site layer month\ntext units K\nnumber scale_factor double 0.5\n"
      "number add_offset double 250\ndata 40 42 48 58 68 76 80 78 70 60 50 42"},
     {NULL}},
    {.name = "values: infinite",
     {"data 10 20 30 40", "data 10 inf 30 40"},
     {"'input': site 0, layer 0, month 1", "a finite number"}},
    {.name = "values: warmer than soil",
     {"data 270", "data 351"},
     {"'temperature': site 0", "351 K"}},
    {.name = "values: a share of 150 %",
     {"data 30 50 70", "data 30 150 70"},
     {"'sand': site 1", "150 %"}},
    {.name = "values: a share of -1 %",
     {"data 30 50 70", "data 30 -1 70"},
     {"'sand': site 1", "-1 %"}},
    {.name = "values: a latitude of 900",
     {"data 10 -20 60", "data 10 900 60"},
     {"'latitude': site 1 is 900", "-90 to 90"}},
    {.name = "values: a longitude of 1000",
     {"data 30 -40 100", "data 30 1000 100"},
     {"'longitude': site 1 is 1000"}},
    {.name = "values: longitudes from 0 to 360", {"data 30 -40 100", "data 30 320 100"}, {NULL}},
    {.name = "order: places unsorted",
     {"data 10 -20 60", "data 60 -20 10"},
     {NULL},
     "other places"},
    {.name = "order: a place twice",
     {"data 10 -20 60", "data 10 10 60", "data 30 -40 100", "data 30 30 100"},
     {NULL},
     "other places"},
    {.name = "values: an area below 0",
     {"data 1e10 2e10", "data -1e10 2e10"},
     {"'land_area': site 0"}},
    {.name = "values: areas in km2 declared",
     {"text units m2\ndata 1e10 2e10 3e10", "text units km2\ndata 1e4 2e4 3e4"},
     {NULL}},
};

#define DRIVER(name_, unit_, dims_, optional_)                                                     \
  {                                                                                                \
    .name = (name_), .unit = (unit_), .doc = "", .dims = (dims_), .optional = (optional_)          \
  }
/* A structure of one layer takes means over its depth. */
static const struct lie slab_lies[] = {
    {.name = "layers: cm declared",
     {"text units m\ndata 0.1 0.2\n", "text units cm\ndata 10 20\n"},
     {NULL}},
    {.name = "layers: cm under the unit m",
     {"data 0.1 0.2\n", "data 10 200\n"},
     {"'dz': layer 1", "ends at 210 m", "are these cm under the unit m?"}},
    {.name = "layers: without a thickness",
     {"data 0.1 0.2\n", "data 0.1 nan\n"},
     {"'dz': layer 1"}},
    {.name = "layers: of thickness 0", {"data 0.1 0.2\n", "data 0 0.2\n"}, {"'dz': layer 0"}},
    {.name = "layers: thinner than nothing",
     {"data 0.1 0.2\n", "data 0.1 -0.2\n"},
     {"'dz': layer 1"}},
    {.name = "layers: not told",
     {"var double dz layer", "var double thickness layer"},
     {"'layer' has no place"}},
    {.name = "dimensions: thicknesses of sites",
     {"var double dz layer", "var double dz month"},
     {"'dz'"}},
};

static __attribute__((unused)) int read_slab(const char *path, struct image *image,
                                             struct proda_error *error)
{
  static const double depth = 0.3;
  static const struct proda_driver driver[] = {
      DRIVER("temperature", "K", PRODA_DIM_MONTH, false),
  };
  static const struct proda_manifest manifest = {
      .kind = PRODA_MODEL,
      .name = "slab",
      .grid = {.n_layers = 1, .dz = &depth, .node = &depth, .interface = &depth},
      .n_drivers = 1,
      .driver = driver,
  };
  return image_forcing(path, &manifest, image, error);
}

static __attribute__((unused)) int read_forcing(const char *path, struct image *image,
                                                struct proda_error *error)
{
  static const double dz[] = {0.1, 0.2}, node[] = {0.05, 0.2};
  static const struct proda_driver driver[] = {
      DRIVER("temperature", "K", PRODA_DIM_LAYER | PRODA_DIM_MONTH, false),
      DRIVER("input", "gC m-2 yr-1", PRODA_DIM_MONTH, false),
      DRIVER("sand", "%", PRODA_DIM_LAYER, true),
  };
  static const struct proda_manifest manifest = {
      .kind = PRODA_MODEL,
      .name = "small",
      .grid = {.n_layers = 2, .dz = dz, .node = node},
      .n_drivers = 3,
      .driver = driver,
  };
  return image_forcing(path, &manifest, image, error);
}

#endif
