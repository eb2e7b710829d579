/** @file plugin.h
 * The descriptor that every plugin exports under the name `proda_plugin`.
 *
 * A plugin is `<name>.yaml` (its manifest) beside its shared object
 * `<name>.so`. The manifest is the one source of names, counts, units and
 * defaults; `proda header <name>.yaml` turns it into a C header of indices and
 * the digest below, so that code never counts by hand.
 */
#ifndef PRODA_PLUGIN_H
#define PRODA_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#include <proda/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Raised when a struct or rule of these headers changes incompatibly. Growth
 * that keeps the meaning of what exists goes by named extensions instead. */
#define PRODA_ABI_VERSION 1u

#if defined(__GNUC__)
#define PRODA_EXPORT __attribute__((visibility("default")))
#else
#define PRODA_EXPORT
#endif

enum proda_kind {
  PRODA_MODEL = 1,
  PRODA_SAMPLER = 2,
  PRODA_EMULATOR = 3,
};

/** The host checks `abi` before it reads any other field, then `kind` and
 * `digest` against the manifest; a mismatch is refused with both stated. */
struct proda_plugin {
  uint32_t abi;       /**< PRODA_ABI_VERSION at build time; always the first field */
  uint32_t kind;      /**< enum proda_kind */
  const char *name;   /**< the manifest's `name` */
  const char *digest; /**< MANIFEST_DIGEST of the generated header */
  const void *ops;    /**< struct proda_model_ops, proda_sampler_ops or proda_emulator_ops */
};

/** The value of one entry of the manifest's `settings:`, in manifest order.
 * A number is itself, a choice is its index in the list of choices, true is 1,
 * a list has `size` values, everything else one. Borrowed, valid during create. */
struct proda_setting {
  size_t size;
  const double *value;
};

#ifdef __cplusplus
}
#endif
#endif
