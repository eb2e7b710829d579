/* A world in which profiles end in every way that there is: a code each, with its reason, and the
 * same counts in the stores, the log and the report, which sum to the input. What each profile
 * ends as follows from how it was made. `proda why` tells it. */
#include <signal.h>
#include <stdbool.h>

#include "decode.h"
#include "pipeline/ledger.h"
#include "plugin/planting.h"
#include "program.h"
#include "store/ncdraft.h"
#include "stores.h"

enum { LAYERS = 20, MONTHS = 12, MEASURED = 4 };

static struct proda_error error;

/* ---- the world ---- */

/* A cell's temperature says what happens there (pipeline/fragile), its wood too. */
struct sort {
  enum proda_site_code end;
  double temperature, wood; /* K, gC m-2 month-1 */
  double carbon;            /* measured in the first layer, about, gC m-3 */
  double scale;             /* of it from layer to layer; 0: as the structure has it */
  double top;               /* of the first layer, m */
  const char *reason;       /* that the ledger gives, or a part of it */
};

static const struct sort sorts[] = {
    {PRODA_SITE_KEPT, 294, 1, 60000, 0, 0, ""},
    {PRODA_SITE_KEPT, 296, 1, 60000, 0, 0, ""},
    {PRODA_SITE_KEPT, 298, 1, 60000, 0, 0, ""},
    {PRODA_SITE_KEPT, 300, 1, 60000, 0, 0, ""},
    {PRODA_SITE_NO_POSITION, 285, 1, 60000, 0, 0, ""},
    {PRODA_SITE_FEW_LAYERS, 285, 1, 60000, 0, 0, "2 of 4 layers usable, 3 are needed"},
    {PRODA_SITE_SHALLOW, 285, 1, 60000, 0, 0, "usable layers end at 0.5 m, more than 0.5 m is"},
    {PRODA_SITE_NO_FORCING, 285, 1, 60000, 0, 0, "the nearest usable site is "},
    {PRODA_SITE_UNUSABLE_FORCING, 285, 50, 60000, 0, 0, "'hold' comes out different in every"},
    {PRODA_SITE_NOT_COMPARABLE, 285, 1, 60000, 0, 9, "all measured layers lie below the structure"},
    {PRODA_SITE_NO_VALID_START, 254.5, 1, 60000, 0, 0, "has no valid answer"},
    {PRODA_SITE_FAILED, 285, 49, 60000, 0, 0, "share of accepted steps stayed outside"},
    {PRODA_SITE_CRASHED, 251.5, 1, 60000, 0, 0, "signal 11"},
    {PRODA_SITE_TIME_LIMIT, 252.5, 1, 60000, 0, 0, "took more than the limit of 1 s"},
    {PRODA_SITE_MEMORY_LIMIT, 253.5, 1, 60000, 0, 0, "took more memory than the limit of 200 MB"},
    {PRODA_SITE_NOT_CONVERGED, 262, 1, 60000, 0, 0, "mean R-hat "},
    {PRODA_SITE_NOT_CONVERGED, 266, 1, 60000, 0, 0, ""},
    {PRODA_SITE_NOT_CONVERGED, 270, 1, 60000, 0, 0, ""},
    {PRODA_SITE_NOT_CONVERGED, 274, 1, 60000, 0, 0, ""},
    {PRODA_SITE_NOT_EXPLAINED, 296, 1, 5000, 3, 0, "NSE "},
    {PRODA_SITE_NSE_UNDEFINED, 296, 1, 20000, 1, 0, ""},
    {PRODA_SITE_NOT_EXPLAINED, 300, 1, 5000, 3, 0, "NSE "},
    {PRODA_SITE_NSE_UNDEFINED, 300, 1, 20000, 1, 0, ""},
};
enum { SORTS = sizeof sorts / sizeof *sorts, PROFILES = 2 * SORTS };

/* Every second profile is not selected. */
static const struct sort *sort_of(size_t profile)
{
  return &sorts[profile / 2];
}

static double *numbers(struct proda_draft *draft, const struct proda_nc_entry *entry)
{
  double *value = NULL;
  assert_ok(proda_draft_numbers(draft, entry, &value, &error), error);
  return value;
}

