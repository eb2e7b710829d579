/** @file lies_profiles.h
 * Profiles.
 */
#ifndef PRODA_TESTS_LIES_PROFILES_H
#define PRODA_TESTS_LIES_PROFILES_H

#include "pipeline/lies.h"

static const char profiles[] = "format netcdf4\n"
                               "dim profile 2\n"
                               "dim obs 12\n"
                               "var int profile_id profile\n"
                               "text units 1\n"
                               "text cf_role profile_id\n"
                               "data 7 9\n"
                               "var double latitude profile\n"
                               "text units degrees_north\n"
                               "data 10 -20\n"
                               "var double longitude profile\n"
                               "text units degrees_east\n"
                               "data 30 -40\n"
                               "var int row_size profile\n"
                               "text sample_dimension obs\n"
                               "data 6 6\n"
                               "var double layer_top obs\n"
                               "text units m\n"
                               "data 0 0.1 0.2 0.3 0.5 1 0 0.05 0.1 0.2 0.4 0.8\n"
                               "var double layer_bottom obs\n"
                               "text units m\n"
                               "data 0.1 0.2 0.3 0.5 1 1.5 0.05 0.1 0.2 0.4 0.8 1.2\n"
                               "var double organic_carbon obs\n"
                               "text units g kg-1\n"
                               "data 30 20 10 8 6 4 25 15 12 9 5 2\n"
                               "var double bulk_density obs\n"
                               "text units kg dm-3\n"
                               "data 1.1 1.2 1.3 1.4 1.5 1.6 1 1.1 1.2 1.3 1.4 1.5\n"
                               "var double coarse_fragments obs\n"
                               "text units %\n"
                               "data 1 10 5 20 4 15 2 6 8 25 10 5\n";

/* Depths where a row of states is given stand by depth, those without a top last. */
#define TOPS "text units m\ndata 0 0.1 0.2 0.3 0.5 1 0 0.05 0.1 0.2 0.4 0.8\n"
#define BOTTOMS "text units m\ndata 0.1 0.2 0.3 0.5 1 1.5 0.05 0.1 0.2 0.4 0.8 1.2\n"
#define CARBON "text units g kg-1\ndata 30 20 10 8 6 4 25 15 12 9 5 2\n"
#define DENSITY "text units kg dm-3\ndata 1.1 1.2 1.3 1.4 1.5 1.6 1 1.1 1.2 1.3 1.4 1.5\n"
#define COARSE "text units %\ndata 1 10 5 20 4 15 2 6 8 25 10 5\n"

