/** @file describe.h
 * What a manifest states, as a person reads it: as text, as a picture, as a page.
 *
 * Everything follows from the manifest; no code is loaded. Formulas stand as they are written.
 */
#ifndef PRODA_DESCRIBE_DESCRIBE_H
#define PRODA_DESCRIBE_DESCRIBE_H

#include <stdio.h>

#include "plugin/manifest.h"

/** Writes a description of `manifest` to `out`. */
typedef int proda_describe(const struct proda_manifest *manifest, FILE *out,
                           struct proda_error *error);

/** Plain text, about 110 columns wide: of a structure its pools, channels, matrices, order of
 * solution, parameters by term, drivers; of every plugin its settings. */
int proda_describe_text(const struct proda_manifest *manifest, FILE *out,
                        struct proda_error *error);

/** A structure's graph for Graphviz: pools, inputs, channels with rates and fractions, losses.
 * Refused: plugins of other kinds. */
int proda_describe_dot(const struct proda_manifest *manifest, FILE *out, struct proda_error *error);

/** The same as the text as a page in Markdown: equations and parameters in tables. */
int proda_describe_markdown(const struct proda_manifest *manifest, FILE *out,
                            struct proda_error *error);

#endif
