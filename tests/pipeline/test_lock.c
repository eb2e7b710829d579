/* One run at a time in an output directory. Failures of the system are put in by the linker's
 * --wrap. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "pipeline/lock.h"
#include "scratch.h"

static int fail_open, fail_write, fail_lock; /* the errno to fail with */
static const char *unlink_first;             /* removed before the next lock is taken */

int __real_open(const char *path, int flags, mode_t mode);
int __wrap_open(const char *path, int flags, mode_t mode);
ssize_t __real_pwrite(int fd, const void *data, size_t size, off_t at);
ssize_t __wrap_pwrite(int fd, const void *data, size_t size, off_t at);
int __real_fcntl(int fd, int command, void *argument);
int __wrap_fcntl(int fd, int command, void *argument);

int __wrap_open(const char *path, int flags, mode_t mode)
{
  errno = fail_open;
  return fail_open ? -1 : __real_open(path, flags, mode);
}

ssize_t __wrap_pwrite(int fd, const void *data, size_t size, off_t at)
{
  errno = fail_write;
  return fail_write ? -1 : __real_pwrite(fd, data, size, at);
}

int __wrap_fcntl(int fd, int command, void *argument)
{
  if (unlink_first)
    assert_int_equal(unlink(unlink_first), 0);
  unlink_first = NULL;
  errno = fail_lock;
  return fail_lock ? -1 : __real_fcntl(fd, command, argument);
}

static struct proda_lock *take(const char *directory)
{
  struct proda_error error = {""};
  struct proda_lock *lock = NULL;
  assert_ok(proda_lock_take(directory, "proda run a.yaml", "a.yaml", &lock, &error), error);
  assert_non_null(lock);
  return lock;
}

/* The message of a lock that is not given. */
static const char *refusal(const char *directory)
{
  static struct proda_error error;
  struct proda_lock *lock = NULL;
  assert_int_equal(proda_lock_take(directory, "proda run b.yaml", "b.yaml", &lock, &error),
                   PRODA_ERROR);
  assert_null(lock);
  return error.message;
}

static void assert_says(const char *message, const char *part)
{
  if (!strstr(message, part))
    print_error("expected '%s' in: %s\n", part, message);
  assert_non_null(strstr(message, part));
}

static struct proda_lock_facts look(const char *directory)
{
  struct proda_error error = {""};
  struct proda_lock_facts facts;
  assert_ok(proda_lock_look(directory, &facts, &error), error);
  return facts;
}

static void test_second_is_told_of_the_first(void **state)
{
  (void)state;
  char path[2100], process[64], host[64] = "";
  snprintf(path, sizeof path, "%s", scratch_path("used"));
  assert_int_equal(mkdir(path, 0777), 0);
  struct proda_lock *lock = take(path);
  proda_lock_note(lock, "calibrate clm5");
  proda_lock_note_done(lock, 7);
  const char *message = refusal(path);
  snprintf(process, sizeof process, "kill %ld", (long)getpid());
  gethostname(host, sizeof host - 1);
  assert_says(message, path);
  assert_says(message, process);
  assert_says(message, host);
  assert_says(message, "`proda run a.yaml`, now calibrate clm5");
  struct proda_lock_facts facts = look(path);
  assert_true(facts.held);
  assert_int_equal(facts.process, getpid());
  assert_string_equal(facts.stage, "calibrate clm5");
  assert_int_equal(facts.stage_first, 7);
  assert_true(labs(time(NULL) - facts.since) < 60);
  proda_lock_release(lock, "done");
  facts = look(path);
  assert_false(facts.held);
  assert_string_equal(facts.end, "done");
  assert_string_equal(facts.command, "proda run a.yaml");
  proda_lock_release(take(path), "done");
}

/* A process that takes the lock, says so, and waits to be killed; `heir` is its child's process
 * where it has one that outlives it for a moment. */
