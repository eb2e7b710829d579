/* The program refuses plugins that others can change, whatever it is asked to do with them, unless
 * it is told to take them. */
#include <stdbool.h>

#include "plugin/planting.h"
#include "program.h"

enum { SOMEBODY = 64321, SOME_GROUP = 64322 };

/** A folder "tiny" with manifest and object of the tests' structure. */
static const char *plant_tiny(void)
{
  const char *folder = scratch_print("%s/tiny", scratch_directory);
  assert_int_equal(mkdir(folder, 0755), 0);
  scratch_copy(testing_path("plugin/tiny/tiny.yaml"), scratch_print("%s/tiny.yaml", folder),
               SIZE_MAX);
  scratch_copy(scratch_built("plugin/tiny/.libs/tiny.so"), scratch_print("%s/tiny.so", folder),
               SIZE_MAX);
  return folder;
}

static int run(const char *options, const char *command)
{
  return proda(scratch_print("--plugin-path %s %s %s", scratch_directory, options, command));
}

static void assert_refused(const char *command, const char *file)
{
  if (run("", command) == 0)
    print_error("%s: is not refused\n", command);
  assert_int_equal(run("", command), 1);
  const char *text = strstr(errors, "not trusted") ? errors : output;
  assert_has(text, scratch_print("%s: not trusted: ", file));
  assert_has(text, "can be changed by everybody (mode 0777");
  assert_has(text, "`proda --allow-unsafe-plugins` takes it as it is");
}

static void an_open_directory_is_refused_by_every_command(void **state)
{
  (void)state;
  static const char *const command[] = {"describe tiny", "check tiny", "build tiny"};
  static const char *const of_file[] = {"describe", "check", "build", "header", "source"};
  char folder[2048], manifest[2048]; /* kept through more calls than scratch_print does */
  snprintf(folder, sizeof folder, "%s", plant_tiny());
  snprintf(manifest, sizeof manifest, "%.2000s/tiny.yaml", folder);
  assert_int_equal(chmod(folder, 0777), 0);
  for (size_t i = 0; i < sizeof command / sizeof *command; i++)
    assert_refused(command[i], manifest);
  for (size_t i = 0; i < sizeof of_file / sizeof *of_file; i++)
    assert_refused(scratch_print("%s %s", of_file[i], manifest), manifest);
  assert_refused("simulate tiny --forcing none.nc --out none.nc", manifest);
  assert_refused("new model other --like tiny", manifest);
  assert_refused(scratch_print("synth --model tiny %s/world", scratch_directory), manifest);
  assert_int_equal(run("", "list"), 0);
  assert_has(output, " ?         refused    --plugin-path ");
  assert_has(output, scratch_print("%s: not trusted: %s on the way to it", manifest, folder));
  assert_int_equal(run("--allow-unsafe-plugins", "describe tiny"), 0);
  assert_int_equal(run("--allow-unsafe-plugins", "check --check create tiny"), 0);
  assert_int_equal(run("--allow-unsafe-plugins", "list"), 0);
  assert_has(output, " model     ready      --plugin-path ");
}

static void an_open_object_is_refused_where_it_is_loaded(void **state)
{
  (void)state;
  const char *object = scratch_print("%s/tiny.so", plant_tiny());
  assert_int_equal(chmod(object, 0777), 0);
  assert_refused("check tiny", object);
  assert_refused("simulate tiny --forcing none.nc --out none.nc", object);
  assert_int_equal(run("", "describe tiny"), 0); /* reads the manifest alone */
  assert_int_equal(run("", "list"), 0);
  assert_has(output, " model     refused    --plugin-path ");
  assert_has(output, scratch_print("%s: not trusted: it can be changed by everybody", object));
  assert_int_equal(run("--allow-unsafe-plugins", "check --check create tiny"), 0);
}

static void a_run_is_refused_before_it_begins(void **state)
{
  (void)state;
  const char *folder = scratch_print("%s/adaptive_metropolis", scratch_directory);
  const char *manifest = scratch_print("%s/adaptive_metropolis.yaml", folder);
  assert_int_equal(mkdir(folder, 0755), 0);
  scratch_copy(testing_path("../samplers/adaptive_metropolis/adaptive_metropolis.yaml"), manifest,
               SIZE_MAX);
  scratch_copy(testing_path("../examples/demo/experiment.yaml"), scratch_path("demo.yaml"),
               SIZE_MAX);
  assert_int_equal(chmod(manifest, 0777), 0);
  const char *experiment = scratch_print("%s/demo.yaml", scratch_directory);
  assert_refused(scratch_print("run %s", experiment), manifest);
  assert_has(errors, "demo.yaml:15:12: "); /* where it is named */
  assert_int_not_equal(access(scratch_path("output/prepare.nc"), F_OK), 0);
}

static void an_open_fragment_is_refused(void **state)
{
  (void)state;
  const char *folder = plant_tiny();
  const char *fragment = scratch_print("%s/part.yaml", folder);
  const char *own = scratch_print("%s/own.yaml", folder);
  static const char text[] = "proda: 1\nkind: model\nname: own\ntitle: own\ninclude: part.yaml\n";
  static const char part[] = "proda: 1\nkind: fragment\nsettings: {}\n";
  scratch_write(own, text, sizeof text - 1);
  scratch_write(fragment, part, sizeof part - 1);
  assert_int_equal(chmod(fragment, 0777), 0);
  assert_refused(scratch_print("describe %s", own), fragment);
}

