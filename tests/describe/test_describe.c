/* Descriptions of structures, held against what their manifests state. Which pools are solved
 * together is known from golden/README.md (CLM5: CWD alone, three litters tridiagonal, three SOC
 * pools as blocks; COMPAS: four soil pools by their closed form); which channels lose nothing, from
 * fractions that sum to 1. */
#include "scratch.h"

#include <sys/wait.h>

#include "describe/describe.h"

static const char *const structures[] = {"models/clm5/clm5.yaml", "models/compas/compas.yaml",
                                         "tests/plugin/tiny/tiny.yaml"};
enum { N_STRUCTURES = sizeof structures / sizeof *structures, CLM5 = 0, COMPAS, TINY };

static struct proda_manifest *read_manifest(const char *path)
{
  struct proda_manifest *manifest = NULL;
  struct proda_error error;
  char full[4096];
  const char *top = getenv("srcdir");
  snprintf(full, sizeof full, "%s/%s", top ? top : ".", path);
  assert_ok(proda_manifest_read(full, &manifest, &error), error);
  return manifest;
}

/** free() it. */
static char *describe(proda_describe *form, const struct proda_manifest *manifest)
{
  struct proda_error error;
  static char *text; /* static, or the compiler takes the result for a dangling pointer */
  static size_t size;
  FILE *out = open_memstream(&text, &size);
  assert_non_null(out);
  assert_ok(form(manifest, out, &error), error);
  fclose(out);
  return text;
}

static char *describe_file(proda_describe *form, const char *path)
{
  struct proda_manifest *manifest = read_manifest(path);
  char *text = describe(form, manifest);
  proda_manifest_free(manifest);
  return text;
}

static int count(const char *text, const char *part)
{
  int n = 0;
  for (; (text = strstr(text, part)); text += strlen(part))
    n++;
  return n;
}

static void assert_has(const char *text, const char *part)
{
  if (!strstr(text, part))
    print_error("expected '%s' in: %s\n", part, text);
  assert_non_null(strstr(text, part));
}

/** The lines below a title, up to the next empty line; free() them. */
static char *section(const char *text, const char *title)
{
  const char *start = strstr(text, title);
  assert_non_null(start);
  start = strchr(start, '\n') + 1;
  const char *end = strstr(start, "\n\n");
  return strndup(start, end ? (size_t)(end + 1 - start) : strlen(start));
}

/** Lines that begin with two blanks and this word. */
static int lines_of(const char *text, const char *word)
{
  char start[128];
  snprintf(start, sizeof start, "\n  %s ", word);
  return count(text, start) + (strncmp(text, start + 1, strlen(start) - 1) == 0);
}

static void every_pool_and_channel_is_named_once(void **state)
{
  (void)state;
  for (size_t s = 0; s < N_STRUCTURES; s++) {
    struct proda_manifest *m = read_manifest(structures[s]);
    char *text = describe(proda_describe_text, m);
    char *pools = section(text, "\nPools"), *channels = section(text, "\nChannels");
    for (size_t p = 0; p < m->n_pools; p++)
      assert_int_equal(lines_of(pools, m->pool[p]), 1);
    assert_int_equal(count(channels, "\n      at "), m->n_channels);
    for (size_t c = 0; c < m->n_channels; c++) {
      char line[256];
      bool named = strcmp(m->channel[c].name, m->pool[m->channel[c].donor]) != 0;
      snprintf(line, sizeof line, "  %s%s%s -> ", m->pool[m->channel[c].donor], named ? " by " : "",
               named ? m->channel[c].name : "");
      assert_int_equal(count(channels, line), 1);
    }
    for (size_t i = 0; i < m->n_parameters; i++)
      assert_true(count(text, m->parameter[i].doc) >= 1);
    free(channels);
    free(pools);
    free(text);
    proda_manifest_free(m);
  }
}

static void the_pattern_is_that_of_the_channels(void **state)
{
  (void)state;
  char *text = describe_file(proda_describe_text, structures[COMPAS]);
  assert_has(text, " nbedrock); does not conserve carbon\n");
  assert_has(text, "  A     CWD ML CL LL DOC MIC ENZ mSOC    B  V\n");
  assert_has(text, "  CL      f  . -1  .   .   .   .    .    +  |\n");
  assert_has(text, "  DOC     .  f  f  .  -1   f   f    n    .  .\n");
  assert_has(text, "  mSOC    .  .  .  f   .   f   .   -1    .  .\n");
  free(text);
}

