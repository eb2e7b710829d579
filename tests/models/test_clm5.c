/* CLM5 against golden/clm5.nc: the study's published functions run in GNU Octave, and the same
 * equations in extended precision (variables *_ref). Tolerances are those of golden/README.md. */
#include "testing.h"

#include "matrix/structure.h"
#include "pipeline/simulate.h"
#include "scratch.h"
#include "store/forcing.h"

enum { N_SITES = 16, N_SETS = 5, N_POOLS = 7, L = 20, N_PARAMETERS = 21, N_MONTHS = 12 };

struct fixture {
  struct proda_search_path *path;
  struct proda_loaded *model;
  struct proda_settings *settings;
  struct proda_nc *golden;
  char forcing[4096];
};

static struct proda_error error;

static double *golden(const struct fixture *f, const char *name)
{
  double *value = NULL;
  assert_ok(proda_nc_read(f->golden, name, 0, &value, &error), error);
  return value;
}

static int set_up(void **state)
{
  struct fixture *f = calloc(1, sizeof *f);
  assert_non_null(f);
  if (scratch_setup(state) != 0)
    return -1;
  assert_ok(proda_search_path_make(NULL, &f->path, &error), error);
  assert_ok(proda_load(f->path, "clm5", PRODA_MODEL, &f->model, &error), error);
  assert_ok(proda_settings_make(f->model->manifest, NULL, NULL, &f->settings, &error), error);
  assert_ok(proda_nc_open(testing_path("data/clm5.nc"), &f->golden, &error), error);
  snprintf(f->forcing, sizeof f->forcing, "%s", testing_path("data/forcing.nc"));
  *state = f;
  return 0;
}

static int tear_down(void **state)
{
  struct fixture *f = *state;
  proda_nc_close(f->golden);
  proda_settings_free(f->settings);
  proda_loaded_free(f->model);
  proda_search_path_free(f->path);
  free(f);
  return scratch_teardown(state);
}

/* The golden parameters as a file for `proda simulate`, under the symbols of Table 1 and in
 * reverse order: names decide, not places. */
static void write_parameters(const struct fixture *f, const char *path)
{
  double *par = golden(f, "par"),
         *reversed = malloc(sizeof *reversed * N_SITES * N_SETS * N_PARAMETERS);
  char **name = NULL;
  const char *reversed_name[N_PARAMETERS];
  size_t n = 0;
  struct proda_nc *file = NULL;
  assert_non_null(reversed);
  assert_ok(proda_nc_read_strings(f->golden, "param_name_paper", &n, &name, &error), error);
  assert_int_equal(n, N_PARAMETERS);
  for (size_t p = 0; p < n; p++)
    reversed_name[p] = name[n - 1 - p];
  for (size_t i = 0; i < N_SITES * N_SETS; i++)
    for (size_t p = 0; p < n; p++)
      reversed[i * n + p] = par[i * n + n - 1 - p];
  assert_ok(proda_nc_create(path, &file, &error), error);
  assert_ok(proda_nc_def_dim(file, "site", N_SITES, &error), error);
  assert_ok(proda_nc_def_dim(file, "set", N_SETS, &error), error);
  assert_ok(proda_nc_def_dim(file, "parameter", n, &error), error);
  assert_ok(proda_nc_def(file, "parameter_name", PRODA_NC_STRING, "parameter", NULL, NULL, &error),
            error);
  assert_ok(proda_nc_write_strings(file, "parameter_name", reversed_name, &error), error);
  assert_ok(proda_nc_def(file, "value", PRODA_NC_DOUBLE, "site set parameter", NULL, NULL, &error),
            error);
  assert_ok(proda_nc_write(file, "value", reversed, &error), error);
  assert_ok(proda_nc_commit(file, &error), error);
  free(par);
  free(reversed);
  free(name);
}

/* Simulates the golden forcing into a scratch store and opens it. */
static struct proda_nc *simulate(const struct fixture *f, const char *parameters)
{
  const char *out = scratch_path("out.nc");
  struct proda_nc *file = NULL;
  struct proda_simulated done;
  struct proda_simulation simulation = {
      .search_path = f->path,
      .model = "clm5",
      .forcing = f->forcing,
      .parameters = parameters,
      .out = out,
      .command = "test_clm5",
  };
  assert_ok(proda_simulate(&simulation, &done, &error), error);
  assert_ok(proda_nc_open(out, &file, &error), error);
  return file;
}

static double *result(const struct proda_nc *file, const char *name, size_t n)
{
  double *value = NULL;
  assert_ok(proda_nc_read(file, name, n, &value, &error), error);
  return value;
}

