/* Faulty plugins, each wrong in one way, and the check that names it. */
#include "plugin/planting.h"
#include "program.h"

#include "conformance/conformance.h"

/* Seconds of computing before a check is ended; the twin that loops takes them all. */
static const double limit = 2;

struct twin {
  const char *plugin, *fault; /* the macro of PLUGIN.c */
  const char *check;
  enum proda_mark mark;
  const char *found; /* a part of what is told */
};

#define FAILED PRODA_MARK_FAILED
#define WARNING PRODA_MARK_WARNING

static const struct twin twins[] = {
    {"structure", "WRONG_ABI", "object", FAILED, "built for version 99 of the plugin interface"},
    {"structure", "STALE_DIGEST", "object", FAILED, "was built from another manifest"},
    {"structure", "NO_EXTENSION", "create", FAILED, "\"nonlinear\""},
    {"structure", "OUT_OF_BOUNDS", "memory", FAILED, "touched 'terms->fraction' 0 bytes behind"},
    {"structure", "READS_BEYOND", "memory", FAILED, "touched 'input' 0 bytes behind its end"},
    {"structure", "MODIFIES_INPUT", "memory", FAILED, "wrote to 'parameter'"},
    {"structure", "CRASHES", "memory", FAILED, "terms: the plugin crashed: Segmentation fault"},
    {"structure", "ABORTS", "memory", FAILED, "terms: the plugin crashed: Aborted"},
    {"structure", "EXITS", "memory", FAILED,
     "terms: the plugin ended the process with exit status 0"},
    {"structure", "LOOPS", "memory", FAILED, "terms: no end within 2 s of computing"},
    {"structure", "PRINTS", "memory", WARNING, "the plugin printed something"},
    {"structure", "TERMS_BEFORE_SITE", "life-cycle", FAILED, "terms: the plugin crashed"},
    {"structure", "STATIC_STATE", "instances", FAILED, "after another instance"},
    {"structure", "OTHER_LANES", "site", FAILED, "site for lane 0 wrote"},
    {"structure", "KEEPS_SETTING", "borrowed", FAILED, "input of pool litter, layer 1"},
    {"structure", "KEEPS_FORCING", "borrowed", FAILED, "input of pool litter, layer 1"},
    {"structure", "ADDS_UP", "outputs", FAILED, "rate of channel litter, layer 1"},
    {"structure", "RANDOM", "determinism", FAILED, "a second time"},
    {"structure", "CALL_ORDER", "determinism", FAILED, "rate of channel litter, layer 1"},
    {"structure", "OTHER_LANE", "lanes", FAILED, "alone in another lane"},
    {"structure", "NOT_A_NUMBER", "finite", FAILED, "nan"},
    {"structure", "NEGATIVE_MODIFIER", "ranges", FAILED, "modifier xi, layer 1 is -"},
    {"structure", "FRACTIONS_ABOVE_ONE", "fractions", FAILED, "channel litter, layer 1 sum to 1.4"},
    {"structure", "NEGATIVE_FRACTION", "fractions", FAILED, "litter_soil, layer 1 is -0.4"},
    {"structure", "LEAKS", "transport", FAILED, "transport loses"},
    {"structure", "LEAKS", "conservation", FAILED, "over the whole column"},
    {"structure", "WRONG_RATE", "formulas", FAILED, "rate of channel litter, layer 1"},
    {"structure", "IGNORES_PRESCRIBED", "prescribed", FAILED, "fraction microbes_soil, layer 1"},
    {"structure", "NEEDS_OPTIONAL", "optional", FAILED, "fraction microbes_soil, layer 1 is "},
    {"structure", "TWELVE_MONTHS", "months", FAILED, "with 12 months of forcing"},
    {"structure", "NOT_LINEAR", "linear", FAILED, "rate of channel litter, layer 1"},
    {"structure", "WRONG_SLOPE", "slopes", FAILED, "channel soil by pool soil, layer 1"},
    {"structure", "MISSING_SLOPE", "slopes", FAILED, "which slope_of does not list"},
    {"structure", "WRONG_TANGENT", "tangent", FAILED, "along parameter"},
    {"structure", "NO_STATE", "pools", FAILED, "0 of 96 draws have a state"},
    {"structure", "WRONG_CLOSED_FORM", "closed-form", FAILED, "at the closed form's state"},
    {"structure", "FORGETS_QUANTITY", "quantities", FAILED, "carbon is "},
    {"structure", "IGNORES_PARAMETER", "unused", WARNING, "parameters humified"},
    {"walker", "WRITES_BEYOND", "memory", FAILED, "touched 'walker' 0 bytes behind its end"},
    {"walker", "DIES_WHEN_MADE", "create", FAILED, "the plugin crashed: Segmentation fault"},
    {"walker", "LEAVES_PRIOR", "steps", FAILED, "its prior lies in"},
    {"walker", "ACCEPTS_INVALID", "steps", FAILED, "accepted a point without a valid answer"},
    {"walker", "IGNORES_SITE", "keys", FAILED, "another site goes the same way"},
    {"walker", "STATE_BESIDE", "checkpoint", FAILED, "another instance takes over"},
    {"walker", "STATIC_NOISE", "order", FAILED, "takes turns"},
    {"walker", "NEVER_ENDS", "end", FAILED, "no end after"},
    {"walker", "ACCEPTS_ALL", "target", FAILED, "and spread"},
    {"means", "CHANGES_SAMPLES", "memory", FAILED, "wrote to 'output'"},
    {"means", "LOOPS_WHEN_MADE", "create", FAILED, "no end within"},
    {"means", "EXITS_WHEN_FIT", "memory", FAILED, "ended the process with exit status 3"},
    {"means", "RANDOM", "determinism", FAILED, "of another instance"},
    {"means", "SEES_THE_BATCH", "rows", FAILED, "with fewer rows"},
    {"means", "FORGETS_CENTRE", "save", FAILED, "restored from the first one's arrays"},
    {"means", "KEEPS_SAMPLES", "borrowed", FAILED, "once the samples were overwritten"},
};
enum { N_TWINS = sizeof twins / sizeof *twins };

