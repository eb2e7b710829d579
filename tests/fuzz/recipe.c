#include "fuzz/recipe.h"

#include <netcdf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/seal.h"

enum { MAX_VARIABLES = 200, MAX_WORDS = 4096, MAX_WRITTEN = 1 << 16, MAX_SEALED = 1 << 24 };

struct variable {
  int id;
  nc_type type;
  size_t n, width; /* values; of the last dimension */
  char *data;      /* the rest of its line, NULL where there is none */
};

struct recipe {
  int file;
  size_t n;
  struct variable variable[MAX_VARIABLES];
};

static nc_type type_of(struct recipe *recipe, const char *name)
{
  static const struct {
    const char *name;
    nc_type type;
  } known[] = {{"byte", NC_BYTE},   {"char", NC_CHAR},     {"short", NC_SHORT},
               {"int", NC_INT},     {"float", NC_FLOAT},   {"double", NC_DOUBLE},
               {"ubyte", NC_UBYTE}, {"ushort", NC_USHORT}, {"uint", NC_UINT},
               {"int64", NC_INT64}, {"uint64", NC_UINT64}, {"string", NC_STRING}};
  nc_type opaque;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcmp(known[i].name, name) == 0)
      return known[i].type;
  return strcmp(name, "opaque") == 0 && !nc_def_opaque(recipe->file, 8, "opaque", &opaque) ? opaque
                                                                                           : NC_NAT;
}

static char *next_word(char **rest)
{
  char *word;
  while ((word = strsep(rest, " ")) && !*word)
    ;
  return word;
}

/** Words of a line, which it cuts apart. */
static size_t cut_words(char *line, char *word[MAX_WORDS])
{
  size_t n = 0;
  while (n < MAX_WORDS && (word[n] = next_word(&line)))
    n++;
  return n;
}

/* ---- definitions ---- */

static void define_dimension(struct recipe *recipe, char *rest)
{
  int id;
  const char *name = next_word(&rest), *length = next_word(&rest);
  if (length)
    nc_def_dim(recipe->file, name,
               strcmp(length, "unlimited") == 0 ? NC_UNLIMITED : strtoull(length, NULL, 10), &id);
}

static void define_variable(struct recipe *recipe, char *rest)
{
  int dimension[NC_MAX_VAR_DIMS], rank = 0;
  const char *type = next_word(&rest), *name = next_word(&rest), *word;
  struct variable made = {.n = 1, .width = 1};
  if (!name || recipe->n == MAX_VARIABLES)
    return;
  made.type = type_of(recipe, type);
  while (rank < 12 && (word = next_word(&rest)))
    if (nc_inq_dimid(recipe->file, word, &dimension[rank]) == NC_NOERR &&
        nc_inq_dimlen(recipe->file, dimension[rank], &made.width) == NC_NOERR) {
      if (__builtin_mul_overflow(made.n, made.width, &made.n))
        made.n = SIZE_MAX;
      rank++;
    }
  if (nc_def_var(recipe->file, name, made.type, rank, dimension, &made.id) == NC_NOERR)
    recipe->variable[recipe->n++] = made;
}

static int owner(const struct recipe *recipe)
{
  return recipe->n ? recipe->variable[recipe->n - 1].id : NC_GLOBAL;
}

static void put_text(struct recipe *recipe, char *rest)
{
  const char *name = next_word(&rest);
  if (name)
    nc_put_att_text(recipe->file, owner(recipe), name, rest ? strlen(rest) : 0, rest ? rest : "");
}

static void put_number(struct recipe *recipe, char *rest)
{
  double value[8];
  size_t n = 0;
  const char *name = next_word(&rest), *type = next_word(&rest), *word;
  while (type && n < 8 && (word = next_word(&rest)))
    value[n++] = strtod(word, NULL);
  if (type)
    nc_put_att_double(recipe->file, owner(recipe), name, type_of(recipe, type), n, value);
}

static void define(struct recipe *recipe, char *line)
{
  const char *verb = strsep(&line, " ");
  if (!line)
    return;
  if (strcmp(verb, "dim") == 0)
    define_dimension(recipe, line);
  else if (strcmp(verb, "var") == 0)
    define_variable(recipe, line);
  else if (strcmp(verb, "text") == 0)
    put_text(recipe, line);
  else if (strcmp(verb, "number") == 0)
    put_number(recipe, line);
  else if (strcmp(verb, "data") == 0 && recipe->n)
    recipe->variable[recipe->n - 1].data = line;
}

/* ---- data ---- */

static void write_numbers(const struct recipe *recipe, const struct variable *v, char *const *word,
                          size_t n)
{
  double *value = malloc(v->n * sizeof *value + 1);
  for (size_t i = 0; value && i < v->n; i++)
    value[i] = i < n ? strtod(word[i], NULL) : value[i - n];
  if (value)
    nc_put_var_double(recipe->file, v->id, value);
  free(value);
}

