/* Time courses from files: what the store holds adds up; a course that is cut and goes on from its
 * store is the whole one; which stores are refused as a start; what one site cannot do costs that
 * site alone. The numbers are tested in tests/course. */
#include <unistd.h>

#include <netcdf.h>

#include "course/course.h"
#include "pipeline/simulate.h"
#include "scratch.h"
#include "stores.h"

enum { SITES = 16, SPOILT = 5, MONTHS = 12 };

static struct proda_error error;
static struct proda_search_path *search_path;
static struct proda_simulated simulated;

static int set_up(void **state)
{
  if (scratch_setup(state) != 0)
    return -1;
  assert_ok(proda_search_path_make(NULL, &search_path, &error), error);
  return 0;
}

static int tear_down(void **state)
{
  proda_search_path_free(search_path);
  return scratch_teardown(state);
}

static struct proda_simulation course(double years, enum proda_every every, const char *out)
{
  static char forcing[4096];
  snprintf(forcing, sizeof forcing, "%s", testing_path("data/forcing.nc"));
  return (struct proda_simulation){
      .search_path = search_path,
      .model = "clm5",
      .forcing = forcing,
      .out = out,
      .command = "proda test",
      .years = years,
      .every = every,
      .rtol = PRODA_COURSE_RTOL,
  };
}

static void simulate(const struct proda_simulation *simulation)
{
  assert_ok(proda_simulate(simulation, &simulated, &error), error);
}

/* Rows of a variable, [site][time]. */
static double *rows(const char *path, const char *name, size_t n_times)
{
  size_t n;
  double *value = store_read(path, name, &n);
  assert_int_equal(n, SITES * n_times);
  return value;
}

/* ---- what a store holds ---- */

static void the_budget_closes(void **state)
{
  (void)state;
  enum { TIMES = 2 * MONTHS + 1 };
  const char *path = scratch_path("months.nc");
  struct proda_simulation s = course(2, PRODA_EVERY_MONTH, path);
  simulate(&s);
  assert_int_equal(simulated.n_times, TIMES);
  assert_int_equal(simulated.n_status[PRODA_SOLVED], SITES);
  double *time = store_read(path, "time", NULL), *bounds = store_read(path, "time_bounds", NULL);
  double *input = rows(path, "carbon_input_sum", TIMES), *flux = rows(path, "carbon_input", TIMES);
  double *co2 = rows(path, "loss_CO2_sum", TIMES), *stock = rows(path, "carbon_stock", TIMES);
  double *transport = rows(path, "transport_imbalance_sum", TIMES);
  for (size_t t = 0; t < TIMES; t++) {
    assert_close(time[t], t * 365.0 / 12, 1e-15, 0);
    assert_close(bounds[2 * t], t > 0 ? time[t - 1] : 0, 0, 0);
    assert_close(bounds[2 * t + 1], time[t], 0, 0);
  }
  for (size_t i = 0; i < SITES * TIMES; i++) {
    size_t first = i - i % TIMES;
    double change = stock[i] - stock[first];
    assert_close(input[i], co2[i] + transport[i] + change, 0, 1e-12 * (stock[first] + input[i]));
    if (i == first)
      assert_true(input[i] == 0 && isnan(flux[i]));
    else
      assert_close(flux[i], 12 * (input[i] - input[i - 1]), 1e-12, 0);
  }
  free(time);
  free(bounds);
  free(input);
  free(flux);
  free(co2);
  free(stock);
  free(transport);
}

/* The steady state under the terms that it is the state of. */
static void constant_forcing_changes_nothing(void **state)
{
  (void)state;
  size_t n;
  const char *path = scratch_path("constant.nc"), *steady_path = scratch_path("steady.nc");
  struct proda_simulation s = course(50, PRODA_EVERY_YEAR, path);
  s.constant = true;
  simulate(&s);
  s = course(0, PRODA_EVERY_YEAR, steady_path);
  simulate(&s);
  double *stock = rows(path, "soc_stock", 51), *steady = store_read(steady_path, "soc_stock", &n);
  assert_int_equal(n, SITES);
  for (size_t i = 0; i < SITES * 51; i++)
    assert_close(stock[i], steady[i / 51], 1e-8, 0);
  free(stock);
  free(steady);
}

