#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/train/encoder.h"

static size_t count_classes(const struct proda_encoder *encoder)
{
  size_t n = 0;
  for (size_t i = 0; i < encoder->n; i++)
    n += encoder->column[i].n_classes;
  return n;
}

static int define(const struct proda_encoder *encoder, struct proda_nc *file,
                  struct proda_error *error)
{
  static const struct proda_nc_entry variable[] = {
      {"encoder_name", PRODA_NC_STRING, "encoder_covariate", NULL, "name of the covariate"},
      {"encoder_kind", PRODA_NC_BYTE, "encoder_covariate", NULL, "how the covariate is encoded"},
      {"encoder_minimum", PRODA_NC_DOUBLE, "encoder_covariate", NULL,
       "smallest value at the training sites"},
      {"encoder_maximum", PRODA_NC_DOUBLE, "encoder_covariate", NULL,
       "largest value at the training sites"},
      {"encoder_fill", PRODA_NC_DOUBLE, "encoder_covariate", NULL, "what replaces a missing value"},
      {"encoder_n_classes", PRODA_NC_INT, "encoder_covariate", NULL,
       "number of classes, one column each"},
  };
  static const char *const kind[] = {"number", "class_as_number", "one_hot"};
  if (proda_nc_def_dim(file, "encoder_covariate", encoder->n, error) ||
      proda_nc_def_all(file, variable, sizeof variable / sizeof *variable, error))
    return PRODA_ERROR;
  if (count_classes(encoder) > 0 &&
      (proda_nc_def_dim(file, "encoder_class", count_classes(encoder), error) ||
       proda_nc_def(file, "encoder_class", PRODA_NC_DOUBLE, "encoder_class", NULL,
                    "classes of the one-hot covariates, one after the other", error)))
    return PRODA_ERROR;
  if (proda_nc_put_flags(file, "encoder_kind", kind, 3, error))
    return PRODA_ERROR;
  return proda_nc_put_text(file, "encoder_name", "missing",
                           encoder->drop_missing ? "drop" : "median", error);
}

/* Writes one number of every column, chosen by its place in the struct's order below. */
enum number { KIND, MINIMUM, MAXIMUM, FILL, N_CLASSES };

static double column_number(const struct proda_encoder_column *column, enum number which)
{
  switch (which) {
  case KIND:
    return column->kind;
  case MINIMUM:
    return column->minimum;
  case MAXIMUM:
    return column->maximum;
  case FILL:
    return column->fill;
  case N_CLASSES:
    return (double)column->n_classes;
  }
  return NAN;
}

static const char *const number_name[] = {
    [KIND] = "encoder_kind", [MINIMUM] = "encoder_minimum",     [MAXIMUM] = "encoder_maximum",
    [FILL] = "encoder_fill", [N_CLASSES] = "encoder_n_classes",
};

static int write_numbers(const struct proda_encoder *encoder, struct proda_nc *file, double *work,
                         struct proda_error *error)
{
  for (enum number which = KIND; which <= N_CLASSES; which++) {
    for (size_t i = 0; i < encoder->n; i++)
      work[i] = column_number(&encoder->column[i], which);
    if (proda_nc_write(file, number_name[which], work, error))
      return PRODA_ERROR;
  }
  size_t n = 0;
  for (size_t i = 0; i < encoder->n; i++)
    for (size_t c = 0; c < encoder->column[i].n_classes; c++)
      work[n++] = encoder->column[i].class[c];
  return n > 0 ? proda_nc_write(file, "encoder_class", work, error) : PRODA_OK;
}

int proda_encoder_write(const struct proda_encoder *encoder, struct proda_nc *file,
                        struct proda_error *error)
{
  int status = PRODA_ERROR;
  double *work = calloc(encoder->n + count_classes(encoder), sizeof *work);
  const char **name = calloc(encoder->n, sizeof *name);
  if (!work || !name) {
    proda_error_set(error, "out of memory for %zu covariates", encoder->n);
    goto out;
  }
  for (size_t i = 0; i < encoder->n; i++)
    name[i] = encoder->column[i].name;
  if (define(encoder, file, error) || proda_nc_write_strings(file, "encoder_name", name, error) ||
      write_numbers(encoder, file, work, error))
    goto out;
  status = PRODA_OK;
out:
  free(work);
  free(name);
  return status;
}

