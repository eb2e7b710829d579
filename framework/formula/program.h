/** @file program.h
 * The formulas of a manifest, checked and lowered to one graph of values: names known, dimensions
 * and units right, everything converted to the units in which the host wants it.
 *
 * Choices and flags among the settings are constants here: a program belongs to one variant, one
 * combination of those that its formulas use.
 *
 * Every refusal is file:line:column with what was expected. Rules: doc/formulas.md.
 */
#ifndef PRODA_FORMULA_PROGRAM_H
#define PRODA_FORMULA_PROGRAM_H

#include "formula/graph.h"

/** A value that a formula names: a definition, or a local of `steady`. */
struct proda_named_value {
  const struct proda_formula *formula;
  size_t value;
};

struct proda_program {
  const struct proda_manifest *manifest;
  struct proda_graph *graph;
  size_t n_named;
  struct proda_named_value *named;
  /* Targets: values of the graph, as manifest.h counts them. */
  size_t *modifier, *input, *rate, *fraction;
  size_t transport[3]; /**< lower, diagonal, upper band; not there where nothing is transported */
  bool has_transport;
  size_t *steady;   /**< [n_steady]: also of locals */
  size_t *refusal;  /**< [n_refusals]: conditions */
  size_t *quantity; /**< [n_quantities]; of those that have a formula */
};

/** Number of combinations of choices and flags that formulas use; at most 64, else refused. */
int proda_program_variants(const struct proda_manifest *manifest, size_t *n,
                           struct proda_error *error);

/** The values of all settings in a variant: choices and flags of the combination, defaults of the
 * rest. setting[n_settings]. */
void proda_program_settings(const struct proda_manifest *manifest, size_t variant, double *setting);

/** Checks and lowers. `*program` is released by proda_program_free; `manifest` must outlive it. */
int proda_program_new(const struct proda_manifest *manifest, size_t variant,
                      struct proda_program **program, struct proda_error *error);
void proda_program_free(struct proda_program *program);

/** All variants, and what can be said of rates and fractions: at default parameters, and for every
 * draw from the priors (bounds.h); what only some draws violate is left to the run. Where pools
 * occur in a channel's rate, `nonlinear[channel]` is set. */
int proda_program_check(const struct proda_manifest *manifest, bool *nonlinear,
                        struct proda_error *error);

#endif
