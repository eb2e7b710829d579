/** @file bench.h
 * An instance of a structure on a block of lanes, and made-up sites to put it to.
 */
#ifndef PRODA_CONFORMANCE_BENCH_H
#define PRODA_CONFORMANCE_BENCH_H

#include <proda/model.h>
#include <proda/random.h>

#include "conformance/check.h"
#include "conformance/room.h"

/** What a made-up site is like. Values lie in the drivers' ranges, or where those are not stated
 * in ranges that are plausible for the unit. */
enum proda_place_kind {
  PRODA_PLACE_ORDINARY, /**< at random, away from the ends */
  PRODA_PLACE_LOWEST,   /**< every driver at the lower end */
  PRODA_PLACE_HIGHEST,
  PRODA_PLACE_SWING,  /**< from one end to the other, month by month */
  PRODA_PLACE_SPARSE, /**< ordinary, without optional drivers */
};

struct proda_place {
  enum proda_place_kind kind;
  double **driver; /**< [n_drivers]: NULL where absent */
  struct proda_forcing forcing;
};

size_t proda_driver_size(const struct proda_manifest *manifest, size_t driver, size_t n_months);
bool proda_driver_stated(const struct proda_driver *driver); /**< its range */
/** All memory is the room's. */
int proda_place_make(const struct proda_manifest *manifest, enum proda_place_kind kind,
                     size_t n_months, struct proda_random *random, struct proda_room *room,
                     struct proda_place *place);
const char *proda_place_name(const struct proda_place *place); /**< "a site with ..." */

/** An instance, its site data and what it fills. */
struct proda_bench {
  const struct proda_manifest *manifest;
  const struct proda_model_ops *ops;
  const struct proda_nonlinear_ops *nonlinear;   /**< NULL where not offered */
  const struct proda_quantities_ops *quantities; /**< likewise */
  const struct proda_tangent_ops *tangent;       /**< likewise */
  void *model;
  size_t n_layers, n_months, site_size, carry_size, n_entries, n_state;
  lane *site, *parameter;
  struct proda_terms terms;
  lane *pools;                   /**< [n_pools][L] */
  struct proda_finding *finding; /**< is told which function is called */
};

/** Makes an instance; fails where `create` does. Memory is the room's, the instance is released by
 * proda_bench_clear. */
int proda_bench_make(const struct proda_subject *subject, const struct proda_setting *settings,
                     size_t n_months, struct proda_room *room, struct proda_finding *finding,
                     struct proda_bench *bench);
void proda_bench_clear(struct proda_bench *bench);

/** Room for another set of terms; PRODA_ERROR for lack of memory. */
int proda_bench_terms_make(const struct proda_bench *bench, struct proda_room *room,
                           struct proda_terms *terms);

/* The calls of the contract. */
int proda_bench_site(struct proda_bench *bench, int i, const struct proda_forcing *forcing,
                     struct proda_error *error);
void proda_bench_terms(struct proda_bench *bench);
void proda_bench_rates(struct proda_bench *bench);
void proda_bench_slopes(struct proda_bench *bench, lane *slope);
void proda_bench_tangent(struct proda_bench *bench, const lane *direction,
                         const struct proda_terms *tangent);

/** Copies site data and parameters of one instance's lane to another's. */
void proda_bench_copy_lane(const struct proda_bench *from, int i, struct proda_bench *to, int j);
/** Fills site data, parameters or terms, with a byte. */
void proda_bench_spoil_inputs(struct proda_bench *bench, int byte);
void proda_bench_spoil_terms(struct proda_bench *bench, int byte);

/* The entries of the terms, one after another: inputs, rates, modifiers, fractions, transport,
 * carry; k < n_entries. */
lane *proda_bench_entry(const struct proda_bench *bench, const struct proda_terms *terms, size_t k);
/** Whether the host reads what `terms` writes there: not where bands leave the column, nor rates
 * that depend on pools. */
bool proda_bench_read(const struct proda_bench *bench, size_t k);
enum { PRODA_ENTRY_TEXT = 160 };
/** "rate of channel ML, layer 3", and returns it. */
const char *proda_bench_entry_name(const struct proda_bench *bench, size_t k,
                                   char text[PRODA_ENTRY_TEXT]);
/** "pool ML, layer 3". */
const char *proda_bench_pool_name(const struct proda_bench *bench, size_t k,
                                  char text[PRODA_ENTRY_TEXT]);

/** The first entry in which two lanes differ by a bit; n_entries where there is none. */
size_t proda_bench_differs(const struct proda_bench *bench, int i, const struct proda_bench *other,
                           int j);
/** Fails with both numbers where two lanes differ. */
int proda_bench_same(const struct proda_bench *bench, int i, const struct proda_bench *other, int j,
                     const char *expected, const char *when);

#endif
