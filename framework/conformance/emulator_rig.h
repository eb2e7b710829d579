/** @file emulator_rig.h
 * What checks of an emulator work with: made-up samples, and emulators that learned from them.
 */
#ifndef PRODA_CONFORMANCE_EMULATOR_RIG_H
#define PRODA_CONFORMANCE_EMULATOR_RIG_H

#include <proda/emulator.h>

#include "conformance/check.h"
#include "conformance/room.h"

enum {
  PRODA_EMULATOR_INPUTS = 4,
  PRODA_EMULATOR_OUTPUTS = 3,
  PRODA_EMULATOR_SAMPLES = 90,
  PRODA_EMULATOR_EPOCHS = 2, /**< after which a fit is told to stop */
  PRODA_EMULATOR_ARRAYS = 64,
};

struct proda_emulator_rig {
  const struct proda_subject *subject;
  const struct proda_emulator_ops *ops;
  struct proda_room *room;
  struct proda_samples samples;
  void *first, *second; /**< fitted to the samples, both alike */
  double *one, *two;    /**< [samples][outputs]: room for predictions */
  size_t n_arrays;      /**< of `first` */
  struct proda_array array[PRODA_EMULATOR_ARRAYS];
  struct proda_finding *finding;
};

/** A new emulator; destroyed by the caller. */
int proda_emulator_make(struct proda_emulator_rig *rig, void **emulator);
/** Fits for some epochs; fails where the contract is broken by it. */
int proda_emulator_fit(struct proda_emulator_rig *rig, void *emulator,
                       const struct proda_samples *samples, uint64_t seed);
/** Predicts from the samples' rows [first, n) to `out`. */
int proda_emulator_predict(struct proda_emulator_rig *rig, const void *emulator, size_t first,
                           double *out);
/** Fails where two predictions of the rows from `first` on differ by a bit. */
int proda_emulator_same(struct proda_emulator_rig *rig, const double *one, const double *two,
                        size_t first, const char *expected, const char *when);
/** Asks `first` for its arrays, if it was not asked before. */
int proda_emulator_arrays(struct proda_emulator_rig *rig);

extern const struct proda_check proda_emulator_create, proda_emulator_memory,
    proda_emulator_determinism, proda_emulator_rows, proda_emulator_save, proda_emulator_borrowed;

#endif
