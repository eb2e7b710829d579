/** @file csv.h
 * A table as text: RFC 4180 as users have it. Fields may be quoted; lines end with LF, CRLF or CR;
 * a byte order mark is skipped; fields are separated by what separates the header: comma, semicolon
 * or tab. Blank lines are skipped.
 */
#ifndef PRODA_STORE_CSV_H
#define PRODA_STORE_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include <proda/status.h>

struct proda_csv {
  const char *path;
  size_t n_columns, n_rows;
  char **name;  /**< [n_columns], without their units; "" where a column has none */
  char **unit;  /**< [n_columns], from "name [unit]" or "name (unit)"; NULL where there is none */
  char **cell;  /**< [n_rows][n_columns], without blanks around them */
  size_t *line; /**< [n_rows], from 1 */
  char *text;   /**< what the above points into */
};

/** Reads a table; `path` is borrowed. `*csv` is released by proda_csv_free. Refused, with line and
 * what to do: NUL bytes and UTF-16, rows with more or fewer fields than the header, quotes that do
 * not end, names that occur twice, and a last line without a line end, for it may have been cut. */
int proda_csv_read(const char *path, struct proda_csv **csv, struct proda_error *error);
void proda_csv_free(struct proda_csv *csv);

/** Index of a column; n_columns where there is none. */
size_t proda_csv_find(const struct proda_csv *csv, const char *name);

/** Whether a cell says that there is no value: empty, NA, N/A, NaN, NULL. */
bool proda_csv_is_missing(const char *cell);

/** Reads a decimal number, whole and finite; NaN where it is missing. Returns false for others. */
bool proda_csv_number(const char *cell, double *value);

#endif
