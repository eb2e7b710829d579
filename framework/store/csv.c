#include "store/csv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/file.h"

static const size_t largest = (size_t)1 << 31; // beyond this NetCDF is the better form

void proda_csv_free(struct proda_csv *csv)
{
  if (!csv)
    return;
  free(csv->name);
  free(csv->unit);
  free(csv->cell);
  free(csv->line);
  free(csv->text);
  free(csv);
}

size_t proda_csv_find(const struct proda_csv *csv, const char *name)
{
  size_t c = 0;
  while (c < csv->n_columns && strcmp(csv->name[c], name) != 0)
    c++;
  return c;
}

bool proda_csv_is_missing(const char *cell)
{
  static const char *const missing[] = {"", "NA", "N/A", "NaN", "NULL"};
  for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
    if (strcasecmp(cell, missing[i]) == 0)
      return true;
  return false;
}

bool proda_csv_number(const char *cell, double *value)
{
  char *end;
  *value = NAN;
  if (proda_csv_is_missing(cell))
    return true;
  if (cell[strspn(cell, "0123456789+-.eE")] != '\0') // strtod would take hexadecimals too
    return false;
  *value = strtod(cell, &end);
  return end != cell && *end == '\0' && isfinite(*value);
}

/* ---- fields ---- */

/* Where the reading stands. Fields are copied to `to`, which has room for all: each is followed by
 * a separator or line end, as its copy by a NUL. */
struct scan {
  const char *path, *at, *end;
  char *to;
  char separator;
  size_t line;
};

static bool at_line_end(const struct scan *scan)
{
  return scan->at < scan->end && (*scan->at == '\n' || *scan->at == '\r');
}

static bool at_field_end(const struct scan *scan)
{
  return scan->at == scan->end || *scan->at == scan->separator || at_line_end(scan);
}

static void skip_blanks(struct scan *scan)
{
  while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\t') && !at_field_end(scan))
    scan->at++;
}

static void skip_line_end(struct scan *scan)
{
  if (scan->at + 1 < scan->end && scan->at[0] == '\r' && scan->at[1] == '\n')
    scan->at++;
  scan->at++;
  scan->line++;
}

static int scan_quoted(struct scan *scan, struct proda_error *error)
{
  size_t line = scan->line;
  bool closed = false;
  for (scan->at++; scan->at < scan->end; scan->at++) {
    if (*scan->at == '"') {
      scan->at++;
      closed = scan->at == scan->end || *scan->at != '"';
      if (closed)
        break;
    }
    scan->line += *scan->at == '\n';
    *scan->to++ = *scan->at;
  }
  if (!closed)
    return proda_error_set(error, "%s: line %zu: a quoted field has no end", scan->path, line);
  skip_blanks(scan);
  if (at_field_end(scan))
    return PRODA_OK;
  return proda_error_set(error,
                         "%s: line %zu: '%c' stands behind a closing quote; quotes within a field "
                         "are doubled",
                         scan->path, scan->line, *scan->at);
}

static int scan_field(struct scan *scan, char **field, struct proda_error *error)
{
  skip_blanks(scan);
  *field = scan->to;
  if (scan->at < scan->end && *scan->at == '"') {
    if (scan_quoted(scan, error) != PRODA_OK)
      return PRODA_ERROR;
  } else {
    while (!at_field_end(scan))
      *scan->to++ = *scan->at++;
    while (scan->to > *field && (scan->to[-1] == ' ' || scan->to[-1] == '\t'))
      scan->to--;
  }
  *scan->to++ = '\0';
  return PRODA_OK;
}

/* A list of fields that grows. */
struct fields {
  char **field;
  size_t n, room;
};

static int add_field(struct fields *fields, char *field, struct proda_error *error)
{
  if (fields->n == fields->room) {
    size_t room = 2 * fields->room + 64;
    char **grown = realloc(fields->field, room * sizeof *grown);
    if (!grown)
      return proda_error_set(error, "out of memory for a table");
    fields->field = grown;
    fields->room = room;
  }
  fields->field[fields->n++] = field;
  return PRODA_OK;
}

/* Appends the fields of a line that is not blank, and says how many they are; 0 at the end. */
static int scan_row(struct scan *scan, struct fields *fields, size_t *n, size_t *line,
                    struct proda_error *error)
{
  *n = 0;
  while (at_line_end(scan))
    skip_line_end(scan);
  *line = scan->line;
  while (scan->at < scan->end) {
    char *field;
    if (scan_field(scan, &field, error) || add_field(fields, field, error))
      return PRODA_ERROR;
    ++*n;
    if (scan->at == scan->end)
      return proda_error_set(error,
                             "%s: line %zu: the last line has no line end, so the file may have "
                             "been cut; add one if it was not",
                             scan->path, scan->line);
    if (at_line_end(scan)) {
      skip_line_end(scan);
      return PRODA_OK;
    }
    scan->at++;
  }
  return *n == 0 ? PRODA_OK
                 : proda_error_set(error,
                                   "%s: line %zu: the last line ends with a separator, so the file "
                                   "may have been cut",
                                   scan->path, scan->line);
}

/* ---- the table ---- */

