/* Loading the tiny structure, and refusing its faulty twins: each real object, each its own
 * message. */
#include "planting.h"

#include "matrix/structure.h"
#include "plugin/loader.h"
#include "yaml/yaml.h"

/** A folder "tiny" with manifest and object in the scratch directory; the path that searches it. */
static struct proda_search_path *plant(const char *object, size_t most)
{
  struct proda_search_path *path = NULL;
  struct proda_error error;
  assert_int_equal(mkdir(scratch_path("tiny"), 0755), 0);
  scratch_copy(testing_path("plugin/tiny/tiny.yaml"), scratch_path("tiny/tiny.yaml"), SIZE_MAX);
  if (object)
    scratch_copy(scratch_built(object), scratch_path("tiny/tiny.so"), most);
  assert_ok(proda_search_path_make(scratch_directory, &path, &error), error);
  return path;
}

static void assert_says(const struct proda_error *error, const char *text)
{
  if (strstr(error->message, text))
    return;
  print_error("expected '%s' in: %s\n", text, error->message);
  fail();
}

/** Loading must fail with a message that holds each of the given texts (NULL-terminated). */
static void refuse(const char *object, size_t most, const char *const *texts)
{
  struct proda_search_path *path = plant(object, most);
  struct proda_loaded *loaded = NULL;
  struct proda_error error = {""};
  assert_int_equal(proda_load(path, "tiny", 0, &loaded, &error), PRODA_ERROR);
  assert_null(loaded);
  for (; *texts; texts++)
    assert_says(&error, *texts);
  proda_search_path_free(path);
}

#define REFUSE(object, most, ...) refuse((object), (most), (const char *const[]){__VA_ARGS__, NULL})

static void loads_a_good_plugin(void **state)
{
  (void)state;
  struct proda_search_path *path = plant("plugin/tiny/.libs/tiny.so", SIZE_MAX);
  struct proda_loaded *loaded = NULL, *again = NULL;
  struct proda_error error;
  assert_ok(proda_load(path, "tiny", PRODA_MODEL, &loaded, &error), error);
  assert_string_equal(loaded->plugin->name, "tiny");
  assert_string_equal(loaded->plugin->digest, loaded->manifest->digest);
  assert_ok(proda_load(path, "tiny", 0, &again, &error), error);
  assert_ptr_equal(again->plugin, loaded->plugin);
  proda_loaded_free(again);
  proda_loaded_free(loaded);
  proda_search_path_free(path);
}

static void loads_from_the_build_tree_and_by_path(void **state)
{
  (void)state;
  struct proda_search_path *path = NULL;
  struct proda_loaded *loaded = NULL;
  struct proda_error error;
  assert_ok(proda_search_path_make(scratch_built("plugin"), &path, &error), error);
  const char *const name[] = {"tiny", scratch_built("plugin/tiny"), scratch_built("plugin/tiny/"),
                              scratch_built("plugin/tiny/tiny.yaml")};
  for (size_t i = 0; i < 4; i++) {
    assert_ok(proda_load(path, name[i], PRODA_MODEL, &loaded, &error), error);
    assert_string_equal(loaded->manifest->name, "tiny");
    proda_loaded_free(loaded);
  }
  proda_search_path_free(path);
}

static void refuses_wrong_abi(void **state)
{
  (void)state;
  REFUSE("plugin/wrong_abi.so", SIZE_MAX, "/tiny/tiny.so: ", "version 99", "this proda has 1");
}

static void refuses_wrong_kind_in_object(void **state)
{
  (void)state;
  REFUSE("plugin/wrong_kind.so", SIZE_MAX, "built as a sampler", "manifest says model");
}

static void refuses_wrong_name(void **state)
{
  (void)state;
  REFUSE("plugin/wrong_name.so", SIZE_MAX, "calls itself 'other'", "says 'tiny'");
}

static void refuses_wrong_digest(void **state)
{
  (void)state;
  char digest[PRODA_DIGEST_SIZE];
  struct proda_manifest *manifest = NULL;
  struct proda_error error;
  assert_ok(proda_manifest_read(testing_path("plugin/tiny/tiny.yaml"), &manifest, &error), error);
  memcpy(digest, manifest->digest, sizeof digest);
  proda_manifest_free(manifest);
  REFUSE("plugin/wrong_digest.so", SIZE_MAX, "built from another manifest",
         "digest 0123456789abcdef", digest, "/tiny/tiny.yaml");
}

