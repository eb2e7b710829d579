/* COMPAS against golden/compas.nc (the study's published functions in GNU Octave; *_ref in extended
 * precision), both variants of the enzyme decay time; and the closed form against dX/dt = 0,
 * computed here from the manifest's graph and the terms alone, and against Newton's method. */
#include "golden.h"

#include <proda/random.h>

#include "open_form.h"
#include "plugin/prior.h"

enum { N_SITES = GOLDEN_SITES, N_SETS = GOLDEN_SETS, L = GOLDEN_LAYERS };
enum { N_VARIANTS = 2, N_POOLS = 8, N_PARAMETERS = 23, DOC = 4, MIC = 5 };

/* published, table: golden's order */
static const struct golden_subject subject[N_VARIANTS] = {
    {"compas", "data/compas.nc", N_VARIANTS, 0, 1, "", N_SETS},
    {"compas", "data/compas.nc", N_VARIANTS, 1, 0, "", N_SETS},
};

struct fixture {
  struct proda_search_path *path;
  struct golden variant[N_VARIANTS];
};

static struct proda_error error;

static double *golden(const struct fixture *f, const char *name)
{
  return golden_read(&f->variant[0], name);
}

static int set_up(void **state)
{
  struct fixture *f = calloc(1, sizeof *f);
  assert_non_null(f);
  assert_ok(proda_search_path_make(NULL, &f->path, &error), error);
  for (int v = 0; v < N_VARIANTS; v++)
    golden_open(f->path, &subject[v], PRODA_WANT_CONDITION | PRODA_WANT_BALANCE, &f->variant[v]);
  *state = f;
  return 0;
}

static int tear_down(void **state)
{
  struct fixture *f = *state;
  for (int v = 0; v < N_VARIANTS; v++)
    golden_close(&f->variant[v]);
  proda_search_path_free(f->path);
  free(f);
  return 0;
}

/* A block whose lanes hold the site's sets, solved. */
static const struct proda_block *solve(const struct fixture *f, int variant, size_t site)
{
  golden_solve(&f->variant[variant], site);
  return f->variant[variant].block;
}

/* At the frozen site only the first layer receives carbon; deeper ones underflow (README 9.5). */
static size_t layers_at(size_t site)
{
  return site == GOLDEN_FROZEN ? 1 : L;
}

static void states_agree(void **state)
{
  const struct fixture *f = *state;
  double *expected = golden(f, "pools_ref");
  double *balance = golden(f, "mass_balance_ref"), *flag_nan = golden(f, "flag_nan");
  for (size_t s = 0; s < N_SITES; s++)
    for (int v = 0; v < N_VARIANTS; v++) {
      const struct proda_block *block = solve(f, v, s);
      for (int set = 0; set < N_SETS; set++) {
        size_t row = (s * N_SETS + (size_t)set) * N_VARIANTS + (size_t)v;
        for (size_t p = 0; p < N_POOLS; p++)
          for (size_t l = 0; l < layers_at(s); l++) {
            double y = expected[(row * N_POOLS + p) * L + l];
            if (fabs(y) > 1e-200)
              assert_close(proda_block_pools(block)[p * L + l][set], y, 1e-9, 0);
          }
        if (!flag_nan[row] && s != GOLDEN_FROZEN)
          assert_close(proda_block_balance(block, set), balance[row], 1e-8, 0);
      }
    }
  free(expected);
  free(balance);
  free(flag_nan);
}

