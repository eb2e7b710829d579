/* examples/millennial_vr, built as a user builds it. In every layer its five pools stand as the
 * closed relations of Millennial's card say (golden/millennial2.md, "Steady state" and "Channels"),
 * computed here anew from parameters and what the litters hand down. */
#include "plugin/planting.h"

#include <proda/random.h>

#include "balance.h"
#include "formula/build.h"
#include "matrix/structure.h"
#include "plugin/prior.h"
#include "store/forcing.h"
#include "yaml/yaml.h"

enum { L = 20, MONTHS = 12, SITES = 5, MAX_DRIVERS = 16, MAX_PARAMETERS = 64 };
enum { POM, LMWC, AGG, MIC, MAOM, N_SOIL };

static struct proda_error error;
static struct proda_loaded *model;

/* One site's year: the mean soil is `mean` degC, 12 K warmer in July. */
struct site {
  double mean, water, sand, clay;
  double value[MAX_DRIVERS][L * MONTHS];
  const double *driver[MAX_DRIVERS];
};
static const struct {
  double mean, water, sand, clay;
} place[SITES] = {
    {-6, 0.6, 40, 10}, {3, 0.8, 60, 8}, {9, 0.7, 35, 25}, {17, 0.4, 80, 5}, {24, 1.0, 20, 55}};

/* What the card's formulas need of a layer. */
struct layer {
  double wet, warm_pl, consuming, cue, qmax;
};

static int load(void **state)
{
  struct proda_search_path *path = NULL;
  char include[4096], fragments[4096], source[4096], copy[4096];
  const char *top = getenv("srcdir"), *build = getenv("builddir");
  if (scratch_setup(state))
    return -1;
  snprintf(include, sizeof include, "%s/framework/include", top ? top : ".");
  setenv("PRODA_INCLUDE_PATH", include, 1);
  snprintf(source, sizeof source, "%s/examples/millennial_vr/millennial_vr.yaml", top ? top : ".");
  snprintf(fragments, sizeof fragments, "%s/models", build ? build : ".");
  snprintf(copy, sizeof copy, "%s/millennial_vr.yaml", scratch_directory);
  scratch_copy(source, copy, SIZE_MAX);
  assert_ok(proda_search_path_make(fragments, &path, &error), error);
  const struct proda_build_options options = {.search = path};
  assert_ok(proda_plugin_build(copy, &options, &error), error);
  assert_ok(proda_load(path, copy, PRODA_MODEL, &model, &error), error);
  proda_search_path_free(path);
  return 0;
}

static int unload(void **state)
{
  proda_loaded_free(model);
  return scratch_teardown(state);
}

static double *driver(struct site *site, const char *name)
{
  long d = proda_manifest_driver(model->manifest, name);
  assert_in_range(d, 0, MAX_DRIVERS - 1);
  return site->value[d];
}

static void set_month(struct site *site, const char *name, double value)
{
  for (size_t m = 0; m < MONTHS; m++)
    driver(site, name)[m] = value;
}

static double temperature(const struct site *site, size_t layer, size_t month)
{
  double amplitude = 12 * exp(-model->manifest->grid.node[layer] / 2);
  return site->mean - amplitude * cos(2 * M_PI * (double)month / MONTHS);
}

static void fill(struct site *site, size_t k)
{
  static const char *const litter[] = {"input_cwd", "input_litr1", "input_litr2", "input_litr3"};
  site->mean = place[k].mean;
  site->water = place[k].water;
  site->sand = place[k].sand;
  site->clay = place[k].clay;
  for (size_t l = 0; l < L; l++) {
    for (size_t m = 0; m < MONTHS; m++) {
      driver(site, "soil_temperature")[l * MONTHS + m] = 273.15 + temperature(site, l, m);
      driver(site, "w_scalar")[l * MONTHS + m] = site->water;
      driver(site, "o_scalar")[l * MONTHS + m] = 0.95;
      driver(site, "n_scalar")[l * MONTHS + m] = 0.9;
    }
    driver(site, "sand")[l] = site->sand;
    driver(site, "clay")[l] = site->clay;
  }
  set_month(site, "altmax", 4);
  set_month(site, "altmax_lastyear", 4);
  set_month(site, "nbedrock", 20);
  for (int i = 0; i < 4; i++)
    set_month(site, litter[i], 8 + 3 * i);
  for (size_t d = 0; d < model->manifest->n_drivers; d++)
    site->driver[d] = site->value[d];
}

static double par(const double *parameter, const char *name)
{
  long p = proda_manifest_parameter(model->manifest, name);
  assert_true(p >= 0);
  return parameter[p];
}

