/** @file every.h
 * Running a suite on every plugin of a kind that the plugin path holds.
 */
#ifndef PRODA_TESTS_EVERY_H
#define PRODA_TESTS_EVERY_H

#include "testing.h"

#include "plugin/loader.h"

/** Checks one plugin, loaded, with the settings that it is made with. */
typedef void plugin_check(const struct proda_loaded *loaded, const struct proda_settings *settings);

static inline __attribute__((unused)) void check_with_defaults(const struct proda_loaded *loaded,
                                                               plugin_check *check)
{
  struct proda_error error;
  struct proda_settings *settings = NULL;
  assert_ok(proda_settings_make(loaded->manifest, NULL, NULL, &settings, &error), error);
  check(loaded, settings);
  proda_settings_free(settings);
}

/** Calls `check` with the default settings of every plugin of this kind; there must be one. */
static inline __attribute__((unused)) void check_every(enum proda_kind kind, plugin_check *check)
{
  struct proda_error error;
  struct proda_search_path *path = NULL;
  struct proda_found *found = NULL;
  size_t n = 0, n_checked = 0;
  assert_ok(proda_search_path_make(NULL, &path, &error), error);
  assert_ok(proda_find_all(path, &found, &n, &error), error);
  for (size_t i = 0; i < n; i++) {
    struct proda_loaded *loaded = NULL;
    if (!found[i].manifest || found[i].manifest->kind != kind || found[i].shadowed)
      continue;
    print_message("%s %s\n", proda_kind_name(kind), found[i].name);
    assert_ok(proda_load(path, found[i].name, kind, &loaded, &error), error);
    assert_string_equal(loaded->plugin->name, loaded->manifest->name);
    assert_string_equal(loaded->plugin->digest, loaded->manifest->digest);
    check_with_defaults(loaded, check);
    proda_loaded_free(loaded);
    n_checked++;
  }
  assert_true(n_checked > 0);
  proda_found_free(found, n);
  proda_search_path_free(path);
}

#endif
