/* doc/formulas.md: its manifest is accepted and becomes C; each example has the unit and the axes
 * that stand behind its arrow, each refusal its message. */
#include "testing.h"

#include "formula/program.h"
#include "formula/source.h"

enum { TEXT = 1 << 16, LINE = 400 };

static struct proda_error error;
static char document[TEXT], manifest[TEXT];

/* The next block of this kind behind `from`, to `out`; where it ends, NULL where there is none. */
static const char *block(const char *from, const char *kind, char *out)
{
  char fence[40];
  snprintf(fence, sizeof fence, "\n```%s\n", kind);
  const char *start = strstr(from, fence);
  if (!start)
    return NULL;
  start += strlen(fence);
  const char *end = strstr(start, "```");
  assert_non_null(end);
  snprintf(out, TEXT, "%.*s", (int)(end - start), start);
  return end;
}

/* The document's manifest with a definition `example` behind the others. */
static int parse(const char *formula, struct proda_manifest **m)
{
  static char text[TEXT + 2 * LINE];
  const char *at = strstr(manifest, "modifiers:\n");
  assert_non_null(at);
  snprintf(text, sizeof text, "%.*s  example: \"%s\"\n%s", (int)(at - manifest), manifest, formula,
           at);
  return proda_manifest_parse("example", text, strlen(text), m, &error);
}

static const char *axes_of(unsigned dims)
{
  static const char *const text[] = {"", ", by layer", ", by month", ", by layer and month"};
  return text[dims];
}

/* A definition's value, in the program of the manifest's first variant. */
static const struct proda_value *value_of(const struct proda_program *program, const char *name)
{
  for (size_t i = 0; i < program->n_named; i++)
    if (strcmp(program->named[i].formula->name, name) == 0)
      return &program->graph->value[program->named[i].value];
  fail();
  return NULL;
}

static void check_example(const char *formula, const char *is)
{
  struct proda_manifest *m = NULL;
  struct proda_program *program = NULL;
  char unit[LINE], with_unit[3 * LINE], axes[80];
  size_t length = strcspn(is, ",");
  snprintf(unit, sizeof unit, "%.*s", (int)length, is);
  assert_ok(parse(formula, &m), error);
  assert_ok(proda_program_new(m, 0, &program, &error), error);
  const struct proda_value *value = value_of(program, "example");
  snprintf(axes, sizeof axes, "%s", axes_of(value->dims));
  if (strcmp(axes, is + length) != 0)
    print_error("%s: varies%s\n", formula, axes);
  assert_string_equal(axes, is + length);
  proda_program_free(program);
  proda_manifest_free(m);
  m = NULL;
  if (strcmp(unit, "condition") == 0)
    snprintf(with_unit, sizeof with_unit, "where(%s, 1, 2)", formula);
  else
    snprintf(with_unit, sizeof with_unit, "exp((%s) / 1 [%s])", formula, unit);
  assert_ok(parse(with_unit, &m), error);
  proda_manifest_free(m);
}

static void check_refusal(const char *formula, const char *message)
{
  struct proda_manifest *m = NULL;
  assert_int_equal(parse(formula, &m), PRODA_ERROR);
  const char *found = strstr(error.message, ": ");
  assert_non_null(found);
  assert_string_equal(found + 2, message);
}

/* "formula -> what" in all blocks of a kind; how many. */
static size_t each_line(const char *kind, void (*check)(const char *formula, const char *is))
{
  static char text[TEXT];
  size_t n = 0;
  for (const char *at = document; (at = block(at, kind, text));)
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
      char formula[LINE];
      const char *arrow = strstr(line, " -> ");
      assert_non_null(arrow);
      size_t length = (size_t)(arrow - line);
      while (length > 0 && line[length - 1] == ' ')
        length--;
      snprintf(formula, sizeof formula, "%.*s", (int)length, line);
      print_message("%s\n", formula);
      check(formula, arrow + 4);
      n++;
    }
  return n;
}

static void the_manifest_becomes_c(void **state)
{
  (void)state;
  struct proda_manifest *m = NULL;
  char *source = NULL;
  size_t size;
  assert_ok(proda_manifest_parse("doc", manifest, strlen(manifest), &m, &error), error);
  FILE *out = open_memstream(&source, &size);
  assert_non_null(out);
  assert_ok(proda_emit_model(m, out, &error), error);
  assert_int_equal(fclose(out), 0);
  assert_non_null(strstr(source, "proda_plugin"));
  free(source);
  proda_manifest_free(m);
}

static void examples_are_what_they_say(void **state)
{
  (void)state;
  assert_true(each_line("formula", check_example) > 30);
}

static void refusals_are_worded_as_shown(void **state)
{
  (void)state;
  assert_true(each_line("refused", check_refusal) >= 8);
}

static int read_document(void **state)
{
  (void)state;
  const char *top = getenv("srcdir");
  char path[4096];
  snprintf(path, sizeof path, "%s/doc/formulas.md", top ? top : ".");
  FILE *stream = fopen(path, "r");
  if (!stream)
    return -1;
  size_t size = fread(document, 1, sizeof document - 1, stream);
  fclose(stream);
  return size < sizeof document - 1 && block(document, "yaml", manifest) ? 0 : -1;
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_manifest_becomes_c),
      cmocka_unit_test(examples_are_what_they_say),
      cmocka_unit_test(refusals_are_worded_as_shown),
  };
  return cmocka_run_group_tests(tests, read_document, NULL);
}
