#include "pipeline/train/covariates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/train/encoder.h"
#include "stats/summary.h"

struct proda_encoder *proda_encoder_new(size_t n)
{
  struct proda_encoder *encoder = calloc(1, sizeof *encoder);
  if (!encoder)
    return NULL;
  encoder->n = n;
  encoder->column = calloc(n, sizeof *encoder->column);
  if (encoder->column)
    return encoder;
  free(encoder);
  return NULL;
}

void proda_encoder_free(struct proda_encoder *encoder)
{
  if (!encoder)
    return;
  for (size_t i = 0; i < encoder->n; i++) {
    free(encoder->column[i].name);
    free(encoder->column[i].class);
  }
  free(encoder->column);
  free(encoder);
}

size_t proda_encoder_width(const struct proda_encoder *encoder)
{
  size_t width = 0;
  for (size_t i = 0; i < encoder->n; i++)
    width += encoder->column[i].kind == PRODA_COLUMN_ONE_HOT ? encoder->column[i].n_classes : 1;
  return width;
}

static long find_name(const char *const *names, size_t n, const char *name)
{
  for (size_t i = 0; i < n; i++)
    if (strcmp(names[i], name) == 0)
      return (long)i;
  return -1;
}

/* Sorted values of covariate j at the training sites; returns how many there are. */
static size_t training_values(const struct proda_covariates *covariates, const bool *training,
                              size_t j, double *out)
{
  size_t n = 0;
  for (size_t i = 0; i < covariates->n_sites; i++) {
    double x = covariates->value[i * covariates->n + j];
    if (training[i] && isfinite(x))
      out[n++] = x;
  }
  proda_sort(out, n);
  return n;
}

/* Moves the distinct values to the front; returns how many. `*mode` is the most frequent, the
 * smallest of several. */
static size_t distinct_values(double *sorted, size_t n, double *mode)
{
  size_t kept = 0, run = 0, longest = 0;
  for (size_t i = 0; i < n; i++) {
    run = i > 0 && sorted[i] == sorted[kept - 1] ? run + 1 : 1;
    if (run == 1)
      sorted[kept++] = sorted[i];
    if (run > longest) {
      longest = run;
      *mode = sorted[i];
    }
  }
  return kept;
}

/* `sorted` is the n training values; it is used up. */
static int learn_column(struct proda_encoder_column *column, const char *name, double *sorted,
                        size_t n, struct proda_error *error)
{
  column->name = strdup(name);
  column->minimum = sorted[0];
  column->maximum = sorted[n - 1];
  column->fill = proda_quantile_sorted(sorted, n, 0.5);
  if (column->kind != PRODA_COLUMN_NUMBER) {
    size_t n_classes = distinct_values(sorted, n, &column->fill);
    if (column->kind == PRODA_COLUMN_ONE_HOT) {
      column->n_classes = n_classes;
      column->class = calloc(n_classes, sizeof *column->class);
      if (column->class)
        memcpy(column->class, sorted, n_classes * sizeof *sorted);
    }
  }
  if (!column->name || (column->n_classes > 0 && !column->class))
    return proda_error_set(error, "out of memory for covariate %s", name);
  return PRODA_OK;
}

static int check_excluded(const struct proda_covariates *covariates,
                          const struct proda_experiment_train *rules, struct proda_error *error)
{
  char hint[PRODA_HINT_SIZE];
  for (size_t i = 0; i < rules->n_exclude; i++)
    if (find_name(covariates->name, covariates->n, rules->exclude[i]) < 0)
      return proda_error_set(error, "train: exclude: there is no covariate '%s'%s",
                             rules->exclude[i],
                             proda_hint(rules->exclude[i], covariates->name, covariates->n, hint));
  return PRODA_OK;
}

static int learn_columns(struct proda_encoder *encoder, const struct proda_covariates *covariates,
                         const bool *training, const struct proda_experiment_train *rules,
                         double *sorted, struct proda_error *error)
{
  encoder->n = 0;
  for (size_t j = 0; j < covariates->n; j++) {
    struct proda_encoder_column *column = &encoder->column[encoder->n];
    if (find_name(rules->exclude, rules->n_exclude, covariates->name[j]) >= 0)
      continue;
    size_t n = training_values(covariates, training, j, sorted);
    if (n == 0)
      return proda_error_set(error,
                             "covariate %s has no value at any training site; leave it out "
                             "with train: exclude: [%s]",
                             covariates->name[j], covariates->name[j]);
    if (covariates->is_class[j])
      column->kind =
          rules->classes == PRODA_CLASS_ONE_HOT ? PRODA_COLUMN_ONE_HOT : PRODA_COLUMN_CLASS_NUMBER;
    encoder->n++;
    if (learn_column(column, covariates->name[j], sorted, n, error) != PRODA_OK)
      return PRODA_ERROR;
  }
  if (encoder->n == 0)
    return proda_error_set(error, "there is no covariate to train on");
  return PRODA_OK;
}