static void the_plan_says_what_is_solved_together(void **state)
{
  (void)state;
  char *text = describe_file(proda_describe_text, structures[CLM5]);
  char *plan = section(text, "\nSteady state");
  assert_has(plan, "  CWD: layer by layer, a division\n");
  assert_has(plan, "  LL: all layers together, a tridiagonal system\n");
  assert_has(plan, "  aSOC, sSOC, pSOC together: all layers together, blocks of 3 x 3\n");
  free(plan);
  free(text);
  text = describe_file(proda_describe_text, structures[COMPAS]);
  plan = section(text, "\nSteady state");
  assert_has(plan, "  DOC, MIC, ENZ, mSOC together: layer by layer, by the ");
  free(plan);
  free(text);
}

static void what_nobody_gets_is_told_where_there_is_some(void **state)
{
  (void)state;
  char *text = describe_file(proda_describe_text, structures[COMPAS]);
  char *channels = section(text, "\nChannels");
  assert_has(channels, "  CWD -> CL (a_CL_CWD), LL (1 - a_CL_CWD)\n");
  assert_has(channels, "  DOC -> MIC (eta_DOC), CO2 (the rest)\n");
  assert_has(channels, "  mSOC -> DOC (1)\n");
  assert_int_equal(count(channels, "CO2"), 4); /* of three litters and DOC */
  free(channels);
  free(text);
  text = describe_file(proda_describe_text, structures[TINY]);
  assert_has(text, "  slow -> CO2 (all)\n");
  free(text);
}

/** Formulas of one's own, beside those that CLM5 and COMPAS have: a named loss, a rate that depends
 * on a pool by a definition, Newton's method, one layer. */
static const char scheme[] =
    "proda: 1\nkind: model\nname: scheme\ntitle: Scheme\ntime: day\n"
    "grid: {dz: [1], node: [0.5], interface: [1]}\n"
    "drivers: {npp: {unit: gC m-2 yr-1, range: [0, 2000], doc: production}}\n"
    "parameters:\n"
    "  tau: {term: K, unit: yr, default: 2, prior: [1, 4], doc: turnover}\n"
    "  km:  {term: K, unit: gC m-3, default: 200, prior: {log_uniform: [10, 4000]}, doc: half}\n"
    "  cue: {term: A, unit: \"1\", default: 0.4, prior: [0, 1], doc: efficiency}\n"
    "pools: [food, life]\n"
    "define: {meeting: life / (km + food)}\n"
    "modifiers: {xi: 1}\n"
    "inputs: {food: \"npp / 1 [m]\"}\n"
    "channels:\n"
    "  - {from: food, name: eaten, rate: meeting / tau, modifier: xi, to: {life: cue}}\n"
    "  - {from: food, name: washed, rate: 0.01 / tau, modifier: xi, loss: leaching}\n"
    "  - {from: life, rate: 1 / tau, modifier: xi, to: {food: 0.5}}\n"
    "observe: {soc: {sum: food + life, unit: gC m-3}}\n";

static struct proda_manifest *parse_scheme(void)
{
  struct proda_manifest *manifest = NULL;
  struct proda_error error;
  assert_ok(proda_manifest_parse("scheme", scheme, sizeof scheme - 1, &manifest, &error), error);
  return manifest;
}

static void formulas_and_losses_are_told(void **state)
{
  (void)state;
  struct proda_manifest *manifest = parse_scheme();
  char *text = describe(proda_describe_text, manifest);
  assert_has(text, "  food by washed -> leaching (all)\n");
  assert_has(text, "at meeting / tau, times xi; not linear: depends on food, life\n");
  assert_has(text, "  meeting = life / (km + food)\n");
  assert_has(text, "  food, life together: by Newton's method in 2 unknowns each\n");
  assert_has(text, "log [10, 4000]");
  assert_has(text, "production, 0 to 2000\n");
  assert_has(text, "  K, baseline rates\n    tau ");
  free(text);
  proda_manifest_free(manifest);
}

static void the_graph_has_every_node_and_edge(void **state)
{
  (void)state;
  for (size_t s = 0; s <= N_STRUCTURES; s++) {
    struct proda_manifest *m = s < N_STRUCTURES ? read_manifest(structures[s]) : parse_scheme();
    char *dot = describe(proda_describe_dot, m), part[256];
    for (size_t p = 0; p < m->n_pools; p++) {
      snprintf(part, sizeof part, "\n  \"pool %s\" [label=", m->pool[p]);
      assert_int_equal(count(dot, part), 1);
    }
    for (size_t c = 0; c < m->n_channels; c++) {
      snprintf(part, sizeof part, "\n  \"channel %s\" [label=", m->channel[c].name);
      assert_int_equal(count(dot, part), 1);
      snprintf(part, sizeof part, "  \"pool %s\" -> \"channel %s\" [arrowhead=none]",
               m->pool[m->channel[c].donor], m->channel[c].name);
      assert_int_equal(count(dot, part), 1);
    }
    for (size_t t = 0; t < m->n_transfers; t++) {
      snprintf(part, sizeof part,
               "\n  \"channel %s\" -> \"pool %s\" [label=", m->channel[m->transfer[t].channel].name,
               m->pool[m->transfer[t].recipient]);
      assert_int_equal(count(dot, part), 1);
    }
    assert_int_equal(count(dot, "\n  \"input\" -> "), m->n_inputs);
    free(dot);
    proda_manifest_free(m);
  }
  struct proda_manifest *manifest = parse_scheme();
  char *dot = describe(proda_describe_dot, manifest);
  assert_has(dot, "\"loss washed\" [label=\"leaching\"");
  assert_has(dot, "\"pool life\" -> \"channel eaten\" [style=dotted");
  assert_int_equal(count(dot, "style=dashed"), 3);
  free(dot);
  proda_manifest_free(manifest);
}

