#include "config.h"

#include "plugin/sources.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static bool ends(const char *text, const char *ending)
{
  size_t whole = strlen(text), length = strlen(ending);
  return whole >= length && strcmp(text + whole - length, ending) == 0;
}

/** Whether the folder bears the plugin's name, and so is its own. */
static bool is_own(const char *folder, const char *name)
{
  char path[PATH_MAX];
  const char *slash = realpath(folder, path) ? strrchr(path, '/') : NULL;
  return slash && strcmp(slash + 1, name) == 0;
}

static bool is_source(const char *file, const char *name, bool own)
{
  size_t length = strlen(name);
  if (strncmp(file, name, length) == 0 && strcmp(file + length, ".c") == 0)
    return true;
  return own && file[0] != '.' && ends(file, ".c") && !ends(file, ".formulas.c") &&
         !ends(file, ".sources.c") && strncmp(file, "test_", 5) != 0;
}

static bool is_header(const char *file, bool own)
{
  return own && file[0] != '.' && ends(file, ".h") && !ends(file, ".names.h");
}

static const char *join(struct proda_arena *arena, const char *folder, const char *file)
{
  size_t size = strlen(folder) + strlen(file) + 2;
  char *path = proda_arena_alloc(arena, size, 1);
  if (path)
    snprintf(path, size, "%s/%s", folder, file);
  return path;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
  return strcmp((*a)->d_name, (*b)->d_name);
}

static int choose(const char *folder, const char *name, struct dirent *const *entry, size_t n,
                  struct proda_arena *arena, struct proda_sources *sources)
{
  bool own = is_own(folder, name);
  sources->path = proda_arena_alloc(arena, n + 1, sizeof *sources->path);
  if (!sources->path)
    return PRODA_ERROR;
  for (int headers = 0; headers < 2; headers++) {
    for (size_t i = 0; i < n; i++) {
      const char *file = entry[i]->d_name;
      if (!(headers ? is_header(file, own) : is_source(file, name, own)))
        continue;
      sources->path[sources->n] = join(arena, folder, file);
      if (!sources->path[sources->n++])
        return PRODA_ERROR;
    }
    sources->n_compiled = headers ? sources->n_compiled : sources->n;
  }
  return PRODA_OK;
}

int proda_sources_find(const struct proda_manifest *manifest, struct proda_arena *arena,
                       struct proda_sources *sources, struct proda_error *error)
{
  const char *slash = strrchr(manifest->path, '/'), *folder = ".";
  struct dirent **entry = NULL;
  *sources = (struct proda_sources){0};
  if (slash)
    folder = slash == manifest->path
                 ? "/"
                 : proda_arena_text(arena, manifest->path, (size_t)(slash - manifest->path));
  int n = folder ? scandir(folder, &entry, NULL, by_name) : 0;
  if (n < 0)
    return proda_error_set(error, "%s: cannot be listed: %s", folder, strerror(errno));
  int status =
      folder ? choose(folder, manifest->name, entry, (size_t)n, arena, sources) : PRODA_ERROR;
  for (int i = 0; i < n; i++)
    free(entry[i]);
  free(entry);
  return status ? proda_error_set(error, "%s: out of memory", manifest->path) : PRODA_OK;
}

static const char *name_of(const char *path)
{
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

static int digest_of(const char *path, char text[PRODA_DIGEST_SIZE], struct proda_error *error)
{
  struct proda_digest *digest = proda_digest_new();
  if (!digest)
    return proda_error_set(error, "%s: out of memory", path);
  int status = proda_digest_file(digest, path, error);
  proda_digest_finish(digest, status ? NULL : text);
  return status;
}

/** As the inside of a C string. */
static void write_escaped(const char *text, FILE *out)
{
  for (; *text; text++)
    if (isalnum((unsigned char)*text) || strchr("._-+", *text))
      fputc(*text, out);
    else
      fprintf(out, "\\%03o", (unsigned)(unsigned char)*text);
}

int proda_sources_write(const struct proda_sources *sources, FILE *out, struct proda_error *error)
{
  fprintf(out, "__attribute__((visibility(\"default\")))\n"
               "const char *const proda_plugin_sources[] = {\n");
  for (size_t i = 0; i < sources->n; i++) {
    char digest[PRODA_DIGEST_SIZE];
    if (digest_of(sources->path[i], digest, error))
      return PRODA_ERROR;
    fputs("    \"", out);
    write_escaped(name_of(sources->path[i]), out);
    fprintf(out, "\", \"%s\",\n", digest);
  }
  fprintf(out, "    0};\n");
  return ferror(out) ? proda_error_set(error, "the digests of sources cannot be written")
                     : PRODA_OK;
}

/* ---- what changed since ---- */

static int stale(const struct proda_manifest *manifest, const char *object, const char *file,
                 const char *what, struct proda_error *error)
{
  return proda_error_set(error, "%s: was built before %s %s; run `proda build %s`", object, file,
                         what, manifest->path);
}

static const char *digest_built(const char *const *built, const char *file)
{
  for (; built[0]; built += 2)
    if (strcmp(built[0], file) == 0)
      return built[1];
  return NULL;
}

static bool has(const struct proda_sources *sources, const char *file)
{
  for (size_t i = 0; i < sources->n; i++)
    if (strcmp(name_of(sources->path[i]), file) == 0)
      return true;
  return false;
}

static int compare(const struct proda_manifest *manifest, const char *object,
                   const char *const *built, const struct proda_sources *sources,
                   struct proda_error *error)
{
  for (size_t i = 0; i < sources->n; i++) {
    char digest[PRODA_DIGEST_SIZE];
    const char *file = name_of(sources->path[i]), *before = digest_built(built, file);
    if (digest_of(sources->path[i], digest, error))
      return PRODA_ERROR;
    if (!before)
      return stale(manifest, object, file, "was added", error);
    if (strcmp(before, digest) != 0)
      return stale(manifest, object, file, "was changed", error);
  }
  for (; sources->n > 0 && built[0]; built += 2)
    if (!has(sources, built[0]))
      return stale(manifest, object, built[0], "was removed", error);
  return PRODA_OK;
}

int proda_sources_check(const struct proda_manifest *manifest, const char *object,
                        const char *const *built, struct proda_error *error)
{
  struct proda_sources sources;
  struct proda_arena *arena = built ? proda_arena_new() : NULL;
  if (!built)
    return PRODA_OK;
  int status = arena ? proda_sources_find(manifest, arena, &sources, error)
                     : proda_error_set(error, "%s: out of memory", manifest->path);
  if (!status)
    status = compare(manifest, object, built, &sources, error);
  proda_arena_free(arena);
  return status;
}
