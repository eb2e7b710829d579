/* A journal survives what happens to files: it is cut, spoilt, foreign, locked, or the disk fails.
 * Failures of the system are put in by the linker's --wrap. */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>

#include "scratch.h"
#include "store/journal.h"

enum { HEADER = 56, RECORD = 152 + 8 * 3, N_RECORDS = 4 };

static const char inputs[] = "0123456789abcdef0123456789abcdef";
static struct proda_error error;

/* ---- failures on demand ---- */

static ssize_t write_budget = -1; /* bytes before the disk is full; -1: no end */
static int read_fails, lock_fails, sync_fails;
static int n_data_syncs, n_name_syncs;
static double clock_ahead; /* of the clock that nobody sets, seconds */

ssize_t __real_pwrite(int fd, const void *buffer, size_t size, off_t at);
ssize_t __wrap_pwrite(int fd, const void *buffer, size_t size, off_t at);
ssize_t __real_pread(int fd, void *buffer, size_t size, off_t at);
ssize_t __wrap_pread(int fd, void *buffer, size_t size, off_t at);
int __real_flock(int fd, int operation);
int __wrap_flock(int fd, int operation);
int __wrap_fdatasync(int fd);
int __wrap_fsync(int fd);
int __real_clock_gettime(clockid_t clock, struct timespec *time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *time);

ssize_t __wrap_pwrite(int fd, const void *buffer, size_t size, off_t at)
{
  if (write_budget < 0)
    return __real_pwrite(fd, buffer, size, at);
  if (write_budget == 0) {
    errno = ENOSPC;
    return -1;
  }
  ssize_t put =
      __real_pwrite(fd, buffer, size < (size_t)write_budget ? size : (size_t)write_budget, at);
  write_budget -= put;
  return put;
}

ssize_t __wrap_pread(int fd, void *buffer, size_t size, off_t at)
{
  if (read_fails > 0 && --read_fails == 0) {
    errno = EIO;
    return -1;
  }
  return __real_pread(fd, buffer, size, at);
}

int __wrap_flock(int fd, int operation)
{
  if (!lock_fails)
    return __real_flock(fd, operation);
  errno = ENOLCK;
  return -1;
}

int __wrap_fdatasync(int fd)
{
  (void)fd;
  n_data_syncs++;
  errno = EIO;
  return sync_fails ? -1 : 0;
}

int __wrap_fsync(int fd)
{
  struct stat file;
  assert_int_equal(fstat(fd, &file), 0);
  assert_true(S_ISDIR(file.st_mode));
  n_name_syncs++;
  return 0;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
  assert_int_equal(clock, CLOCK_MONOTONIC); /* others may be set while we look */
  int code = __real_clock_gettime(clock, time);
  time->tv_sec += (time_t)clock_ahead;
  return code;
}

/* ---- writing and reading ---- */

/* Record i: text "site i" and the values i, i + 1/3, NaN. */
static void values_of(uint64_t i, double value[3])
{
  value[0] = (double)i;
  value[1] = (double)i + 1.0 / 3;
  value[2] = NAN;
}

struct seen {
  uint64_t n;
  uint64_t missing; /* the record that is not expected, from 1 on; 0 for none */
  bool refuse;
};

static int take(void *context, uint64_t index, const char *text, const double *value, size_t n,
                uint64_t place, struct proda_error *problem)
{
  struct seen *seen = context;
  double expected[3];
  char name[32];
  if (seen->refuse)
    return proda_error_set(problem, "not this one");
  values_of(index, expected);
  snprintf(name, sizeof name, "site %d", (int)index);
  seen->n += seen->missing && seen->n == seen->missing - 1;
  assert_int_equal(index, seen->n);
  assert_int_equal(n, 3);
  assert_string_equal(text, name);
  assert_memory_equal(value, expected, sizeof expected);
  assert_int_equal(place, HEADER + index * RECORD + RECORD - sizeof expected);
  seen->n++;
  return PRODA_OK;
}

