/** @file bounds.h
 * Between which numbers the values of a graph must lie, whatever the draw: interval arithmetic over
 * the priors of the manifest. Drivers may be anything, pools anything that is not negative. Where
 * the same thing occurs twice the bounds are wider than need be, never narrower.
 */
#ifndef PRODA_FORMULA_BOUNDS_H
#define PRODA_FORMULA_BOUNDS_H

#include "formula/graph.h"

struct proda_bounds {
  double lower, upper; /**< infinite where nothing is known; of conditions 0 or 1 */
};

/** Bounds of every value: out[n][L]. `setting` holds choices and flags, [n_settings]; numbers among
 * the settings may be what their range allows. Sums over months are those of `months`. */
void proda_graph_bounds(const struct proda_graph *graph, const struct proda_manifest *manifest,
                        const double *setting, double months, struct proda_bounds *out);

#endif