static void graphviz_reads_the_graph(void **state)
{
  (void)state;
  if (system("dot -V >/dev/null 2>&1") != 0) { /* NOLINT(cert-env33-c): a test */
    print_message("dot (Graphviz) is absent: skipped\n");
    skip();
  }
  for (size_t s = 0; s < N_STRUCTURES; s++) {
    char command[8192], *dot = describe_file(proda_describe_dot, structures[s]);
    FILE *file = fopen(scratch_path("graph.dot"), "w");
    assert_non_null(file);
    fputs(dot, file);
    fclose(file);
    free(dot);
    snprintf(command, sizeof command, "dot -Tsvg -o %s %s 2>%s", scratch_path("graph.svg"),
             scratch_path("graph.dot"), scratch_path("said"));
    int status = system(command); /* NOLINT(cert-env33-c): a test */
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    struct stat said;
    assert_int_equal(stat(scratch_path("said"), &said), 0);
    assert_int_equal(said.st_size, 0); /* no warning either */
  }
}

/** Columns of a row; those of escaped bars are none. */
static int columns(const char *line, size_t length)
{
  int n = 0;
  for (size_t i = 0; i < length; i++)
    n += line[i] == '|' && (i == 0 || line[i - 1] != '\\');
  return n;
}

static void tables_of_the_page_are_whole(void **state)
{
  (void)state;
  for (size_t s = 0; s < N_STRUCTURES; s++) {
    struct proda_manifest *m = read_manifest(structures[s]);
    char *page = describe(proda_describe_markdown, m);
    int width = 0, rows = 0;
    for (const char *line = page; *line; line += strcspn(line, "\n") + 1) {
      size_t length = strcspn(line, "\n");
      int n = line[0] == '|' ? columns(line, length) : 0;
      assert_true(n == 0 || width == 0 || n == width);
      width = n;
      rows += n > 0;
    }
    assert_true((size_t)rows >= m->n_pools + m->n_channels + m->n_parameters + m->n_drivers +
                                    m->n_settings + m->n_observables + m->n_quantities);
    for (size_t c = 0; c < m->n_channels; c++) {
      char row[256];
      snprintf(row, sizeof row, "\n| `%s` | `%s` | ", m->channel[c].name,
               m->pool[m->channel[c].donor]);
      assert_int_equal(count(page, row), 1);
    }
    free(page);
    proda_manifest_free(m);
  }
}

static void samplers_have_settings_and_no_graph(void **state)
{
  (void)state;
  static const char sampler[] = "proda: 1\nkind: sampler\nname: walk\ntitle: Walk\nsettings:\n"
                                "  step: {type: number, default: 0.1, minimum: 0, doc: width}\n";
  struct proda_manifest *manifest = NULL;
  struct proda_error error;
  assert_ok(proda_manifest_parse("walk", sampler, sizeof sampler - 1, &manifest, &error), error);
  char *text = describe(proda_describe_text, manifest);
  assert_has(text, "  step = 0.1, at least 0\n      width\n");
  free(text);
  text = describe(proda_describe_markdown, manifest);
  assert_has(text, "| `step` | 0.1 | at least 0 | width |\n");
  free(text);
  assert_int_equal(proda_describe_dot(manifest, stdout, &error), PRODA_ERROR);
  assert_string_equal(error.message, "walk: 'walk' is a sampler; only structures have a graph");
  proda_manifest_free(manifest);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_pool_and_channel_is_named_once),
      cmocka_unit_test(the_pattern_is_that_of_the_channels),
      cmocka_unit_test(the_plan_says_what_is_solved_together),
      cmocka_unit_test(what_nobody_gets_is_told_where_there_is_some),
      cmocka_unit_test(formulas_and_losses_are_told),
      cmocka_unit_test(the_graph_has_every_node_and_edge),
      cmocka_unit_test(graphviz_reads_the_graph),
      cmocka_unit_test(tables_of_the_page_are_whole),
      cmocka_unit_test(samplers_have_settings_and_no_graph),
  };
  return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
