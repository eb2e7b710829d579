/** @file shape.h
 * Widths of a network's layers and where the weights of each lie.
 */
#ifndef MLP_SHAPE_H
#define MLP_SHAPE_H

#include <stddef.h>

#include "settings.h"

/** Widths and offsets alone; no arrays. */
struct network_shape {
  size_t n_layers;                  /**< of weights: hidden layers + 1 */
  size_t width[MLP_MAX_HIDDEN + 2]; /**< [n_layers + 1]: inputs, hidden layers, outputs */
  size_t n_weights;                 /**< of all W and b */
  size_t widest;                    /**< the largest width */
  size_t n_hidden_units;            /**< sum of the hidden widths */
};

/** Computes the shape for a network of these widths. */
void network_shape_make(size_t n_inputs, size_t n_outputs, size_t n_hidden, const size_t *hidden,
                        struct network_shape *shape);
/** Where W_l starts among the weights; b_l follows it. */
size_t network_shape_offset(const struct network_shape *shape, size_t layer);

#endif
