/* A structure of one layer through the pipeline, its pool in one unit and another: the numbers of
 * the stores, in gC m-3 and per area, do not depend on it, and follow the measured layers within
 * the structure's depth; those below are left out and counted. */
#include <math.h>

#include "plugin/planting.h"
#include "program.h"
#include "stores.h"

static const char experiment[] =
    "proda: 1\nkind: experiment\nname: small\nseed: 3\noutput: %s\n"
    "data:\n  synth: {truth: clm5, profiles: 40, resolution: 15, noise: 0.1}\n"
    "structures:\n  - {model: slab}\n"
    "calibrate:\n  sampler: adaptive_metropolis\n"
    "  settings: {test_run: 500, formal_run: 2000}\n"
    "  observation: {error: lognormal, sd: 0.1}\n  keep: 20\n"
    "screen: {max_rhat: 10, min_nse: -1.0e+6}\n"
    "train: {emulator: mlp, settings: {hidden: [4], optimizer: adam, epochs: 2}}\n";

static const char slab[] =
    "proda: 1\nkind: model\nname: slab\ntitle: One pool in one layer\ntime: yr\nunit: %s\n"
    "grid: {dz: [0.3], node: [0.15], interface: [0.3]}\n"
    "drivers:\n"
    "  input_litr1: {unit: gC m-2 month-1, dims: [month], range: [1, 50]}\n"
    "  input_litr2: {unit: gC m-2 month-1, dims: [month], range: [1, 50]}\n"
    "parameters:\n"
    "  tau: {term: K, unit: yr, default: 10, prior: {log_uniform: [0.1, 10000]}, doc: turnover}\n"
    "pools: {soil: soil organic carbon}\n"
    "modifiers: {plain: 1}\n"
    "inputs: {soil: 'mean(month, input_litr1 + input_litr2)%s'}\n"
    "channels:\n  - {from: soil, rate: 1 / tau}\n"
    "observe:\n  soc: {sum: soil, unit: '%s', doc: soil organic carbon}\n";

static const struct {
  const char *unit, *per;
} variant[] = {{"gC m-3", " / dz"}, {"mgC cm-3", " / dz"}, {"gC m-2", ""}, {"tC ha-1", ""}};
enum { N_VARIANTS = sizeof variant / sizeof *variant };

static int command(const char *what)
{
  return proda(
      scratch_print("--plugin-path %s %s %s/e.yaml", scratch_directory, what, scratch_directory));
}

static const char *store(size_t v, const char *name)
{
  return scratch_path(scratch_print("results%zu/slab/%s.nc", v, name));
}

/* Everything up to the map, with the slab in that unit. */
static void run_variant(size_t v)
{
  static const char *const stage[] = {"prepare", "calibrate", "screen", "train", "map"};
  scratch_remove(scratch_path("slab"));
  assert_int_equal(mkdir(scratch_path("slab"), 0777), 0);
  text_write(scratch_path("slab/slab.yaml"),
             scratch_print(slab, variant[v].unit, variant[v].per, variant[v].unit));
  text_write(scratch_path("e.yaml"), scratch_print(experiment, scratch_print("results%zu", v)));
  assert_int_equal(proda(scratch_print("build %s/slab", scratch_directory)), 0);
  for (int k = 0; k < 5; k++) {
    if (command(stage[k]))
      print_error("%s: %s", stage[k], errors);
    assert_string_equal(errors, "");
    if (k == 1)
      assert_has(output, "measured layers lie below the structure's 0.3 m and are left out");
  }
}

/* The estimate's density is about the geometric mean of the layers that the structure sees. */
static void follows_the_measured_layers(const char *calibrate, const char *prepare)
{
  size_t n_sites, n = 0, n_below = 0, first = 0;
  double *size = store_read(prepare, "row_size", &n_sites);
  double *soc = store_read(prepare, "soc", NULL),
         *modelled = store_read(calibrate, "modelled", NULL);
  double *top = store_read(prepare, "obs_top", NULL);
  double *bottom = store_read(prepare, "obs_bottom", NULL);
  for (size_t s = 0; s < n_sites; first += (size_t)size[s++]) {
    double sum = 0, seen = 0, density = NAN;
    for (size_t i = first; i < first + (size_t)size[s]; i++) {
      bool within = (top[i] + bottom[i]) / 2 <= 0.3;
      assert_int_equal(isfinite(modelled[i]), within);
      n_below += !within;
      if (within) {
        sum += log(soc[i]);
        seen++;
        density = modelled[i];
      }
    }
    assert_true(seen > 0);
    assert_close(density, exp(sum / seen), 0.1, 0);
    n++;
  }
  assert_true(n > 10 && n_below > n);
  free(size);
  free(soc);
  free(modelled);
  free(top);
  free(bottom);
}

static void assert_alike(size_t v, const char *name, const char *variable)
{
  size_t n;
  double *first = store_read(store(0, name), variable, &n);
  double *other = store_read(store(v, name), variable, NULL);
  size_t finite = 0;
  for (size_t i = 0; i < n; i++) {
    assert_close(other[i], first[i], 1e-6, 0);
    finite += isfinite(first[i]);
  }
  assert_true(finite > 10);
  free(first);
  free(other);
}

static void units_do_not_matter(void **state)
{
  (void)state;
  for (size_t v = 0; v < N_VARIANTS; v++) {
    size_t n;
    run_variant(v);
    follows_the_measured_layers(store(v, "calibrate"),
                                scratch_path(scratch_print("results%zu/prepare.nc", v)));
    double *metre = store_read(store(v, "map"), "soc_stock_0_100cm", &n);
    for (size_t i = 0; i < n; i++)
      assert_true(isnan(metre[i])); /* it ends above */
    free(metre);
    assert_int_equal(system(scratch_print("ncdump -h %s | grep -q 'pools:units = \"%s\"'",
                                          store(v, "map"), variant[v].unit)),
                     0);
    assert_alike(v, "calibrate", "estimate");
    assert_alike(v, "calibrate", "modelled");
    assert_alike(v, "calibrate", "loss_CO2");
    assert_alike(v, "map", "soc_stock_0_30cm");
    assert_alike(v, "map", "soc_density");
    assert_alike(v, "map", "loss_CO2");
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(units_do_not_matter),
  };
  return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
