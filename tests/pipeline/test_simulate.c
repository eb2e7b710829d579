/* `simulate` from files: which parameter files it refuses and why, and that a site without usable
 * forcing costs that site alone. The numbers of the states are tested with the structure. */
#include <netcdf.h>

#include "pipeline/simulate.h"
#include "pipeline/sites.h"
#include "scratch.h"
#include "stores.h"

enum { SITES = 16, SETS = 2, SPOILT = 5 };

static struct proda_error error;
static struct proda_search_path *search_path;
static struct proda_loaded *model;
static size_t n_parameters;
static struct proda_simulated simulated;

static int set_up(void **state)
{
  if (scratch_setup(state) != 0)
    return -1;
  assert_ok(proda_search_path_make(NULL, &search_path, &error), error);
  assert_ok(proda_load(search_path, "clm5", PRODA_MODEL, &model, &error), error);
  n_parameters = model->manifest->n_parameters;
  return 0;
}

static int tear_down(void **state)
{
  proda_loaded_free(model);
  proda_search_path_free(search_path);
  return scratch_teardown(state);
}

static int simulate(const char *forcing, const char *parameters, const char *out)
{
  const struct proda_simulation simulation = {
      .search_path = search_path,
      .model = "clm5",
      .forcing = forcing,
      .parameters = parameters,
      .out = out,
      .command = "proda test",
  };
  return proda_simulate(&simulation, &simulated, &error);
}

/* ---- parameter files ---- */

/* The content of a file of parameters, in the manifest's order, in the middle of the priors. */
struct given {
  const char *name[64];
  double value[SITES * SETS * 64];
  size_t n_names, n_values, n_sites;
};

static struct given middle(void)
{
  static struct given given;
  given = (struct given){.n_names = n_parameters, .n_values = n_parameters, .n_sites = SITES};
  for (size_t p = 0; p < n_parameters; p++)
    given.name[p] = model->manifest->parameter[p].name;
  for (size_t i = 0; i < SITES * SETS * n_parameters; i++) {
    const struct proda_prior *prior = &model->manifest->parameter[i % n_parameters].prior;
    double share = i / n_parameters % SETS == 0 ? 0.5 : 0.4;
    given.value[i] = prior->lower + share * (prior->upper - prior->lower);
  }
  return given;
}

static void write_given(const struct given *given, const char *dims)
{
  const struct axis axis[] = {{"site", given->n_sites},
                              {"set", SETS},
                              {"name", given->n_names},
                              {"parameter", given->n_values}};
  const struct column column[] = {{"parameter_name", "name", NULL, given->name},
                                  {"value", dims, given->value, NULL}};
  STORE_WRITE(scratch_path("p.nc"), axis, column);
}

static void refused(const struct given *given, const char *dims, const char *expected)
{
  write_given(given, dims);
  assert_int_equal(
      simulate(testing_path("data/forcing.nc"), scratch_path("p.nc"), scratch_path("refused.nc")),
      PRODA_ERROR);
  if (!strstr(error.message, "p.nc: ") || !strstr(error.message, expected))
    fail_msg("\"%s\" lacks \"%s\"", error.message, expected);
  assert_int_equal(scratch_count("refused"), 0);
}

static void names_are_checked(void **state)
{
  (void)state;
  static const char dims[] = "site set parameter";
  struct given given = middle();
  given.name[3] = "q11";
  refused(&given, dims, "parameter_name[3]: clm5 has no parameter \"q11\"");
  given = middle();
  given.name[3] = "q10";
  refused(&given, dims, "\"q10\" stands there twice");
  given = middle();
  given.n_names = given.n_values = n_parameters - 1;
  char missing[100];
  snprintf(missing, sizeof missing, "parameter \"%s\" of clm5 is missing",
           model->manifest->parameter[n_parameters - 1].name);
  refused(&given, dims, missing);
  given = middle();
  given.n_names = given.n_values = n_parameters + 1;
  given.name[n_parameters] = "q10";
  refused(&given, dims, "stands there twice");
  given = middle();
  given.n_names = n_parameters - 1;
  refused(&given, dims, "parameter_name has 20 names, value has 21 parameters");
}