static void refuses_a_short_table(void **state)
{
  (void)state;
  REFUSE("plugin/short_table.so", SIZE_MAX, "table of functions has 8 bytes");
}

static void refuses_what_is_no_plugin(void **state)
{
  (void)state;
  REFUSE("plugin/no_symbol.so", SIZE_MAX, "not a plugin of proda", "proda_plugin");
}

static void refuses_an_undefined_symbol(void **state)
{
  (void)state;
  REFUSE("plugin/undefined.so", SIZE_MAX, "a function that no library provides",
         "tiny_not_anywhere");
}

/* The tiny plugin `object` as a structure of one month. */
static int make_structure(const char *object, struct proda_search_path **path,
                          struct proda_loaded **loaded, struct proda_structure **structure,
                          struct proda_error *error)
{
  struct proda_settings *settings = NULL;
  *path = plant(object, SIZE_MAX);
  assert_ok(proda_load(*path, "tiny", 0, loaded, error), *error);
  assert_ok(proda_settings_make((*loaded)->manifest, NULL, NULL, &settings, error), *error);
  int status = proda_structure_new(*loaded, settings, 1, structure, error);
  proda_settings_free(settings);
  return status;
}

static void refuses_quantities_that_nobody_computes(void **state)
{
  (void)state;
  struct proda_search_path *path;
  struct proda_loaded *loaded = NULL;
  struct proda_structure *structure = NULL;
  struct proda_error error = {""};
  assert_int_equal(make_structure("plugin/no_quantities.so", &path, &loaded, &structure, &error),
                   PRODA_ERROR);
  assert_null(structure);
  assert_says(&error, "tiny states `quantities`, but its plugin does not offer the extension");
  proda_loaded_free(loaded);
  proda_search_path_free(path);
}

/** 5 gC m-2 a month enter; what stays is the carbon of both pools by turnover, as dX/dt = 0 says.
 */
static void computes_quantities(void **state)
{
  (void)state;
  static const double input[] = {5}, parameter[] = {2, 50, 0.3, 0.1};
  const double *driver[] = {input, NULL};
  const struct proda_forcing forcing = {.driver = driver};
  struct proda_search_path *path;
  struct proda_loaded *loaded = NULL;
  struct proda_structure *structure = NULL;
  struct proda_block *block = NULL;
  struct proda_error error;
  lane carbon, component[PRODA_N_COMPONENTS];
  assert_ok(make_structure("plugin/tiny/.libs/tiny.so", &path, &loaded, &structure, &error), error);
  assert_ok(proda_block_new(structure, 0, &block, &error), error);
  assert_ok(proda_block_attach(block, 0, &forcing, &error), error);
  proda_block_set(block, 0, parameter);
  proda_block_solve(block);
  proda_block_quantities(block, &carbon);
  proda_block_components(block, 0, component);
  assert_close(carbon[0], 60 * (2 + 0.3 * 50), 1e-13, 0);
  assert_close(component[PRODA_CARBON_INPUT][0], 60, 1e-13, 0);
  assert_close(component[PRODA_SYSTEM_RESIDENCE_TIME][0], 2 + 0.3 * 50, 1e-13, 0);
  proda_block_free(block);
  proda_structure_free(structure);
  proda_loaded_free(loaded);
  proda_search_path_free(path);
}

static void refuses_a_missing_library(void **state)
{
  (void)state;
  REFUSE("plugin/missing_library.so", SIZE_MAX, "a library that it needs is missing", "libgone.so");
}

static void refuses_a_truncated_file(void **state)
{
  (void)state;
  REFUSE("plugin/tiny/.libs/tiny.so", 6000, "cut short", "has 6000 bytes");
}

static void refuses_a_few_bytes(void **state)
{
  (void)state;
  REFUSE("plugin/tiny/.libs/tiny.so", 10, "cut short", "10 bytes");
}

