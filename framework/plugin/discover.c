#include <stdlib.h>
#include <string.h>

#include "plugin/search.h"

static int by_name_and_order(const void *a, const void *b)
{
  const struct proda_place *left = *(const struct proda_place *const *)a;
  const struct proda_place *right = *(const struct proda_place *const *)b;
  int order = strcmp(left->name, right->name);
  return order ? order : (left > right) - (left < right); /* one array, in order of the path */
}

static int fill(const struct proda_search_path *path, const struct proda_place *place,
                struct proda_found *found)
{
  found->name = strdup(place->name);
  found->manifest_path = strdup(place->manifest_path);
  if (!found->name || !found->manifest_path)
    return PRODA_ERROR;
  found->origin = place->origin;
  found->object_path = proda_search_object(place->manifest_path);
  if (proda_manifest_read_along(path, place->manifest_path, &found->manifest, &found->problem))
    found->manifest = NULL;
  else if (found->object_path)
    proda_search_trust(path, found->object_path, &found->problem);
  return PRODA_OK;
}

static int fill_all(const struct proda_search_path *path, const struct proda_place *place, size_t n,
                    struct proda_found **found, struct proda_error *error)
{
  int status = PRODA_OK;
  const struct proda_place **sorted = calloc(n + 1, sizeof(struct proda_place *));
  *found = calloc(n + 1, sizeof **found);
  if (!sorted || !*found)
    status = PRODA_ERROR;
  for (size_t i = 0; !status && i < n; i++)
    sorted[i] = &place[i];
  if (!status)
    qsort(sorted, n, sizeof(struct proda_place *), by_name_and_order);
  for (size_t i = 0; !status && i < n; i++) {
    status = fill(path, sorted[i], &(*found)[i]);
    (*found)[i].shadowed = i > 0 && strcmp(sorted[i]->name, sorted[i - 1]->name) == 0;
  }
  free(sorted);
  return status ? proda_error_set(error, "out of memory") : PRODA_OK;
}

int proda_find_all(const struct proda_search_path *path, struct proda_found **found, size_t *n,
                   struct proda_error *error)
{
  struct proda_place *place = NULL;
  struct proda_found *all = NULL;
  size_t n_places = 0;
  struct proda_arena *arena = proda_arena_new();
  int status = arena ? proda_search_places(path, arena, &place, &n_places, error)
                     : proda_error_set(error, "out of memory");
  if (!status)
    status = fill_all(path, place, n_places, &all, error);
  proda_arena_free(arena);
  if (status) {
    proda_found_free(all, n_places);
    return status;
  }
  *found = all;
  *n = n_places;
  return PRODA_OK;
}

void proda_found_free(struct proda_found *found, size_t n)
{
  for (size_t i = 0; found && i < n; i++) {
    free(found[i].name);
    free(found[i].manifest_path);
    free(found[i].object_path);
    proda_manifest_free(found[i].manifest);
  }
  free(found);
}

const char *proda_kind_name(enum proda_kind kind)
{
  switch (kind) {
  case PRODA_MODEL:
    return "model";
  case PRODA_SAMPLER:
    return "sampler";
  case PRODA_EMULATOR:
    return "emulator";
  }
  return "plugin of unknown kind";
}

int proda_find_manifest(const struct proda_search_path *path, const char *name,
                        enum proda_kind kind, struct proda_manifest **manifest,
                        struct proda_error *error)
{
  const char *manifest_path = NULL;
  struct proda_manifest *read = NULL;
  struct proda_arena *arena = proda_arena_new();
  int status = arena ? proda_search_manifest(path, arena, name, &manifest_path, error)
                     : proda_error_set(error, "out of memory");
  if (!status)
    status = proda_manifest_read_along(path, manifest_path, &read, error);
  if (!status && kind && kind != read->kind) {
    status = proda_error_set(
        error, "%s: the kind of '%s' is %s; a plugin of kind %s is wanted here", manifest_path,
        read->name, proda_kind_name(read->kind), proda_kind_name(kind));
    proda_manifest_free(read);
  }
  proda_arena_free(arena);
  if (!status)
    *manifest = read;
  return status;
}
