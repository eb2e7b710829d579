/* How calibration scales from one worker to two: sites a second, and what stands in the way where
 * it is not twice as many. Counted from the first tenth of the sites to the last, so that beginning
 * and end are left out; CLM5 on the embedded world, each site as in the study but with shorter
 * chains, which asks more of the host than the study's would.
 *
 * On a busy machine workers wait for processors, which the ratio of sites a second shows and says
 * nothing of the program. So the bench also asks the system how long workers computed, waited for
 * a processor and slept, which is waiting for the host: what is left without the second is what
 * free processors would give. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <ftw.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "farm/farm.h"
#include "pipeline/stage.h"

enum { MOST_WORKERS = 2, SITES = 200, ROUNDS = 3 };

static const char experiment_text[] =
    "proda: 1\nkind: experiment\nname: workers\nseed: 1\noutput: results\n"
    "data:\n  synth: {truth: clm5, profiles: %d, resolution: 10}\n"
    "structures:\n  - {model: clm5}\n"
    "calibrate:\n  sampler: adaptive_metropolis\n"
    "  settings: {chains: 3, test_run: 4000, formal_run: 10000}\n"
    "  observation: {at: node, error: gaussian, relative: 0.2}\n"
    "train: {emulator: mlp}\n";

static char directory[] = "/tmp/proda-bench-XXXXXX";

/* What workers did so far, seconds. */
struct use {
  double wall, computed, queued;
};

struct watch {
  struct use begin, end;
  size_t n_begin, n_end;
};

static double wall(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void add_child(long pid, struct use *use)
{
  char path[64];
  double computed, queued;
  snprintf(path, sizeof path, "/proc/%ld/schedstat", pid);
  FILE *file = fopen(path, "r");
  if (file && fscanf(file, "%lf %lf", &computed, &queued) == 2) {
    use->computed += 1e-9 * computed;
    use->queued += 1e-9 * queued;
  }
  if (file)
    fclose(file);
}

static struct use look(void)
{
  char path[64];
  long pid;
  struct use use = {.wall = wall()};
  snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", (long)getpid(), (long)getpid());
  FILE *file = fopen(path, "r");
  while (file && fscanf(file, "%ld", &pid) == 1)
    add_child(pid, &use);
  if (file)
    fclose(file);
  return use;
}

static void tell_line(void *context, const char *text)
{
  (void)context, (void)text;
}

static void tell_progress(void *context, const struct proda_progress *progress)
{
  struct watch *watch = context;
  bool begins = progress->done == progress->total / 10;
  if (!begins && progress->done != progress->total - progress->total / 10)
    return;
  *(begins ? &watch->begin : &watch->end) = look();
  *(begins ? &watch->n_begin : &watch->n_end) = progress->done;
}

/* Of one run: sites a second; shares of a worker's time that it computes, waits for a processor,
 * sleeps (waits for the host); processor time of the host, seconds. */
struct result {
  double rate, computed, queued, slept, host;
};

static struct result judge(const struct watch *watch, size_t workers, double host)
{
  double n = (double)(watch->n_end - watch->n_begin), seconds = watch->end.wall - watch->begin.wall;
  double time = seconds * (double)workers;
  struct result result = {
      .rate = n / seconds,
      .computed = (watch->end.computed - watch->begin.computed) / time,
      .queued = (watch->end.queued - watch->begin.queued) / time,
      .host = host,
  };
  result.slept = 1 - result.computed - result.queued;
  return result;
}

/* Sites a second on free processors. */
static double free_rate(const struct result *result)
{
  return result->rate / (1 - result->queued);
}

static void fail(const struct proda_error *error)
{
  fprintf(stderr, "bench_workers: %s\n", error->message);
  exit(EXIT_FAILURE);
}

static struct result measure(struct proda_run *run, struct watch *watch, size_t workers)
{
  struct proda_error error;
  char *store = proda_store_path(run, "clm5", "calibrate");
  if (!store)
    exit(EXIT_FAILURE);
  remove(store);
  free(store);
  run->workers.n = workers;
  double host = bench_seconds();
  if (proda_stage_calibrate(run, run->experiment->structure, &error))
    fail(&error);
  return judge(watch, workers, bench_seconds() - host);
}

static struct proda_experiment *read_experiment(struct proda_error *error)
{
  struct proda_experiment *experiment = NULL;
  char path[sizeof directory + 16];
  snprintf(path, sizeof path, "%s/e.yaml", directory);
  FILE *file = fopen(path, "w");
  if (!file || fprintf(file, experiment_text, SITES) < 0 || fclose(file) != 0)
    proda_error_set(error, "%s cannot be written", path);
  else if (proda_experiment_read(path, &experiment, error) == PRODA_OK)
    return experiment;
  fail(error);
  return NULL;
}

/* Rounds of both take turns, and the best of each counts: what disturbs only slows. */
static void report(struct proda_run *run, struct watch *watch)
{
  struct result best[MOST_WORKERS + 1] = {{0}};
  for (int round = 0; round < ROUNDS; round++)
    for (size_t n = 1; n <= MOST_WORKERS; n++) {
      struct result result = measure(run, watch, n);
      if (free_rate(&result) > free_rate(&best[n]))
        best[n] = result;
    }
  for (size_t n = 1; n <= MOST_WORKERS; n++)
    printf("%zu worker%s: %.2f sites/s; a worker computes %.1f %%, waits for a processor %.1f %%, "
           "for the host %.2f %% of its time; the host computes %.2f ms a site\n",
           n, n == 1 ? " " : "s", best[n].rate, 100 * best[n].computed, 100 * best[n].queued,
           100 * best[n].slept, 1e3 * best[n].host / SITES);
  printf("two workers do %.3f times what one does; on free processors %.3f (wanted: 1.9, and a "
         "core for the host)\n",
         best[2].rate / best[1].rate, free_rate(&best[2]) / free_rate(&best[1]));
}

static int remove_one(const char *path, const struct stat *state, int type, struct FTW *place)
{
  (void)state, (void)type, (void)place;
  return remove(path);
}

int main(void)
{
  struct proda_error error;
  struct proda_search_path *path = NULL;
  struct watch watch;
  cpu_set_t all;
  memset(&all, 0xff, sizeof all);
  sched_setaffinity(0, sizeof all, &all); /* benches of one thread are bound */
  if (proda_farm_processors() < MOST_WORKERS) {
    printf("needs %d processors, left out\n", MOST_WORKERS);
    return EXIT_SUCCESS;
  }
  if (!mkdtemp(directory) || proda_search_path_make(NULL, &path, &error))
    return EXIT_FAILURE;
  const struct proda_reporter reporter = {tell_line, tell_progress, &watch};
  struct proda_run run = {.experiment = read_experiment(&error),
                          .search_path = path,
                          .reporter = &reporter,
                          .command = "bench"};
  if (proda_stage_prepare(&run, &error))
    fail(&error);
  report(&run, &watch);
  proda_experiment_free((struct proda_experiment *)run.experiment);
  proda_search_path_free(path);
  nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
  return EXIT_SUCCESS;
}
