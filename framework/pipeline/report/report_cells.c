#include "pipeline/report/report_cells.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BLOCKS = 360 * 180 };

static int allocate(size_t n, struct proda_report_cells *cells, struct proda_error *error)
{
  cells->n_sites = n;
  cells->latitude = calloc(n + 1, sizeof *cells->latitude);
  cells->longitude = calloc(n + 1, sizeof *cells->longitude);
  cells->area = calloc(n + 1, sizeof *cells->area);
  cells->cell = calloc(n + 1, sizeof *cells->cell);
  cells->weight = calloc(n + 1, sizeof *cells->weight);
  cells->known = calloc(n + 1, sizeof *cells->known);
  if (!cells->latitude || !cells->longitude || !cells->area || !cells->cell || !cells->weight ||
      !cells->known)
    return proda_error_set(error, "out of memory for %zu cells", n);
  return PRODA_OK;
}

void proda_report_cells_free(struct proda_report_cells *cells)
{
  free(cells->latitude);
  free(cells->longitude);
  free(cells->area);
  free(cells->cell);
  free(cells->weight);
  free(cells->known);
}

/** Row or column of a coordinate in blocks of `size` degrees that start at `origin`. */
static size_t block(double degrees, double origin, double size, size_t n)
{
  double at = floor((degrees - origin) / size);
  return at < 0 ? 0 : at >= (double)n ? n - 1 : (size_t)at;
}

/** Blocks of `size` degrees, numbered as they come; returns how many. */
static size_t lay_blocks(double size, const double *latitude, const double *longitude,
                         size_t *number, struct proda_report_cells *cells)
{
  size_t rows = (size_t)(180 / size), columns = (size_t)(360 / size);
  memset(number, 0, MOST_BLOCKS * sizeof *number);
  cells->n = 0;
  for (size_t s = 0; s < cells->n_sites; s++) {
    double east = longitude[s] - 360 * floor((longitude[s] + 180) / 360);
    size_t row = block(latitude[s], -90, size, rows), column = block(east, -180, size, columns);
    size_t *known = &number[row * columns + column];
    if (*known == 0) {
      *known = ++cells->n;
      cells->latitude[*known - 1] = -90 + ((double)row + 0.5) * size;
      cells->longitude[*known - 1] = -180 + ((double)column + 0.5) * size;
    }
    cells->cell[s] = *known - 1;
  }
  cells->spacing[0] = cells->spacing[1] = size;
  return cells->n;
}

static int lay_in_blocks(const double *latitude, const double *longitude,
                         struct proda_report_cells *cells, struct proda_error *error)
{
  static const double sizes[] = {1, 2, 3, 4, 5, 6};
  size_t *number = malloc(MOST_BLOCKS * sizeof *number);
  if (!number)
    return proda_error_set(error, "out of memory for blocks of cells");
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    if (lay_blocks(sizes[i], latitude, longitude, number, cells) <= PRODA_REPORT_MOST_CELLS)
      break;
  free(number);
  return PRODA_OK;
}

int proda_report_cells_new(size_t n, const double *latitude, const double *longitude,
                           const double *area, const double spacing[2],
                           struct proda_report_cells *cells, struct proda_error *error)
{
  int status = allocate(n, cells, error);
  if (status == PRODA_OK && n > PRODA_REPORT_MOST_CELLS) {
    status = lay_in_blocks(latitude, longitude, cells, error);
  } else if (status == PRODA_OK) {
    cells->n = n;
    memcpy(cells->latitude, latitude, n * sizeof *latitude);
    memcpy(cells->longitude, longitude, n * sizeof *longitude);
    memcpy(cells->spacing, spacing, sizeof cells->spacing);
    for (size_t s = 0; s < n; s++)
      cells->cell[s] = s;
  }
  for (size_t s = 0; s < n && status == PRODA_OK; s++) {
    cells->weight[s] = area ? area[s] : 1;
    cells->area[cells->cell[s]] += cells->weight[s];
  }
  return status;
}

void proda_report_cells_mean(const struct proda_report_cells *cells, const double *value,
                             double *out)
{
  if (cells->n == cells->n_sites) { /* as they are, without rounding */
    memcpy(out, value, cells->n * sizeof *out);
    return;
  }
  memset(out, 0, cells->n * sizeof *out);
  memset(cells->known, 0, cells->n * sizeof *cells->known);
  for (size_t s = 0; s < cells->n_sites; s++)
    if (isfinite(value[s])) {
      out[cells->cell[s]] += cells->weight[s] * value[s];
      cells->known[cells->cell[s]] += cells->weight[s];
    }
  for (size_t c = 0; c < cells->n; c++)
    out[c] = cells->known[c] > 0 ? out[c] / cells->known[c] : NAN;
}
