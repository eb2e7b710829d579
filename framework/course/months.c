#include "course/months.h"

#include <stdlib.h>
#include <string.h>

struct proda_months {
  const struct proda_structure *structure;
  size_t n, n_blocks;
  struct proda_block **block;
  const double **driver; /* of one month: drivers without an axis of layers, cut in place */
  double *cut;           /* [n_drivers][L]: of the others */
};

int proda_months_new(const struct proda_structure *structure, size_t n,
                     struct proda_months **months, struct proda_error *error)
{
  const struct proda_manifest *manifest = proda_structure_manifest(structure);
  struct proda_months *made = calloc(1, sizeof *made);
  if (!made)
    return proda_error_set(error, "out of memory for %zu months", n);
  made->structure = structure;
  made->n = n;
  size_t n_blocks = (n + PRODA_LANES - 1) / PRODA_LANES;
  made->block = calloc(n_blocks, sizeof(struct proda_block *));
  made->driver = calloc(manifest->n_drivers + 1, sizeof(double *));
  made->cut = calloc(manifest->n_drivers * manifest->grid.n_layers + 1, sizeof *made->cut);
  int status = made->block && made->driver && made->cut
                   ? PRODA_OK
                   : proda_error_set(error, "out of memory for %zu months", n);
  while (status == PRODA_OK && made->n_blocks < n_blocks) {
    status = proda_block_new(structure, 0, &made->block[made->n_blocks], error);
    made->n_blocks += status == PRODA_OK;
  }
  if (status == PRODA_OK)
    *months = made;
  else
    proda_months_free(made);
  return status;
}

void proda_months_free(struct proda_months *months)
{
  if (!months)
    return;
  for (size_t b = 0; b < months->n_blocks; b++)
    proda_block_free(months->block[b]);
  free(months->block);
  free(months->driver);
  free(months->cut);
  free(months);
}

size_t proda_months_count(const struct proda_months *months)
{
  return months->n;
}

struct proda_block *proda_months_block(const struct proda_months *months, size_t k, int *slot)
{
  *slot = (int)(k % PRODA_LANES);
  return months->block[k / PRODA_LANES];
}

/* Points months->driver at month k of the record. */
static void cut_month(struct proda_months *months, const double *const *record, size_t k)
{
  const struct proda_manifest *manifest = proda_structure_manifest(months->structure);
  size_t L = manifest->grid.n_layers;
  for (size_t d = 0; d < manifest->n_drivers; d++) {
    unsigned dims = manifest->driver[d].dims;
    const double *whole = record[d];
    months->driver[d] = whole;
    if (!whole || !(dims & PRODA_DIM_MONTH))
      continue;
    months->driver[d] = whole + k;
    if (!(dims & PRODA_DIM_LAYER))
      continue;
    for (size_t l = 0; l < L; l++)
      months->cut[d * L + l] = whole[l * months->n + k];
    months->driver[d] = months->cut + d * L;
  }
}

static int attach_month(struct proda_months *months, const struct proda_forcing *forcing, size_t k,
                        struct proda_error *error)
{
  int slot;
  struct proda_block *block = proda_months_block(months, k, &slot);
  if (months->n == 1)
    return proda_block_attach(block, slot, forcing, error);
  cut_month(months, forcing->driver, k);
  struct proda_forcing month = {
      .driver = months->driver,
      .record = forcing->driver,
      .n_record = months->n,
      .month = k,
  };
  int status = proda_block_attach(block, slot, &month, error);
  if (status != PRODA_OK)
    proda_error_prefix(error, "month %zu of the forcing: ", k + 1);
  return status;
}

static int check(const struct proda_months *months, struct proda_error *error)
{
  for (size_t k = 0; k < months->n; k++) {
    int slot;
    const struct proda_block *block = proda_months_block(months, k, &slot);
    if (!proda_block_excess(block)[slot])
      continue;
    proda_error_set(error,
                    "month %zu of the forcing: fractions of a channel of %s sum to more than 1: "
                    "carbon from nothing",
                    k + 1, proda_structure_manifest(months->structure)->name);
    return PRODA_REJECT;
  }
  return PRODA_OK;
}

int proda_months_attach(struct proda_months *months, const struct proda_forcing *forcing,
                        const double *parameter, struct proda_error *error)
{
  for (size_t k = 0; k < months->n; k++) {
    int status = attach_month(months, forcing, k, error);
    if (status != PRODA_OK)
      return status;
  }
  /* Lanes of the last block without a month repeat one: their numbers are never read, but are not
   * to be slow either. */
  for (size_t b = 0; b < months->n_blocks; b++) {
    for (int i = 0; i < PRODA_LANES; i++)
      proda_block_set(months->block[b], i, parameter);
    proda_block_fill(months->block[b]);
  }
  return check(months, error);
}
