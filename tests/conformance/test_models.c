/* What <proda/model.h> promises, asked of every structure on the plugin path at its default
 * settings, on made-up forcing. Expected numbers are the manifest's formulas and the equation
 * dX/dt = B I + A xi K X - V X, evaluated here entry by entry. */
#include "every.h"

#include <proda/model.h>
#include <proda/random.h>

#include "balance.h"
#include "formula/program.h"
#include "matrix/structure.h"
#include "pipeline/measures.h"
#include "plugin/prior.h"

enum { MONTHS = 12, GUARD = 0x5a };

/* An instance with its own site data and terms for a block of lanes. */
struct bench {
  const struct proda_manifest *manifest;
  const struct proda_model_ops *ops;
  void *model;
  lane *site, *parameter;
  struct proda_terms terms;
  lane *memory; /* of the terms */
  size_t n_memory;
};

/* The forcing of one site: absent drivers are NULL. */
struct place {
  double **driver;
  struct proda_forcing forcing;
};

static struct proda_error error;
static struct proda_random stream;

/* ---- made-up sites and draws ---- */

static double driver_value(const struct proda_driver *driver)
{
  double u = proda_random_uniform(&stream);
  if (!isnan(driver->lower))
    return driver->lower + u * (driver->upper - driver->lower);
  return strcmp(driver->unit, "K") == 0 ? 275 + 20 * u : 0.5 + u;
}

static void place_make(struct place *place, const struct proda_manifest *m, bool with_optional)
{
  place->driver = calloc(m->n_drivers + 1, sizeof *place->driver);
  assert_non_null(place->driver);
  for (size_t d = 0; d < m->n_drivers; d++) {
    size_t n = (m->driver[d].dims & PRODA_DIM_LAYER ? m->grid.n_layers : 1) *
               (m->driver[d].dims & PRODA_DIM_MONTH ? MONTHS : 1);
    if (m->driver[d].optional && !with_optional)
      continue;
    place->driver[d] = malloc(n * sizeof(double));
    assert_non_null(place->driver[d]);
    for (size_t i = 0; i < n; i++)
      place->driver[d][i] = driver_value(&m->driver[d]);
  }
  place->forcing.driver = place->forcing.record = (const double *const *)place->driver;
  place->forcing.n_record = MONTHS;
  place->forcing.month = 0;
}

static void place_free(struct place *place, const struct proda_manifest *m)
{
  for (size_t d = 0; d < m->n_drivers; d++)
    free(place->driver[d]);
  free(place->driver);
}

static void draw(const struct proda_manifest *m, lane *parameter, int i)
{
  for (size_t p = 0; p < m->n_parameters; p++)
    parameter[p][i] = proda_prior_at(&m->parameter[p].prior, proda_random_uniform(&stream));
}

/* ---- an instance ---- */

static lane *lanes(size_t n)
{
  lane *memory = aligned_alloc(sizeof(lane), (n + 1) * sizeof(lane));
  assert_non_null(memory);
  memset(memory, 0, (n + 1) * sizeof(lane));
  return memory;
}

static void bench_make(struct bench *b, const struct proda_loaded *loaded,
                       const struct proda_settings *settings)
{
  const struct proda_manifest *m = loaded->manifest;
  const struct proda_model_shape shape = {m->grid.n_layers, MONTHS};
  size_t L = m->grid.n_layers;
  *b = (struct bench){.manifest = m, .ops = loaded->plugin->ops};
  assert_ok(b->ops->create(&shape, settings->value, &b->model, &error), error);
  b->site = lanes(b->ops->site_size(b->model));
  b->parameter = lanes(m->n_parameters);
  size_t carry = b->ops->carry_size ? b->ops->carry_size(b->model) : 0;
  b->n_memory = (m->n_inputs + m->n_channels + m->n_modifiers + m->n_transfers + 3) * L + carry;
  b->memory = lanes(b->n_memory);
  b->terms.input = b->memory;
  b->terms.rate = b->terms.input + m->n_inputs * L;
  b->terms.modifier = b->terms.rate + m->n_channels * L;
  b->terms.fraction = b->terms.modifier + m->n_modifiers * L;
  b->terms.transport = b->terms.fraction + m->n_transfers * L;
  b->terms.carry = b->terms.transport + 3 * L;
}

