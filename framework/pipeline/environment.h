/** @file environment.h
 * Covariates: which they are, and their values at profiles and at cells of the grid.
 *
 * A covariate is a numeric variable that the profiles' file holds per profile and the grid per site
 * under the same name; latitude and longitude come last. The attribute `categorical = 1` marks
 * classes. Units are those of the profiles.
 */
#ifndef PRODA_PIPELINE_ENVIRONMENT_H
#define PRODA_PIPELINE_ENVIRONMENT_H

#include "store/ncfile.h"

struct proda_environment_variable {
  char name[64];
  char *unit, *long_name; /**< "" where the file has none */
  bool is_class;
};

struct proda_environment {
  size_t n;
  struct proda_environment_variable *variable;
};

/** Finds the covariates of two files. `*environment` is released by proda_environment_free. */
int proda_environment_find(const struct proda_nc *profiles, const struct proda_nc *grid,
                           struct proda_environment **environment, struct proda_error *error);
void proda_environment_free(struct proda_environment *environment);

/** Values [n][environment->n] along `dimension` of length n, in the environment's units, NaN where
 * missing, longitudes from -180 to 180; `*value` is allocated. Refused: infinities, classes that
 * are no whole numbers, units here where the profiles have none. */
int proda_environment_read(const struct proda_nc *file, const char *dimension,
                           const struct proda_environment *environment, double **value,
                           struct proda_error *error);

/** Refuses covariates that are far from each other at profiles (`value`, as read) and on the grid,
 * as with degC here and K there: the gap between their ranges is wider than both together, or one
 * begins, above 0, at ten times the end of the other. Classes are not looked at. */
int proda_environment_compare(const struct proda_nc *profiles, const struct proda_nc *grid,
                              const struct proda_environment *environment, size_t n_profiles,
                              const double *value, struct proda_error *error);

/** Defines covariate_name, covariate_units, covariate_long_name, covariate_is_class along a new
 * dimension `covariate`, and writes them. */
int proda_environment_write(struct proda_nc *store, const struct proda_environment *environment,
                            struct proda_error *error);

/** The covariates that a store lists by proda_environment_write. */
int proda_environment_list(const struct proda_nc *store, struct proda_environment **environment,
                           struct proda_error *error);

#endif
