#include "core/words.h"

#include <stdbool.h>
#include <string.h>

static const char blanks[] = " \t\n";

int proda_word_next(const char **text, char *word)
{
  const char *c = *text + strspn(*text, blanks);
  char quote = '\0';
  if (!*c)
    return 0;
  for (; *c && (quote || !strchr(blanks, *c)); c++) {
    /* Between double quotes \ stays, but before these. */
    bool escapes = quote ? quote == '"' && c[1] && strchr("\"\\$`", c[1]) : c[1] != '\0';
    if (*c == '\\' && escapes)
      *word++ = *++c;
    else if (*c == quote)
      quote = '\0';
    else if (!quote && (*c == '\'' || *c == '"'))
      quote = *c;
    else
      *word++ = *c;
  }
  *word = '\0';
  *text = c;
  return quote ? -1 : 1;
}
