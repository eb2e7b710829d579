/** @file compared_classes.h
 * Classes of land (climate, soil, cover): those covariates that are classes, by cell and by site.
 */
#ifndef PRODA_PIPELINE_COMPARED_CLASSES_H
#define PRODA_PIPELINE_COMPARED_CLASSES_H

#include "pipeline/prepare/prepared.h"
#include "pipeline/stage.h"

/** One value of one variable. */
struct proda_compared_class {
  const char *variable; /**< borrowed from the prepared sites */
  const char *label;    /**< of the experiment; "" where it gives none */
  double value;
};

/** Classes stand variable by variable, each with its values ascending. */
struct proda_compared_classes {
  size_t n_variables, n;
  struct proda_compared_class *entry; /**< [n] */
  long *cell; /**< [n_variables][n_cells]: index of the class, -1 for none */
  long *site; /**< [n_variables][n_sites] */
};

/** Refuses labels of the experiment for what is no class covariate, with its place. Needs
 * prepare.nc alone, so that it is told before hours of work. */
int proda_compared_labels_check(const struct proda_run *run, struct proda_error *error);

/** Finds the class covariates of the prepared sites and reads them of the grid, which has n_cells.
 * Without any, n is 0. `*classes` is released by proda_compared_classes_free. */
int proda_compared_classes_read(const struct proda_run *run, const struct proda_prepared *prepared,
                                size_t n_cells, struct proda_compared_classes **classes,
                                struct proda_error *error);
void proda_compared_classes_free(struct proda_compared_classes *classes);

#endif
