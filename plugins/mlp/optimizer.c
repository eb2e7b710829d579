#include "optimizer.h"

#include <stdlib.h>

#include <proda/status.h>

int optimizer_init(struct optimizer *optimizer, const struct mlp_settings *settings, size_t n)
{
  *optimizer = (struct optimizer){.settings = settings, .n = n};
  optimizer->first = calloc(n, sizeof(real));
  optimizer->second = calloc(n, sizeof(real));
  if (optimizer->first && optimizer->second)
    return PRODA_OK;
  optimizer_free(optimizer);
  return PRODA_ERROR;
}

void optimizer_free(struct optimizer *optimizer)
{
  free(optimizer->first);
  free(optimizer->second);
  *optimizer = (struct optimizer){0};
}

static void step_adadelta(const struct mlp_settings *settings, size_t n, real *restrict w,
                          const real *restrict g, real *restrict G, real *restrict D)
{
  const real rho = (real)settings->rho, rest = (real)(1 - settings->rho);
  const real eps = (real)settings->epsilon, rate = (real)settings->learning_rate;
  for (size_t i = 0; i < n; i++) {
    G[i] = rho * G[i] + rest * g[i] * g[i];
    real d = -real_sqrt((D[i] + eps) / (G[i] + eps)) * g[i];
    D[i] = rho * D[i] + rest * d * d;
    w[i] += rate * d;
  }
}

static void step_adam(const struct mlp_settings *settings, size_t t, size_t n, real *restrict w,
                      const real *restrict g, real *restrict M, real *restrict V)
{
  const real b1 = (real)settings->beta1, rest1 = (real)(1 - settings->beta1);
  const real b2 = (real)settings->beta2, rest2 = (real)(1 - settings->beta2);
  const real eps = (real)settings->epsilon;
  const real rate = (real)(settings->learning_rate / (1 - pow(settings->beta1, (double)t)));
  const real scale = (real)(1 / (1 - pow(settings->beta2, (double)t)));
  for (size_t i = 0; i < n; i++) {
    M[i] = b1 * M[i] + rest1 * g[i];
    V[i] = b2 * V[i] + rest2 * g[i] * g[i];
    w[i] -= rate * M[i] / (real_sqrt(V[i] * scale) + eps);
  }
}

static void step_sgd(const struct mlp_settings *settings, size_t n, real *restrict w,
                     const real *restrict g)
{
  const real rate = (real)settings->learning_rate;
  for (size_t i = 0; i < n; i++)
    w[i] -= rate * g[i];
}

void optimizer_step(struct optimizer *optimizer, real *weight, const real *gradient)
{
  const struct mlp_settings *settings = optimizer->settings;
  optimizer->t++;
  switch (settings->optimizer) {
  case MLP_ADADELTA:
    step_adadelta(settings, optimizer->n, weight, gradient, optimizer->first, optimizer->second);
    break;
  case MLP_ADAM:
    step_adam(settings, optimizer->t, optimizer->n, weight, gradient, optimizer->first,
              optimizer->second);
    break;
  case MLP_SGD:
    step_sgd(settings, optimizer->n, weight, gradient);
    break;
  }
}
