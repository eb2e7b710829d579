/** @file lies_grid.h
 * Covariates on the grid, beside profiles.
 */
#ifndef PRODA_TESTS_LIES_GRID_H
#define PRODA_TESTS_LIES_GRID_H

#include "pipeline/lies.h"
#include "store/seal.h"

static const char grid[] = "format netcdf4\n"
                           "dim site 4\n"
                           "dim layer 2\n"
                           "var double latitude site\n"
                           "text units degrees_north\n"
                           "data 10 -20 60 0\n"
                           "var double longitude site\n"
                           "text units degrees_east\n"
                           "data 30 -40 100 0\n"
                           "var double warmth site\n"
                           "text units degC\n"
                           "data 3 14 22 30\n"
                           "var double rain site\n"
                           "text units mm\n"
                           "data 200 1000 1500 600\n"
                           "var int biome site\n"
                           "text units 1\n"
                           "data 1 2 3 4\n";
static const char with_covariates[] = "format netcdf4\n"
                                      "dim profile 3\n"
                                      "var double latitude profile\n"
                                      "text units degrees_north\n"
                                      "data 11 -21 59\n"
                                      "var double longitude profile\n"
                                      "text units degrees_east\n"
                                      "data 31 -41 99\n"
                                      "var double warmth profile\n"
                                      "text units degC\n"
                                      "data 5 15 25\n"
                                      "var double rain profile\n"
                                      "text units mm\n"
                                      "data 100 900 1100\n"
                                      "var int biome profile\n"
                                      "text units 1\n"
                                      "number categorical int 1\n"
                                      "data 1 2 3\n";

static const struct lie grid_lies[] = {
    {.name = "units: K declared",
     {"text units degC\ndata 3 14 22 30", "text units K\ndata 276.15 287.15 295.15 303.15"},
     {NULL}},
    {.name = "units: K where degC is declared",
     {"data 3 14 22 30", "data 276.15 287.15 295.15 303.15"},
     {"'warmth'", "5 to 25 at the profiles and 276.15 to 303.15 on the grid", "another unit"}},
    {.name = "units: m where mm is declared",
     {"data 200 1000 1500 600", "data 200000 1e6 1500000 600000"},
     {"'rain'", "another unit"}},
    {.name = "units: none on the grid", {"text units degC\n", ""}, {"'warmth'", "has no units"}},
    {.name = "units: of another kind",
     {"text units degC\n", "text units m\n"},
     {"'warmth'", "units"}},
    {.name = "values: half a class",
     {"var int biome", "var double biome", "data 1 2 3 4", "data 1 2.5 3 4"},
     {"'biome': row 1 (from 0) is 2.5", "whole number of a class"}},
    {.name = "values: infinite",
     {"data 200 1000", "data 200 inf"},
     {"'rain': row 1", "finite number"}},
    {.name = "values: longitudes from 0 to 360",
     {"data 30 -40 100 0", "data 30 320 100 0"},
     {NULL}},
    {.name = "missing: NaN", {"data 3 14", "data nan 14"}, {NULL}, "missing"},
    {.name = "missing: a covariate, which then is none",
     {"var double warmth", "var double warmness"},
     {NULL},
     "fewer"},
    {.name = "dimensions: of layers, which is none",
     {"var double warmth site", "var double warmth layer"},
     {NULL},
     "fewer"},
    {.name = "types: characters, which are none",
     {"var double warmth", "var char warmth"},
     {NULL},
     "fewer"},
};

static __attribute__((unused)) int read_covariates(const char *path, struct image *image,
                                                   struct proda_error *error)
{
  static char beside[4096];
  char copy[4096];
  snprintf(copy, sizeof copy, "%s", path);
  if (!*beside) {
    snprintf(beside, sizeof beside, "%s", lies_cook("beside.nc", with_covariates));
    assert_int_equal(proda_seal_put(beside), 0); /* not what is tested: no process for it */
  }
  return image_environment(beside, copy, image, error);
}

#endif