static void shapes_are_checked(void **state)
{
  (void)state;
  struct given given = middle();
  refused(&given, "parameter", "value must have the dimensions");
  given.n_sites = SITES - 1;
  refused(&given, "site set parameter", "value must have the dimensions (site = 16");
}

static void values_are_checked(void **state)
{
  (void)state;
  long q10 = proda_manifest_parameter(model->manifest, "q10");
  struct given given = middle();
  given.value[(2 * SETS + 1) * n_parameters + (size_t)q10] = NAN;
  refused(&given, "site set parameter", "value of q10 at site 2, set 1 is nan");
  given = middle();
  given.value[(size_t)q10] = INFINITY;
  refused(&given, "site set parameter", "value of q10 at site 0, set 0 is inf");
}

static void files_are_checked(void **state)
{
  (void)state;
  assert_int_equal(simulate(testing_path("data/forcing.nc"), scratch_path("none.nc"),
                            scratch_path("refused.nc")),
                   PRODA_ERROR);
  assert_non_null(strstr(error.message, "none.nc"));
  assert_int_equal(simulate(scratch_path("none.nc"), NULL, scratch_path("refused.nc")),
                   PRODA_ERROR);
  assert_non_null(strstr(error.message, "none.nc"));
  assert_int_equal(scratch_count("refused"), 0);
}

/* The same sets at all sites may be given once. */
static void sets_without_sites(void **state)
{
  (void)state;
  struct given given = middle();
  write_given(&given, "site set parameter");
  assert_ok(simulate(testing_path("data/forcing.nc"), scratch_path("p.nc"), scratch_path("a.nc")),
            error);
  assert_int_equal(simulated.n_sites, SITES);
  assert_int_equal(simulated.n_sets, SETS);
  write_given(&given, "set parameter");
  assert_ok(simulate(testing_path("data/forcing.nc"), scratch_path("p.nc"), scratch_path("b.nc")),
            error);
  size_t n, m;
  double *first = store_read(scratch_path("a.nc"), "pools", &n),
         *second = store_read(scratch_path("b.nc"), "pools", &m);
  assert_int_equal(n, SITES * SETS * model->manifest->n_pools * model->manifest->grid.n_layers);
  assert_int_equal(m, n);
  assert_memory_equal(first, second, n * sizeof *first);
  free(first);
  free(second);
}

/* NaN asks for what the site prescribes, in parameters that can be: that is the default run. */
static void nan_is_prescribed(void **state)
{
  (void)state;
  struct given given = middle();
  for (size_t i = 0; i < SITES * SETS * n_parameters; i++) {
    const struct proda_parameter *p = &model->manifest->parameter[i % n_parameters];
    given.value[i] = p->n_prescribed_by ? NAN : p->default_value;
  }
  write_given(&given, "set parameter");
  assert_ok(simulate(testing_path("data/forcing.nc"), scratch_path("p.nc"), scratch_path("a.nc")),
            error);
  assert_ok(simulate(testing_path("data/forcing.nc"), NULL, scratch_path("b.nc")), error);
  size_t n;
  double *asked = store_read(scratch_path("a.nc"), "soc_stock", NULL);
  double *defaults = store_read(scratch_path("b.nc"), "soc_stock", &n);
  assert_int_equal(n, SITES);
  for (size_t s = 0; s < SITES; s++)
    assert_close(asked[s * SETS], defaults[s], 0, 0);
  free(asked);
  free(defaults);
}

/* ---- sites ---- */

static void copy_file(const char *from, const char *to)
{
  FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
  assert_true(in && out);
  for (int c; (c = getc(in)) != EOF;)
    putc(c, out);
  fclose(in);
  assert_int_equal(fclose(out), 0);
}

