/* What becomes of a profile's layers and of profiles. Expected densities are computed by hand from
 * content x bulk density x 1000 x (1 - coarse / 100). */
#include "pipeline/prepare/layers.h"
#include "pipeline/prepare/prepare.h"
#include "testing.h"

static struct proda_error error;
#define NO NAN

/** Two profiles; the second's layers stand out of order. */
static double top[] = {0, 0.1, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 0.5, 0.0, 0.25};
static double bottom[] = {0.1, 0.2,  0.2, 0.3, 0.35, 0.5, 0.6, 0.7,
                          0.8, 0.85, 0.9, 1.2, 1.0,  0.3, 0.5};
static double content[] = {20, 10, 10, NO, NO, 0, -1, 5, 1200, 5, 5, 5, 8, 30, 12};
static double density[] = {9e9, NO, NO, 5000, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO};
static double bulk_density[] = {1.2, NO, 1, NO, NO, 1, 1, 9, 1, 1, 1, 1, 1, 1, 1};
static double coarse[] = {25, NO, 0, 50, 0, 0, 0, 0, 0, 101, 0, 100, 0, 0, 0};
static size_t first[] = {0, 12, 15};
static double latitude[] = {10, 20}, longitude[] = {30, 40}, id[] = {1, 2};
static struct proda_profiles profiles = {.n = 2,
                                         .n_layers = 15,
                                         .id = id,
                                         .latitude = latitude,
                                         .longitude = longitude,
                                         .first = first,
                                         .top = top,
                                         .bottom = bottom,
                                         .content = content,
                                         .density = density,
                                         .bulk_density = bulk_density,
                                         .coarse = coarse};
static const struct proda_bulk_density_fit fit = {0.32, 1.30, 0.0089, NAN, 0};

static void test_states(void **state)
{
  (void)state;
  static const enum proda_layer_state expected[] = {
      PRODA_LAYER_USED,       PRODA_LAYER_USED,       PRODA_LAYER_DUPLICATE,  PRODA_LAYER_USED,
      PRODA_LAYER_NO_CARBON,  PRODA_LAYER_ZERO,       PRODA_LAYER_BAD_CARBON, PRODA_LAYER_USED,
      PRODA_LAYER_BAD_CARBON, PRODA_LAYER_BAD_COARSE, PRODA_LAYER_BAD_DEPTH,  PRODA_LAYER_ZERO,
      PRODA_LAYER_USED,       PRODA_LAYER_USED,       PRODA_LAYER_OVERLAP};
  struct proda_layers *layers;
  assert_ok(proda_layers_make(&profiles, &fit, &layers, &error), error);
  for (size_t i = 0; i < 15; i++)
    if (layers->state[i] != expected[i])
      fail_msg("layer %zu is %s, expected %s", i, proda_layer_meaning[layers->state[i]],
               proda_layer_meaning[expected[i]]);
  assert_int_equal(layers->order[12], 13);
  assert_int_equal(layers->order[13], 14);
  assert_int_equal(layers->order[14], 12);
  proda_layers_free(layers);
}

static void test_densities(void **state)
{
  (void)state;
  struct proda_layers *layers;
  assert_ok(proda_layers_make(&profiles, &fit, &layers, &error), error);
  assert_close(layers->soc[0], 18000, 1e-12, 0); // 20 * 1.2 * 1000 * 0.75
  assert_int_equal(layers->origin[0], PRODA_SOC_MEASURED);
  assert_close(layers->soc[1], 10000 * (0.32 + 1.30 * exp(-0.0089 * 17.24)), 1e-12, 0);
  assert_int_equal(layers->origin[1], PRODA_SOC_PEDOTRANSFER);
  assert_close(layers->soc[3], 5000, 0, 0); // as reported, whatever the coarse fragments
  assert_int_equal(layers->origin[3], PRODA_SOC_REPORTED);
  assert_int_equal(layers->origin[7], PRODA_SOC_PEDOTRANSFER); // 9 kg dm-3 is no soil
  assert_int_equal(layers->n_bad_bulk_density, 1);
  assert_int_equal(layers->n_no_coarse, 1);
  proda_layers_free(layers);
}

