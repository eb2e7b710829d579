/** @file why_private.h
 * The answer's parts, a file each.
 */
#ifndef PRODA_PIPELINE_WHY_PRIVATE_H
#define PRODA_PIPELINE_WHY_PRIVATE_H

#include "pipeline/calibrate/record.h"
#include "pipeline/stage.h"
#include "pipeline/why/why.h"

/** The profile in question. */
struct proda_why {
  const struct proda_why_question *question;
  const struct proda_run *run; /**< knows the output directory, nothing else */
  FILE *out;
  struct proda_nc *prepare;
  struct proda_ledger *ledger; /**< of prepare.nc */
  size_t profile;              /**< index in the input */
  size_t site, n_sites;        /**< index among the sites that were kept; where it was */
  size_t first_obs, n_obs;     /**< its layers among those of all sites */
  double *top, *bottom, *soc;  /**< [n_obs] */
};

/** Finds the profile that is asked for: profile, site. */
int proda_why_find(struct proda_why *why, struct proda_error *error);

/** Where it is, its layers, its forcing; reads what the other parts need of them. */
int proda_why_tell_input(struct proda_why *why, struct proda_error *error);

/** What a structure made of it. */
int proda_why_tell_structure(const struct proda_why *why, const char *structure,
                             struct proda_error *error);

/** What calibration first says of a site, alike in its store and its journal: fields of a record
 * that are one number a site, in the order of enum proda_posterior_field. */
enum { PRODA_WHY_N_FRONT = PRODA_FIELD_PRIOR_VALID_SHARE + 1 };

/** Draws that were refused, by reason, and the share of the prior that is valid. */
void proda_why_tell_draws(const struct proda_why *why, const double front[PRODA_WHY_N_FRONT]);

/** Chains, convergence and fit of a calibrated site; limits are NaN where screen has not run. */
int proda_why_tell_course(const struct proda_why *why, const struct proda_nc *calibrate,
                          double max_rhat, double min_nse, struct proda_error *error);

/** Writes four digits or all before the point, or "-" for NaN; returns `text`. */
enum { PRODA_WHY_NUMBER = 24 };
const char *proda_why_number(double value, char text[PRODA_WHY_NUMBER]);

/** Writes a name with spaces for underscores. */
void proda_why_put_name(FILE *out, const char *name);

#endif