static void save(struct proda_draft *draft, const char *name)
{
  struct proda_nc *file = NULL;
  assert_ok(proda_nc_create(scratch_path(name), &file, &error), error);
  assert_ok(proda_draft_write(draft, file, &error), error);
  assert_ok(proda_nc_commit(file, &error), error);
  proda_draft_free(draft);
}

/* Cells stand ten degrees apart. */
static double latitude_of(size_t k)
{
  return -30 + 10 * (double)(k % 7);
}

static double longitude_of(size_t k)
{
  return 10 * (double)k;
}

/* Pairs for the site and month k of a driver. */
static void fill(double *value, size_t per_site, double (*of)(const struct sort *))
{
  for (size_t i = 0; i < SORTS * per_site; i++)
    value[i] = of(&sorts[i / per_site]);
}

static double temperature(const struct sort *sort)
{
  return sort->temperature;
}

static double wood(const struct sort *sort)
{
  return sort->wood;
}

static double moisture(const struct sort *sort)
{
  (void)sort;
  return 0.5;
}

static double leaves(const struct sort *sort)
{
  (void)sort;
  return 5;
}

static void write_grid(void)
{
  static const struct proda_nc_entry place[] = {
      {"latitude", PRODA_NC_DOUBLE, "site", "degrees_north", "latitude"},
      {"longitude", PRODA_NC_DOUBLE, "site", "degrees_east", "longitude"},
      {"land_area", PRODA_NC_DOUBLE, "site", "m2", "area"},
      {"elevation", PRODA_NC_DOUBLE, "site", "m", "elevation"},
  };
  static const struct {
    struct proda_nc_entry entry;
    size_t per_site;
    double (*of)(const struct sort *);
  } driver[] = {
      {{"soil_temperature", PRODA_NC_DOUBLE, "site layer month", "K", "temperature"},
       LAYERS * MONTHS,
       temperature},
      {{"w_scalar", PRODA_NC_DOUBLE, "site layer month", "1", "moisture"},
       LAYERS * MONTHS,
       moisture},
      {{"input_cwd", PRODA_NC_DOUBLE, "site month", "gC m-2 month-1", "wood"}, MONTHS, wood},
      {{"input_litr1", PRODA_NC_DOUBLE, "site month", "gC m-2 month-1", "litter"}, MONTHS, leaves},
      {{"input_litr2", PRODA_NC_DOUBLE, "site month", "gC m-2 month-1", "litter"}, MONTHS, leaves},
      {{"input_litr3", PRODA_NC_DOUBLE, "site month", "gC m-2 month-1", "litter"}, MONTHS, leaves},
  };
  struct proda_draft *draft = proda_draft_new();
  assert_ok(proda_draft_dim(draft, "site", SORTS, &error), error);
  assert_ok(proda_draft_dim(draft, "layer", LAYERS, &error), error);
  assert_ok(proda_draft_dim(draft, "month", MONTHS, &error), error);
  double *at[4];
  for (size_t i = 0; i < 4; i++)
    at[i] = numbers(draft, &place[i]);
  for (size_t k = 0; k < SORTS; k++) {
    const double value[4] = {latitude_of(k), longitude_of(k), 1e10, (double)k};
    for (size_t i = 0; i < 4; i++)
      at[i][k] = value[i];
  }
  for (size_t d = 0; d < sizeof driver / sizeof *driver; d++)
    fill(numbers(draft, &driver[d].entry), driver[d].per_site, driver[d].of);
  save(draft, "grid.nc");
}

/* Carbon falls with depth as roots do at b = 0.94, a tenth more or less. */
static double carbon(const struct sort *sort, double middle, size_t layer)
{
  static const double off[MEASURED] = {1.05, 0.95, 1.1, 0.9};
  if (sort->scale > 0)
    return sort->carbon * pow(sort->scale, (double)layer);
  return sort->carbon * pow(0.94, 100 * middle) * off[layer];
}

