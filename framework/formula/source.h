/** @file source.h
 * C source of a plugin: the names of its manifest, and the whole model of a manifest of formulas.
 */
#ifndef PRODA_FORMULA_SOURCE_H
#define PRODA_FORMULA_SOURCE_H

#include <stdio.h>

#include "plugin/manifest.h"

/** MANIFEST_NAME and MANIFEST_DIGEST, P_*, POOL_* and the other indices, the grid. */
void proda_emit_names(const struct proda_manifest *manifest, FILE *out);

/** A model of formulas, complete: it needs <proda/model.h> and <proda/soil.h>. Refused: a manifest
 * without formulas, and what Newton needs but a function of the plugin's own does not give. */
int proda_emit_model(const struct proda_manifest *manifest, FILE *out, struct proda_error *error);

#endif
