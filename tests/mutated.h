/** @file mutated.h
 * Two hundred files a reader with bytes changed, cut, moved or added: none crashes, hangs or is
 * refused without its name. A file that is accepted was read as the right one was; or, where it is
 * from elsewhere and bears no seal, the change is one of its numbers or words, which nothing in it
 * can tell (doc/inputs.md): such files are counted, and a cut is never among them.
 */
#ifndef PRODA_TESTS_MUTATED_H
#define PRODA_TESTS_MUTATED_H

#include "fuzz/recipe.h"
#include "image.h"
#include "mutation.h"
#include "store/seal.h"

enum { MUTATED = 200, CUTS = 40, MAX_READERS = 8 };

struct reader {
  const char *name, *file, *right; /* a recipe, or a text */
  int (*read)(const char *path, struct image *image, struct proda_error *error);
  bool sealed, text;
};

/* Writes the right file; its path, copied for it is kept long. */
static void write_right(const struct reader *reader, char path[4096])
{
  struct part part = {.text = reader->right, .size = strlen(reader->right)};
  snprintf(part.name, sizeof part.name, "%s", reader->file);
  if (reader->text)
    parts_write(&part);
  snprintf(path, 4096, "%s", reader->text ? parts_path(reader->file) : recipe_write(&part));
  if (reader->sealed)
    assert_int_equal(proda_seal_put(path), 0);
}

/* ---- mutations ---- */

struct mutation_counts {
  size_t refused, same, changed, crashed;
};

static void judge(const struct reader *reader, const struct image *right, const char *path,
                  enum mutation kind, size_t k, struct mutation_counts *counts)
{
  struct proda_error error = {""};
  struct image image = {0};
  int status = reader->read(path, &image, &error);
  if (status != PRODA_OK) {
    counts->refused++;
    counts->crashed += strstr(error.message, "the NetCDF library") != NULL;
    if (!strstr(error.message, reader->file))
      fail_msg("mutation %zu: \"%s\" does not name the file", k, error.message);
  } else if (image_same(&image, right, 0)) {
    counts->same++;
  } else {
    counts->changed++;
    if (reader->sealed)
      fail_msg("mutation %zu of a sealed store is accepted and changes what is read", k);
    if (kind == MUTATION_CUT && !reader->text)
      fail_msg("a file cut by mutation %zu is accepted and changes what is read", k);
  }
  image_free(&image);
}

static void test_mutations(void **state)
{
  const struct reader *reader = *state;
  struct mutation_counts counts = {0};
  struct proda_error error = {""};
  struct image image = {0};
  char path[4096];
  write_right(reader, path);
  assert_ok(reader->read(path, &image, &error), error);
  struct bytes right = bytes_read(path), bytes = bytes_read(path);
  for (size_t k = 0; k < MUTATED; k++) {
    bytes.n = right.n;
    memcpy(bytes.data, right.data, right.n);
    enum mutation kind = mutation_make(&bytes, k);
    bytes_write(&bytes, path);
    size_t refused = counts.refused;
    judge(reader, &image, path, kind, k, &counts);
    bool other = bytes.n != right.n || memcmp(bytes.data, right.data, right.n) != 0;
    if (reader->sealed && other && counts.refused == refused)
      fail_msg("mutation %zu of a sealed store is not refused", k);
  }
  print_message("%s: %d files mutated: %zu refused (%zu end the NetCDF library), %zu read as the "
                "right one, %zu with a number or word changed\n",
                reader->name, MUTATED, counts.refused, counts.crashed, counts.same, counts.changed);
  assert_int_equal(counts.refused + counts.same + counts.changed, MUTATED);
  image_free(&image);
  free(right.data);
  free(bytes.data);
}

/* Cut at bytes from none to all but one: the first and last ones, and others between. */
static void test_cut(void **state)
{
  const struct reader *reader = *state;
  struct mutation_counts counts = {0};
  struct proda_error error = {""};
  struct image image = {0};
  char path[4096];
  write_right(reader, path);
  assert_ok(reader->read(path, &image, &error), error);
  struct bytes bytes = bytes_read(path);
  size_t n = bytes.n, step = n / CUTS;
  for (size_t at = 0; at < n; at += at < 8 || at + 16 >= n ? 1 : step) {
    bytes.n = at;
    bytes_write(&bytes, path);
    if (reader->text && at > 0 && bytes.data[at - 1] == '\n')
      continue; /* whole rows: a shorter table, which nothing can tell */
    judge(reader, &image, path, MUTATION_CUT, at, &counts);
  }
  print_message("%s: cut at %zu places: %zu refused, %zu read as the right one\n", reader->name,
                counts.refused + counts.same, counts.refused, counts.same);
  assert_int_equal(counts.changed, 0);
  image_free(&image);
  free(bytes.data);
}

static inline int mutated_run(const char *name, const struct reader *readers, size_t n)
{
  struct CMUnitTest test[2 * MAX_READERS];
  assert_true(n <= MAX_READERS);
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < 2; k++)
      test[2 * i + k] = (struct CMUnitTest){.name = readers[i].name,
                                            .test_func = k ? test_cut : test_mutations,
                                            .initial_state = (void *)&readers[i]};
  return _cmocka_run_group_tests(name, test, 2 * n, NULL, NULL);
}

#endif
