/** @file ledger.h
 * The ledger: what became of every profile of the input, one code each, and why.
 *
 * The codes are one list for all stages, stores and logs: `prepare` judges the profiles of the
 * input, `calibrate` those that it kept, `screen` those that were calibrated. So the counts by code
 * in a structure's ledger (screen.nc) sum to the number of profiles in the input. A code keeps its
 * number and its name for good: new ones are appended. doc/ledger.md has them in a table.
 */
#ifndef PRODA_PIPELINE_LEDGER_H
#define PRODA_PIPELINE_LEDGER_H

#include "store/ncfile.h"

/** The first of these that holds. */
enum proda_site_code {
  PRODA_SITE_KEPT, /**< nothing speaks against it: it goes on to the next stage */
  /* prepare */
  PRODA_SITE_NOT_SELECTED, /**< `every` leaves it out */
  PRODA_SITE_NO_POSITION,  /**< latitude or longitude missing */
  PRODA_SITE_FEW_LAYERS,   /**< fewer usable layers than min_layers */
  PRODA_SITE_SHALLOW,      /**< deepest usable bottom not below min_depth */
  PRODA_SITE_NO_FORCING,   /**< no usable cell within PRODA_MAX_CELL_DISTANCE */
  /* calibrate */
  PRODA_SITE_UNUSABLE_FORCING, /**< the structure refuses its forcing */
  PRODA_SITE_NOT_COMPARABLE,   /**< no state of the structure can be compared with its layers */
  PRODA_SITE_NO_VALID_START,   /**< the sampler found no valid point to start from */
  PRODA_SITE_FAILED,           /**< the sampler gave up */
  PRODA_SITE_CRASHED,          /**< its worker died, twice */
  PRODA_SITE_TIME_LIMIT,       /**< it took more time than a site may, twice */
  PRODA_SITE_MEMORY_LIMIT,     /**< its worker took more memory than it may, twice */
  /* screen */
  PRODA_SITE_NOT_CONVERGED, /**< mean R-hat above max_rhat */
  PRODA_SITE_NOT_EXPLAINED, /**< NSE not above min_nse */
  PRODA_SITE_NSE_UNDEFINED, /**< its layers are all measured alike */
  PRODA_N_SITE_CODES,
};

/** Names of them all, for CF flags and logs. */
extern const char *const proda_site_code_names[PRODA_N_SITE_CODES];

/** What a code means to a reader. */
struct proda_site_code_text {
  const char *stage, *text; /**< the stage that gives it; what it says */
  const char *advice;       /**< what can be done about it; "" where nothing need be */
};
extern const struct proda_site_code_text proda_site_code_texts[PRODA_N_SITE_CODES];

/** "12 kept, 3 crashed": the counts that are not 0, with their names; cut to `size`. */
void proda_counts_join(const size_t *count, const char *const *name, size_t n, char *text,
                       size_t size);

/** Says by CF flags that a variable holds codes. */
int proda_site_code_put_flags(struct proda_nc *file, const char *variable,
                              struct proda_error *error);
/** Reads a variable of n codes; free() `*code`. Refused: other flags than these, as another version
 * may have written them, and values that are no code. */
int proda_site_code_read(const struct proda_nc *file, const char *variable, size_t n, double **code,
                         struct proda_error *error);

struct proda_arena;

/** Profiles in the order of the input. */
struct proda_ledger {
  size_t n;
  double *id;          /**< [n] */
  double *code;        /**< [n], enum proda_site_code */
  const char **reason; /**< [n]: what the code alone does not say; "" where nothing */
  struct proda_arena *texts;
};

/** All kept, without ids. `*ledger` is released by proda_ledger_free. */
int proda_ledger_new(size_t n, struct proda_ledger **ledger, struct proda_error *error);
void proda_ledger_free(struct proda_ledger *ledger);

/** Enters what became of a profile; the reason is copied. */
int proda_ledger_enter(struct proda_ledger *ledger, size_t profile, enum proda_site_code code,
                       const char *reason, struct proda_error *error);

/** Profiles by code. */
void proda_ledger_count(const struct proda_ledger *ledger, size_t count[PRODA_N_SITE_CODES]);

/** Defines and writes the dimensions `profile` and `reason`, and the variables profile_id,
 * profile_state (codes), profile_reason (an index into `reason`), reason (each text once; the first
 * is empty). */
int proda_ledger_write(const struct proda_ledger *ledger, struct proda_nc *file,
                       struct proda_error *error);
/** Reads them. `*ledger` is released by proda_ledger_free. */
int proda_ledger_read(const struct proda_nc *file, struct proda_ledger **ledger,
                      struct proda_error *error);

#endif
