#include <config.h>

#include "formula/build.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/file.h"
#include "core/installed.h"
#include "core/process.h"
#include "formula/source.h"

enum { MAX_WORDS = 256, MAX_LOG = 1 << 20, SHOWN_LINES = 4, SHOWN_WIDTH = 160 };

/** One build: paths and the command, all in an arena. */
struct build {
  const struct proda_manifest *manifest;
  struct proda_arena *arena;
  const char *folder;
  const char *argv[MAX_WORDS + 1];
  size_t n;
  bool has_sources; /**< files of C beside what is made */
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

/** Whether the folder bears the plugin's name, and so is its own. */
static bool is_own(const struct build *b)
{
  char path[PATH_MAX];
  const char *slash = realpath(b->folder, path) ? strrchr(path, '/') : NULL;
  return slash && strcmp(slash + 1, b->manifest->name) == 0;
}

static bool ends(const char *text, const char *ending)
{
  size_t whole = strlen(text), length = strlen(ending);
  return whole >= length && strcmp(text + whole - length, ending) == 0;
}

/** Whether a file is a source: NAME.c; in a folder of its own everything but made code and tests.
 */
static bool is_source(const struct build *b, const char *file, bool own)
{
  size_t length = strlen(b->manifest->name);
  if (strncmp(file, b->manifest->name, length) == 0 && strcmp(file + length, ".c") == 0)
    return true;
  return own && ends(file, ".c") && !ends(file, ".formulas.c") && strncmp(file, "test_", 5) != 0;
}

static int compare_words(const void *a, const void *b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int add_sources(struct build *b)
{
  DIR *folder = opendir(b->folder);
  size_t first = b->n;
  bool own = is_own(b);
  int status = PRODA_OK;
  if (!folder)
    return proda_error_set(b->error, "%s: cannot be listed: %s", b->folder, strerror(errno));
  for (struct dirent *entry = readdir(folder); entry && !status; entry = readdir(folder))
    if (is_source(b, entry->d_name, own)) {
      size_t size = strlen(b->folder) + strlen(entry->d_name) + 2;
      char *path = proda_arena_alloc(b->arena, size, 1);
      if (path)
        snprintf(path, size, "%s/%s", b->folder, entry->d_name);
      status = add(b, path);
    }
  closedir(folder);
  qsort(b->argv + first, b->n - first, sizeof *b->argv, compare_words);
  b->has_sources = b->n > first;
  if (!status && !b->has_sources && !b->manifest->has_formulas)
    status =
        proda_error_set(b->error, "%s: the manifest has no formulas, and no %s.c stands beside it",
                        b->manifest->path, b->manifest->name);
  if (!status && !b->has_sources && b->manifest->n_functions > 0)
    status = proda_error_set(b->error,
                             "%s: declares the function '%s', and no %s.c that defines it stands "
                             "beside it",
                             b->manifest->path, b->manifest->function[0].name, b->manifest->name);
  return status;
}

static const char *given(const char *option, const char *configured)
{
  return option && *option ? option : configured;
}

/** The directory of proda's headers, which must be there. */
static int add_headers(struct build *b)
{
  char installed[PRODA_INSTALLED_SIZE];
  const char *directory =
      given(getenv("PRODA_INCLUDE_PATH"), proda_installed_path(PRODA_INCLUDE_DIR, installed));
  size_t size = strlen(directory) + sizeof "/proda/model.h";
  char *header = proda_arena_alloc(b->arena, size, 1);
  if (!header)
    return out_of_memory(b);
  snprintf(header, size, "%s/proda/model.h", directory);
  if (access(header, R_OK) != 0)
    return proda_error_set(b->error,
                           "%s: cannot be read: %s; proda's headers come with `make install`, and "
                           "$PRODA_INCLUDE_PATH names another directory that has them",
                           header, strerror(errno));
  return add(b, "-I") || add(b, proda_arena_text(b->arena, directory, strlen(directory)))
             ? PRODA_ERROR
             : PRODA_OK;
}

static int make_command(struct build *b, const struct proda_build_options *options,
                        const char *object)
{
  if (add_words(b, given(options ? options->compiler : NULL, PRODA_BUILD_CC)) ||
      add_words(b, given(options ? options->flags : NULL, PRODA_BUILD_CFLAGS)) ||
      add_words(b, "-std=gnu11 -ffp-contract=fast -fno-math-errno -fno-trapping-math -Wno-psabi "
                   "-fPIC -fvisibility=hidden -shared") ||
      add_headers(b) || add(b, "-o") || add(b, object))
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

/* ---- compiling ---- */

/** Whether a line of what a compiler says tells of an error, not of what is around it. */
static bool tells(const char *line, size_t length)
{
  static const char *const sign[] = {"error:", "undefined reference", "multiple definition"};
  for (size_t i = 0; i < sizeof sign / sizeof *sign; i++)
    if (memmem(line, length, sign[i], strlen(sign[i])))
      return true;
  return false;
}

/** The compiler's first errors, a line each, below a first line of our own. */
static int refuse_sources(const struct build *b, const char *log)
{
  char shown[SHOWN_LINES * (SHOWN_WIDTH + 2) + 1] = "", *text = NULL;
  size_t size, used = 0;
  if (proda_file_read(log, MAX_LOG, &text, &size, b->error))
    return PRODA_ERROR;
  int n = 0;
  for (const char *line = text; *line && n < SHOWN_LINES;
       line += strcspn(line, "\n"), line += *line) {
    size_t length = strcspn(line, "\n");
    if (!tells(line, length))
      continue;
    used += (size_t)snprintf(shown + used, sizeof shown - used, "\n%.*s",
                             (int)(length < SHOWN_WIDTH ? length : SHOWN_WIDTH), line);
    n++;
  }
  free(text);
  return proda_error_set(b->error, "%s: its C code does not compile; %s says (all in %s):%s",
                         b->manifest->path, b->argv[0], log, shown);
}

static int compile(struct build *b, const struct proda_build_options *options)
{
  const char *object = beside(b, ".so"), *part = beside(b, ".so.part");
  const char *log = beside(b, ".build.txt");
  int state = 0;
  if (!object || !part || !log)
    return out_of_memory(b);
  if (make_command(b, options, part))
    return PRODA_ERROR;
  if (proda_process_wait(b->argv, log, &state, b->error)) {
    unlink(log);
    return proda_error_prefix(
        b->error, "%s: its compiler, which --compiler replaces, fails: ", b->manifest->path);
  }
  if (state != 0) {
    unlink(part);
    return refuse_sources(b, log);
  }
  unlink(log);
  if (rename(part, object) != 0)
    return proda_error_set(b->error, "%s: cannot be replaced: %s", object, strerror(errno));
  return PRODA_OK;
}

static int run(struct build *b, const struct proda_build_options *options)
{
  const char *path = b->manifest->path, *slash = strrchr(path, '/');
  b->folder = slash == path ? "/"
              : slash       ? proda_arena_text(b->arena, path, (size_t)(slash - path))
                            : ".";
  if (!b->folder)
    return out_of_memory(b);
  bool formulas = b->manifest->has_formulas;
  if (formulas && write_file(b, ".formulas.c", proda_emit_model))
    return PRODA_ERROR;
  if ((!formulas || b->manifest->n_functions > 0) && write_file(b, ".names.h", write_names))
    return PRODA_ERROR;
  return compile(b, options);
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