static void bench_free(struct bench *b)
{
  b->ops->destroy(b->model);
  free(b->site);
  free(b->parameter);
  free(b->memory);
}

static void terms(const struct bench *b)
{
  b->ops->terms(b->model, b->site, b->parameter, &b->terms);
}

static void bench_fill(struct bench *b, const struct place place[PRODA_LANES])
{
  for (int i = 0; i < PRODA_LANES; i++) {
    assert_ok(b->ops->site(b->model, &place[i].forcing, b->site, i, &error), error);
    draw(b->manifest, b->parameter, i);
  }
}

/* Not read: the lower band's entry at the top, the upper one's at the bottom, and rates that
 * depend on pools, which are not the business of `terms`. */
static bool is_read(const struct bench *b, size_t k)
{
  size_t L = b->manifest->grid.n_layers, rate = (size_t)(b->terms.rate - b->memory);
  size_t transport = (size_t)(b->terms.transport - b->memory);
  if (k >= rate && k < rate + b->manifest->n_channels * L)
    return b->manifest->channel[(k - rate) / L].linear;
  return k != transport && k != transport + 3 * L - 1;
}

static void assert_same_lane(const struct bench *b, int i, const struct bench *other, int j)
{
  for (size_t k = 0; k < b->n_memory; k++) {
    double x = b->memory[k][i], y = other->memory[k][j];
    if (is_read(b, k) && !isnan(x))
      assert_memory_equal(&x, &y, sizeof x);
    else if (is_read(b, k))
      assert_true(isnan(y));
  }
}

/* ---- the suite ---- */

static void refuses_other_shapes(const struct bench *b, const struct proda_settings *settings)
{
  for (size_t layers = b->manifest->grid.n_layers - 1; layers <= b->manifest->grid.n_layers + 1;
       layers += 2) {
    const struct proda_model_shape shape = {layers, MONTHS};
    void *model = NULL;
    error.message[0] = '\0';
    assert_int_equal(b->ops->create(&shape, settings->value, &model, &error), PRODA_ERROR);
    assert_null(model);
    assert_true(error.message[0] != '\0');
  }
}

static void site_touches_its_lane(const struct bench *b, const struct place *place)
{
  size_t n = b->ops->site_size(b->model);
  lane *one = lanes(n), *two = lanes(n);
  memset(one, GUARD, n * sizeof *one);
  memset(two, 0, n * sizeof *two);
  for (int i = 0; i < PRODA_LANES; i += 3) {
    assert_ok(b->ops->site(b->model, &place->forcing, one, i, &error), error);
    assert_ok(b->ops->site(b->model, &place->forcing, two, i, &error), error);
  }
  lane untouched;
  memset(&untouched, GUARD, sizeof untouched);
  for (size_t k = 0; k < n; k++)
    for (int i = 0; i < PRODA_LANES; i++) {
      double x = one[k][i], y = i % 3 == 0 ? two[k][0] : untouched[0];
      assert_memory_equal(&x, &y, sizeof x);
    }
  free(one);
  free(two);
}

/* Every entry is written, and nothing else is read: what stood there before does not matter. */
static void terms_are_pure(const struct bench *b, struct bench *other)
{
  size_t site_size = b->ops->site_size(b->model);
  memset(b->memory, 0xff, b->n_memory * sizeof(lane)); /* NaN */
  memset(other->memory, GUARD, other->n_memory * sizeof(lane));
  memcpy(other->site, b->site, site_size * sizeof(lane));
  memcpy(other->parameter, b->parameter, b->manifest->n_parameters * sizeof(lane));
  terms(b);
  terms(other);
  for (int i = 0; i < PRODA_LANES; i++)
    assert_same_lane(b, i, other, i);
  for (size_t k = 0; k < b->n_memory; k++)
    for (int i = 0; is_read(b, k) && i < PRODA_LANES; i++)
      assert_true(isfinite(b->memory[k][i]));
}