/* Days end where months and years do. */
static void days_and_years_meet(void **state)
{
  (void)state;
  const char *days_path = scratch_path("days.nc"), *years_path = scratch_path("years.nc");
  struct proda_simulation s = course(1, PRODA_EVERY_DAY, days_path);
  simulate(&s);
  s = course(1, PRODA_EVERY_YEAR, years_path);
  simulate(&s);
  double *days = rows(days_path, "carbon_stock", 366);
  double *years = rows(years_path, "carbon_stock", 2);
  for (size_t i = 0; i < SITES; i++)
    assert_close(days[i * 366 + 365], years[i * 2 + 1], 1e-9, 0);
  free(days);
  free(years);
}

/* ---- going on ---- */

/* The last time of every site of two stores. */
static void same_end(const char *a, const char *b, const char *name)
{
  size_t n_a, n_b, times_a = 0, times_b = 0;
  double *x = store_read(a, name, &n_a), *y = store_read(b, name, &n_b);
  double *time_a = store_read(a, "time", &times_a), *time_b = store_read(b, "time", &times_b);
  size_t n = n_a / SITES / times_a;
  assert_int_equal(n, n_b / SITES / times_b);
  assert_close(time_a[times_a - 1], time_b[times_b - 1], 1e-14, 0);
  for (size_t i = 0; i < SITES; i++)
    for (size_t k = 0; k < n; k++)
      assert_close(x[(i * times_a + times_a - 1) * n + k], y[(i * times_b + times_b - 1) * n + k],
                   1e-9, 1e-9);
  free(x);
  free(y);
  free(time_a);
  free(time_b);
}

static void a_cut_course_goes_on(void **state)
{
  (void)state;
  const char *whole = scratch_path("whole.nc"), *first = scratch_path("first.nc"),
             *second = scratch_path("second.nc");
  struct proda_simulation s = course(2, PRODA_EVERY_MONTH, whole);
  simulate(&s);
  s = course(0.75, PRODA_EVERY_MONTH, first);
  simulate(&s);
  s = course(1.25, PRODA_EVERY_MONTH, second);
  s.from = first;
  simulate(&s);
  static const char *const name[] = {
      "pools",   "carbon_stock", "carbon_input_sum", "loss_CO2_sum", "transport_imbalance_sum",
      "loss_CO2"};
  for (int k = 0; k < 6; k++)
    same_end(whole, second, name[k]);
}

/* A store of steady states is a start too. */
static void steady_stores_are_starts(void **state)
{
  (void)state;
  const char *steady = scratch_path("states.nc"), *after = scratch_path("after.nc"),
             *direct = scratch_path("direct.nc");
  struct proda_simulation s = course(0, PRODA_EVERY_YEAR, steady);
  simulate(&s);
  s = course(1, PRODA_EVERY_YEAR, after);
  s.from = steady;
  simulate(&s);
  s = course(1, PRODA_EVERY_YEAR, direct);
  simulate(&s);
  same_end(after, direct, "pools");
}

static void refuse(const char *model, const char *from, double years, enum proda_every every,
                   const char *expected)
{
  struct proda_simulation s = course(years, every, scratch_path("refused.nc"));
  s.model = model;
  s.from = from;
  error.message[0] = '\0';
  assert_int_equal(proda_simulate(&s, &simulated, &error), PRODA_ERROR);
  assert_int_not_equal(access(s.out, F_OK), 0);
  if (!strstr(error.message, expected))
    fail_msg("expected \"%s\", found \"%s\"", expected, error.message);
}

static void other_stores_are_refused(void **state)
{
  (void)state;
  char store[2048], odd[2048]; /* beyond scratch_path's fourth call */
  snprintf(store, sizeof store, "%s", scratch_path("clm5.nc"));
  snprintf(odd, sizeof odd, "%s", scratch_path("odd.nc"));
  struct proda_simulation s = course(1, PRODA_EVERY_YEAR, store);
  simulate(&s);
  refuse("compas", store, 1, PRODA_EVERY_YEAR, "has no pool \"DOC\", which compas starts from");
  refuse("clm5", scratch_path("none.nc"), 1, PRODA_EVERY_YEAR, "none.nc");
  refuse("clm5", s.forcing, 1, PRODA_EVERY_YEAR, "pools");
  refuse("clm5", NULL, 0.5, PRODA_EVERY_YEAR, "0.5 years is no whole number of years");
  refuse("clm5", NULL, 0.3, PRODA_EVERY_MONTH, "0.3 years is no whole number of months");
  static double pools[SITES * 7 * 20];
  const struct axis axis[] = {{"site", 2}, {"set", 1}, {"pool", 7}, {"layer", 20}};
  const struct column column[] = {{"pools", "site set pool layer", pools, NULL}};
  STORE_WRITE(odd, axis, column);
  refuse("clm5", odd, 1, PRODA_EVERY_YEAR, "has 2 sites and 1 sets, this simulation 16 and 1");
}