static pid_t start_holder(const char *path, bool with_heir)
{
  int ready[2];
  char byte;
  assert_int_equal(pipe(ready), 0);
  pid_t holder = fork();
  if (holder == 0) {
    struct proda_lock *lock = NULL;
    if (proda_lock_take(path, "proda run dies.yaml", "dies.yaml", &lock, NULL) != PRODA_OK)
      _exit(1);
    pid_t self = getpid();
    if (with_heir && fork() == 0) {
      while (getppid() == self)
        usleep(1000);
      usleep(200000);
      _exit(0);
    }
    (void)!write(ready[1], "x", 1);
    for (;;)
      pause();
  }
  assert_int_equal(read(ready[0], &byte, 1), 1);
  close(ready[0]);
  close(ready[1]);
  return holder;
}

static void check_killed(const char *name, bool with_heir)
{
  char path[2100];
  snprintf(path, sizeof path, "%s", scratch_path(name));
  pid_t holder = start_holder(path, with_heir);
  assert_says(refusal(path), "dies.yaml");
  kill(holder, SIGKILL);
  waitpid(holder, NULL, 0);
  struct proda_lock_facts facts = look(path);
  assert_true(facts.held == with_heir);
  assert_string_equal(facts.end, "");
  proda_lock_release(take(path), "done");
}

static void test_lock_of_a_killed_run_is_free(void **state)
{
  (void)state;
  check_killed("killed", false);
}

/* A worker that has not yet seen the end of its host. */
static void test_what_a_killed_run_leaves_is_waited_for(void **state)
{
  (void)state;
  check_killed("heir", true);
}

static void test_failures_are_told(void **state)
{
  (void)state;
  char path[2100];
  snprintf(path, sizeof path, "%s", scratch_path("failing"));
  fail_open = EROFS;
  assert_says(refusal(path), "cannot be written there: Read-only file system");
  fail_open = ENOSPC;
  assert_says(refusal(path), "is full: No space left");
  fail_open = 0;
  fail_write = ENOSPC;
  assert_says(refusal(path), "is full: No space left");
  fail_write = 0;
  fail_lock = ENOLCK;
  assert_says(refusal(path), "cannot be locked against a second run: No locks available");
  fail_lock = 0;
  proda_lock_release(take(path), "failed");
}

static void test_output_that_is_a_file(void **state)
{
  (void)state;
  char path[2100];
  snprintf(path, sizeof path, "%s", scratch_path("file"));
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fclose(file);
  assert_says(refusal(path), "Not a directory");
}

/* A run that failed before it wrote anything leaves no trace. */
static void test_empty_directory_is_removed(void **state)
{
  (void)state;
  char path[2100];
  struct stat found;
  snprintf(path, sizeof path, "%s", scratch_path("deep/empty"));
  proda_lock_release(take(path), "failed");
  assert_int_not_equal(stat(path, &found), 0);
  assert_int_equal(mkdir(path, 0777), 0);
  proda_lock_release(take(path), "failed");
  assert_int_equal(stat(path, &found), 0);
}

/* Between opening and locking, the holder before may have removed the file. */
static void test_lock_on_a_removed_file_is_taken_anew(void **state)
{
  (void)state;
  char path[2100], file[2200];
  snprintf(path, sizeof path, "%s", scratch_path("removed"));
  snprintf(file, sizeof file, "%s/.proda-run", path);
  proda_lock_release(take(path), "done");
  assert_int_equal(mkdir(path, 0777), 0);
  unlink_first = file;
  struct proda_lock *lock = take(path);
  assert_true(look(path).held);
  proda_lock_release(lock, "done");
}

static void test_nothing_is_known_of_other_directories(void **state)
{
  (void)state;
  assert_int_equal(look(scratch_path("nowhere")).process, 0);
  assert_false(look(scratch_directory).held);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_second_is_told_of_the_first),
      cmocka_unit_test(test_lock_of_a_killed_run_is_free),
      cmocka_unit_test(test_what_a_killed_run_leaves_is_waited_for),
      cmocka_unit_test(test_failures_are_told),
      cmocka_unit_test(test_output_that_is_a_file),
      cmocka_unit_test(test_empty_directory_is_removed),
      cmocka_unit_test(test_lock_on_a_removed_file_is_taken_anew),
      cmocka_unit_test(test_nothing_is_known_of_other_directories),
  };
  return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
