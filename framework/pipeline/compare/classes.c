#include <math.h>
#include <stdlib.h>

#include "pipeline/compare/comparison.h"

static const struct proda_nc_entry text_entry[] = {
    {"class_variable", PRODA_NC_STRING, "class", NULL, "covariate that the class is a value of"},
    {"class_label", PRODA_NC_STRING, "class", NULL, "label that the experiment gives the class"},
};
enum { VALUE, AREA, SHARE, SOC, N_ENTRIES };
static const struct proda_nc_entry entry[N_ENTRIES] = {
    [VALUE] = {"class_value", PRODA_NC_DOUBLE, "class", "1", "value of the covariate"},
    [AREA] = {"class_area", PRODA_NC_DOUBLE, "class", "m2", "land area of the class"},
    [SHARE] = {"class_common_share", PRODA_NC_DOUBLE, "parameterisation class", "1",
               "share of the class where all structures are sound"},
    [SOC] = {"soc_by_class", PRODA_NC_DOUBLE, "parameterisation structure depth class", "kg m-2",
             "area-weighted mean of soil organic carbon on common cells"},
};

static int add_texts(const struct proda_compared_classes *classes, struct proda_draft *draft,
                     struct proda_error *error)
{
  const char **text = calloc(2 * classes->n, sizeof *text);
  if (!text)
    return proda_error_set(error, "out of memory for %zu classes", classes->n);
  for (size_t k = 0; k < classes->n; k++) {
    text[k] = classes->entry[k].variable;
    text[classes->n + k] = classes->entry[k].label;
  }
  int status = proda_draft_texts(draft, &text_entry[0], text, error);
  if (status == PRODA_OK)
    status = proda_draft_texts(draft, &text_entry[1], text + classes->n, error);
  free(text);
  return status;
}

/* Adds weight times value, or the weight alone, of every cell to the class of each variable. */
static void add_up(const struct proda_comparison *c, const bool *counts, const double *value,
                   double *sum)
{
  for (size_t v = 0; v < c->classes->n_variables; v++)
    for (size_t cell = 0; cell < c->maps->n_cells; cell++) {
      long k = c->classes->cell[v * c->maps->n_cells + cell];
      if (k >= 0 && (!counts || counts[cell]))
        sum[k] += proda_compared_weight(c->maps, cell) * (value ? value[cell] : 1);
    }
}

static void clear(double *sum, size_t n)
{
  for (size_t k = 0; k < n; k++)
    sum[k] = 0;
}

static void fill(const struct proda_comparison *c, size_t p, double *const out[N_ENTRIES],
                 const double *all, double *covered)
{
  size_t n = c->classes->n;
  clear(covered, n);
  add_up(c, c->maps->common[p], NULL, covered);
  for (size_t k = 0; k < n; k++)
    out[SHARE][p * n + k] = covered[k] / all[k];
  for (size_t s = 0; s < c->n_structures; s++)
    for (size_t d = 0; d < PRODA_MAP_N_DEPTHS; d++) {
      double *soc = out[SOC] + ((p * c->n_structures + s) * PRODA_MAP_N_DEPTHS + d) * n;
      clear(soc, n);
      add_up(c, c->maps->common[p], proda_compared_value(c->maps, d, p, s), soc);
      for (size_t k = 0; k < n; k++)
        soc[k] /= covered[k];
    }
}

int proda_compare_classes(const struct proda_comparison *c, struct proda_draft *draft,
                          struct proda_error *error)
{
  size_t n = c->classes->n;
  double *out[N_ENTRIES], *sum = NULL;
  if (n == 0)
    return PRODA_OK;
  if (add_texts(c->classes, draft, error) != PRODA_OK ||
      proda_draft_numbers_all(draft, entry, N_ENTRIES, out, error) != PRODA_OK)
    return PRODA_ERROR;
  if (!(sum = calloc(2 * n, sizeof *sum)))
    return proda_error_set(error, "out of memory for %zu classes", n);
  add_up(c, NULL, NULL, sum);
  for (size_t k = 0; k < n; k++) {
    out[VALUE][k] = c->classes->entry[k].value;
    out[AREA][k] = c->maps->area ? sum[k] : NAN;
  }
  for (size_t p = 0; p < PRODA_N_PARAMETERISATIONS; p++)
    fill(c, p, out, sum, sum + n);
  free(sum);
  return PRODA_OK;
}
