#include "config.h"

#include "core/trust.h"

#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "core/installed.h"

enum { MOST_LINKS = 40 };

/** What is done at each directory, link and file on the way; anything but 0 ends the walk. */
typedef int visitor(void *context, const char *path, const struct stat *status);

/** A way from the root: what has been passed, without links, and what is still to be followed. */
struct walk {
  visitor *visit;
  void *context;
  char here[PATH_MAX], rest[PATH_MAX];
  int links;
  struct stat status;
};

static int too_long(const char *path, struct proda_error *error)
{
  return proda_error_set(error, "%.200s...: the path is too long", path);
}

/** `rest` becomes FIRST/SECOND. */
static int put_rest(struct walk *walk, const char *first, const char *second,
                    struct proda_error *error)
{
  char joined[PATH_MAX];
  int length = snprintf(joined, sizeof joined, "%s/%s", first, second);
  if (length < 0 || length >= PATH_MAX)
    return too_long(first, error);
  memcpy(walk->rest, joined, (size_t)length + 1);
  return PRODA_OK;
}

static int begin(struct walk *walk, const char *path, struct proda_error *error)
{
  char *directory = NULL;
  walk->here[0] = '\0';
  walk->links = 0;
  if (path[0] != '/' && !(directory = getcwd(NULL, 0)))
    return proda_error_set(error, "the working directory cannot be told: %s", strerror(errno));
  int status = put_rest(walk, directory ? directory : "", path, error);
  free(directory);
  return status;
}

static void leave(struct walk *walk)
{
  char *slash = strrchr(walk->here, '/');
  if (slash)
    *slash = '\0';
}

static int follow_link(struct walk *walk, struct proda_error *error)
{
  char target[PATH_MAX];
  ssize_t length = readlink(walk->here, target, sizeof target - 1);
  if (length < 0)
    return proda_error_set(error, "%s: cannot be read: %s", walk->here, strerror(errno));
  if (++walk->links > MOST_LINKS)
    return proda_error_set(error, "%s: cannot be read: %s", walk->here, strerror(ELOOP));
  target[length] = '\0';
  char rest[PATH_MAX];
  memcpy(rest, walk->rest, sizeof rest);
  if (target[0] == '/')
    walk->here[0] = '\0';
  else
    leave(walk);
  return put_rest(walk, target, rest, error);
}

/** Enters the next name of the rest, which is `length` long. */
static int enter(struct walk *walk, size_t length, struct proda_error *error)
{
  size_t used = strlen(walk->here);
  if (used + length + 2 > PATH_MAX)
    return too_long(walk->here, error);
  walk->here[used] = '/';
  memcpy(walk->here + used + 1, walk->rest, length);
  walk->here[used + 1 + length] = '\0';
  memmove(walk->rest, walk->rest + length, strlen(walk->rest + length) + 1);
  if (lstat(walk->here, &walk->status))
    return proda_error_set(error, "%s: cannot be read: %s", walk->here, strerror(errno));
  int status = walk->visit(walk->context, walk->here, &walk->status);
  return !status && S_ISLNK(walk->status.st_mode) ? follow_link(walk, error) : status;
}

/** Visits all that leads to `path`, from the root on, and `path` itself. */
static int follow(struct walk *walk, const char *path, struct proda_error *error)
{
  if (begin(walk, path, error))
    return PRODA_ERROR;
  if (lstat("/", &walk->status))
    return proda_error_set(error, "/: cannot be read: %s", strerror(errno));
  int status = walk->visit(walk->context, "/", &walk->status);
  while (!status) {
    size_t slashes = strspn(walk->rest, "/");
    memmove(walk->rest, walk->rest + slashes, strlen(walk->rest + slashes) + 1);
    size_t length = strcspn(walk->rest, "/");
    bool up = length == 2 && memcmp(walk->rest, "..", 2) == 0;
    if (length == 0)
      break;
    if (!up && !(length == 1 && walk->rest[0] == '.')) {
      status = enter(walk, length, error);
      continue;
    }
    if (up)
      leave(walk);
    memmove(walk->rest, walk->rest + length, strlen(walk->rest + length) + 1);
  }
  return status;
}

/* ---- who may change something ---- */

static bool has_access_list(const char *path)
{
  return getxattr(path, "system.posix_acl_access", NULL, 0) > 0;
}

/** In a directory with the sticky bit only owners rename and remove. */
static bool is_shared(const struct stat *status)
{
  return S_ISDIR(status->st_mode) && (status->st_mode & S_ISVTX);
}

/** Whether no account but its owner's has the group of a file. */
static bool is_private_group(const struct stat *status)
{
  const struct passwd *owner = getpwuid(status->st_uid);
  char *name = owner && owner->pw_gid == status->st_gid ? strdup(owner->pw_name) : NULL;
  const struct group *group = name ? getgrgid(status->st_gid) : NULL;
  bool alone = group && strcmp(group->gr_name, name) == 0;
  for (size_t i = 0; alone && group->gr_mem[i]; i++)
    alone = strcmp(group->gr_mem[i], name) == 0;
  if (alone)
    setpwent();
  for (const struct passwd *other; alone && (other = getpwent());)
    alone = other->pw_gid != status->st_gid || other->pw_uid == status->st_uid;
  endpwent();
  free(name);
  return alone;
}

