#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "pipeline/compare/comparison.h"
#include "stats/correlation.h"

enum { NONE, AREA, N_WEIGHTINGS };

static const struct proda_nc_entry weighting_entry = {"weighting_name", PRODA_NC_STRING,
                                                      "weighting", NULL, "what cells count by"};
static const struct proda_nc_entry pair_entry[] = {
    {"pair_first", PRODA_NC_INT, "pair", "1", "index of the first structure, x"},
    {"pair_second", PRODA_NC_INT, "pair", "1", "index of the second structure, y"},
};

#define DIMS "parameterisation pair quantity weighting"
enum {
  R,
  DF,
  P,
  LOG10_P,
  SLOPE,
  INTERCEPT,
  DISTANCE,
  BIAS,
  N,
  R_LINEAR,
  LOG10_P_LINEAR,
  R_BOTH,
  N_BOTH,
  N_ENTRIES
};
static const struct proda_nc_entry entry[N_ENTRIES] = {
    [R] = {"r", PRODA_NC_DOUBLE, DIMS, "1", "Pearson correlation over cells"},
    [DF] = {"df", PRODA_NC_DOUBLE, DIMS, "1",
            "degrees of freedom: cells, or their effective number after Kish, less 2"},
    [P] = {"p", PRODA_NC_DOUBLE, DIMS, "1", "two-sided p of r; 0 below the smallest number"},
    [LOG10_P] = {"log10_p", PRODA_NC_DOUBLE, DIMS, "1", "log10 of p"},
    [SLOPE] = {"slope", PRODA_NC_DOUBLE, DIMS, "1", "slope of the regression of second on first"},
    [INTERCEPT] = {"intercept", PRODA_NC_DOUBLE, DIMS, NULL,
                   "intercept of that regression, in the unit compared"},
    [DISTANCE] = {"distance", PRODA_NC_DOUBLE, DIMS, NULL,
                  "root mean square distance from the 1:1 line, in the unit compared"},
    [BIAS] = {"bias", PRODA_NC_DOUBLE, DIMS, NULL,
              "mean of second minus first, in the unit compared"},
    [N] = {"n", PRODA_NC_INT, DIMS, "1", "cells compared"},
    [R_LINEAR] = {"r_linear", PRODA_NC_DOUBLE, DIMS, "1",
                  "Pearson correlation of the quantity as it is, without logarithm"},
    [LOG10_P_LINEAR] = {"log10_p_linear", PRODA_NC_DOUBLE, DIMS, "1", "log10 of p of r_linear"},
    [R_BOTH] = {"r_both", PRODA_NC_DOUBLE, DIMS, "1",
                "r on the cells that are sound with both parameterisations"},
    [N_BOTH] = {"n_both", PRODA_NC_INT, DIMS, "1", "cells that r_both is of"},
};

struct proda_compared_pair proda_compared_pair(const struct proda_comparison *comparison,
                                               size_t pair)
{
  struct proda_compared_pair found = {0, 1};
  for (; pair > 0; pair--)
    if (++found.second == comparison->n_structures)
      found.second = ++found.first + 1;
  return found;
}

/* Values of two structures, cell by cell. */
struct values {
  const struct proda_comparison *comparison;
  struct proda_compared_pair pair;
  double *x, *y; /* [n_cells] */
};

/* Whether both structures of a pair are sound in a cell, whichever the parameterisation. */
static bool sound_in_both(const struct values *v, size_t cell)
{
  const struct proda_compared_maps *maps = v->comparison->maps;
  for (size_t p = 0; p < PRODA_N_PARAMETERISATIONS; p++)
    if (!proda_compared_sound(maps, p, v->pair.first)[cell] ||
        !proda_compared_sound(maps, p, v->pair.second)[cell])
      return false;
  return true;
}

static void take(const struct values *v, size_t p, size_t q, bool log)
{
  const struct proda_compared_maps *maps = v->comparison->maps;
  const double *first = proda_compared_value(maps, q, p, v->pair.first);
  const double *second = proda_compared_value(maps, q, p, v->pair.second);
  for (size_t c = 0; c < maps->n_cells; c++) {
    v->x[c] = !first ? NAN : log ? log10(first[c]) : first[c];
    v->y[c] = !second ? NAN : log ? log10(second[c]) : second[c];
  }
}

/* Components of constant parameters differ from cell to cell by what the solver rounds: no pattern
 * that could agree or not. */
static const double noise = 1e-8;

static bool varies(const double *value, const double *other, size_t n)
{
  double least = INFINITY, most = -INFINITY;
  for (size_t c = 0; c < n; c++)
    if (isfinite(value[c]) && isfinite(other[c])) {
      least = fmin(least, value[c]);
      most = fmax(most, value[c]);
    }
  return most - least > noise * fmax(fabs(least), fabs(most));
}

static void correlate(const struct values *v, const double *weight, bool constant,
                      struct proda_correlation *out)
{
  proda_correlate(v->x, v->y, weight, v->comparison->maps->n_cells, out);
  if (constant)
    out->r = out->p = out->log10_p = out->slope = out->intercept = NAN;
}

