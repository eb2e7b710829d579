/** @file price_private.h
 * What the files of this folder share.
 */
#ifndef PRODA_PIPELINE_PRICE_PRIVATE_H
#define PRODA_PIPELINE_PRICE_PRIVATE_H

#include "pipeline/price/price.h"
#include "pipeline/standing/standing_private.h"

/** What a stage takes. */
struct proda_priced {
  double least, likely, most; /**< seconds; `most` may be INFINITY */
  double bytes;               /**< of its stores */
  double journal;             /**< of what it needs besides while it is at work */
  double busy; /**< times that it takes for what else the machine does; 0: not known */
  char work[PRODA_LOCK_TEXT]; /**< "400 sites of 90000 draws, 5.2e5 a second" */
};

/** A bill in work. */
struct proda_pricing {
  struct proda_run
      run; /**< whose stores, as far as prepare.nc, are there: the caller's or the scratch's */
  size_t n_profiles, n_sites; /**< of the input; kept by prepare */
  double busy;    /**< times that work takes for what else the machine does; 1 until measured */
  double seconds; /**< that a structure's measurements may take, together */
};

/** Prices a calibration with as many workers as the run has, of which at most the processors'
 * number measures. */
int proda_price_calibrate(const struct proda_pricing *pricing,
                          const struct proda_experiment_structure *structure,
                          struct proda_priced *priced, struct proda_error *error);
/** Prices a training on all sites, as if `screen` kept them. */
int proda_price_train(const struct proda_pricing *pricing,
                      const struct proda_experiment_structure *structure,
                      struct proda_priced *priced, struct proda_error *error);
int proda_price_map(const struct proda_pricing *pricing,
                    const struct proda_experiment_structure *structure, struct proda_priced *priced,
                    struct proda_error *error);

/** A line of the bill; `priced` is NULL for a stage that would not run, and `state` says why. */
void proda_price_tell_stage(const struct proda_standing_row *row, const struct proda_priced *priced,
                            int width, FILE *out);
/** "27 s (20 s to 41 s)". */
void proda_price_time(const struct proda_priced *priced, char *text, size_t size);

#endif
