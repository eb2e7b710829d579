#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <proda/emulator.h>

#include "engine.h"
#include "loss.h"
#include "mlp.names.h"

_Static_assert((int)SET_optimizer_adadelta == MLP_ADADELTA && (int)SET_optimizer_adam == MLP_ADAM &&
                   (int)SET_optimizer_sgd == MLP_SGD,
               "order of optimizers");
_Static_assert((int)SET_loss_product == MLP_LOSS_PRODUCT &&
                   (int)SET_loss_scaled_product == MLP_LOSS_SCALED_PRODUCT &&
                   (int)SET_loss_mse == MLP_LOSS_MSE && (int)SET_loss_ratio == MLP_LOSS_RATIO,
               "order of losses");

enum { NAME_SIZE = 24 };

struct mlp {
  struct mlp_settings settings;
  struct network_shape shape;
  const struct mlp_engine *engine;
  bool fitted;
  double *learned;                                /* [n_weights] */
  char name[2 * (MLP_MAX_HIDDEN + 1)][NAME_SIZE]; /* of the arrays: W1, b1, W2, ... */
};

static double own_rate(enum mlp_optimizer optimizer)
{
  static const double rate[] = {[MLP_ADADELTA] = 1, [MLP_ADAM] = 0.001, [MLP_SGD] = 0.01};
  return rate[optimizer];
}

static int read_hidden(const struct proda_setting *setting, struct mlp_settings *out,
                       struct proda_error *error)
{
  if (setting->size > MLP_MAX_HIDDEN)
    return proda_error_set(error, "mlp: hidden has %zu layers, at most %d are possible",
                           setting->size, MLP_MAX_HIDDEN);
  out->n_hidden = setting->size;
  for (size_t i = 0; i < setting->size; i++) {
    double width = setting->value[i];
    if (!(width >= 1) || width != floor(width) || width > 65536)
      return proda_error_set(
          error, "mlp: hidden[%zu] is %g; expected a whole number from 1 to 65536", i, width);
    out->hidden[i] = (size_t)width;
  }
  return PRODA_OK;
}

static void read_settings(const struct proda_setting *setting, struct mlp_settings *out)
{
  out->dropout = setting[SET_dropout].value[0];
  out->optimizer = (enum mlp_optimizer)setting[SET_optimizer].value[0];
  out->learning_rate = setting[SET_learning_rate].value[0];
  if (out->learning_rate == 0)
    out->learning_rate = own_rate(out->optimizer);
  out->rho = setting[SET_rho].value[0];
  out->beta1 = setting[SET_beta1].value[0];
  out->beta2 = setting[SET_beta2].value[0];
  out->epsilon = setting[SET_epsilon].value[0];
  out->batch = (size_t)setting[SET_batch].value[0];
  out->epochs = (size_t)setting[SET_epochs].value[0];
  out->patience = (size_t)setting[SET_patience].value[0];
  out->loss = (enum mlp_loss)setting[SET_loss].value[0];
}

static void mlp_destroy(void *emulator)
{
  struct mlp *mlp = emulator;
  if (!mlp)
    return;
  free(mlp->learned);
  free(mlp);
}

static int mlp_create(size_t n_inputs, size_t n_outputs, const struct proda_setting *settings,
                      void **emulator, struct proda_error *error)
{
  struct mlp *mlp = NULL;
  if (n_inputs == 0 || n_outputs == 0)
    return proda_error_set(error, "mlp: %zu inputs and %zu outputs; expected at least one of each",
                           n_inputs, n_outputs);
  mlp = calloc(1, sizeof *mlp);
  if (!mlp)
    return proda_error_set(error, "mlp: not enough memory");
  if (read_hidden(&settings[SET_hidden], &mlp->settings, error) != PRODA_OK)
    goto out;
  read_settings(settings, &mlp->settings);
  mlp->engine = settings[SET_precision].value[0] == SET_precision_float ? &mlp_engine_float
                                                                        : &mlp_engine_double;
  network_shape_make(n_inputs, n_outputs, mlp->settings.n_hidden, mlp->settings.hidden,
                     &mlp->shape);
  for (size_t i = 0; i < 2 * mlp->shape.n_layers; i++)
    snprintf(mlp->name[i], NAME_SIZE, "%c%zu", i % 2 ? 'b' : 'W', i / 2 + 1);
  mlp->learned = calloc(mlp->shape.n_weights + 1, sizeof *mlp->learned);
  if (!mlp->learned) {
    proda_error_set(error, "mlp: not enough memory for %zu weights", mlp->shape.n_weights);
    goto out;
  }
  *emulator = mlp;
  return PRODA_OK;
out:
  mlp_destroy(mlp);
  return PRODA_ERROR;
}

/* Refuses what is not finite, with its place. */
static int check_matrix(const char *what, const double *matrix, size_t n, size_t width,
                        struct proda_error *error)
{
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < width; j++)
      if (!isfinite(matrix[i * width + j]))
        return proda_error_set(error,
                               "mlp: %s is %g in row %zu, column %zu; expected a finite number",
                               what, matrix[i * width + j], i, j);
  return PRODA_OK;
}

static int check_divisors(const struct proda_samples *samples, struct proda_error *error)
{
  for (size_t i = 0; i < samples->n; i++)
    for (size_t j = 0; j < samples->n_outputs; j++)
      if (samples->output[i * samples->n_outputs + j] == 0)
        return proda_error_set(error,
                               "mlp: output is 0 in row %zu, column %zu, and this loss divides "
                               "by it; keep targets inside (0,1) or choose loss: mse",
                               i, j);
  return PRODA_OK;
}