/* A lane does not depend on its place or on its neighbours, be they NaN. */
static void lanes_are_independent(const struct bench *b, struct bench *other)
{
  size_t site_size = b->ops->site_size(b->model);
  for (int i = 0; i < PRODA_LANES; i++) {
    int at = (i + 3) % PRODA_LANES;
    memset(other->site, 0xff, site_size * sizeof(lane));
    memset(other->parameter, 0xff, b->manifest->n_parameters * sizeof(lane));
    for (size_t k = 0; k < site_size; k++)
      other->site[k][at] = b->site[k][i];
    for (size_t p = 0; p < b->manifest->n_parameters; p++)
      other->parameter[p][at] = b->parameter[p][i];
    terms(other);
    assert_same_lane(b, i, other, at);
  }
}

struct values {
  const struct bench *bench;
  int lane;
  const char *unit_of_time; /* that the names looked up so far state */
};

static int value_of(void *context, const char *name, double *value)
{
  struct values *v = context;
  long p = proda_manifest_parameter(v->bench->manifest, name);
  if (p < 0)
    return -1;
  *value = v->bench->parameter[p][v->lane];
  const char *unit = v->bench->manifest->parameter[p].unit;
  if (strstr(unit, "yr") || strstr(unit, "day"))
    v->unit_of_time = strstr(unit, "yr") ? "yr" : "day";
  return 0;
}

/* Rates stand in the parameters' unit of time, terms in the manifest's; a year has 365 days. */
static double rate_of(struct values *v, const struct proda_expression *rate)
{
  const char *time = v->bench->manifest->time;
  v->unit_of_time = time;
  double value = proda_expression_evaluate(rate, value_of, v);
  if (strcmp(v->unit_of_time, time) == 0)
    return value;
  return strcmp(time, "day") == 0 ? value / 365 : value * 365;
}

/* The variant of the default settings. */
static struct proda_program *default_program(const struct proda_manifest *m)
{
  double setting[m->n_settings + 1];
  struct proda_program *program = NULL;
  size_t n, v = 0;
  assert_ok(proda_program_variants(m, &n, &error), error);
  for (bool found = false; !found; v += !found) {
    assert_true(v < n);
    proda_program_settings(m, v, setting);
    found = true;
    for (size_t i = 0; i < m->n_settings; i++)
      found = found && setting[i] == m->setting[i].default_value[0];
  }
  assert_ok(proda_program_new(m, v, &program, &error), error);
  return program;
}

/* Where a term follows from parameters alone, the graph of formulas says what it is. */
static void graph_holds(const struct bench *b)
{
  const struct proda_manifest *m = b->manifest;
  struct proda_program *program = default_program(m);
  size_t L = m->grid.n_layers;
  double setting[m->n_settings + 1], parameter[m->n_parameters + 1];
  double *value = calloc(program->graph->n * L, sizeof *value);
  assert_non_null(value);
  for (size_t i = 0; i < m->n_settings; i++)
    setting[i] = m->setting[i].default_value[0];
  for (int i = 0; i < PRODA_LANES; i++) {
    for (size_t p = 0; p < m->n_parameters; p++)
      parameter[p] = b->parameter[p][i];
    proda_graph_evaluate(program->graph, parameter, setting, MONTHS, value);
    for (size_t l = 0; l < L; l++) {
      for (size_t c = 0; c < m->n_channels; c++)
        if (m->channel[c].linear && !isnan(value[program->rate[c] * L + l]))
          assert_close(b->terms.rate[c * L + l][i], value[program->rate[c] * L + l], 1e-14, 0);
      for (size_t t = 0; t < m->n_transfers; t++)
        if (!isnan(value[program->fraction[t] * L + l]))
          assert_close(b->terms.fraction[t * L + l][i], value[program->fraction[t] * L + l], 1e-14,
                       0);
    }
  }
  free(value);
  proda_program_free(program);
}

