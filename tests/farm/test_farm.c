/* Units done by worker processes: each is taken once, whatever the number of workers; one whose
 * worker crashes, exits, hangs, eats memory or babbles is lost with the reason, and no other. */
#include "testing.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "farm/farm.h"

enum { UNITS = 60, BATCH = 3, BAD = 17 };

static struct proda_error error;

/* What befalls unit BAD. */
enum fault {
  NOTHING,
  SEGFAULT,
  ABORT,
  EXIT_0,
  EXIT_3,
  FOREVER,
  SLEEP,
  MEMORY,
  GARBAGE,
  CLOSE,
  ONCE, /* a crash at the first try only */
  FAIL, /* an error of the worker's */
  N_FAULTS
};

struct bench {
  enum fault fault;
  size_t cursor;
  bool hesitates;                     /* every other time the source says later */
  size_t n_asked, n_attended, linger; /* linger: times that the run must not end */
  int taken[UNITS], lost[UNITS];
  char reason[PRODA_MESSAGE_SIZE];
  enum proda_farm_loss loss;
  int stop_at; /* ask to stop when so many are taken; 0: never */
  volatile sig_atomic_t stop;
  int *tries; /* of BAD, in memory that processes share */
};

static int next(void *context, enum proda_farm_supply *supply, size_t *unit,
                struct proda_error *failure)
{
  struct bench *b = context;
  (void)failure;
  *supply = PRODA_FARM_LATER;
  if (b->hesitates && ++b->n_asked % 2)
    return PRODA_OK;
  while (b->cursor < UNITS && (b->taken[b->cursor] || b->lost[b->cursor]))
    b->cursor++;
  *supply = b->cursor < UNITS ? PRODA_FARM_UNIT : PRODA_FARM_NONE;
  *unit = b->cursor++;
  return PRODA_OK;
}

static int attend(void *context, int *milliseconds, struct proda_error *failure)
{
  struct bench *b = context;
  (void)failure;
  *milliseconds = b->n_attended++ < b->linger;
  return PRODA_OK;
}

static int n_taken(const struct bench *b)
{
  int n = 0;
  for (size_t u = 0; u < UNITS; u++)
    n += b->taken[u];
  return n;
}

static int take(void *context, size_t unit, const char *text, const double *value, size_t n,
                struct proda_error *failure)
{
  struct bench *b = context;
  (void)failure;
  assert_int_equal(n, unit % 5 + 1);
  for (size_t i = 0; i < n; i++)
    assert_true(value[i] == (double)(unit * unit + i));
  assert_true(unit % 2 ? text != NULL : text == NULL);
  b->taken[unit]++;
  if (b->stop_at && n_taken(b) == b->stop_at)
    b->stop = 1;
  return PRODA_OK;
}

static int lose(void *context, size_t unit, enum proda_farm_loss loss, const char *reason,
                struct proda_error *failure)
{
  struct bench *b = context;
  (void)failure;
  b->lost[unit]++;
  b->loss = loss;
  snprintf(b->reason, sizeof b->reason, "%s", reason);
  return PRODA_OK;
}

static void eat_memory(void)
{
  for (;;) {
    volatile char *piece = malloc(1 << 20);
    if (!piece)
      _exit(9);
    for (size_t i = 0; i < 1 << 20; i += 4096)
      piece[i] = 1;
  }
}

static int suffer(struct bench *b, struct proda_error *failure)
{
  static const char babble[3000] = "babble";
  ++*b->tries;
  switch (b->fault) {
  case SEGFAULT:
    signal(SIGSEGV, SIG_DFL);
    return raise(SIGSEGV);
  case ABORT:
    signal(SIGABRT, SIG_DFL);
    abort();
  case EXIT_0:
    _exit(0);
  case EXIT_3:
    _exit(3);
  case FOREVER:
    for (volatile unsigned i = 0;; i = i + 1)
      ;
  case SLEEP:
    for (;;)
      pause();
  case MEMORY:
    eat_memory();
    return PRODA_OK;
  case GARBAGE:
    for (int fd = 3; fd < 8; fd++)
      (void)!write(fd, babble, sizeof babble);
    return PRODA_OK;
  case CLOSE:
    close(3);
    return PRODA_OK;
  case ONCE:
    return *b->tries == 1 ? raise(SIGKILL) : PRODA_OK;
  case FAIL:
    return proda_error_set(failure, "unit %d cannot be done", BAD);
  default:
    return PRODA_OK;
  }
}

