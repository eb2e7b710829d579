#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/train/predictor_private.h"

static const char prefix[] = "emulator_array_";
enum { MAX_NAME = 40 }; /* names of variables and dimensions have room for 63 */

static const char *output_name(const struct proda_predictor_setup *setup, size_t k)
{
  return setup->structure->parameter[setup->space->free[k]].name;
}

static int write_outputs(const struct proda_predictor *predictor, struct proda_nc *file,
                         struct proda_error *error)
{
  size_t n = predictor->setup.space->n_free;
  const char **name = calloc(n, sizeof *name);
  if (!name)
    return proda_error_set(error, "out of memory for %zu names", n);
  for (size_t k = 0; k < n; k++)
    name[k] = output_name(&predictor->setup, k);
  int status = PRODA_ERROR;
  if (proda_nc_def_dim(file, "emulator_output", n, error) ||
      proda_nc_def(file, "emulator_output_name", PRODA_NC_STRING, "emulator_output", NULL,
                   "parameter that the emulator predicts", error) ||
      proda_nc_def(file, "emulator_output_lower", PRODA_NC_DOUBLE, "emulator_output", "1",
                   "smallest estimate of the training sites on its prior's scale", error) ||
      proda_nc_def(file, "emulator_output_upper", PRODA_NC_DOUBLE, "emulator_output", "1",
                   "largest estimate of the training sites on its prior's scale", error) ||
      proda_nc_write_strings(file, "emulator_output_name", name, error) ||
      proda_nc_write(file, "emulator_output_lower", predictor->lower, error) ||
      proda_nc_write(file, "emulator_output_upper", predictor->upper, error))
    goto out;
  status = proda_nc_put_text(file, "emulator_output_name", "emulator",
                             predictor->setup.emulator->manifest->name, error);
out:
  free(name);
  return status;
}

/* Dimensions are named after the array: emulator_array_W1_0, ... */
static int write_array(const struct proda_array *array, struct proda_nc *file,
                       struct proda_error *error)
{
  char variable[64], dims[4 * 64] = "";
  if (strlen(array->name) > MAX_NAME)
    return proda_error_set(error, "the emulator's array %s has a name of more than %d characters",
                           array->name, MAX_NAME);
  snprintf(variable, sizeof variable, "%s%s", prefix, array->name);
  size_t used = 0;
  for (size_t d = 0; d < array->rank; d++) {
    char dim[96];
    snprintf(dim, sizeof dim, "%s_%zu", variable, d);
    if (proda_nc_def_dim(file, dim, array->dim[d], error))
      return PRODA_ERROR;
    used += (size_t)snprintf(dims + used, sizeof dims - used, "%s%s", d > 0 ? " " : "", dim);
  }
  if (proda_nc_def(file, variable, PRODA_NC_DOUBLE, dims, NULL, "learned by the emulator", error))
    return PRODA_ERROR;
  return proda_nc_write(file, variable, array->value, error);
}

int proda_predictor_write(const struct proda_predictor *predictor, struct proda_nc *file,
                          struct proda_error *error)
{
  if (proda_encoder_write(predictor->encoder, file, error) || write_outputs(predictor, file, error))
    return PRODA_ERROR;
  for (size_t i = 0; i < predictor->ops->n_arrays(predictor->emulator); i++) {
    struct proda_array array;
    predictor->ops->array(predictor->emulator, i, &array);
    if (write_array(&array, file, error) != PRODA_OK)
      return PRODA_ERROR;
  }
  return PRODA_OK;
}

static int check_outputs(const struct proda_predictor_setup *setup, const struct proda_nc *file,
                         struct proda_error *error)
{
  char **name = NULL;
  size_t n = 0, k = 0;
  if (proda_nc_read_strings(file, "emulator_output_name", &n, &name, error))
    return PRODA_ERROR;
  int same = n == setup->space->n_free;
  while (same && k < n && strcmp(name[k], output_name(setup, k)) == 0)
    k++;
  free(name);
  if (!same || k < n)
    return proda_error_set(error,
                           "%s predicts %zu other parameters than the %zu that the experiment "
                           "calibrates; train again",
                           proda_nc_path(file), n, setup->space->n_free);
  return PRODA_OK;
}

static int read_range(struct proda_predictor *predictor, const struct proda_nc *file,
                      struct proda_error *error)
{
  size_t n = predictor->setup.space->n_free;
  double *lower = NULL, *upper = NULL;
  if (proda_nc_read(file, "emulator_output_lower", n, &lower, error))
    return PRODA_ERROR;
  if (proda_nc_read(file, "emulator_output_upper", n, &upper, error)) {
    free(lower);
    return PRODA_ERROR;
  }
  free(predictor->lower);
  free(predictor->upper);
  predictor->lower = lower;
  predictor->upper = upper;
  return PRODA_OK;
}

/* The array takes its name from `variable` and its values from `*value`, which is allocated. */
static int read_array(const struct proda_nc *file, const char *variable, struct proda_array *array,
                      double **value, struct proda_error *error)
{
  struct proda_nc_shape shape;
  if (proda_nc_shape(file, variable, &shape, error))
    return PRODA_ERROR;
  *array = (struct proda_array){
      .name = variable + strlen(prefix), .rank = shape.rank, .dim = {1, 1, 1, 1}};
  if (shape.rank > 4)
    return proda_error_set(error, "%s: %s has %zu dimensions, at most 4 were expected",
                           proda_nc_path(file), variable, shape.rank);
  for (size_t d = 0; d < shape.rank; d++)
    array->dim[d] = shape.length[d];
  int status = proda_nc_read(file, variable, 0, value, error);
  array->value = *value;
  return status;
}

static int restore(struct proda_predictor *predictor, const struct proda_nc *file,
                   struct proda_error *error)
{
  char(*name)[64] = NULL;
  size_t n_names = 0, n = 0;
  if (proda_nc_variables(file, &name, &n_names, error))
    return PRODA_ERROR;
  struct proda_array *array = calloc(n_names + 1, sizeof *array);
  double **value = calloc(n_names + 1, sizeof *value);
  int status = PRODA_ERROR;
  if (!array || !value) {
    proda_error_set(error, "out of memory for %zu arrays", n_names);
    goto out;
  }
  status = PRODA_OK;
  for (size_t i = 0; i < n_names && status == PRODA_OK; i++)
    if (strncmp(name[i], prefix, strlen(prefix)) == 0) {
      status = read_array(file, name[i], &array[n], &value[n], error);
      n++;
    }
  if (status == PRODA_OK && predictor->ops->restore(predictor->emulator, n, array, error))
    status = proda_error_prefix(error, "%s: ", proda_nc_path(file));
out:
  for (size_t i = 0; value && i < n; i++)
    free(value[i]);
  free(value);
  free(array);
  free(name);
  return status;
}

int proda_predictor_read(const struct proda_predictor_setup *setup, const struct proda_nc *file,
                         struct proda_predictor **predictor, struct proda_error *error)
{
  struct proda_encoder *encoder = NULL;
  *predictor = NULL;
  if (check_outputs(setup, file, error) || proda_encoder_read(file, &encoder, error) ||
      proda_predictor_new(setup, encoder, predictor, error))
    return PRODA_ERROR;
  if (read_range(*predictor, file, error) == PRODA_OK &&
      restore(*predictor, file, error) == PRODA_OK)
    return PRODA_OK;
  proda_predictor_free(*predictor);
  *predictor = NULL;
  return PRODA_ERROR;
}
