/** @file mutation.h
 * Bytes of a file changed as disks, transfers and editors change them: the same for the same
 * number.
 */
#ifndef PRODA_TESTS_MUTATION_H
#define PRODA_TESTS_MUTATION_H

#include "testing.h"

struct bytes {
  unsigned char *data;
  size_t n, room;
};

static inline __attribute__((unused)) struct bytes bytes_read(const char *path)
{
  struct bytes bytes = {NULL, 0, 1 << 20};
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  bytes.data = malloc(2 * bytes.room);
  assert_non_null(bytes.data);
  bytes.n = fread(bytes.data, 1, bytes.room, file);
  assert_in_range(bytes.n, 1, bytes.room - 1);
  fclose(file);
  return bytes;
}

static inline __attribute__((unused)) void bytes_write(const struct bytes *bytes, const char *path)
{
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes->data, 1, bytes->n, file), bytes->n);
  assert_int_equal(fclose(file), 0);
}

/* SplitMix64 (Steele, Lea and Flood 2014): numbers that are far apart from seeds that are not. */
static inline __attribute__((unused)) size_t mutation_draw(uint64_t *state, size_t below)
{
  uint64_t z = *state += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return below ? (z ^ (z >> 31)) % below : 0;
}

enum mutation {
  MUTATION_BITS,  /* one to four bits turned */
  MUTATION_BYTES, /* one to four bytes set */
  MUTATION_ZEROS, /* a run of zeros */
  MUTATION_CUT,   /* the end is missing */
  MUTATION_TWICE, /* a piece stands there twice */
  MUTATION_GONE,  /* a piece is missing */
  MUTATION_SWAP,  /* two pieces exchanged */
  MUTATION_ADDED, /* something behind the end */
  N_MUTATIONS
};

static inline __attribute__((unused)) void mutation_swap(struct bytes *bytes, uint64_t *state)
{
  size_t length = 1 + mutation_draw(state, bytes->n / 4 < 64 ? bytes->n / 4 : 64);
  size_t a = mutation_draw(state, bytes->n - length), b = mutation_draw(state, bytes->n - length);
  for (size_t i = 0; i < length; i++) {
    unsigned char c = bytes->data[a + i];
    bytes->data[a + i] = bytes->data[b + i];
    bytes->data[b + i] = c;
  }
}

/** Changes `bytes`, which has room for twice as many, in the way number `k`. */
static inline __attribute__((unused)) enum mutation mutation_make(struct bytes *bytes, size_t k)
{
  uint64_t state = 7919 * (uint64_t)k + 1;
  enum mutation kind = (enum mutation)(k % N_MUTATIONS);
  size_t at = mutation_draw(&state, bytes->n), most = bytes->n - at < 200 ? bytes->n - at : 200;
  size_t length = 1 + mutation_draw(&state, most);
  if (length > bytes->n - at)
    length = bytes->n - at;
  switch (kind) {
  case MUTATION_BITS:
  case MUTATION_BYTES:
    for (size_t i = 0; i <= k % 4; i++, at = mutation_draw(&state, bytes->n))
      bytes->data[at] = kind == MUTATION_BITS
                            ? bytes->data[at] ^ (unsigned char)(1U << mutation_draw(&state, 8))
                            : (unsigned char)mutation_draw(&state, 256);
    break;
  case MUTATION_ZEROS:
    memset(bytes->data + at, 0, length);
    break;
  case MUTATION_CUT:
    bytes->n = at;
    break;
  case MUTATION_TWICE:
    memmove(bytes->data + at + length, bytes->data + at, bytes->n - at);
    bytes->n += length;
    break;
  case MUTATION_GONE:
    memmove(bytes->data + at, bytes->data + at + length, bytes->n - at - length);
    bytes->n -= length;
    break;
  case MUTATION_SWAP:
    mutation_swap(bytes, &state);
    break;
  default:
    for (size_t i = 0; i < length; i++)
      bytes->data[bytes->n++] = (unsigned char)mutation_draw(&state, 256);
  }
  return kind;
}

#endif
