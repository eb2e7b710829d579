#include "config.h"

#include "plugin/search.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/installed.h"
#include "core/trust.h"
#include "yaml/yaml.h"

struct owned_path {
  struct proda_search_path path;
  struct proda_arena *arena;
};

static const char option_origin[] = "--plugin-path";

static __attribute__((format(printf, 2, 3))) char *print(struct proda_arena *arena,
                                                         const char *format, ...)
{
  va_list arguments;
  char *text = NULL;
  va_start(arguments, format);
  int length = vasprintf(&text, format, arguments);
  va_end(arguments);
  if (length < 0)
    return NULL;
  char *copy = proda_arena_text(arena, text, (size_t)length);
  free(text);
  return copy;
}

static bool is_file(const char *path)
{
  struct stat status;
  return path && stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static bool is_directory(const char *path)
{
  struct stat status;
  return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* ---- the search path ---- */

/** Appends the directories of a colon-separated text. */
static bool append(struct owned_path *owner, const char *text, const char *origin)
{
  while (text && *text) {
    size_t length = strcspn(text, ":");
    if (length) {
      struct proda_search_entry *entry = &owner->path.entry[owner->path.n++];
      entry->origin = origin;
      entry->directory = proda_arena_text(owner->arena, text, length);
      if (!entry->directory)
        return false;
    }
    text += length + (text[length] == ':');
  }
  return true;
}

static size_t count_entries(const char *text)
{
  size_t n = text ? 1 : 0;
  for (; text && *text; text++)
    n += *text == ':';
  return n;
}

/** $XDG_DATA_HOME/proda/plugins, else ~/.local/share/proda/plugins; "" where neither is set. */
static const char *user_directory(struct proda_arena *arena)
{
  const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
  if (data && *data)
    return print(arena, "%s/proda/plugins", data);
  if (home && *home)
    return print(arena, "%s/.local/share/proda/plugins", home);
  return "";
}

static bool fill_path(struct owned_path *owner, const char *option)
{
  const char *environment = getenv("PRODA_PLUGIN_PATH");
  const char *user = user_directory(owner->arena);
  char installed[PRODA_INSTALLED_SIZE];
  size_t most = count_entries(option) + count_entries(environment) + count_entries(user) + 1;
  owner->path.entry = proda_arena_alloc(owner->arena, most, sizeof *owner->path.entry);
  return owner->path.entry && user && append(owner, option, option_origin) &&
         append(owner, environment, "PRODA_PLUGIN_PATH") && append(owner, user, "user") &&
         append(owner, proda_installed_path(PRODA_PLUGIN_DIR, installed), "installed");
}

int proda_search_path_make(const char *option, struct proda_search_path **path,
                           struct proda_error *error)
{
  struct owned_path *owner = calloc(1, sizeof *owner);
  if (owner)
    owner->arena = proda_arena_new();
  if (!owner || !owner->arena || !fill_path(owner, option)) {
    proda_search_path_free(owner ? &owner->path : NULL);
    return proda_error_set(error, "out of memory");
  }
  *path = &owner->path;
  return PRODA_OK;
}

void proda_search_path_free(struct proda_search_path *path)
{
  if (!path)
    return;
  struct owned_path *owner = (struct owned_path *)path; /* its first member */
  proda_arena_free(owner->arena);
  free(owner);
}

/* ---- places of manifests ---- */

struct place_list {
  struct proda_arena *arena;
  struct proda_place *place;
  size_t n, capacity;
};

static bool add_place(struct place_list *list, const struct proda_place *place)
{
  if (list->n == list->capacity) {
    size_t capacity = list->capacity ? 2 * list->capacity : 16;
    struct proda_place *larger = proda_arena_alloc(list->arena, capacity, sizeof *larger);
    if (!larger)
      return false;
    if (list->n)
      memcpy(larger, list->place, list->n * sizeof *larger);
    list->place = larger;
    list->capacity = capacity;
  }
  list->place[list->n++] = *place;
  return true;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
  return strcmp((*a)->d_name, (*b)->d_name);
}

/** <directory>/<entry> where that is <name>.yaml, else <directory>/<entry>/<entry>.yaml; false for
 * lack of memory. */
static bool add_entry(struct place_list *list, const struct proda_search_entry *search,
                      const char *entry)
{
  struct proda_place place = {.origin = search->origin};
  size_t length = strlen(entry);
  bool yaml = length > 5 && strcmp(entry + length - 5, ".yaml") == 0;
  if (entry[0] == '.')
    return true;
  place.name = proda_arena_text(list->arena, entry, yaml ? length - 5 : length);
  place.manifest_path = yaml ? print(list->arena, "%s/%s", search->directory, entry)
                             : print(list->arena, "%s/%s/%s.yaml", search->directory, entry, entry);
  if (!place.name || !place.manifest_path)
    return false;
  return is_file(place.manifest_path) ? add_place(list, &place) : true;
}

static int add_directory(struct place_list *list, const struct proda_search_entry *search,
                         struct proda_error *error)
{
  struct dirent **entry = NULL;
  int n = scandir(search->directory, &entry, NULL, by_name);
  if (n < 0) {
    if (errno == ENOENT && search->origin != option_origin)
      return PRODA_OK;
    return proda_error_set(error, "%s (%s): the directory cannot be read: %s", search->directory,
                           search->origin, strerror(errno));
  }
  int status = PRODA_OK;
  for (int i = 0; i < n; i++) {
    if (!status && !add_entry(list, search, entry[i]->d_name))
      status = proda_error_set(error, "out of memory");
    free(entry[i]);
  }
  free(entry);
  return status;
}

int proda_search_places(const struct proda_search_path *path, struct proda_arena *arena,
                        struct proda_place **place, size_t *n, struct proda_error *error)
{
  struct place_list list = {.arena = arena};
  for (size_t i = 0; i < path->n; i++)
    if (add_directory(&list, &path->entry[i], error))
      return PRODA_ERROR;
  *place = list.place;
  *n = list.n;
  return PRODA_OK;
}

enum { DIRECTORIES_SIZE = 512 };

/** "A/in, B/in, ..." */
static const char *list_directories(const struct proda_search_path *path, const char *in,
                                    char text[DIRECTORIES_SIZE])
{
  text[0] = '\0';
  for (size_t i = 0, used = 0; i < path->n && used < DIRECTORIES_SIZE; i++) {
    int more = snprintf(text + used, DIRECTORIES_SIZE - used, "%s%s%s", i ? ", " : "",
                        path->entry[i].directory, in);
    used += more > 0 ? (size_t)more : 0;
  }
  return text;
}

static int refuse_unknown(const struct proda_search_path *path, struct proda_arena *arena,
                          const struct proda_place *place, size_t n, const char *name,
                          struct proda_error *error)
{
  char hint[PRODA_HINT_SIZE] = "", directories[DIRECTORIES_SIZE];
  const char **names = proda_arena_alloc(arena, n, sizeof(char *));
  for (size_t i = 0; names && i < n; i++)
    names[i] = place[i].name;
  const char *nearest = names ? proda_nearest(name, names, n) : NULL;
  if (nearest)
    snprintf(hint, sizeof hint, "; did you mean '%.60s'?", nearest);
  return proda_error_set(error, "no plugin '%.60s'%s (searched: %s)", name, hint,
                         list_directories(path, "", directories));
}

/** The name of a folder from its path, also from "." and ".."; in `arena`, NULL for lack of memory.
 */
static const char *name_of_folder(struct proda_arena *arena, const char *path)
{
  char real[PATH_MAX];
  size_t length = strlen(path);
  while (length > 1 && path[length - 1] == '/')
    length--;
  size_t start = length;
  while (start > 0 && path[start - 1] != '/')
    start--;
  bool dots = strspn(path + start, ".") >= length - start;
  const char *slash = dots && realpath(path, real) ? strrchr(real, '/') : NULL;
  return slash ? print(arena, "%s", slash + 1)
               : print(arena, "%.*s", (int)(length - start), path + start);
}

/** A path to a manifest, or to the folder <name> that holds <name>.yaml. */
static int manifest_of_path(struct proda_arena *arena, const char *name, const char **manifest_path,
                            struct proda_error *error)
{
  if (is_directory(name)) {
    const char *folder = name_of_folder(arena, name);
    size_t length = strlen(name);
    while (length > 1 && name[length - 1] == '/')
      length--;
    *manifest_path = folder ? print(arena, "%.*s/%s.yaml", (int)length, name, folder) : NULL;
  } else {
    *manifest_path = print(arena, "%s", name);
  }
  if (!*manifest_path)
    return proda_error_set(error, "out of memory");
  if (!is_file(*manifest_path))
    return proda_error_set(error, "%s: there is no such manifest", *manifest_path);
  return PRODA_OK;
}

int proda_search_manifest(const struct proda_search_path *path, struct proda_arena *arena,
                          const char *name, const char **manifest_path, struct proda_error *error)
{
  struct proda_place *place = NULL;
  size_t n = 0, length = strlen(name);
  if (strchr(name, '/') || (length > 5 && strcmp(name + length - 5, ".yaml") == 0))
    return manifest_of_path(arena, name, manifest_path, error);
  if (proda_search_places(path, arena, &place, &n, error))
    return PRODA_ERROR;
  for (size_t i = 0; i < n; i++)
    if (strcmp(place[i].name, name) == 0) {
      *manifest_path = place[i].manifest_path;
      return PRODA_OK;
    }
  if (is_directory(name))
    return manifest_of_path(arena, name, manifest_path, error);
  return refuse_unknown(path, arena, place, n, name, error);
}

int proda_search_fragment(const struct proda_search_path *path, const char *from, const char *name,
                          char **fragment, struct proda_error *error)
{
  static const char *const near[] = {"", "fragments/", "../fragments/"};
  enum { N_NEAR = sizeof near / sizeof *near };
  const char *slash = strrchr(from, '/');
  int folder = (int)(slash ? slash + 1 - from : 0);
  char directories[DIRECTORIES_SIZE];
  for (size_t i = 0; i < N_NEAR + path->n; i++) {
    int length =
        i < N_NEAR ? asprintf(fragment, "%.*s%s%s", folder, from, near[i], name)
                   : asprintf(fragment, "%s/fragments/%s", path->entry[i - N_NEAR].directory, name);
    if (length < 0)
      return proda_error_set(error, "out of memory");
    if (is_file(*fragment))
      return PRODA_OK;
    free(*fragment);
  }
  return proda_error_set(error, "no fragment '%.60s' beside this file (searched also: %s)", name,
                         list_directories(path, "/fragments", directories));
}

int proda_search_trust(const struct proda_search_path *path, const char *file,
                       struct proda_error *error)
{
  return path && path->allow_unsafe ? PRODA_OK : proda_trust_path(file, error);
}

char *proda_search_object(const char *manifest_path)
{
  static const char *const form[] = {"%s%.*s%.*s.so", "%s%.*s.libs/%.*s.so"};
  /* Without a folder the loader would search those of the system. */
  const char *slash = strrchr(manifest_path, '/');
  const char *base = slash ? slash + 1 : manifest_path;
  const char *dot = strrchr(base, '.');
  int folder = (int)(base - manifest_path), stem = (int)(dot ? dot - base : (long)strlen(base));
  for (size_t i = 0; i < sizeof form / sizeof *form; i++) {
    char *object = NULL;
    /* NOLINTNEXTLINE(clang-diagnostic-format-nonliteral): the forms stand above */
    if (asprintf(&object, form[i], slash ? "" : "./", folder, manifest_path, stem, base) < 0)
      return NULL;
    if (access(object, F_OK) == 0)
      return object;
    free(object);
  }
  return NULL;
}
