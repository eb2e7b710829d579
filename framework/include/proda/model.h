/** @file model.h
 * The contract of a structure (a model plugin).
 *
 * A structure is dX/dt = B I + A xi K X - V X on pools x layers (Tao et al.,
 * equation 2, with V in the sign of a loss). The manifest states the graph:
 * pools, channels (donor -> recipients), modifiers, inputs, transported pools.
 * The plugin fills the numbers of the terms, PRODA_LANES draws at a time; the
 * host assembles and solves. A plugin never solves, samples, reads or writes.
 *
 * Order of calls: create; then, for each lane, site before the first terms of
 * that lane, again whenever the lane moves to another site; terms as often as
 * wanted; destroy. One instance may serve several blocks of lanes; two
 * instances do not know of each other.
 */
#ifndef PRODA_MODEL_H
#define PRODA_MODEL_H

#include <proda/lane.h>
#include <proda/plugin.h>

/** Sizes that are known when a model is created. */
struct proda_model_shape {
  size_t n_layers; /**< as the manifest's grid */
  size_t n_months; /**< length of the forcing's month axis: 12, 240, ... */
};

/** Forcing of one site. driver[i] belongs to the manifest's i-th driver (DRIVER_*)
 * and holds its dims in manifest order, C order: [layer][month], [layer], [month] or one
 * value, in the driver's unit. NULL where an optional driver is absent. The host has
 * spread what the file gives with fewer dims. Borrowed, valid during the call. */
struct proda_forcing {
  const double *const *driver;
  /** The months that `driver` was cut from, for what carries over from month to month (a water
   * deficit): drivers of n_record months, and which of them is the first of `driver`. A time course
   * asks for one month of many; else the record is `driver`. Never NULL in `site`. */
  const double *const *record;
  size_t n_record, month;
};

/** The terms of PRODA_LANES draws. All arrays are the host's, 64-byte aligned. L = n_layers.
 * Rates are per the manifest's unit of time. */
struct proda_terms {
  lane *input;     /**< B I, [input][L]: what pool IN_* receives, gC m-3 per time */
  lane *rate;      /**< K, [channel][L]: rate of CH_* at optimal environment, per time, > 0; rows of
                        channels with `linear: false` are left to the extension "nonlinear" */
  lane *modifier;  /**< xi, [modifier][L]: MOD_*, unitless */
  lane *fraction;  /**< A, [transfer][L]: share of the channel's flux that TO_* hands over, 0..1 */
  lane *transport; /**< V, [3][L]: lower, diagonal, upper band, per time, diagonal positive:
                        (V X)_j = lower_j X_(j-1) + diagonal_j X_j + upper_j X_(j+1).
                        lower of layer 0 and upper of layer L-1 are not read. */
  lane *carry;     /**< [carry_size]: what terms leaves for the extensions of the same draw */
};

struct proda_model_ops {
  size_t size; /**< sizeof (struct proda_model_ops), for growth at its end */

  /** Makes an instance. `settings` are in manifest order. `*model` is released by destroy. */
  int (*create)(const struct proda_model_shape *shape, const struct proda_setting *settings,
                void **model, struct proda_error *error);

  /** Releases an instance; NULL is allowed. */
  void (*destroy)(void *model);

  /** Number of lane vectors that `site` fills and `terms` reads: whatever does not depend on
   * parameters. May be 0. */
  size_t (*site_size)(const void *model);

  /** Computes, once per site, what does not depend on parameters, and writes it to lane `i` of the
   * block: site[k][i] for k < site_size. Must not touch other lanes. PRODA_REJECT where the
   * forcing of the site is unusable (say why in `error`): the site goes to the ledger. */
  int (*site)(const void *model, const struct proda_forcing *forcing, lane *site, int i,
              struct proda_error *error);

