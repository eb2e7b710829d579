/** @file network.h
 * A multilayer perceptron: ReLU on hidden layers, linear output.
 *
 * Layer l = 0 .. n_layers-1 maps a_l [width l] to a_(l+1) [width l+1]:
 *   z = a_l W_l + b_l,  a_(l+1) = max(0, z) on hidden layers, z on the last.
 * W_l is [width l][width l+1] (in, out: as Keras stores it), b_l [width l+1]. All weights lie in
 * one array, W_0 b_0 W_1 b_1 ..., and so do their gradients.
 */
#ifndef MLP_NETWORK_H
#define MLP_NETWORK_H

#include <stddef.h>
#include <stdint.h>

#include "real.h"
#include "settings.h"
#include "shape.h"

#define network_init MLP_NAME(network_init)
#define network_free MLP_NAME(network_free)
#define network_randomize MLP_NAME(network_randomize)
#define network_forward MLP_NAME(network_forward)
#define network_backward MLP_NAME(network_backward)
#define network_predict MLP_NAME(network_predict)

struct network {
  struct network_shape shape;
  size_t batch;                         /**< rows that the activations hold */
  double dropout;                       /**< rate, 0 <= dropout < 1 */
  real *weight;                         /**< [n_weights] */
  real *gradient;                       /**< [n_weights] of the loss; filled by backward */
  real *activation[MLP_MAX_HIDDEN + 2]; /**< a_l: [batch][width l]; a_0 is the input */
  real *delta[2];                       /**< [batch][widest]: dloss/dz of two neighbouring layers */
};

/** Allocates for batches of up to `batch` rows; weights are zero. PRODA_ERROR for lack of memory,
 * then nothing is left to free. */
int network_init(struct network *network, const struct network_shape *shape, size_t batch,
                 double dropout);
void network_free(struct network *network);

/** Weights uniform on +-sqrt(6 / (in + out)) (Glorot & Bengio 2010, the default of Keras), biases
 * zero. The stream of layer l is (seed, 0, l). */
void network_randomize(struct network *network, uint64_t seed);

/** Forward pass of rows 0 .. n-1 of activation[0]; the prediction is activation[n_layers].
 * `uniform` [n_hidden layers in turn: [n][width]] decides on dropout: a unit stays where its number
 * is below 1 - dropout and is scaled by 1 / (1 - dropout); NULL is no dropout. */
void network_forward(struct network *network, size_t n, const double *uniform);

/** Fills `gradient` from the activations of the last forward pass of n rows and from
 * delta[0] [n][width of the output] = dloss/dprediction, which the caller has filled.
 * `dropped` says whether that pass had dropout. */
void network_backward(struct network *network, size_t n, int dropped);

/** The prediction of one row without dropout. input [n_inputs]; scratch [2][widest] is the
 * caller's; the result is `*output`, inside scratch. One row at a time, in a fixed order of
 * operations: its bits depend on nothing but the row and the weights. */
void network_predict(const struct network_shape *shape, const real *weight, const real *input,
                     real *scratch, const real **output);

#endif