static void formulas_hold(const struct bench *b)
{
  const struct proda_manifest *m = b->manifest;
  if (m->has_formulas) {
    graph_holds(b);
    return;
  }
  size_t L = m->grid.n_layers;
  for (int i = 0; i < PRODA_LANES; i++) {
    struct values v = {.bench = b, .lane = i};
    for (size_t l = 0; l < L; l++) {
      for (size_t c = 0; c < m->n_channels; c++)
        if (m->channel[c].rate)
          assert_close(b->terms.rate[c * L + l][i], rate_of(&v, m->channel[c].rate), 1e-14, 0);
      for (size_t t = 0; t < m->n_transfers; t++)
        assert_close(b->terms.fraction[t * L + l][i],
                     proda_expression_evaluate(m->transfer[t].fraction, value_of, &v), 1e-14, 0);
    }
  }
}

static void terms_are_in_range(const struct bench *b)
{
  const struct proda_manifest *m = b->manifest;
  size_t L = m->grid.n_layers;
  for (int i = 0; i < PRODA_LANES; i++) {
    for (size_t k = 0; k < m->n_channels * L; k++)
      assert_true(!m->channel[k / L].linear || b->terms.rate[k][i] > 0);
    for (size_t k = 0; k < m->n_transfers * L; k++)
      assert_true(b->terms.fraction[k][i] >= 0 && b->terms.fraction[k][i] <= 1);
    for (size_t k = 0; k < m->n_inputs * L; k++)
      assert_true(b->terms.input[k][i] >= 0);
    for (size_t l = 0; l < L; l++)
      assert_true(b->terms.transport[L + l][i] >= 0);
  }
}

/* NaN in a prescribed parameter asks the site; the others go by their numbers. */
static void prescribed_by_the_site(struct bench *b, struct bench *other)
{
  const struct proda_manifest *m = b->manifest;
  memcpy(other->site, b->site, b->ops->site_size(b->model) * sizeof(lane));
  memcpy(other->parameter, b->parameter, m->n_parameters * sizeof(lane));
  for (size_t p = 0; p < m->n_parameters; p++)
    if (m->parameter[p].n_prescribed_by > 0)
      other->parameter[p][0] = other->parameter[p][5] = NAN;
  terms(other);
  for (size_t k = 0; k < b->n_memory; k++)
    assert_true(!is_read(b, k) || (isfinite(other->memory[k][0]) && isfinite(other->memory[k][5])));
  for (int i = 0; i < PRODA_LANES; i++)
    if (i != 0 && i != 5)
      assert_same_lane(b, i, other, i);
}

static void runs_without_optional_drivers(struct bench *b)
{
  struct place bare;
  place_make(&bare, b->manifest, false);
  for (int i = 0; i < PRODA_LANES; i++) {
    assert_ok(b->ops->site(b->model, &bare.forcing, b->site, i, &error), error);
    draw(b->manifest, b->parameter, i);
  }
  terms(b);
  for (size_t k = 0; k < b->n_memory; k++)
    for (int i = 0; is_read(b, k) && i < PRODA_LANES; i++)
      assert_true(isfinite(b->memory[k][i]));
  place_free(&bare, b->manifest);
}

/* ---- the solved state ---- */

/* Measures of a solved block: every one is written, whatever stood there; those of a sound state
 * are numbers. (Not asked of the allocation of input: it has no layer where all enters the first.)
 */
static void measures_are_pure(const struct proda_manifest *m, const struct proda_block *block)
{
  size_t n = proda_measures_count(m);
  lane *one = lanes(n), *two = lanes(n);
  memset(one, 0xff, n * sizeof *one); /* NaN */
  memset(two, GUARD, n * sizeof *two);
  proda_measures_compute(block, 0, one);
  proda_measures_compute(block, 0, two);
  for (size_t k = 0; k < n; k++)
    for (int i = 0; i < PRODA_LANES; i++) {
      assert_close(one[k][i], two[k][i], 0, 0);
      if (proda_block_status(block, i) == PRODA_SOLVED && k != PRODA_INPUT_ALLOCATION)
        assert_true(isfinite(one[k][i]));
    }
  free(one);
  free(two);
}

