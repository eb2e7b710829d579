/** @file stage.h
 * What every stage of the pipeline is given, and how it reports.
 *
 * A stage reads stores and writes one. Stores: <output>/prepare.nc, and for each
 * structure <output>/<structure>/{calibrate,screen,train,map}.nc; <output>/compare.nc of all.
 */
#ifndef PRODA_PIPELINE_STAGE_H
#define PRODA_PIPELINE_STAGE_H

#include <stdbool.h>

#include "core/guard.h"
#include "pipeline/experiment/experiment.h"
#include "pipeline/lock.h"
#include "plugin/loader.h"
#include "progress/line.h"
#include "store/provenance.h"

/** Where a stage says how it goes. Calls come from one thread. */
struct proda_reporter {
  /** One line for the log ("prepare: 12,900 of 13,704 profiles kept"). */
  void (*line)(void *context, const char *text);
  /** How far a stage is; may be called often. NULL for none. */
  void (*progress)(void *context, const struct proda_progress *progress);
  void *context;
};

/** How stages that do sites one by one share them out (farm/farm.h). */
struct proda_workers {
  size_t n;         /**< processes; 0: all in this one, for debuggers */
  double seconds;   /**< of processor time that a site may take; 0 for no limit */
  double megabytes; /**< of memory that a worker may take; 0 for no limit */
};

struct proda_crew;
struct proda_job;

/** A run: the experiment, where plugins are, how to report. Borrowed by stages. */
struct proda_run {
  const struct proda_experiment *experiment;
  const struct proda_search_path *search_path;
  const struct proda_reporter *reporter;
  const char *command; /**< the command line, for provenance */
  struct proda_workers workers;
  struct proda_stop *stop;       /**< NULL: nobody asks */
  enum proda_store_state *found; /**< not NULL: stages make nothing, they say what they find */
  struct proda_guard *guard;     /**< told what plugins are called; NULL: nobody watches */
  struct proda_lock *lock;       /**< of the output directory; NULL: none is taken */
  struct proda_crew *crew;       /**< of ranks that share sites out (farm/ranks.h); NULL: alone */
};

/** Formats a line for the reporter. */
void proda_report(const struct proda_run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** A stage begins, on a structure or on NULL: tells the guard, and those who ask by the lock. */
void proda_stage_begin(const struct proda_run *run, const char *stage, const char *structure);

/** Tells the reporter how far a stage is: when it begins, and whenever more is done. */
void proda_progress(const struct proda_run *run, const struct proda_progress *progress);

/** The experiment's name; NULL where there is none. */
const char *proda_run_name(const struct proda_run *run);

/** Whether a stage has to make its store. One that is current is reported as up to date; why
 * another is made anew is reported too, but one of another experiment is refused. With `run->found`
 * nothing is due: that gets the store's state, and one that is not current is an error that says
 * why. */
int proda_stage_due(const struct proda_run *run, const char *stage, const char *structure,
                    const char *store, const char *inputs, bool *due, struct proda_error *error);

/** proda_load of a plugin of the experiment, watched. */
int proda_run_load(const struct proda_run *run, const char *name, enum proda_kind kind,
                   struct proda_loaded **loaded, struct proda_error *error);
/** Says that a plugin is called to do what comes in one piece: to be created, to predict. */
void proda_run_calls(const struct proda_run *run, const struct proda_loaded *loaded,
                     const char *doing);
/** The same where it goes on step by step: `--site-seconds` are for one step, which the work ends
 * by proda_guard_renew. */
void proda_run_calls_in_steps(const struct proda_run *run, const struct proda_loaded *loaded,
                              const char *doing);
/** The plugin has come back. */
void proda_run_returns(const struct proda_run *run);
/** An error where somebody asked the run to stop: between stages. */
int proda_run_asked(const struct proda_run *run, struct proda_error *error);

/** "<output>/<structure>/<stage>.nc" or "<output>/<stage>.nc" for structure NULL; free() it. */
char *proda_store_path(const struct proda_run *run, const char *structure, const char *stage);
/** The same with another extension ("journal"). */
char *proda_output_path(const struct proda_run *run, const char *structure, const char *name,
                        const char *extension);

/** Removes what killed runs left half-written in the output directory, which is the caller's. */
void proda_run_clear(const struct proda_run *run);

/** Makes the directories that a path lies in. */
int proda_make_parents(const char *path, struct proda_error *error);

/* Stages, a file each. `structure` is an entry of experiment->structure. */
/** Makes the synthetic world where the experiment asks for it and it is missing or stale; `prepare`
 * begins with it. */
int proda_stage_world(const struct proda_run *run, struct proda_error *error);
int proda_stage_prepare(const struct proda_run *run, struct proda_error *error);
int proda_stage_calibrate(const struct proda_run *run,
                          const struct proda_experiment_structure *structure,
                          struct proda_error *error);
/** On a rank other than the first: does sites of the calibration that rank 0 announced. */
int proda_calibrate_assist(const struct proda_run *run, const struct proda_job *job,
                           struct proda_error *error);
int proda_stage_screen(const struct proda_run *run,
                       const struct proda_experiment_structure *structure,
                       struct proda_error *error);
int proda_stage_train(const struct proda_run *run,
                      const struct proda_experiment_structure *structure,
                      struct proda_error *error);
int proda_stage_map(const struct proda_run *run, const struct proda_experiment_structure *structure,
                    struct proda_error *error);
/** All structures side by side, after the maps of all. */
int proda_stage_compare(const struct proda_run *run, struct proda_error *error);
/** Makes <output>/report.html and <output>/figures of all stores; its last line names the page. */
int proda_stage_report(const struct proda_run *run, struct proda_error *error);

#endif
