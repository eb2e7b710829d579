/* Words of a command, as `sh -c 'printf "[%s]" ...'` splits them, but for what a shell expands. */
#include "testing.h"

#include "core/words.h"

static void assert_split(const char *text, const char *expected)
{
  char word[256], all[1024] = "";
  int found;
  while ((found = proda_word_next(&text, word)) == 1) {
    strcat(all, "[");
    strcat(all, word);
    strcat(all, "]");
  }
  assert_int_equal(found, 0);
  assert_string_equal(all, expected);
}

static void blanks_part_words(void **state)
{
  (void)state;
  assert_split("", "");
  assert_split(" \t\n ", "");
  assert_split("gcc", "[gcc]");
  assert_split("  ccache   gcc-12\t-O2 ", "[ccache][gcc-12][-O2]");
}

static void quotes_keep_them_together(void **state)
{
  (void)state;
  assert_split("-DX='a b' c", "[-DX=a b][c]");
  assert_split("-DX=\"a 'b'\" \"\" d", "[-DX=a 'b'][][d]");
  assert_split("a\\ b '\\n' \"\\n\\\"\\\\\"", "[a b][\\n][\\n\"\\]");
  assert_split("'a'\"b\"c", "[abc]");
  assert_split("end\\", "[end\\]");
}

static void nothing_is_expanded(void **state)
{
  (void)state;
  assert_split("$(id) `id` $HOME ~ * a;b |c", "[$(id)][`id`][$HOME][~][*][a;b][|c]");
}

static void open_quotes_are_told(void **state)
{
  (void)state;
  char word[32];
  const char *text = "'a", *other = "\"a\\\"";
  assert_int_equal(proda_word_next(&text, word), -1);
  assert_int_equal(proda_word_next(&other, word), -1);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(blanks_part_words),
      cmocka_unit_test(quotes_keep_them_together),
      cmocka_unit_test(nothing_is_expanded),
      cmocka_unit_test(open_quotes_are_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
