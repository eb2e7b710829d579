#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "formula/scan.h"

char proda_scan_peek(struct proda_scan *scan)
{
  while (isspace((unsigned char)scan->text[scan->at]))
    scan->at++;
  return scan->text[scan->at];
}

bool proda_scan_take(struct proda_scan *scan, char wanted)
{
  if (proda_scan_peek(scan) != wanted)
    return false;
  scan->at++;
  return true;
}

void *proda_scan_fail(struct proda_scan *scan, const char *expected)
{
  char found = proda_scan_peek(scan);
  if (found)
    proda_error_set(scan->error, "expected %s, found '%.20s'", expected, scan->text + scan->at);
  else
    proda_error_set(scan->error, "expected %s at the end of '%.40s'", expected, scan->text);
  return NULL;
}

void *proda_scan_out_of_memory(struct proda_scan *scan)
{
  proda_error_set(scan->error, "out of memory");
  return NULL;
}

char *proda_scan_copy(struct proda_scan *scan, const char *start, size_t length)
{
  char *text = strndup(start, length);
  if (!text)
    proda_scan_out_of_memory(scan);
  return text;
}

static size_t identifier_length(const char *start)
{
  size_t length = 0;
  if (isalpha((unsigned char)*start) || *start == '_')
    while (isalnum((unsigned char)start[length]) || start[length] == '_')
      length++;
  return length;
}

/** Whether the word stands here; only then it is taken. */
bool proda_scan_word(struct proda_scan *scan, const char *word)
{
  size_t length = strlen(word);
  proda_scan_peek(scan);
  const char *start = scan->text + scan->at;
  if (identifier_length(start) != length || strncmp(start, word, length) != 0)
    return false;
  scan->at += length;
  return true;
}

static bool is_reserved(const char *start, size_t length)
{
  static const char *const word[] = {"and", "or", "not"};
  for (size_t i = 0; i < sizeof word / sizeof *word; i++)
    if (strlen(word[i]) == length && strncmp(word[i], start, length) == 0)
      return true;
  return false;
}

char *proda_scan_identifier(struct proda_scan *scan)
{
  const char *start = scan->text + scan->at;
  size_t length = identifier_length(start);
  if (is_reserved(start, length))
    return proda_scan_fail(scan, "a number, a name or '('");
  char *name = proda_scan_copy(scan, start, length);
  if (name)
    scan->at += length;
  return name;
}

/** "label =" before an argument; NULL also where there is none. */
char *proda_scan_label(struct proda_scan *scan)
{
  const char *start = scan->text + scan->at;
  size_t length = identifier_length(start), space = strspn(start + length, " ");
  if (length == 0 || start[length + space] != '=' || start[length + space + 1] == '=')
    return NULL;
  char *name = proda_scan_copy(scan, start, length);
  if (name)
    scan->at += length + space + 1;
  return name;
}

static bool take_symbol(struct proda_scan *scan, const char *text)
{
  proda_scan_peek(scan);
  if (isalpha((unsigned char)*text))
    return proda_scan_word(scan, text);
  if (strncmp(scan->text + scan->at, text, strlen(text)) != 0)
    return false;
  scan->at += strlen(text);
  return true;
}

/** The first operator of the list that stands here, taken; NULL where none does. */
const struct proda_scan_symbol *proda_scan_symbol(struct proda_scan *scan,
                                                  const struct proda_scan_symbol *list)
{
  for (; list->text; list++)
    if (take_symbol(scan, list->text))
      return list;
  return NULL;
}