static void compare(const double *actual, const double *expected, const double *near_singular,
                    size_t per_set, double smallest, const char *what)
{
  for (size_t i = 0; i < N_SITES * N_SETS * per_set; i++) {
    if (near_singular[i / per_set] != 0 || fabs(expected[i]) <= smallest)
      continue;
    if (fabs(actual[i] - expected[i]) > 1e-9 * fabs(expected[i]))
      print_error("%s[%zu] of site %zu, set %zu\n", what, i % per_set, i / per_set / N_SETS,
                  i / per_set % N_SETS);
    assert_close(actual[i], expected[i], 1e-9, 0);
  }
}

static void states_agree(void **state)
{
  const struct fixture *f = *state;
  const char *parameters = scratch_path("p.nc");
  write_parameters(f, parameters);
  struct proda_nc *out = simulate(f, parameters);
  double *expected_singular = golden(f, "near_singular");
  double *singular = result(out, "near_singular", N_SITES * N_SETS);
  for (size_t i = 0; i < N_SITES * N_SETS; i++)
    assert_close(singular[i], expected_singular[i], 0, 0);

  const struct {
    const char *actual, *expected;
    size_t per_set;
  } pair[] = {
      {"pools", "pools_ref", N_POOLS * L},
      {"soc_density", "soc_layer_ref", L},
      {"soc_stock", "soc_stock_ref", 1},
      {"mass_balance", "mass_balance_ref", 1},
  };
  for (size_t k = 0; k < sizeof pair / sizeof *pair; k++) {
    double *actual = result(out, pair[k].actual, N_SITES * N_SETS * pair[k].per_set);
    double *expected = golden(f, pair[k].expected);
    compare(actual, expected, expected_singular, pair[k].per_set, 1e-200, pair[k].actual);
    free(actual);
    free(expected);
  }
  free(singular);
  free(expected_singular);
  proda_nc_close(out);
}

/* The default run's golden numbers come from the dense solver only, good to 1e-10 of the largest
 * entry of a pool's profile (golden/README.md section 9.2). */
static void defaults_agree(void **state)
{
  const struct fixture *f = *state;
  struct proda_nc *out = simulate(f, NULL);
  double *pools = result(out, "pools", N_SITES * N_POOLS * L),
         *expected = golden(f, "default_pools");
  double *stock = result(out, "soc_stock", N_SITES),
         *expected_stock = golden(f, "default_soc_stock");
  for (size_t i = 0; i < N_SITES; i++) {
    double largest = 0;
    for (size_t k = 0; k < N_POOLS * L; k++)
      largest = fmax(largest, expected[i * N_POOLS * L + k]);
    for (size_t k = 0; k < N_POOLS * L; k++)
      assert_close(pools[i * N_POOLS * L + k], expected[i * N_POOLS * L + k], 1e-9,
                   1e-10 * largest);
    assert_close(stock[i], expected_stock[i], 1e-9, 0);
  }
  free(pools);
  free(expected);
  free(stock);
  free(expected_stock);
  proda_nc_close(out);
}

/* One block per site, with the all-0.5 vector (set 0) on every lane. */
static struct proda_block *half_block(const struct fixture *f, size_t site,
                                      const struct proda_forcing_file *forcing,
                                      const struct proda_structure *structure, const double *par)
{
  const double *driver[f->model->manifest->n_drivers];
  struct proda_forcing one = {.driver = driver};
  struct proda_block *block = NULL;
  assert_ok(proda_block_new(structure, 0, &block, &error), error);
  proda_forcing_site(forcing, site, driver);
  for (int i = 0; i < PRODA_LANES; i++) {
    assert_ok(proda_block_attach(block, i, &one, &error), error);
    proda_block_set(block, i, par + site * N_SETS * N_PARAMETERS);
  }
  proda_block_solve(block);
  return block;
}

/* term[l] of lane 0 against expected[l]. */
static void compare_layers(const lane *term, const double *expected, size_t first, size_t last)
{
  for (size_t l = first; l < last; l++)
    assert_close(term[l][0], expected[l], 1e-13, 0);
}

static void terms_agree(void **state)
{
  const struct fixture *f = *state;
  struct proda_forcing_file *forcing = NULL;
  struct proda_structure *structure = NULL;
  assert_ok(proda_forcing_open(f->forcing, f->model->manifest, &forcing, &error), error);
  assert_ok(proda_structure_new(f->model, f->settings, N_MONTHS, &structure, &error), error);
  double *par = golden(f, "par"), *bands = golden(f, "half_transport_mean");
  double *xi = golden(f, "half_xi_mean"), *xi_n = golden(f, "half_xi_n_mean");
  double *input = golden(f, "half_litter_input_rate");
  for (size_t s = 0; s < N_SITES; s++) {
    struct proda_block *block = half_block(f, s, forcing, structure, par);
    const struct proda_terms *terms = proda_block_terms(block);
    compare_layers(terms->transport, bands + s * 3 * L, 1, L);
    compare_layers(terms->transport + L, bands + s * 3 * L + L, 0, L);
    compare_layers(terms->transport + 2 * L, bands + s * 3 * L + 2 * L, 0, L - 1);
    compare_layers(terms->modifier, xi + s * L, 0, L);
    compare_layers(terms->modifier + L, xi_n + s * L, 0, L);
    for (size_t k = 0; k < 4; k++)
      compare_layers(terms->input + k * L, input + (s * 4 + k) * L, 0, L);
    proda_block_free(block);
  }
  free(par);
  free(bands);
  free(xi);
  free(xi_n);
  free(input);
  proda_structure_free(structure);
  proda_forcing_close(forcing);
}