static void flags_agree(void **state)
{
  const struct fixture *f = *state;
  double *negative = golden(f, "flag_negative");
  double *ratio = golden(f, "flag_ratio"), *nan_flag = golden(f, "flag_nan");
  size_t refused = 0;
  for (size_t s = 0; s < N_SITES; s++)
    for (int v = 0; v < N_VARIANTS; v++) {
      const struct proda_block *block = solve(f, v, s);
      for (int set = 0; set < N_SETS; set++) {
        size_t row = (s * N_SETS + (size_t)set) * N_VARIANTS + (size_t)v;
        enum proda_solve_status expected = nan_flag[row]   ? PRODA_SOLVE_NOT_FINITE
                                           : negative[row] ? PRODA_SOLVE_NEGATIVE
                                           : ratio[row]    ? PRODA_SOLVE_REFUSED
                                                           : PRODA_SOLVED;
        enum proda_solve_status actual = proda_block_status(block, set);
        if (actual == PRODA_SOLVE_NEAR_SINGULAR)
          actual = PRODA_SOLVED; /* of the litter; the study looks at it apart */
        if (actual != expected)
          print_error("site %zu, set %d, variant %d\n", s, set, v);
        assert_int_equal(actual, expected);
        refused += expected == PRODA_SOLVE_REFUSED || expected == PRODA_SOLVE_NEGATIVE;
      }
    }
  assert_true(refused > 10); /* the set holds invalid draws on purpose */
  free(negative);
  free(ratio);
  free(nan_flag);
}

static void condition_agrees(void **state)
{
  const struct fixture *f = *state;
  double *rcond = golden(f, "rcond");
  for (size_t s = 0; s < N_SITES; s++) {
    const struct proda_block *block = solve(f, 1, s);
    for (int set = 0; set < N_SETS; set++) {
      double expected = rcond[(s * N_SETS + (size_t)set) * N_VARIANTS + 1];
      if (expected > 1e-15)
        assert_close(proda_block_rcond(block, set), expected, 1e-8, 0);
    }
  }
  free(rcond);
}

/* dX/dt of lane i from graph and terms, and the largest flux of each pool to compare it with. */
static void derivative(const struct proda_manifest *m, const struct proda_block *block, int i,
                       double *rate, double *scale)
{
  const struct proda_terms *t = proda_block_terms(block);
  const lane *x = proda_block_pools(block);
  memset(rate, 0, sizeof *rate * N_POOLS * L);
  memset(scale, 0, sizeof *scale * N_POOLS * L);
  for (size_t k = 0; k < m->n_inputs; k++)
    for (size_t l = 0; l < L; l++)
      rate[m->input[k] * L + l] += t->input[k * L + l][i];
  for (size_t c = 0; c < m->n_channels; c++)
    for (size_t l = 0; l < L; l++) {
      size_t donor = m->channel[c].donor * L + l;
      double flux =
          t->rate[c * L + l][i] * t->modifier[m->channel[c].modifier * L + l][i] * x[donor][i];
      rate[donor] -= flux;
      scale[donor] = fmax(scale[donor], flux);
      for (size_t k = 0; k < m->n_transfers; k++)
        if (m->transfer[k].channel == c)
          rate[m->transfer[k].recipient * L + l] += t->fraction[k * L + l][i] * flux;
    }
  for (size_t p = 0; p < N_POOLS; p++)
    for (size_t l = 0; l < L && m->transported[p]; l++) {
      double moved = t->transport[L + l][i] * x[p * L + l][i];
      scale[p * L + l] = fmax(scale[p * L + l], moved);
      if (l > 0)
        moved += t->transport[l][i] * x[p * L + l - 1][i];
      if (l + 1 < L)
        moved += t->transport[2 * L + l][i] * x[p * L + l + 1][i];
      rate[p * L + l] -= moved;
    }
}

/* Random draws from the prior at random sites. */
static void draw(const struct golden *g, struct proda_block *block, struct proda_random *random)
{
  const struct proda_manifest *manifest = g->model->manifest;
  const double *driver[manifest->n_drivers];
  struct proda_forcing one = {.driver = driver};
  for (int i = 0; i < PRODA_LANES; i++) {
    double parameter[N_PARAMETERS];
    size_t site = proda_random_below(random, N_SITES);
    for (size_t p = 0; p < N_PARAMETERS; p++)
      parameter[p] = proda_prior_at(&manifest->parameter[p].prior, proda_random_uniform(random));
    proda_forcing_site(g->forcing, site, driver);
    assert_ok(proda_block_attach(block, i, &one, &error), error);
    proda_block_set(block, i, parameter);
  }
}