/* The measures of lane i are those of the same site and parameters in another lane, beside NaN. */
static void measures_keep_to_their_lane(const struct proda_manifest *m, struct proda_block *block,
                                        const lane *parameter, const struct place *place)
{
  size_t n = proda_measures_count(m);
  lane *before = lanes(n), *after = lanes(n);
  double one[m->n_parameters];
  proda_measures_compute(block, 0, before);
  for (int i = 0; i < PRODA_LANES; i++) {
    for (size_t p = 0; p < m->n_parameters; p++)
      one[p] = i == 3 ? parameter[p][6] : NAN;
    assert_ok(proda_block_attach(block, i, &place[6].forcing, &error), error);
    proda_block_set(block, i, one);
  }
  proda_block_solve(block);
  proda_measures_compute(block, 0, after);
  for (size_t k = 0; k < n; k++)
    assert_close(after[k][3], before[k][6], 0, 0);
  free(before);
  free(after);
}

static void steady_state_is_steady(const struct proda_loaded *loaded,
                                   const struct proda_settings *settings,
                                   const struct place place[PRODA_LANES])
{
  const struct proda_manifest *m = loaded->manifest;
  struct proda_structure *structure = NULL;
  struct proda_block *block = NULL;
  lane *parameter = lanes(m->n_parameters);
  double one[m->n_parameters];
  size_t n_checked = 0, n_states = 0;
  assert_ok(proda_structure_new(loaded, settings, MONTHS, &structure, &error), error);
  assert_ok(proda_block_new(structure, PRODA_WANT_BALANCE, &block, &error), error);
  for (int i = 0; i < PRODA_LANES; i++) {
    assert_ok(proda_block_attach(block, i, &place[i].forcing, &error), error);
    draw(m, parameter, i);
    for (size_t p = 0; p < m->n_parameters; p++)
      one[p] = parameter[p][i];
    proda_block_set(block, i, one);
  }
  proda_block_solve(block);
  for (int i = 0; i < PRODA_LANES; i++) {
    if (proda_block_status(block, i) == PRODA_SOLVE_NO_STATE)
      continue;
    n_states++;
    assert_int_not_equal(proda_block_status(block, i), PRODA_SOLVE_UNBALANCED);
    assert_budget_closes(block, i);
    for (size_t k = 0; k < m->n_pools * m->grid.n_layers; k++) {
      struct balance balance = balance_of(m, proda_block_terms(block), proda_block_pools(block),
                                          k / m->grid.n_layers, k % m->grid.n_layers, i);
      if (balance.gross < 1e-200) /* subnormal parts have no digits */
        continue;
      assert_close(balance.change, 0, 0, 1e-11 * balance.gross);
      n_checked++;
    }
  }
  assert_true(n_checked >= n_states * m->n_pools);
  measures_are_pure(m, block);
  measures_keep_to_their_lane(m, block, parameter, place);
  proda_block_free(block);
  proda_structure_free(structure);
  free(parameter);
}

static void check_model(const struct proda_loaded *loaded, const struct proda_settings *settings)
{
  const struct proda_manifest *m = loaded->manifest;
  struct bench one, two;
  struct place place[PRODA_LANES];
  proda_random_start(&stream, 17, 0, 0);
  bench_make(&one, loaded, settings);
  bench_make(&two, loaded, settings);
  for (int i = 0; i < PRODA_LANES; i++)
    place_make(&place[i], m, true);
  assert_true(one.ops->size >= sizeof *one.ops);
  assert_null(one.ops->extension(one.model, "no such extension"));
  one.ops->destroy(NULL);
  refuses_other_shapes(&one, settings);
  site_touches_its_lane(&one, &place[0]);
  for (int round = 0; round < 5; round++) {
    bench_fill(&one, place);
    terms_are_pure(&one, &two);
    lanes_are_independent(&one, &two);
    formulas_hold(&one);
    terms_are_in_range(&one);
    prescribed_by_the_site(&one, &two);
    steady_state_is_steady(loaded, settings, place);
  }
  runs_without_optional_drivers(&two);
  for (int i = 0; i < PRODA_LANES; i++)
    place_free(&place[i], m);
  bench_free(&one);
  bench_free(&two);
}

static void test_every_model(void **state)
{
  (void)state;
  check_every(PRODA_MODEL, check_model);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_model),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
