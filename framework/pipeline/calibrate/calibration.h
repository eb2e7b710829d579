/** @file calibration.h
 * A calibration in work: what the writer and those who sample share, and how sites are sampled.
 */
#ifndef PRODA_PIPELINE_CALIBRATION_H
#define PRODA_PIPELINE_CALIBRATION_H

#include "farm/farm.h"
#include "pipeline/calibrate/calibrate_store.h"
#include "pipeline/calibrate/posterior.h"
#include "pipeline/stage.h"
#include "store/digest.h"
#include "store/forcing.h"

/** Everything that the stage holds while it runs. */
struct proda_calibration {
  const struct proda_run *run;
  const struct proda_experiment *experiment;
  const struct proda_experiment_structure *chosen;
  char *store, *journal_path, *prepare_path;
  char inputs[PRODA_DIGEST_SIZE];

  struct proda_loaded *model, *sampler_plugin;
  struct proda_settings *model_settings, *sampler_settings;
  struct proda_prepared *prepared;
  struct proda_forcing_file *forcing;
  struct proda_structure *structure;
  struct proda_space *space;
  void *sampler;
  struct proda_observing observing;
  struct proda_chain_setup setup;
  struct proda_posterior_shape shape;
  struct proda_posterior *posterior;
  struct proda_observation **observation; /* [n_sites], while in work */
  const double **driver;                  /* [n_sites][n_drivers] */
  struct proda_journal *journal;

  struct proda_calibrated result;
  size_t cursor;      /* the next site to look at */
  size_t record_size; /* of the largest record */
  double *record;
  struct proda_worker *worker; /* in a worker: its line to the host */
};

/** Paths, plugins and the digest of all that decides the store's content. Whether or not this or
 * what follows succeeds, proda_calibration_close is due. */
int proda_calibration_open(const struct proda_run *run,
                           const struct proda_experiment_structure *structure,
                           struct proda_calibration *c, struct proda_error *error);
/** What sampling takes: sites, forcing, structure, sampler. */
int proda_calibration_set_up(struct proda_calibration *c, struct proda_error *error);
/** In a worker: samples the sites that it is given; `context` is the calibration. */
int proda_calibration_work(void *context, struct proda_worker *worker, struct proda_error *error);
/** How sites are shared out to workers. */
struct proda_farm_options proda_calibration_farm(const struct proda_run *run);
/** Makes site s ready to be sampled, and turns its chains into `record` [record_size], of which it
 * fills `*size`. */
int proda_calibration_site(struct proda_calibration *c, size_t s, struct proda_chain_site *site,
                           struct proda_error *error);
int proda_calibration_summarise(struct proda_calibration *c, const struct proda_chains *chains,
                                size_t *size, struct proda_error *error);
/** Releases what it holds. */
void proda_calibration_close(struct proda_calibration *c);

#endif
