#include "matrix/blocks.h"

#include "matrix/plan.h"

PRODA_INLINE void swap_where(lane_mask where, lane *a, lane *b)
{
  lane kept = *a;
  *a = lane_select(where, *b, *a);
  *b = lane_select(where, kept, *b);
}

/* Brings the greatest entry of column k at or below the diagonal to the diagonal; swap[i] keeps
 * where rows k and i changed places. */
PRODA_INLINE void pivot(lane *a, const size_t m, size_t k, lane_mask *swap)
{
  for (size_t i = k + 1; i < m; i++) {
    swap[i] = lane_abs(a[i * m + k]) > lane_abs(a[k * m + k]);
    if (lane_any(swap[i]))
      for (size_t j = 0; j < m; j++)
        swap_where(swap[i], &a[k * m + j], &a[i * m + j]);
  }
}

/* Gauss-Jordan in place: the inverse of the matrix with its rows in the pivots' order, whose
 * columns then go back to theirs. */
PRODA_INLINE void invert(lane *a, const size_t m)
{
  lane_mask swap[PRODA_MAX_COMPONENT][PRODA_MAX_COMPONENT];
  for (size_t k = 0; k < m; k++) {
    pivot(a, m, k, swap[k]);
    lane reciprocal = 1.0 / a[k * m + k];
    a[k * m + k] = lane_splat(1.0);
    for (size_t j = 0; j < m; j++)
      a[k * m + j] *= reciprocal;
    for (size_t i = 0; i < m; i++) {
      if (i == k)
        continue;
      lane factor = a[i * m + k];
      a[i * m + k] = lane_splat(0.0);
      for (size_t j = 0; j < m; j++)
        a[i * m + j] -= factor * a[k * m + j];
    }
  }
  for (size_t k = m; k-- > 0;)
    for (size_t i = m; i-- > k + 1;)
      if (lane_any(swap[k][i]))
        for (size_t j = 0; j < m; j++)
          swap_where(swap[k][i], &a[j * m + k], &a[j * m + i]);
}

/* x <- D^-1 x */
PRODA_INLINE void multiply(const lane *inverse, lane *x, const size_t m)
{
  lane v[PRODA_MAX_COMPONENT];
  for (size_t i = 0; i < m; i++)
    v[i] = x[i];
  for (size_t i = 0; i < m; i++) {
    lane sum = inverse[i * m] * v[0];
    for (size_t j = 1; j < m; j++)
      sum += inverse[i * m + j] * v[j];
    x[i] = sum;
  }
}

/* D_l <- D_l - diag(lower_l) D_(l-1)^-1 diag(upper_(l-1)), then its inverse. */
PRODA_INLINE void factor(const struct proda_blocks *s, size_t first, size_t n, const size_t m)
{
  for (size_t l = first; l < first + n; l++) {
    lane *d = s->block + l * m * m;
    if (s->lower && l > 0) {
      const lane *above = d - m * m, *lower = s->lower + l * m, *upper = s->upper + (l - 1) * m;
      for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++)
          d[i * m + j] -= lower[i] * above[i * m + j] * upper[j];
    }
    invert(d, m);
  }
}

PRODA_INLINE void solve(const struct proda_blocks *s, size_t first, size_t n, lane *x,
                        const size_t m)
{
  for (size_t l = first; l < first + n; l++) {
    lane *v = x + l * m;
    if (s->lower && l > 0)
      for (size_t i = 0; i < m; i++)
        v[i] -= s->lower[l * m + i] * v[i - m];
    multiply(s->block + l * m * m, v, m);
  }
  for (size_t l = first + n - 1; s->lower && l-- > first;) {
    lane v[PRODA_MAX_COMPONENT];
    for (size_t i = 0; i < m; i++)
      v[i] = s->upper[l * m + i] * x[(l + 1) * m + i];
    multiply(s->block + l * m * m, v, m);
    for (size_t i = 0; i < m; i++)
      x[l * m + i] -= v[i];
  }
}

/* One compiled solver for each size, so that blocks stay in registers. */
#define SOLVER(m)                                                                                  \
  static void factor_##m(const struct proda_blocks *s, size_t first, size_t n)                     \
  {                                                                                                \
    factor(s, first, n, m);                                                                        \
  }                                                                                                \
  static void solve_##m(const struct proda_blocks *s, size_t first, size_t n, lane *x)             \
  {                                                                                                \
    solve(s, first, n, x, m);                                                                      \
  }
SOLVER(1)
SOLVER(2)
SOLVER(3)
SOLVER(4)
SOLVER(5)
SOLVER(6)
SOLVER(7)
SOLVER(8)

static const struct {
  void (*factor)(const struct proda_blocks *, size_t, size_t);
  void (*solve)(const struct proda_blocks *, size_t, size_t, lane *);
} solvers[PRODA_MAX_COMPONENT] = {
    {factor_1, solve_1}, {factor_2, solve_2}, {factor_3, solve_3}, {factor_4, solve_4},
    {factor_5, solve_5}, {factor_6, solve_6}, {factor_7, solve_7}, {factor_8, solve_8},
};

void proda_blocks_factor(const struct proda_blocks *blocks, size_t first, size_t n)
{
  solvers[blocks->m - 1].factor(blocks, first, n);
}

void proda_blocks_solve(const struct proda_blocks *blocks, size_t first, size_t n, lane *x)
{
  solvers[blocks->m - 1].solve(blocks, first, n, x);
}
