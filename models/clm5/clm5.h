/* What the parts of CLM5 share: its instance, and what a site prepares. */
#ifndef CLM5_H
#define CLM5_H

#include <proda/litter.h>
#include <proda/model.h>

#include "clm5.names.h"

struct clm5 {
  size_t n_months;
};

/* What a site prepares, in lanes, one array after the other. */
struct clm5_layout {
  size_t warmth, water, oxygen, nitrogen; /* [layer][month] */
  size_t litter;                          /* [PRODA_LITTER_SIZE] */
  size_t slow, passive;                   /* [layer]: prescribed fs2s1 and fs3s1 */
  size_t input_layer;                     /* [N_INPUTS][layer]: prescribed, gC m-3 day-1 */
  size_t size;
};

struct clm5_layout clm5_layout(const struct clm5 *model);

/* The study's bulk values, in clm5_quantities.c. */
extern const struct proda_quantities_ops clm5_quantities;

#endif