static void measure(const struct sort *sort, double *top, double *bottom, double *value)
{
  static const double edge[MEASURED + 1] = {0, 0.1, 0.2, 0.4, 0.6};
  double shrink = sort->end == PRODA_SITE_SHALLOW ? 5.0 / 6 : 1;
  for (size_t l = 0; l < MEASURED; l++) {
    top[l] = sort->top + shrink * edge[l];
    bottom[l] = sort->top + shrink * edge[l + 1];
    value[l] = carbon(sort, (top[l] + bottom[l]) / 2 - sort->top, l);
  }
  if (sort->end == PRODA_SITE_FEW_LAYERS) { /* one twice, one of nothing */
    top[1] = top[0];
    bottom[1] = bottom[0];
    value[2] = 0;
  }
}

static void write_profiles(void)
{
  static const struct proda_nc_entry entry[] = {
      {"profile_id", PRODA_NC_INT64, "profile", "1", "id"},
      {"latitude", PRODA_NC_DOUBLE, "profile", "degrees_north", "latitude"},
      {"longitude", PRODA_NC_DOUBLE, "profile", "degrees_east", "longitude"},
      {"row_size", PRODA_NC_INT, "profile", "1", "layers"},
      {"elevation", PRODA_NC_DOUBLE, "profile", "m", "elevation"},
      {"layer_top", PRODA_NC_DOUBLE, "obs", "m", "top"},
      {"layer_bottom", PRODA_NC_DOUBLE, "obs", "m", "bottom"},
      {"organic_carbon_density", PRODA_NC_DOUBLE, "obs", "gC m-3", "carbon"},
  };
  static const struct proda_nc_entry key_entry = {"key", PRODA_NC_STRING, "profile", NULL, "key"};
  struct proda_draft *draft = proda_draft_new();
  double *at[8];
  char text[PROFILES][32];
  const char *key[PROFILES];
  assert_ok(proda_draft_dim(draft, "profile", PROFILES, &error), error);
  assert_ok(proda_draft_dim(draft, "obs", PROFILES * MEASURED, &error), error);
  for (size_t i = 0; i < 8; i++)
    at[i] = numbers(draft, &entry[i]);
  for (size_t p = 0; p < PROFILES; p++) {
    const struct sort *sort = sort_of(p);
    size_t site = p / 2;
    bool lost = sort->end == PRODA_SITE_NO_POSITION, far = sort->end == PRODA_SITE_NO_FORCING;
    const double value[5] = {1000 + 10 * (double)p, far ? -85 : latitude_of(site),
                             lost ? NAN : longitude_of(site), MEASURED, (double)site};
    for (size_t i = 0; i < 5; i++)
      at[i][p] = value[i];
    measure(sort, at[5] + MEASURED * p, at[6] + MEASURED * p, at[7] + MEASURED * p);
    snprintf(text[p], sizeof text[p], "pit-%zu", p);
    key[p] = text[p];
  }
  assert_ok(proda_draft_texts(draft, &key_entry, key, &error), error);
  save(draft, "profiles.nc");
}

/* ---- the run ---- */

static const char experiment[] =
    "proda: 1\nkind: experiment\nname: ends\nseed: 4\noutput: stores\n"
    "data: {profiles: profiles.nc, grid: grid.nc}\n"
    "structures:\n  - {model: fragile, parameters: {b: {fixed: 0.94}}}\n"
    "prepare: {every: 2, bulk_density: {a: 0.32, b: 1.3, c: 0.0089}}\n"
    "calibrate:\n  sampler: adaptive_metropolis\n"
    "  settings: {mode: paper, test_run: 500, formal_run: 1000, paper_failures: 4}\n"
    "  observation: {error: lognormal, sd: 0.3}\n  keep: 20\n"
    "screen: {max_rhat: 1.03, min_nse: 0}\n"
    "train: {emulator: mlp, settings: {hidden: [4], epochs: 2}}\n"
    "compare: {resamples: 10}\nreport: {figures: false}\n";

static char log_text[65536];

static int command(const char *line)
{
  return proda(
      scratch_print("--plugin-path %s %s %s/e.yaml", scratch_directory, line, scratch_directory));
}

static int why(const char *profile)
{
  return proda(scratch_print("why %s %s", profile, scratch_path("e.yaml")));
}

