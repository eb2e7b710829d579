/** @file lane.h
 * A lane vector: the same quantity of PRODA_LANES independent problems.
 *
 * Code on lanes reads like scalar code and is SIMD by construction; where the
 * machine has narrower vectors the compiler splits the operations. Lanes cross
 * the plugin interface by pointer only (passing 64-byte vectors by value changes
 * the calling convention with -m flags) and are 64-byte aligned.
 *
 * exp and log come from SLEEF (1 ulp). A lane's result never depends on its
 * neighbours or on its place: every operation is elementwise.
 */
#ifndef PRODA_LANE_H
#define PRODA_LANE_H

#include <math.h>
#include <stdint.h>

#if defined(__SSE2__)
#include <immintrin.h>
#include <sleef.h>
#endif

enum { PRODA_LANES = 8 };

typedef double lane __attribute__((vector_size(64)));
/** Result of comparing lanes: all bits set where true, none where false. */
typedef int64_t lane_mask __attribute__((vector_size(64)));

#define PRODA_INLINE static inline __attribute__((always_inline, unused))

PRODA_INLINE lane lane_splat(double x)
{
  return (lane){x, x, x, x, x, x, x, x};
}

/** where mask ? a : b, lane by lane (GNU C has no ?: on vectors) */
PRODA_INLINE lane lane_select(lane_mask mask, lane a, lane b)
{
  return (lane)(((lane_mask)a & mask) | ((lane_mask)b & ~mask));
}

/** a < b ? a : b; b where one is NaN. */
PRODA_INLINE lane lane_min(lane a, lane b)
{
#if defined(__AVX512F__)
  return (lane)_mm512_min_pd((__m512d)a, (__m512d)b);
#else
  return lane_select(a < b, a, b);
#endif
}

/** a > b ? a : b; b where one is NaN. */
PRODA_INLINE lane lane_max(lane a, lane b)
{
#if defined(__AVX512F__)
  return (lane)_mm512_max_pd((__m512d)a, (__m512d)b);
#else
  return lane_select(a > b, a, b);
#endif
}

PRODA_INLINE lane lane_abs(lane a)
{
  return (lane)((lane_mask)a & INT64_MAX);
}

PRODA_INLINE lane_mask lane_isnan(lane a)
{
  return a != a;
}

PRODA_INLINE int lane_any(lane_mask mask)
{
  int64_t any = 0;
  for (int i = 0; i < PRODA_LANES; i++)
    any |= mask[i];
  return any != 0;
}

#if defined(__AVX512F__)
#define PRODA_LANE_UNARY(name, avx512, avx, sse, scalar)                                           \
  PRODA_INLINE lane name(lane x)                                                                   \
  {                                                                                                \
    return (lane)avx512((__m512d)x);                                                               \
  }
#elif defined(__AVX2__) && defined(__FMA__)
#define PRODA_LANE_UNARY(name, avx512, avx, sse, scalar)                                           \
  PRODA_INLINE lane name(lane x)                                                                   \
  {                                                                                                \
    union {                                                                                        \
      lane whole;                                                                                  \
      __m256d part[2];                                                                             \
    } v = {.whole = x};                                                                            \
    for (int i = 0; i < 2; i++)                                                                    \
      v.part[i] = avx(v.part[i]);                                                                  \
    return v.whole;                                                                                \
  }
#elif defined(__SSE2__)
#define PRODA_LANE_UNARY(name, avx512, avx, sse, scalar)                                           \
  PRODA_INLINE lane name(lane x)                                                                   \
  {                                                                                                \
    union {                                                                                        \
      lane whole;                                                                                  \
      __m128d part[4];                                                                             \
    } v = {.whole = x};                                                                            \
    for (int i = 0; i < 4; i++)                                                                    \
      v.part[i] = sse(v.part[i]);                                                                  \
    return v.whole;                                                                                \
  }
#else
#define PRODA_LANE_UNARY(name, avx512, avx, sse, scalar)                                           \
  PRODA_INLINE lane name(lane x)                                                                   \
  {                                                                                                \
    for (int i = 0; i < PRODA_LANES; i++)                                                          \
      x[i] = scalar(x[i]);                                                                         \
    return x;                                                                                      \
  }
#endif

PRODA_LANE_UNARY(lane_exp, Sleef_expd8_u10avx512f, Sleef_expd4_u10avx2, Sleef_expd2_u10sse2, exp)
PRODA_LANE_UNARY(lane_log, Sleef_logd8_u10avx512f, Sleef_logd4_u10avx2, Sleef_logd2_u10sse2, log)
#undef PRODA_LANE_UNARY

#endif
