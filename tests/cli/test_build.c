/* `proda build`: formulas, functions and hand-written plugins become objects that load; what goes
 * wrong is told so that it can be put right. */
#include <stdbool.h>

#include "plugin/planting.h"
#include "program.h"

#include "core/process.h"

static const char *plant_calling(void)
{
  static const char *const file[] = {"calling.yaml", "calling.c", NULL};
  return plant_sources("formula/calling", "calling", file);
}

/* The file with `from` replaced by `to` once. */
static void edit(const char *path, const char *from, const char *to)
{
  static char text[1 << 16], changed[1 << 16];
  program_read(path, text, sizeof text);
  char *at = strstr(text, from);
  assert_non_null(at);
  int size =
      snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
  scratch_write(path, changed, (size_t)size);
}

/* The same in a file of the planted folder. */
static void edit_in(const char *folder, const char *file, const char *from, const char *to)
{
  edit(scratch_print("%s/%s", folder, file), from, to);
}

static int build(const char *options, const char *path)
{
  return proda(scratch_print("build --flags -O0 %s %s", options, path));
}

static bool exists(const char *folder, const char *file)
{
  return access(scratch_print("%s/%s", folder, file), F_OK) == 0;
}

static void formulas_become_an_object(void **state)
{
  (void)state;
  const char *folder = plant_calling();
  assert_int_equal(build("", folder), 0);
  assert_string_equal(errors, "");
  assert_has(output, "/calling/calling.so: built from ");
  assert_true(exists(folder, "calling.formulas.c"));
  assert_true(exists(folder, "calling.names.h"));
  assert_false(exists(folder, "calling.build.txt"));
  assert_int_equal(proda(scratch_print("check %s", folder)), 0);
  assert_has(output, " 0 failed");
  /* Where the user stands in the folder, with the flags of configure. */
  assert_int_equal(proda(scratch_print("--quiet build %s/.", folder)), 0);
  assert_string_equal(output, "");
}

static void an_edited_manifest_wants_a_build(void **state)
{
  (void)state;
  const char *folder = plant_calling();
  const char *manifest = scratch_print("%s/calling.yaml", folder);
  assert_int_equal(proda(scratch_print("check %s", folder)), 1);
  assert_has(output, scratch_print("no shared object calling.so stands beside this manifest; run "
                                   "`proda build %s`",
                                   manifest));
  assert_int_equal(build("", manifest), 0);
  edit(manifest, "default: 800", "default: 900");
  assert_int_equal(proda(scratch_print("check %s", folder)), 1);
  assert_has(output, "calling.so: was built from another manifest");
  assert_has(output, scratch_print("run `proda build %s`", manifest));
  assert_int_equal(build("", manifest), 0);
  assert_int_equal(proda(scratch_print("check %s", folder)), 0);
}

static void a_fault_in_formulas_has_its_place(void **state)
{
  (void)state;
  const char *folder = plant_calling();
  edit_in(folder, "calling.yaml", "hill(A, half)", "hill(A, largest)");
  assert_int_equal(build("", folder), 1);
  assert_has(errors, "/calling.yaml:25:40: hill() needs gC m-3 here, found day-1");
  assert_false(exists(folder, "calling.so"));
}

