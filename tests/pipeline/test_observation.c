/* The observation model against golden/clm5.nc: pchip, layer weights, the published cost. The layer
 * mean and the error models are checked against their formulas. */
#include "testing.h"

#include "pipeline/calibrate/observation.h"
#include "stats/pchip.h"
#include "store/ncfile.h"

enum { N_SITES = 16, N_SETS = 5, L = 20, N_OBS = 6 };

static struct proda_error error;

static double *read(const char *file, const char *name)
{
  struct proda_nc *nc = NULL;
  double *value = NULL;
  assert_ok(proda_nc_open(testing_path(file), &nc, &error), error);
  assert_ok(proda_nc_read(nc, name, 0, &value, &error), error);
  proda_nc_close(nc);
  return value;
}

static const struct proda_experiment_observation published = {
    .at = PRODA_OBSERVE_NODE,
    .error = PRODA_ERROR_PUBLISHED,
};

/* The golden observations are points: layers of no thickness. */
static struct proda_observation *observe(const struct proda_experiment_observation *settings,
                                         const struct proda_grid *grid,
                                         enum proda_published_cost cost, const double *depth,
                                         const double *value, size_t n)
{
  struct proda_observing how = {.settings = settings, .grid = grid, .cost = cost};
  struct proda_measured measured = {.n = n, .top = depth, .bottom = depth, .value = value};
  struct proda_observation *observation = NULL;
  assert_ok(proda_observation_new(&how, &measured, &observation, &error), error);
  return observation;
}

static void published_cost_agrees(void **state)
{
  (void)state;
  double *depth = read("data/forcing.nc", "obs_depth"), *soc = read("data/forcing.nc", "obs_soc");
  double *node = read("data/clm5.nc", "z_node"), *interface = read("data/clm5.nc", "z_interface");
  double *dz = read("data/clm5.nc", "dz"), *profile = read("data/clm5.nc", "soc_layer");
  double *at_obs = read("data/clm5.nc", "soc_at_obs"), *cost = read("data/clm5.nc", "cost");
  double *weight = read("data/clm5.nc", "layer_weight");
  struct proda_grid grid = {L, dz, node, interface};
  size_t compared = 0;
  for (size_t s = 0; s < N_SITES; s++) {
    struct proda_observation *observation =
        observe(&published, &grid, PRODA_COST_WEIGHTED, depth + s * N_OBS, soc + s * N_OBS, N_OBS);
    double own_weight[N_OBS];
    assert_ok(proda_observation_layer_weights(N_OBS, depth + s * N_OBS, soc + s * N_OBS, own_weight,
                                              &error),
              error);
    for (size_t k = 0; k < N_OBS; k++)
      assert_close(own_weight[k], weight[s * N_OBS + k], 1e-14, 0);
    for (size_t set = 0; set < N_SETS; set++) {
      size_t row = s * N_SETS + set;
      lane density[L], slope[L];
      double modelled[N_OBS];
      for (size_t l = 0; l < L; l++)
        density[l] = lane_splat(profile[row * L + l]);
      /* A dense solver's NaN: the published sum skips such terms, our solver has none. */
      if (isnan(at_obs[row * N_OBS]))
        continue;
      proda_observation_slopes(&grid, density, slope);
      proda_observation_model(observation, density, slope, 5, modelled);
      double largest = 0;
      for (size_t k = 0; k < N_OBS; k++)
        largest = fmax(largest, fabs(at_obs[row * N_OBS + k]));
      for (size_t k = 0; k < N_OBS; k++)
        assert_close(modelled[k], at_obs[row * N_OBS + k], 1e-12, 1e-14 * largest);
      assert_close(-proda_observation_log_likelihood(observation, modelled, NULL), cost[row], 1e-11,
                   0);
      compared++;
    }
    proda_observation_free(observation);
  }
  assert_in_range(compared, 70, N_SITES * N_SETS);
  free(depth);
  free(soc);
  free(node);
  free(interface);
  free(dz);
  free(profile);
  free(at_obs);
  free(cost);
  free(weight);
}

/* Three layers of 1 m; a profile known by hand. */
static const double dz3[] = {1, 1, 1}, node3[] = {0.5, 1.5, 2.5}, interface3[] = {1, 2, 3};
static const struct proda_grid grid3 = {3, dz3, node3, interface3};

