/* The state at the point estimate, in calibrate.nc: the structure run again at the stored
 * estimates, and its pools summed here by hand. */
#include "matrix/structure.h"
#include "scratch.h"
#include "store/forcing.h"
#include "stores.h"

static struct proda_error error;
static struct proda_experiment *experiment;
static struct proda_search_path *search_path;

static int setup(void **state)
{
  if (scratch_setup(state) != 0)
    return -1;
  char text[4096];
  snprintf(text, sizeof text,
           "proda: 1\nkind: experiment\nname: e\noutput: %s\nseed: 3\n"
           "data: {synth: {truth: compas, profiles: 12, resolution: 20, noise: 0.1}}\n"
           "structures: [{model: compas}, {model: clm5}]\n"
           "calibrate:\n  sampler: adaptive_metropolis\n"
           "  settings: {test_run: 500, formal_run: 500}\n"
           "  observation: {error: lognormal, sd: 0.2}\n  keep: 10\n"
           "train: {emulator: none}\n",
           scratch_path("out"));
  assert_ok(experiment_read(scratch_path("e.yaml"), text, &experiment, &error), error);
  assert_ok(proda_search_path_make(NULL, &search_path, &error), error);
  const struct proda_run run = {
      .experiment = experiment, .search_path = search_path, .command = "proda test"};
  assert_ok(proda_stage_prepare(&run, &error), error);
  for (size_t i = 0; i < experiment->n_structures; i++)
    assert_ok(proda_stage_calibrate(&run, experiment->structure + i, &error), error);
  return 0;
}

static int teardown(void **state)
{
  proda_search_path_free(search_path);
  proda_experiment_free(experiment);
  return scratch_teardown(state);
}

/* One structure at the estimates of its store. */
struct rerun {
  struct proda_loaded *model;
  struct proda_settings *settings;
  struct proda_forcing_file *forcing;
  struct proda_structure *structure;
  struct proda_block *block;
  char store[2048];
  size_t n_sites;
  double *estimate, *state, *cell;
};

static void open_rerun(struct rerun *r, const char *name)
{
  *r = (struct rerun){0};
  snprintf(r->store, sizeof r->store, "%s/out/%s/calibrate.nc", scratch_directory, name);
  assert_ok(proda_load(search_path, name, PRODA_MODEL, &r->model, &error), error);
  assert_ok(proda_settings_make(r->model->manifest, NULL, NULL, &r->settings, &error), error);
  assert_ok(proda_forcing_open(scratch_path("out/world/grid.nc"), r->model->manifest, &r->forcing,
                               &error),
            error);
  assert_ok(proda_structure_new(r->model, r->settings, 12, &r->structure, &error), error);
  assert_ok(proda_block_new(r->structure, 0, &r->block, &error), error);
  r->estimate = store_read(r->store, "estimate", NULL);
  r->state = store_read(r->store, "state", &r->n_sites);
  r->cell = store_read(scratch_path("out/prepare.nc"), "cell", NULL);
}

static void close_rerun(struct rerun *r)
{
  proda_block_free(r->block);
  proda_structure_free(r->structure);
  proda_forcing_close(r->forcing);
  proda_settings_free(r->settings);
  proda_loaded_free(r->model);
  free(r->estimate);
  free(r->state);
  free(r->cell);
}

/* Solves lane 0 at a site's estimate; whether it has a posterior and its estimate a sound state. */
static bool solve(struct rerun *r, size_t site)
{
  const struct proda_manifest *m = r->model->manifest;
  const double *driver[m->n_drivers];
  const struct proda_forcing forcing = {.driver = driver};
  if (r->state[site] != 0)
    return false;
  proda_forcing_site(r->forcing, (size_t)r->cell[site], driver);
  assert_ok(proda_block_attach(r->block, 0, &forcing, &error), error);
  proda_block_set(r->block, 0, r->estimate + site * m->n_parameters);
  proda_block_solve(r->block);
  return proda_block_status(r->block, 0) == PRODA_SOLVED;
}