static void newton_wants_derivatives(void **state)
{
  (void)state;
  const char *folder = plant_calling();
  edit_in(folder, "calling.yaml", ", derivatives: [hill_by_x, hill_by_half]", "");
  assert_int_equal(build("", folder), 1);
  assert_has(errors, "/calling.yaml:25:21: this rate calls 'hill' of the pool 'A', so that "
                     "Newton's method needs its derivative: name the functions that give it");
  folder = plant_calling();
  edit_in(folder, "calling.yaml", "[hill_by_x, hill_by_half]", "[none, hill_by_half]");
  assert_int_equal(build("", folder), 1);
  assert_has(errors, "this rate calls 'hill' of the pool 'A'");
  /* Of a parameter it is wanted for tangents only. */
  folder = plant_calling();
  edit_in(folder, "calling.yaml", "[hill_by_x, hill_by_half]", "[hill_by_x, none]");
  assert_int_equal(build("", folder), 0);
  folder = plant_calling();
  edit_in(folder, "calling.yaml", ", derivatives: [hill_by_x, hill_by_half]", "");
  /* A closed form needs none, though this one is wrong. */
  edit_in(folder, "calling.yaml", "observe:", "steady: {A: half}\nobserve:");
  assert_int_equal(build("", folder), 0);
  assert_int_equal(proda(scratch_print("check --check create %s", folder)), 0);
  assert_int_equal(proda(scratch_print("check --check closed-form %s", folder)), 1);
  assert_has(output, "FAILED   closed-form ");
}

static void compilers_are_quoted(void **state)
{
  (void)state;
  const char *folder = plant_calling();
  edit_in(folder, "calling.c", "return 3.0 * y * (1.0 - y) / x;",
          "return 3.0 * why * (1.0 - y) / x;");
  assert_int_equal(build("", folder), 1);
  assert_has(errors, "calling.yaml: its C code does not compile; ");
  assert_has(errors, "/calling.build.txt):\n");
  assert_has(errors, "/calling.c:12:");
  assert_has(errors, "why");
  assert_true(exists(folder, "calling.build.txt"));
  assert_false(exists(folder, "calling.so"));
  /* A function of other arguments than the manifest's. */
  folder = plant_calling();
  edit_in(folder, "calling.c", "lane shift(lane k)", "lane shift(lane k, lane other)");
  assert_int_equal(build("", folder), 1);
  assert_has(errors, "shift");
  /* One that is not there. */
  folder = plant_calling();
  edit_in(folder, "calling.c", "lane shift_by_k", "lane shift_by");
  assert_int_equal(build("", folder), 1);
  assert_has(errors, "shift_by_k");
  assert_int_equal(remove(scratch_print("%s/calling.c", folder)), 0);
  assert_int_equal(build("", folder), 1);
  assert_has(errors, "declares the function 'hill', and no calling.c that defines it stands");
}

static void what_builds_must_be_there(void **state)
{
  (void)state;
  const char *folder = plant_calling();
  assert_int_equal(build("--compiler no-such-compiler", folder), 1);
  assert_has(errors, "no-such-compiler cannot be started: No such file or directory");
  assert_has(errors, "--compiler");
  const char *include = getenv("PRODA_INCLUDE_PATH");
  const char *kept = scratch_print("%s", include ? include : "");
  setenv("PRODA_INCLUDE_PATH", "/nowhere", 1);
  assert_int_equal(build("", folder), 1);
  assert_has(errors, "/nowhere/proda/model.h: cannot be read: No such file or directory; proda's "
                     "headers come with `make install`");
  setenv("PRODA_INCLUDE_PATH", kept, 1);
  assert_int_equal(proda("build"), 2);
  assert_has(errors, "build: expected manifests, folders or names of plugins");
  assert_int_equal(proda("build /nowhere/at/all.yaml"), 1);
  assert_has(errors, "/nowhere/at/all.yaml: there is no such manifest");
}

static void hand_written_plugins_are_built_too(void **state)
{
  (void)state;
  static const char *const file[] = {"tiny.yaml", "tiny.c", NULL}, *const bare[] = {"tiny.yaml",
                                                                                    NULL};
  const char *folder = plant_sources("plugin/tiny", "tiny", file);
  assert_int_equal(build("", folder), 0);
  assert_int_equal(proda(scratch_print("check %s", folder)), 0);
  folder = plant_sources("plugin/tiny", "tiny", bare);
  assert_int_equal(build("", folder), 1);
  assert_has(errors, "the manifest has no formulas, and no tiny.c stands beside it");
}

