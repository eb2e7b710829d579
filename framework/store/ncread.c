#include "store/ncprivate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool numeric(nc_type type)
{
  return type != NC_CHAR && type < NC_STRING; // user-defined types come behind NC_STRING
}

bool proda_nc_is_numeric(const struct proda_nc *file, const char *variable)
{
  struct proda_nc_variable found;
  return proda_nc_find(file, variable, &found, NULL) == PRODA_OK && numeric(found.type);
}

bool proda_nc_is_along(const struct proda_nc *file, const char *variable, const char *dimension)
{
  struct proda_nc_variable found;
  return proda_nc_find(file, variable, &found, NULL) == PRODA_OK && numeric(found.type) &&
         found.shape.rank == 1 && strcmp(found.shape.name[0], dimension) == 0;
}

static int check_numeric(const struct proda_nc *file, const char *name,
                         const struct proda_nc_variable *variable, struct proda_error *error)
{
  if (!numeric(variable->type))
    return proda_error_set(error, "%s: variable '%s': holds no numbers, numbers were expected",
                           file->path, name);
  return PRODA_OK;
}

/** "12 values [site 4, month 3]" */
static void print_shape(const struct proda_nc_variable *variable, char *text, size_t size)
{
  int at = snprintf(text, size, "%zu values [", variable->n);
  for (size_t i = 0; i < variable->shape.rank && at > 0 && (size_t)at < size; i++)
    at += snprintf(text + at, size - (size_t)at, "%s%s %zu", i ? ", " : "", variable->shape.name[i],
                   variable->shape.length[i]);
  if (at > 0 && (size_t)at < size)
    snprintf(text + at, size - (size_t)at, "]");
}

int proda_nc_read(const struct proda_nc *file, const char *variable, size_t n, double **value,
                  struct proda_error *error)
{
  struct proda_nc_variable found;
  struct proda_nc_packing packing;
  *value = NULL;
  if (proda_nc_find(file, variable, &found, error) != PRODA_OK ||
      check_numeric(file, variable, &found, error) != PRODA_OK ||
      proda_nc_check_size(file, variable, &found, error) != PRODA_OK ||
      proda_nc_packing_read(file, variable, &found, &packing, error) != PRODA_OK)
    return PRODA_ERROR;
  if (n != 0 && n != found.n) {
    char shape[400];
    print_shape(&found, shape, sizeof shape);
    return proda_error_set(error, "%s: variable '%s': has %s, %zu were expected", file->path,
                           variable, shape, n);
  }
  double *values = calloc(found.n ? found.n : 1, sizeof *values);
  if (!values)
    return proda_error_set(error, "%s: variable '%s': out of memory for %zu values", file->path,
                           variable, found.n);
  int code = nc_get_var_double(file->id, found.id, values);
  if (code != NC_NOERR) {
    free(values);
    return proda_nc_failed(file, variable, "reading (truncated file?)", code, error);
  }
  proda_nc_unpack(&packing, found.n, values);
  *value = values;
  return PRODA_OK;
}

int proda_nc_read_rows(const struct proda_nc *file, const char *variable, size_t first,
                       size_t count, size_t n, double *value, struct proda_error *error)
{
  struct proda_nc_variable found;
  struct proda_nc_packing packing;
  if (proda_nc_find(file, variable, &found, error) != PRODA_OK ||
      check_numeric(file, variable, &found, error) != PRODA_OK ||
      proda_nc_check_rows(file, variable, &found, first, count, error) != PRODA_OK ||
      proda_nc_packing_read(file, variable, &found, &packing, error) != PRODA_OK)
    return PRODA_ERROR;
  if (count == 0)
    return PRODA_OK;
  size_t found_n = found.n / found.shape.length[0] * count;
  if (n != found_n)
    return proda_error_set(error, "%s: variable '%s': %zu rows have %zu values, %zu were expected",
                           file->path, variable, count, found_n, n);
  size_t start[PRODA_NC_MAX_RANK] = {first};
  size_t length[PRODA_NC_MAX_RANK];
  memcpy(length, found.shape.length, sizeof length);
  length[0] = count;
  int code = nc_get_vara_double(file->id, found.id, start, length, value);
  if (code != NC_NOERR)
    return proda_nc_failed(file, variable, "reading (truncated file?)", code, error);
  proda_nc_unpack(&packing, n, value);
  return PRODA_OK;
}

/** n pointers and, behind them in the same block, `size` characters. */
static char **allocate_strings(size_t n, size_t size)
{
  return malloc((n ? n : 1) * sizeof(char *) + size + 1);
}

