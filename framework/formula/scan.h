/** @file scan.h
 * The text of an expression, read from left to right: words and signs, for parse.c.
 */
#ifndef PRODA_FORMULA_SCAN_H
#define PRODA_FORMULA_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "formula/expression.h"

struct proda_scan {
  const char *text;
  size_t at;
  size_t depth;
  struct proda_error *error;
};

/** An operator, as a sign or a word. */
struct proda_scan_symbol {
  const char *text;
  enum proda_expression_kind kind;
};

/** The next character that is no blank; NUL at the end. */
char proda_scan_peek(struct proda_scan *scan);
/** Whether it is this one; only then it is taken. */
bool proda_scan_take(struct proda_scan *scan, char wanted);
/** Likewise a word. */
bool proda_scan_word(struct proda_scan *scan, const char *word);
/** The first operator of the list, which ends without text, that stands here, taken; NULL where
 * none does. */
const struct proda_scan_symbol *proda_scan_symbol(struct proda_scan *scan,
                                                  const struct proda_scan_symbol *list);

/** Allocated texts; NULL with a message where there is none, or for lack of memory. */
char *proda_scan_copy(struct proda_scan *scan, const char *start, size_t length);
char *proda_scan_identifier(struct proda_scan *scan);
/** "label =" before an argument; NULL also where none stands there, without a message. */
char *proda_scan_label(struct proda_scan *scan);

/** "expected EXPECTED, found ...", and NULL. */
void *proda_scan_fail(struct proda_scan *scan, const char *expected);
void *proda_scan_out_of_memory(struct proda_scan *scan);

#endif
