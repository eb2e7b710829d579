/* An emulator that keeps its promises; each macro breaks one of them. */
#include <stdlib.h>
#include <string.h>

#include <proda/emulator.h>

#include "means.names.h"

struct means {
  size_t n_inputs, n_outputs;
  double tilt, centre; /* centre: mean of the first input, learned */
  double *mean;        /* [n_outputs], learned */
  const double *kept;
};

static void destroy(void *emulator)
{
  struct means *m = emulator;
  if (m)
    free(m->mean);
  free(m);
}

static int create(size_t n_inputs, size_t n_outputs, const struct proda_setting *settings,
                  void **emulator, struct proda_error *error)
{
#ifdef LOOPS_WHEN_MADE
  for (volatile unsigned i = 0;; i = i + 1)
    ;
#endif
  struct means *made = calloc(1, sizeof *made);
  if (made)
    made->mean = calloc(n_outputs, sizeof *made->mean);
  if (!made || !made->mean) {
    destroy(made);
    return proda_error_set(error, "means: out of memory");
  }
  made->n_inputs = n_inputs;
  made->n_outputs = n_outputs;
  made->tilt = settings[SET_tilt].value[0];
  *emulator = made;
  return PRODA_OK;
}

static int fit(void *emulator, const struct proda_samples *s, uint64_t seed,
               const struct proda_fit_progress *progress, struct proda_error *error)
{
  struct means *m = emulator;
  double n = 0;
  (void)seed;
  (void)error;
#ifdef EXITS_WHEN_FIT
  exit(3);
#endif
  memset(m->mean, 0, m->n_outputs * sizeof *m->mean);
  m->centre = 0;
  for (size_t i = 0; i < s->n; i++) {
    n += !s->validation[i];
    m->centre += s->validation[i] ? 0 : s->input[i * m->n_inputs];
    for (size_t k = 0; k < m->n_outputs; k++)
      m->mean[k] += s->validation[i] ? 0 : s->output[i * m->n_outputs + k];
  }
  m->centre /= n;
  for (size_t k = 0; k < m->n_outputs; k++)
    m->mean[k] /= n;
#ifdef RANDOM
  m->mean[0] *= 1 + 1e-9 * rand();
#endif
#ifdef CHANGES_SAMPLES
  ((double *)s->output)[0] = 0;
#endif
  m->kept = s->input;
  if (progress && progress->report)
    progress->report(progress->context, 0, 1, 1);
  return PRODA_OK;
}

static int predict(const void *emulator, size_t n, const double *input, double *output,
                   struct proda_error *error)
{
  const struct means *m = emulator;
  double centre = m->centre;
  (void)error;
#ifdef SEES_THE_BATCH
  centre = input[0];
#endif
#ifdef KEEPS_SAMPLES
  centre = m->kept[0];
#endif
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < m->n_outputs; k++)
      output[i * m->n_outputs + k] = m->mean[k] + m->tilt * (input[i * m->n_inputs] - centre);
  return PRODA_OK;
}

static size_t n_arrays(const void *emulator)
{
  (void)emulator;
  return 2;
}

static void array(const void *emulator, size_t i, struct proda_array *out)
{
  const struct means *m = emulator;
  *out = (struct proda_array){
      i ? "centre" : "mean", !i, {i ? 1 : m->n_outputs, 1, 1, 1}, i ? &m->centre : m->mean};
}

static int restore(void *emulator, size_t n, const struct proda_array *arrays,
                   struct proda_error *error)
{
  struct means *m = emulator;
  size_t found = 0;
  for (size_t i = 0; i < n; i++) {
    if (strcmp(arrays[i].name, "mean") == 0) {
      memcpy(m->mean, arrays[i].value, m->n_outputs * sizeof *m->mean);
      found++;
    } else if (strcmp(arrays[i].name, "centre") == 0) {
#ifndef FORGETS_CENTRE
      m->centre = arrays[i].value[0];
#endif
      found++;
    }
  }
  return found == 2 ? PRODA_OK : proda_error_set(error, "means: expected arrays mean and centre");
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
