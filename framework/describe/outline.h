/** @file outline.h
 * What can be said of a structure before it runs, and the phrases that descriptions share.
 */
#ifndef PRODA_DESCRIBE_OUTLINE_H
#define PRODA_DESCRIBE_OUTLINE_H

#include <stdio.h>

#include "matrix/plan.h"

struct outline {
  const struct proda_manifest *manifest;
  struct proda_plan *plan;
  bool *controls; /**< [n_channels][n_pools]: the channel's rate depends on the pool */
  bool *all;      /**< [n_channels]: its fractions sum to 1 whatever the parameters are */
};

/** Of a model's manifest; `*outline` is released by proda_outline_free. */
int proda_outline_new(const struct proda_manifest *manifest, struct outline **outline,
                      struct proda_error *error);
void proda_outline_free(struct outline *outline);

bool proda_outline_controls(const struct outline *outline, size_t channel, size_t pool);

/** A pool's place among inputs, -1 where it receives none. */
long proda_outline_input(const struct proda_manifest *manifest, size_t pool);

/** "all layers together, blocks of 3 x 3": how a component of the plan is solved. */
void proda_outline_method(const struct outline *outline, const struct proda_component *component,
                          FILE *out);

/* ---- phrases ---- */

/** Terms of dX/dt, by enum proda_term. */
extern const char *const proda_term_names[];    /**< "xi" */
extern const char *const proda_term_meanings[]; /**< "environmental modifiers" */
enum { PRODA_N_TERMS = PRODA_TERM_V + 1 };

/** Axes of a driver: "layer, month". */
const char *proda_phrase_dims(const struct proda_driver *driver);

/** A formula on one line. */
void proda_phrase_formula(const char *text, FILE *out);

/** "[1, 6]", "normal(0.3, 0.1) in [0, 1]". */
void proda_phrase_prior(const struct proda_prior *prior, FILE *out);

/** The default and unit of a setting, "[128, 128]"; then what it may be, ", 0 to 1". */
void proda_phrase_default(const struct proda_setting_spec *spec, FILE *out);
void proda_phrase_range(const struct proda_setting_spec *spec, const char *separator, FILE *out);

/** "aSOC + sSOC + 0.5 pSOC" */
void proda_phrase_sum(const struct proda_manifest *manifest,
                      const struct proda_observable *observable, FILE *out);

/** "the defaults" */
const char *proda_phrase_ad_hoc(enum proda_ad_hoc ad_hoc);

/** The formula of a channel's rate; "set by the plugin's code" where it states none. */
const char *proda_phrase_rate(const struct proda_channel *channel);

#endif
