/* Block-tridiagonal systems with pivoting against a dense solve by LAPACK: random entries of either
 * sign, and diagonals that are 0, which nothing but pivoting survives. */
#include "testing.h"

#include <lapacke.h>

#include <proda/random.h>

#include "matrix/blocks.h"
#include "matrix/plan.h"

enum { L = 6, M = PRODA_MAX_COMPONENT };

struct system {
  lane block[L * M * M], lower[L * M], upper[L * M], x[L * M];
};

static struct proda_random stream;

static void fill(lane *x, size_t n)
{
  for (size_t k = 0; k < n; k++)
    for (int i = 0; i < PRODA_LANES; i++)
      x[k][i] = 2 * proda_random_uniform(&stream) - 1;
}

static void draw(struct system *s, size_t m, bool hollow)
{
  fill(s->block, L * m * m);
  fill(s->lower, L * m);
  fill(s->upper, L * m);
  fill(s->x, L * m);
  for (size_t row = 0; row < L * m; row++) {
    s->lower[row] *= 0.2;
    s->upper[row] *= 0.2;
    if (hollow && m > 1)
      s->block[row * m + row % m] = lane_splat(0);
  }
}

/* Row-major, lane i. */
static void solve_dense(const struct system *s, size_t m, bool coupled, int i, double *x)
{
  double a[L * M * L * M];
  lapack_int pivot[L * M];
  size_t n = L * m;
  memset(a, 0, sizeof a);
  for (size_t row = 0; row < n; row++) {
    x[row] = s->x[row][i];
    for (size_t j = 0; j < m; j++)
      a[row * n + row / m * m + j] = s->block[row * m + j][i];
    if (coupled && row >= m)
      a[row * n + row - m] = s->lower[row][i];
    if (coupled && row + m < n)
      a[row * n + row + m] = s->upper[row][i];
  }
  assert_int_equal(LAPACKE_dgesv(LAPACK_ROW_MAJOR, (int)n, 1, a, (int)n, pivot, x, 1), 0);
}

static void agrees(size_t m, bool coupled, bool hollow)
{
  struct system s;
  double expected[PRODA_LANES][L * M];
  draw(&s, m, hollow);
  for (int i = 0; i < PRODA_LANES; i++)
    solve_dense(&s, m, coupled, i, expected[i]);
  struct proda_blocks blocks = {m, L, s.block, coupled ? s.lower : NULL, coupled ? s.upper : NULL};
  proda_blocks_factor(&blocks, 0, L);
  proda_blocks_solve(&blocks, 0, L, s.x);
  for (int i = 0; i < PRODA_LANES; i++) {
    double largest = 0;
    for (size_t k = 0; k < L * m; k++)
      largest = fmax(largest, fabs(expected[i][k]));
    for (size_t k = 0; k < L * m; k++)
      assert_close(s.x[k][i], expected[i][k], 0, 1e-8 * largest);
  }
}

static void agree_with_lapack(void **state)
{
  (void)state;
  proda_random_start(&stream, 1, 2, 3);
  for (int round = 0; round < 20; round++)
    for (size_t m = 1; m <= M; m++) {
      agrees(m, false, false);
      agrees(m, true, false);
      agrees(m, false, true);
      agrees(m, true, true);
    }
}

/* Each lane pivots by itself: its bits are those of the system alone in all lanes. */
static void lanes_are_independent(void **state)
{
  (void)state;
  proda_random_start(&stream, 4, 5, 6);
  struct system s, alone;
  draw(&s, 5, true);
  for (int i = 0; i < PRODA_LANES; i++) {
    struct system mixed = s;
    for (size_t k = 0; k < sizeof alone / sizeof(lane); k++)
      ((lane *)&alone)[k] = lane_splat(((lane *)&s)[k][i]);
    struct proda_blocks two[] = {{5, L, mixed.block, mixed.lower, mixed.upper},
                                 {5, L, alone.block, alone.lower, alone.upper}};
    for (int k = 0; k < 2; k++) {
      proda_blocks_factor(&two[k], 0, L);
      proda_blocks_solve(&two[k], 0, L, k == 0 ? mixed.x : alone.x);
    }
    for (size_t k = 0; k < L * 5; k++) {
      double x = mixed.x[k][i], y = alone.x[k][0];
      assert_memory_equal(&x, &y, sizeof x);
    }
  }
}

/* A layer that stands alone is solved without touching the others. */
static void single_layers(void **state)
{
  (void)state;
  proda_random_start(&stream, 7, 8, 9);
  struct system s, all;
  draw(&s, 4, false);
  all = s;
  struct proda_blocks one = {4, L, s.block, NULL, NULL}, every = {4, L, all.block, NULL, NULL};
  const struct system before = s;
  proda_blocks_factor(&one, 3, 1);
  proda_blocks_solve(&one, 3, 1, s.x);
  proda_blocks_factor(&every, 0, L);
  proda_blocks_solve(&every, 0, L, all.x);
  for (size_t l = 0; l < L; l++)
    assert_memory_equal(&s.x[l * 4], l == 3 ? &all.x[l * 4] : &before.x[l * 4], 4 * sizeof(lane));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(agree_with_lapack),
      cmocka_unit_test(lanes_are_independent),
      cmocka_unit_test(single_layers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
