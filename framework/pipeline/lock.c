#define _GNU_SOURCE /* locks of open files, timegm */
#include "pipeline/lock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/stage.h"

static const char file_name[] = ".proda-run";

struct proda_lock {
  char *directory, *path;
  int fd;
  bool made_directory;
  struct proda_lock_facts facts;
};

/* ---- the facts as text ---- */

enum { MOST_TEXT = 4096 };

void proda_lock_time(time_t time, char text[32])
{
  struct tm parts;
  if (!gmtime_r(&time, &parts) || strftime(text, 32, "%Y-%m-%d %H:%M:%S UTC", &parts) == 0)
    snprintf(text, 32, "an unknown time");
}

static void print_time(FILE *stream, const char *key, time_t time)
{
  char text[32];
  proda_lock_time(time, text);
  fprintf(stream, "%s: %s\n", key, text);
}

static time_t read_time(const char *text)
{
  struct tm parts = {0};
  return strptime(text, "%Y-%m-%d %H:%M:%S UTC", &parts) ? timegm(&parts) : 0;
}

/* A line a fact; what is unknown has none. */
static void print_facts(FILE *stream, const struct proda_lock_facts *facts)
{
  fprintf(stream, "process: %ld\nhost: %s\ncommand: %s\nexperiment: %s\n", facts->process,
          facts->host, facts->command, facts->experiment);
  print_time(stream, "since", facts->since);
  if (facts->stage[0]) {
    fprintf(stream, "stage: %s\nstage_first: %zu\n", facts->stage, facts->stage_first);
    print_time(stream, "stage_since", facts->stage_since);
  }
  if (facts->end[0]) {
    fprintf(stream, "end: %s\n", facts->end);
    print_time(stream, "ended", facts->ended);
  }
}

/* The value of "KEY: VALUE" in text, cut to the size; "" where there is none. */
static void find_fact(const char *text, const char *key, char *value, size_t size)
{
  size_t length = strlen(key);
  value[0] = '\0';
  for (const char *line = text; line; line = strchr(line, '\n')) {
    line += *line == '\n';
    if (strncmp(line, key, length) != 0 || strncmp(line + length, ": ", 2) != 0)
      continue;
    snprintf(value, size, "%.*s", (int)strcspn(line + length + 2, "\n"), line + length + 2);
    return;
  }
}

static void read_facts(const char *text, struct proda_lock_facts *facts)
{
  char value[64];
  find_fact(text, "process", value, sizeof value);
  facts->process = strtol(value, NULL, 10);
  find_fact(text, "host", facts->host, sizeof facts->host);
  find_fact(text, "command", facts->command, sizeof facts->command);
  find_fact(text, "experiment", facts->experiment, sizeof facts->experiment);
  find_fact(text, "since", value, sizeof value);
  facts->since = read_time(value);
  find_fact(text, "stage", facts->stage, sizeof facts->stage);
  find_fact(text, "stage_first", value, sizeof value);
  facts->stage_first = strtoul(value, NULL, 10);
  find_fact(text, "stage_since", value, sizeof value);
  facts->stage_since = read_time(value);
  find_fact(text, "end", facts->end, sizeof facts->end);
  find_fact(text, "ended", value, sizeof value);
  facts->ended = read_time(value);
}

/* Cut facts would be read as other ones: they are cut here, between lines. */
static int write_facts(const struct proda_lock *lock)
{
  char text[MOST_TEXT] = "";
  FILE *stream = fmemopen(text, sizeof text, "w");
  if (!stream)
    return errno;
  print_facts(stream, &lock->facts);
  fclose(stream);
  text[sizeof text - 1] = '\0';
  size_t size = strlen(text);
  ssize_t put = pwrite(lock->fd, text, size, 0);
  if (put < 0 || (size_t)put != size)
    return put < 0 ? errno : ENOSPC;
  return ftruncate(lock->fd, (off_t)size) == 0 ? 0 : errno;
}

