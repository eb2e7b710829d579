#define _GNU_SOURCE /* nftw */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/stages.h"
#include "pipeline/price/price.h"

struct errand {
  struct proda_run run;
  char scratch[1024];
};

static int price(void *context, struct proda_guard *guard, struct proda_error *error)
{
  struct errand *errand = context;
  errand->run.guard = guard;
  int status = proda_price(&errand->run, errand->scratch, stdout, error);
  return status == PRODA_OK ? CLI_OK : CLI_FAILED;
}

static int make_scratch(char *path, size_t size, struct proda_error *error)
{
  const char *base = getenv("TMPDIR");
  int length = snprintf(path, size, "%s/proda-price-XXXXXX", base && base[0] ? base : "/tmp");
  if (length > 0 && (size_t)length < size && mkdtemp(path))
    return PRODA_OK;
  return proda_error_set(error, "%s: no scratch directory can be made: %s; $TMPDIR names another",
                         path, strerror(errno));
}

static int remove_entry(const char *path, const struct stat *file, int kind, struct FTW *place)
{
  (void)file;
  (void)kind;
  (void)place;
  (void)remove(path);
  return 0;
}

int cli_dry_run(const struct cli *cli, const char *path, const struct proda_workers *workers,
                struct proda_error *error)
{
  struct proda_experiment *experiment = NULL;
  if (proda_experiment_read(path, &experiment, error) != PRODA_OK)
    return CLI_FAILED;
  struct errand errand = {.run = {.experiment = experiment,
                                  .search_path = cli->search_path,
                                  .command = cli->command_line,
                                  .workers = *workers}};
  const struct proda_guarded work = {.run = price, .context = &errand, .stage = "pricing"};
  int result = CLI_FAILED;
  if (make_scratch(errand.scratch, sizeof errand.scratch, error) == PRODA_OK) {
    result = cli_guarded(&work, error); /* however that ends, its files are removed here */
    nftw(errand.scratch, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
  }
  proda_experiment_free(experiment);
  return result;
}
