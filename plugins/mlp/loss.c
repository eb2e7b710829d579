#include "loss.h"

void loss_add(const real *p, const real *y, size_t count, struct loss_sums *sums)
{
  double square = 0, ratio = 0;
  for (size_t i = 0; i < count; i++) {
    double e = (double)y[i] - (double)p[i];
    square += e * e;
    ratio += fabs(e / (double)y[i]);
  }
  sums->square += square;
  sums->ratio += ratio;
  sums->count += count;
}

/* Weights of dmse and dratio in dloss. */
static void slopes(enum mlp_loss loss, double mse, double ratio, double *by_mse, double *by_ratio)
{
  double factor = loss == MLP_LOSS_SCALED_PRODUCT ? 500 * 25 : 1;
  bool product = loss == MLP_LOSS_PRODUCT || loss == MLP_LOSS_SCALED_PRODUCT;
  *by_mse = product ? factor * ratio : loss == MLP_LOSS_MSE;
  *by_ratio = product ? factor * mse : loss == MLP_LOSS_RATIO;
}

double loss_evaluate(enum mlp_loss loss, const real *p, const real *y, size_t count, real *gradient)
{
  struct loss_sums sums = {0};
  loss_add(p, y, count, &sums);
  double n = (double)count, by_mse = 0, by_ratio = 0;
  slopes(loss, sums.square / n, sums.ratio / n, &by_mse, &by_ratio);
  for (size_t i = 0; i < count; i++) {
    double e = (double)p[i] - (double)y[i];
    double sign = (e > 0) - (e < 0);
    double slope = by_mse * 2 * e;
    if (by_ratio != 0)
      slope += by_ratio * sign / fabs((double)y[i]);
    gradient[i] = (real)(slope / n);
  }
  return loss_value(loss, &sums);
}