static int append(struct proda_journal *journal, uint64_t i)
{
  double value[3], back[2];
  char name[32];
  uint64_t place = 0;
  values_of(i, value);
  snprintf(name, sizeof name, "site %d", (int)i);
  if (proda_journal_append(journal, i, name, value, 3, &place, &error) != PRODA_OK)
    return PRODA_ERROR;
  assert_ok(proda_journal_read(journal, place, 1, 2, back, &error), error);
  assert_memory_equal(back, value + 1, sizeof back);
  return PRODA_OK;
}

static const char *path(void)
{
  return scratch_path("test.journal");
}

/* A journal of N_RECORDS, made anew. */
static void make(void)
{
  struct proda_journal *journal = NULL;
  struct seen seen = {0};
  unlink(path());
  assert_ok(proda_journal_open(path(), inputs, take, &seen, &journal, &error), error);
  for (uint64_t i = 0; i < N_RECORDS; i++)
    assert_ok(append(journal, i), error);
  proda_journal_close(journal);
  assert_int_equal(seen.n, 0);
}

/* How many records the journal gives; the next one is appended and then given too. */
static uint64_t count(const char *digest)
{
  struct proda_journal *journal = NULL;
  struct seen first = {0}, second = {0};
  assert_ok(proda_journal_open(path(), digest, take, &first, &journal, &error), error);
  assert_ok(append(journal, first.n), error);
  proda_journal_close(journal);
  assert_ok(proda_journal_open(path(), digest, take, &second, &journal, &error), error);
  proda_journal_close(journal);
  assert_int_equal(second.n, first.n + 1);
  return first.n;
}

static void refused(const char *expected)
{
  struct proda_journal *journal = NULL;
  struct seen seen = {0};
  assert_int_equal(proda_journal_open(path(), inputs, take, &seen, &journal, &error), PRODA_ERROR);
  assert_null(journal);
  if (!strstr(error.message, expected) || !strstr(error.message, "test.journal"))
    fail_msg("\"%s\" lacks \"%s\"", error.message, expected);
}

static off_t size_of_file(void)
{
  struct stat file;
  assert_int_equal(stat(path(), &file), 0);
  return file.st_size;
}

static void spoil(off_t at)
{
  int fd = open(path(), O_RDWR | O_CLOEXEC);
  char byte;
  assert_int_equal(pread(fd, &byte, 1, at), 1);
  byte ^= 1;
  assert_int_equal(pwrite(fd, &byte, 1, at), 1);
  close(fd);
}

static void write_file(const char *text)
{
  FILE *stream = fopen(path(), "wb");
  assert_non_null(stream);
  fputs(text, stream);
  fclose(stream);
}

/* ---- tests ---- */

static void gives_back_what_it_took(void **state)
{
  (void)state;
  make();
  assert_int_equal(size_of_file(), HEADER + N_RECORDS * RECORD);
  assert_int_equal(count(inputs), N_RECORDS);
}

/* Killed at any byte, only what was not finished is lost. */
static void cut_anywhere(void **state)
{
  (void)state;
  for (off_t size = 0; size <= HEADER + N_RECORDS * RECORD; size += size < HEADER ? 7 : 13) {
    make();
    assert_int_equal(truncate(path(), size), 0);
    assert_int_equal(count(inputs), size < HEADER ? 0 : (size - HEADER) / RECORD);
  }
}

/* One of the last, as of a kill. */
static void spoilt_end_is_cut(void **state)
{
  (void)state;
  for (off_t at = 0; at < RECORD; at += 5) { /* also in the size, which must not be believed */
    make();
    spoil(HEADER + (N_RECORDS - 1) * RECORD + at);
    assert_int_equal(count(inputs), N_RECORDS - 1);
  }
}

