/** @file change.h
 * dX/dt = B I + A xi K X - V X, entry by entry, from a manifest's graph and terms alone: slow, and
 * independent of the plan and of how the host solves.
 */
#ifndef PRODA_CONFORMANCE_CHANGE_H
#define PRODA_CONFORMANCE_CHANGE_H

#include <proda/model.h>

#include "plugin/manifest.h"

/** One entry of dX/dt, and the sum of its parts without their signs. */
struct proda_change {
  double change, gross;
};

/** Of a pool in layer l, in lane i, at the state `pools`; rates of channels that are not linear are
 * those at that state. */
struct proda_change proda_change_of(const struct proda_manifest *manifest,
                                    const struct proda_terms *terms, const lane *pools, size_t pool,
                                    size_t l, int i);

#endif
