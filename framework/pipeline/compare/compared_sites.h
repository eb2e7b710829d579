/** @file compared_sites.h
 * What became of the profiles in every structure of an experiment.
 */
#ifndef PRODA_PIPELINE_COMPARED_SITES_H
#define PRODA_PIPELINE_COMPARED_SITES_H

#include "pipeline/ledger.h"
#include "pipeline/prepare/prepared.h"
#include "pipeline/stage.h"
#include "pipeline/train/evaluation.h"

/** A structure's sites; arrays along the sites of `prepared`. */
struct proda_compared_structure {
  double *state;    /**< enum proda_site_code */
  double *rhat;     /**< mean over parameters; NaN where there is no posterior */
  double *held_out; /**< 1 where the site was held out from training */
  double *modelled; /**< [PRODA_N_SOURCES][n_obs], gC m-3 */
  size_t n_profiles[PRODA_N_SITE_CODES]; /**< of the input, by what became of them */
};

struct proda_compared_sites {
  struct proda_prepared *prepared;
  size_t n_structures;
  struct proda_compared_structure *structure;
};

/** Reads prepare.nc, and calibrate.nc, screen.nc, train.nc of every structure; refuses stores of
 * other sites. `*sites` is released by proda_compared_sites_free. */
int proda_compared_sites_read(const struct proda_run *run, struct proda_compared_sites **sites,
                              struct proda_error *error);
void proda_compared_sites_free(struct proda_compared_sites *sites);

/** Whether the structure's site went on to the emulator. */
bool proda_compared_kept(const struct proda_compared_sites *sites, size_t structure, size_t site);

#endif
