/* Names that a shell, a format or netCDF would take for more than names: files and folders of a
 * user's choice, for the commands that read and write them. No shell in between, here neither. */
#include <stdbool.h>

#include "plugin/planting.h"

#include "core/process.h"
#include "program.h"

static const char *const name[] = {
    "a b",  " begins with a blank", "it's",       "\"quoted\"", "$(touch touched)",
    "-o",   "`touch touched`",      "two\nlines", "@list",      "a;touch touched;&|<>*?~",
    "%s%n", "[mode=dap4]x",         "http:",      "s3:",        "\xff\x01",
};
enum { N_NAMES = sizeof name / sizeof *name };

static char program[4096];

/** `proda --quiet ARGUMENTS` in the scratch directory; must end well. */
static void run(const char *const *argument)
{
  const char *argv[16] = {program, "--quiet"};
  char before[4096];
  struct proda_error error = {""};
  size_t n = 2;
  for (; *argument; argument++)
    argv[n++] = *argument;
  assert_non_null(getcwd(before, sizeof before));
  assert_int_equal(chdir(scratch_directory), 0);
  int status = proda_process_run(argv, "errors", &error);
  assert_int_equal(chdir(before), 0);
  assert_ok(status, error);
}
#define RUN(...) run((const char *const[]){__VA_ARGS__, NULL})

/** A text as YAML writes it between double quotes. */
static const char *quoted(const char *text)
{
  static char out[256];
  char *to = out;
  for (; *text; text++)
    to += sprintf(to, (*text & 0x80) ? "%c" : "\\x%02x", (unsigned char)*text);
  *to = '\0';
  return out;
}

static bool is_there(const char *path)
{
  return access(scratch_print("%s/%s", scratch_directory, path), F_OK) == 0;
}

static void worlds_and_states_may_have_any_name(void **state)
{
  (void)state;
  for (size_t i = 0; i < N_NAMES; i++) {
    const char *grid = scratch_print("%s/grid.nc", name[i]);
    const char *out = scratch_print("%s/http://127.0.0.1:9/%s.nc", name[i], name[i]);
    RUN("synth", "--resolution", "30", "--profiles", "20", "--", name[i]);
    assert_true(is_there(grid));
    assert_true(is_there(scratch_print("%s/profiles.nc", name[i])));
    assert_int_equal(mkdir(scratch_print("%s/%s/http:", scratch_directory, name[i]), 0777), 0);
    assert_int_equal(
        mkdir(scratch_print("%s/%s/http:/127.0.0.1:9", scratch_directory, name[i]), 0777), 0);
    RUN("simulate", "clm5", "--forcing", grid, "--out", out);
    assert_true(is_there(out));
    assert_false(is_there("touched"));
  }
}

static void experiments_may_have_any_name(void **state)
{
  (void)state;
  static const char text[] = "proda: 1\nkind: experiment\nname: \"%s\"\noutput: \"%s/out\"\n"
                             "data: {profiles: \"%s/profiles.nc\", grid: \"%s/grid.nc\"}\n"
                             "structures: [{model: clm5}]\n"
                             "calibrate: {sampler: adaptive_metropolis}\ntrain: {emulator: mlp}\n";
  for (size_t i = 0; i < N_NAMES - 1; i++) { /* the last is no UTF-8 */
    const char *file = scratch_print("%s.yaml", name[i]);
    FILE *stream = fopen(scratch_print("%s/%s", scratch_directory, file), "w");
    assert_non_null(stream);
    for (const char *c = text, *mark; *c; c = mark + 2) {
      mark = strstr(c, "%s");
      if (!mark)
        mark = c + strlen(c);
      fwrite(c, 1, (size_t)(mark - c), stream);
      if (!*mark)
        break;
      fputs(quoted(name[i]), stream);
    }
    assert_int_equal(fclose(stream), 0);
    RUN("synth", "--resolution", "30", "--profiles", "20", "--", name[i]);
    RUN("prepare", "--", file);
    assert_true(is_there(scratch_print("%s/out/prepare.nc", name[i])));
    assert_false(is_there("touched"));
  }
}

/** An address is the name of a file that is not there; nobody is asked for it. */
static void addresses_are_not_fetched(void **state)
{
  (void)state;
  assert_int_equal(proda(scratch_print("simulate clm5 --forcing http://127.0.0.1:9/x.nc --out "
                                       "%s/x.nc",
                                       scratch_directory)),
                   1);
  assert_has(errors, "http://127.0.0.1:9/x.nc: cannot open: No such file or directory");
}

/** netCDF would write elsewhere. */
static void backslashes_are_refused(void **state)
{
  (void)state;
  assert_int_equal(
      proda(scratch_print("synth --resolution 30 --profiles 20 '%s/a\\b'", scratch_directory)), 1);
  assert_has(errors, "netCDF takes \\ in a path for /; choose a path without");
}

static int setup(void **state)
{
  const char *given = getenv("PRODA");
  char *real = realpath(given ? given : "./proda", NULL);
  snprintf(program, sizeof program, "%s", real ? real : "");
  free(real);
  return scratch_setup(state);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(worlds_and_states_may_have_any_name, setup, scratch_teardown),
      cmocka_unit_test_setup_teardown(experiments_may_have_any_name, setup, scratch_teardown),
      cmocka_unit_test_setup_teardown(addresses_are_not_fetched, setup, scratch_teardown),
      cmocka_unit_test_setup_teardown(backslashes_are_refused, setup, scratch_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
