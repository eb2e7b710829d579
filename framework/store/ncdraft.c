#include "store/ncdraft.h"

#include <math.h>
#include <string.h>

#include "core/arena.h"

struct dimension {
  struct dimension *next;
  const char *name;
  size_t length;
};

struct variable {
  struct variable *next;
  const struct proda_nc_entry *entry;
  double *number;    /* NULL for texts */
  const char **text; /* NULL for numbers */
  size_t n_flags;
  const char **flag;
};

struct proda_draft {
  struct proda_arena *arena; /* of all below */
  struct dimension *dimension, **last_dimension;
  struct variable *variable, **last_variable;
};

struct proda_draft *proda_draft_new(void)
{
  struct proda_arena *arena = proda_arena_new();
  struct proda_draft *draft = arena ? proda_arena_alloc(arena, 1, sizeof *draft) : NULL;
  if (!draft) {
    proda_arena_free(arena);
    return NULL;
  }
  draft->arena = arena;
  draft->last_dimension = &draft->dimension;
  draft->last_variable = &draft->variable;
  return draft;
}

void proda_draft_free(struct proda_draft *draft)
{
  if (draft)
    proda_arena_free(draft->arena);
}

static int no_memory(const char *name, struct proda_error *error)
{
  return proda_error_set(error, "out of memory for '%s'", name);
}

int proda_draft_dim(struct proda_draft *draft, const char *name, size_t length,
                    struct proda_error *error)
{
  struct dimension *made = proda_arena_alloc(draft->arena, 1, sizeof *made);
  if (!made)
    return no_memory(name, error);
  *made = (struct dimension){NULL, name, length};
  *draft->last_dimension = made;
  draft->last_dimension = &made->next;
  return PRODA_OK;
}

static const struct dimension *find_dimension(const struct proda_draft *draft, const char *name,
                                              size_t length)
{
  const struct dimension *found = draft->dimension;
  while (found && (strncmp(found->name, name, length) != 0 || found->name[length] != '\0'))
    found = found->next;
  return found;
}

size_t proda_draft_length(const struct proda_draft *draft, const char *name)
{
  const struct dimension *found = find_dimension(draft, name, strlen(name));
  return found ? found->length : 0;
}

/* Product of the lengths of dimensions, named with spaces between. */
static int count(const struct proda_draft *draft, const struct proda_nc_entry *entry, size_t *n,
                 struct proda_error *error)
{
  *n = 1;
  for (const char *dims = entry->dims; *dims;) {
    size_t length = strcspn(dims, " ");
    const struct dimension *found = find_dimension(draft, dims, length);
    if (!found)
      return proda_error_set(error, "variable '%s': there is no dimension '%.*s'", entry->name,
                             (int)length, dims);
    *n *= found->length;
    dims += length + strspn(dims + length, " ");
  }
  return PRODA_OK;
}

static int append(struct proda_draft *draft, const struct proda_nc_entry *entry, size_t *n,
                  struct variable **made, struct proda_error *error)
{
  if (count(draft, entry, n, error) != PRODA_OK)
    return PRODA_ERROR;
  *made = proda_arena_alloc(draft->arena, 1, sizeof **made);
  if (!*made)
    return no_memory(entry->name, error);
  (*made)->entry = entry;
  *draft->last_variable = *made;
  draft->last_variable = &(*made)->next;
  return PRODA_OK;
}

int proda_draft_numbers(struct proda_draft *draft, const struct proda_nc_entry *entry,
                        double **value, struct proda_error *error)
{
  struct variable *made;
  size_t n;
  if (append(draft, entry, &n, &made, error) != PRODA_OK)
    return PRODA_ERROR;
  made->number = proda_arena_alloc(draft->arena, n, sizeof *made->number);
  if (!made->number)
    return no_memory(entry->name, error);
  bool floating = entry->type == PRODA_NC_DOUBLE || entry->type == PRODA_NC_FLOAT;
  for (size_t i = 0; i < n && floating; i++)
    made->number[i] = NAN;
  *value = made->number;
  return PRODA_OK;
}

int proda_draft_numbers_all(struct proda_draft *draft, const struct proda_nc_entry *entry, size_t n,
                            double **value, struct proda_error *error)
{
  for (size_t i = 0; i < n; i++)
    if (proda_draft_numbers(draft, &entry[i], &value[i], error) != PRODA_OK)
      return PRODA_ERROR;
  return PRODA_OK;
}

static int copy_texts(struct proda_draft *draft, const char *const *text, size_t n,
                      const char ***copy)
{
  *copy = proda_arena_alloc(draft->arena, n, sizeof(char *));
  for (size_t i = 0; *copy && i < n; i++)
    if (!((*copy)[i] = proda_arena_text(draft->arena, text[i], strlen(text[i]))))
      return PRODA_ERROR;
  return *copy ? PRODA_OK : PRODA_ERROR;
}

int proda_draft_texts(struct proda_draft *draft, const struct proda_nc_entry *entry,
                      const char *const *text, struct proda_error *error)
{
  struct variable *made;
  size_t n;
  if (append(draft, entry, &n, &made, error) != PRODA_OK)
    return PRODA_ERROR;
  return copy_texts(draft, text, n, &made->text) == PRODA_OK ? PRODA_OK
                                                             : no_memory(entry->name, error);
}

static struct variable *find_variable(const struct proda_draft *draft, const char *name)
{
  struct variable *found = draft->variable;
  while (found && strcmp(found->entry->name, name) != 0)
    found = found->next;
  return found;
}

int proda_draft_flags(struct proda_draft *draft, const char *variable, const char *const *meaning,
                      size_t n, struct proda_error *error)
{
  struct variable *found = find_variable(draft, variable);
  if (!found)
    return proda_error_set(error, "there is no variable '%s' to have flags", variable);
  found->n_flags = n;
  return copy_texts(draft, meaning, n, &found->flag) == PRODA_OK ? PRODA_OK
                                                                 : no_memory(variable, error);
}

const double *proda_draft_find(const struct proda_draft *draft, const char *name)
{
  const struct variable *found = find_variable(draft, name);
  return found ? found->number : NULL;
}

static int write_variable(const struct variable *variable, struct proda_nc *file,
                          struct proda_error *error)
{
  const struct proda_nc_entry *entry = variable->entry;
  if (proda_nc_def_all(file, entry, 1, error) != PRODA_OK)
    return PRODA_ERROR;
  if (variable->n_flags > 0 &&
      proda_nc_put_flags(file, entry->name, variable->flag, variable->n_flags, error) != PRODA_OK)
    return PRODA_ERROR;
  return variable->text ? proda_nc_write_strings(file, entry->name, variable->text, error)
                        : proda_nc_write(file, entry->name, variable->number, error);
}

int proda_draft_write(const struct proda_draft *draft, struct proda_nc *file,
                      struct proda_error *error)
{
  int status = PRODA_OK;
  for (const struct dimension *d = draft->dimension; d && status == PRODA_OK; d = d->next)
    status = proda_nc_def_dim(file, d->name, d->length, error);
  for (const struct variable *v = draft->variable; v && status == PRODA_OK; v = v->next)
    status = write_variable(v, file, error);
  return status;
}
