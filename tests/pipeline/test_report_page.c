/* The page made of its template: what is put in stays text, and a page is there whole or not. */
#include "core/file.h"
#include "pipeline/report/report.h"
#include "scratch.h"
#include "stores.h"

static struct proda_error error;
static struct proda_report_files files;
static char output[1200];
static const char inputs[] = "0123456789abcdef0123456789abcdef";

static int setup(void **state)
{
  if (scratch_setup(state) != 0)
    return -1;
  snprintf(output, sizeof output, "%s/page/report.html", scratch_directory);
  assert_int_equal(mkdir(scratch_path("page"), 0777), 0);
  assert_int_equal(mkdir(scratch_path("first"), 0777), 0);
  assert_int_equal(mkdir(scratch_path("second"), 0777), 0);
  text_write(scratch_path("first/page.html"),
             "<title>{{title}}</title>\n<p>{ single }\n{{part.js}}\n"
             "<script id=data>{{data}}</script>{{title}}\n");
  text_write(scratch_path("second/page.html"), "never read");
  text_write(scratch_path("second/part.js"), "let a = '{{title}}';");
  text_write(scratch_path("second/vega.js"), "var vega;");
  text_write(scratch_path("second/.hidden"), "");
  char path[4096];
  snprintf(path, sizeof path, "%s/first::%s/nowhere:%s/second", scratch_directory,
           scratch_directory, scratch_directory);
  setenv("PRODA_REPORT_PATH", path, 1);
  return 0;
}

static char *page_text(void)
{
  char *text;
  size_t size;
  assert_ok(proda_file_read(output, 1 << 20, &text, &size, &error), error);
  return text;
}

static void test_files(void **state)
{
  (void)state;
  assert_ok(proda_report_files_find(&files, &error), error);
  assert_non_null(strstr(proda_report_file(&files, "page.html", &error), "/first/page.html"));
  assert_non_null(strstr(proda_report_file(&files, "part.js", &error), "/second/part.js"));
  assert_null(proda_report_file(&files, ".hidden", &error));
  assert_null(proda_report_file(&files, "absent.js", &error));
  assert_non_null(strstr(error.message, "absent.js is not among the files"));
}

static void test_page(void **state)
{
  (void)state;
  json_t *data = json_pack("{s:s, s:f}", "text", "a </script> \"b\" \xe2\x80\x93 <!--", "n", 0.1);
  assert_ok(proda_report_page(&files, "<a & 'b'>", data, inputs, output, &error), error);
  char *text = page_text();
  assert_string_equal(text, "<title>&lt;a &amp; &#39;b&#39;&gt;</title>\n<p>{ single }\n"
                            "let a = '{{title}}';\n<script id=data>{\"text\":\"a \\u003c/script> "
                            "\\\"b\\\" \xe2\x80\x93 \\u003c!--\",\"n\":0.1}</script>"
                            "&lt;a &amp; &#39;b&#39;&gt;\n"
                            "<!-- proda inputs: 0123456789abcdef0123456789abcdef -->\n");
  free(text);
  json_decref(data);
  assert_true(proda_report_page_current(output, inputs));
  assert_false(proda_report_page_current(output, "ffffffffffffffffffffffffffffffff"));
  assert_false(proda_report_page_current(scratch_path("page/absent.html"), inputs));
  assert_false(proda_report_page_current(scratch_path("second/vega.js"), inputs));
}

static void test_cut(void **state)
{
  (void)state;
  char *text = page_text();
  text[strlen(text) - 1] = '\0';
  text_write(scratch_path("page/cut.html"), text);
  free(text);
  assert_false(proda_report_page_current(scratch_path("page/cut.html"), inputs));
}

/** A refused page leaves the old one, and nothing beside it. */
static void check_refused(const char *path, const char *expected)
{
  json_t *data = json_object();
  char *before = page_text();
  assert_int_equal(proda_report_page(&files, "t", data, inputs, path, &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, expected));
  char *after = page_text();
  assert_string_equal(after, before);
  assert_int_equal(proda_report_page_current(output, inputs), true);
  size_t n = 0;
  assert_ok(proda_report_each_file(scratch_path("page"), ".tmp", NULL, NULL, &n, &error), error);
  assert_int_equal(n, 0);
  free(before);
  free(after);
  json_decref(data);
}

static void test_refused(void **state)
{
  (void)state;
  check_refused(scratch_path("no/such/report.html"), "no/such/report.html: cannot be written");
  check_refused(scratch_path("second"), "second: replacing it");
  text_write(scratch_path("first/page.html"), "{{absent.js}}");
  check_refused(output, "absent.js is not among the files");
  text_write(scratch_path("first/page.html"), "before {{title");
  check_refused(output, "page.html: a place begins by {{");
  text_write(scratch_path("first/page.html"), "{{../../etc/passwd}}");
  check_refused(output, "page.html: a place begins by {{");
}

static void test_absent(void **state)
{
  struct proda_report_files none;
  (void)state;
  assert_int_equal(remove(scratch_path("second/vega.js")), 0);
  assert_int_equal(proda_report_files_find(&none, &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "install libjs-vega"));
  setenv("PRODA_REPORT_PATH", scratch_path("nowhere"), 1);
  int status = proda_report_files_find(&none, &error);
  if (status == PRODA_OK) /* an installed proda of the same prefix has them */
    proda_report_files_free(&none);
  else
    assert_non_null(strstr(error.message, "page.html is in none of"));
}

static int teardown(void **state)
{
  proda_report_files_free(&files);
  return scratch_teardown(state);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_files),   cmocka_unit_test(test_page),   cmocka_unit_test(test_cut),
      cmocka_unit_test(test_refused), cmocka_unit_test(test_absent),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