static void test_has_both(void **state)
{
  (void)state;
  size_t n = 0;
  for (size_t i = 0; i < 15; i++)
    n += proda_layer_has_both(&profiles, i);
  assert_int_equal(n, 8); // layers 0, 2, 9 to 14
}

static void release(struct proda_preparation *preparation)
{
  proda_layers_free(preparation->layers);
}

/** Every limit on its own, without forcing: profiles that pass have no cell to go to. */
static void check_profiles(struct proda_experiment_prepare settings, int first_state,
                           int second_state)
{
  enum proda_site_code state[2];
  size_t n_used[2] = {0, 0}, cell[2];
  double distance[2];
  struct proda_preparation preparation = {
      .profiles = &profiles, .state = state, .n_used = n_used, .cell = cell, .distance = distance};
  static const struct proda_run run;
  static const struct proda_manifest manifest = {.kind = PRODA_MODEL, .name = "none"};
  struct proda_manifest bare = manifest;
  double dz[20], node[20], interface[20], depth = 0;
  bare.grid = (struct proda_grid){.n_layers = 20, .dz = dz, .node = node, .interface = interface};
  struct proda_nc *nc;
  double *read;
  assert_ok(proda_nc_open(testing_path("data/forcing.nc"), &nc, &error), error);
  assert_ok(proda_nc_read(nc, "dz", 0, &read, &error), error);
  memcpy(dz, read, sizeof dz);
  for (size_t l = 0; l < 20; l++)
    interface[l] = depth += dz[l];
  free(read);
  assert_ok(proda_nc_read(nc, "z_node", 0, &read, &error), error);
  memcpy(node, read, sizeof node);
  free(read);
  proda_nc_close(nc);
  struct proda_forcing_file *forcing;
  assert_ok(proda_forcing_open(testing_path("data/forcing.nc"), &bare, &forcing, &error), error);
  assert_ok(proda_layers_make(&profiles, &fit, &preparation.layers, &error), error);
  proda_preparation_judge(&preparation, &settings, forcing, &run);
  assert_int_equal(state[0], first_state);
  assert_int_equal(state[1], second_state);
  assert_int_equal(n_used[0], 4);
  assert_int_equal(n_used[1], 2);
  release(&preparation);
  proda_forcing_close(forcing);
}

static void test_profiles_judged(void **state)
{
  (void)state;
  struct proda_nc *nc;
  double *read;
  assert_ok(proda_nc_open(testing_path("data/forcing.nc"), &nc, &error), error);
  assert_ok(proda_nc_read(nc, "latitude", 0, &read, &error), error);
  latitude[0] = read[0];
  free(read);
  assert_ok(proda_nc_read(nc, "longitude", 0, &read, &error), error);
  longitude[0] = read[0];
  free(read);
  proda_nc_close(nc);
  latitude[1] = -60; // the southern ocean
  longitude[1] = 0;
  check_profiles((struct proda_experiment_prepare){.every = 1, .min_layers = 3, .min_depth = 0.5},
                 PRODA_SITE_KEPT, PRODA_SITE_FEW_LAYERS);
  check_profiles((struct proda_experiment_prepare){.every = 1, .min_layers = 2, .min_depth = 0.7},
                 PRODA_SITE_SHALLOW, PRODA_SITE_NO_FORCING); // 0.7 m does not exceed 0.7
  check_profiles((struct proda_experiment_prepare){.every = 2, .min_layers = 5, .min_depth = 0.5},
                 PRODA_SITE_FEW_LAYERS, PRODA_SITE_NOT_SELECTED);
  longitude[1] = NAN;
  check_profiles((struct proda_experiment_prepare){.every = 1, .min_layers = 1, .min_depth = 0.5},
                 PRODA_SITE_KEPT, PRODA_SITE_NO_POSITION);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_states),
      cmocka_unit_test(test_densities),
      cmocka_unit_test(test_has_both),
      cmocka_unit_test(test_profiles_judged),
  };
  return cmocka_run_group_tests_name("layers", tests, NULL, NULL);
}
