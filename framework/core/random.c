#include <proda/random.h>

#include <string.h>

#include <Random123/philox.h>
#include <proda/lane.h>

typedef uint64_t words __attribute__((vector_size(64)));

enum { GROUP = PRODA_LANES }; /* blocks made together */

void proda_random_start(struct proda_random *random, uint64_t seed, uint64_t stream,
                        uint32_t substream)
{
  *random = (struct proda_random){
      .key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
      .counter = {0, (uint32_t)stream, (uint32_t)(stream >> 32), substream},
  };
}

static void next_block(struct proda_random *random)
{
  philox4x32_ctr_t counter;
  memcpy(counter.v, random->counter, sizeof counter.v);
  philox4x32_key_t key = {{random->key[0], random->key[1]}};
  philox4x32_ctr_t block = philox4x32(counter, key);
  memcpy(random->word, block.v, sizeof random->word);
  random->counter[0]++;
  random->left = 4;
}

static uint32_t next_word(struct proda_random *random)
{
  if (random->left == 0)
    next_block(random);
  return random->word[--random->left];
}

/* 52 bits in the fraction of a number in [1,2), moved down to the middle of its cell of (0,1). */
double proda_random_uniform(struct proda_random *random)
{
  if (random->left < 2)
    random->left = 0;
  uint64_t high = next_word(random);
  uint64_t low = next_word(random);
  uint64_t bits = high << 20 | low >> 12 | UINT64_C(0x3ff) << 52;
  double x;
  memcpy(&x, &bits, sizeof x);
  return x - (1 - 0x1p-53);
}

static lane unit(words high, words low)
{
  words bits = high << 20 | low >> 12 | UINT64_C(0x3ff) << 52;
  return (lane)bits - lane_splat(1 - 0x1p-53);
}

/* Low halves times a constant, 64-bit result. */
static words multiply(words a, uint32_t b)
{
#if defined(__AVX512F__)
  return (words)_mm512_mul_epu32((__m512i)a, _mm512_set1_epi64(b));
#else
  return a * b;
#endif
}

/* The next GROUP blocks: word w of block i is block[w][i]. As Random123's philox4x32, on lanes. */
PRODA_INLINE void next_blocks(struct proda_random *random, size_t used, words block[4])
{
  const words low = (words){} + UINT32_MAX;
  words *c = block;
  for (int w = 0; w < 4; w++)
    c[w] = (words){} + random->counter[w];
  c[0] = (c[0] + (words){0, 1, 2, 3, 4, 5, 6, 7}) & low;
  uint32_t key[2] = {random->key[0], random->key[1]};
#pragma GCC unroll 10
  for (int round = 0; round < philox4x32_rounds; round++) {
    words a = multiply(c[0], PHILOX_M4x32_0);
    words b = multiply(c[2], PHILOX_M4x32_1);
    c[0] = (b >> 32) ^ c[1] ^ ((words){} + key[0]);
    c[2] = (a >> 32) ^ c[3] ^ ((words){} + key[1]);
    c[1] = b & low;
    c[3] = a & low;
    key[0] += PHILOX_W32_0;
    key[1] += PHILOX_W32_1;
  }
  random->counter[0] += (uint32_t)used;
  random->left = 0;
}

/* cos and sin of 2 pi u */
#if defined(__AVX512F__)
static void turn(lane u, lane *cosine, lane *sine)
{
  Sleef___m512d_2 r = Sleef_sincospid8_u35avx512f((__m512d)(u + u));
  *cosine = (lane)r.y;
  *sine = (lane)r.x;
}
#else
static void turn(lane u, lane *cosine, lane *sine)
{
  for (int i = 0; i < PRODA_LANES; i++) {
#if defined(__SSE2__)
    Sleef_double2 r = Sleef_sincospi_u35(2 * u[i]);
    (*cosine)[i] = r.y;
    (*sine)[i] = r.x;
#else
    (*cosine)[i] = cos(2 * M_PI * u[i]);
    (*sine)[i] = sin(2 * M_PI * u[i]);
#endif
  }
}
#endif

static lane square_root(lane x)
{
#if defined(__AVX512F__)
  return (lane)_mm512_sqrt_pd((__m512d)x);
#else
  for (int i = 0; i < PRODA_LANES; i++)
    x[i] = sqrt(x[i]);
  return x;
#endif
}

/* What the two numbers of GROUP blocks are made into. */
typedef void transform(const words block[4], lane *first, lane *second);

static void to_uniform(const words block[4], lane *first, lane *second)
{
  *first = unit(block[0], block[1]);
  *second = unit(block[2], block[3]);
}

static void to_normal(const words block[4], lane *first, lane *second)
{
  lane radius = square_root(-2 * lane_log(unit(block[0], block[1])));
  turn(unit(block[2], block[3]), first, second);
  *first *= radius;
  *second *= radius;
}

/* Whole groups of 2 GROUP numbers; then the first n of a group, from half as many blocks. */
PRODA_INLINE void fill(struct proda_random *random, size_t n, double *out, transform *make)
{
  words block[4];
  lane pair[2];
  for (; n >= 2 * GROUP; n -= 2 * GROUP, out += 2 * GROUP) {
    next_blocks(random, GROUP, block);
    make(block, &pair[0], &pair[1]);
    memcpy(out, pair, sizeof pair);
  }
  if (n > 0) {
    size_t used = (n + 1) / 2;
    next_blocks(random, used, block);
    make(block, &pair[0], &pair[1]);
    for (size_t i = 0; i < n; i++)
      out[i] = i < used ? pair[0][i] : pair[1][i - used];
  }
}

void proda_random_normal(struct proda_random *random, size_t n, double *out)
{
  fill(random, n, out, to_normal);
}

void proda_random_uniforms(struct proda_random *random, size_t n, double *out)
{
  fill(random, n, out, to_uniform);
}

/* Lemire 2019, "Fast random integer generation in an interval", ACM TOMACS 29(1). */
uint32_t proda_random_below(struct proda_random *random, uint32_t n)
{
  uint64_t product = (uint64_t)next_word(random) * n;
  if ((uint32_t)product < n) {
    uint32_t threshold = -n % n;
    while ((uint32_t)product < threshold)
      product = (uint64_t)next_word(random) * n;
  }
  return (uint32_t)(product >> 32);
}
