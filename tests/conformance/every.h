/** @file every.h
 * Something asked of every plugin of a kind that the plugin path holds.
 */
#ifndef PRODA_TESTS_EVERY_H
#define PRODA_TESTS_EVERY_H

#include "testing.h"

#include "conformance/conformance.h"

/** Seconds of computing a check may take here, where sanitizers and other tests take their share.
 */
#define EVERY_LIMIT 120

/** Checks one plugin, loaded, with the settings that it is made with. */
typedef void plugin_check(const struct proda_loaded *loaded, const struct proda_settings *settings);

static inline __attribute__((unused)) void every_load(const struct proda_search_path *path,
                                                      const char *name, plugin_check *check)
{
  struct proda_error error;
  struct proda_loaded *loaded = NULL;
  struct proda_settings *settings = NULL;
  assert_ok(proda_load(path, name, 0, &loaded, &error), error);
  assert_ok(proda_settings_make(loaded->manifest, NULL, NULL, &settings, &error), error);
  check(loaded, settings);
  proda_settings_free(settings);
  proda_loaded_free(loaded);
}

static inline void every_begin(void *context, const struct proda_manifest *manifest)
{
  (void)context;
  print_message("%s %s\n", proda_kind_name(manifest->kind), manifest->name);
}

static inline void every_report(void *context, const struct proda_check *check,
                                const struct proda_finding *finding)
{
  (void)context;
  if (finding->mark >= PRODA_MARK_WARNING)
    print_message("  %s %s: %s; expected %s; with %s; at %s; it printed: %s\n",
                  proda_mark_names[finding->mark], check->name, finding->found, finding->expected,
                  finding->setting, finding->at, finding->printed);
}

/** All that `proda check` asks; none may fail. */
static inline __attribute__((unused)) void every_conforms(const struct proda_search_path *path,
                                                          const char *name)
{
  struct proda_error error;
  size_t marks[PRODA_N_MARKS];
  const struct proda_conformance conformance = {
      .path = path, .limit = EVERY_LIMIT, .begin = every_begin, .report = every_report};
  assert_ok(proda_conformance_run(&conformance, name, marks, &error), error);
  assert_true(marks[PRODA_MARK_OK] > 0);
  assert_int_equal(marks[PRODA_MARK_FAILED], 0);
}

/** Calls `check` with the default settings of every plugin of this kind; NULL: all that `proda
 * check` asks. There must be one. */
static inline __attribute__((unused)) void check_every(enum proda_kind kind, plugin_check *check)
{
  struct proda_error error;
  struct proda_search_path *path = NULL;
  struct proda_found *found = NULL;
  size_t n = 0, n_checked = 0;
  assert_ok(proda_search_path_make(NULL, &path, &error), error);
  assert_ok(proda_find_all(path, &found, &n, &error), error);
  for (size_t i = 0; i < n; i++) {
    if (!found[i].manifest || found[i].manifest->kind != kind || found[i].shadowed)
      continue;
    if (check)
      every_load(path, found[i].name, check);
    else
      every_conforms(path, found[i].name);
    n_checked++;
  }
  assert_true(n_checked > 0);
  proda_found_free(found, n);
  proda_search_path_free(path);
}

#endif