static int check_text(const char *path, const char *bytes, size_t size, struct proda_error *error)
{
  const unsigned char *start = (const unsigned char *)bytes;
  if (size >= 2 &&
      ((start[0] == 0xff && start[1] == 0xfe) || (start[0] == 0xfe && start[1] == 0xff)))
    return proda_error_set(error, "%s: is UTF-16; save it as UTF-8", path);
  const char *nul = memchr(bytes, '\0', size);
  if (nul)
    return proda_error_set(error,
                           "%s: byte %zu is NUL, which no text has: damaged, UTF-16, or no table",
                           path, (size_t)(nul - bytes));
  return PRODA_OK;
}

/* What separates the header: the one of comma, semicolon and tab that occurs most. */
static char separator_of(const char *text)
{
  static const char separators[] = {',', ';', '\t'};
  size_t n[sizeof separators] = {0}, best = 0;
  for (bool quoted = false; *text && (quoted || (*text != '\n' && *text != '\r')); text++) {
    quoted ^= *text == '"';
    for (size_t k = 0; k < sizeof separators; k++)
      n[k] += !quoted && *text == separators[k];
  }
  for (size_t k = 1; k < sizeof separators; k++)
    if (n[k] > n[best])
      best = k;
  return separators[best];
}

/* Cuts the unit off "name [unit]" or "name (unit)". */
static char *cut_unit(char *name)
{
  size_t length = strlen(name), open = strcspn(name, "[(");
  char close = open == length ? '\0' : name[open] == '[' ? ']' : ')';
  if (open == 0 || open == length || name[length - 1] != close)
    return NULL;
  char *unit = name + open + 1;
  name[length - 1] = '\0';
  for (name[open] = '\0'; open > 0 && name[open - 1] == ' '; open--)
    name[open - 1] = '\0';
  return unit;
}

static int read_header(struct proda_csv *csv, struct scan *scan, struct proda_error *error)
{
  struct fields fields = {0};
  size_t line;
  int status = scan_row(scan, &fields, &csv->n_columns, &line, error);
  csv->name = fields.field;
  if (status == PRODA_OK && csv->n_columns == 0)
    status = proda_error_set(error, "%s: is blank, a header with names of columns was expected",
                             csv->path);
  if (status == PRODA_OK && !(csv->unit = calloc(csv->n_columns, sizeof *csv->unit)))
    status = proda_error_set(error, "%s: out of memory", csv->path);
  for (size_t c = 0; c < csv->n_columns && status == PRODA_OK; c++) {
    csv->unit[c] = cut_unit(csv->name[c]);
    if (csv->name[c][0] != '\0' && proda_csv_find(csv, csv->name[c]) < c)
      status = proda_error_set(error, "%s: line %zu: '%.60s' stands there twice", csv->path, line,
                               csv->name[c]);
  }
  return status;
}

static int check_width(const struct proda_csv *csv, const struct scan *scan, size_t n, size_t line,
                       struct proda_error *error)
{
  if (n == csv->n_columns)
    return PRODA_OK;
  return proda_error_set(error, "%s: line %zu: has %zu fields, the header has %zu%s", csv->path,
                         line, n, csv->n_columns,
                         n > csv->n_columns && scan->separator == ','
                             ? "; write decimals with a point, and quote texts with commas"
                             : "");
}

static int read_rows(struct proda_csv *csv, struct scan *scan, size_t most,
                     struct proda_error *error)
{
  struct fields fields = {0};
  int status = PRODA_OK;
  csv->line = malloc((most + 1) * sizeof *csv->line);
  if (!csv->line)
    return proda_error_set(error, "%s: out of memory", csv->path);
  for (size_t n = 1, line; status == PRODA_OK; csv->n_rows++) {
    status = scan_row(scan, &fields, &n, &line, error);
    if (n == 0)
      break;
    if (status == PRODA_OK)
      status = check_width(csv, scan, n, line, error);
    csv->line[csv->n_rows] = line;
  }
  csv->cell = fields.field;
  if (status == PRODA_OK && csv->n_rows == 0)
    return proda_error_set(error, "%s: has a header and no rows", csv->path);
  return status;
}

static size_t count_line_ends(const char *text, size_t size)
{
  size_t n = 0;
  for (size_t i = 0; i < size; i++)
    n += text[i] == '\n' || text[i] == '\r';
  return n;
}

static int read_table(struct proda_csv *csv, const char *bytes, size_t size,
                      struct proda_error *error)
{
  if (check_text(csv->path, bytes, size, error) != PRODA_OK)
    return PRODA_ERROR;
  const char *start = bytes + (strncmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0);
  if (!(csv->text = malloc(size + 2)))
    return proda_error_set(error, "%s: out of memory", csv->path);
  struct scan scan = {.path = csv->path, .at = start, .end = bytes + size, .to = csv->text};
  scan.separator = separator_of(start);
  scan.line = 1;
  if (read_header(csv, &scan, error) != PRODA_OK)
    return PRODA_ERROR;
  return read_rows(csv, &scan, count_line_ends(bytes, size), error);
}

int proda_csv_read(const char *path, struct proda_csv **csv, struct proda_error *error)
{
  char *bytes = NULL;
  size_t size = 0;
  *csv = NULL;
  struct proda_csv *read = calloc(1, sizeof *read);
  int status = read ? proda_file_read(path, largest, &bytes, &size, error)
                    : proda_error_set(error, "%s: out of memory", path);
  if (status == PRODA_OK) {
    read->path = path;
    status = read_table(read, bytes, size, error);
  }
  free(bytes);
  if (status == PRODA_OK)
    *csv = read;
  else
    proda_csv_free(read);
  return status;
}