/* Only the one that was damaged is lost, and that is told. */
static void spoilt_record_is_passed_over(void **state)
{
  (void)state;
  for (off_t at = 0; at < RECORD; at += 5)
    for (int again = 0; again < 2; again++) {
      struct proda_journal *journal = NULL;
      struct seen seen = {.missing = 2};
      if (!again) {
        make();
        spoil(HEADER + RECORD + at);
      }
      assert_ok(proda_journal_open(path(), inputs, take, &seen, &journal, &error), error);
      assert_int_equal(seen.n, N_RECORDS + again);
      assert_non_null(strstr(proda_journal_note(journal), "176 bytes within it are damaged"));
      if (!again)
        assert_ok(append(journal, N_RECORDS), error);
      proda_journal_close(journal);
    }
}

/* What a power cut leaves of bytes that were not durable yet: nothing, zeros, what a journal that
 * was here before left on the disk, or noise. */
static void power_is_cut(void **state)
{
  (void)state;
  static const char other[] = "ffffffffffffffffffffffffffffffff";
  enum { LOST, ZEROS, STALE, NOISE, N_SORTS };
  char stale[HEADER + N_RECORDS * RECORD], whole[sizeof stale], fresh[sizeof stale];
  unlink(path());
  struct proda_journal *journal = NULL;
  assert_ok(proda_journal_open(path(), other, take, NULL, &journal, &error), error);
  for (uint64_t i = 0; i < N_RECORDS; i++)
    assert_ok(append(journal, i + 5), error);
  proda_journal_close(journal);
  int fd = open(path(), O_RDONLY | O_CLOEXEC);
  assert_int_equal(read(fd, stale, sizeof stale), sizeof stale);
  close(fd);
  for (int sort = 0; sort < N_SORTS; sort++)
    for (size_t durable = HEADER; durable < sizeof fresh; durable += 37) {
      make();
      fd = open(path(), O_RDWR | O_CLOEXEC);
      assert_int_equal(read(fd, whole, sizeof whole), sizeof whole);
      memcpy(fresh, whole, sizeof fresh);
      for (size_t i = durable; i < sizeof fresh; i++)
        fresh[i] = sort == ZEROS ? 0 : sort == STALE ? stale[i] : (char)(i * 2654435761u >> 13);
      assert_int_equal(__real_pwrite(fd, fresh, sizeof fresh, 0), sizeof fresh);
      if (sort == LOST)
        assert_int_equal(ftruncate(fd, (off_t)durable), 0);
      close(fd);
      uint64_t n = (durable - HEADER) / RECORD;
      while (sort != LOST && n < N_RECORDS && /* may be right by chance */
             memcmp(fresh + HEADER + n * RECORD, whole + HEADER + n * RECORD, RECORD) == 0)
        n++;
      assert_int_equal(count(inputs), n);
    }
}

/* What took days is not thrown away for a setting that was tried. */
static void other_inputs_wait(void **state)
{
  (void)state;
  static const char other[] = "00000000000000000000000000000000";
  struct proda_journal *journal = NULL;
  struct seen seen = {0};
  make();
  assert_ok(proda_journal_open(path(), other, take, &seen, &journal, &error), error);
  assert_non_null(
      strstr(proda_journal_note(journal), "test.journal.01234567 for a run with those"));
  assert_ok(append(journal, 0), error);
  proda_journal_close(journal);
  assert_int_equal(seen.n, 0);
  assert_int_equal(count(inputs), N_RECORDS);
  assert_int_equal(count(other), 1);
  assert_int_equal(count(inputs), N_RECORDS + 1);
  unlink(scratch_path("test.journal.00000000"));
}

static void another_version_waits(void **state)
{
  (void)state;
  make();
  spoil(14); /* the version */
  assert_int_equal(count(inputs), 0);
  assert_int_equal(scratch_count("test.journal.01234567.old"), 1);
  assert_int_equal(count(inputs), 1);
  unlink(scratch_path("test.journal.01234567.old"));
}

