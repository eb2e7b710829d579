/* YAML: the tree with its places, the limits, typed access, suggestions. */
#include "testing.h"

#include "yaml/yaml.h"

static struct proda_yaml *parse(const char *text)
{
  struct proda_yaml *document = NULL;
  struct proda_error error;
  assert_ok(proda_yaml_parse("f.yaml", text, strlen(text), &document, &error), error);
  return document;
}

static void refuse_bytes(const char *text, size_t size, const char *message)
{
  struct proda_yaml *document = NULL;
  struct proda_error error = {""};
  assert_int_equal(proda_yaml_parse("f.yaml", text, size, &document, &error), PRODA_ERROR);
  assert_null(document);
  assert_string_equal(error.message, message);
}

static void refuse(const char *text, const char *message)
{
  refuse_bytes(text, strlen(text), message);
}

static void tree_and_places(void **state)
{
  (void)state;
  struct proda_yaml *document = parse("a: 1\nb: [x, 'y', {c: z}]\n# note\nlöss: {}\n");
  const struct proda_yaml_node *root = proda_yaml_root(document);
  assert_int_equal(root->kind, PRODA_YAML_MAPPING);
  assert_int_equal(root->n_items, 3);
  const struct proda_yaml_node *b = proda_yaml_get(root, "b");
  assert_int_equal(b->kind, PRODA_YAML_SEQUENCE);
  assert_int_equal(b->n_items, 3);
  assert_int_equal(b->item[1]->line, 2);
  assert_int_equal(b->item[1]->column, 8);
  assert_true(b->item[1]->quoted);
  assert_false(b->item[0]->quoted);
  assert_string_equal(proda_yaml_get(b->item[2], "c")->text, "z");
  assert_int_equal(proda_yaml_get(root, "löss")->line, 4);
  assert_int_equal(proda_yaml_get(root, "löss")->column, 7); /* characters, not bytes */
  assert_null(proda_yaml_get(root, "absent"));
  assert_null(proda_yaml_get(b, "a"));
  proda_yaml_free(document);
}

static void aliases_stand_where_they_are_used(void **state)
{
  (void)state;
  struct proda_yaml *document = parse("a: &here [1, 2]\nb: *here\n");
  const struct proda_yaml_node *b = proda_yaml_get(proda_yaml_root(document), "b");
  assert_int_equal(b->n_items, 2);
  assert_int_equal(b->line, 2);
  assert_int_equal(b->column, 4);
  proda_yaml_free(document);
}

static void syntax_is_refused_with_its_place(void **state)
{
  (void)state;
  refuse("", "f.yaml:1:1: the file is empty; expected `key: value` lines");
  refuse("# only a comment\n", "f.yaml:1:1: the file is empty; expected `key: value` lines");
  refuse("word", "f.yaml:1:1: expected `key: value` lines, found a single value");
  refuse("- 1\n- 2\n", "f.yaml:1:1: expected `key: value` lines, found a list");
  refuse("a: 1\nb: [1, 2\n", "f.yaml:3:1: this is not YAML: while parsing a flow sequence, did not "
                             "find expected ',' or ']'");
  refuse("a:\n\tb: 1\n", "f.yaml:2:1: this is not YAML: found character that cannot start any "
                         "token (tabs may not indent; quote text "
                         "that starts with @, ` or %)");
  refuse("a: 1\n---\nb: 2\n",
         "f.yaml:2:1: a second document starts here; only one is accepted in a file");
  refuse("a: 1\nb: 2\na: 3\n", "f.yaml:3:1: the key 'a' stands here twice, first in line 1");
  refuse("{a: {b: 1, c: 2, b: 3}}", "f.yaml:1:18: the key 'b' stands here twice, first in line 1");
  refuse("? [a, b]\n: 1\n", "f.yaml:1:3: a key must be a plain word, not a list or a mapping");
  refuse("a: !!str 1\n", "f.yaml:1:4: tags (!...) are not used here: write the plain value");
  refuse("a: \"x\\0y\"\n", "f.yaml:1:4: a text may not hold the character NUL");
  refuse("a: *b\n", "f.yaml:1:4: the alias *b has no anchor &b before it");
}