/* Twenty years of the same months are the same climate: an invariance. */
static void long_forcing_agrees(void **state)
{
  const struct fixture *f = *state;
  enum { YEARS = 20 };
  const struct proda_manifest *manifest = f->model->manifest;
  struct proda_forcing_file *forcing = NULL;
  struct proda_structure *one_year = NULL, *years = NULL;
  assert_ok(proda_forcing_open(f->forcing, manifest, &forcing, &error), error);
  assert_ok(proda_structure_new(f->model, f->settings, N_MONTHS, &one_year, &error), error);
  assert_ok(proda_structure_new(f->model, f->settings, YEARS * N_MONTHS, &years, &error), error);
  double *par = golden(f, "par");
  const double *driver[manifest->n_drivers], *repeated[manifest->n_drivers];
  double *memory[manifest->n_drivers];
  proda_forcing_site(forcing, 3, driver);
  for (size_t d = 0; d < manifest->n_drivers; d++) {
    bool monthly = manifest->driver[d].dims & PRODA_DIM_MONTH;
    size_t rows = manifest->driver[d].dims & PRODA_DIM_LAYER ? L : 1;
    memory[d] = malloc(sizeof *memory[d] * rows * N_MONTHS * YEARS);
    assert_non_null(memory[d]);
    for (size_t k = 0; monthly && k < rows * N_MONTHS * YEARS; k++)
      memory[d][k] = driver[d][k / (N_MONTHS * YEARS) * N_MONTHS + k % N_MONTHS];
    repeated[d] = monthly ? memory[d] : driver[d];
  }
  struct proda_forcing long_forcing = {.driver = repeated};
  struct proda_block *expected = half_block(f, 3, forcing, one_year, par), *actual = NULL;
  assert_ok(proda_block_new(years, 0, &actual, &error), error);
  assert_ok(proda_block_attach(actual, 0, &long_forcing, &error), error);
  proda_block_set(actual, 0, par + 3 * N_SETS * N_PARAMETERS);
  proda_block_solve(actual);
  for (size_t k = 0; k < N_POOLS * L; k++)
    assert_close(proda_block_pools(actual)[k][0], proda_block_pools(expected)[k][0], 1e-11, 0);
  proda_block_free(actual);
  proda_block_free(expected);
  for (size_t d = 0; d < manifest->n_drivers; d++)
    free(memory[d]);
  free(par);
  proda_structure_free(one_year);
  proda_structure_free(years);
  proda_forcing_close(forcing);
}

/* A lane's bits do not depend on its place or its neighbours. */
static void lanes_are_independent(void **state)
{
  const struct fixture *f = *state;
  struct proda_forcing_file *forcing = NULL;
  struct proda_structure *structure = NULL;
  struct proda_block *block = NULL;
  const double *driver[f->model->manifest->n_drivers];
  struct proda_forcing one = {.driver = driver};
  double *par = golden(f, "par"), alone[N_POOLS * L];
  assert_ok(proda_forcing_open(f->forcing, f->model->manifest, &forcing, &error), error);
  assert_ok(proda_structure_new(f->model, f->settings, N_MONTHS, &structure, &error), error);
  assert_ok(proda_block_new(structure, 0, &block, &error), error);
  for (int place = 0; place < PRODA_LANES; place++) {
    for (int i = 0; i < PRODA_LANES; i++) {
      size_t site = i == place ? 6 : (size_t)((i + 3 * place) % N_SITES);
      proda_forcing_site(forcing, site, driver);
      assert_ok(proda_block_attach(block, i, &one, &error), error);
      proda_block_set(block, i, par + site * N_SETS * N_PARAMETERS);
    }
    proda_block_solve(block);
    for (size_t k = 0; k < N_POOLS * L; k++) {
      double x = proda_block_pools(block)[k][place];
      if (place == 0)
        alone[k] = x;
      assert_memory_equal(&x, &alone[k], sizeof x);
    }
  }
  proda_block_free(block);
  proda_structure_free(structure);
  proda_forcing_close(forcing);
  free(par);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(states_agree),          cmocka_unit_test(defaults_agree),
      cmocka_unit_test(terms_agree),           cmocka_unit_test(long_forcing_agrees),
      cmocka_unit_test(lanes_are_independent),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
