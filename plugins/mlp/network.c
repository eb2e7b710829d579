#include "network.h"

#include <stdlib.h>
#include <string.h>

#include <proda/random.h>
#include <proda/status.h>

static real *new_array(size_t n)
{
  size_t bytes = (n * sizeof(real) + 63) / 64 * 64;
  real *array = aligned_alloc(64, bytes);
  if (array)
    memset(array, 0, bytes);
  return array;
}

int network_init(struct network *network, const struct network_shape *shape, size_t batch,
                 double dropout)
{
  *network = (struct network){.shape = *shape, .batch = batch, .dropout = dropout};
  network->weight = new_array(shape->n_weights);
  network->gradient = new_array(shape->n_weights);
  int complete = network->weight && network->gradient;
  for (size_t i = 0; i < 2; i++) {
    network->delta[i] = new_array(batch * shape->widest);
    complete = complete && network->delta[i];
  }
  for (size_t l = 0; l <= shape->n_layers; l++) {
    network->activation[l] = new_array(batch * shape->width[l]);
    complete = complete && network->activation[l];
  }
  if (complete)
    return PRODA_OK;
  network_free(network);
  return PRODA_ERROR;
}

void network_free(struct network *network)
{
  free(network->weight);
  free(network->gradient);
  for (size_t i = 0; i < 2; i++)
    free(network->delta[i]);
  for (size_t l = 0; l <= network->shape.n_layers; l++)
    free(network->activation[l]);
  *network = (struct network){0};
}

void network_randomize(struct network *network, uint64_t seed)
{
  memset(network->weight, 0, network->shape.n_weights * sizeof(real));
  real *w = network->weight;
  for (size_t l = 0; l < network->shape.n_layers; l++) {
    size_t in = network->shape.width[l], out = network->shape.width[l + 1];
    double limit = sqrt(6.0 / (double)(in + out));
    struct proda_random random;
    proda_random_start(&random, seed, 0, (uint32_t)l);
    for (size_t i = 0; i < in * out; i++)
      w[i] = (real)(limit * (2 * proda_random_uniform(&random) - 1));
    w += (in + 1) * out;
  }
}

/* z[n][out] += b[out], and on hidden layers ReLU and dropout: a = max(0, z) [u < keep] / keep */
static void activate_output(size_t n, size_t out, const real *restrict b, real *restrict z)
{
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < out; j++)
      z[i * out + j] += b[j];
}

static void activate_hidden(size_t n, size_t out, const real *restrict b, real *restrict z)
{
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < out; j++) {
      real x = z[i * out + j] + b[j];
      z[i * out + j] = x > 0 ? x : 0;
    }
}

static void activate_dropped(size_t n, size_t out, const real *restrict b, real *restrict z,
                             double keep, const double *restrict u)
{
  const real scale = (real)(1 / keep);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < out; j++) {
      real x = z[i * out + j] + b[j];
      real kept = u[i * out + j] < keep ? scale : 0;
      z[i * out + j] = x > 0 ? x * kept : 0;
    }
}

void network_forward(struct network *network, size_t n, const double *uniform)
{
  const real *w = network->weight;
  for (size_t l = 0; l < network->shape.n_layers; l++) {
    size_t in = network->shape.width[l], out = network->shape.width[l + 1];
    const real *b = w + in * out;
    real *z = network->activation[l + 1];
    /* z[n][out] = a[n][in] W[in][out] */
    real_gemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint)n, (blasint)out, (blasint)in, 1,
              network->activation[l], (blasint)in, w, (blasint)out, 0, z, (blasint)out);
    if (l + 1 == network->shape.n_layers) {
      activate_output(n, out, b, z);
    } else if (uniform) {
      activate_dropped(n, out, b, z, 1 - network->dropout, uniform);
      uniform += n * out;
    } else {
      activate_hidden(n, out, b, z);
    }
    w = b + out;
  }
}

/* db[out] = sum over rows of d[n][out] */
static void sum_rows(size_t n, size_t out, const real *restrict d, real *restrict db)
{
  memset(db, 0, out * sizeof *db);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < out; j++)
      db[j] += d[i * out + j];
}

/* d[count] = dloss/da -> dloss/dz: a > 0 only where z > 0 and the unit was kept */
static void deactivate(size_t count, const real *restrict a, real scale, real *restrict d)
{
  for (size_t i = 0; i < count; i++)
    d[i] = a[i] > 0 ? d[i] * scale : 0;
}

void network_backward(struct network *network, size_t n, int dropped)
{
  const struct network_shape *shape = &network->shape;
  const real scale = (real)(dropped ? 1 / (1 - network->dropout) : 1);
  size_t offset = shape->n_weights;
  real *d = network->delta[0], *below = network->delta[1];
  for (size_t l = shape->n_layers; l-- > 0;) {
    size_t in = shape->width[l], out = shape->width[l + 1];
    const real *a = network->activation[l];
    offset -= (in + 1) * out;
    const real *w = network->weight + offset;
    real *dw = network->gradient + offset;
    /* dW[in][out] = a'[in][n] d[n][out] */
    real_gemm(CblasRowMajor, CblasTrans, CblasNoTrans, (blasint)in, (blasint)out, (blasint)n, 1, a,
              (blasint)in, d, (blasint)out, 0, dw, (blasint)out);
    sum_rows(n, out, d, dw + in * out);
    if (l == 0)
      break;
    /* below[n][in] = d[n][out] W'[out][in] */
    real_gemm(CblasRowMajor, CblasNoTrans, CblasTrans, (blasint)n, (blasint)in, (blasint)out, 1, d,
              (blasint)out, w, (blasint)out, 0, below, (blasint)in);
    deactivate(n * in, a, scale, below);
    real *swap = d;
    d = below;
    below = swap;
  }
}

void network_predict(const struct network_shape *shape, const real *weight, const real *input,
                     real *scratch, const real **output)
{
  const real *x = input, *w = weight;
  for (size_t l = 0; l < shape->n_layers; l++) {
    size_t in = shape->width[l], out = shape->width[l + 1];
    real *restrict z = scratch + (l % 2) * shape->widest;
    memcpy(z, w + in * out, out * sizeof *z);
    /* z[out] = b[out] + sum over k of x[k] W[k][out], k ascending */
    for (size_t k = 0; k < in; k++, w += out)
      for (size_t j = 0; j < out; j++)
        z[j] += x[k] * w[j];
    w += out;
    if (l + 1 < shape->n_layers)
      for (size_t j = 0; j < out; j++)
        z[j] = z[j] > 0 ? z[j] : 0;
    x = z;
  }
  *output = x;
}