static void closed_form_is_steady(void **state)
{
  const struct fixture *f = *state;
  const struct proda_manifest *manifest = f->variant[1].model->manifest;
  struct proda_block *block = NULL;
  struct proda_random random;
  double rate[N_POOLS * L], scale[N_POOLS * L];
  size_t valid = 0;
  proda_random_start(&random, 3, 1, 4);
  assert_ok(proda_block_new(f->variant[1].structure, 0, &block, &error), error);
  for (int round = 0; round < 100; round++) {
    draw(&f->variant[1], block, &random);
    proda_block_solve(block);
    for (int i = 0; i < PRODA_LANES; i++) {
      if (proda_block_status(block, i) != PRODA_SOLVED)
        continue;
      valid++;
      derivative(manifest, block, i, rate, scale);
      for (size_t k = 0; k < N_POOLS * L; k++)
        if (scale[k] > 1e-250)
          assert_true(fabs(rate[k]) <= 1e-10 * scale[k]);
    }
  }
  assert_in_range(valid, 20, 800);
  proda_block_free(block);
}

/* ---- the same state without the closed form ---- */

static void newton_finds_the_closed_form(void **state)
{
  const struct fixture *f = *state;
  const struct golden *g = &f->variant[1];
  struct open_form form;
  struct proda_structure *open = NULL;
  struct proda_block *closed_block = NULL, *open_block = NULL;
  struct proda_random one, two;
  size_t n_valid = 0, n_none = 0;
  static const double table = 0;
  struct proda_setting value = {1, &table};
  struct proda_settings settings = {1, &value};
  open_form_make(g->model, &form);
  assert_ok(proda_structure_new(&form.loaded, &settings, GOLDEN_MONTHS, &open, &error), error);
  assert_ok(proda_block_new(g->structure, 0, &closed_block, &error), error);
  assert_ok(proda_block_new(open, PRODA_WANT_SEVERAL, &open_block, &error), error);
  proda_random_start(&one, 3, 1, 4);
  proda_random_start(&two, 3, 1, 4);
  for (int round = 0; round < 50; round++) {
    draw(g, closed_block, &one);
    draw(g, open_block, &two);
    proda_block_solve(closed_block);
    proda_block_solve(open_block);
    for (int i = 0; i < PRODA_LANES; i++) {
      enum proda_solve_status closed = proda_block_status(closed_block, i);
      enum proda_solve_status opened = proda_block_status(open_block, i);
      if (closed == PRODA_SOLVE_NOT_FINITE)
        continue; /* carbon underflows, which the closed form divides by */
      assert_int_equal(opened, closed == PRODA_SOLVE_NEGATIVE ? PRODA_SOLVE_NO_STATE : closed);
      n_none += opened == PRODA_SOLVE_NO_STATE;
      n_valid += closed == PRODA_SOLVED;
      for (size_t k = DOC * L; k < N_POOLS * L && opened != PRODA_SOLVE_NO_STATE; k++)
        if (proda_block_pools(closed_block)[MIC * L + k % L][i] > 1e-130) /* else no carbon */
          assert_close(proda_block_pools(open_block)[k][i], proda_block_pools(closed_block)[k][i],
                       1e-9, 0);
    }
  }
  assert_true(n_valid >= 30 && n_none >= 5);
  proda_block_free(closed_block);
  proda_block_free(open_block);
  proda_structure_free(open);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(states_agree),
      cmocka_unit_test(flags_agree),
      cmocka_unit_test(condition_agrees),
      cmocka_unit_test(closed_form_is_steady),
      cmocka_unit_test(newton_finds_the_closed_form),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
