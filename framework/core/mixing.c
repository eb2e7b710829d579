#include <proda/soil.h>

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum regime { REGIME_STILL, REGIME_FROST, REGIME_ORGANISMS };

/* A month's mixing: which diffusivity acts, and its share at the faces. */
struct month {
  enum regime regime;
  size_t bedrock;      /* layer number from 1 */
  double active_layer; /* m */
};

static struct month month_of(const struct proda_mixing *mixing, size_t i)
{
  struct month month = {REGIME_STILL, 1, 0.0};
  /* fmax: the missing one of both years loses. */
  month.active_layer = fmax(mixing->active_layer[i], mixing->active_layer_last_year[i]);
  if (month.active_layer > 2)
    month.regime = REGIME_ORGANISMS;
  else if (month.active_layer > 0)
    month.regime = REGIME_FROST;
  if (mixing->bedrock[i] >= 1)
    month.bedrock = (size_t)fmin(mixing->bedrock[i], (double)mixing->n_layers);
  return month;
}

/* Depth of face j, from 1; what lies below the grid is far. */
static double face_depth(const struct proda_mixing *mixing, size_t j)
{
  return j <= mixing->n_layers ? mixing->interface[j - 1] : INFINITY;
}

/* Diffusivity at face j as a share of the acting one. */
static double face_share(const struct proda_mixing *mixing, const struct month *month, size_t j)
{
  if (j > month->bedrock + 1 || month->regime == REGIME_STILL)
    return 0;
  if (month->regime == REGIME_ORGANISMS)
    return 1;
  double depth = face_depth(mixing, j), active = month->active_layer;
  if (depth < active)
    return 1;
  double bottom = fmin(3, face_depth(mixing, month->bedrock + 1));
  return fmax(0, 1 - (depth - active) / (bottom - active)); /* 0/0 gives 0 */
}

/* Patankar's power law, for a Peclet number. */
static double power_law(double peclet)
{
  double base = 1 - 0.1 * fabs(peclet);
  return base > 0 ? base * base * base * base * base : 0;
}

/* Conductance between nodes j and j+1 (from 1): `mixed` per acting diffusivity, or `still`, the
 * floor's, where a face does not mix. */
struct conductance {
  double mixed, still;
};

static struct conductance conductance_of(const struct proda_mixing *mixing,
                                         const struct month *month, size_t j)
{
  double distance = mixing->node[j] - mixing->node[j - 1];
  double weight = (mixing->node[j] - mixing->interface[j - 1]) / distance;
  double here = face_share(mixing, month, j), next = face_share(mixing, month, j + 1);
  if (here > 0 && next > 0)
    return (struct conductance){1 / ((1 - weight) / here + weight / next) / distance, 0};
  double resistance = (here > 0 ? 0 : 1 - weight) + (next > 0 ? 0 : weight);
  return (struct conductance){0, PRODA_MIXING_FLOOR / resistance / distance};
}

/* Adds a month's exchange through one face to the bands of a layer. */
static void add_exchange(struct conductance g, double velocity, double drift, double scale,
                         double *mixed, double *still)
{
  if (g.mixed > 0)
    *mixed -= g.mixed * scale;
  else
    *still -= g.still * power_law(velocity / g.still) * scale;
  *still -= drift * scale;
}

void proda_mixing_site(const struct proda_mixing *mixing, double *coefficient)
{
  const size_t L = mixing->n_layers;
  memset(coefficient, 0, PRODA_MIXING_SIZE(L) * sizeof *coefficient);
  for (size_t i = 0; i < mixing->n_months; i++) {
    struct month month = month_of(mixing, i);
    size_t acting = month.regime == REGIME_FROST ? L : 0;
    double *lower = coefficient + acting, *upper = lower + 3 * L;
    double *lower_still = coefficient + 2 * L, *upper_still = lower_still + 3 * L;
    struct conductance above = {0, 0};
    for (size_t j = 1; j <= L; j++) {
      double scale = 1 / (mixing->dz[j - 1] * (double)mixing->n_months);
      struct conductance below = {0, 0};
      if (j < L)
        below = conductance_of(mixing, &month, j);
      if (j > 1)
        add_exchange(above, PRODA_MIXING_FLOOR, PRODA_MIXING_FLOOR, scale, &lower[j - 1],
                     &lower_still[j - 1]);
      /* From the layer below the bedrock on, the published scheme mirrors the upper exchange. */
      bool mirrored = j > month.bedrock && j > 1;
      if (j < L)
        add_exchange(mirrored ? above : below, mirrored ? 0 : PRODA_MIXING_FLOOR, 0, scale,
                     &upper[j - 1], &upper_still[j - 1]);
      above = below;
    }
  }
}