/* ---- sites that cannot ---- */

/* Puts a value into a variable of a file, at one place, as another program does: the seal goes. */
static void put(const char *path, const char *name, const size_t *at, double value)
{
  int id, variable;
  assert_int_equal(nc_open(path, NC_WRITE, &id), NC_NOERR);
  assert_int_equal(nc_inq_varid(id, name, &variable), NC_NOERR);
  assert_int_equal(nc_put_var1_double(id, variable, at, &value), NC_NOERR);
  nc_del_att(id, NC_GLOBAL, "proda_version"); /* where it is a store */
  assert_int_equal(nc_close(id), NC_NOERR);
}

static void a_site_without_a_start_is_skipped(void **state)
{
  (void)state;
  const char *first = scratch_path("before.nc"), *second = scratch_path("gone.nc");
  struct proda_simulation s = course(1, PRODA_EVERY_YEAR, first);
  simulate(&s);
  put(first, "pools", (const size_t[]){SPOILT, 0, 1, 2, 3}, NAN);
  s = course(1, PRODA_EVERY_YEAR, second);
  s.from = first;
  simulate(&s);
  assert_int_equal(simulated.n_status[PRODA_RUN_NO_START], 1);
  assert_int_equal(simulated.n_status[PRODA_SOLVED], SITES - 1);
  double *status = store_read(second, "status", NULL), *stock = rows(second, "soc_stock", 2);
  for (size_t i = 0; i < SITES; i++) {
    assert_close(status[i], i == SPOILT ? PRODA_RUN_NO_START : PRODA_SOLVED, 0, 0);
    assert_int_equal(isnan(stock[2 * i + 1]), i == SPOILT);
  }
  free(status);
  free(stock);
}

/* A tolerance that doubles cannot hold: told with site, set, year, month. */
static void a_run_that_stops_is_told(void **state)
{
  (void)state;
  const char *path = scratch_path("stopped.nc");
  struct proda_simulation s = course(1, PRODA_EVERY_YEAR, path);
  s.rtol = 1e-18;
  simulate(&s);
  assert_int_equal(simulated.n_status[PRODA_RUN_STOPPED], SITES);
  assert_non_null(strstr(simulated.stopped.message,
                         "site 0, set 0: at year 1, month 1: the tolerance is beyond"));
  double *status = store_read(path, "status", NULL), *stock = rows(path, "soc_stock", 2);
  for (size_t i = 0; i < SITES; i++) {
    assert_close(status[i], PRODA_RUN_STOPPED, 0, 0);
    assert_true(stock[2 * i] > 0 && isnan(stock[2 * i + 1]));
  }
  free(status);
  free(stock);
}

static void progress(void *context, size_t done, size_t total)
{
  size_t *seen = context;
  assert_int_equal(total, SITES * 3);
  assert_int_equal(done, ++*seen);
}

static void every_year_is_told(void **state)
{
  (void)state;
  size_t seen = 0;
  struct proda_simulation s = course(3, PRODA_EVERY_MONTH, scratch_path("told.nc"));
  s.rtol = 1e-4;
  s.progress = progress;
  s.context = &seen;
  simulate(&s);
  assert_int_equal(seen, SITES * 3);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_budget_closes),
      cmocka_unit_test(constant_forcing_changes_nothing),
      cmocka_unit_test(days_and_years_meet),
      cmocka_unit_test(a_cut_course_goes_on),
      cmocka_unit_test(steady_stores_are_starts),
      cmocka_unit_test(other_stores_are_refused),
      cmocka_unit_test(a_site_without_a_start_is_skipped),
      cmocka_unit_test(a_run_that_stops_is_told),
      cmocka_unit_test(every_year_is_told),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