/* Values come from a file: each is judged before it is converted. */
static int take_number(struct proda_encoder_column *column, enum number which, double value)
{
  enum { MAX_CLASSES = 1000000 };
  switch (which) {
  case KIND:
    if (value != 0 && value != 1 && value != 2)
      return 0;
    column->kind = (enum proda_column_kind)value;
    return 1;
  case MINIMUM:
    column->minimum = value;
    return isfinite(value);
  case MAXIMUM:
    column->maximum = value;
    return isfinite(value);
  case FILL:
    column->fill = value;
    return isfinite(value);
  case N_CLASSES:
    if (!(value >= 0 && value <= MAX_CLASSES && value == floor(value)))
      return 0;
    column->n_classes = (size_t)value;
    return 1;
  }
  return 0;
}

static int read_numbers(const struct proda_nc *file, struct proda_encoder *encoder,
                        struct proda_error *error)
{
  for (enum number which = KIND; which <= N_CLASSES; which++) {
    double *value = NULL;
    int good = 1;
    if (proda_nc_read(file, number_name[which], encoder->n, &value, error))
      return PRODA_ERROR;
    for (size_t i = 0; i < encoder->n; i++)
      good = good && take_number(&encoder->column[i], which, value[i]);
    free(value);
    if (!good)
      return proda_error_set(error, "%s: %s holds an impossible value; train again",
                             proda_nc_path(file), number_name[which]);
  }
  return PRODA_OK;
}

static int read_classes(const struct proda_nc *file, struct proda_encoder *encoder,
                        struct proda_error *error)
{
  double *value = NULL, *next = NULL;
  if (count_classes(encoder) == 0)
    return PRODA_OK;
  if (proda_nc_read(file, "encoder_class", count_classes(encoder), &value, error))
    return PRODA_ERROR;
  next = value;
  for (size_t i = 0; i < encoder->n; i++) {
    struct proda_encoder_column *column = &encoder->column[i];
    if (column->n_classes == 0)
      continue;
    column->class = calloc(column->n_classes, sizeof *column->class);
    if (!column->class) {
      free(value);
      return proda_error_set(error, "out of memory for %zu classes", column->n_classes);
    }
    memcpy(column->class, next, column->n_classes * sizeof *next);
    next += column->n_classes;
  }
  free(value);
  return PRODA_OK;
}

static int read_names(const struct proda_nc *file, struct proda_encoder *encoder,
                      struct proda_error *error)
{
  char **name = NULL, *missing = NULL;
  size_t n = 0;
  if (proda_nc_read_strings(file, "encoder_name", &n, &name, error))
    return PRODA_ERROR;
  int good = n == encoder->n;
  for (size_t i = 0; good && i < n; i++)
    good = (encoder->column[i].name = strdup(name[i])) != NULL;
  if (proda_nc_text(file, "encoder_name", "missing", &missing))
    encoder->drop_missing = strcmp(missing, "drop") == 0;
  free(missing);
  free(name);
  return good ? PRODA_OK
              : proda_error_set(error, "%s: cannot take encoder_name", proda_nc_path(file));
}

int proda_encoder_read(const struct proda_nc *file, struct proda_encoder **encoder,
                       struct proda_error *error)
{
  size_t n = 0;
  struct proda_encoder *made = NULL;
  *encoder = NULL;
  if (proda_nc_dim(file, "encoder_covariate", &n, error))
    return PRODA_ERROR;
  made = proda_encoder_new(n);
  if (!made)
    return proda_error_set(error, "out of memory for %zu covariates", n);
  if (read_names(file, made, error) || read_numbers(file, made, error) ||
      read_classes(file, made, error)) {
    proda_encoder_free(made);
    return PRODA_ERROR;
  }
  *encoder = made;
  return PRODA_OK;
}
