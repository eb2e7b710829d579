#include "config.h"

#include "plugin/template.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file.h"
#include "core/installed.h"
#include "core/trust.h"
#include "core/unwritable.h"
#include "yaml/yaml.h"

enum { LARGEST_FILE = 4 << 20, MAX_PATH = 4096 };
static const char mark[] = "@name@", mark_of_file[] = "NAME";

/** A folder being made. */
struct making {
  const struct proda_search_path *search;
  const char *name, *like;
  char from[MAX_PATH]; /* the template */
  char to[MAX_PATH];   /* where it is made, before it gets its name */
  mode_t mask;
  struct proda_error *error;
};

/** DIRECTORY/FILE; refuses paths that are too long. */
static int join(const struct making *making, const char *directory, const char *file,
                char out[static MAX_PATH])
{
  int length = snprintf(out, MAX_PATH, "%s/%s", directory, file);
  return length > 0 && length < MAX_PATH
             ? PRODA_OK
             : proda_error_set(making->error, "%s/%s: the path is too long", directory, file);
}

/** `text` with every `word` replaced by the name. */
static void write_filled(const char *text, const char *word, const char *name, FILE *out)
{
  for (const char *next; (next = strstr(text, word)); text = next + strlen(word)) {
    fwrite(text, 1, (size_t)(next - text), out);
    fputs(name, out);
  }
  fputs(text, out);
}

/* ---- the manifest of another structure ---- */

/** Where a scalar stands in its text. */
static const char *find_scalar(const char *text, const struct proda_yaml_node *node)
{
  for (size_t line = 1; line < node->line; line++)
    text = strchr(text, '\n') + 1;
  return text + node->column - 1;
}

static void write_renamed(const struct making *making, const char *text,
                          const struct proda_yaml_node *name, FILE *out)
{
  const char *at = find_scalar(text, name);
  fprintf(out, "# %s, begun as a copy of %s.\n", making->name, name->text);
  fwrite(text, 1, (size_t)(at - text), out);
  fputs(making->name, out);
  fputs(at + strlen(name->text) + (name->quoted ? 2 : 0), out);
}

static int check_like(const struct making *making)
{
  struct proda_manifest *manifest = NULL;
  int status = proda_manifest_read_along(making->search, making->like, &manifest, making->error);
  if (!status && manifest->kind != PRODA_MODEL)
    status = proda_error_set(making->error, "%s is of kind %s; expected a structure to begin with",
                             making->like, proda_kind_name(manifest->kind));
  else if (!status && (!manifest->has_formulas || manifest->n_functions > 0))
    status = proda_error_set(making->error,
                             "%s needs C code beside its manifest, which is not copied; expected a "
                             "structure of formulas alone",
                             making->like);
  proda_manifest_free(manifest);
  return status;
}

static int write_like(const struct making *making, FILE *out)
{
  struct proda_yaml *document = NULL;
  char *text = NULL;
  size_t size = 0;
  int status = check_like(making);
  if (!status)
    status = proda_file_read(making->like, LARGEST_FILE, &text, &size, making->error);
  if (!status)
    status = proda_yaml_parse(making->like, text, size, &document, making->error);
  if (!status)
    write_renamed(making, text, proda_yaml_get(proda_yaml_root(document), "name"), out);
  proda_yaml_free(document);
  free(text);
  return status;
}

/* ---- files ---- */

static int write_template(const struct making *making, const char *file, FILE *out)
{
  char path[MAX_PATH], *text = NULL;
  size_t size = 0;
  if (join(making, making->from, file, path) ||
      proda_file_read(path, LARGEST_FILE, &text, &size, making->error))
    return PRODA_ERROR;
  write_filled(text, mark, making->name, out);
  free(text);
  return PRODA_OK;
}

static bool ends_with(const char *text, const char *ending)
{
  size_t length = strlen(text), end = strlen(ending);
  return length >= end && strcmp(text + length - end, ending) == 0;
}

