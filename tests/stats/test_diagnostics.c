/* Against tests/data/diagnostics.nc: values of R 4.2.2 with posterior 1.7.1 and coda 0.19-4, and of
 * the study's public script; each variable states its tolerance (rtol 0: not to be tested). */
#include "testing.h"

#include <netcdf.h>

#include "stats/diagnostics.h"
#include "stats/ess.h"
#include "stats/summary.h"

enum { MAX_GROUPS = 64 };

struct group {
  int id;
  size_t chains, draws, parameters; /* parameters: 1 where there is no such dimension */
  double *value;                    /* [chains][draws][parameters] */
};

static size_t dim_length(int id, const char *name)
{
  int dim;
  size_t length;
  if (nc_inq_dimid(id, name, &dim) != NC_NOERR || nc_inq_dimlen(id, dim, &length) != NC_NOERR)
    return 1;
  return length;
}

static void group_open(int parent, const char *name, struct group *g)
{
  assert_int_equal(nc_inq_ncid(parent, name, &g->id), NC_NOERR);
  g->chains = dim_length(g->id, "chain");
  g->draws = dim_length(g->id, "draw");
  g->parameters = dim_length(g->id, "param");
  g->value = malloc(g->chains * g->draws * g->parameters * sizeof *g->value);
  assert_non_null(g->value);
  int variable;
  assert_int_equal(nc_inq_varid(g->id, "draws", &variable), NC_NOERR);
  assert_int_equal(nc_get_var_double(g->id, variable, g->value), NC_NOERR);
}

/* Draws of one parameter, [chain][draw], for free(). */
static double *group_draws(const struct group *g, size_t parameter)
{
  size_t n = g->chains * g->draws;
  double *draws = malloc(n * sizeof *draws);
  assert_non_null(draws);
  for (size_t i = 0; i < n; i++)
    draws[i] = g->value[i * g->parameters + parameter];
  return draws;
}

/* Calls `check` for each group below `name`; returns how many. */
static int each_group(const char *name, void (*check)(const struct group *))
{
  int file, parent, ids[MAX_GROUPS], n;
  assert_int_equal(nc_open(testing_path("data/diagnostics.nc"), NC_NOWRITE, &file), NC_NOERR);
  assert_int_equal(nc_inq_ncid(file, name, &parent), NC_NOERR);
  assert_int_equal(nc_inq_grps(parent, &n, NULL), NC_NOERR);
  assert_true(n <= MAX_GROUPS);
  assert_int_equal(nc_inq_grps(parent, &n, ids), NC_NOERR);
  for (int i = 0; i < n; i++) {
    char group_name[NC_MAX_NAME + 1];
    struct group g;
    nc_inq_grpname(ids[i], group_name);
    print_message("  %s/%s\n", name, group_name);
    group_open(parent, group_name, &g);
    check(&g);
    free(g.value);
  }
  nc_close(file);
  return n;
}

/* Compares `actual` with entry `parameter` of a variable; returns whether it was to be tested. */
static int compare(const struct group *g, const char *name, size_t parameter, double actual)
{
  int variable;
  double expected, rtol;
  assert_int_equal(nc_inq_varid(g->id, name, &variable), NC_NOERR);
  assert_int_equal(nc_get_att_double(g->id, variable, "rtol", &rtol), NC_NOERR);
  assert_int_equal(nc_get_var1_double(g->id, variable, &parameter, &expected), NC_NOERR);
  if (rtol == 0)
    return 0;
  testing_close(actual, expected, rtol, 0, name, __FILE__, __LINE__);
  return 1;
}

static int tested;

static void check_diagnostics(const struct group *g)
{
  struct proda_error error;
  struct proda_diagnostics d;
  const struct {
    const char *name;
    const double *value;
  } all[] = {
      {"mean", &d.mean},
      {"sd", &d.sd},
      {"median", &d.median},
      {"q05", &d.q05},
      {"q95", &d.q95},
      {"rhat_classic", &d.rhat_classic},
      {"rhat_split", &d.rhat_split},
      {"rhat_rank_bulk", &d.rhat_rank_bulk},
      {"rhat_rank_folded", &d.rhat_rank_folded},
      {"rhat", &d.rhat},
      {"ess_basic", &d.ess_basic},
      {"ess_mean", &d.ess_mean},
      {"ess_bulk", &d.ess_bulk},
      {"ess_tail", &d.ess_tail},
      {"ess_sd", &d.ess_sd},
      {"ess_median", &d.ess_median},
      {"ess_q05", &d.ess_q05},
      {"ess_q95", &d.ess_q95},
      {"mcse_mean", &d.mcse_mean},
      {"mcse_sd", &d.mcse_sd},
      {"mcse_median", &d.mcse_median},
      {"mcse_q05", &d.mcse_q05},
      {"mcse_q95", &d.mcse_q95},
  };
  assert_int_equal(sizeof all / sizeof *all, sizeof d / sizeof(double));
  for (size_t p = 0; p < g->parameters; p++) {
    double *draws = group_draws(g, p);
    assert_ok(proda_diagnose(draws, g->chains, g->draws, &d, &error), error);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
      tested += compare(g, all[i].name, p, *all[i].value);
    if (isfinite(d.mean))
      tested += compare(g, "rhat_classic", p, proda_rhat_classic(draws, g->chains, g->draws));
    free(draws);
  }
}