/* The forcing with one value missing at one site. */
static void spoil(const char *path)
{
  int id, variable;
  const size_t at[] = {SPOILT, 3, 7};
  const double missing = NAN;
  copy_file(testing_path("data/forcing.nc"), path);
  assert_int_equal(nc_open(path, NC_WRITE, &id), NC_NOERR);
  assert_int_equal(nc_inq_varid(id, "soil_temperature", &variable), NC_NOERR);
  assert_int_equal(nc_put_var1_double(id, variable, at, &missing), NC_NOERR);
  assert_int_equal(nc_close(id), NC_NOERR);
}

static void unusable_site_costs_itself_alone(void **state)
{
  (void)state;
  spoil(scratch_path("f.nc"));
  assert_ok(simulate(scratch_path("f.nc"), NULL, scratch_path("spoilt.nc")), error);
  assert_int_equal(simulated.n_status[PRODA_SITE_UNUSABLE], 1);
  assert_ok(simulate(testing_path("data/forcing.nc"), NULL, scratch_path("whole.nc")), error);
  assert_int_equal(simulated.n_status[PRODA_SITE_UNUSABLE], 0);
  size_t n;
  double *spoilt = store_read(scratch_path("spoilt.nc"), "pools", &n);
  double *whole = store_read(scratch_path("whole.nc"), "pools", NULL);
  double *status = store_read(scratch_path("spoilt.nc"), "status", NULL);
  double *stock = store_read(scratch_path("spoilt.nc"), "soc_stock", NULL);
  for (size_t i = 0; i < n; i++) {
    bool here = i / (n / SITES) == SPOILT;
    assert_close(spoilt[i], here ? NAN : whole[i], 0, 0);
  }
  assert_close(status[SPOILT], PRODA_SITE_UNUSABLE, 0, 0);
  assert_close(stock[SPOILT], NAN, 0, 0);
  assert_true(isfinite(stock[SPOILT - 1]) && status[SPOILT - 1] < PRODA_SITE_UNUSABLE);
  free(spoilt);
  free(whole);
  free(status);
  free(stock);
}

/* What enters a site leaves it by name, or is still there. */
static void budget_in_the_store(void **state)
{
  (void)state;
  static const char *const name[] = {"carbon_input", "loss_CO2", "transport_imbalance",
                                     "stock_change"};
  double *value[4], *status;
  const char *path = scratch_path("budget.nc");
  struct proda_nc *store = NULL;
  assert_ok(simulate(testing_path("data/forcing.nc"), NULL, path), error);
  assert_ok(proda_nc_open(path, &store, &error), error);
  for (int k = 0; k < 4; k++) {
    char *unit = NULL;
    assert_true(proda_nc_text(store, name[k], "units", &unit));
    assert_string_equal(unit, "gC m-2 yr-1");
    free(unit);
    value[k] = store_read(path, name[k], NULL);
  }
  status = store_read(path, "status", NULL);
  for (size_t s = 0; s < SITES; s++) {
    double input = value[0][s];
    assert_in_range((int)status[s], PRODA_SOLVED, PRODA_SOLVE_NEAR_SINGULAR);
    assert_true(input > 0 && value[1][s] > 0);
    assert_close(value[1][s] + value[2][s] + value[3][s], input, 1e-12, 0);
    assert_close(value[3][s], 0, 0, 1e-10 * input);
  }
  for (int k = 0; k < 4; k++)
    free(value[k]);
  free(status);
  proda_nc_close(store);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_are_checked),
      cmocka_unit_test(shapes_are_checked),
      cmocka_unit_test(values_are_checked),
      cmocka_unit_test(files_are_checked),
      cmocka_unit_test(sets_without_sites),
      cmocka_unit_test(nan_is_prescribed),
      cmocka_unit_test(unusable_site_costs_itself_alone),
      cmocka_unit_test(budget_in_the_store),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
