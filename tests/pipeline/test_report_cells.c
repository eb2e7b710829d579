/* Which sites a report shows in detail, and which cells it draws: places whose answer is plain. */
#include "pipeline/report/report.h"
#include "pipeline/report/report_cells.h"
#include "store/sphere.h"
#include "testing.h"

static struct proda_error error;

/* ---- sites that stand well apart ---- */

enum { N_RING = 36 }; /* every 10 degrees of the equator */

static void ring(double *vector)
{
  for (int s = 0; s < N_RING; s++)
    proda_sphere_vector(0, 10.0 * s, vector + 3 * s);
}

static void test_apart(void **state)
{
  double vector[3 * N_RING];
  bool candidate[N_RING];
  size_t chosen[N_RING];
  (void)state;
  ring(vector);
  for (int s = 0; s < N_RING; s++)
    candidate[s] = s != 0;
  /* From 10 E: the antipode, then the middles of both halves. */
  size_t n = proda_report_spread(vector, NULL, 0, candidate, N_RING, 4, chosen);
  assert_int_equal(n, 4);
  assert_int_equal(chosen[0], 1);
  assert_int_equal(chosen[1], 19);
  assert_true((chosen[2] == 10 && chosen[3] == 28) || (chosen[2] == 28 && chosen[3] == 10));
  /* More than there are: every candidate once. */
  n = proda_report_spread(vector, NULL, 0, candidate, N_RING, 100, chosen);
  assert_int_equal(n, N_RING - 1);
  bool seen[N_RING] = {false};
  for (size_t k = 0; k < n; k++) {
    assert_true(candidate[chosen[k]] && !seen[chosen[k]]);
    seen[chosen[k]] = true;
  }
}

static void test_classes(void **state)
{
  double vector[3 * N_RING], climate[N_RING];
  const double *const class[] = {climate};
  bool candidate[N_RING];
  size_t chosen[3];
  (void)state;
  ring(vector);
  for (int s = 0; s < N_RING; s++) {
    candidate[s] = true;
    climate[s] = 1;
  }
  climate[0] = NAN;
  climate[3] = 2;
  /* 0 is of no class, so that 1 comes first; the only site of class 2 comes before the antipode. */
  assert_int_equal(proda_report_spread(vector, class, 1, candidate, N_RING, 3, chosen), 3);
  const size_t expected[] = {1, 3, 20};
  assert_memory_equal(chosen, expected, sizeof expected);
}

static void test_nowhere(void **state)
{
  double vector[3 * N_RING];
  const bool candidate[N_RING] = {false};
  size_t chosen[1];
  (void)state;
  ring(vector);
  assert_int_equal(proda_report_spread(vector, NULL, 0, candidate, N_RING, 1, chosen), 0);
}

/* ---- cells ---- */

static void test_few_cells(void **state)
{
  const double latitude[] = {10, 20}, longitude[] = {5, 15}, value[] = {3, NAN};
  const double spacing[] = {10, 10};
  double out[2];
  struct proda_report_cells cells = {0};
  (void)state;
  assert_ok(proda_report_cells_new(2, latitude, longitude, NULL, spacing, &cells, &error), error);
  proda_report_cells_mean(&cells, value, out);
  assert_int_equal(cells.n, 2);
  assert_close(out[0], 3, 0, 0);
  assert_true(isnan(out[1]));
  assert_close(cells.latitude[1], 20, 0, 0);
  assert_close(cells.spacing[0], 10, 0, 0);
  assert_close(cells.area[0], 1, 0, 0);
  proda_report_cells_free(&cells);
}

/* Half-degree cells of the whole Earth: 259,200 cells, in blocks of whole degrees of which at most
 * 25,000 are drawn: 2 x 2 degrees, 16,200 blocks. The value is the latitude, so that a block's
 * mean, cells weighing alike, is the latitude of its centre. */
static void test_many_cells(void **state)
{
  enum { ROWS = 360, COLUMNS = 720, N_FINE = ROWS * COLUMNS };
  double *latitude = calloc(N_FINE, sizeof *latitude),
         *longitude = calloc(N_FINE, sizeof *latitude);
  double *value = calloc(N_FINE, sizeof *value), *area = calloc(N_FINE, sizeof *area);
  const double spacing[] = {0.5, 0.5};
  struct proda_report_cells cells = {0};
  (void)state;
  assert_true(latitude && longitude && value && area);
  for (int i = 0; i < N_FINE; i++) {
    int row = i / COLUMNS;
    latitude[i] = -89.75 + 0.5 * row;
    longitude[i] = 0.25 + 0.5 * (i % COLUMNS); /* 0..360, as some grids count */
    value[i] = latitude[i];
    area[i] = 2;
  }
  for (int i = 0; i < 4 * COLUMNS; i++) /* the four southern rows, one block high */
    value[i] = NAN;
  assert_ok(proda_report_cells_new(N_FINE, latitude, longitude, area, spacing, &cells, &error),
            error);
  assert_int_equal(cells.n, 90 * 180);
  assert_close(cells.spacing[0], 2, 0, 0);
  double *out = calloc(cells.n, sizeof *out);
  assert_non_null(out);
  proda_report_cells_mean(&cells, value, out);
  for (size_t c = 0; c < cells.n; c++) {
    assert_close(out[c], cells.latitude[c] < -88 ? NAN : cells.latitude[c], 1e-12, 1e-12);
    assert_close(cells.area[c], 16 * 2, 1e-12, 0);
    assert_in_range((long)cells.longitude[c] + 180, 0, 360);
  }
  /* A block with one known value has that value, whatever the others weigh. */
  for (int i = 1; i < N_FINE; i++)
    value[i] = NAN;
  value[0] = 7;
  proda_report_cells_mean(&cells, value, out);
  assert_close(out[cells.cell[0]], 7, 1e-15, 0);
  free(out);
  free(latitude);
  free(longitude);
  free(value);
  free(area);
  proda_report_cells_free(&cells);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_apart),      cmocka_unit_test(test_classes),
      cmocka_unit_test(test_nowhere),    cmocka_unit_test(test_few_cells),
      cmocka_unit_test(test_many_cells),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