/** What `check` says of the planted folder, which must be refused. */
static void assert_stale(const char *folder, const char *what)
{
  assert_int_equal(proda(scratch_print("check %s", folder)), 1);
  assert_has(output, scratch_print("calling.so: was built before %s; run `proda build ", what));
}

static void an_edited_source_wants_a_build(void **state)
{
  (void)state;
  const char *folder = plant_calling();
  assert_int_equal(build("", folder), 0);
  assert_false(exists(folder, "calling.sources.c"));
  edit_in(folder, "calling.c", "return", "return 0.0 +");
  assert_stale(folder, "calling.c was changed");
  assert_int_equal(build("", folder), 0);
  assert_int_equal(proda(scratch_print("check %s", folder)), 0);
  scratch_write(scratch_print("%s/extra.h", folder), "", 0);
  assert_stale(folder, "extra.h was added");
  assert_int_equal(build("", folder), 0);
  assert_int_equal(remove(scratch_print("%s/extra.h", folder)), 0);
  assert_stale(folder, "extra.h was removed");
  /* Without sources there is nothing to compare: so plugins are installed. */
  assert_int_equal(remove(scratch_print("%s/calling.c", folder)), 0);
  assert_int_equal(proda(scratch_print("check %s", folder)), 0);
}

static void commands_are_split_without_a_shell(void **state)
{
  (void)state;
  const char *folder = plant_calling();
  const char *touched = scratch_print("%s/touched", scratch_directory);
  assert_int_equal(
      proda(scratch_print("build --flags '-O0 -DTEXT=\"a b\" -DPLAIN=$(touch${IFS}%s)' %s", touched,
                          folder)),
      0);
  assert_int_not_equal(access(touched, F_OK), 0);
  assert_int_equal(proda(scratch_print("build --flags '-O0 \"-DTEXT' %s", folder)), 1);
  assert_has(errors, "a quote is not closed in the compiler's command: \"-DTEXT");
}

/* Folders whose names a shell or a compiler would take for something else. */
static void any_name_of_a_folder_builds(void **state)
{
  (void)state;
  static const char *const name[] = {"a b",      "it's",   "$(touch x)", "-o",
                                     "@calling", "a;b\n&", "\"q\""};
  static const char *const file[] = {"calling.yaml", "calling.c", NULL};
  char before[4096];
  const char *program = getenv("PRODA"), *include = getenv("PRODA_INCLUDE_PATH");
  char *built = program ? strdup(program) : NULL;
  char *headers = realpath(include ? include : "framework/include", NULL);
  assert_non_null(getcwd(before, sizeof before));
  program = built ? built : scratch_print("%s/proda", before);
  for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
    const char *const argv[] = {program,
                                "--quiet",
                                "build",
                                "--flags",
                                "-O0",
                                "--",
                                scratch_print("%s/calling.yaml", name[i]),
                                NULL};
    struct proda_error error = {""};
    plant_sources("formula/calling", name[i], file);
    setenv("PRODA_INCLUDE_PATH", headers, 1);
    assert_int_equal(chdir(scratch_directory), 0);
    int status = proda_process_run(argv, "errors", &error);
    bool whole = exists(name[i], "../x") == false;
    assert_int_equal(chdir(before), 0);
    assert_ok(status, error);
    assert_true(whole);
    assert_true(exists(scratch_print("%s/%s", scratch_directory, name[i]), "calling.so"));
  }
  free(headers);
  free(built);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(formulas_become_an_object),
      cmocka_unit_test(an_edited_manifest_wants_a_build),
      cmocka_unit_test(a_fault_in_formulas_has_its_place),
      cmocka_unit_test(newton_wants_derivatives),
      cmocka_unit_test(compilers_are_quoted),
      cmocka_unit_test(what_builds_must_be_there),
      cmocka_unit_test(hand_written_plugins_are_built_too),
      cmocka_unit_test(an_edited_source_wants_a_build),
      cmocka_unit_test(commands_are_split_without_a_shell),
      cmocka_unit_test(any_name_of_a_folder_builds),
  };
  return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