/* Clapp and Hornberger 1978, Cosby et al. 1984; Millennial's scalars as the card has them. */
static struct layer layer_of(const struct site *site, const double *p, size_t l)
{
  const double R = 8.31446, eact_pl = 63909, eact_lb = 57865;
  struct layer out = {.qmax = 2700 * (1 - (0.489 - 0.00126 * site->sand)) * (100 - site->sand) *
                              par(p, "param_pc")};
  double dry = 10e3 / (0.0980665 * pow(10, 1.88 - 0.0131 * site->sand)), degrees = 0;
  double filled = pow(dry, -(1 - site->water) / (2.91 + 0.159 * site->clay));
  for (size_t m = 0; m < MONTHS; m++) {
    double T = temperature(site, l, m) + 273.15, kamin = par(p, "kamin");
    out.wet += sqrt(filled) / MONTHS;
    out.warm_pl += sqrt(filled) * par(p, "alpha_pl") * exp(-eact_pl / (R * T)) / MONTHS;
    out.consuming += exp(-0.00315) * (kamin + (1 - kamin) * sqrt(1 - filled)) * sqrt(filled) *
                     par(p, "alpha_lb") * exp(-eact_lb / (R * T)) / MONTHS;
    degrees += temperature(site, l, m) / MONTHS;
  }
  out.cue = par(p, "cue_ref") - par(p, "cue_t") * (degrees - 15);
  return out;
}

/* What the litters hand down to a pool. */
static double handed_down(const struct proda_block *block, size_t pool, size_t l, int i)
{
  const struct proda_manifest *m = model->manifest;
  const struct proda_terms *t = proda_block_terms(block);
  double sum = 0;
  for (size_t k = 0; k < m->n_transfers; k++) {
    const struct proda_channel *c = &m->channel[m->transfer[k].channel];
    size_t row = m->transfer[k].channel * L + l;
    if (m->transfer[k].recipient == pool && m->pool[c->donor][1] == 'L') /* ML, CL, LL */
      sum += t->fraction[k * L + l][i] * t->rate[row][i] * t->modifier[c->modifier * L + l][i] *
             proda_block_pools(block)[c->donor * L + l][i];
  }
  return sum;
}

static double uptake(const char *kinetics, double half, double M, double S)
{
  return strcmp(kinetics, "MM") == 0    ? M / (half + S)
         : strcmp(kinetics, "ECA") == 0 ? M / (half + S + M)
                                        : M / half;
}

static double depolymerised(const char *kinetics, double half, double M, double P)
{
  return strcmp(kinetics, "MM") == 0    ? M / (half + M)
         : strcmp(kinetics, "ECA") == 0 ? M / (half + P + M)
                                        : M / half;
}

/* The card's channels, and that each pool gains what it loses: relative to what it gains. */
static void check_layer(const struct proda_block *block, const char *kinetics,
                        const struct site *site, const double *p, size_t l, int i)
{
  const struct proda_manifest *m = model->manifest;
  struct layer at = layer_of(site, p, l);
  double X[N_SOIL], in[N_SOIL];
  size_t first = (size_t)proda_manifest_pool(m, "POM");
  for (size_t k = 0; k < N_SOIL; k++) {
    X[k] = proda_block_pools(block)[(first + k) * L + l][i];
    in[k] = handed_down(block, first + k, l, i);
    assert_true(X[k] > 0);
  }
  double affinity = par(p, "kaff_des") * exp(-par(p, "param_p1") * 6.5 - 0.216);
  double r1 = at.warm_pl * X[POM] * depolymerised(kinetics, par(p, "kaff_pl"), X[MIC], X[POM]);
  double r2 = par(p, "rate_pa") * at.wet * X[POM], r3 = par(p, "rate_break") * at.wet * X[AGG];
  double r4 = par(p, "rate_leach") * at.wet * X[LMWC];
  double r5 = affinity * at.wet * X[LMWC] * (1 - X[MAOM] / at.qmax);
  double r6 = at.consuming * X[LMWC] * uptake(kinetics, par(p, "kaff_lb"), X[MIC], X[LMWC]);
  double r7 = par(p, "rate_bd") * X[MIC] * X[MIC], r8 = par(p, "kaff_des") * X[MAOM] / at.qmax;
  double r9 = par(p, "rate_ma") * at.wet * X[MAOM], pa = par(p, "param_pa");
  double pb = par(p, "param_pb");
  assert_close(at.cue * r6, r7, 1e-9, 0);
  assert_close(in[POM] + pa * r3, r1 + r2, 1e-9, 0);
  assert_close(in[LMWC] + r1 + (1 - pb) * r7 + r8, r4 + r5 + r6, 1e-9, 0);
  assert_close(r2 + r9, r3, 1e-9, 0);
  assert_close((1 - pa) * r3 + r5 + pb * r7, r8 + r9, 1e-9, 0);
  /* "I = d rate_leach L + ((1-e)/e) rate_bd M^2" */
  assert_close(in[POM] + in[LMWC], r4 + (1 - at.cue) / at.cue * r7, 1e-8, 0);
}

static void draw(const struct proda_manifest *m, struct proda_random *random, bool defaults,
                 double *parameter)
{
  for (size_t p = 0; p < m->n_parameters; p++)
    parameter[p] =
        defaults ? m->parameter[p].default_value
                 : proda_prior_at(&m->parameter[p].prior, 0.2 + 0.6 * proda_random_uniform(random));
}