static int setup(void **state)
{
  static const char *const file[] = {"fragile.yaml", "fragile.c", NULL};
  if (scratch_setup(state))
    return -1;
  plant_sources("pipeline/fragile", "fragile", file);
  write_grid();
  write_profiles();
  text_write(scratch_path("e.yaml"), experiment);
  assert_int_equal(mkdir(scratch_path("page"), 0777), 0);
  text_write(scratch_path("page/page.html"), "{{data}}\n");
  text_write(scratch_path("page/vega.js"), "var vega;");
  text_write(scratch_path("page/render.js"), "draw();");
  setenv("PRODA_REPORT_PATH", scratch_path("page"), 1);
  unsetenv("FRAGILE");
  if (proda(scratch_print("build %s/fragile", scratch_directory)) == 0)
    return 0;
  print_error("%s", errors);
  return -1;
}

static void run(const char *line)
{
  if (command(line) != 0)
    fail_msg("%s: %s%s", line, output, errors);
  size_t used = strlen(log_text);
  snprintf(log_text + used, sizeof log_text - used, "%s", output);
}

static void stages_run_one_by_one(void **state)
{
  (void)state;
  assert_int_equal(why("1000"), 1);
  assert_has(errors, "prepare has not run to its end");
  run("prepare");
  assert_int_equal(why("1000"), 0);
  assert_has(output, "fragile: calibrate has not run");
  setenv("FRAGILE", "mixed", 1);
  run("calibrate --jobs 2 --site-seconds 1 --worker-megabytes 200");
  unsetenv("FRAGILE");
  assert_int_equal(why("pit-0"), 0);
  assert_has(output, "fragile: calibrated; screen has not run");
  run("run --jobs 1");
  assert_has(log_text, "calibrate fragile: up to date");
}

/* ---- stores, log and report agree ---- */

static struct proda_ledger *ledger_of(const char *store)
{
  struct proda_nc *file = NULL;
  struct proda_ledger *ledger = NULL;
  assert_ok(proda_nc_open(scratch_path(store), &file, &error), error);
  assert_ok(proda_ledger_read(file, &ledger, &error), error);
  proda_nc_close(file);
  return ledger;
}

/* Chains mix well where it is warm, and badly where it is cold: nearly always. */
static bool ends_as_made(enum proda_site_code made, enum proda_site_code end)
{
  bool sampled = made == PRODA_SITE_KEPT || made >= PRODA_SITE_NOT_CONVERGED;
  return end == made || (sampled && end == PRODA_SITE_NOT_CONVERGED) ||
         (made == PRODA_SITE_NOT_CONVERGED && end == PRODA_SITE_KEPT);
}

static void every_profile_ends_as_it_was_made(void **state)
{
  (void)state;
  struct proda_ledger *ledger = ledger_of("stores/fragile/screen.nc");
  size_t count[PRODA_N_SITE_CODES];
  assert_int_equal(ledger->n, PROFILES);
  for (size_t p = 0; p < PROFILES; p++) {
    enum proda_site_code made = p % 2 ? PRODA_SITE_NOT_SELECTED : sort_of(p)->end;
    enum proda_site_code end = (enum proda_site_code)ledger->code[p];
    const char *reason = p % 2 ? "" : sort_of(p)->reason;
    if (!ends_as_made(made, end))
      fail_msg("profile %zu ends as %s (%s), expected %s", p, proda_site_code_names[end],
               ledger->reason[p], proda_site_code_names[made]);
    if (end == made)
      assert_has(ledger->reason[p], reason);
    assert_true(ledger->id[p] == 1000 + 10 * (double)p);
  }
  proda_ledger_count(ledger, count);
  for (size_t k = 0; k < PRODA_N_SITE_CODES; k++)
    if (count[k] == 0)
      fail_msg("no profile ends as %s", proda_site_code_names[k]);
  proda_ledger_free(ledger);
}

/* The numbers of a line of the log: "N profiles: 3 kept, 5 crashed". */
static void assert_line(const char *begin, const size_t *count, size_t sum, const char *what)
{
  char joined[512];
  size_t total = 0;
  for (size_t k = 0; k < PRODA_N_SITE_CODES; k++)
    total += count[k];
  assert_int_equal(total, sum);
  proda_counts_join(count, proda_site_code_names, PRODA_N_SITE_CODES, joined, sizeof joined);
  assert_has(log_text, scratch_print("%s %zu %s: %s\n", begin, sum, what, joined));
}