static void look_at(int fd, struct proda_lock_facts *facts)
{
  char text[MOST_TEXT];
  ssize_t n = pread(fd, text, sizeof text - 1, 0);
  text[n > 0 ? n : 0] = '\0';
  memset(facts, 0, sizeof *facts);
  read_facts(text, facts);
}

/* ---- taking it ---- */

static int cannot_write(const char *directory, int code, struct proda_error *error)
{
  if (code == ENOSPC || code == EDQUOT)
    return proda_error_set(error, "%s: is full: %s; make room there, then run it again", directory,
                           strerror(code));
  return proda_error_set(error,
                         "%s: results cannot be written there: %s; make it writable or name "
                         "another directory as `output` of the experiment",
                         directory, strerror(code));
}

static int cannot_lock(const char *directory, int code, struct proda_error *error)
{
  return proda_error_set(error,
                         "%s: cannot be locked against a second run: %s; is its file system "
                         "mounted without locks? Name another directory as `output`",
                         directory, strerror(code));
}

static int in_use(const char *directory, const struct proda_lock_facts *facts,
                  struct proda_error *error)
{
  char since[32];
  proda_lock_time(facts->since, since);
  if (facts->process == 0)
    return proda_error_set(error, "%s: another run is at work there; wait for it or stop it",
                           directory);
  return proda_error_set(error,
                         "%s: another run is at work there: process %ld on %s since %s (`%s`%s%s); "
                         "wait for it, or stop it with `kill %ld` on %s; `proda status %s` tells "
                         "how far it is",
                         directory, facts->process, facts->host, since, facts->command,
                         facts->stage[0] ? ", now " : "", facts->stage, facts->process, facts->host,
                         directory);
}

/* Whether the lock is held by what is about to go: facts of a process that has ended, or of none.
 */
static bool passing(const struct proda_lock_facts *facts, const char *host)
{
  if (facts->end[0] || facts->process <= 0)
    return true;
  return strcmp(facts->host, host) == 0 && kill((pid_t)facts->process, 0) != 0 && errno == ESRCH;
}

/* Whether the name still leads to this file: its last holder may have removed it. */
static bool still_there(const struct proda_lock *lock)
{
  struct stat named, open;
  return stat(lock->path, &named) == 0 && fstat(lock->fd, &open) == 0 &&
         named.st_dev == open.st_dev && named.st_ino == open.st_ino;
}

