/** @file simulate.h
 * A structure's steady states for every site of a forcing file and every given parameter set.
 */
#ifndef PRODA_PIPELINE_SIMULATE_H
#define PRODA_PIPELINE_SIMULATE_H

#include "plugin/loader.h"

struct proda_simulation {
  const struct proda_search_path *search_path;
  const char *model;      /**< plugin name */
  const char *forcing;    /**< path, as store/forcing.h reads it */
  const char *parameters; /**< path, or NULL for the defaults: parameter_name(parameter) and
                               value(site, set, parameter), physical units, any order of parameters;
                               value may lack site: the same sets at all sites */
  const char *out;        /**< path of the store to write */
  const char *command;    /**< for provenance */
};

/** How it went, for the program to tell. */
struct proda_simulated {
  size_t n_sites, n_sets;
  size_t n_status[16]; /**< by proda_site_status_names */
};

/** Runs and writes: pools(site, set, pool, layer), for each observable X_density(site, set, layer),
 * X_stock(site, set) and X_stock_1m, status, near_singular, mass_balance (site, set), and the
 * measures of measures.h (site, set), components being those of the first observable. */
int proda_simulate(const struct proda_simulation *simulation, struct proda_simulated *simulated,
                   struct proda_error *error);

#endif