static void the_log_sums_to_the_input(void **state)
{
  (void)state;
  struct proda_ledger *prepared = ledger_of("stores/prepare.nc");
  struct proda_ledger *screened = ledger_of("stores/fragile/screen.nc");
  size_t count[PRODA_N_SITE_CODES], n_sites;
  proda_ledger_count(prepared, count);
  assert_line("prepare:", count, PROFILES, "profiles");
  proda_ledger_count(screened, count);
  assert_line("screen fragile:", count, PROFILES, "profiles");

  double *site = store_read(scratch_path("stores/fragile/calibrate.nc"), "state", &n_sites);
  size_t at_sites[PRODA_N_SITE_CODES] = {0};
  for (size_t s = 0; s < n_sites; s++)
    at_sites[(size_t)site[s]]++;
  assert_line("calibrate fragile:", at_sites, n_sites, "sites");
  for (size_t k = PRODA_SITE_UNUSABLE_FORCING; k <= PRODA_SITE_MEMORY_LIMIT; k++)
    assert_int_equal(at_sites[k], count[k]);
  free(site);
  proda_ledger_free(prepared);
  proda_ledger_free(screened);
}

static void the_report_sums_to_the_input(void **state)
{
  (void)state;
  static char text[4 << 20];
  json_error_t problem;
  size_t count[PRODA_N_SITE_CODES], n;
  struct proda_ledger *ledger = ledger_of("stores/fragile/screen.nc");
  program_read(scratch_path("stores/report.html"), text, sizeof text);
  json_t *data = json_loads(text, JSON_DISABLE_EOF_CHECK, &problem);
  assert_non_null(data);
  const json_t *compare = json_object_get(data, "compare");
  double *shown = decode_numbers(json_array_get(json_object_get(compare, "profile_count"), 0), &n);
  double sum = 0;
  proda_ledger_count(ledger, count);
  assert_int_equal(n, PRODA_N_SITE_CODES);
  for (size_t k = 0; k < n; k++) {
    assert_true(shown[k] == (double)count[k]);
    assert_string_equal(
        json_string_value(json_array_get(json_object_get(compare, "state_name"), k)),
        proda_site_code_names[k]);
    sum += shown[k];
  }
  assert_true(sum == PROFILES);
  free(shown);
  json_decref(data);
  proda_ledger_free(ledger);
}

/* ---- why ---- */

static void why_tells_every_profile(void **state)
{
  (void)state;
  struct proda_ledger *ledger = ledger_of("stores/fragile/screen.nc");
  for (size_t p = 0; p < PROFILES; p++) {
    size_t code = (size_t)ledger->code[p];
    assert_int_equal(why(scratch_print("%zu", 1000 + 10 * p)), 0);
    assert_has(output, scratch_print("profile %zu (pit-%zu)", 1000 + 10 * p, p));
    assert_has(output,
               scratch_print("%s: %s: %s\n",
                             code <= PRODA_SITE_NO_FORCING && code ? "all structures" : "fragile",
                             proda_site_code_names[code], proda_site_code_texts[code].text));
    assert_has(output, ledger->reason[p]);
    if (code)
      assert_has(output, proda_site_code_texts[code].advice);
    if (code == PRODA_SITE_FEW_LAYERS) {
      assert_has(output, "measured: 4 layers, 2 usable");
      assert_has(output, "dropped: duplicate");
      assert_has(output, "dropped: zero carbon");
    }
    if (code == PRODA_SITE_NO_VALID_START)
      assert_has(output, "draws: 1 evaluated, 1 refused: 1 no_steady_state");
    if (code == PRODA_SITE_KEPT) {
      assert_has(output, "emulator: the site ");
      assert_has(output, "fit: NSE 0.");
    }
  }
  proda_ledger_free(ledger);
}