/* Once a second at most, and once a second where there is something. */
static void is_durable_in_time(void **state)
{
  (void)state;
  struct proda_journal *journal = NULL;
  unlink(path());
  n_data_syncs = n_name_syncs = 0;
  assert_ok(proda_journal_open(path(), inputs, take, NULL, &journal, &error), error);
  assert_int_equal(n_data_syncs, 1);
  assert_int_equal(n_name_syncs, 1);
  for (uint64_t i = 0; i < 10; i++)
    assert_ok(append(journal, i), error);
  assert_ok(proda_journal_tend(journal, &error), error);
  assert_int_equal(n_data_syncs, 1);
  clock_ahead += 1.5;
  assert_ok(proda_journal_tend(journal, &error), error);
  assert_int_equal(n_data_syncs, 2);
  clock_ahead += 5;
  assert_ok(proda_journal_tend(journal, &error), error);
  assert_int_equal(n_data_syncs, 2); /* there was nothing */
  assert_ok(append(journal, 10), error);
  assert_int_equal(n_data_syncs, 3);
  clock_ahead += 5;
  sync_fails = 1;
  assert_int_equal(append(journal, 11), PRODA_ERROR);
  sync_fails = 0;
  assert_non_null(strstr(error.message, "making finished sites durable: Input/output error"));
  proda_journal_close(journal);
  assert_int_equal(n_data_syncs, 5);
}

static void foreign_file_stays(void **state)
{
  (void)state;
  static const char text[] = "Minutes of the meeting, the only copy\n";
  write_file(text);
  refused("is not a journal of proda");
  assert_int_equal(size_of_file(), strlen(text));
}

static void second_run_is_refused(void **state)
{
  (void)state;
  make();
  int fd = open(path(), O_RDONLY | O_CLOEXEC);
  assert_int_equal(__real_flock(fd, LOCK_EX | LOCK_NB), 0);
  refused("another run is writing it");
  close(fd);
  lock_fails = 1;
  refused(strerror(ENOLCK));
  lock_fails = 0;
  assert_int_equal(count(inputs), N_RECORDS);
}

static void full_disk_keeps_what_was_finished(void **state)
{
  (void)state;
  struct proda_journal *journal = NULL;
  for (ssize_t budget = 0; budget < RECORD; budget += 11) {
    struct seen seen = {0};
    make();
    assert_ok(proda_journal_open(path(), inputs, take, &seen, &journal, &error), error);
    write_budget = budget;
    assert_int_equal(append(journal, N_RECORDS), PRODA_ERROR);
    write_budget = -1;
    assert_non_null(strstr(error.message, strerror(ENOSPC)));
    proda_journal_close(journal);
    assert_int_equal(count(inputs), N_RECORDS);
  }
}

/* A read error is not the end of the file: nothing is cut off for it. */
static void failing_disk_changes_nothing(void **state)
{
  (void)state;
  for (int at = 1; at <= 2 * N_RECORDS; at++) {
    make();
    read_fails = at;
    refused(strerror(EIO));
    read_fails = 0;
    assert_int_equal(size_of_file(), HEADER + N_RECORDS * RECORD);
  }
  assert_int_equal(count(inputs), N_RECORDS);
}

static void reader_may_refuse(void **state)
{
  (void)state;
  struct proda_journal *journal = NULL;
  struct seen seen = {.refuse = true};
  make();
  assert_int_equal(proda_journal_open(path(), inputs, take, &seen, &journal, &error), PRODA_ERROR);
  assert_string_equal(error.message, "not this one");
  assert_int_equal(count(inputs), N_RECORDS);
}

static void long_text_is_cut(void **state)
{
  (void)state;
  struct proda_journal *journal = NULL;
  struct seen seen = {0};
  char text[500];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  unlink(path());
  assert_ok(proda_journal_open(path(), inputs, take, &seen, &journal, &error), error);
  uint64_t place = 0;
  double beyond;
  assert_ok(proda_journal_append(journal, 0, text, NULL, 0, &place, &error), error);
  assert_ok(proda_journal_append(journal, 1, NULL, NULL, 0, &place, &error), error);
  assert_int_equal(proda_journal_read(journal, place, 0, 1, &beyond, &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "the file ends before it"));
  proda_journal_remove(journal);
  assert_int_equal(scratch_count("test.journal"), 0);
}