  /** Fills every entry of `terms` for PRODA_LANES draws. parameter: [P_*] in the manifest's units;
   * NaN asks for what the site's drivers prescribe and occurs only in parameters with
   * `prescribed_by` in the manifest. Pure: numbers in, numbers out, no allocation. Lanes whose
   * parameters make no sense may hold NaN or infinity; the host finds them. */
  void (*terms)(const void *model, const lane *site, const lane *parameter,
                const struct proda_terms *terms);

  /** A named table of further functions, or NULL where the plugin has none of that name. Asked for
   * after create. */
  const void *(*extension)(const void *model, const char *name);

  /** Number of lane vectors of terms->carry: what a draw computes once and the functions of the
   * extensions read at every state, so that they need not compute it again. NULL: 0. */
  size_t (*carry_size)(const void *model);
};

/** A rate that depends on a pool of the same layer. */
struct proda_slope {
  size_t channel, pool; /**< CH_*, POOL_* */
};

/** Extension "nonlinear": for a structure that has channels with `linear: false`. All arrays are on
 * lanes, [n_pools][L] in manifest order. Numbers in, numbers out, as `terms`. Either `steady` or
 * `slopes` must be there; with `steady` alone the host knows neither stability nor other states. */
struct proda_nonlinear_ops {
  size_t size; /**< sizeof (struct proda_nonlinear_ops) */

  /** Fills terms->rate of the channels that are not linear, at the state `pools`. */
  void (*rates)(const void *model, const lane *site, const lane *parameter,
                const struct proda_terms *terms, const lane *pools);

  /** Closed form of the steady state of the pools that nonlinear channels leave, and of all that
   * feed each other with them. inflow: what each of these pools receives per time from plants and
   * from pools upstream, whose state stands in `pools` already. Writes its own rows of `pools`;
   * what has no state may come out negative, infinite or NaN: the host judges. NULL: the host finds
   * the state by Newton's method. */
  void (*steady)(const void *model, const lane *site, const lane *parameter,
                 const struct proda_terms *terms, const lane *inflow, lane *pools);

  /** Sets refused[i] to 1 in lanes whose state the structure does not accept though it is finite
   * and not negative, else 0. NULL: it accepts all. */
  void (*judge)(const void *model, const lane *site, const lane *parameter,
                const struct proda_terms *terms, const lane *pools, int *refused);

  /** Which rates depend on which pools: every pair once, its own pool's too; 0 and NULL without
   * `slopes`. */
  size_t n_slopes;
  const struct proda_slope *slope_of;

  /** Fills slope[k][L] with the derivative of terms->rate[slope_of[k].channel] with respect to
   * slope_of[k].pool at the state `pools`, exactly, at pools above 0. */
  void (*slopes)(const void *model, const lane *site, const lane *parameter,
                 const struct proda_terms *terms, const lane *pools, lane *slope);
};

/** Extension "quantities": for a structure whose manifest states `quantities`. */
struct proda_quantities_ops {
  size_t size; /**< sizeof (struct proda_quantities_ops) */

  /** Fills out[QUANTITY_*], in the manifest's units, at the solved state: what `terms` (and
   * `rates`) filled and the pools. NaN where the state has no such quantity. Numbers in, numbers
   * out, as `terms`; called only where the numbers are asked for, never per draw of a chain. */
  void (*fill)(const void *model, const lane *site, const lane *parameter,
               const struct proda_terms *terms, const lane *pools, lane *out);
};

/** Extension "tangent": how the terms change with the parameters, exactly. */
struct proda_tangent_ops {
  size_t size; /**< sizeof (struct proda_tangent_ops) */

  /** Fills the rows of `tangent` (not its carry) with the derivative of the terms along
   * `direction`, [P_*]. `terms` is what `terms` filled; rates that depend on pools change at the
   * state `pools`, which is held (NULL where there are none). */
  void (*fill)(const void *model, const lane *site, const lane *parameter,
               const struct proda_terms *terms, const lane *pools, const lane *direction,
               const struct proda_terms *tangent);
};

#endif