static void chains(void **state)
{
  (void)state;
  tested = 0;
  assert_int_equal(each_group("chains", check_diagnostics), 12);
  assert_true(tested > 250);
}

static void check_autocovariance(const struct group *g)
{
  int variable;
  if (nc_inq_varid(g->id, "autocov", &variable) != NC_NOERR)
    return;
  double rtol, *draws = group_draws(g, 0);
  assert_int_equal(nc_get_att_double(g->id, variable, "rtol", &rtol), NC_NOERR);
  for (size_t c = 0; c < g->chains; c++) {
    double *chain = draws + c * g->draws, mean = proda_mean(chain, g->draws);
    double product[3 * PRODA_LAG_BLOCK], variance = 0;
    for (size_t t = 0; t < g->draws; t++)
      chain[t] -= mean;
    for (size_t k = 0; k < 3; k++)
      proda_lagged_products(chain, 1, g->draws, k * PRODA_LAG_BLOCK, product + k * PRODA_LAG_BLOCK);
    for (size_t lag = 0; lag <= 20; lag++) {
      double expected, actual = product[lag] / (double)g->draws;
      size_t index[] = {c, lag};
      assert_int_equal(nc_get_var1_double(g->id, variable, index, &expected), NC_NOERR);
      variance = lag == 0 ? expected : variance;
      assert_close(actual, expected, rtol, 1e-13 * variance);
      tested++;
    }
  }
  free(draws);
}

static void autocovariances(void **state)
{
  (void)state;
  tested = 0;
  each_group("chains", check_autocovariance);
  assert_true(tested >= 4 * 21);
}

static void check_mean_rhat(const struct group *g)
{
  int variable;
  if (nc_inq_varid(g->id, "mean_rhat_classic", &variable) != NC_NOERR)
    return;
  double sum = 0;
  for (size_t p = 0; p < g->parameters; p++) {
    double *draws = group_draws(g, p);
    sum += proda_rhat_classic(draws, g->chains, g->draws);
    free(draws);
  }
  tested += compare(g, "mean_rhat_classic", 0, sum / (double)g->parameters);
}

static void mean_rhat(void **state)
{
  (void)state;
  tested = 0;
  each_group("chains", check_mean_rhat);
  assert_int_equal(tested, 1);
}

static void check_published(const struct group *g)
{
  int n_valid[8], variable;
  assert_true(g->chains <= 8);
  assert_int_equal(nc_inq_varid(g->id, "n_valid", &variable), NC_NOERR);
  assert_int_equal(nc_get_var_int(g->id, variable, n_valid), NC_NOERR);
  for (size_t p = 0; p < g->parameters; p++) {
    double *draws = group_draws(g, p);
    const double *chain[8];
    size_t length[8];
    for (size_t c = 0; c < g->chains; c++) {
      chain[c] = draws + c * g->draws;
      length[c] = (size_t)n_valid[c];
    }
    tested += compare(g, "gr_published_script", p, proda_rhat_published(chain, length, g->chains));

    /* the classic statistic on the last q draws of each chain, q = shortest second half */
    size_t q = g->draws;
    for (size_t c = 0; c < g->chains; c++)
      q = length[c] / 2 < q ? length[c] / 2 : q;
    for (size_t c = 0; c < g->chains; c++)
      memmove(draws + c * q, chain[c] + length[c] - q, q * sizeof *draws);
    tested += compare(g, "gr_balanced", p, proda_rhat_classic(draws, g->chains, q));
    free(draws);
  }
}

static void published(void **state)
{
  (void)state;
  tested = 0;
  assert_int_equal(each_group("ragged", check_published), 1);
  assert_int_equal(tested, 6);
}

static void too_few_draws(void **state)
{
  (void)state;
  const double draws[] = {1, 2, 3, 4, 5, 7};
  struct proda_diagnostics d;
  struct proda_error error;
  assert_ok(proda_diagnose(draws, 2, 3, &d, &error), error);
  assert_close(d.mean, 22.0 / 6, 1e-15, 0);
  assert_true(isnan(d.rhat) && isnan(d.ess_bulk) && isnan(d.mcse_mean));
  assert_ok(proda_diagnose(draws, 0, 0, &d, &error), error);
  assert_true(isnan(d.mean) && isnan(d.sd));
  assert_true(isnan(proda_rhat_classic(draws, 1, 6)));
  assert_true(isnan(proda_rhat_classic(draws, 6, 1)));
  const double *one[] = {draws};
  assert_true(isnan(proda_rhat_published(one, (size_t[]){6}, 1)));
}

/* An alternating chain: mean known without error, so the ESS stands at its cap S log10(S). */
static void antithetic(void **state)
{
  (void)state;
  double draws[400], work[400];
  for (size_t i = 0; i < 400; i++)
    draws[i] = i % 2 ? 1 : -1;
  assert_close(proda_ess(draws, 2, 200, work), 400 * log10(400), 1e-12, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(chains),    cmocka_unit_test(autocovariances), cmocka_unit_test(mean_rhat),
      cmocka_unit_test(published), cmocka_unit_test(too_few_draws),   cmocka_unit_test(antithetic),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
