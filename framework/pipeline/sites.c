#include "pipeline/sites.h"

#include <stdlib.h>

const char *const proda_site_status_names[PRODA_N_SITE_STATUS] = {
    PRODA_SITE_STATUS_NAMES,
};

/* A block and the cell that each of its lanes stands at. */
struct crew {
  struct proda_block *block;
  const struct proda_forcing_file *forcing;
  const double **driver; /* [PRODA_LANES][n_drivers] */
  size_t n_drivers;
  size_t cell[PRODA_LANES];
  bool attached[PRODA_LANES], usable[PRODA_LANES];
};

/* Moves lane i to a cell unless it stands there already. */
static int move(struct crew *crew, int i, size_t cell, struct proda_error *error)
{
  if (crew->attached[i] && crew->cell[i] == cell)
    return PRODA_OK;
  crew->attached[i] = true;
  crew->cell[i] = cell;
  crew->usable[i] = proda_forcing_usable(crew->forcing, cell);
  if (!crew->usable[i])
    return PRODA_OK;
  const double **driver = crew->driver + (size_t)i * crew->n_drivers;
  proda_forcing_site(crew->forcing, cell, driver);
  struct proda_forcing forcing = {.driver = driver};
  int status = proda_block_attach(crew->block, i, &forcing, error);
  crew->usable[i] = status == PRODA_OK;
  return status == PRODA_REJECT ? PRODA_OK : status;
}

static int run_batch(struct crew *crew, size_t first, size_t n, const struct proda_site_run *run,
                     proda_site_taker *take, void *context, struct proda_error *error)
{
  for (size_t i = 0; i < n; i++) {
    if (move(crew, (int)i, run[first + i].cell, error) != PRODA_OK)
      return PRODA_ERROR;
    proda_block_set(crew->block, (int)i, run[first + i].parameter);
  }
  proda_block_solve(crew->block);
  for (size_t i = 0; i < n; i++) {
    struct proda_site_result result = {
        .run = first + i,
        .status =
            crew->usable[i] ? (int)proda_block_status(crew->block, (int)i) : PRODA_SITE_UNUSABLE,
        .block = crew->block,
        .lane = (int)i,
    };
    if (take(context, &result, error) != PRODA_OK)
      return PRODA_ERROR;
  }
  return PRODA_OK;
}

int proda_sites_run(const struct proda_structure *structure,
                    const struct proda_forcing_file *forcing, unsigned wants, size_t n,
                    const struct proda_site_run *run, proda_site_taker *take, void *context,
                    struct proda_error *error)
{
  struct crew crew = {
      .forcing = forcing,
      .n_drivers = proda_structure_manifest(structure)->n_drivers,
  };
  crew.driver = calloc(PRODA_LANES * crew.n_drivers + 1, sizeof *crew.driver);
  int status = crew.driver ? proda_block_new(structure, wants, &crew.block, error)
                           : proda_error_set(error, "out of memory for a block of sites");
  for (size_t first = 0; first < n && status == PRODA_OK; first += PRODA_LANES) {
    size_t left = n - first;
    status =
        run_batch(&crew, first, left < PRODA_LANES ? left : PRODA_LANES, run, take, context, error);
  }
  proda_block_free(crew.block);
  free(crew.driver);
  return status;
}
