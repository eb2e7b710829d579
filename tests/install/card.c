/* Millennial's golden card as files for the installed program, and what it makes of them held
 * against the card: card FORCING.nc PARAMETERS.nc    writes both, a site a case card STATES.nc
 * compares what `proda simulate millennial` wrote, variant MM, to 1e-8 Structure and names of pools
 * and parameters are those of doc/new-structure.md, which are the card's. */
#include "testing.h"

#include "store/ncfile.h"

enum { CASES = 24, POOLS = 5 };
static const char golden[] = "data/millennial2.nc";
static struct proda_error error;

static const struct {
  const char *name, *variable, *unit;
} driver[] = {
    {"temperature", "site_temp", "degC"},
    {"water", "site_theta", "m3 m-3"},
    {"porosity", "site_porosity", "m3 m-3"},
    {"npp", "site_npp", "gC m-2 yr-1"},
    {"ph", "site_ph", "1"},
    {"bulk_density", "site_bulk_density", "kg m-3"},
    {"clay", "site_clay", "%"},
    {"silt", "site_silt", "%"},
};
enum { DRIVERS = sizeof driver / sizeof *driver };

static void write_forcing(struct proda_nc *card, const char *path)
{
  struct proda_nc *out = NULL;
  assert_ok(proda_nc_create(path, &out, &error), error);
  assert_ok(proda_nc_def_dim(out, "site", CASES, &error), error);
  for (size_t d = 0; d < DRIVERS; d++) {
    double *value = NULL;
    assert_ok(proda_nc_read(card, driver[d].variable, CASES, &value, &error), error);
    assert_ok(proda_nc_def(out, driver[d].name, PRODA_NC_DOUBLE, "site", driver[d].unit,
                           driver[d].name, &error),
              error);
    assert_ok(proda_nc_write(out, driver[d].name, value, &error), error);
    free(value);
  }
  assert_ok(proda_nc_commit(out, &error), error);
}

/** All but the reference temperature, which is fixed. */
static void write_parameters(struct proda_nc *card, const char *path)
{
  struct proda_nc *out = NULL;
  char **name = NULL;
  double *par = NULL;
  size_t n = 0, kept = 0;
  assert_ok(proda_nc_read_strings(card, "par_name", &n, &name, &error), error);
  assert_ok(proda_nc_read(card, "par_value", 0, &par, &error), error);
  const char *known[n];
  double value[CASES * n];
  for (size_t p = 0; p < n; p++)
    if (strcmp(name[p], "tae_ref") != 0)
      known[kept++] = name[p];
  for (size_t i = 0; i < CASES; i++)
    for (size_t p = 0, k = 0; p < n; p++)
      if (strcmp(name[p], "tae_ref") != 0)
        value[i * kept + k++] = par[i * n + p];
  assert_ok(proda_nc_create(path, &out, &error), error);
  assert_ok(proda_nc_def_dim(out, "site", CASES, &error), error);
  assert_ok(proda_nc_def_dim(out, "set", 1, &error), error);
  assert_ok(proda_nc_def_dim(out, "parameter", kept, &error), error);
  assert_ok(proda_nc_def(out, "parameter_name", PRODA_NC_STRING, "parameter", NULL, "name", &error),
            error);
  assert_ok(
      proda_nc_def(out, "value", PRODA_NC_DOUBLE, "site set parameter", NULL, "value", &error),
      error);
  assert_ok(proda_nc_write_strings(out, "parameter_name", known, &error), error);
  assert_ok(proda_nc_write(out, "value", value, &error), error);
  assert_ok(proda_nc_commit(out, &error), error);
  free(par);
  free(name);
}

static void compare(struct proda_nc *card, const char *path)
{
  struct proda_nc *states = NULL;
  double *actual = NULL, *expected = NULL;
  assert_ok(proda_nc_open(path, &states, &error), error);
  assert_ok(proda_nc_read(states, "pools", CASES * POOLS, &actual, &error), error);
  assert_ok(proda_nc_read(card, "ss_pools", 0, &expected, &error), error);
  for (size_t i = 0; i < CASES * POOLS; i++)
    assert_close(actual[i], expected[i], 1e-8, 0);
  free(actual);
  free(expected);
  proda_nc_close(states);
}

static char **arguments;

static void run(void **state)
{
  struct proda_nc *card = NULL;
  (void)state;
  assert_ok(proda_nc_open(testing_path(golden), &card, &error), error);
  if (arguments[2]) {
    write_forcing(card, arguments[1]);
    write_parameters(card, arguments[2]);
  } else {
    compare(card, arguments[1]);
  }
  proda_nc_close(card);
}

int main(int argc, char **argv)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(run)};
  arguments = argv;
  if (argc < 2)
    return 2;
  return cmocka_run_group_tests_name("card", tests, NULL, NULL);
}
