/* The program itself: what it prints and how it ends, for the commands that need no data. */
#include "program.h"

static const char *built(const char *format)
{
  static char text[4][4096];
  static int next;
  const char *top = getenv("builddir");
  next = (next + 1) % 4;
  snprintf(text[next], sizeof text[next], "--plugin-path %s/tests/plugin %s", top ? top : ".",
           format);
  return text[next];
}

static void help_and_version(void **state)
{
  (void)state;
  assert_int_equal(proda("--help"), 0);
  assert_has(output, "Usage: proda");
  assert_has(output, "  list ");
  assert_int_equal(proda("--version"), 0);
  assert_has(output, "proda 0.");
  static const char *const command[] = {"list", "describe", "check", "header"};
  for (size_t i = 0; i < 4; i++) {
    char text[64];
    snprintf(text, sizeof text, "%s --help", command[i]);
    assert_int_equal(proda(text), 0);
    snprintf(text, sizeof text, "Usage: proda %s", command[i]);
    assert_has(output, text);
    assert_string_equal(errors, "");
  }
}

static void wrong_usage_is_status_two(void **state)
{
  (void)state;
  assert_int_equal(proda(""), 2);
  assert_string_equal(errors, "proda: no command given; see `proda --help`\n");
  assert_int_equal(proda("lits"), 2);
  assert_string_equal(errors, "proda: unknown command 'lits'; did you mean 'list'?\n");
  assert_int_equal(proda("--quite list"), 2);
  assert_string_equal(errors, "proda: unknown option '--quite'; see `proda --help`\n");
  assert_int_equal(proda("--plugin-path"), 2);
  assert_string_equal(errors, "proda: --plugin-path needs a value, DIR[:DIR]...\n");
  assert_int_equal(proda("list all"), 2);
  assert_string_equal(errors, "proda: list: expected no arguments; see `proda list --help`\n");
}

static void list_shows_origin_and_state(void **state)
{
  (void)state;
  assert_int_equal(proda(built("list")), 0);
  assert_has(output, "\ntiny ");
  assert_has(output, "  model     ready      --plugin-path ");
  assert_has(output, "Two pools on two layers");
  assert_int_equal(proda("--plugin-path /nowhere list"), 1);
  assert_string_equal(errors, "proda: /nowhere (--plugin-path): the directory cannot be read: No "
                              "such file or directory\n");
}

static void describe_prints_the_manifest(void **state)
{
  (void)state;
  assert_int_equal(proda(built("describe tiny")), 0);
  assert_has(output, "tiny (model): Two pools on two layers");
  assert_has(output,
             "  fast -> slow (transfer), CO2 (the rest)\n      at 1 / tau_fast, times xi\n");
  assert_has(output, "soc = fast + slow (gC m-3): all carbon");
  assert_has(output, "normal(0.3, 0.1) in [0, 1]");
  assert_has(output, "default from temperature");
  assert_has(output, "mode = plain, plain or warm");
  assert_has(output, "carbon          gC m-2  carbon of both layers");
  assert_has(output, "Before calibration: the defaults (defaults)");
  assert_int_equal(proda(built("describe --dot tiny")), 0);
  assert_has(output, "digraph \"tiny\" {");
  assert_int_equal(proda(built("describe --markdown tiny")), 0);
  assert_has(output, "| `fast` | fresh | yes |  |");
  assert_int_equal(proda(built("describe tinu")), 1);
  assert_has(errors, "proda: no plugin 'tinu'; did you mean 'tiny'? (searched: ");
  assert_int_equal(proda(built("describe --svg tiny")), 2);
  assert_has(errors, "proda: describe: unknown option '--svg'");
  assert_int_equal(proda(built("describe --dot --markdown tiny")), 2);
}

static void check_tells_good_from_bad(void **state)
{
  (void)state;
  assert_int_equal(proda(built("check tiny")), 0);
  assert_has(output, "manifest is fine: model 'tiny', 2 pools x 2 layers");
  assert_has(output, "ok       object ");
  assert_has(output, "interface version 1, digest ");
  assert_has(output, " 0 failed");
  FILE *stream = fopen(scratch_path("bad.yaml"), "w");
  assert_non_null(stream);
  fputs("proda: 1\nkind: sampler\nname: bad\ntitel: x\n", stream);
  fclose(stream);
  char command[8192];
  snprintf(command, sizeof command, "check %s", scratch_path("bad.yaml"));
  assert_int_equal(proda(command), 1);
  assert_has(errors,
             "/bad.yaml:4:1: a sampler's manifest has no key 'titel'; did you mean 'title'?");
}

/** The header compiles, and counts as the manifest does. */
static void header_is_c(void **state)
{
  (void)state;
  char command[8192];
  snprintf(command, sizeof command, "header %s", testing_path("plugin/tiny/tiny.yaml"));
  assert_int_equal(proda(command), 0);
  assert_has(output, "#define MANIFEST_NAME \"tiny\"");
  assert_has(output, "  P_mixing,\n  N_PARAMETERS,");
  assert_has(output, "  SET_mode_plain,\n  SET_mode_warm,");
  assert_has(output, "  TO_fast_slow,\n  N_TRANSFERS,");
  assert_has(output, "  QUANTITY_carbon,\n  N_QUANTITIES,");
  assert_has(output, "enum { N_LAYERS = 2 };");
  assert_int_equal(proda("header /nowhere.yaml"), 1);
  assert_string_equal(errors, "proda: /nowhere.yaml: cannot be read: No such file or directory\n");
  assert_string_equal(output, "");
}

static void options_of_the_program_stand_first(void **state)
{
  (void)state;
  assert_int_equal(proda("run e.yaml --quiet"), 2);
  assert_has(errors, "proda: run: unknown option '--quiet'; --quiet, --plugin-path and "
                     "--allow-unsafe-plugins stand before");
}

static void a_full_disk_is_noticed(void **state)
{
  (void)state;
  if (access("/dev/full", W_OK) != 0)
    skip();
  assert_int_equal(program_run("--help", "/dev/full"), 1);
  assert_string_equal(errors,
                      "proda: standard output cannot be written: No space left on device\n");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(help_and_version),
      cmocka_unit_test(wrong_usage_is_status_two),
      cmocka_unit_test(list_shows_origin_and_state),
      cmocka_unit_test(describe_prints_the_manifest),
      cmocka_unit_test(check_tells_good_from_bad),
      cmocka_unit_test(header_is_c),
      cmocka_unit_test(options_of_the_program_stand_first),
      cmocka_unit_test(a_full_disk_is_noticed),
  };
  return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
