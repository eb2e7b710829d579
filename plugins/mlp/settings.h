/** @file settings.h
 * The settings of mlp.yaml as C reads them. The order of each enum is that of the choices there.
 */
#ifndef MLP_SETTINGS_H
#define MLP_SETTINGS_H

#include <stddef.h>

enum mlp_optimizer { MLP_ADADELTA, MLP_ADAM, MLP_SGD };
enum mlp_loss { MLP_LOSS_PRODUCT, MLP_LOSS_SCALED_PRODUCT, MLP_LOSS_MSE, MLP_LOSS_RATIO };

enum { MLP_MAX_HIDDEN = 16 };

struct mlp_settings {
  size_t n_hidden, hidden[MLP_MAX_HIDDEN];
  double dropout; /**< share of a hidden layer's units that a batch leaves out */
  enum mlp_optimizer optimizer;
  double learning_rate, rho, beta1, beta2, epsilon;
  size_t batch, epochs, patience;
  enum mlp_loss loss;
};

#endif
