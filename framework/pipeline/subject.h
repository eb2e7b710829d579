/** @file subject.h
 * What a simulation runs: a structure, the sites of a forcing file, sets of parameters.
 */
#ifndef PRODA_PIPELINE_SUBJECT_H
#define PRODA_PIPELINE_SUBJECT_H

#include "pipeline/simulate.h"
#include "store/forcing.h"
#include "store/ncfile.h"

struct proda_subject {
  const struct proda_simulation *simulation;
  struct proda_loaded *model;
  const struct proda_manifest *manifest; /**< the model's */
  struct proda_settings *settings;
  struct proda_forcing_file *forcing;
  size_t n_sites, n_sets, n_months;
  double *parameter; /**< [site][set][parameter], as the manifest allows */
};

/** The part of it that reads sets of parameters, for the subject's manifest and sites: `value` by
 * site, set and parameter, or by set and parameter. Refused, with file and indices: names that are
 * not those of the manifest, each once; numbers that are infinite, or missing where no site
 * prescribes them. */
int proda_subject_read_parameters(struct proda_subject *subject, const char *path,
                                  struct proda_error *error);

/** Reads and checks all of it. proda_subject_close in any case. */
int proda_subject_open(const struct proda_simulation *simulation, struct proda_subject *subject,
                       struct proda_error *error);
void proda_subject_close(struct proda_subject *subject);

/** Begins the store: provenance; dimensions site, set, pool, layer; names of pools, the grid, the
 * places of sites. */
int proda_subject_store(const struct proda_subject *subject, struct proda_nc **file,
                        struct proda_error *error);

/** Time courses at all sites, for proda_simulate. */
int proda_simulate_courses(const struct proda_subject *subject, struct proda_simulated *simulated,
                           struct proda_error *error);

#endif