static void bytes_that_are_no_text_are_refused(void **state)
{
  (void)state;
  refuse_bytes("a: 1\nb: \x01\n", 10,
               "f.yaml:2:4: this is not YAML: control characters are not allowed");
  refuse_bytes("a: 1\nb: \xff\xfe\n", 11,
               "f.yaml:2:4: this is not YAML: invalid leading UTF-8 octet");
  refuse_bytes("a: x\0y\n", 7, "f.yaml:1:5: this is not YAML: control characters are not allowed");
}

static void alias_cycles_are_refused(void **state)
{
  (void)state;
  refuse("a: &x [1, *x]\n", "f.yaml:1:11: the alias *x stands inside its own anchor: a cycle");
  refuse("a: &x {b: {c: *x}}\n", "f.yaml:1:15: the alias *x stands inside its own anchor: a cycle");
}

/** "Billion laughs": nine levels of nine aliases. */
static void alias_blow_up_is_refused(void **state)
{
  (void)state;
  char text[2048];
  struct proda_yaml *document = NULL;
  struct proda_error error;
  int used = snprintf(text, sizeof text, "a0: &a0 [x]\n");
  for (int i = 1; i < 10; i++) {
    used += snprintf(text + used, sizeof text - (size_t)used, "a%d: &a%d [", i, i);
    for (int j = 0; j < 9; j++)
      used += snprintf(text + used, sizeof text - (size_t)used, "%s*a%d", j ? ", " : "", i - 1);
    used += snprintf(text + used, sizeof text - (size_t)used, "]\n");
  }
  assert_int_equal(proda_yaml_parse("f.yaml", text, strlen(text), &document, &error), PRODA_ERROR);
  assert_non_null(
      strstr(error.message, "more than 100,000 values, counting what aliases stand for"));
}

/** A few bytes of alias stand for much text, which readers copy: 9 x 1 MB. */
static void text_blow_up_is_refused(void **state)
{
  (void)state;
  enum { LONG = 1000000 };
  static char text[LONG + 100];
  struct proda_yaml *document = NULL;
  struct proda_error error;
  int used = snprintf(text, sizeof text, "a: &a ");
  memset(text + used, 'x', LONG);
  strcpy(text + used + LONG, "\nb: [*a, *a, *a, *a, *a, *a, *a]\n");
  assert_ok(proda_yaml_parse("f.yaml", text, strlen(text), &document, &error), error);
  proda_yaml_free(document);
  document = NULL;
  strcpy(text + used + LONG, "\nb: [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n");
  refuse(text, "f.yaml:2:37: more than 8 MiB of text, counting what aliases stand for");
}

static char *repeat(const char *part, size_t n)
{
  size_t length = strlen(part);
  char *text = calloc(n * length + 16, 1);
  assert_non_null(text);
  for (size_t i = 0; i < n; i++)
    memcpy(text + i * length, part, length);
  return text;
}

static void deep_nesting_is_refused(void **state)
{
  (void)state;
  char *open = repeat("[", 100000);
  memcpy(open, "a: ", 3);
  refuse(open, "f.yaml:1:67: nested deeper than 64 levels");
  free(open);
  char *in = repeat("[", 40), *out = repeat("]", 40), aliased[200];
  snprintf(aliased, sizeof aliased, "a: &a %s%s\nb: %s*a", in, out, in);
  refuse(aliased, "f.yaml:2:44: nested deeper than 64 levels");
  free(in);
  free(out);
}

static void long_lists_are_refused(void **state)
{
  (void)state;
  char *list = repeat("- x\n", 10002);
  memcpy(list, "a: ", 3); /* in place of the first */
  refuse(list, "f.yaml:10002:3: more than 10,000 entries in a list or mapping");
  free(list);
}

static void big_inputs_are_refused(void **state)
{
  (void)state;
  char *big = repeat("a: 1\n", 900000);
  refuse(big, "f.yaml: larger than 4 MiB, the most that is accepted here");
  free(big);
  struct proda_yaml *document = NULL;
  struct proda_error error;
  assert_int_equal(proda_yaml_read("/dev/zero", &document, &error), PRODA_ERROR);
  assert_string_equal(error.message, "/dev/zero: is no regular file, only such are read");
  assert_int_equal(proda_yaml_read("/nowhere/f.yaml", &document, &error), PRODA_ERROR);
  assert_string_equal(error.message, "/nowhere/f.yaml: cannot be read: No such file or directory");
  assert_int_equal(proda_yaml_read("/", &document, &error), PRODA_ERROR);
  assert_string_equal(error.message, "/: is a directory, a file was expected");
}