static char **pack_strings(size_t n, char *const *text)
{
  size_t size = 0;
  for (size_t i = 0; i < n; i++)
    size += text[i] ? strlen(text[i]) + 1 : 1;
  char **block = allocate_strings(n, size);
  if (!block)
    return NULL;
  char *at = (char *)(block + (n ? n : 1));
  for (size_t i = 0; i < n; i++) {
    size_t length = text[i] ? strlen(text[i]) : 0;
    block[i] = at;
    if (length)
      memcpy(at, text[i], length);
    at[length] = '\0';
    at += length + 1;
  }
  return block;
}

static int read_string_type(const struct proda_nc *file, const char *name,
                            const struct proda_nc_variable *variable, char ***value,
                            struct proda_error *error)
{
  char **text = calloc(variable->n + 1, sizeof *text);
  if (!text)
    return proda_error_set(error, "%s: out of memory", file->path);
  int code = nc_get_var_string(file->id, variable->id, text);
  if (code != NC_NOERR) {
    free(text);
    return proda_nc_failed(file, name, "reading (truncated file?)", code, error);
  }
  *value = pack_strings(variable->n, text);
  nc_free_string(variable->n, text);
  free(text);
  return *value ? PRODA_OK : proda_error_set(error, "%s: out of memory", file->path);
}

/** Characters with the length of a string as last dimension, padded with NUL or blanks. */
static int read_char_type(const struct proda_nc *file, const char *name,
                          const struct proda_nc_variable *variable, size_t n, char ***value,
                          struct proda_error *error)
{
  size_t width = n ? variable->n / n : 0;
  char **block = allocate_strings(n, n * (width + 1));
  char *raw = calloc(variable->n + 1, 1);
  int code = NC_ENOMEM;
  if (block && raw)
    code = nc_get_var_text(file->id, variable->id, raw);
  if (code != NC_NOERR) {
    free(block);
    free(raw);
    return proda_nc_failed(file, name, "reading (truncated file?)", code, error);
  }
  char *at = (char *)(block + (n ? n : 1));
  for (size_t i = 0; i < n; i++, at += width + 1) {
    size_t length = width ? strnlen(raw + i * width, width) : 0;
    while (length && raw[i * width + length - 1] == ' ')
      length--;
    block[i] = at;
    memcpy(at, raw + i * width, length);
    at[length] = '\0';
  }
  free(raw);
  *value = block;
  return PRODA_OK;
}

int proda_nc_read_strings(const struct proda_nc *file, const char *variable, size_t *n,
                          char ***value, struct proda_error *error)
{
  struct proda_nc_variable found;
  *value = NULL;
  if (proda_nc_find(file, variable, &found, error) != PRODA_OK ||
      proda_nc_check_size(file, variable, &found, error) != PRODA_OK)
    return PRODA_ERROR;
  if (found.type == NC_STRING) {
    *n = found.n;
    return read_string_type(file, variable, &found, value, error);
  }
  if (found.type != NC_CHAR)
    return proda_error_set(error, "%s: variable '%s': holds no text, text was expected", file->path,
                           variable);
  *n = found.n ? 1 : 0; // without characters no product of the rest, which may exceed all memory
  for (size_t i = 0; i + 1 < found.shape.rank; i++)
    *n *= found.shape.length[i];
  return read_char_type(file, variable, &found, *n, value, error);
}

/* Cuts the words of `text` apart; one block of n pointers and the words. */
static char **cut_words(const char *text, size_t *n)
{
  *n = 0;
  for (const char *c = text; *c; c++)
    *n += *c != ' ' && (c == text || c[-1] == ' ');
  size_t size = strlen(text) + 1;
  char **word = malloc(*n * sizeof *word + size);
  if (!word)
    return NULL;
  char *rest = memcpy(word + *n, text, size);
  for (size_t i = 0; i < *n; i++)
    word[i] = strtok_r(rest, " ", &rest);
  return word;
}

int proda_nc_read_flags(const struct proda_nc *file, const char *variable, size_t *n,
                        char ***meaning, struct proda_error *error)
{
  char *text = NULL;
  *meaning = NULL;
  if (!proda_nc_text(file, variable, "flag_meanings", &text))
    return proda_error_set(error, "%s: variable '%s': has no flag_meanings; run its stage again",
                           file->path, variable);
  *meaning = cut_words(text, n);
  free(text);
  return *meaning ? PRODA_OK : proda_error_set(error, "%s: out of memory", file->path);
}