struct heard {
  size_t n;
  const struct proda_check *check;
  struct proda_finding finding;
};

static void begin(void *context, const struct proda_manifest *manifest)
{
  (void)context;
  (void)manifest;
}

static void report(void *context, const struct proda_check *check,
                   const struct proda_finding *finding)
{
  struct heard *heard = context;
  heard->n++;
  heard->check = check;
  heard->finding = *finding;
}

static const char *folder_of(const char *plugin, const char *fault)
{
  static char path[4096];
  const char *top = getenv("builddir");
  snprintf(path, sizeof path, "%s/tests/faulty/twins/%s/%s", top ? top : ".", fault, plugin);
  return path;
}

/* Only the check that should name it: others may fail too. */
static bool caught(const struct twin *twin, const struct proda_search_path *path)
{
  struct heard heard = {0};
  struct proda_error error = {""};
  size_t n[PRODA_N_MARKS];
  const struct proda_conformance conformance = {path, twin->check, limit, begin, report, &heard};
  assert_ok(proda_conformance_run(&conformance, folder_of(twin->plugin, twin->fault), n, &error),
            error);
  assert_int_equal(heard.n, 1);
  if (heard.finding.mark == twin->mark && strstr(heard.finding.found, twin->found))
    return true;
  print_error("%s %s: %s is %s: %s (expected %s: %s)\n", twin->plugin, twin->fault, twin->check,
              proda_mark_names[heard.finding.mark], heard.finding.found,
              proda_mark_names[twin->mark], twin->found);
  return false;
}

static void each_fault_has_its_check(void **state)
{
  (void)state;
  struct proda_search_path *path = NULL;
  struct proda_error error;
  size_t n_missed = 0;
  assert_ok(proda_search_path_make(NULL, &path, &error), error);
  for (size_t i = 0; i < N_TWINS; i++)
    n_missed += !caught(&twins[i], path);
  proda_search_path_free(path);
  assert_int_equal(n_missed, 0);
}

/* Every check but those of speed and of what the solver does is shown to fail somewhere. */
static void no_check_is_idle(void **state)
{
  (void)state;
  static const char *const idle[] = {"speed", "steady-state"};
  const enum proda_kind kinds[] = {PRODA_MODEL, PRODA_SAMPLER, PRODA_EMULATOR};
  static const char *const plugin[] = {"structure", "walker", "means"};
  for (size_t i = 0; i < 3; i++) {
    const struct proda_check *check;
    for (size_t k = i ? 2 : 0; (check = proda_conformance_check(kinds[i], k)); k++) {
      bool shown = strcmp(check->name, idle[0]) == 0 || strcmp(check->name, idle[1]) == 0;
      for (size_t t = 0; t < N_TWINS; t++)
        shown = shown || (strcmp(twins[t].plugin, plugin[i]) == 0 &&
                          strcmp(twins[t].check, check->name) == 0);
      if (!shown)
        print_error("no faulty %s fails '%s'\n", plugin[i], check->name);
      assert_true(shown);
    }
  }
}

static void sound_ones_pass(void **state)
{
  (void)state;
  static const char *const plugin[] = {"structure", "walker", "means"};
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(proda(scratch_print("check %s", folder_of(plugin[i], "SOUND"))), 0);
    assert_has(output, " 0 failed, 0 with a warning");
    assert_string_equal(errors, "");
  }
}

/* What the program prints of a fault, and how it ends. */
static void the_program_teaches(void **state)
{
  (void)state;
  assert_int_equal(proda(scratch_print("check %s", folder_of("structure", "LEAKS"))), 1);
  assert_has(output, "\n  ok       lanes ");
  assert_has(output, "\n  FAILED   transport ");
  assert_has(output, "found: carbon of layer 1: ");
  assert_has(output, "expected: dz[l-1] upper[l-1]");
  assert_has(output, "at: an ordinary site; k_litter = 0.01, uptake = 0.5, ");
  assert_has(output, "why it matters: it would leak");
  assert_has(output, "look at: the bands of neighbours");
  assert_has(output, " 2 failed, ");
  assert_int_equal(proda(scratch_print("check --quiet %s", folder_of("structure", "ABORTS"))), 1);
  assert_has(output, "  FAILED   memory ");
  assert_has(output, "the plugin says: ");
  assert_has(output, "parameter[P_mixing][0] > 1");
  assert_null(strstr(output, "  ok "));
}

static void options_are_checked(void **state)
{
  (void)state;
  assert_int_equal(proda("check --list"), 0);
  assert_has(output, "\n  conservation   at the steady state");
  const char *sound = folder_of("structure", "SOUND");
  assert_int_equal(proda(scratch_print("check --check lanse %s", sound)), 1);
  assert_string_equal(errors,
                      "proda: there is no check 'lanse' of a model; did you mean 'lanes'?\n");
  assert_int_equal(proda(scratch_print("check --limit soon %s", sound)), 2);
  assert_has(errors, "expected seconds after --limit, found 'soon'");
  assert_int_equal(proda("check --check"), 2);
  assert_has(errors, "check: --check needs a value");
  assert_int_equal(proda("check --quite"), 2);
  assert_has(errors, "unknown option '--quite'");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_fault_has_its_check), cmocka_unit_test(no_check_is_idle),
      cmocka_unit_test(sound_ones_pass),          cmocka_unit_test(the_program_teaches),
      cmocka_unit_test(options_are_checked),
  };
  return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
