/** @file conformance.h
 * All checks of a plugin, each in a process of its own.
 */
#ifndef PRODA_CONFORMANCE_CONFORMANCE_H
#define PRODA_CONFORMANCE_CONFORMANCE_H

#include "conformance/check.h"

struct proda_conformance {
  const struct proda_search_path *path;
  const char *only; /**< name of the one check to run; NULL: all */
  double limit;     /**< seconds of processor time for a check */
  /** Called once before the first check, and after each. */
  void (*begin)(void *context, const struct proda_manifest *manifest);
  void (*report)(void *context, const struct proda_check *check,
                 const struct proda_finding *finding);
  void *context;
};

/** Checks the plugin that `name` means (a name, a manifest or its folder). n[mark] counts findings.
 * The error says what is wrong with the manifest, or that `only` is no check of this kind. */
int proda_conformance_run(const struct proda_conformance *conformance, const char *name,
                          size_t n[PRODA_N_MARKS], struct proda_error *error);

/** The check k of a kind, those of every plugin first; NULL behind the last. */
const struct proda_check *proda_conformance_check(enum proda_kind kind, size_t k);

#endif