static const struct lie profile_lies[] = {
    {.name = "dimensions: of layers where profiles are asked",
     {"var double latitude profile", "var double latitude obs"},
     {"'latitude'", "'profile'"}},
    {.name = "dimensions: two where one is asked",
     {"var double layer_top obs", "var double layer_top profile obs"},
     {"'layer_top'", "'obs'"}},
    {.name = "dimensions: another name", {"dim obs 12\n", "dim layers 12\n"}, {"dimension 'obs'"}},
    {.name = "dimensions: no profiles",
     {"dim profile 2\n", "dim profile unlimited\n"},
     {"has 0 profiles"}},
    {.name = "dimensions: lengths that do not fit",
     {"data 6 6\n", "data 6 5\n"},
     {"sums to 11", "12 layers"}},
    {.name = "dimensions: more layers than there are",
     {"data 6 6\n", "data 6 7\n"},
     {"'row_size'", "profile 1 has 7 layers"}},
    {.name = "dimensions: fewer than no layers",
     {"data 6 6\n", "data 13 -1\n"},
     {"'row_size'", "profile 0"}},
    {.name = "dimensions: half a layer",
     {"var int row_size profile\ntext sample_dimension obs\ndata 6 6\n",
      "var double row_size profile\ntext sample_dimension obs\ndata 5.5 6.5\n"},
     {"has 5.5 layers"}},
    {.name = "units: none",
     {"text units m\n", ""},
     {"'layer_top'", "has no units, 'm' was expected"}},
    {.name = "units: of another kind",
     {"text units m\n", "text units K\n"},
     {"'layer_top'", "units", "'K'"}},
    {.name = "units: no units at all",
     {"text units m\n", "text units deep\n"},
     {"'deep' is not a unit"}},
    {.name = "units: cm declared",
     {BOTTOMS, "text units cm\ndata 10 20 30 50 100 150 5 10 20 40 80 120\n"},
     {NULL}},
    {.name = "units: cm under the unit m",
     {BOTTOMS, "text units m\ndata 10 20 30 50 100 150 5 10 20 40 80 120\n"},
     {"'layer_bottom'", "are these cm under the unit m?"}},
    {.name = "units: m under the unit cm",
     {BOTTOMS, "text units cm\ndata 0.1 0.2 0.3 0.5 1 1.5 0.05 0.1 0.2 0.4 0.8 1.2\n"},
     {"'layer_bottom'", "are these m under the unit cm?"}},
    {.name = "units: % of carbon declared",
     {CARBON, "text units %\ndata 3 2 1 0.8 0.6 0.4 2.5 1.5 1.2 0.9 0.5 0.2\n"},
     {NULL}},
    {.name = "units: fractions of carbon under g kg-1",
     {CARBON, "text units g kg-1\ndata .03 .02 .01 .008 .006 .004 .025 .015 .012 .009 .005 .002\n"},
     {"'organic_carbon'", "are these fractions"}},
    {.name = "units: kg m-3 declared",
     {DENSITY,
      "text units kg m-3\ndata 1100 1200 1300 1400 1500 1600 1000 1100 1200 1300 1400 1500\n"},
     {NULL}},
    {.name = "units: kg m-3 under the unit kg dm-3",
     {DENSITY,
      "text units kg dm-3\ndata 1100 1200 1300 1400 1500 1600 1000 1100 1200 1300 1400 1500\n"},
     {"'bulk_density'", "are these kg m-3"}},
    {.name = "units: fractions declared",
     {COARSE, "text units 1\ndata .01 .1 .05 .2 .04 .15 .02 .06 .08 .25 .1 .05\n"},
     {NULL}},
    {.name = "units: fractions under the unit %",
     {COARSE, "text units %\ndata .01 .1 .05 .2 .04 .15 .02 .06 .08 .25 .1 .05\n"},
     {"'coarse_fragments'", "are these fractions"}},
    {.name = "types: characters",
     {"var double organic_carbon obs", "var char organic_carbon obs"},
     {"'organic_carbon'", "holds no numbers"}},
    {.name = "types: strings",
     {"var double organic_carbon obs", "var string organic_carbon obs"},
     {"'organic_carbon'", "holds no numbers"}},
    {.name = "types: user-defined",
     {"var double organic_carbon obs", "var opaque organic_carbon obs"},
     {"'organic_carbon'", "holds no numbers"}},
    {.name = "types: 64-bit integers", {"var int profile_id", "var int64 profile_id"}, {NULL}},
    {.name = "types: unsigned", {"var int profile_id", "var ubyte profile_id"}, {NULL}},
    {.name = "types: unsigned 64-bit integers",
     {"var int row_size", "var uint64 row_size"},
     {NULL}},
    {.name = "types: 64-bit integers beyond a double",
     {"var int profile_id profile\ntext units 1\ntext cf_role profile_id\ndata 7 9\n",
      "var int64 profile_id profile\ntext units 1\ntext cf_role profile_id\n"
      "data 7 9007199254740996\n"},
     {"'profile_id'", "2^53"}},
    {.name = "types: `_Unsigned` of formats without",
     {"var double coarse_fragments obs\n" COARSE,
      "var byte coarse_fragments obs\ntext units %\ntext _Unsigned true\n"
      "number scale_factor double 0.1\ndata 10 100 50 -56 40 -106 20 60 80 -6 100 50\n"},
     {NULL}},
    {.name = "missing: a variable",
     {"var double layer_bottom", "var double layer_botom"},
     {"has no variable 'layer_bottom'", "did you mean 'layer_botom'?"}},
    {.name = "missing: carbon in any form",
     {"var double organic_carbon", "var double carbon"},
     {"has no variable 'organic_carbon'"}},
    {.name = "missing: NaN", {"data 30 20", "data nan 20"}, {NULL}, "nuuuuuuuuuuu"},
    {.name = "missing: _FillValue",
     {CARBON,
      "text units g kg-1\nnumber _FillValue double -9999\ndata 30 -9999 10 8 6 4 25 15 12 9 5 2\n"},
     {NULL},
     "unuuuuuuuuuu"},
    {.name = "missing: missing_value, two of them",
     {CARBON, "text units g kg-1\nnumber missing_value double -9999 -1\n"
              "data 30 -9999 -1 8 6 4 25 15 12 9 5 2\n"},
     {NULL},
     "unnuuuuuuuuu"},
    {.name = "missing: never written",
     {"data 30 20", "data 30 9.969209968386869e36"},
     {NULL},
     "unuuuuuuuuuu"},
    {.name = "missing: outside valid_range",
     {CARBON,
      "text units g kg-1\nnumber valid_range double 3 28\ndata 30 20 10 8 6 4 25 15 12 9 5 2\n"},
     {NULL},
     "nuuuuuuuuuun"},
    {.name = "missing: above valid_max",
     {CARBON,
      "text units g kg-1\nnumber valid_max double 28\ndata 30 20 10 8 6 4 25 15 12 9 5 2\n"},
     {NULL},
     "nuuuuuuuuuuu"},
    {.name = "missing: a valid range without values",
     {CARBON,
      "text units g kg-1\nnumber valid_range double 28 3\ndata 30 20 10 8 6 4 25 15 12 9 5 2\n"},
     {"'organic_carbon'", "no value can be"}},
    {.name = "missing: -9999 that nothing declares, in one layer",
     {"data 30 20", "data -9999 20"},
     {NULL},
     "cuuuuuuuuuuu"},
    {.name = "missing: -9999 that nothing declares, in most",
     {"data 30 20 10 8 6 4 25", "data -9999 -9999 -9999 -9999 -9999 -9999 -9999"},
     {"'organic_carbon'", "7 of 12", "_FillValue"}},
    {.name = "missing: a latitude",
     {"data 10 -20\n", "data 91 -20\n"},
     {"'latitude'", "profile 0 has 91"}},
    {.name = "packed: scale_factor and add_offset",
     {"var double organic_carbon obs\n" CARBON,
      "var short organic_carbon obs\ntext units g kg-1\nnumber scale_factor double 0.5\n"
      "number add_offset double 2\ndata 56 36 16 12 8 4 46 26 20 14 6 0\n"},
     {NULL}},
    {.name = "packed: a fill value, as packed",
     {"var double organic_carbon obs\n" CARBON,
      "var short organic_carbon obs\ntext units g kg-1\nnumber scale_factor double 0.5\n"
      "number add_offset double 2\nnumber _FillValue short -1\n"
      "data 56 -1 16 12 8 4 46 26 20 14 6 0\n"},
     {NULL},
     "unuuuuuuuuuu"},
    {.name = "packed: a valid range, as packed",
     {"var double organic_carbon obs\n" CARBON,
      "var short organic_carbon obs\ntext units g kg-1\nnumber scale_factor double 0.5\n"
      "number add_offset double 2\nnumber valid_range short 0 50\n"
      "data 56 36 16 12 8 4 46 26 20 14 6 0\n"},
     {NULL},
     "nuuuuuuuuuuu"},
    {.name = "packed: a valid range, unpacked",
     {"var double organic_carbon obs\n" CARBON,
      "var short organic_carbon obs\ntext units g kg-1\nnumber scale_factor double 0.5\n"
      "number add_offset double 2\nnumber valid_range double 0 29\n"
      "data 56 36 16 12 8 4 46 26 20 14 6 0\n"},
     {NULL},
     "nuuuuuuuuuuu"},
    {.name = "packed: by nothing",
     {CARBON,
      "text units g kg-1\nnumber scale_factor double 0\ndata 30 20 10 8 6 4 25 15 12 9 5 2\n"},
     {"'organic_carbon'", "scale_factor 0"}},
    {.name = "packed: by a text",
     {CARBON, "text units g kg-1\ntext scale_factor 0.1\ndata 30 20 10 8 6 4 25 15 12 9 5 2\n"},
     {"'organic_carbon'", "'scale_factor'", "numbers were expected"}},
    {.name = "values: infinite carbon", {"data 30 20", "data inf 20"}, {NULL}, "cuuuuuuuuuuu"},
    {.name = "values: infinite depth",
     {"data 0.1 0.2 0.3 0.5 1 1.5", "data 0.1 0.2 0.3 0.5 1 inf"},
     {NULL},
     "uuuuuwuuuuuu"},
    {.name = "values: infinite latitude",
     {"data 10 -20\n", "data 10 -inf\n"},
     {"'latitude'", "profile 1"}},
    {.name = "values: more carbon than soil",
     {"data 30 20", "data 1200 20"},
     {NULL},
     "cuuuuuuuuuuu"},
    {.name = "values: no carbon", {"data 30 20", "data 0 20"}, {NULL}, "zuuuuuuuuuuu"},
    {.name = "values: more fragments than soil",
     {"data 1 10 5", "data 101 10 5"},
     {NULL},
     "fuuuuuuuuuuu"},
    {.name = "values: a latitude of 900",
     {"data 10 -20\n", "data 10 900\n"},
     {"'latitude'", "profile 1 has 900", "-90 to 90 was expected"}},
    {.name = "values: a longitude of 400",
     {"data 30 -40\n", "data 400 -40\n"},
     {"'longitude'", "profile 0 has 400", "-180 to 360 was expected"}},
    {.name = "values: a longitude of -200",
     {"data 30 -40\n", "data -200 -40\n"},
     {"profile 0 has -200"}},
    {.name = "values: longitudes from 0 to 360", {"data 30 -40\n", "data 30 320\n"}, {NULL}},
    {.name = "values: the same profile twice",
     {"data 7 9\n", "data 7 7\n"},
     {"'profile_id'", "7 occurs more than once"}},
    {.name = "values: an id of -7",
     {"data 7 9\n", "data -7 9\n"},
     {"'profile_id'", "profile 0 has -7"}},
    {.name = "depths: negative in one layer",
     {"data 0 0.1 0.2 0.3", "data -0.05 0.1 0.2 0.3"},
     {NULL},
     "wuuuuuuuuuuu"},
    {.name = "depths: heights",
     {TOPS, "text units m\ndata -0.01 -0.1 -0.2 -0.3 -0.5 -1 -0.01 -0.05 -0.1 -0.2 -0.4 -0.8\n"},
     {"'layer_top'", "are these heights"}},
    {.name = "depths: a bottom above its top",
     {"data 0.1 0.2 0.3 0.5 1 1.5", "data 0.1 0.2 0.3 0.25 1 1.5"},
     {NULL},
     "uuuwuuuuuuuu"},
    {.name = "depths: bottoms and tops exchanged",
     {"var double layer_top obs\n" TOPS "var double layer_bottom obs\n",
      "var double layer_bottom obs\n" TOPS "var double layer_top obs\n"},
     {"'layer_bottom'", "exchanged?"}},
    {.name = "depths: a layer without thickness",
     {"data 0.1 0.2 0.3 0.5", "data 0.1 0.2 0.3 0.3"},
     {NULL},
     "uuuwuuuuuuuu"},
    {.name = "key: too few",
     {"var double latitude", "var string key obs\nvar double latitude"},
     {"'key'", "12 keys for 2 profiles"}},
    {.name = "depths: the layers of a profile unsorted",
     {"data 0 0.1 0.2", "data 0.1 0 0.2", "data 0.1 0.2 0.3", "data 0.2 0.1 0.3", "data 30 20",
      "data 20 30", "data 1.1 1.2", "data 1.2 1.1", "data 1 10", "data 10 1"},
     {NULL}},
    {.name = "depths: a layer twice",
     {"data 0 0.1 0.2", "data 0 0 0.2", "data 0.1 0.2", "data 0.1 0.1"},
     {NULL},
     "uduuuuuuuuuu"},
    {.name = "depths: layers that overlap",
     {"data 0.1 0.2 0.3", "data 0.15 0.2 0.3"},
     {NULL},
     "uouuuuuuuuuu"},
    {.name = "depths: none in one layer, which stands last",
     {"data 0 0.1 0.2", "data nan 0.1 0.2"},
     {NULL},
     "uuuuuwuuuuuu"},
};

static __attribute__((unused)) int read_profiles(const char *path, struct image *image,
                                                 struct proda_error *error)
{
  return image_profiles(path, image, error);
}

#endif
