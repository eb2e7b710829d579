/* What the parts of COMPAS share: its instance, and what a site prepares. */
#ifndef COMPAS_H
#define COMPAS_H

#include <stdbool.h>

#include <proda/litter.h>
#include <proda/model.h>

#include "compas.names.h"

/* The depth at which decomposition has fallen to 1/e is fixed here, not a parameter. */
#define COMPAS_EFOLDING 0.5

struct compas {
  size_t n_months;
  bool published_enzyme_decay;
};

/* What a site prepares, in lanes, one array after the other. */
struct compas_layout {
  size_t warmth, water; /* [layer][month] */
  size_t factor;        /* [layer]: mean oxygen scalar times depth scalar */
  size_t nitrogen;      /* [layer]: mean */
  size_t litter;        /* [PRODA_LITTER_SIZE] */
  size_t size;
};

struct compas_layout compas_layout(const struct compas *model);

/* The study's bulk values, in compas_quantities.c. */
extern const struct proda_quantities_ops compas_quantities;

#endif