/** The folder of plant_sources, where calling.c is compiled. */
static void open_sources_are_not_compiled(void **state)
{
  (void)state;
  static const char *const file[] = {"calling.yaml", "calling.c", NULL};
  const char *folder = plant_sources("formula/calling", "calling", file);
  const char *source = scratch_print("%s/calling.c", folder);
  const char *build = scratch_print("build --flags -O0 %s", folder);
  assert_int_equal(chmod(source, 0777), 0);
  assert_refused(build, source);
  assert_int_equal(chmod(source, 0644), 0);
  /* Names in a sticky directory are one's own, but others can put a header there. */
  assert_int_equal(chmod(folder, 01777), 0);
  assert_int_equal(run("", build), 1);
  assert_has(errors, "not trusted: it can be changed by everybody (mode 1777");
  assert_int_equal(run("--allow-unsafe-plugins", build), 0);
  assert_int_equal(chmod(folder, 0755), 0);
  assert_int_equal(run("", build), 0);
}

static void open_headers_are_not_compiled(void **state)
{
  (void)state;
  static const char *const file[] = {"calling.yaml", "calling.c", NULL};
  const char *folder = plant_sources("formula/calling", "calling", file);
  const char *headers = scratch_print("%s/include/proda", scratch_directory);
  assert_int_equal(mkdir(scratch_path("include"), 0755), 0);
  assert_int_equal(mkdir(headers, 0755), 0);
  scratch_write(scratch_print("%s/model.h", headers), "", 0);
  assert_int_equal(chmod(headers, 0777), 0);
  setenv("PRODA_INCLUDE_PATH", scratch_path("include"), 1);
  assert_int_equal(run("", scratch_print("build %s", folder)), 1);
  assert_has(errors, scratch_print("%s: not trusted: it can be changed by everybody", headers));
}

/** What `new` copies is code that will be built and run. */
static void open_templates_are_not_copied(void **state)
{
  (void)state;
  const char *before = getenv("PRODA_TEMPLATE_PATH");
  const char *kept = scratch_print("%s", before ? before : "share/templates");
  const char *templates = scratch_print("%s/templates/model", scratch_directory);
  assert_int_equal(mkdir(scratch_path("templates"), 0755), 0);
  assert_int_equal(mkdir(templates, 0755), 0);
  scratch_write(scratch_print("%s/NAME.yaml", templates), "", 0);
  assert_int_equal(chmod(templates, 0777), 0);
  setenv("PRODA_TEMPLATE_PATH", scratch_path("templates"), 1);
  assert_int_equal(run("", "new model other"), 1);
  setenv("PRODA_TEMPLATE_PATH", kept, 1);
  assert_has(errors, scratch_print("%s: not trusted: it can be changed by everybody", templates));
}

/** A program that belongs to somebody may load what that one can change: so can it be itself. */
static void who_can_change_the_program_is_trusted(void **state)
{
  (void)state;
  if (geteuid() != 0) {
    print_message("not root: cannot give files away, left out\n");
    skip();
  }
  const char *object = scratch_print("%s/tiny.so", plant_tiny());
  const char *library = scratch_print("%s/libproda.so.0", scratch_directory);
  scratch_copy(scratch_built("../.libs/libproda.so.0"), library, SIZE_MAX);
  scratch_copy(scratch_built("../.libs/proda"), scratch_path("program"), SIZE_MAX);
  assert_int_equal(chmod(scratch_path("program"), 0755), 0);
  const char *before = getenv("PRODA");
  char *built = before ? strdup(before) : NULL;
  setenv("LD_LIBRARY_PATH", scratch_directory, 1);
  setenv("PRODA", scratch_path("program"), 1);
  assert_int_equal(chown(object, SOMEBODY, SOME_GROUP), 0);
  int others = run("", "check --check create tiny");
  assert_int_equal(chown(library, SOMEBODY, 0), 0);
  int its_owners = run("", "check --check create tiny");
  assert_int_equal(chown(library, 0, SOME_GROUP), 0);
  assert_int_equal(chmod(library, 0664), 0);
  assert_int_equal(chown(object, 0, SOME_GROUP), 0);
  assert_int_equal(chmod(object, 0664), 0);
  int its_groups = run("", "check --check create tiny");
  assert_int_equal(chmod(library, 0644), 0);
  int no_longer = run("", "check --check create tiny");
  unsetenv("LD_LIBRARY_PATH");
  if (built)
    setenv("PRODA", built, 1);
  else
    unsetenv("PRODA");
  free(built);
  assert_int_equal(others, 1);
  assert_int_equal(its_owners, 0);
  assert_int_equal(its_groups, 0);
  assert_int_equal(no_longer, 1);
}

#define ISOLATED(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
  const struct CMUnitTest tests[] = {
      ISOLATED(an_open_directory_is_refused_by_every_command),
      ISOLATED(an_open_object_is_refused_where_it_is_loaded),
      ISOLATED(a_run_is_refused_before_it_begins),
      ISOLATED(an_open_fragment_is_refused),
      ISOLATED(open_sources_are_not_compiled),
      ISOLATED(who_can_change_the_program_is_trusted),
      ISOLATED(open_templates_are_not_copied),
      ISOLATED(open_headers_are_not_compiled),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
