#include <config.h>

#include "formula/build.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/file.h"
#include "core/installed.h"
#include "core/process.h"
#include "core/trust.h"
#include "core/unwritable.h"
#include "core/words.h"
#include "formula/source.h"
#include "plugin/loader.h"
#include "plugin/sources.h"

enum { MAX_WORDS = 256, MAX_LOG = 1 << 20, SHOWN_LINES = 4, SHOWN_WIDTH = 160 };

/** One build: paths and the command, all in an arena. */
struct build {
  const struct proda_manifest *manifest;
  struct proda_arena *arena;
  const char *folder;
  const char *argv[MAX_WORDS + 1];
  size_t n;
  struct proda_sources sources;
  bool allow_unsafe;
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

/** The words of a text, split without a shell. */
static int add_words(struct build *b, const char *text)
{
  for (;;) {
    char *word = proda_arena_alloc(b->arena, strlen(text) + 1, 1);
    const char *before = text;
    if (!word)
      return out_of_memory(b);
    int found = proda_word_next(&text, word);
    if (found < 0)
      return proda_error_set(b->error, "%s: a quote is not closed in the compiler's command: %s",
                             b->manifest->path, before + strspn(before, " \t"));
    if (found == 0)
      return PRODA_OK;
    if (add(b, word))
      return PRODA_ERROR;
  }
}

/** A path as a compiler takes it, which would read -X as an option and @X as a list of options. */
static const char *plain(const struct build *b, const char *path)
{
  if (!path || (path[0] != '-' && path[0] != '@'))
    return path;
  size_t size = strlen(path) + 3;
  char *text = proda_arena_alloc(b->arena, size, 1);
  if (text)
    snprintf(text, size, "./%s", path);
  return text;
}

static int check_sources(const struct build *b)
{
  const struct proda_manifest *manifest = b->manifest;
  if (b->sources.n_compiled == 0 && !manifest->has_formulas)
    return proda_error_set(b->error,
                           "%s: the manifest has no formulas, and no %s.c stands beside "
                           "it",
                           manifest->path, manifest->name);
  if (b->sources.n_compiled == 0 && manifest->n_functions > 0)
    return proda_error_set(b->error,
                           "%s: declares the function '%s', and no %s.c that defines it stands "
                           "beside it",
                           manifest->path, manifest->function[0].name, manifest->name);
  return PRODA_OK;
}

static int add_sources(struct build *b)
{
  for (size_t i = 0; i < b->sources.n_compiled; i++)
    if (add(b, plain(b, b->sources.path[i])))
      return PRODA_ERROR;
  return b->sources.n_compiled > 0 ? add(b, beside(b, ".sources.c")) : PRODA_OK;
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
  *strrchr(header, '/') = '\0';
  if (!b->allow_unsafe && proda_trust_directory(header, b->error))
    return PRODA_ERROR;
  *strrchr(header, '/') = '\0';
  return add(b, "-I") || add(b, plain(b, header)) ? PRODA_ERROR : PRODA_OK;
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

static int write_names(const struct build *b, FILE *out)
{
  const struct proda_manifest *manifest = b->manifest;
  fprintf(out, "/* Made by proda from %s.yaml: change that. */\n#pragma once\n\n", manifest->name);
  proda_emit_names(manifest, out);
  return ferror(out)
             ? proda_error_set(b->error, "the names of %s cannot be written", manifest->path)
             : PRODA_OK;
}

static int write_sources(const struct build *b, FILE *out)
{
  return proda_sources_write(&b->sources, out, b->error);
}

static int write_formulas(const struct build *b, FILE *out)
{
  return proda_emit_model(b->manifest, out, b->error);
}

/** Written to a temporary file and renamed, so that what was there stays on failure. */
static int write_file(const struct build *b, const char *ending,
                      int (*write)(const struct build *, FILE *))
{
  const char *path = beside(b, ending), *part = path ? beside(b, ".part") : NULL;
  if (!part)
    return out_of_memory(b);
  FILE *out = fopen(part, "w");
  if (!out)
    return proda_unwritable(part, "cannot be written", errno, 0, b->error);
  int status = write(b, out);
  errno = 0;
  bool written = !ferror(out);
  if (fclose(out) != 0 || !written)
    status = proda_unwritable(part, "cannot be written", errno, 0, b->error);
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

/** FOLDER of the manifest, and the sources in it. */
static int find_sources(struct build *b)
{
  const char *path = b->manifest->path, *slash = strrchr(path, '/');
  b->folder = slash == path ? "/"
              : slash       ? plain(b, proda_arena_text(b->arena, path, (size_t)(slash - path)))
                            : ".";
  if (!b->folder)
    return out_of_memory(b);
  if (!b->allow_unsafe && proda_trust_directory(b->folder, b->error))
    return PRODA_ERROR;
  return proda_sources_find(b->manifest, b->arena, &b->sources, b->error) || check_sources(b)
             ? PRODA_ERROR
             : PRODA_OK;
}

static int run(struct build *b, const struct proda_build_options *options)
{
  if (find_sources(b))
    return PRODA_ERROR;
  bool formulas = b->manifest->has_formulas, sources = b->sources.n_compiled > 0;
  if (formulas && write_file(b, ".formulas.c", write_formulas))
    return PRODA_ERROR;
  if ((!formulas || b->manifest->n_functions > 0) && write_file(b, ".names.h", write_names))
    return PRODA_ERROR;
  if (sources && write_file(b, ".sources.c", write_sources))
    return PRODA_ERROR;
  int status = compile(b, options);
  if (sources)
    unlink(beside(b, ".sources.c"));
  return status;
}

int proda_plugin_build(const char *manifest_path, const struct proda_build_options *options,
                       struct proda_error *error)
{
  struct proda_manifest *manifest = NULL;
  const struct proda_search_path *search = options ? options->search : NULL;
  if (proda_manifest_read_along(search, manifest_path, &manifest, error))
    return PRODA_ERROR;
  struct build b = {.manifest = manifest,
                    .arena = proda_arena_new(),
                    .allow_unsafe = search && search->allow_unsafe,
                    .error = error};
  int status = b.arena ? run(&b, options) : out_of_memory(&b);
  proda_arena_free(b.arena);
  proda_manifest_free(manifest);
  return status;
}
