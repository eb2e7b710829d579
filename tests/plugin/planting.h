/** @file planting.h
 * Putting plugins, real and faulty, into a test's scratch directory.
 */
#ifndef PRODA_TESTS_PLANTING_H
#define PRODA_TESTS_PLANTING_H

#include "scratch.h"

/** Joins and formats a path; static storage, good for 32 calls. */
static inline __attribute__((unused, format(printf, 1, 2))) const char *scratch_print(
    const char *format, ...)
{
  static char text[32][4096];
  static unsigned next;
  char *out = text[next++ % 32];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(out, sizeof text[0], format, arguments);
  va_end(arguments);
  return out;
}

/** A file of the build tree. */
static inline __attribute__((unused)) const char *scratch_built(const char *name)
{
  const char *top = getenv("builddir");
  return scratch_print("%s/tests/%s", top ? top : ".", name);
}

static inline __attribute__((unused)) void scratch_write(const char *path, const void *bytes,
                                                         size_t size)
{
  FILE *stream = fopen(path, "wb");
  assert_non_null(stream);
  assert_int_equal(fwrite(bytes, 1, size, stream), size);
  assert_int_equal(fclose(stream), 0);
}

/** The first `most` bytes of a file. */
static inline __attribute__((unused)) void scratch_copy(const char *from, const char *to,
                                                        size_t most)
{
  char bytes[1 << 16];
  FILE *source = fopen(from, "rb"), *copy = fopen(to, "wb");
  if (!source)
    print_error("%s is missing\n", from);
  assert_true(source && copy);
  for (size_t n = 1; n > 0 && most > 0; most -= n) {
    n = fread(bytes, 1, most < sizeof bytes ? most : sizeof bytes, source);
    assert_int_equal(fwrite(bytes, 1, n, copy), n);
  }
  assert_int_equal(ferror(source), 0);
  fclose(source);
  assert_int_equal(fclose(copy), 0);
}

/** A folder NAME of the scratch directory with files of the tests' tree. */
static inline __attribute__((unused)) const char *plant_sources(const char *from, const char *name,
                                                                const char *const *file)
{
  const char *folder = scratch_print("%s/%s", scratch_directory, name);
  scratch_remove(folder);
  assert_int_equal(mkdir(folder, 0777), 0);
  for (; *file; file++)
    scratch_copy(testing_path(scratch_print("%s/%s", from, *file)),
                 scratch_print("%s/%s", folder, *file), SIZE_MAX);
  return folder;
}

#endif