/* ---- typed access ---- */

static void number_is(const char *text, double expected)
{
  struct proda_error error;
  double value = -1;
  struct proda_yaml *document = parse(text);
  assert_ok(proda_yaml_number(document, proda_yaml_root(document)->item[0], &value, &error), error);
  assert_close(value, expected, 0, 0);
  proda_yaml_free(document);
}

static void refuse_number(const char *text, const char *message)
{
  struct proda_error error;
  double value;
  struct proda_yaml *document = parse(text);
  assert_int_equal(proda_yaml_number(document, proda_yaml_root(document)->item[0], &value, &error),
                   PRODA_ERROR);
  assert_string_equal(error.message, message);
  proda_yaml_free(document);
}

static void numbers(void **state)
{
  (void)state;
  number_is("a: 1", 1);
  number_is("a: -3e-5", -3e-5);
  number_is("a: +.5", 0.5);
  number_is("a: 222.222", 222.222);
  refuse_number("a: '1'", "f.yaml:1:4: expected a number, found the text '1'");
  refuse_number("a: x", "f.yaml:1:4: expected a number, found 'x'");
  refuse_number("a: 1 2", "f.yaml:1:4: expected a number, found '1 2'");
  refuse_number("a: 1e", "f.yaml:1:4: expected a number, found '1e'");
  refuse_number("a: nan", "f.yaml:1:4: expected a number, found 'nan'");
  refuse_number("a: inf", "f.yaml:1:4: expected a number, found 'inf'");
  refuse_number("a: 0x10", "f.yaml:1:4: expected a number, found '0x10'");
  refuse_number("a: 1e999", "f.yaml:1:4: expected a finite number, found '1e999'");
  refuse_number("a: -007", "f.yaml:1:4: expected a number without leading zeros, found '-007'");
  refuse_number("a:", "f.yaml:1:3: expected a number, found nothing");
  refuse_number("a: ~", "f.yaml:1:4: expected a number, found nothing");
  refuse_number("a: [1]", "f.yaml:1:4: expected a number, found a list");
  refuse_number("a: {b: 1}", "f.yaml:1:4: expected a number, found a mapping");
}

static void whole_numbers_and_flags(void **state)
{
  (void)state;
  struct proda_error error;
  struct proda_yaml *document =
      parse("a: 7\nb: 7.0\nc: true\nd: yes\ne: 99999999999999999999\nf: 010\n");
  const struct proda_yaml_node *root = proda_yaml_root(document);
  long value = 0;
  bool flag = false;
  assert_ok(proda_yaml_integer(document, root->item[0], 0, 10, &value, &error), error);
  assert_int_equal(value, 7);
  assert_int_equal(proda_yaml_integer(document, root->item[0], 8, 10, &value, &error), PRODA_ERROR);
  assert_string_equal(error.message, "f.yaml:1:4: expected a whole number from 8 to 10, found 7");
  assert_int_equal(proda_yaml_integer(document, root->item[1], 0, 10, &value, &error), PRODA_ERROR);
  assert_string_equal(error.message, "f.yaml:2:4: expected a whole number, found '7.0'");
  assert_int_equal(proda_yaml_integer(document, root->item[4], 0, 10, &value, &error), PRODA_ERROR);
  assert_int_equal(proda_yaml_integer(document, root->item[5], 0, 10, &value, &error), PRODA_ERROR);
  assert_string_equal(error.message,
                      "f.yaml:6:4: expected a whole number without leading zeros, found '010'");
  assert_ok(proda_yaml_boolean(document, root->item[2], &flag, &error), error);
  assert_true(flag);
  assert_int_equal(proda_yaml_boolean(document, root->item[3], &flag, &error), PRODA_ERROR);
  assert_string_equal(error.message, "f.yaml:4:4: expected true or false, found 'yes'");
  proda_yaml_free(document);
}

