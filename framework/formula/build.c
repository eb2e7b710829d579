#include "formula/build.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/process.h"
#include "formula/source.h"

enum { MAX_WORDS = 256 };

/** One build: paths and the command, all in an arena. */
struct build {
  const struct proda_manifest *manifest;
  struct proda_arena *arena;
  const char *folder;
  const char *argv[MAX_WORDS + 1];
  size_t n;
  struct proda_error *error;
};

static int out_of_memory(const struct build *b)
{
  return proda_error_set(b->error, "%s: out of memory", b->manifest->path);
}

/** FOLDER/NAME + ending; NULL for lack of memory. */
static const char *beside(const struct build *b, const char *ending)
{
  size_t size = strlen(b->folder) + strlen(b->manifest->name) + strlen(ending) + 2;
  char *path = proda_arena_alloc(b->arena, size, 1);
  if (path)
    snprintf(path, size, "%s/%s%s", b->folder, b->manifest->name, ending);
  return path;
}

/* ---- the command ---- */

static int add(struct build *b, const char *word)
{
  if (!word)
    return out_of_memory(b);
  if (b->n == MAX_WORDS)
    return proda_error_set(b->error, "%s: its command of compilation has more than %d words",
                           b->manifest->path, MAX_WORDS);
  b->argv[b->n++] = word;
  return PRODA_OK;
}

/** The words of a text, split at blanks. */
static int add_words(struct build *b, const char *text)
{
  while (*(text += strspn(text, " \t"))) {
    size_t length = strcspn(text, " \t");
    if (add(b, proda_arena_text(b->arena, text, length)))
      return PRODA_ERROR;
    text += length;
  }
  return PRODA_OK;
}

static int add_include(struct build *b, const char *directory)
{
  return add(b, "-I") || add(b, directory) ? PRODA_ERROR : PRODA_OK;
}

/** Whether a file of the folder is a source of the plugin: NAME.c or NAME_*.c. */
static bool is_source(const struct build *b, const char *file)
{
  size_t length = strlen(b->manifest->name), whole = strlen(file);
  if (whole < length + 2 || strncmp(file, b->manifest->name, length) != 0 ||
      strcmp(file + whole - 2, ".c") != 0)
    return false;
  return whole == length + 2 || file[length] == '_';
}

static int compare_words(const void *a, const void *b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int add_sources(struct build *b)
{
  DIR *folder = opendir(b->folder);
  size_t first = b->n;
  int status = PRODA_OK;
  if (!folder)
    return proda_error_set(b->error, "%s: cannot be listed: %s", b->folder, strerror(errno));
  for (struct dirent *entry = readdir(folder); entry && !status; entry = readdir(folder))
    if (is_source(b, entry->d_name)) {
      size_t size = strlen(b->folder) + strlen(entry->d_name) + 2;
      char *path = proda_arena_alloc(b->arena, size, 1);
      if (path)
        snprintf(path, size, "%s/%s", b->folder, entry->d_name);
      status = add(b, path);
    }
  closedir(folder);
  qsort(b->argv + first, b->n - first, sizeof *b->argv, compare_words);
  if (!status && b->n == first && !b->manifest->has_formulas)
    status =
        proda_error_set(b->error, "%s: the manifest has no formulas, and no %s.c stands beside it",
                        b->manifest->path, b->manifest->name);
  return status;
}

static const char *given(const char *option, const char *configured)
{
  return option ? option : configured;
}

static int make_command(struct build *b, const struct proda_build_options *options,
                        const char *object)
{
  const char *include = getenv("PRODA_INCLUDE_PATH");
  if (add_words(b, given(options ? options->compiler : NULL, PRODA_BUILD_CC)) ||
      add_words(b, given(options ? options->flags : NULL, PRODA_BUILD_CFLAGS)) ||
      add_words(b, "-std=gnu11 -ffp-contract=fast -fno-math-errno -fno-trapping-math -Wno-psabi "
                   "-fPIC -fvisibility=hidden -shared") ||
      add_include(b, include && *include ? include : PRODA_INCLUDE_DIR) ||
      add_include(b, b->folder) || add(b, "-o") || add(b, object))
    return PRODA_ERROR;
  if ((b->manifest->has_formulas && add(b, beside(b, ".formulas.c"))) || add_sources(b))
    return PRODA_ERROR;
  return add_words(b, PRODA_BUILD_LIBS);
}

/* ---- generated sources ---- */

static int write_names(const struct proda_manifest *manifest, FILE *out, struct proda_error *error)
{
  fprintf(out, "/* Made by proda from %s.yaml: change that. */\n#pragma once\n\n", manifest->name);
  proda_emit_names(manifest, out);
  return ferror(out) ? proda_error_set(error, "the names of %s cannot be written", manifest->path)
                     : PRODA_OK;
}

/** Written to a temporary file and renamed, so that what was there stays on failure. */
static int write_file(struct build *b, const char *ending,
                      int (*write)(const struct proda_manifest *, FILE *, struct proda_error *))
{
  const char *path = beside(b, ending), *part = path ? beside(b, ".part") : NULL;
  if (!part)
    return out_of_memory(b);
  FILE *out = fopen(part, "w");
  if (!out)
    return proda_error_set(b->error, "%s: cannot be written: %s", part, strerror(errno));
  int status = write(b->manifest, out, b->error);
  if (fclose(out) != 0 && !status)
    status = proda_error_set(b->error, "%s: cannot be written: %s", part, strerror(errno));
  if (!status && rename(part, path) != 0)
    status = proda_error_set(b->error, "%s: cannot be replaced: %s", path, strerror(errno));
  if (status)
    unlink(part);
  return status;
}

static int compile(struct build *b, const struct proda_build_options *options)
{
  const char *object = beside(b, ".so"), *part = beside(b, ".so.part");
  const char *errors = beside(b, ".build.txt");
  if (!object || !part || !errors)
    return out_of_memory(b);
  int status = make_command(b, options, part);
  if (!status)
    status = proda_process_run(b->argv, errors, b->error);
  if (!status && rename(part, object) != 0)
    status = proda_error_set(b->error, "%s: cannot be replaced: %s", object, strerror(errno));
  unlink(errors);
  if (status)
    unlink(part);
  return status;
}

static int run(struct build *b, const struct proda_build_options *options)
{
  const char *path = b->manifest->path, *slash = strrchr(path, '/');
  b->folder = slash == path ? "/"
              : slash       ? proda_arena_text(b->arena, path, (size_t)(slash - path))
                            : ".";
  if (!b->folder)
    return out_of_memory(b);
  int status = b->manifest->has_formulas ? write_file(b, ".formulas.c", proda_emit_model)
                                         : write_file(b, ".names.h", write_names);
  return status ? status : compile(b, options);
}

int proda_plugin_build(const char *manifest_path, const struct proda_build_options *options,
                       struct proda_error *error)
{
  struct proda_manifest *manifest = NULL;
  if (proda_manifest_read_along(options ? options->search : NULL, manifest_path, &manifest, error))
    return PRODA_ERROR;
  struct build b = {.manifest = manifest, .arena = proda_arena_new(), .error = error};
  int status = b.arena ? run(&b, options) : out_of_memory(&b);
  proda_arena_free(b.arena);
  proda_manifest_free(manifest);
  return status;
}