static void refuses_an_empty_file(void **state)
{
  (void)state;
  REFUSE("plugin/tiny/.libs/tiny.so", 0, "cut short", "0 bytes");
}

/** Cutting anywhere must give a message, not a signal. */
static void refuses_every_truncation(void **state)
{
  (void)state;
  struct proda_search_path *path = plant("plugin/tiny/.libs/tiny.so", SIZE_MAX);
  const char *object = scratch_path("tiny/tiny.so");
  struct stat status;
  assert_int_equal(stat(object, &status), 0);
  for (off_t size = status.st_size - 1; size > 0; size -= 517) {
    struct proda_loaded *loaded = NULL;
    struct proda_error error = {""};
    assert_int_equal(truncate(object, size), 0);
    assert_int_equal(proda_load(path, "tiny", 0, &loaded, &error), PRODA_ERROR);
    assert_says(&error, "cut short");
  }
  proda_search_path_free(path);
}

static void refuses_text(void **state)
{
  (void)state;
  REFUSE("plugin/tiny/tiny.names.h", SIZE_MAX, "not a shared object");
}

static void refuses_no_object(void **state)
{
  (void)state;
  REFUSE(NULL, 0, "no shared object tiny.so", "/tiny/tiny.yaml");
}

static void refuses_an_unreadable_object(void **state)
{
  (void)state;
  const uid_t nobody = 65534;
  struct proda_search_path *path = plant("plugin/tiny/.libs/tiny.so", SIZE_MAX);
  struct proda_loaded *loaded = NULL;
  struct proda_error error = {""};
  bool root = geteuid() == 0; /* whom no permission stops */
  assert_int_equal(chmod(scratch_path("tiny/tiny.so"), 0), 0);
  path->n = 1; /* root's own directories are not nobody's */
  assert_int_equal(chmod(scratch_directory, 0755), 0);
  if (root)
    assert_int_equal(seteuid(nobody), 0);
  int status = proda_load(path, "tiny", 0, &loaded, &error);
  if (root)
    assert_int_equal(seteuid(0), 0);
  assert_int_equal(status, PRODA_ERROR);
  assert_says(&error, "/tiny/tiny.so: cannot be read: Permission denied");
  proda_search_path_free(path);
}

static void refuses_a_directory(void **state)
{
  (void)state;
  struct proda_search_path *path = plant(NULL, 0);
  struct proda_loaded *loaded = NULL;
  struct proda_error error = {""};
  assert_int_equal(mkdir(scratch_path("tiny/tiny.so"), 0755), 0);
  assert_int_equal(proda_load(path, "tiny", 0, &loaded, &error), PRODA_ERROR);
  assert_says(&error, "tiny.so: is not a file");
  proda_search_path_free(path);
}

static void refuses_another_kind(void **state)
{
  (void)state;
  struct proda_search_path *path = plant("plugin/tiny/.libs/tiny.so", SIZE_MAX);
  struct proda_loaded *loaded = NULL;
  struct proda_error error = {""};
  assert_int_equal(proda_load(path, "tiny", PRODA_SAMPLER, &loaded, &error), PRODA_ERROR);
  assert_says(&error, "the kind of 'tiny' is model; a plugin of kind sampler is wanted");
  proda_search_path_free(path);
}

static void refuses_an_unknown_name(void **state)
{
  (void)state;
  struct proda_search_path *path = plant("plugin/tiny/.libs/tiny.so", SIZE_MAX);
  struct proda_loaded *loaded = NULL;
  struct proda_error error = {""};
  assert_int_equal(proda_load(path, "tniy", 0, &loaded, &error), PRODA_ERROR);
  assert_says(&error, "no plugin 'tniy'; did you mean 'tiny'?");
  assert_says(&error, scratch_directory);
  proda_search_path_free(path);
}

static void refuses_a_bad_manifest(void **state)
{
  (void)state;
  struct proda_search_path *path = plant("plugin/tiny/.libs/tiny.so", SIZE_MAX);
  struct proda_loaded *loaded = NULL;
  struct proda_error error = {""};
  scratch_write(scratch_path("tiny/tiny.yaml"), "proda: 2\n", 9);
  assert_int_equal(proda_load(path, "tiny", 0, &loaded, &error), PRODA_ERROR);
  assert_says(&error, "/tiny/tiny.yaml:1:8: written for version 2");
  proda_search_path_free(path);
}