/* Carbon of a pool down to a depth, and its largest density. */
static double carbon(const struct rerun *r, size_t pool, double depth, double *largest)
{
  const struct proda_grid *grid = &r->model->manifest->grid;
  double sum = 0;
  *largest = 0;
  for (size_t l = 0; l < grid->n_layers; l++) {
    double top = grid->interface[l] - grid->dz[l];
    double density = proda_block_pools(r->block)[pool * grid->n_layers + l][0];
    sum += density * fmax(0, fmin(depth, grid->interface[l]) - top);
    *largest = fmax(*largest, density);
  }
  return sum;
}

static void measures_of_the_estimate(void **state)
{
  (void)state;
  static const char *const names[] = {"clm5", "compas"};
  for (size_t i = 0; i < 2; i++) {
    struct rerun r;
    size_t n_sound = 0;
    open_rerun(&r, names[i]);
    const struct proda_manifest *m = r.model->manifest;
    double *input = store_read(r.store, "carbon_input", NULL);
    double *residence = store_read(r.store, "system_residence_time", NULL);
    double *soc_residence = store_read(r.store, "soc_residence_time", NULL);
    for (size_t s = 0; s < r.n_sites; s++) {
      if (!solve(&r, s)) {
        assert_true(isnan(input[s]) && isnan(residence[s]));
        continue;
      }
      double all = 0, soc = 0, largest;
      n_sound++;
      for (size_t p = 0; p < m->n_pools; p++) {
        all += carbon(&r, p, INFINITY, &largest);
        soc += m->observable[0].weight[p] * carbon(&r, p, INFINITY, &largest);
      }
      assert_close(residence[s] * input[s], all, 1e-12, 0);
      assert_close(soc_residence[s] * input[s], soc, 1e-12, 0);
    }
    assert_true(n_sound > 0);
    free(input);
    free(residence);
    free(soc_residence);
    close_rerun(&r);
  }
}

static void saturation_of_the_estimate(void **state)
{
  (void)state;
  struct rerun r;
  char **channel = NULL, **donor = NULL;
  size_t n = 0;
  struct proda_nc *file;
  open_rerun(&r, "compas");
  const struct proda_manifest *m = r.model->manifest;
  assert_ok(proda_nc_open(r.store, &file, &error), error);
  assert_ok(proda_nc_read_strings(file, "saturating_channel", &n, &channel, &error), error);
  assert_ok(proda_nc_read_strings(file, "saturating_donor", &n, &donor, &error), error);
  proda_nc_close(file);
  assert_int_equal(n, 2);
  assert_string_equal(channel[0], "DOC");
  assert_string_equal(donor[1], "mSOC");
  const long pool[] = {proda_manifest_pool(m, donor[0]), proda_manifest_pool(m, donor[1])};
  const long constant[] = {proda_manifest_parameter(m, "Km_assim"),
                           proda_manifest_parameter(m, "Km_decom")};
  double *half = store_read(r.store, "half_saturation", NULL);
  double *substrate = store_read(r.store, "substrate", NULL);
  double *most = store_read(r.store, "substrate_largest", NULL);
  for (size_t s = 0; s < r.n_sites; s++)
    for (size_t k = 0; k < n && solve(&r, s); k++) {
      double largest, expected = carbon(&r, (size_t)pool[k], 1, &largest);
      assert_close(half[s * n + k], r.estimate[s * m->n_parameters + (size_t)constant[k]], 0, 0);
      assert_close(substrate[s * n + k], expected, 1e-13, 0); /* over 1 m */
      assert_close(most[s * n + k], largest, 0, 0);
    }
  free(channel);
  free(donor);
  free(half);
  free(substrate);
  free(most);
  close_rerun(&r);
}

static void linear_structures_do_not_saturate(void **state)
{
  (void)state;
  struct proda_nc *file;
  assert_ok(proda_nc_open(scratch_path("out/clm5/calibrate.nc"), &file, &error), error);
  assert_false(proda_nc_has_dim(file, "saturating"));
  assert_false(proda_nc_has(file, "half_saturation"));
  assert_false(proda_nc_has(file, "substrate"));
  proda_nc_close(file);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(measures_of_the_estimate),
      cmocka_unit_test(saturation_of_the_estimate),
      cmocka_unit_test(linear_structures_do_not_saturate),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