static void write_characters(const struct recipe *recipe, const struct variable *v,
                             char *const *word, size_t n)
{
  char *value = calloc(v->n + 1, 1);
  for (size_t i = 0; value && v->width && i < v->n / v->width; i++)
    memcpy(value + i * v->width, word[i % n], strnlen(word[i % n], v->width));
  if (value)
    nc_put_var_text(recipe->file, v->id, value);
  free(value);
}

static void write_strings(const struct recipe *recipe, const struct variable *v, char *const *word,
                          size_t n)
{
  const char **value = calloc(v->n + 1, sizeof *value);
  for (size_t i = 0; value && i < v->n; i++)
    value[i] = word[i % n];
  if (value)
    nc_put_var_string(recipe->file, v->id, value);
  free(value);
}

static void write_data(const struct recipe *recipe, const struct variable *v)
{
  static char *word[MAX_WORDS];
  size_t n = v->data && v->n <= MAX_WRITTEN ? cut_words(v->data, word) : 0;
  if (n == 0)
    return;
  if (v->type == NC_STRING)
    write_strings(recipe, v, word, n);
  else if (v->type == NC_CHAR)
    write_characters(recipe, v, word, n);
  else
    write_numbers(recipe, v, word, n);
}

/* ---- the file ---- */

static int mode_of(const char *text)
{
  static const struct {
    const char *line;
    int mode;
  } known[] = {{"format netcdf4\n", NC_NETCDF4},
               {"format offset\n", NC_64BIT_OFFSET},
               {"format cdf5\n", NC_64BIT_DATA}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strncmp(text, known[i].line, strlen(known[i].line)) == 0)
      return known[i].mode;
  return 0;
}

static void cook(const char *path, char *text)
{
  struct recipe recipe = {.n = 0};
  int before;
  if (nc_create(path, NC_CLOBBER | mode_of(text), &recipe.file) != NC_NOERR)
    return;
  nc_set_fill(recipe.file, NC_NOFILL, &before);
  for (char *line; (line = strsep(&text, "\n"));)
    define(&recipe, line);
  if (nc_enddef(recipe.file) == NC_NOERR)
    for (size_t i = 0; i < recipe.n; i++)
      write_data(&recipe, &recipe.variable[i]);
  bool is_store = nc_inq_att(recipe.file, NC_GLOBAL, "proda_version", NULL, NULL) == NC_NOERR;
  nc_close(recipe.file);
  if (is_store)
    proda_seal_put(path);
}

const char *recipe_write(const struct part *part)
{
  const char *path = parts_path(part->name);
  if (part->size > 3 && memcmp(part->text, "CDF", 3) == 0) {
    parts_write(part);
    return path;
  }
  char *text = malloc(part->size + 1);
  if (!text)
    abort();
  if (part->size)
    memcpy(text, part->text, part->size);
  text[part->size] = '\0';
  cook(path, text);
  free(text);
  return path;
}

/** Bytes that a file's variables declare; what is larger than the limit counts as that. */
static size_t declared(const char *path, size_t limit)
{
  int file, n = 0;
  size_t sum = 0;
  if (nc_open(path, NC_NOWRITE, &file) != NC_NOERR)
    return limit;
  nc_inq_ndims(file, &n);
  for (int i = 0; i < n && sum < limit; i++) {
    size_t length = 0;
    nc_inq_dimlen(file, i, &length);
    sum += length < limit / 8 ? 8 * length : limit;
  }
  nc_inq_nvars(file, &n);
  for (int i = 0; i < n && sum < limit; i++) {
    int rank = 0, dimension[NC_MAX_VAR_DIMS];
    size_t size = 8, length;
    nc_inq_var(file, i, NULL, NULL, &rank, dimension, NULL);
    for (int d = 0; d < rank && nc_inq_dimlen(file, dimension[d], &length) == NC_NOERR; d++)
      if (__builtin_mul_overflow(size, length, &size))
        size = limit;
    sum += size < limit ? size : limit;
  }
  nc_close(file);
  return sum < limit ? sum : limit;
}

void recipe_write_all(const struct parts *parts)
{
  for (size_t i = 0; i < parts->n; i++) {
    const struct part *part = &parts->part[i];
    const char *dot = strrchr(part->name, '.');
    if (dot && strcmp(dot, ".csv") == 0) {
      parts_write(part);
    } else {
      enum proda_seal seal;
      const char *path = recipe_write(part);
      if (declared(path, MAX_SEALED) < MAX_SEALED && proda_seal_check(path, &seal) == 0 &&
          seal == PRODA_SEAL_NONE)
        proda_seal_put(path);
    }
  }
}