static void why_hints_at_what_is_near(void **state)
{
  (void)state;
  static const struct {
    const char *profile, *message;
  } wrong[] = {
      {"1003", "none of its 46 profiles has the id 1003; the nearest ids are 1000 and 1010"},
      {"3", "none of its 46 profiles has the id 3; the nearest is 1000"},
      {"pit-4x", "none of its 46 profiles has the key 'pit-4x'; did you mean 'pit-4'?"},
      {"elsewhere", "none of its 46 profiles has the key 'elsewhere'"},
      {"--structure fragil 1000", "has no structure 'fragil'; did you mean 'fragile'?"},
  };
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    assert_int_equal(why(wrong[i].profile), 1);
    assert_has(errors, wrong[i].message);
  }
  assert_int_equal(proda("why 1000"), 2);
  assert_has(errors, "expected a profile and an experiment file or directory of stores");
}

/* A directory of stores is as good as the experiment; what is missing of it is said. */
static void why_reads_what_is_there(void **state)
{
  (void)state;
  char whole[sizeof output];
  assert_int_equal(why("--structure fragile 1000"), 0);
  memcpy(whole, output, sizeof whole);
  const char *ask = scratch_print("why 1000 %s", scratch_path("stores"));
  assert_int_equal(proda(ask), 0);
  assert_string_equal(output, whole);
  assert_int_equal(rename(scratch_path("stores/fragile/train.nc"), scratch_path("train")), 0);
  assert_int_equal(proda(ask), 0);
  if (strstr(whole, "fragile: kept"))
    assert_has(output, "emulator: train has not run");
  assert_int_equal(rename(scratch_path("stores/fragile/calibrate.nc"), scratch_path("calibrate")),
                   0);
  assert_int_equal(proda(ask), 0);
  assert_has(output, "calibrate has not run for any structure");
  assert_int_equal(why("1000"), 0);
  assert_has(output, "fragile: calibrate has not run");
}

static size_t journal_size(void)
{
  struct stat file;
  return stat(scratch_path("stores/fragile/calibrate.journal"), &file) == 0 ? (size_t)file.st_size
                                                                            : 0;
}

/* A calibration is at work at a site that hangs, with others done. */
static void why_is_asked_while_a_calibration_works(void **state)
{
  (void)state;
  const char *program = getenv("PRODA");
  setenv("FRAGILE", "mixed", 1);
  pid_t host = fork();
  if (host == 0) {
    if (!freopen(scratch_path("log"), "w", stdout) || !freopen(scratch_path("log"), "a", stderr))
      _exit(1);
    execl(program, program, "--plugin-path", scratch_directory, "calibrate", "--jobs", "1",
          "--site-seconds", "100", scratch_path("e.yaml"), (char *)NULL);
    _exit(127);
  }
  unsetenv("FRAGILE");
  for (int i = 0; i < 1000 && journal_size() < 1000; i++)
    usleep(10000);
  size_t n_told = 0;
  for (size_t p = 0; p < PROFILES; p += 2) {
    assert_int_equal(why(scratch_print("%zu", 1000 + 10 * p)), 0);
    n_told += strstr(output, "the calibration is at work (process ") != NULL;
    if (sort_of(p)->end == PRODA_SITE_TIME_LIMIT)
      assert_has(output, "fragile: not calibrated yet");
  }
  assert_int_equal(kill(host, SIGKILL), 0);
  assert_int_equal(waitpid(host, NULL, 0), host);
  assert_int_equal(n_told, SORTS - 4);
  assert_true(journal_size() >= 1000);
  for (int i = 0; i < 500; i++) { /* until its worker has ended too, and lets the lock go */
    assert_int_equal(why("1000"), 0);
    if (strstr(output, "the calibration was stopped with "))
      return;
    usleep(10000);
  }
  fail_msg("still at work: %s", output);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(stages_run_one_by_one),
      cmocka_unit_test(every_profile_ends_as_it_was_made),
      cmocka_unit_test(the_log_sums_to_the_input),
      cmocka_unit_test(the_report_sums_to_the_input),
      cmocka_unit_test(why_tells_every_profile),
      cmocka_unit_test(why_hints_at_what_is_near),
      cmocka_unit_test(why_reads_what_is_there),
      cmocka_unit_test(why_is_asked_while_a_calibration_works),
  };
  return cmocka_run_group_tests(tests, setup, scratch_teardown);
}
