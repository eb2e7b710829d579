#include "shape.h"

#include <string.h>

size_t network_shape_offset(const struct network_shape *shape, size_t layer)
{
  size_t offset = 0;
  for (size_t l = 0; l < layer; l++)
    offset += (shape->width[l] + 1) * shape->width[l + 1];
  return offset;
}

void network_shape_make(size_t n_inputs, size_t n_outputs, size_t n_hidden, const size_t *hidden,
                        struct network_shape *shape)
{
  *shape = (struct network_shape){.n_layers = n_hidden + 1};
  shape->width[0] = n_inputs;
  memcpy(shape->width + 1, hidden, n_hidden * sizeof *hidden);
  shape->width[n_hidden + 1] = n_outputs;
  for (size_t l = 0; l <= shape->n_layers; l++) {
    if (shape->width[l] > shape->widest)
      shape->widest = shape->width[l];
    if (l > 0 && l < shape->n_layers)
      shape->n_hidden_units += shape->width[l];
  }
  shape->n_weights = network_shape_offset(shape, shape->n_layers);
}