static int check_samples(const struct mlp *mlp, const struct proda_samples *samples,
                         struct proda_error *error)
{
  size_t in = mlp->shape.width[0], out = mlp->shape.width[mlp->shape.n_layers], n_training = 0;
  if (samples->n_inputs != in || samples->n_outputs != out)
    return proda_error_set(error,
                           "mlp: samples have %zu inputs and %zu outputs; the network has %zu "
                           "and %zu",
                           samples->n_inputs, samples->n_outputs, in, out);
  for (size_t i = 0; i < samples->n; i++)
    n_training += !samples->validation[i];
  if (n_training == 0 || samples->n > UINT32_MAX)
    return proda_error_set(error,
                           "mlp: %zu samples, %zu of them to train on; expected at least one",
                           samples->n, n_training);
  if (check_matrix("input", samples->input, samples->n, in, error) != PRODA_OK ||
      check_matrix("output", samples->output, samples->n, out, error) != PRODA_OK)
    return PRODA_ERROR;
  return loss_divides(mlp->settings.loss) ? check_divisors(samples, error) : PRODA_OK;
}

static int mlp_fit(void *emulator, const struct proda_samples *samples, uint64_t seed,
                   const struct proda_fit_progress *progress, struct proda_error *error)
{
  struct mlp *mlp = emulator;
  if (check_samples(mlp, samples, error) != PRODA_OK)
    return PRODA_ERROR;
  mlp->fitted = false;
  if (mlp->engine->fit(&mlp->settings, &mlp->shape, samples, seed, progress, mlp->learned, error) !=
      PRODA_OK)
    return PRODA_ERROR;
  mlp->fitted = true;
  return PRODA_OK;
}

static int mlp_predict(const void *emulator, size_t n, const double *input, double *output,
                       struct proda_error *error)
{
  const struct mlp *mlp = emulator;
  if (!mlp->fitted)
    return proda_error_set(error, "mlp: asked to predict before it was fitted or restored");
  if (check_matrix("input", input, n, mlp->shape.width[0], error) != PRODA_OK)
    return PRODA_ERROR;
  return mlp->engine->predict(&mlp->shape, mlp->learned, n, input, output, error);
}

static size_t mlp_n_arrays(const void *emulator)
{
  const struct mlp *mlp = emulator;
  return 2 * mlp->shape.n_layers;
}

static void mlp_array(const void *emulator, size_t i, struct proda_array *array)
{
  const struct mlp *mlp = emulator;
  size_t layer = i / 2, in = mlp->shape.width[layer], out = mlp->shape.width[layer + 1];
  const double *w = mlp->learned + network_shape_offset(&mlp->shape, layer);
  if (i % 2 == 0)
    *array = (struct proda_array){mlp->name[i], 2, {in, out, 1, 1}, w};
  else
    *array = (struct proda_array){mlp->name[i], 1, {out, 1, 1, 1}, w + in * out};
}

static const struct proda_array *find_array(size_t n, const struct proda_array *arrays,
                                            const char *name)
{
  for (size_t i = 0; i < n; i++)
    if (strcmp(arrays[i].name, name) == 0)
      return &arrays[i];
  return NULL;
}

static int check_array(const struct proda_array *mine, const struct proda_array *given,
                       struct proda_error *error)
{
  if (!given)
    return proda_error_set(error, "mlp: array %s is missing among those to restore", mine->name);
  for (size_t d = 0; d < 4; d++) {
    size_t have = d < given->rank ? given->dim[d] : 1;
    if (given->rank != mine->rank || have != mine->dim[d])
      return proda_error_set(error,
                             "mlp: array %s has rank %zu and shape %zu x %zu; expected rank %zu "
                             "and %zu x %zu: was it made with other settings?",
                             mine->name, given->rank, given->dim[0],
                             given->rank > 1 ? given->dim[1] : 1, mine->rank, mine->dim[0],
                             mine->dim[1]);
  }
  return check_matrix(mine->name, given->value, mine->dim[0], mine->dim[1], error);
}

static int mlp_restore(void *emulator, size_t n, const struct proda_array *arrays,
                       struct proda_error *error)
{
  struct mlp *mlp = emulator;
  struct proda_array mine;
  for (size_t i = 0; i < mlp_n_arrays(mlp); i++) {
    mlp_array(mlp, i, &mine);
    if (check_array(&mine, find_array(n, arrays, mine.name), error) != PRODA_OK)
      return PRODA_ERROR;
  }
  double *to = mlp->learned;
  for (size_t i = 0; i < mlp_n_arrays(mlp); i++) {
    mlp_array(mlp, i, &mine);
    size_t size = mine.dim[0] * mine.dim[1];
    memmove(to, find_array(n, arrays, mine.name)->value, size * sizeof *to);
    to += size;
  }
  mlp->fitted = true;
  return PRODA_OK;
}

static size_t most_epochs(const void *emulator)
{
  const struct mlp *mlp = emulator;
  return mlp->settings.epochs;
}

static const void *mlp_extension(const void *emulator, const char *name)
{
  static const struct proda_emulator_epochs epochs = {sizeof epochs, most_epochs};
  (void)emulator;
  return strcmp(name, "epochs") == 0 ? &epochs : NULL;
}

static const struct proda_emulator_ops mlp_ops = {
    .size = sizeof mlp_ops,
    .create = mlp_create,
    .destroy = mlp_destroy,
    .fit = mlp_fit,
    .predict = mlp_predict,
    .n_arrays = mlp_n_arrays,
    .array = mlp_array,
    .restore = mlp_restore,
    .extension = mlp_extension,
};

PRODA_EXPORT extern const struct proda_plugin proda_plugin;
const struct proda_plugin proda_plugin = {
    .abi = PRODA_ABI_VERSION,
    .kind = PRODA_EMULATOR,
    .name = "mlp",
    .digest = MANIFEST_DIGEST,
    .ops = &mlp_ops,
};
