/** @file lane.h
 * A lane vector: the same quantity of PRODA_LANES independent problems.
 *
 * Code on lanes reads like scalar code and is SIMD by construction; where the
 * machine has narrower vectors the compiler splits the operations. Lanes cross
 * the plugin interface by pointer only (passing 64-byte vectors by value changes
 * the calling convention with -m flags) and are 64-byte aligned.
 *
 * log comes from SLEEF (1 ulp). A lane's result never depends on its
 * neighbours or on its place: every operation is elementwise.
 */
#ifndef PRODA_LANE_H
#define PRODA_LANE_H

#include <math.h>
#include <stddef.h>
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

PRODA_INLINE lane lane_sqrt(lane a)
{
#if defined(__AVX512F__)
  return (lane)_mm512_sqrt_pd((__m512d)a);
#else
  for (int i = 0; i < PRODA_LANES; i++)
    a[i] = sqrt(a[i]);
  return a;
#endif
}

/** lane_min and lane_max of one number. */
PRODA_INLINE double proda_min(double a, double b)
{
  return a < b ? a : b;
}

PRODA_INLINE double proda_max(double a, double b)
{
  return a > b ? a : b;
}

/** The same lane in all n places of a row. */
PRODA_INLINE void lane_fill(lane *row, size_t n, lane value)
{
  for (size_t k = 0; k < n; k++)
    row[k] = value;
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

/** round to nearest, ties to even; |a| < 2^51 */
PRODA_INLINE lane lane_round(lane a)
{
#if defined(__AVX512F__)
  return (lane)_mm512_roundscale_pd((__m512d)a, _MM_FROUND_TO_NEAREST_INT);
#else
  const lane magic = lane_splat(0x1.8p52);
  return (a + magic) - magic;
#endif
}

/** a 2^k for whole k in [-2044, 2046] */
PRODA_INLINE lane lane_scale(lane a, lane k)
{
#if defined(__AVX512F__)
  return (lane)_mm512_scalef_pd((__m512d)a, (__m512d)k);
#else
  /* In two steps, so that what overflows or is subnormal at the end is not so before. */
  const lane magic = lane_splat(0x1.8p52);
  lane half = lane_round(0.5 * k), rest = k - half;
  lane_mask first = ((lane_mask)(half + magic) << 52) + (lane_mask)lane_splat(1.0);
  lane_mask second = ((lane_mask)(rest + magic) << 52) + (lane_mask)lane_splat(1.0);
  return a * (lane)first * (lane)second;
#endif
}

/** exp, to 1 ulp: inline because it is the greatest part of many structures' terms, where a call a
 * month and layer costs more than its arithmetic (doc/decisions). exp(x) = 2^k exp(r), |r| <= ln 2
 * / 2, Taylor's polynomial of degree 13. Overflows to infinity, underflows to 0, NaN stays. */
PRODA_INLINE lane lane_exp(lane x)
{
  const double ln2_high = 0x1.62e42fefa3800p-1, ln2_low = 0x1.ef35793c76730p-45;
  x = lane_max(lane_splat(-800.0), lane_min(lane_splat(800.0), x));
  lane k = lane_round(x * 0x1.71547652b82fep+0);
  lane r = (x - k * ln2_high) - k * ln2_low;
  lane r2 = r * r, r4 = r2 * r2;
  lane p0 = 1.0 / 2 + r * (1.0 / 6), p2 = 1.0 / 24 + r * (1.0 / 120);
  lane p4 = 1.0 / 720 + r * (1.0 / 5040), p6 = 1.0 / 40320 + r * (1.0 / 362880);
  lane p8 = 1.0 / 3628800 + r * (1.0 / 39916800), p10 = 1.0 / 479001600 + r * (1.0 / 6227020800);
  lane low = p0 + r2 * p2, middle = p4 + r2 * p6, high = p8 + r2 * p10;
  lane p = low + r4 * (middle + r4 * high);
  return lane_scale(1.0 + (r + r2 * p), k);
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

PRODA_LANE_UNARY(lane_log, Sleef_logd8_u10avx512f, Sleef_logd4_u10avx2, Sleef_logd2_u10sse2, log)
#undef PRODA_LANE_UNARY

#endif
