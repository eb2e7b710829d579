#include "yaml/yaml.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { MAX_WORD = 64 };

static size_t min3(size_t a, size_t b, size_t c)
{
  size_t least = a < b ? a : b;
  return least < c ? least : c;
}

/** Edits (insert, delete, replace, swap neighbours) between two words of at most MAX_WORD letters,
 * blind to case. */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
  size_t row[MAX_WORD + 1][MAX_WORD + 1];
  for (size_t i = 0; i <= n; i++)
    row[i][0] = i;
  for (size_t j = 0; j <= m; j++)
    row[0][j] = j;
  for (size_t i = 1; i <= n; i++)
    for (size_t j = 1; j <= m; j++) {
      int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);
      row[i][j] = min3(row[i - 1][j] + 1, row[i][j - 1] + 1, row[i - 1][j - 1] + (x != y));
      bool swapped = i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
                     y == tolower((unsigned char)a[i - 2]);
      if (swapped && row[i - 2][j - 2] + 1 < row[i][j])
        row[i][j] = row[i - 2][j - 2] + 1;
    }
  return row[n][m];
}

const char *proda_nearest(const char *word, const char *const *candidates, size_t n)
{
  size_t length = strlen(word);
  if (length == 0 || length > MAX_WORD)
    return NULL;
  size_t least = (length < 3 ? 1 : length / 3) + 1;
  const char *nearest = NULL;
  for (size_t i = 0; i < n; i++) {
    size_t other = strlen(candidates[i]);
    if (other > MAX_WORD)
      continue;
    size_t edits = distance(word, length, candidates[i], other);
    if (edits < least) {
      least = edits;
      nearest = candidates[i];
    }
  }
  return nearest;
}

/** "a, b, c" as far as they fit. */
static void join(const char *const *words, size_t n, char *out, size_t size)
{
  size_t used = 0;
  for (size_t i = 0; i < n && used < size; i++) {
    int more = snprintf(out + used, size - used, "%s%s", i ? ", " : "", words[i]);
    used += more > 0 ? (size_t)more : 0;
  }
  if (used >= size)
    memcpy(out + size - 4, "...", 4);
}

const char *proda_hint(const char *word, const char *const *candidates, size_t n,
                       char hint[PRODA_HINT_SIZE])
{
  char list[PRODA_HINT_SIZE - 32];
  const char *nearest = proda_nearest(word, candidates, n);
  hint[0] = '\0';
  if (nearest) {
    snprintf(hint, PRODA_HINT_SIZE, "; did you mean '%s'?", nearest);
  } else if (n) {
    join(candidates, n, list, sizeof list);
    snprintf(hint, PRODA_HINT_SIZE, "; expected %s%s", n > 1 ? "one of: " : "", list);
  }
  return hint;
}