static void compare(const struct values *v, size_t p, size_t q, const double *weight,
                    double *const out[N_ENTRIES], size_t at)
{
  const struct proda_compared_maps *maps = v->comparison->maps;
  struct proda_correlation c, other, linear;
  take(v, p, q, false);
  bool constant = !varies(v->x, v->y, maps->n_cells) || !varies(v->y, v->x, maps->n_cells);
  correlate(v, weight, constant, &linear);
  take(v, p, q, maps->quantity[q].log);
  correlate(v, weight, constant, &c);
  for (size_t cell = 0; cell < maps->n_cells; cell++)
    if (!sound_in_both(v, cell))
      v->x[cell] = NAN;
  correlate(v, weight, constant, &other);
  out[R][at] = c.r;
  out[DF][at] = c.df;
  out[P][at] = c.p;
  out[LOG10_P][at] = c.log10_p;
  out[SLOPE][at] = c.slope;
  out[INTERCEPT][at] = c.intercept;
  out[DISTANCE][at] = c.distance;
  out[BIAS][at] = c.bias;
  out[N][at] = (double)c.n;
  out[R_BOTH][at] = other.r;
  out[N_BOTH][at] = (double)other.n;
  out[R_LINEAR][at] = linear.r;
  out[LOG10_P_LINEAR][at] = linear.log10_p;
}

/* ---- what the study says ---- */

/* "r = 0.51 (log10, 12345 cells, p < 1e-300)" */
static void tell_r(char text[128], double r, double n, double log10_p)
{
  int length = snprintf(text, 128, "r = %.2f (log10, %.0f cells, ", r, n);
  if (isnan(r))
    snprintf(text, 128, "no r (%.0f cells in common)", n);
  else if (log10_p < -300)
    snprintf(text + length, 128 - (size_t)length, "p < 1e-300)");
  else
    snprintf(text + length, 128 - (size_t)length, "p = %.2g)", pow(10, log10_p));
}

static void report(const struct values *v, size_t pair, double *const out[N_ENTRIES])
{
  const struct proda_comparison *c = v->comparison;
  char text[PRODA_N_PARAMETERISATIONS][128];
  for (size_t p = 0; p < PRODA_N_PARAMETERISATIONS; p++) {
    size_t at =
        ((p * c->n_pairs + pair) * c->maps->n_quantities + PRODA_MAP_0_100CM) * N_WEIGHTINGS + NONE;
    tell_r(text[p], out[R][at], out[N][at], out[LOG10_P][at]);
  }
  proda_report(c->run, "compare: SOC of the first metre, %s and %s: %s calibrated, %s ad hoc",
               proda_compared_name(c, v->pair.first), proda_compared_name(c, v->pair.second),
               text[PRODA_CALIBRATED], text[PRODA_AD_HOC]);
}

/* ---- */

static void compare_pair(const struct values *v, size_t pair, double *const out[N_ENTRIES])
{
  const struct proda_comparison *c = v->comparison;
  const struct proda_compared_maps *maps = c->maps;
  for (size_t p = 0; p < PRODA_N_PARAMETERISATIONS; p++)
    for (size_t q = 0; q < maps->n_quantities; q++) {
      size_t at = ((p * c->n_pairs + pair) * maps->n_quantities + q) * N_WEIGHTINGS;
      compare(v, p, q, NULL, out, at + NONE);
      if (maps->area)
        compare(v, p, q, maps->area, out, at + AREA);
    }
  report(v, pair, out);
}

static int define(struct proda_draft *draft, double **index, double **out,
                  struct proda_error *error)
{
  static const char *const weighting[N_WEIGHTINGS] = {[NONE] = "none", [AREA] = "area"};
  if (proda_draft_dim(draft, "weighting", N_WEIGHTINGS, error) != PRODA_OK ||
      proda_draft_texts(draft, &weighting_entry, weighting, error) != PRODA_OK ||
      proda_draft_numbers_all(draft, pair_entry, 2, index, error) != PRODA_OK)
    return PRODA_ERROR;
  return proda_draft_numbers_all(draft, entry, N_ENTRIES, out, error);
}

int proda_compare_pairs(const struct proda_comparison *c, struct proda_draft *draft,
                        struct proda_error *error)
{
  double *index[2], *out[N_ENTRIES];
  if (c->n_pairs == 0)
    return PRODA_OK;
  if (define(draft, index, out, error) != PRODA_OK)
    return PRODA_ERROR;
  double *room = calloc(2 * c->maps->n_cells + 1, sizeof *room);
  if (!room)
    return proda_error_set(error, "out of memory for %zu cells", c->maps->n_cells);
  for (size_t pair = 0; pair < c->n_pairs; pair++) {
    const struct values v = {c, proda_compared_pair(c, pair), room, room + c->maps->n_cells};
    index[0][pair] = (double)v.pair.first;
    index[1][pair] = (double)v.pair.second;
    compare_pair(&v, pair, out);
  }
  free(room);
  return PRODA_OK;
}
