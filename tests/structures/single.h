/** @file single.h
 * What the structures of these tests share: one layer, drivers taken as the mean over the months,
 * and one form of saturation. Include it after the names.
 */
#ifndef PRODA_TESTS_SINGLE_H
#define PRODA_TESTS_SINGLE_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <proda/model.h>
#include <proda/soil.h>

struct single {
  size_t n_months;
  double setting[N_SETTINGS + 1]; /* its first number */
};

static int single_create(const struct proda_model_shape *shape,
                         const struct proda_setting *settings, void **model,
                         struct proda_error *error)
{
  if (shape->n_layers != 1 || shape->n_months == 0)
    return proda_error_set(error, MANIFEST_NAME ": has one layer, and needs at least one month");
  struct single *made = malloc(sizeof *made);
  if (!made)
    return proda_error_set(error, MANIFEST_NAME ": out of memory");
  made->n_months = shape->n_months;
  for (int k = 0; k < N_SETTINGS; k++)
    made->setting[k] = settings[k].value[0];
  *model = made;
  return PRODA_OK;
}

static void single_destroy(void *model)
{
  free(model);
}

static size_t single_site_size(const void *model)
{
  (void)model;
  return N_DRIVERS;
}

static int single_site(const void *model, const struct proda_forcing *forcing, lane *site, int i,
                       struct proda_error *error)
{
  (void)error;
  const struct single *self = model;
  for (int k = 0; k < N_DRIVERS; k++)
    site[k][i] = proda_months_mean(forcing->driver[k], self->n_months);
  return PRODA_OK;
}

static void single_no_transport(const struct proda_terms *terms)
{
  for (int band = 0; band < 3; band++)
    terms->transport[band] = lane_splat(0.0);
}

PRODA_INLINE lane lane_power(lane x, lane exponent)
{
  return lane_exp(exponent * lane_log(x));
}

/** A rate per substrate, largest * microbes / (half + by_substrate * substrate + by_microbes *
 * microbes), and its derivatives. */
struct saturation {
  lane rate, d_substrate, d_microbes;
};

PRODA_INLINE struct saturation saturate(lane largest, lane half, lane substrate, lane microbes,
                                        double by_substrate, double by_microbes)
{
  lane h = half + by_substrate * substrate + by_microbes * microbes;
  return (struct saturation){
      .rate = largest * microbes / h,
      .d_substrate = -by_substrate * largest * microbes / (h * h),
      .d_microbes = largest * (h - by_microbes * microbes) / (h * h),
  };
}

/** The tables of a plugin whose functions are terms, rates and slopes, and whose slope_of is
 * `slope_of`; it carries N_CARRY lanes from terms to rates. */
#define SINGLE_PLUGIN                                                                              \
  static size_t carry_size(const void *model)                                                      \
  {                                                                                                \
    (void)model;                                                                                   \
    return N_CARRY;                                                                                \
  }                                                                                                \
  static const struct proda_nonlinear_ops nonlinear = {                                            \
      .size = sizeof nonlinear,                                                                    \
      .rates = rates,                                                                              \
      .n_slopes = sizeof slope_of / sizeof *slope_of,                                              \
      .slope_of = slope_of,                                                                        \
      .slopes = slopes,                                                                            \
  };                                                                                               \
  static const void *extension(const void *model, const char *name)                                \
  {                                                                                                \
    (void)model;                                                                                   \
    return strcmp(name, "nonlinear") == 0 ? &nonlinear : NULL;                                     \
  }                                                                                                \
  static const struct proda_model_ops ops = {                                                      \
      .size = sizeof ops,                                                                          \
      .create = single_create,                                                                     \
      .destroy = single_destroy,                                                                   \
      .site_size = single_site_size,                                                               \
      .site = single_site,                                                                         \
      .terms = terms,                                                                              \
      .extension = extension,                                                                      \
      .carry_size = carry_size,                                                                    \
  };                                                                                               \
  PRODA_EXPORT const struct proda_plugin proda_plugin = {                                          \
      .abi = PRODA_ABI_VERSION,                                                                    \
      .kind = PRODA_MODEL,                                                                         \
      .name = MANIFEST_NAME,                                                                       \
      .digest = MANIFEST_DIGEST,                                                                   \
      .ops = &ops,                                                                                 \
  }

#endif
