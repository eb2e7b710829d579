/* @name@: ridge regression, outputs = W (1, inputs), by the normal equations (X'X + n ridge) W =
 * X'Y; predictions are cut to the range (0, 1) of the scaled parameters.
 *
 * The contract, call by call, is <proda/emulator.h>. `proda build` makes @name@.names.h from
 * @name@.yaml. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <proda/emulator.h>

#include "@name@.names.h"

struct emulator {
  size_t n_inputs, n_outputs, m; /* m = n_inputs + 1 */
  double ridge;
  bool fitted;
  double *weight; /* [m][n_outputs]; row 0 is the intercept */
};

static int create(size_t n_inputs, size_t n_outputs, const struct proda_setting *settings,
                  void **emulator, struct proda_error *error)
{
  struct emulator *e = calloc(1, sizeof *e);
  if (!e || !(e->weight = calloc((n_inputs + 1) * n_outputs + 1, sizeof *e->weight))) {
    free(e);
    return proda_error_set(error, "@name@: out of memory");
  }
  e->n_inputs = n_inputs;
  e->n_outputs = n_outputs;
  e->m = n_inputs + 1;
  e->ridge = settings[SET_ridge].value[0];
  *emulator = e;
  return PRODA_OK;
}

static void destroy(void *emulator)
{
  struct emulator *e = emulator;
  if (e)
    free(e->weight);
  free(e);
}

static double feature(const double *input, size_t i)
{
  return i == 0 ? 1 : input[i - 1];
}

/* Adds up A = X'X and W = X'Y of the samples that are fitted; returns their number. */
static size_t add_up(const struct emulator *e, const struct proda_samples *samples, double *a)
{
  size_t used = 0;
  memset(e->weight, 0, e->m * e->n_outputs * sizeof *e->weight);
  for (size_t s = 0; s < samples->n; s++) {
    const double *x = samples->input + s * e->n_inputs, *y = samples->output + s * e->n_outputs;
    if (samples->validation[s])
      continue;
    used++;
    for (size_t i = 0; i < e->m; i++) {
      double xi = feature(x, i);
      for (size_t j = 0; j <= i; j++)
        a[i * e->m + j] += xi * feature(x, j);
      for (size_t k = 0; k < e->n_outputs; k++)
        e->weight[i * e->n_outputs + k] += xi * y[k];
    }
  }
  return used;
}

/* Cholesky's factor in place of the lower triangle; false where it has none. */
static bool factorise(size_t m, double *a)
{
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j <= i; j++) {
      double sum = a[i * m + j];
      for (size_t k = 0; k < j; k++)
        sum -= a[i * m + k] * a[j * m + k];
      if (i == j && !(sum > 0))
        return false;
      a[i * m + j] = i == j ? sqrt(sum) : sum / a[j * m + j];
    }
  return true;
}

static void substitute(const struct emulator *e, const double *a)
{
  size_t m = e->m, n = e->n_outputs;
  for (size_t k = 0; k < n; k++) {
    double *w = e->weight + k;
    for (size_t i = 0; i < m; i++) {
      for (size_t j = 0; j < i; j++)
        w[i * n] -= a[i * m + j] * w[j * n];
      w[i * n] /= a[i * m + i];
    }
    for (size_t i = m; i-- > 0;) {
      for (size_t j = i + 1; j < m; j++)
        w[i * n] -= a[j * m + i] * w[j * n];
      w[i * n] /= a[i * m + i];
    }
  }
}

static double predict_one(const struct emulator *e, const double *input, size_t output)
{
  double sum = 0;
  for (size_t i = 0; i < e->m; i++)
    sum += e->weight[i * e->n_outputs + output] * feature(input, i);
  return fmin(fmax(sum, 1e-6), 1 - 1e-6);
}

/* Mean square of the errors over the samples that are fitted, or those that judge. */
static double loss(const struct emulator *e, const struct proda_samples *samples, bool validation)
{
  double sum = 0;
  size_t n = 0;
  for (size_t s = 0; s < samples->n; s++)
    for (size_t k = 0; k < e->n_outputs && samples->validation[s] == validation; k++, n++) {
      double error = predict_one(e, samples->input + s * e->n_inputs, k) -
                     samples->output[s * e->n_outputs + k];
      sum += error * error;
    }
  return n > 0 ? sum / (double)n : 0;
}

static int fit(void *emulator, const struct proda_samples *samples, uint64_t seed,
               const struct proda_fit_progress *progress, struct proda_error *error)
{
  struct emulator *e = emulator;
  double *a = calloc(e->m * e->m, sizeof *a);
  (void)seed; /* nothing is random here */
  if (!a)
    return proda_error_set(error, "@name@: out of memory");
  size_t used = add_up(e, samples, a);
  for (size_t i = 1; i < e->m; i++)
    a[i * e->m + i] += e->ridge * (double)used;
  int status = used > 0 && factorise(e->m, a)
                   ? PRODA_OK
                   : proda_error_set(error,
                                     "@name@: %zu samples do not determine %zu coefficients; "
                                     "raise the setting ridge, now %g",
                                     used, e->m, e->ridge);
  if (status == PRODA_OK) {
    substitute(e, a);
    e->fitted = true;
    if (progress)
      progress->report(progress->context, 0, loss(e, samples, false), loss(e, samples, true));
  }
  free(a);
  return status;
}

static int predict(const void *emulator, size_t n, const double *input, double *output,
                   struct proda_error *error)
{
  const struct emulator *e = emulator;
  if (!e->fitted)
    return proda_error_set(error, "@name@: it has not been fitted yet");
  for (size_t s = 0; s < n; s++)
    for (size_t k = 0; k < e->n_outputs; k++)
      output[s * e->n_outputs + k] = predict_one(e, input + s * e->n_inputs, k);
  return PRODA_OK;
}

static size_t n_arrays(const void *emulator)
{
  (void)emulator;
  return 1;
}

static void array(const void *emulator, size_t i, struct proda_array *array)
{
  const struct emulator *e = emulator;
  (void)i;
  *array = (struct proda_array){"weight", 2, {e->m, e->n_outputs, 1, 1}, e->weight};
}

static int restore(void *emulator, size_t n, const struct proda_array *arrays,
                   struct proda_error *error)
{
  struct emulator *e = emulator;
  for (size_t i = 0; i < n; i++)
    if (strcmp(arrays[i].name, "weight") == 0 && arrays[i].rank == 2 && arrays[i].dim[0] == e->m &&
        arrays[i].dim[1] == e->n_outputs) {
      memcpy(e->weight, arrays[i].value, e->m * e->n_outputs * sizeof *e->weight);
      e->fitted = true;
      return PRODA_OK;
    }
  return proda_error_set(error, "@name@: expected an array weight(%zu, %zu) among the %zu given",
                         e->m, e->n_outputs, n);
}

static const void *extension(const void *emulator, const char *name)
{
  (void)emulator;
  (void)name;
  return NULL;
}

static const struct proda_emulator_ops ops = {
    .size = sizeof ops,
    .create = create,
    .destroy = destroy,
    .fit = fit,
    .predict = predict,
    .n_arrays = n_arrays,
    .array = array,
    .restore = restore,
    .extension = extension,
};

PRODA_EXPORT const struct proda_plugin proda_plugin = {PRODA_ABI_VERSION, PRODA_EMULATOR,
                                                       MANIFEST_NAME, MANIFEST_DIGEST, &ops};