static int deliver(struct proda_worker *worker, size_t unit, struct proda_error *failure)
{
  double value[5];
  for (size_t i = 0; i < 5; i++)
    value[i] = (double)(unit * unit + i);
  return proda_worker_deliver(worker, unit, unit % 2 ? "odd" : NULL, value, unit % 5 + 1, failure);
}

/* Up to BATCH units at a time, as lanes hold several sites. */
static int work(void *context, struct proda_worker *worker, struct proda_error *failure)
{
  struct bench *b = context;
  for (;;) {
    size_t unit[BATCH], n = 0;
    bool given = true;
    while (n < BATCH && given) {
      if (proda_worker_next(worker, &unit[n], &given, failure))
        return PRODA_ERROR;
      n += given;
    }
    if (n == 0)
      return PRODA_OK;
    for (size_t i = 0; i < n; i++)
      if ((unit[i] == BAD && suffer(b, failure)) || deliver(worker, unit[i], failure))
        return PRODA_ERROR;
  }
}

static int run(struct bench *b, size_t n_workers, enum proda_farm_end *end)
{
  const struct proda_farm_work jobs = {5, next, attend, take, lose, work, b};
  b->cursor = 0;
  const struct proda_farm_options options = {n_workers, 0.2, 64, &b->stop};
  b->tries = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  assert_true(b->tries != MAP_FAILED);
  int status = proda_farm_run(&jobs, &options, end, &error);
  munmap(b->tries, sizeof(int));
  return status;
}

static void each_unit_is_taken_once(void **state)
{
  (void)state;
  static const size_t workers[] = {0, 1, 2, 5, 30};
  for (size_t w = 0; w < 5; w++) {
    struct bench b = {.fault = NOTHING};
    enum proda_farm_end end;
    assert_ok(run(&b, workers[w], &end), error);
    assert_int_equal(end, PRODA_FARM_DONE);
    for (size_t u = 0; u < UNITS; u++)
      assert_int_equal(b.taken[u], 1);
  }
}

static void only_the_unit_at_fault_is_lost(void **state)
{
  (void)state;
  static const struct {
    enum fault fault;
    enum proda_farm_loss loss;
    const char *reason;
  } sorts[] = {
      {SEGFAULT, PRODA_FARM_CRASHED, "its process was killed by signal 11, Segmentation fault"},
      {ABORT, PRODA_FARM_CRASHED, "its process was killed by signal 6, Aborted"},
      {EXIT_0, PRODA_FARM_CRASHED, "its process was ended by a call of exit(0)"},
      {EXIT_3, PRODA_FARM_CRASHED, "its process was ended by a call of exit(3)"},
      {FOREVER, PRODA_FARM_OVERTIME, "took more than the limit of 0.2 s"},
      {SLEEP, PRODA_FARM_OVERTIME, "took more than the limit of 0.2 s"},
      {MEMORY, PRODA_FARM_OVERSIZE, ""}, /* the limit, or what a failing malloc leads to */
      {GARBAGE, PRODA_FARM_CRASHED, "wrote on the line to the host"},
      {CLOSE, PRODA_FARM_CRASHED, "its process lost the line to the host"},
  };
  for (size_t k = 0; k < sizeof sorts / sizeof *sorts; k++)
    for (size_t workers = 1; workers <= 2; workers++) {
      struct bench b = {.fault = sorts[k].fault};
      enum proda_farm_end end;
      assert_ok(run(&b, workers, &end), error);
      if (strncmp(b.reason, sorts[k].reason, strlen(sorts[k].reason)) != 0)
        fail_msg("fault %d: %s", (int)sorts[k].fault, b.reason);
      if (sorts[k].fault != MEMORY || strstr(b.reason, "limit"))
        assert_int_equal(b.loss, sorts[k].loss);
      for (size_t u = 0; u < UNITS; u++) {
        assert_int_equal(b.lost[u], u == BAD);
        assert_int_equal(b.taken[u], u != BAD);
      }
    }
}

