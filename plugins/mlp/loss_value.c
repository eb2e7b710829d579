#include "loss.h"

bool loss_divides(enum mlp_loss loss)
{
  return loss != MLP_LOSS_MSE;
}

double loss_value(enum mlp_loss loss, const struct loss_sums *sums)
{
  double mse = sums->square / (double)sums->count;
  double ratio = sums->ratio / (double)sums->count;
  switch (loss) {
  case MLP_LOSS_PRODUCT:
    return ratio * mse;
  case MLP_LOSS_SCALED_PRODUCT:
    return 500 * mse * 25 * ratio;
  case MLP_LOSS_MSE:
    return mse;
  case MLP_LOSS_RATIO:
    return ratio;
  }
  return NAN;
}
