#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/file.h"
#include "core/unwritable.h"
#include "pipeline/report/report.h"
#include "store/digest.h"
#include "store/replace.h"

enum { LARGEST_FILE = 1 << 24 }; /* bytes, of what is put into a page */
static const char digest_line[] = "<!-- proda inputs: %s -->\n";
enum { DIGEST_LINE_LENGTH = sizeof digest_line - 3 + PRODA_DIGEST_SIZE - 1 };

/** What a page is made of. */
struct page {
  const struct proda_report_files *files;
  const char *title;
  const json_t *data;
  FILE *out;
};

static void write_title(const char *title, FILE *out)
{
  static const char special[] = "&<>\"'";
  static const char *const entity[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
  for (; *title; title++) {
    const char *found = strchr(special, *title);
    if (found)
      fputs(entity[found - special], out);
    else
      fputc(*title, out);
  }
}

/** Writes JSON so that no text in it can end the element that it stands in. */
static int write_escaped(const char *text, size_t size, void *context)
{
  FILE *out = context;
  for (const char *end = text + size; text < end;) {
    const char *less = memchr(text, '<', (size_t)(end - text));
    size_t plain = (size_t)((less ? less : end) - text);
    fwrite(text, 1, plain, out);
    if (less)
      fputs("\\u003c", out);
    text += plain + (less != NULL);
  }
  return ferror(out) ? -1 : 0;
}

static int write_file(const struct page *page, const char *name, struct proda_error *error)
{
  char *bytes = NULL;
  size_t size = 0;
  const char *path = proda_report_file(page->files, name, error);
  int status = path ? proda_file_read(path, LARGEST_FILE, &bytes, &size, error) : PRODA_ERROR;
  if (status == PRODA_OK)
    fwrite(bytes, 1, size, page->out);
  free(bytes);
  return status;
}

static int write_place(const struct page *page, const char *name, struct proda_error *error)
{
  if (strcmp(name, "title") == 0)
    write_title(page->title, page->out);
  else if (strcmp(name, "data") == 0)
    return json_dump_callback(page->data, write_escaped, page->out,
                              JSON_COMPACT | JSON_REAL_PRECISION(7)) == 0 ||
                   ferror(page->out) /* told when the page is closed */
               ? PRODA_OK
               : proda_error_set(error, "the report's data cannot be written as JSON");
  else
    return write_file(page, name, error);
  return PRODA_OK;
}

/** Copies the template, filling its marked places. */
static int write_filled(const struct page *page, const char *template, const char *path,
                        struct proda_error *error)
{
  for (const char *mark; (mark = strstr(template, "{{")); template = strstr(mark, "}}") + 2) {
    char name[128];
    const char *end = strstr(mark, "}}");
    size_t length = end ? (size_t)(end - mark) - 2 : sizeof name;
    if (length >= sizeof name || memchr(mark + 2, '/', length))
      return proda_error_set(error, "%s: a place begins by {{ and does not end in a name and }}",
                             path);
    fwrite(template, 1, (size_t)(mark - template), page->out);
    memcpy(name, mark + 2, length);
    name[length] = '\0';
    if (write_place(page, name, error))
      return PRODA_ERROR;
  }
  fputs(template, page->out);
  return PRODA_OK;
}

static int fill_template(const struct page *page, const char *inputs, struct proda_error *error)
{
  char *template = NULL;
  size_t size = 0;
  const char *path = proda_report_file(page->files, "page.html", error);
  int status = path ? proda_file_read(path, LARGEST_FILE, &template, &size, error) : PRODA_ERROR;
  if (status == PRODA_OK)
    status = write_filled(page, template, path, error);
  if (status == PRODA_OK)
    fprintf(page->out, digest_line, inputs); /* NOLINT(clang-diagnostic-format-nonliteral) */
  free(template);
  return status;
}

static int write_page(struct page *page, const char *inputs, const char *temporary,
                      const char *path, struct proda_error *error)
{
  page->out = fopen(temporary, "wbe");
  if (!page->out)
    return proda_unwritable(path, "cannot be written", errno, 0, error);
  int status = fill_template(page, inputs, error);
  errno = 0;
  bool written = !ferror(page->out);
  if ((fclose(page->out) != 0 || !written) && status == PRODA_OK)
    status = proda_unwritable(path, "cannot be written", errno, 0, error);
  if (status != PRODA_OK) {
    unlink(temporary);
    return status;
  }
  const char *doing;
  int code = proda_replace_finish(temporary, path, &doing);
  return code == 0 ? PRODA_OK : proda_unwritable(path, doing, code, 0, error);
}

int proda_report_page(const struct proda_report_files *files, const char *title, const json_t *data,
                      const char *inputs, const char *path, struct proda_error *error)
{
  struct page page = {.files = files, .title = title, .data = data};
  char *temporary = proda_replace_begin(path);
  int status = temporary ? write_page(&page, inputs, temporary, path, error)
                         : proda_error_set(error, "%s: out of memory", path);
  free(temporary);
  return status;
}

bool proda_report_page_current(const char *path, const char *inputs)
{
  char expected[DIGEST_LINE_LENGTH + 1], found[DIGEST_LINE_LENGTH + 1] = "";
  snprintf(expected, sizeof expected, digest_line, inputs); /* NOLINT */
  FILE *page = fopen(path, "rbe");
  if (!page)
    return false;
  bool read = fseek(page, -(long)DIGEST_LINE_LENGTH, SEEK_END) == 0 &&
              fread(found, 1, DIGEST_LINE_LENGTH, page) == DIGEST_LINE_LENGTH;
  fclose(page);
  return read && strcmp(found, expected) == 0;
}
