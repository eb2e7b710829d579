/* The search path and what is found on it, without loading code. */
#include "planting.h"

#include "plugin/loader.h"

static const char sampler[] = "proda: 1\nkind: sampler\nname: %s\ntitle: a sampler\n";

static void plant(const char *directory, const char *name)
{
  const char *text = scratch_print(sampler, name);
  mkdir(directory, 0755);
  scratch_write(scratch_print("%s/%s.yaml", directory, name), text, strlen(text));
}

static void path_has_its_order_and_origins(void **state)
{
  (void)state;
  struct proda_search_path *path = NULL;
  struct proda_error error;
  setenv("PRODA_PLUGIN_PATH", "/c::/d", 1);
  setenv("XDG_DATA_HOME", "/x", 1);
  assert_ok(proda_search_path_make("/a:/b", &path, &error), error);
  static const char *const directory[] = {"/a", "/b", "/c", "/d", "/x/proda/plugins"};
  static const char *const origin[] = {"--plugin-path", "--plugin-path", "PRODA_PLUGIN_PATH",
                                       "PRODA_PLUGIN_PATH", "user"};
  assert_int_equal(path->n, 6);
  for (size_t i = 0; i < 5; i++) {
    assert_string_equal(path->entry[i].directory, directory[i]);
    assert_string_equal(path->entry[i].origin, origin[i]);
  }
  assert_string_equal(path->entry[5].origin, "installed");
  proda_search_path_free(path);
  unsetenv("XDG_DATA_HOME");
  setenv("HOME", "/h", 1);
  unsetenv("PRODA_PLUGIN_PATH");
  assert_ok(proda_search_path_make(NULL, &path, &error), error);
  assert_int_equal(path->n, 2);
  assert_string_equal(path->entry[0].directory, "/h/.local/share/proda/plugins");
  proda_search_path_free(path);
}

static void finds_good_bad_and_shadowed(void **state)
{
  (void)state;
  const char *first = scratch_path("first");
  const char *second = scratch_path("second");
  struct proda_search_path *path = NULL;
  struct proda_found *found = NULL;
  struct proda_error error;
  size_t n = 0;
  plant(first, "walk");
  plant(second, "walk");
  plant(scratch_print("%s/leap", second), "leap"); /* <directory>/<name>/<name>.yaml */
  scratch_write(scratch_print("%s/broken.yaml", first), "proda: 2", 8);
  scratch_write(scratch_print("%s/notes.txt", first), "x", 1);
  scratch_write(scratch_print("%s/walk.so", second), "x", 1);
  setenv("HOME", scratch_directory, 1);
  unsetenv("PRODA_PLUGIN_PATH");
  assert_ok(proda_search_path_make(scratch_print("%s:%s", first, second), &path, &error), error);
  path->n = 2; /* leaves out the installed directory */
  assert_ok(proda_find_all(path, &found, &n, &error), error);
  assert_int_equal(n, 4);
  assert_string_equal(found[0].name, "broken");
  assert_null(found[0].manifest);
  assert_non_null(strstr(found[0].problem.message, "first/broken.yaml:1:8: "));
  assert_string_equal(found[1].name, "leap");
  assert_int_equal(found[1].manifest->kind, PRODA_SAMPLER);
  assert_null(found[1].object_path);
  assert_string_equal(found[2].manifest_path, scratch_print("%s/walk.yaml", first));
  assert_false(found[2].shadowed);
  assert_string_equal(found[3].manifest_path, scratch_print("%s/walk.yaml", second));
  assert_true(found[3].shadowed);
  assert_string_equal(found[3].object_path, scratch_print("%s/walk.so", second));
  proda_found_free(found, n);
  proda_search_path_free(path);
}

static void a_given_directory_must_exist(void **state)
{
  (void)state;
  struct proda_search_path *path = NULL;
  struct proda_found *found = NULL;
  struct proda_error error;
  size_t n = 0;
  const char *absent = scratch_path("absent");
  setenv("PRODA_PLUGIN_PATH", absent, 1);
  assert_ok(proda_search_path_make(NULL, &path, &error), error);
  path->n = 1;
  assert_ok(proda_find_all(path, &found, &n, &error), error);
  assert_int_equal(n, 0);
  proda_found_free(found, n);
  proda_search_path_free(path);
  assert_ok(proda_search_path_make(absent, &path, &error), error);
  assert_int_equal(proda_find_all(path, &found, &n, &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "absent (--plugin-path): the directory cannot be read"));
  proda_search_path_free(path);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(path_has_its_order_and_origins),
      cmocka_unit_test_setup_teardown(finds_good_bad_and_shadowed, scratch_setup, scratch_teardown),
      cmocka_unit_test_setup_teardown(a_given_directory_must_exist, scratch_setup,
                                      scratch_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
