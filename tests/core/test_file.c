/* Small files, read whole: only regular ones, and none above the limit. */
#include "scratch.h"

#include "core/file.h"

static void refuse(const char *path, const char *what)
{
  char *bytes = NULL, message[2048];
  size_t size = 0;
  struct proda_error error = {""};
  assert_int_equal(proda_file_read(path, 10, &bytes, &size, &error), PRODA_ERROR);
  assert_null(bytes);
  snprintf(message, sizeof message, "%s: %s", path, what);
  assert_string_equal(error.message, message);
}

static const char *put(const char *text)
{
  const char *path = scratch_path("f");
  FILE *out = fopen(path, "w");
  assert_non_null(out);
  assert_true(fputs(text, out) >= 0);
  assert_int_equal(fclose(out), 0);
  return path;
}

static void up_to_the_limit(void **state)
{
  (void)state;
  char *bytes = NULL;
  size_t size = 0;
  struct proda_error error;
  assert_ok(proda_file_read(put("0123456789"), 10, &bytes, &size, &error), error);
  assert_int_equal(size, 10);
  assert_string_equal(bytes, "0123456789");
  free(bytes);
  assert_ok(proda_file_read(put(""), 10, &bytes, &size, &error), error);
  assert_int_equal(size, 0);
  assert_string_equal(bytes, "");
  free(bytes);
  refuse(put("01234567890"), "larger than 10 bytes, the most that is accepted here");
}

/* A FIFO that nobody writes to would be waited for, a device may never end. */
static void regular_files_alone(void **state)
{
  (void)state;
  assert_int_equal(mkfifo(scratch_path("fifo"), 0600), 0);
  refuse(scratch_path("fifo"), "is no regular file, only such are read");
  refuse("/dev/zero", "is no regular file, only such are read");
  refuse(scratch_directory, "is a directory, a file was expected");
  refuse(scratch_path("absent"), "cannot be read: No such file or directory");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(up_to_the_limit),
      cmocka_unit_test(regular_files_alone),
  };
  return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