static int open_locked(struct proda_lock *lock, struct proda_error *error)
{
  static const struct timespec pause = {.tv_nsec = 20000000};
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  struct proda_lock_facts holder;
  for (double waited = 0;; waited += 0.02) {
    lock->fd = open(lock->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (lock->fd < 0)
      return cannot_write(lock->directory, errno, error);
    if (fcntl(lock->fd, F_OFD_SETLK, &whole) == 0) {
      if (still_there(lock))
        return PRODA_OK;
    } else if (errno != EAGAIN && errno != EACCES)
      return cannot_lock(lock->directory, errno, error);
    look_at(lock->fd, &holder);
    close(lock->fd);
    lock->fd = -1;
    if (!passing(&holder, lock->facts.host) || waited >= PRODA_LOCK_PATIENCE)
      return in_use(lock->directory, &holder, error);
    nanosleep(&pause, NULL);
  }
}

static int make_directory(struct proda_lock *lock, struct proda_error *error)
{
  struct stat found;
  lock->made_directory = stat(lock->directory, &found) != 0 && errno == ENOENT;
  return proda_make_parents(lock->path, error);
}

/* A fact is one line. */
static void put_line(char *to, size_t size, const char *text)
{
  snprintf(to, size, "%s", text);
  for (char *c = to; *c; c++)
    if (*c == '\n' || *c == '\r')
      *c = ' ';
}

static void describe_self(struct proda_lock_facts *facts, const char *command,
                          const char *experiment)
{
  char *full = realpath(experiment, NULL);
  *facts = (struct proda_lock_facts){.process = (long)getpid(), .since = time(NULL)};
  if (gethostname(facts->host, sizeof facts->host - 1) != 0)
    snprintf(facts->host, sizeof facts->host, "unknown");
  put_line(facts->command, sizeof facts->command, command);
  put_line(facts->experiment, sizeof facts->experiment, full ? full : experiment);
  free(full);
}

static void lock_free(struct proda_lock *lock)
{
  if (lock->fd >= 0)
    close(lock->fd);
  free(lock->directory);
  free(lock->path);
  free(lock);
}

int proda_lock_take(const char *directory, const char *command, const char *experiment,
                    struct proda_lock **lock, struct proda_error *error)
{
  struct proda_lock *made = calloc(1, sizeof *made);
  if (!made)
    return proda_error_set(error, "out of memory for a lock");
  made->fd = -1;
  made->directory = strdup(directory);
  if (asprintf(&made->path, "%s/%s", directory, file_name) < 0)
    made->path = NULL;
  describe_self(&made->facts, command, experiment);
  int status = made->directory && made->path ? make_directory(made, error)
                                             : proda_error_set(error, "out of memory for a lock");
  if (status == PRODA_OK)
    status = open_locked(made, error);
  int code = status == PRODA_OK ? write_facts(made) : 0;
  if (code != 0)
    status = cannot_write(directory, code, error);
  if (status == PRODA_OK)
    *lock = made;
  else
    lock_free(made);
  return status;
}

void proda_lock_note(struct proda_lock *lock, const char *stage)
{
  if (!lock)
    return;
  put_line(lock->facts.stage, sizeof lock->facts.stage, stage);
  proda_lock_note_done(lock, 0);
}

void proda_lock_note_done(struct proda_lock *lock, size_t done)
{
  if (!lock)
    return;
  lock->facts.stage_first = done;
  lock->facts.stage_since = time(NULL);
  (void)write_facts(lock);
}

/* ---- giving it back ---- */

static bool is_empty_but_for_lock(const char *directory)
{
  DIR *stream = opendir(directory);
  bool empty = stream != NULL;
  for (struct dirent *entry; stream && (entry = readdir(stream));)
    empty = empty && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
                      strcmp(entry->d_name, file_name) == 0);
  if (stream)
    closedir(stream);
  return empty;
}

void proda_lock_release(struct proda_lock *lock, const char *end)
{
  if (!lock)
    return;
  struct proda_lock_facts noted;
  look_at(lock->fd, &noted); /* another process of this run may have noted the stage */
  noted.held = false;
  put_line(noted.end, sizeof noted.end, end);
  noted.ended = time(NULL);
  lock->facts = noted;
  (void)write_facts(lock);
  if (lock->made_directory && is_empty_but_for_lock(lock->directory) && unlink(lock->path) == 0)
    (void)rmdir(lock->directory);
  lock_free(lock);
}

/* ---- asking ---- */

int proda_lock_look(const char *directory, struct proda_lock_facts *facts,
                    struct proda_error *error)
{
  char *path = NULL;
  memset(facts, 0, sizeof *facts);
  if (asprintf(&path, "%s/%s", directory, file_name) < 0)
    return proda_error_set(error, "out of memory for a path");
  int fd = open(path, O_RDONLY | O_CLOEXEC), code = errno;
  free(path);
  if (fd < 0)
    return code == ENOENT || code == ENOTDIR
               ? PRODA_OK
               : proda_error_set(error, "%s/%s: cannot be read: %s", directory, file_name,
                                 strerror(code));
  struct flock query = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
  look_at(fd, facts);
  if (fcntl(fd, F_OFD_GETLK, &query) == 0)
    facts->held = query.l_type != F_UNLCK;
  close(fd);
  return PRODA_OK;
}