static void layer_means_weigh_by_overlap(void **state)
{
  (void)state;
  const struct proda_experiment_observation settings = {
      .at = PRODA_OBSERVE_LAYER, .error = PRODA_ERROR_GAUSSIAN, .relative = 0.5};
  const double top[] = {0.5, 2.5, 0.2, 1.0, 3}, bottom[] = {1.5, 3.5, 0.2, 3.0, 3.5};
  const double value[] = {1, 1, 1, 1, 1}, expected[] = {15, 30, 10, 25, NAN};
  struct proda_measured measured = {5, top, bottom, value};
  struct proda_observation *observation = NULL;
  lane density[3] = {lane_splat(10), lane_splat(20), lane_splat(30)}, slope[3];
  double modelled[5];
  const struct proda_observing how = {.settings = &settings, .grid = &grid3};
  assert_ok(proda_observation_new(&how, &measured, &observation, &error), error);
  proda_observation_slopes(&grid3, density, slope);
  proda_observation_model(observation, density, slope, 0, modelled);
  for (size_t k = 0; k < 5; k++)
    assert_close(modelled[k], expected[k], 1e-14, 0);
  /* the layer below takes no part */
  double pointwise[5], sum = 0;
  double all = proda_observation_log_likelihood(observation, modelled, pointwise);
  for (size_t k = 0; k < 4; k++)
    sum += pointwise[k];
  assert_close(all, sum, 1e-14, 0);
  assert_true(isnan(pointwise[4]));
  assert_null(proda_observation_flaw(observation));
  proda_observation_free(observation);
}

/* A curve needs three nodes: fewer layers are seen by their means, whatever the experiment says. */
static void few_layers_are_seen_by_their_means(void **state)
{
  (void)state;
  const struct proda_experiment_observation settings = {
      .at = PRODA_OBSERVE_NODE, .error = PRODA_ERROR_GAUSSIAN, .relative = 0.5};
  const double top[] = {0, 0.5, 1.5}, bottom[] = {0.2, 1.5, 3};
  const double value[] = {1, 1, 1}, expected[2][3] = {{10, 10, NAN}, {10, 15, NAN}};
  struct proda_measured measured = {3, top, bottom, value};
  for (size_t n = 1; n <= 2; n++) {
    const struct proda_grid grid = {n, dz3, node3, interface3};
    const struct proda_observing how = {.settings = &settings, .grid = &grid};
    struct proda_observation *observation = NULL;
    lane density[2] = {lane_splat(10), lane_splat(20)}, slope[2];
    double modelled[3];
    assert_ok(proda_observation_new(&how, &measured, &observation, &error), error);
    proda_observation_slopes(&grid, density, slope);
    proda_observation_model(observation, density, slope, 0, modelled);
    for (size_t k = 0; k < 3; k++)
      assert_close(modelled[k], expected[n - 1][k], 1e-14, 0);
    proda_observation_free(observation);
  }
}

static double normal_log_density(double x, double mean, double sd)
{
  return -0.5 * (x - mean) * (x - mean) / (sd * sd) - log(sd * sqrt(2 * acos(-1)));
}

static void errors_follow_their_densities(void **state)
{
  (void)state;
  const double depth[] = {0.5, 1.5}, value[] = {100, 40}, modelled[] = {90, 55};
  const struct proda_experiment_observation gaussian = {
      .error = PRODA_ERROR_GAUSSIAN, .relative = 0.2, .absolute = 3};
  const struct proda_experiment_observation lognormal = {.error = PRODA_ERROR_LOGNORMAL, .sd = 0.4};
  double pointwise[2], sum;
  struct proda_observation *observation =
      observe(&gaussian, &grid3, PRODA_COST_NONE, depth, value, 2);
  sum = proda_observation_log_likelihood(observation, modelled, pointwise);
  assert_close(pointwise[0], normal_log_density(90, 100, sqrt(400 + 9)), 1e-14, 0);
  assert_close(pointwise[1], normal_log_density(55, 40, sqrt(64 + 9)), 1e-14, 0);
  assert_close(sum, pointwise[0] + pointwise[1], 1e-15, 0);
  proda_observation_free(observation);

  observation = observe(&lognormal, &grid3, PRODA_COST_NONE, depth, value, 2);
  proda_observation_log_likelihood(observation, modelled, pointwise);
  /* density of the observation itself: the normal of its log, over the observation */
  assert_close(pointwise[0], normal_log_density(log(100), log(90), 0.4) - log(100), 1e-14, 0);
  const double impossible[] = {90, -1};
  assert_true(proda_observation_log_likelihood(observation, impossible, NULL) == -INFINITY);
  proda_observation_free(observation);
}

