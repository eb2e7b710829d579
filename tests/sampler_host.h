/** @file sampler_host.h
 * The least host of a sampler: settings from its manifest, and one site run to its end on a log
 * density in C. For tests and benches.
 */
#ifndef PRODA_SAMPLER_HOST_H
#define PRODA_SAMPLER_HOST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <proda/sampler.h>

#include "plugin/manifest.h"

/** PRODA_OK and *log_density, or PRODA_REJECT. */
typedef int sampler_density(void *context, const double *x, double *log_density);

struct sampler_host {
  const struct proda_sampler_ops *ops;
  struct proda_manifest *manifest;
  struct proda_setting *setting; /**< the manifest's defaults until sampler_host_set */
  double *number;                /**< what settings of one value point to */
  void *sampler;
  size_t d;
  struct proda_error error;
};

/** The chains of one site. */
struct sampler_run {
  size_t d, n_chains, capacity;
  double *draw;                            /**< [n_chains][capacity][d] */
  double *log_density;                     /**< [n_chains][capacity] */
  size_t *length;                          /**< [n_chains]: draws kept */
  size_t evaluations, accepted, discarded; /**< discarded: times that a chain was forgotten */
  const char *failure;
  bool no_start;
};

/** Reads the manifest; nonzero with a message in host->error where that fails. */
static inline __attribute__((unused)) int sampler_host_open(struct sampler_host *host,
                                                            const struct proda_sampler_ops *ops,
                                                            const char *manifest_path)
{
  memset(host, 0, sizeof *host);
  host->ops = ops;
  if (proda_manifest_read(manifest_path, &host->manifest, &host->error))
    return PRODA_ERROR;
  size_t n = host->manifest->n_settings;
  host->setting = calloc(n, sizeof *host->setting);
  host->number = calloc(n, sizeof *host->number);
  if (!host->setting || !host->number)
    return proda_error_set(&host->error, "out of memory");
  for (size_t i = 0; i < n; i++) {
    const struct proda_setting_spec *spec = &host->manifest->setting[i];
    host->number[i] = spec->default_value[0];
    host->setting[i] = (struct proda_setting){.size = 1, .value = &host->number[i]};
  }
  return PRODA_OK;
}

static inline __attribute__((unused)) void sampler_host_set(struct sampler_host *host,
                                                            const char *name, double value)
{
  long i = proda_manifest_setting(host->manifest, name);
  if (i < 0) {
    fprintf(stderr, "no setting %s\n", name);
    abort();
  }
  host->number[i] = value;
}

/** (Re)makes the sampler with the settings as they are. */
static inline __attribute__((unused)) int sampler_host_create(struct sampler_host *host,
                                                              const struct proda_prior *prior,
                                                              size_t d)
{
  const struct proda_target target = {.n_parameters = d, .prior = prior};
  if (host->sampler)
    host->ops->destroy(host->sampler);
  host->sampler = NULL;
  host->d = d;
  return host->ops->create(&target, host->setting, &host->sampler, &host->error);
}

static inline __attribute__((unused)) void sampler_host_close(struct sampler_host *host)
{
  if (host->sampler)
    host->ops->destroy(host->sampler);
  proda_manifest_free(host->manifest);
  free(host->setting);
  free(host->number);
}

static inline __attribute__((unused)) void sampler_run_free(struct sampler_run *run)
{
  free(run->draw);
  free(run->log_density);
  free(run->length);
}

static inline __attribute__((unused)) int sampler_run_make(const struct sampler_host *host,
                                                           struct sampler_run *run)
{
  memset(run, 0, sizeof *run);
  run->d = host->d;
  run->n_chains = host->ops->n_chains(host->sampler);
  run->capacity = host->ops->n_draws(host->sampler);
  size_t draws = run->n_chains * run->capacity;
  run->draw = malloc(draws * run->d * sizeof *run->draw);
  run->log_density = malloc(draws * sizeof *run->log_density);
  run->length = calloc(run->n_chains, sizeof *run->length);
  return run->draw && run->log_density && run->length ? PRODA_OK : PRODA_ERROR;
}

/** A walker's memory, for free(). */
static inline __attribute__((unused)) void *sampler_walker_new(const struct sampler_host *host)
{
  return aligned_alloc(64, host->ops->walker_size(host->sampler));
}

/** One proposal, evaluation and answer; true while the walker wants more. */
static inline __attribute__((unused)) bool sampler_step(const struct sampler_host *host,
                                                        void *walker, sampler_density *density,
                                                        void *context, struct sampler_run *run)
{
  double x[256];
  struct proda_evaluation evaluation = {.status = PRODA_OK};
  struct proda_outcome outcome = {0};
  host->ops->propose(host->sampler, walker, x);
  evaluation.status = density(context, x, &evaluation.log_density);
  host->ops->accept(host->sampler, walker, &evaluation, &outcome);
  run->evaluations++;
  run->accepted += outcome.accepted;
  if (outcome.discard_chain) {
    run->length[outcome.chain] = 0;
    run->discarded++;
  }
  if (outcome.keep) {
    size_t at = outcome.chain * run->capacity + run->length[outcome.chain]++;
    run->log_density[at] = host->ops->current(host->sampler, walker, run->draw + at * run->d);
  }
  if (outcome.done) {
    run->failure = outcome.failure;
    run->no_start = outcome.no_start;
  }
  return !outcome.done;
}

/** Runs all walkers of a site, one after the other; false for lack of memory. */
static inline __attribute__((unused)) bool sampler_host_run(const struct sampler_host *host,
                                                            uint64_t seed, uint64_t site,
                                                            sampler_density *density, void *context,
                                                            struct sampler_run *run)
{
  memset(run, 0, sizeof *run);
  void *walker = sampler_walker_new(host);
  if (!walker || sampler_run_make(host, run)) {
    free(walker);
    return false;
  }
  for (uint32_t i = 0; i < host->ops->n_walkers(host->sampler); i++) {
    const struct proda_walker_key key = {.seed = seed, .site = site, .walker = i};
    host->ops->start(host->sampler, &key, walker);
    while (sampler_step(host, walker, density, context, run))
      ;
    if (run->failure)
      break;
  }
  free(walker);
  return true;
}

#endif