static int write_file(const struct making *making, const char *file)
{
  char path[MAX_PATH], *name = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&name, &size);
  if (!out)
    return proda_error_set(making->error, "out of memory");
  write_filled(file, mark_of_file, making->name, out);
  fclose(out);
  int status = join(making, making->to, name, path);
  free(name);
  if (status)
    return status;
  out = fopen(path, "w");
  if (!out)
    return proda_unwritable(path, "cannot be written", errno, 0, making->error);
  status = making->like && ends_with(file, ".yaml") && strstr(file, mark_of_file)
               ? write_like(making, out)
               : write_template(making, file, out);
  errno = 0;
  bool written = !ferror(out);
  if ((fclose(out) || !written) && !status)
    status = proda_unwritable(path, "cannot be written", errno, 0, making->error);
  if (!status && ends_with(file, ".sh"))
    chmod(path, 0777 & ~making->mask);
  return status;
}

static int is_plain(const struct dirent *entry)
{
  return entry->d_name[0] != '.';
}

static int write_files(const struct making *making)
{
  struct dirent **entry = NULL;
  int n = scandir(making->from, &entry, is_plain, alphasort), status = PRODA_OK;
  if (n < 0)
    return proda_error_set(making->error,
                           "%s: templates cannot be read: %s; is the installation whole? "
                           "PRODA_TEMPLATE_PATH names another directory of templates",
                           making->from, strerror(errno));
  for (int i = 0; i < n; i++) {
    if (!status)
      status = write_file(making, entry[i]->d_name);
    free(entry[i]);
  }
  free(entry);
  return status;
}

/** The manifest must read from its new place too: what it includes is found there. */
static int check_manifest(const struct making *making)
{
  struct proda_manifest *manifest = NULL;
  char file[MAX_PATH], path[MAX_PATH];
  snprintf(file, sizeof file, "%s.yaml", making->name);
  int status = join(making, making->to, file, path);
  if (!status)
    status = proda_manifest_read_along(making->search, path, &manifest, making->error);
  proda_manifest_free(manifest);
  return status;
}

static void remove_folder(const char *path)
{
  char file[2 * MAX_PATH];
  DIR *folder = opendir(path);
  for (struct dirent *entry; folder && (entry = readdir(folder));) {
    snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
    unlink(file);
  }
  if (folder)
    closedir(folder);
  rmdir(path);
}

/** Gives the folder its name, where that is still free. */
static int settle(const struct making *making)
{
  chmod(making->to, 0777 & ~making->mask);
  int code = renameat2(AT_FDCWD, making->to, AT_FDCWD, making->name, RENAME_NOREPLACE);
  if (code != 0 && errno == EINVAL) /* a file system that cannot ask */
    code = rename(making->to, making->name);
  return code == 0 ? PRODA_OK
                   : proda_error_set(making->error, "%s: the folder cannot be made: %s",
                                     making->name, strerror(errno));
}

int proda_template_write(const struct proda_search_path *search, enum proda_kind kind,
                         const char *name, const char *like, struct proda_error *error)
{
  const char *given = getenv("PRODA_TEMPLATE_PATH");
  char installed[PRODA_INSTALLED_SIZE];
  struct making making = {
      .search = search, .name = name, .like = like, .mask = umask(0), .error = error};
  struct stat there;
  umask(making.mask);
  if (!proda_is_identifier(name))
    return proda_error_set(error,
                           "'%.60s' cannot name a plugin: expected letters, digits and _, not "
                           "starting with a digit, at most %d",
                           name, PRODA_IDENTIFIER_LENGTH);
  if (lstat(name, &there) == 0)
    return proda_error_set(error, "%s is there already; choose another name, or move it away",
                           name);
  if (join(&making, given && *given ? given : proda_installed_path(PRODA_TEMPLATE_DIR, installed),
           proda_kind_name(kind), making.from))
    return PRODA_ERROR;
  if (!(search && search->allow_unsafe) && access(making.from, F_OK) == 0 &&
      proda_trust_directory(making.from, error))
    return PRODA_ERROR;
  snprintf(making.to, sizeof making.to, ".%s.XXXXXX", name);
  if (!mkdtemp(making.to))
    return proda_error_set(error, "no folder can be made here: %s", strerror(errno));
  int status = write_files(&making);
  if (!status)
    status = check_manifest(&making);
  if (!status)
    status = settle(&making);
  if (status)
    remove_folder(making.to);
  return status;
}