/** How others could change something: the first way that is found. */
enum way { NO_WAY, AS_OWNER, AS_GROUP, AS_ANYBODY };

struct question {
  enum way way;
  uid_t owner;
  gid_t group;
  bool answer;
};

/** Whether who can change a file in this way can change this part of the program too. */
static int ask_program(void *context, const char *path, const struct stat *status)
{
  struct question *question = context;
  bool open = !is_shared(status);
  if (question->way == AS_OWNER)
    question->answer = question->owner == status->st_uid;
  else if (question->way == AS_GROUP)
    question->answer = open && question->group == status->st_gid && (status->st_mode & S_IWGRP) &&
                       !has_access_list(path);
  else
    question->answer = open && (status->st_mode & S_IWOTH);
  return question->answer;
}

static bool can_change_program(enum way way, const struct stat *status)
{
  struct question question = {way, status->st_uid, status->st_gid, false};
  struct walk walk = {.visit = ask_program, .context = &question};
  char *library = proda_installed_library();
  if (library)
    follow(&walk, library, NULL);
  free(library);
  return question.answer;
}

/** How others could change it. `adding`: files must not be added to it either. */
static enum way way_of_others(const char *path, const struct stat *status, bool adding)
{
  uid_t owner = status->st_uid;
  bool closed = S_ISLNK(status->st_mode) || (!adding && is_shared(status));
  if (owner != 0 && owner != geteuid() && !can_change_program(AS_OWNER, status))
    return AS_OWNER;
  if (closed)
    return NO_WAY;
  if ((status->st_mode & S_IWOTH) && (is_shared(status) || !can_change_program(AS_ANYBODY, status)))
    return AS_ANYBODY;
  if ((status->st_mode & S_IWGRP) &&
      (has_access_list(path) ||
       (!is_private_group(status) && !can_change_program(AS_GROUP, status))))
    return AS_GROUP;
  return NO_WAY;
}

/* ---- refusing ---- */

static const char *name_of_user(uid_t user, char text[64])
{
  const struct passwd *entry = getpwuid(user);
  if (entry)
    snprintf(text, 64, "%.60s", entry->pw_name);
  else
    snprintf(text, 64, "user %u", (unsigned)user);
  return text;
}

static const char *name_of_group(gid_t group, char text[64])
{
  const struct group *entry = getgrgid(group);
  if (entry)
    snprintf(text, 64, "%.60s", entry->gr_name);
  else
    snprintf(text, 64, "%u", (unsigned)group);
  return text;
}

struct look {
  const char *path;
  struct proda_error *error;
};

static int refuse(const struct look *look, enum way way, const char *at, const struct stat *status)
{
  char owner[64], group[64], who[80];
  const char *repair = "chmod go-w";
  bool itself = strcmp(look->path, at) == 0;
  name_of_user(status->st_uid, owner);
  name_of_group(status->st_gid, group);
  if (way == AS_OWNER)
    snprintf(who, sizeof who, "its owner %.60s", owner);
  else if (way == AS_ANYBODY)
    snprintf(who, sizeof who, "everybody");
  else
    snprintf(who, sizeof who, "group %.60s", group);
  if (way == AS_OWNER) {
    repair = "chown -h root";
  } else if (way == AS_GROUP && has_access_list(at)) {
    snprintf(who, sizeof who, "whom its access list names");
    repair = "setfacl -b";
  }
  return proda_error_set(look->error,
                         "%s: not trusted: %s%s can be changed by %s (mode %04o, owner %s, group "
                         "%s), and a plugin runs with your rights; `%s %s` closes it, `proda "
                         "--allow-unsafe-plugins` takes it as it is",
                         look->path, itself ? "it" : at, itself ? "" : " on the way to it", who,
                         (unsigned)status->st_mode & 07777U, owner, group, repair, at);
}

static int judge(void *context, const char *path, const struct stat *status)
{
  enum way way = way_of_others(path, status, false);
  return way ? refuse(context, way, path, status) : PRODA_OK;
}

int proda_trust_path(const char *path, struct proda_error *error)
{
  struct look look = {path, error};
  struct walk walk = {.visit = judge, .context = &look};
  return follow(&walk, path, error);
}

static int judge_entries(const char *path, DIR *directory, struct proda_error *error)
{
  int status = PRODA_OK;
  for (struct dirent *entry; !status && (entry = readdir(directory));) {
    char *file = NULL;
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
      continue;
    if (asprintf(&file, "%s/%s", path, entry->d_name) < 0)
      return proda_error_set(error, "out of memory");
    status = proda_trust_path(file, error);
    free(file);
  }
  return status;
}

int proda_trust_directory(const char *path, struct proda_error *error)
{
  struct look look = {path, error};
  struct walk walk = {.visit = judge, .context = &look};
  int status = follow(&walk, path, error);
  enum way way = status ? NO_WAY : way_of_others(walk.here, &walk.status, true);
  if (way)
    return refuse(&look, way, path, &walk.status);
  DIR *directory = status ? NULL : opendir(path);
  if (!status && !directory)
    return proda_error_set(error, "%s: cannot be listed: %s", path, strerror(errno));
  if (directory) {
    status = judge_entries(path, directory, error);
    closedir(directory);
  }
  return status;
}
