/** @file lies_simulate.h
 * What `proda simulate` reads beside its forcing: sets of parameters, and the store that a course
 * goes on from. The structure is the tiny one of the fuzz targets, of two sites here.
 */
#ifndef PRODA_TESTS_LIES_SIMULATE_H
#define PRODA_TESTS_LIES_SIMULATE_H

#include "fuzz/tiny.h"
#include "pipeline/lies.h"
#include "pipeline/simulate.h"
#include "pipeline/start.h"
#include "pipeline/subject.h"

static const char parameters[] = "format netcdf4\n"
                                 "dim site 2\n"
                                 "dim set 3\n"
                                 "dim parameter 2\n"
                                 "var string parameter_name parameter\n"
                                 "data l u\n"
                                 "var double value site set parameter\n"
                                 "data 1.5 2.5 2 2.2 1.2 2.9 1.1 1.9 2.3 2.4 2.5 2.6\n";

static const struct lie parameter_lies[] = {
    {.name = "dimensions: sets and parameters exchanged",
     {"var double value site set parameter", "var double value site parameter set"},
     {"value must have the dimensions (site = 2, set, parameter = 2)"}},
    {.name = "dimensions: another number of sites", {"dim site 2", "dim site 3"}, {"site = 2"}},
    {.name = "dimensions: no sets", {"dim set 3", "dim set unlimited"}, {"dimensions"}},
    {.name = "missing: a parameter", {"data l u", "data l v"}, {"no parameter \"v\""}},
    {.name = "missing: the names", {"parameter_name", "parameter_names"}, {"'parameter_name'"}},
    {.name = "missing: a number",
     {"data 1.5 2.5", "data nan 2.5"},
     {"value of l at site 0, set 0"}},
    {.name = "missing: a number, by _FillValue",
     {"data 1.5 2.5", "number _FillValue double -1\ndata 1.5 -1"},
     {"value of u at site 0, set 0"}},
    {.name = "order: the same parameter twice", {"data l u", "data l l"}, {"stands there twice"}},
    {.name = "types: characters", {"var double value", "var char value"}, {"holds no numbers"}},
    {.name = "types: names of numbers",
     {"var string parameter_name", "var int parameter_name"},
     {"'parameter_name'", "holds no text"}},
    {.name = "values: infinite",
     {"2 2.2 1.2", "2 inf 1.2"},
     {"value of u at site 0, set 1 is inf"}},
};

static __attribute__((unused)) int read_parameters(const char *path, struct image *image,
                                                   struct proda_error *error)
{
  struct proda_subject subject = {.manifest = tiny_model(), .n_sites = 2};
  int status = proda_subject_read_parameters(&subject, path, error);
  if (status == PRODA_OK)
    image_add(image, subject.parameter, 2 * subject.n_sets * 2);
  free(subject.parameter);
  return status;
}

static const char earlier[] = "format netcdf4\n"
                              "dim site 2\n"
                              "dim set 1\n"
                              "dim time 2\n"
                              "dim pool 1\n"
                              "dim layer 2\n"
                              "var string pool_name pool\n"
                              "data p\n"
                              "var double z_node layer\n"
                              "text units m\n"
                              "data 0.05 0.2\n"
                              "var double dz layer\n"
                              "text units m\n"
                              "data 0.1 0.2\n"
                              "var double latitude site\n"
                              "text units degrees_north\n"
                              "data 10 20\n"
                              "var double time time\n"
                              "text units days since 0001-01-01\n"
                              "data 365 730\n"
                              "var double pools site set time pool layer\n"
                              "text units gC m-3\n"
                              "data 100 200 300 400 500 600 700 800\n"
                              "var double co2_sum site set time\n"
                              "text units gC m-2\n"
                              "data 1 2 3 4\n";

static const struct lie start_lies[] = {
    {.name = "dimensions: layers and pools exchanged",
     {"set time pool layer", "set time layer pool"},
     {"'pools'", "(site, set, time, pool, layer)"}},
    {.name = "dimensions: no times", {"dim time 2", "dim time unlimited"}, {"none of them empty"}},
    {.name = "dimensions: other sites", {"dim site 2", "dim site 3"}, {"has 3 sites"}},
    {.name = "dimensions: other layers", {"dim layer 2", "dim layer 3"}, {"has 3 layers"}},
    {.name = "dimensions: other sets", {"dim set 1", "dim set 4"}, {"4 sets"}},
    {.name = "units: kg m-3 declared",
     {"gC m-3\ndata 100 200 300 400 500 600 700 800", "kgC m-3\ndata .1 .2 .3 .4 .5 .6 .7 .8"},
     {NULL}},
    {.name = "units: none", {"text units gC m-3\n", ""}, {"'pools'", "has no units"}},
    {.name = "units: of another kind",
     {"text units gC m-3\n", "text units K\n"},
     {"'pools'", "units"}},
    {.name = "missing: a pool", {"data p\n", "data q\n"}, {"has no pool \"p\""}},
    {.name = "missing: pools",
     {"var double pools", "var double pool_s"},
     {"'pools'", "did you mean"}},
    {.name = "missing: a state, which costs its run",
     {"data 100 200 300 400", "data 100 200 300 nan"},
     {NULL},
     "no start"},
    {.name = "missing: a sum, which costs its run",
     {"data 1 2 3 4", "data 1 nan 3 4"},
     {NULL},
     "no start"},
    {.name = "types: characters", {"var double pools", "var char pools"}, {"holds no numbers"}},
    {.name = "values: a state below 0, which costs its run",
     {"data 100 200 300 400", "data 100 200 -300 400"},
     {NULL},
     "no start"},
    {.name = "values: another place", {"data 10 20\n", "data 10 21\n"}, {"latitude[1] is 21"}},
    {.name = "values: another grid", {"data 0.1 0.2\n", "data 0.1 0.3\n"}, {"dz[1] is 0.3"}},
    {.name = "values: a time before the start", {"data 365 730", "data 365 -1"}, {"time[1] is -1"}},
};

static const char of_two_sites[] = "dim site 2\n"
                                   "var double npp site\n"
                                   "text units gC m-3 yr-1\n"
                                   "data 10 20\n"
                                   "var double latitude site\n"
                                   "text units degrees_north\n"
                                   "data 10 20\n";

static __attribute__((unused)) int read_start(const char *path, struct image *image,
                                              struct proda_error *error)
{
  static const char *const sums[] = {"co2_sum"};
  char copy[4096];
  snprintf(copy, sizeof copy, "%s", path);
  const struct proda_simulation simulation = {.from = copy};
  struct proda_subject subject = {.simulation = &simulation, .manifest = tiny_model(), .n_sets = 3};
  struct proda_start start = {0};
  static struct proda_forcing_file *of_two;
  if (!of_two)
    assert_ok(
        proda_forcing_open(lies_cook("two.nc", of_two_sites), subject.manifest, &of_two, error),
        *error);
  subject.forcing = of_two;
  subject.n_sites = proda_forcing_n_sites(subject.forcing);
  int status = proda_start_make(&subject, 1, sums, &start, error);
  if (status == PRODA_OK) {
    image_add(image, start.pools, 6 * 2);
    image_add(image, start.status, 6);
    image_add(image, start.sum, 6);
    image_number(image, start.month);
  }
  proda_start_free(&start);
  return status;
}

#endif