int proda_encoder_learn(const struct proda_covariates *covariates, const bool *training,
                        const struct proda_experiment_train *rules, struct proda_encoder **encoder,
                        struct proda_error *error)
{
  int status = PRODA_ERROR;
  struct proda_encoder *made = NULL;
  double *sorted = NULL;
  if (check_excluded(covariates, rules, error) != PRODA_OK)
    return PRODA_ERROR;
  made = proda_encoder_new(covariates->n + 1);
  sorted = calloc(covariates->n_sites + 1, sizeof *sorted);
  if (!made || !sorted) {
    proda_error_set(error, "out of memory for %zu covariates", covariates->n);
    goto out;
  }
  made->drop_missing = rules->missing == PRODA_MISSING_DROP;
  status = learn_columns(made, covariates, training, rules, sorted, error);
out:
  free(sorted);
  if (status != PRODA_OK) {
    proda_encoder_free(made);
    made = NULL;
  }
  *encoder = made;
  return status;
}

/* What one value was, as bits. */
enum { SEEN_MISSING = 1, SEEN_OUTSIDE = 2, SEEN_UNSEEN = 4 };

static unsigned encode_number(const struct proda_encoder_column *column, double x, double *out)
{
  unsigned seen = 0;
  double range = column->maximum - column->minimum;
  if (!isfinite(x)) {
    x = column->fill;
    seen = SEEN_MISSING;
  }
  if (x < column->minimum || x > column->maximum)
    seen |= SEEN_OUTSIDE;
  out[0] = range > 0 ? fmin(1, fmax(0, (x - column->minimum) / range)) : 0;
  return seen;
}

static unsigned encode_class(const struct proda_encoder_column *column, double x, double *out)
{
  unsigned seen = isfinite(x) ? SEEN_UNSEEN : SEEN_MISSING;
  for (size_t c = 0; c < column->n_classes; c++) {
    out[c] = x == column->class[c];
    if (out[c] == 1)
      seen = 0;
  }
  return seen;
}

/* One site; `where` [n] is each column's place in its row. */
static unsigned encode_site(const struct proda_encoder *encoder, const size_t *where,
                            const double *row, double *out)
{
  unsigned seen = 0;
  for (size_t i = 0; i < encoder->n; i++) {
    const struct proda_encoder_column *column = &encoder->column[i];
    double x = row[where[i]];
    if (column->kind == PRODA_COLUMN_ONE_HOT) {
      seen |= encode_class(column, x, out);
      out += column->n_classes;
    } else {
      seen |= encode_number(column, x, out++);
    }
  }
  return seen;
}

static int find_columns(const struct proda_encoder *encoder,
                        const struct proda_covariates *covariates, size_t *where,
                        struct proda_error *error)
{
  for (size_t i = 0; i < encoder->n; i++) {
    long j = find_name(covariates->name, covariates->n, encoder->column[i].name);
    if (j < 0)
      return proda_error_set(error, "covariate %s, which the emulator was trained with, is absent",
                             encoder->column[i].name);
    where[i] = (size_t)j;
  }
  return PRODA_OK;
}

int proda_encoder_apply(const struct proda_encoder *encoder,
                        const struct proda_covariates *covariates, double *input, bool *usable,
                        struct proda_encoding *summary, struct proda_error *error)
{
  size_t width = proda_encoder_width(encoder);
  size_t *where = calloc(encoder->n, sizeof *where);
  int status = PRODA_ERROR;
  *summary = (struct proda_encoding){0};
  if (!where) {
    proda_error_set(error, "out of memory for %zu covariates", encoder->n);
    goto out;
  }
  if (find_columns(encoder, covariates, where, error) != PRODA_OK)
    goto out;
  for (size_t i = 0; i < covariates->n_sites; i++) {
    double *row = input + i * width;
    unsigned seen = encode_site(encoder, where, covariates->value + i * covariates->n, row);
    usable[i] = !(encoder->drop_missing && (seen & SEEN_MISSING));
    if (!usable[i]) {
      memset(row, 0, width * sizeof *row);
      summary->n_unusable++;
      continue;
    }
    summary->n_filled += (seen & SEEN_MISSING) != 0;
    summary->n_cut += (seen & SEEN_OUTSIDE) != 0;
    summary->n_unseen += (seen & SEEN_UNSEEN) != 0;
  }
  status = PRODA_OK;
out:
  free(where);
  return status;
}