static void an_accident_is_no_loss(void **state)
{
  (void)state;
  struct bench b = {.fault = ONCE};
  enum proda_farm_end end;
  assert_ok(run(&b, 2, &end), error);
  for (size_t u = 0; u < UNITS; u++)
    assert_int_equal(b.taken[u], 1);
}

static void an_error_ends_the_run(void **state)
{
  (void)state;
  for (size_t workers = 0; workers <= 2; workers++) {
    struct bench b = {.fault = FAIL};
    enum proda_farm_end end;
    assert_int_equal(run(&b, workers, &end), PRODA_ERROR);
    assert_string_equal(error.message, "unit 17 cannot be done");
  }
}

/* A source that is fed from elsewhere: workers wait for it, and the run for whoever feeds it. */
static void waits_for_its_source(void **state)
{
  (void)state;
  for (size_t workers = 1; workers <= 5; workers += 2) {
    struct bench b = {.fault = NOTHING, .hesitates = true, .linger = 200};
    enum proda_farm_end end;
    assert_ok(run(&b, workers, &end), error);
    assert_in_range(b.n_attended, 201, 100000);
    for (size_t u = 0; u < UNITS; u++)
      assert_int_equal(b.taken[u], 1);
  }
}

/* What is in work when it is asked to stop is finished, and nothing else begun. */
static void stops_when_asked(void **state)
{
  (void)state;
  for (size_t workers = 0; workers <= 2; workers++) {
    struct bench b = {.fault = NOTHING, .stop_at = 10};
    enum proda_farm_end end;
    assert_ok(run(&b, workers, &end), error);
    assert_int_equal(end, PRODA_FARM_STOPPED);
    assert_in_range(n_taken(&b), 10, 10 + 2 * BATCH * (workers + 1));
    b.stop_at = 0;
    b.stop = 0;
    assert_ok(run(&b, workers, &end), error);
    for (size_t u = 0; u < UNITS; u++)
      assert_int_equal(b.taken[u], 1);
  }
}

static void stops_at_once_when_asked_twice(void **state)
{
  (void)state;
  struct bench b = {.fault = NOTHING, .stop = 2};
  enum proda_farm_end end;
  assert_ok(run(&b, 2, &end), error);
  assert_int_equal(end, PRODA_FARM_STOPPED);
  assert_int_equal(n_taken(&b), 0);
}

static int die(void *context, struct proda_worker *worker, struct proda_error *failure)
{
  (void)context, (void)worker, (void)failure;
  _exit(4);
}

static void workers_that_cannot_begin_end_the_run(void **state)
{
  (void)state;
  struct bench b = {.fault = NOTHING};
  const struct proda_farm_work jobs = {5, next, attend, take, lose, die, &b};
  const struct proda_farm_options options = {.n_workers = 2};
  enum proda_farm_end end;
  assert_int_equal(proda_farm_run(&jobs, &options, &end, &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "workers end before they take anything"));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_unit_is_taken_once),
      cmocka_unit_test(only_the_unit_at_fault_is_lost),
      cmocka_unit_test(an_accident_is_no_loss),
      cmocka_unit_test(an_error_ends_the_run),
      cmocka_unit_test(waits_for_its_source),
      cmocka_unit_test(stops_when_asked),
      cmocka_unit_test(stops_at_once_when_asked_twice),
      cmocka_unit_test(workers_that_cannot_begin_end_the_run),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
