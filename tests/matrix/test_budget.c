/* Where carbon comes from and goes: a structure of two pools made here, in several units, by hand;
 * and a closed form that is none. */
#include "testing.h"

#include "matrix/structure.h"

enum { LITTER, SOIL, N_POOLS };

static struct proda_error error;

/* Set by each test: what the structure's functions fill in. */
static size_t n_layers;
static double wrong; /* factor by which the closed form misses */

static int create(const struct proda_model_shape *shape, const struct proda_setting *settings,
                  void **model, struct proda_error *e)
{
  (void)settings;
  (void)e;
  n_layers = shape->n_layers;
  *model = &n_layers;
  return PRODA_OK;
}

static void destroy(void *model)
{
  (void)model;
}

static size_t site_size(const void *model)
{
  (void)model;
  return 0;
}

static int site(const void *model, const struct proda_forcing *forcing, lane *at, int i,
                struct proda_error *e)
{
  (void)model;
  (void)forcing;
  (void)at;
  (void)i;
  (void)e;
  return PRODA_OK;
}

/* 6 per day enter the litter of the first layer, 0.5 of which decays a day: 0.4 to soil, the rest
 * as CO2. Of soil, 0.1 decays to CO2 and 0.3 is leached. Litter moves down by 0.5 a day. */
static void terms(const void *model, const lane *at, const lane *p, const struct proda_terms *out)
{
  (void)model;
  (void)at;
  (void)p;
  for (size_t l = 0; l < n_layers; l++) {
    out->input[l] = lane_splat(l == 0 ? 6 : 0);
    out->rate[l] = lane_splat(0.5);
    out->rate[n_layers + l] = lane_splat(0.1);
    out->rate[2 * n_layers + l] = lane_splat(0.3);
    out->fraction[l] = lane_splat(0.4);
    out->modifier[l] = lane_splat(1);
    for (size_t band = 0; band < 3; band++)
      out->transport[band * n_layers + l] = lane_splat(0);
  }
  if (n_layers == 1)
    return;
  out->transport[n_layers] = lane_splat(0.5);
  out->transport[1] = lane_splat(-0.125); /* twice as thick; half of it is lost */
}

static void rates(const void *model, const lane *at, const lane *p, const struct proda_terms *out,
                  const lane *pools)
{
  (void)model;
  (void)at;
  (void)p;
  (void)pools;
  for (size_t l = 0; l < n_layers; l++)
    out->rate[n_layers + l] = lane_splat(0.1);
}

static void steady(const void *model, const lane *at, const lane *p, const struct proda_terms *t,
                   const lane *inflow, lane *pools)
{
  (void)model;
  (void)at;
  (void)p;
  (void)t;
  for (size_t l = 0; l < n_layers; l++)
    pools[SOIL * n_layers + l] = wrong * inflow[SOIL * n_layers + l] / 0.4;
}

static const struct proda_nonlinear_ops nonlinear = {
    .size = sizeof nonlinear, .rates = rates, .steady = steady};

static const void *extension(const void *model, const char *name)
{
  (void)model;
  return strcmp(name, "nonlinear") == 0 ? &nonlinear : NULL;
}

static const struct proda_model_ops ops = {
    .size = sizeof ops,
    .create = create,
    .destroy = destroy,
    .site_size = site_size,
    .site = site,
    .terms = terms,
    .extension = extension,
};
static const struct proda_plugin plugin = {.ops = &ops};

struct made {
  struct proda_manifest *manifest;
  struct proda_loaded loaded;
  struct proda_structure *structure;
  struct proda_block *block;
};

/* Solved at a site of bulk density 800 and 1200 kg m-3, in months of which the second is heavier.
 */
static struct made make(const char *unit, const char *grid, const char *linear)
{
  static const double heavy[] = {700, 900, 1100, 1300};
  const double *driver[] = {heavy};
  const struct proda_forcing forcing = {.driver = driver};
  struct made made = {0};
  char text[2048];
  int size = snprintf(text, sizeof text,
                      "proda: 1\nkind: model\nname: budget\ntitle: t\ntime: day\n%s\n%s\n"
                      "drivers:\n  bd: {unit: kg m-3, dims: [layer, month], doc: bulk density}\n"
                      "parameters:\n"
                      "  k: {term: K, unit: day-1, default: 1, prior: [0.5, 5], doc: rate}\n"
                      "pools: [litter, soil]\nmodifiers: [plain]\ninputs: [litter]\n"
                      "channels:\n"
                      "  - {from: litter, to: {soil: 0.4}}\n"
                      "  - {from: soil, name: decay%s}\n"
                      "  - {from: soil, name: leaching, loss: leaching}\n"
                      "transport: {pools: [litter]}\n"
                      "observe:\n  soc: {sum: soil, unit: gC m-3}\n",
                      unit, grid, linear);
  assert_ok(proda_manifest_parse("budget", text, (size_t)size, &made.manifest, &error), error);
  made.loaded = (struct proda_loaded){made.manifest, &plugin, NULL};
  assert_ok(proda_structure_new(&made.loaded, NULL, 2, &made.structure, &error), error);
  assert_ok(proda_block_new(made.structure, PRODA_WANT_BALANCE, &made.block, &error), error);
  const double parameter = 1;
  for (int i = 0; i < PRODA_LANES; i++) {
    assert_ok(proda_block_attach(made.block, i, &forcing, &error), error);
    proda_block_set(made.block, i, &parameter);
  }
  proda_block_solve(made.block);
  return made;
}