static void unknown_keys_are_refused(void **state)
{
  (void)state;
  static const char *const known[] = {"default", "prior", NULL};
  struct proda_error error;
  struct proda_yaml *document = parse("default: 1\npriro: 2\nzebra: 3\n");
  const struct proda_yaml_node *root = proda_yaml_root(document);
  assert_int_equal(proda_yaml_known_keys(document, root, known, "a thing", &error), PRODA_ERROR);
  assert_string_equal(error.message,
                      "f.yaml:2:1: a thing has no key 'priro'; did you mean 'prior'?");
  proda_yaml_free(document);
  document = parse("zebra: 3\n");
  root = proda_yaml_root(document);
  assert_int_equal(proda_yaml_known_keys(document, root, known, "a thing", &error), PRODA_ERROR);
  assert_string_equal(error.message,
                      "f.yaml:1:1: a thing has no key 'zebra'; expected one of: default, prior");
  assert_int_equal(proda_yaml_known_keys(document, root->item[0], known, "a thing", &error),
                   PRODA_ERROR);
  assert_string_equal(error.message,
                      "f.yaml:1:8: expected a thing as a mapping (key: value), found '3'");
  proda_yaml_free(document);
}

static void nearest(const char *word, const char *expected)
{
  static const char *const candidates[] = {"aSOC", "sSOC", "pSOC", "CWD", "tau4cwd", "tau4l1", "b"};
  const char *found = proda_nearest(word, candidates, 7);
  if (expected)
    assert_string_equal(found, expected);
  else
    assert_null(found);
}

static void nearest_words(void **state)
{
  (void)state;
  nearest("asoc", "aSOC");
  nearest("aSCO", "aSOC"); /* two letters swapped */
  nearest("tau4cdw", "tau4cwd");
  nearest("tau4", NULL); /* three letters of four missing */
  nearest("B", "b");
  nearest("", NULL);
  nearest("respiration", NULL);
}

/* The place of `word` in the value of key "f". */
static void assert_word_at(const char *text, const char *word, size_t line, size_t column)
{
  struct proda_yaml *document = NULL;
  struct proda_error error;
  char expected[64];
  assert_ok(proda_yaml_parse("f.yaml", text, strlen(text), &document, &error), error);
  const struct proda_yaml_node *node = proda_yaml_get(proda_yaml_root(document), "f");
  const char *found = *word ? strstr(node->text, word) : node->text + strlen(node->text);
  proda_yaml_error_in(document, node, (size_t)(found - node->text), &error, "here");
  snprintf(expected, sizeof expected, "f.yaml:%zu:%zu: here", line, column);
  assert_string_equal(error.message, expected);
  proda_yaml_free(document);
}

static void places_within_texts(void **state)
{
  (void)state;
  assert_word_at("f: a + here\n", "here", 1, 8);
  assert_word_at("f: a + b\n", "", 1, 9);
  assert_word_at("f: \"a + here\"\n", "here", 1, 9);
  assert_word_at("g: 1\nf: a  +\n    b *   here\n  + c\nh: 2\n", "here", 3, 11);
  assert_word_at("g: 1\nf: a  +\n    b *   here\n  + c\nh: 2\n", "c", 4, 5);
  assert_word_at("f: a +\n  b +\n\nh: 2\n", "", 2, 6);
  assert_word_at("f: 'a +\n\n     here'\n", "here", 3, 6);
  assert_word_at("f: >-\n  a +\n  here\nh: 1\n", "here", 3, 3);
  assert_word_at("f: >-\n  a + here\n  b\nh: 1\n", "here", 2, 7);
  assert_word_at("f: |\n  a +\n  b + here\nh: 1\n", "here", 3, 7);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tree_and_places),
      cmocka_unit_test(aliases_stand_where_they_are_used),
      cmocka_unit_test(syntax_is_refused_with_its_place),
      cmocka_unit_test(bytes_that_are_no_text_are_refused),
      cmocka_unit_test(alias_cycles_are_refused),
      cmocka_unit_test(alias_blow_up_is_refused),
      cmocka_unit_test(text_blow_up_is_refused),
      cmocka_unit_test(deep_nesting_is_refused),
      cmocka_unit_test(long_lists_are_refused),
      cmocka_unit_test(big_inputs_are_refused),
      cmocka_unit_test(numbers),
      cmocka_unit_test(whole_numbers_and_flags),
      cmocka_unit_test(unknown_keys_are_refused),
      cmocka_unit_test(nearest_words),
      cmocka_unit_test(places_within_texts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