static void no_such_folder(void **state)
{
  (void)state;
  struct proda_journal *journal = NULL;
  assert_int_equal(
      proda_journal_open(scratch_path("none/test.journal"), inputs, take, NULL, &journal, &error),
      PRODA_ERROR);
  assert_non_null(strstr(error.message, strerror(ENOENT)));
}

/* ---- a look at a journal that is being written ---- */

struct looked {
  uint64_t n;
  size_t n_first;
};

static int glance(void *context, uint64_t index, const char *text, const double *value, size_t n,
                  uint64_t place, struct proda_error *problem)
{
  struct looked *looked = context;
  double expected[3];
  char name[32];
  (void)problem;
  values_of(index, expected);
  snprintf(name, sizeof name, "site %d", (int)index);
  assert_int_equal(index, looked->n++);
  assert_string_equal(text, name);
  assert_int_equal(n, looked->n_first < 3 ? looked->n_first : 3);
  assert_memory_equal(value, expected, n * sizeof *value);
  assert_int_equal(place, HEADER + index * RECORD + RECORD - sizeof expected);
  return PRODA_OK;
}

static uint64_t look(size_t n_first)
{
  struct looked looked = {.n_first = n_first};
  bool there = false;
  assert_ok(proda_journal_look(path(), n_first, glance, &looked, &there, &error), error);
  assert_true(there);
  return looked.n;
}

/* The writer holds its lock and goes on as if nobody had looked; what it is at is not told yet. */
static void a_look_disturbs_nobody(void **state)
{
  (void)state;
  struct proda_journal *journal = NULL;
  struct seen seen = {0};
  make();
  assert_ok(proda_journal_open(path(), inputs, take, &seen, &journal, &error), error);
  for (size_t n_first = 0; n_first < 6; n_first++)
    assert_int_equal(look(n_first), N_RECORDS);
  assert_ok(append(journal, N_RECORDS), error);
  assert_int_equal(look(2), N_RECORDS + 1);
  proda_journal_close(journal);
  for (size_t length = HEADER + N_RECORDS * RECORD; length > 0; length--) {
    make();
    assert_int_equal(truncate(path(), (off_t)length), 0);
    assert_int_equal(look(1), length < HEADER ? 0 : (length - HEADER) / RECORD);
    struct stat file;
    assert_int_equal(stat(path(), &file), 0);
    assert_int_equal(file.st_size, length);
  }
}

static void a_look_at_what_is_no_journal(void **state)
{
  (void)state;
  bool there = true;
  assert_ok(proda_journal_look(scratch_path("none"), 1, glance, NULL, &there, &error), error);
  assert_false(there);
  char text[HEADER + 1];
  memset(text, 'x', HEADER);
  text[HEADER] = '\0';
  FILE *stream = fopen(scratch_path("foreign"), "w");
  assert_non_null(stream);
  assert_true(fputs(text, stream) >= 0);
  assert_int_equal(fclose(stream), 0);
  assert_int_equal(proda_journal_look(scratch_path("foreign"), 1, glance, NULL, &there, &error),
                   PRODA_ERROR);
  assert_non_null(strstr(error.message, "is not a journal of this version"));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gives_back_what_it_took),
      cmocka_unit_test(cut_anywhere),
      cmocka_unit_test(spoilt_end_is_cut),
      cmocka_unit_test(spoilt_record_is_passed_over),
      cmocka_unit_test(power_is_cut),
      cmocka_unit_test(other_inputs_wait),
      cmocka_unit_test(another_version_waits),
      cmocka_unit_test(is_durable_in_time),
      cmocka_unit_test(foreign_file_stays),
      cmocka_unit_test(second_run_is_refused),
      cmocka_unit_test(full_disk_keeps_what_was_finished),
      cmocka_unit_test(failing_disk_changes_nothing),
      cmocka_unit_test(reader_may_refuse),
      cmocka_unit_test(long_text_is_cut),
      cmocka_unit_test(no_such_folder),
      cmocka_unit_test(a_look_disturbs_nobody),
      cmocka_unit_test(a_look_at_what_is_no_journal),
  };
  return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