static void check_kinetics(const char *kinetics)
{
  struct proda_yaml *document = NULL;
  struct proda_settings *settings = NULL;
  struct proda_structure *structure = NULL;
  struct proda_block *block = NULL;
  struct proda_random random;
  static struct site site[PRODA_LANES];
  double parameter[PRODA_LANES][MAX_PARAMETERS];
  char text[64];
  size_t n_solved = 0;
  snprintf(text, sizeof text, "{kinetics: %s}", kinetics);
  assert_ok(proda_yaml_parse("settings", text, strlen(text), &document, &error), error);
  assert_ok(
      proda_settings_make(model->manifest, document, proda_yaml_root(document), &settings, &error),
      error);
  assert_ok(proda_structure_new(model, settings, MONTHS, &structure, &error), error);
  assert_ok(proda_block_new(structure, PRODA_WANT_BALANCE, &block, &error), error);
  proda_random_start(&random, 11, 0, 0);
  for (int round = 0; round < 4; round++) {
    for (int i = 0; i < PRODA_LANES; i++) {
      fill(&site[i], (size_t)(i % SITES));
      const struct proda_forcing forcing = {.driver = site[i].driver};
      assert_ok(proda_block_attach(block, i, &forcing, &error), error);
      draw(model->manifest, &random, round == 0, parameter[i]);
      proda_block_set(block, i, parameter[i]);
    }
    proda_block_solve(block);
    for (int i = 0; i < PRODA_LANES; i++) {
      if (proda_block_status(block, i) != PRODA_SOLVED)
        continue;
      n_solved++;
      for (size_t l = 0; l < L; l++)
        check_layer(block, kinetics, &site[i], parameter[i], l, i);
      assert_close(proda_block_balance(block, i), 1, 1e-10, 0);
      assert_budget_closes(block, i);
    }
    assert_true(round > 0 || n_solved == PRODA_LANES);
  }
  assert_true(n_solved >
              3 * PRODA_LANES); /* of 4: some efficiencies fall below 0 where it is hot */
  proda_block_free(block);
  proda_structure_free(structure);
  proda_settings_free(settings);
  proda_yaml_free(document);
}

static void layers_are_millennial(void **state)
{
  (void)state;
  check_kinetics("MM");
  check_kinetics("ECA");
  check_kinetics("LIN");
}

static void it_stands_below_the_litters(void **state)
{
  (void)state;
  const struct proda_manifest *m = model->manifest;
  static const char *const pool[] = {"CWD", "ML", "CL", "LL", "POM", "LMWC", "AGG", "MIC", "MAOM"};
  assert_int_equal(m->grid.n_layers, L);
  assert_int_equal(m->n_pools, 9);
  for (size_t p = 0; p < m->n_pools; p++) {
    assert_string_equal(m->pool[p], pool[p]);
    assert_int_equal(m->transported[p], p >= 1 && p <= 3); /* as COMPAS: the litters */
  }
  assert_int_equal(m->n_inputs, 4);
}

/* The real world's grid has all that it asks for, and nearly everywhere a state by the defaults. */
static void real_cells_have_states(void **state)
{
  enum { EVERY = 40 };
  const struct proda_manifest *m = model->manifest;
  const char *grid = testing_shared_path("data/world/grid.nc");
  struct proda_forcing_file *file = NULL;
  struct proda_settings *settings = NULL;
  struct proda_structure *structure = NULL;
  struct proda_block *block = NULL;
  double parameter[MAX_PARAMETERS];
  size_t n = 0, n_solved = 0;
  (void)state;
  assert_ok(proda_forcing_open(grid, m, &file, &error), error);
  assert_ok(proda_settings_make(m, NULL, NULL, &settings, &error), error);
  assert_ok(proda_structure_new(model, settings, proda_forcing_n_months(file), &structure, &error),
            error);
  assert_ok(proda_block_new(structure, 0, &block, &error), error);
  for (size_t first = 0; first + PRODA_LANES <= proda_forcing_n_sites(file);
       first += EVERY * PRODA_LANES) {
    for (int i = 0; i < PRODA_LANES; i++) {
      const double *at[MAX_DRIVERS];
      const struct proda_forcing forcing = {.driver = at};
      proda_forcing_site(file, first + (size_t)i, at);
      proda_default_parameters(m, &forcing, parameter);
      assert_ok(proda_block_attach(block, i, &forcing, &error), error);
      proda_block_set(block, i, parameter);
    }
    proda_block_solve(block);
    for (int i = 0; i < PRODA_LANES; i++, n++)
      n_solved += proda_block_status(block, i) == PRODA_SOLVED;
  }
  print_message("%zu of %zu cells\n", n_solved, n);
  assert_true(n > 300 && 100 * n_solved > 95 * n);
  proda_block_free(block);
  proda_structure_free(structure);
  proda_settings_free(settings);
  proda_forcing_close(file);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(real_cells_have_states),
      cmocka_unit_test(layers_are_millennial),
      cmocka_unit_test(it_stands_below_the_litters),
  };
  return cmocka_run_group_tests(tests, load, unload);
}
