/* The transport operator of single months against golden/clm5.nc, and properties of any month: rows
 * and columns as a diffusion has them. */
#include "testing.h"

#include <proda/random.h>
#include <proda/soil.h>

#include "store/ncfile.h"

enum { N_SITES = 16, N_MONTHS = 12, L = 20, N_PARAMETERS = 21, N_SETS = 5 };

static struct proda_error error;

static double *read(const char *path, const char *name)
{
  struct proda_nc *file = NULL;
  double *value = NULL;
  assert_ok(proda_nc_open(testing_path(path), &file, &error), error);
  assert_ok(proda_nc_read(file, name, 0, &value, &error), error);
  proda_nc_close(file);
  return value;
}

struct world {
  double *dz, *node, *interface, *active, *active_last, *bedrock;
};

static struct world open_world(void)
{
  return (struct world){
      .dz = read("data/forcing.nc", "dz"),
      .node = read("data/forcing.nc", "z_node"),
      .interface = read("data/forcing.nc", "z_interface"),
      .active = read("data/forcing.nc", "altmax"),
      .active_last = read("data/forcing.nc", "altmax_lastyear"),
      .bedrock = read("data/forcing.nc", "nbedrock"),
  };
}

static void close_world(struct world *w)
{
  free(w->dz);
  free(w->node);
  free(w->interface);
  free(w->active);
  free(w->active_last);
  free(w->bedrock);
}

/* Bands [3][L] of one month with the given diffusivities, m2 day-1. */
static void month_bands(const struct world *w, size_t month, double bio, double cryo, lane *bands)
{
  double coefficient[PRODA_MIXING_SIZE(L)];
  lane on_lanes[PRODA_MIXING_SIZE(L)];
  struct proda_mixing mixing = {
      .n_layers = L,
      .dz = w->dz,
      .node = w->node,
      .interface = w->interface,
      .n_months = 1,
      .active_layer = w->active + month,
      .active_layer_last_year = w->active_last + month,
      .bedrock = w->bedrock + month,
  };
  proda_mixing_site(&mixing, coefficient);
  for (size_t k = 0; k < PRODA_MIXING_SIZE(L); k++)
    on_lanes[k] = lane_splat(coefficient[k]);
  proda_mixing_bands(L, on_lanes, lane_splat(bio), lane_splat(cryo), bands);
}

static void months_agree(void **state)
{
  (void)state;
  struct world w = open_world();
  double *expected = read("data/clm5.nc", "half_transport_monthly");
  double *par = read("data/clm5.nc", "par");
  for (size_t i = 0; i < N_SITES * N_MONTHS; i++) {
    const double *half = par + i / N_MONTHS * N_SETS * N_PARAMETERS; /* diffus, cryo stand first */
    lane bands[3 * L];
    month_bands(&w, i, half[0] / 365, half[1] / 365, bands);
    for (size_t k = 0; k < 3 * L; k++)
      if (k != 0 && k != 3 * L - 1)
        assert_close(bands[k][2], expected[i * 3 * L + k], 1e-13, 0);
  }
  free(expected);
  free(par);
  close_world(&w);
}

/* Above the bedrock carbon is only moved: columns, weighted by thickness, sum to zero. */
static void mixing_conserves_carbon(void **state)
{
  (void)state;
  struct world w = open_world();
  struct proda_random random;
  proda_random_start(&random, 5, 6, 7);
  for (int round = 0; round < 500; round++) {
    double active = 4 * proda_random_uniform(&random),
           bedrock = 19 + proda_random_below(&random, 2);
    double bio = 1e-7 * (1 + proda_random_uniform(&random)), cryo = 5e-7;
    lane bands[3 * L];
    struct world one = w;
    one.active = one.active_last = &active;
    one.bedrock = &bedrock;
    month_bands(&one, 0, bio, cryo, bands);
    for (size_t l = 0; l < L; l++) {
      double diagonal = w.dz[l] * bands[L + l][0], others = 0;
      if (l > 0)
        others += w.dz[l - 1] * bands[2 * L + l - 1][0];
      if (l + 1 < L)
        others += w.dz[l + 1] * bands[l + 1][0];
      assert_true(diagonal > 0 && others < 0);
      assert_close(-others, diagonal, 1e-12, 3 * PRODA_MIXING_FLOOR);
    }
  }
  close_world(&w);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(months_agree),
      cmocka_unit_test(mixing_conserves_carbon),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
