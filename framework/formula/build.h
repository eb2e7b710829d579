/** @file build.h
 * From a plugin's folder to its shared object, with the compiler that proda was configured with.
 */
#ifndef PRODA_FORMULA_BUILD_H
#define PRODA_FORMULA_BUILD_H

#include <proda/status.h>

struct proda_search_path;

/** What builds: NULL for what proda was configured with. Words are split at blanks, but
 * between quotes, as a shell splits them; no shell is called. */
struct proda_build_options {
  const char *compiler;                   /**< "gcc" */
  const char *flags;                      /**< "-g -O3 -march=native" */
  const struct proda_search_path *search; /**< where fragments may lie */
};

/** Builds NAME.so beside the manifest NAME.yaml. Of a manifest of formulas: writes NAME.formulas.c,
 * and where it declares functions NAME.names.h, and compiles it together with NAME.c where that is
 * there. Of another: writes NAME.names.h and compiles NAME.c. In a folder that bears the plugin's
 * name, all its other *.c belong to it too, but test_*.c.
 *
 * A folder that others can write to, or a file in it, is refused (core/trust.h). The object keeps
 * the digests of the sources, so that one that changes makes it stale.
 *
 * Headers come from the installed directory, or from $PRODA_INCLUDE_PATH. The object replaces an
 * earlier one only when it is whole. Of a compiler's errors the first are in the message; all stay
 * in NAME.build.txt until a build that ends well. */
int proda_plugin_build(const char *manifest_path, const struct proda_build_options *options,
                       struct proda_error *error);

#endif