/* 5 (1 - NSE): layers 10, 20, 60 have mean 30 and squares about it of 1400. */
static void efficiency_is_the_other_published_cost(void **state)
{
  (void)state;
  const double depth[] = {0.5, 1.5, 2.5}, value[] = {10, 20, 60}, modelled[] = {20, 20, 40};
  const double alike[] = {7, 7, 7};
  double pointwise[3];
  struct proda_observation *observation =
      observe(&published, &grid3, PRODA_COST_EFFICIENCY, depth, value, 3);
  assert_close(proda_observation_log_likelihood(observation, modelled, pointwise),
               -5 * (100.0 + 400) / 1400, 1e-14, 0);
  assert_close(pointwise[2], -5 * 400.0 / 1400, 1e-14, 0);
  assert_close(proda_observation_log_likelihood(observation, value, NULL), 0, 0, 0);
  assert_null(proda_observation_flaw(observation));
  proda_observation_free(observation);

  observation = observe(&published, &grid3, PRODA_COST_EFFICIENCY, depth, alike, 3);
  assert_non_null(strstr(proda_observation_flaw(observation), "measured alike"));
  proda_observation_free(observation);
}

static void structures_state_their_cost(void **state)
{
  (void)state;
  struct proda_observable observable[] = {{.name = "doc", .published_cost = PRODA_COST_EFFICIENCY},
                                          {.name = "soc"}};
  const struct proda_manifest manifest = {
      .name = "m", .grid = grid3, .n_observables = 2, .observable = observable};
  struct proda_experiment_observation settings = {.observable = "doc",
                                                  .error = PRODA_ERROR_PUBLISHED};
  struct proda_observing how;
  assert_ok(proda_observing_of(&settings, &manifest, &how, &error), error);
  assert_int_equal(how.observable, 0);
  assert_int_equal(how.cost, PRODA_COST_EFFICIENCY);
  settings.observable = "soc";
  assert_int_equal(proda_observing_of(&settings, &manifest, &how, &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "m states no published_cost for \"soc\""));
  settings.error = PRODA_ERROR_LOGNORMAL;
  assert_ok(proda_observing_of(&settings, &manifest, &how, &error), error);
  settings.observable = "mic";
  assert_int_equal(proda_observing_of(&settings, &manifest, &how, &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "m observes no \"mic\""));
}

/* pchip keeps monotone data monotone and reproduces straight lines: properties of the method. */
static void pchip_keeps_shape(void **state)
{
  (void)state;
  const double node[] = {0, 1, 3, 4, 7};
  lane line[5], step[5], slope[5];
  for (size_t i = 0; i < 5; i++) {
    line[i] = lane_splat(2 + 3 * node[i]);
    step[i] = lane_splat(i < 2 ? 0 : 10);
  }
  proda_pchip_slopes(5, node, line, slope);
  for (size_t i = 0; i < 5; i++)
    assert_close(slope[i][3], 3, 1e-14, 0);
  proda_pchip_slopes(5, node, step, slope);
  double before = 0;
  for (double x = 0; x <= 7; x += 0.01) {
    struct proda_pchip_point p = proda_pchip_locate(5, node, x);
    double y = p.weight[0] * step[p.interval][0] + p.weight[1] * step[p.interval + 1][0] +
               p.weight[2] * slope[p.interval][0] + p.weight[3] * slope[p.interval + 1][0];
    assert_true(y >= before - 1e-12 && y <= 10 + 1e-12);
    before = y;
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(published_cost_agrees),
      cmocka_unit_test(layer_means_weigh_by_overlap),
      cmocka_unit_test(few_layers_are_seen_by_their_means),
      cmocka_unit_test(errors_follow_their_densities),
      cmocka_unit_test(efficiency_is_the_other_published_cost),
      cmocka_unit_test(structures_state_their_cost),
      cmocka_unit_test(pchip_keeps_shape),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
