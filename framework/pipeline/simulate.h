/** @file simulate.h
 * A structure's steady states, or its time courses, for every site of a forcing file and every
 * given parameter set.
 */
#ifndef PRODA_PIPELINE_SIMULATE_H
#define PRODA_PIPELINE_SIMULATE_H

#include <stdbool.h>

#include "pipeline/sites.h"
#include "plugin/loader.h"

enum proda_every { PRODA_EVERY_YEAR, PRODA_EVERY_MONTH, PRODA_EVERY_DAY, PRODA_N_EVERY };
/** "year", "month", "day". */
extern const char *const proda_every_names[PRODA_N_EVERY];

struct proda_simulation {
  const struct proda_search_path *search_path;
  const char *model;      /**< plugin name */
  const char *forcing;    /**< path, as store/forcing.h reads it */
  const char *parameters; /**< path, or NULL for the defaults: parameter_name(parameter) and
                               value(site, set, parameter), physical units, any order of parameters;
                               value may lack site: the same sets at all sites */
  const char *settings;   /**< YAML mapping of the structure's settings; NULL for its defaults */
  const char *out;        /**< path of the store to write */
  const char *command;    /**< for provenance */

  /** Length of the time course; 0 for steady states. A whole number of what `every` says; a year
   * has 365 days and 12 equal months, and month k of the forcing holds during month k. */
  double years;
  enum proda_every every; /**< when states are written, the start included */
  /** Store whose last states are the start, of an earlier simulation of the same sites: time and
   * sums go on from there. NULL: the steady state of the forcing's mean terms. */
  const char *from;
  bool constant; /**< the forcing's mean terms, those of the steady state, hold for ever */
  double rtol;   /**< course/course.h */
  /** Told of every year of every run; may be NULL. */
  void (*progress)(void *context, size_t done, size_t total);
  void *context;
};

/** What became of a run: a status of pipeline/sites.h (of the steady state that it was to start
 * from), or one of these. A run that went through is "solved". */
enum {
  PRODA_RUN_STOPPED = PRODA_N_SITE_STATUS, /**< the integration found no way on */
  PRODA_RUN_NO_START,                      /**< `from` has no state there */
  PRODA_N_RUN_STATUS
};
extern const char *const proda_run_status_names[PRODA_N_RUN_STATUS];

/** How it went, for the program to tell. */
struct proda_simulated {
  size_t n_sites, n_sets, n_times;     /**< n_times: 0 for steady states */
  size_t n_status[PRODA_N_RUN_STATUS]; /**< by proda_run_status_names */
  struct proda_error stopped;          /**< of the first run that stopped: where, when and why */
};

/** Runs and writes: pools(site, set, pool, layer), for each observable X_density(site, set, layer),
 * X_stock(site, set) and X_stock_1m, status, near_singular, mass_balance (site, set).
 *
 * A time course: time (days since year 1, a calendar of 365 days) with bounds; pools(site, set,
 * time, pool, layer), X_density(site, set, time, layer), X_stock, X_stock_1m, carbon_stock of all
 * pools (site, set, time); carbon_input, transport_imbalance and each loss by name, as the mean
 * over the time since the state before, gC m-2 yr-1, and as X_sum since the start, gC m-2:
 * carbon_input_sum = losses' sums + transport_imbalance_sum + change of carbon_stock, to rounding.
 * NaN from where a run stopped. */
int proda_simulate(const struct proda_simulation *simulation, struct proda_simulated *simulated,
                   struct proda_error *error);

#endif
