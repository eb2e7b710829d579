#include "matrix/elimination.h"

#include <stdbool.h>

#include "matrix/plan.h"

/* How the layers of a component hang together. */
enum coupling {
  COUPLING_NONE, /* no pool is transported */
  COUPLING_ALL,  /* every pool is */
  COUPLING_SOME,
};

/* 2^-k for a positive normal number in [2^k, 2^(k+1)): scaling by it is exact. */
PRODA_INLINE lane inverse_power(lane a)
{
  const lane_mask exponent = (lane_mask)lane_splat(INFINITY);
  return (lane)(2 * (lane_mask)lane_splat(1.0) - ((lane_mask)a & exponent));
}

/* Two and three pools: the adjugate, for a single division in the chain from layer to layer.
 * Columns are scaled to their diagonal first, so that products neither overflow nor underflow. */
PRODA_INLINE void invert_small(lane *a, const size_t m)
{
  lane scale[3];
  for (size_t j = 0; j < m; j++) {
    scale[j] = inverse_power(a[j * m + j]);
    for (size_t i = 0; i < m; i++)
      a[i * m + j] *= scale[j];
  }
  lane cofactor[9]; /* of the transpose */
  if (m == 2) {
    cofactor[0] = a[3];
    cofactor[1] = -a[1];
    cofactor[2] = -a[2];
    cofactor[3] = a[0];
  } else {
    for (size_t i = 0; i < 3; i++)
      for (size_t j = 0; j < 3; j++) {
        size_t r = (i + 1) % 3, s = (i + 2) % 3, p = (j + 1) % 3, q = (j + 2) % 3;
        cofactor[j * 3 + i] = a[r * 3 + p] * a[s * 3 + q] - a[r * 3 + q] * a[s * 3 + p];
      }
  }
  lane determinant = a[0] * cofactor[0];
  for (size_t k = 1; k < m; k++)
    determinant += a[k] * cofactor[k * m];
  lane reciprocal = 1.0 / determinant;
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < m; j++)
      a[i * m + j] = cofactor[i * m + j] * scale[i] * reciprocal;
}

/* Inverse in place, without pivoting: see steady.h. */
PRODA_INLINE void invert(lane *a, const size_t m)
{
  if (m == 1) {
    a[0] = 1.0 / a[0];
    return;
  }
  if (m <= 3) {
    invert_small(a, m);
    return;
  }
  for (size_t k = 0; k < m; k++) {
    lane pivot = 1.0 / a[k * m + k];
    a[k * m + k] = lane_splat(1.0);
    for (size_t j = 0; j < m; j++)
      a[k * m + j] *= pivot;
    for (size_t i = 0; i < m; i++) {
      if (i == k)
        continue;
      lane factor = a[i * m + k];
      a[i * m + k] = lane_splat(0.0);
      for (size_t j = 0; j < m; j++)
        a[i * m + j] -= factor * a[k * m + j];
    }
  }
}

/* x_i <- sum_j D^-1_ij (or its transpose) v_j */
PRODA_INLINE void multiply(const lane *inverse, const lane *v, lane *x, const size_t m,
                           const bool transposed)
{
  for (size_t i = 0; i < m; i++) {
    lane sum = inverse[transposed ? i : i * m] * v[0];
    for (size_t j = 1; j < m; j++)
      sum += inverse[transposed ? j * m + i : i * m + j] * v[j];
    x[i] = sum;
  }
}

PRODA_INLINE lane moved(const struct proda_system *s, size_t i, lane a,
                        const enum coupling coupling)
{
  return coupling == COUPLING_SOME ? a * s->moves[i] : a;
}

/* What couples layer l to its neighbour (l - 1 or l + 1) in M, or in its transpose. */
PRODA_INLINE lane couple(const struct proda_system *s, size_t l, size_t neighbour,
                         const bool transposed)
{
  if (transposed)
    return neighbour < l ? s->upper[neighbour] : s->lower[neighbour];
  return neighbour < l ? s->lower[l] : s->upper[l];
}

/* D_l <- D_l - c T D_n^-1 T c', T = diag(moves): the neighbour's share of the diagonal block. */
PRODA_INLINE void reduce_block(const struct proda_system *s, size_t l, size_t neighbour, lane *d,
                               const size_t m, const enum coupling coupling)
{
  const lane *inverse = s->block + neighbour * m * m;
  lane exchange = couple(s, l, neighbour, false) * couple(s, neighbour, l, false);
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < m; j++)
      d[i * m + j] -= moved(s, j, moved(s, i, exchange, coupling), coupling) * inverse[i * m + j];
}

/* v <- v - c T x_n: the neighbour's share of the right-hand side. */
PRODA_INLINE void reduce_side(const struct proda_system *s, size_t l, size_t neighbour, lane *v,
                              const size_t m, const enum coupling coupling, const bool transposed)
{
  const lane *x = s->x + neighbour * m;
  lane c = couple(s, l, neighbour, transposed);
  for (size_t i = 0; i < m; i++)
    v[i] -= moved(s, i, c, coupling) * x[i];
}

/* Eliminates layer l, whose neighbours in `from` [n] are done already; without `factorise` the
 * inverse blocks are there and only the right-hand side moves. */