/* ---- settings ---- */

static struct proda_settings *settings_of(const char *text, struct proda_error *error)
{
  struct proda_manifest *manifest = NULL;
  struct proda_settings *settings = NULL;
  struct proda_yaml *document = NULL;
  *error = (struct proda_error){""};
  assert_ok(proda_manifest_read(testing_path("plugin/tiny/tiny.yaml"), &manifest, error), *error);
  assert_ok(proda_yaml_parse("e.yaml", text, strlen(text), &document, error), *error);
  const struct proda_yaml_node *given = proda_yaml_get(proda_yaml_root(document), "settings");
  int status = proda_settings_make(manifest, document, given, &settings, error);
  assert_int_equal(status == PRODA_OK, settings != NULL);
  proda_manifest_free(manifest);
  proda_yaml_free(document);
  return settings;
}

static void settings_are_defaults_and_what_is_given(void **state)
{
  (void)state;
  struct proda_error error;
  struct proda_settings *settings = settings_of("a: 1\n", &error);
  assert_non_null(settings);
  assert_int_equal(settings->n, 2);
  assert_int_equal(settings->value[0].size, 1);
  assert_close(settings->value[0].value[0], 0.6, 0, 0);
  assert_close(settings->value[1].value[0], 0, 0, 0);
  proda_settings_free(settings);
  settings = settings_of("settings: {mode: warm, share: 0.25}\n", &error);
  assert_non_null(settings);
  assert_close(settings->value[0].value[0], 0.25, 0, 0);
  assert_close(settings->value[1].value[0], 1, 0, 0);
  proda_settings_free(settings);
}

static void refuse_settings(const char *text, const char *message)
{
  struct proda_error error;
  assert_null(settings_of(text, &error));
  assert_string_equal(error.message, message);
}

static void bad_settings_are_refused(void **state)
{
  (void)state;
  refuse_settings("settings: {shrae: 1}\n",
                  "e.yaml:1:12: settings of 'tiny' has no key 'shrae'; did you mean 'share'?");
  refuse_settings("settings: {share: 1.5}\n", "e.yaml:1:19: 'share' must be at most 1, found 1.5");
  refuse_settings("settings: {share: -1}\n", "e.yaml:1:19: 'share' must be at least 0, found -1");
  refuse_settings("settings: {share: much}\n", "e.yaml:1:19: expected a number, found 'much'");
  refuse_settings("settings: {mode: worm}\n",
                  "e.yaml:1:18: 'mode' cannot be 'worm'; did you mean 'warm'?");
  refuse_settings(
      "settings: [1]\n",
      "e.yaml:1:11: expected settings of 'tiny' as a mapping (key: value), found a list");
}

#define ISOLATED(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
  const struct CMUnitTest tests[] = {
      ISOLATED(loads_a_good_plugin),
      cmocka_unit_test(loads_from_the_build_tree_and_by_path),
      ISOLATED(refuses_wrong_abi),
      ISOLATED(refuses_wrong_kind_in_object),
      ISOLATED(refuses_wrong_name),
      ISOLATED(refuses_wrong_digest),
      ISOLATED(refuses_a_short_table),
      ISOLATED(refuses_what_is_no_plugin),
      ISOLATED(refuses_an_undefined_symbol),
      ISOLATED(refuses_quantities_that_nobody_computes),
      ISOLATED(computes_quantities),
      ISOLATED(refuses_a_missing_library),
      ISOLATED(refuses_a_truncated_file),
      ISOLATED(refuses_a_few_bytes),
      ISOLATED(refuses_an_empty_file),
      ISOLATED(refuses_every_truncation),
      ISOLATED(refuses_text),
      ISOLATED(refuses_no_object),
      ISOLATED(refuses_an_unreadable_object),
      ISOLATED(refuses_a_directory),
      ISOLATED(refuses_another_kind),
      ISOLATED(refuses_an_unknown_name),
      ISOLATED(refuses_a_bad_manifest),
      cmocka_unit_test(settings_are_defaults_and_what_is_given),
      cmocka_unit_test(bad_settings_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
