/** @file model_checks.h
 * The checks of structures, a file each.
 */
#ifndef PRODA_CONFORMANCE_MODEL_CHECKS_H
#define PRODA_CONFORMANCE_MODEL_CHECKS_H

#include "conformance/rig.h"

extern const struct proda_check proda_model_create, proda_model_memory, proda_model_life,
    proda_model_instances, proda_model_site, proda_model_borrowed, proda_model_outputs,
    proda_model_determinism, proda_model_lanes, proda_model_finite, proda_model_ranges,
    proda_model_fractions, proda_model_transport, proda_model_formulas, proda_model_prescribed,
    proda_model_optional, proda_model_months, proda_model_linear, proda_model_slopes,
    proda_model_tangent, proda_model_pools, proda_model_steady, proda_model_closed,
    proda_model_balance, proda_model_measures, proda_model_unused, proda_model_speed;

#endif