PRODA_INLINE void eliminate(const struct proda_system *s, size_t l, const size_t *from,
                            const size_t n, const size_t m, const enum coupling coupling,
                            const bool factorise)
{
  lane *block = s->block + l * m * m, *x = s->x + l * m;
  lane v[PRODA_MAX_COMPONENT];
  for (size_t i = 0; i < m; i++)
    v[i] = x[i];
  for (size_t k = 0; k < n; k++)
    reduce_side(s, l, from[k], v, m, coupling, !factorise);
  if (factorise) {
    lane d[PRODA_MAX_COMPONENT * PRODA_MAX_COMPONENT];
    for (size_t i = 0; i < m * m; i++)
      d[i] = block[i];
    for (size_t k = 0; k < n; k++)
      reduce_block(s, l, from[k], d, m, coupling);
    invert(d, m);
    for (size_t i = 0; i < m * m; i++)
      block[i] = d[i];
    multiply(d, v, x, m, false);
  } else {
    multiply(block, v, x, m, true);
  }
}

/* x_l <- x_l - D_l^-1 c T x_n */
PRODA_INLINE void back_substitute(const struct proda_system *s, size_t l, size_t neighbour,
                                  const size_t m, const enum coupling coupling,
                                  const bool transposed)
{
  lane v[PRODA_MAX_COMPONENT], correction[PRODA_MAX_COMPONENT];
  const lane *known = s->x + neighbour * m;
  lane *x = s->x + l * m, c = couple(s, l, neighbour, transposed);
  for (size_t i = 0; i < m; i++)
    v[i] = moved(s, i, c, coupling) * known[i];
  multiply(s->block + l * m * m, v, correction, m, transposed);
  for (size_t i = 0; i < m; i++)
    x[i] -= correction[i];
}

/* Solves M x = b (factorise) or, with the inverse blocks of that, M^T x = b. The layers are
 * eliminated from both ends to the middle: two independent chains of divisions instead of one twice
 * as long. */
PRODA_INLINE void solve(const struct proda_system *s, const size_t m, const enum coupling coupling,
                        const bool factorise)
{
  size_t L = s->n_layers, middle = L / 2, none[1] = {0};
  if (coupling == COUPLING_NONE) {
    for (size_t l = 0; l < L; l++)
      eliminate(s, l, none, 0, m, coupling, factorise);
    return;
  }
  for (size_t k = 0; k < middle; k++) {
    size_t top = k, above[1] = {top - 1}, bottom = L - 1 - k, below[1] = {bottom + 1};
    eliminate(s, top, above, k > 0, m, coupling, factorise);
    if (bottom > middle)
      eliminate(s, bottom, below, k > 0, m, coupling, factorise);
  }
  size_t sides[2] = {middle > 0 ? middle - 1 : middle + 1, middle + 1};
  eliminate(s, middle, sides, (middle > 0) + (middle + 1 < L), m, coupling, factorise);
  for (size_t k = 1; k <= middle; k++) {
    back_substitute(s, middle - k, middle - k + 1, m, coupling, !factorise);
    if (middle + k < L)
      back_substitute(s, middle + k, middle + k - 1, m, coupling, !factorise);
  }
}

/* One compiled solver for each size and coupling, so that blocks stay in registers. */
#define SOLVER(m, name, coupling)                                                                  \
  static void forward_##m##_##name(const struct proda_system *s)                                   \
  {                                                                                                \
    solve(s, m, coupling, true);                                                                   \
  }                                                                                                \
  static void adjoint_##m##_##name(const struct proda_system *s)                                   \
  {                                                                                                \
    solve(s, m, coupling, false);                                                                  \
  }
#define SOLVERS(m)                                                                                 \
  SOLVER(m, none, COUPLING_NONE)                                                                   \
  SOLVER(m, all, COUPLING_ALL)                                                                     \
  SOLVER(m, some, COUPLING_SOME)
SOLVERS(1)
SOLVERS(2)
SOLVERS(3)
SOLVERS(4)
SOLVERS(5)
SOLVERS(6)
SOLVERS(7)
SOLVERS(8)

typedef void solver(const struct proda_system *);
struct solver_pair {
  solver *forward, *adjoint;
};
#define PAIR(m, name)                                                                              \
  {                                                                                                \
    forward_##m##_##name, adjoint_##m##_##name                                                     \
  }
#define PAIRS(m)                                                                                   \
  {                                                                                                \
    PAIR(m, none), PAIR(m, all), PAIR(m, some)                                                     \
  }
static const struct solver_pair solvers[PRODA_MAX_COMPONENT][3] = {
    PAIRS(1), PAIRS(2), PAIRS(3), PAIRS(4), PAIRS(5), PAIRS(6), PAIRS(7), PAIRS(8),
};

static const struct solver_pair *solver_of(const struct proda_system *system)
{
  enum coupling coupling = system->n_moving == 0           ? COUPLING_NONE
                           : system->n_moving == system->m ? COUPLING_ALL
                                                           : COUPLING_SOME;
  return &solvers[system->m - 1][coupling];
}

void proda_system_solve(const struct proda_system *system)
{
  solver_of(system)->forward(system);
}

void proda_system_solve_transposed(const struct proda_system *system)
{
  solver_of(system)->adjoint(system);
}