static void discard(struct made *made)
{
  proda_block_free(made->block);
  proda_structure_free(made->structure);
  proda_manifest_free(made->manifest);
}

static const char one_layer[] = "grid: {dz: [0.5], node: [0.25], interface: [0.5]}";
static const char two_layers[] = "grid: {dz: [0.5, 1], node: [0.25, 1], interface: [0.5, 1.5]}";

/* Litter 12: of 6 in, 3.6 is respired; soil 6: 0.6 respired, 1.8 leached. All times what a unit is
 * per area. */
static void units(void **state)
{
  (void)state;
  static const struct {
    const char *unit;
    double area, density;
  } unit[] = {
      {"unit: gC m-3", 0.5, 1},
      {"unit: mgC cm-3", 500, 1000},
      {"unit: gC m-2", 1, 2},
      {"unit: tC ha-1", 100, 200},
      {"unit: mgC g-1\nbulk_density: bd", 400, 800},
      {"unit: percent\nbulk_density: bd", 4000, 8000},
  };
  wrong = 1;
  for (size_t k = 0; k < sizeof unit / sizeof *unit; k++) {
    struct made made = make(unit[k].unit, one_layer, "");
    struct proda_budget budget;
    lane loss[2], density, component[PRODA_N_COMPONENTS];
    assert_int_equal(made.manifest->n_losses, 2);
    assert_string_equal(made.manifest->loss[1].measure, "loss_leaching");
    proda_block_budget(made.block, &budget, loss);
    proda_block_observe(made.block, 0, &density);
    proda_block_components(made.block, 0, component);
    for (int i = 0; i < PRODA_LANES; i++) {
      assert_int_equal(proda_block_status(made.block, i), PRODA_SOLVED);
      assert_close(proda_block_pools(made.block)[SOIL][i], 6, 1e-14, 0);
      assert_close(density[i], 6 * unit[k].density, 1e-14, 0);
      assert_close(budget.input[i], 6 * unit[k].area, 1e-14, 0);
      assert_close(loss[0][i], 4.2 * unit[k].area, 1e-14, 0);
      assert_close(loss[1][i], 1.8 * unit[k].area, 1e-14, 0);
      assert_close(budget.change[i], 0, 0, 1e-14 * unit[k].area);
      assert_close(budget.transport[i], 0, 0, 0);
      assert_close(proda_block_balance(made.block, i), 1, 1e-14, 0);
      assert_close(component[PRODA_CARBON_INPUT][i], 365 * 6 * unit[k].area, 1e-14, 0);
      assert_close(component[PRODA_SYSTEM_RESIDENCE_TIME][i], 18.0 / 6 / 365, 1e-14, 0);
    }
    discard(&made);
  }
}

/* Upper litter 6: 3 moves on, of which the lower layer, twice as thick, gets 0.75 per volume and so
 * 1.5 of the 3 per half volume. */
static void transport(void **state)
{
  (void)state;
  wrong = 1;
  struct made made = make("", two_layers, "");
  struct proda_budget budget;
  lane loss[2];
  proda_block_budget(made.block, &budget, loss);
  assert_close(proda_block_pools(made.block)[LITTER * 2][0], 6, 1e-14, 0);
  assert_close(proda_block_pools(made.block)[LITTER * 2 + 1][0], 1.5, 1e-14, 0);
  assert_close(budget.input[0], 3, 1e-14, 0);
  assert_close(budget.transport[0], 1.5 - 0.75, 1e-14, 0);
  assert_close(loss[0][0] + loss[1][0], 2.25, 1e-14, 0);
  assert_close(budget.change[0], 0, 0, 1e-14);
  assert_int_equal(proda_block_status(made.block, 0), PRODA_SOLVED);
  discard(&made);
}

/* A closed form that is off by so much: to rounding it is a state, else it is none. */
static void closed_form_that_is_none(void **state)
{
  (void)state;
  static const double miss[] = {0, 1e-14, 1e-8, 1, -0.5};
  for (size_t k = 0; k < sizeof miss / sizeof *miss; k++) {
    wrong = 1 + miss[k];
    struct made made = make("", one_layer, ", linear: false");
    struct proda_budget budget;
    lane loss[2];
    proda_block_budget(made.block, &budget, loss);
    assert_close(budget.change[0], -0.5 * 2.4 * miss[k], 1e-6, 1e-14);
    assert_int_equal(proda_block_status(made.block, 0),
                     k < 2 ? PRODA_SOLVED : PRODA_SOLVE_UNBALANCED);
    discard(&made);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(units),
      cmocka_unit_test(transport),
      cmocka_unit_test(closed_form_that_is_none),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
