/** @file build.h
 * From a plugin's folder to its shared object, with the compiler that proda was configured with.
 */
#ifndef PRODA_FORMULA_BUILD_H
#define PRODA_FORMULA_BUILD_H

#include <proda/status.h>

struct proda_search_path;

/** What builds: NULL for what proda was configured with. Words are split at blanks. */
struct proda_build_options {
  const char *compiler;                   /**< "gcc" */
  const char *flags;                      /**< "-g -O3 -march=native" */
  const struct proda_search_path *search; /**< where fragments may lie */
};

/** Builds NAME.so beside the manifest NAME.yaml. Of a manifest of formulas: writes NAME.formulas.c,
 * compiles it together with NAME.c where that is there (functions of the plugin's own). Of another:
 * writes NAME.names.h and compiles NAME.c. In both cases NAME_*.c of the folder belong to it.
 *
 * Headers come from the installed directory, or from $PRODA_INCLUDE_PATH. The object replaces an
 * earlier one only when it is whole. A message of the compiler is handed on. */
int proda_plugin_build(const char *manifest_path, const struct proda_build_options *options,
                       struct proda_error *error);

#endif
