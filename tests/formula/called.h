/** @file called.h
 * A plugin of a structure, called as the host calls it: its functions at any state, per lane.
 */
#ifndef PRODA_TESTS_FORMULA_CALLED_H
#define PRODA_TESTS_FORMULA_CALLED_H

#include "testing.h"

#include "plugin/loader.h"

/** One instance; pools are [pool][L], others as model.h says. */
struct called {
  struct proda_loaded *loaded; /**< of called_open; NULL else, and so `settings` */
  const struct proda_manifest *m;
  const struct proda_model_ops *ops;
  const struct proda_nonlinear_ops *nonlinear; /**< NULL where it has none; likewise the next */
  const struct proda_tangent_ops *tangent;
  struct proda_settings *settings;
  void *model;
  lane *site, *parameter, *pools, *direction, *slope;
  struct proda_terms terms, change; /**< the terms, and their tangents */
};

static struct proda_error called_error;

static inline lane *called_lanes(size_t n)
{
  lane *memory = aligned_alloc(sizeof(lane), (n + 1) * sizeof(lane));
  assert_non_null(memory);
  memset(memory, 0, (n + 1) * sizeof(lane));
  return memory;
}

static inline void called_terms_new(const struct called *c, struct proda_terms *terms)
{
  const struct proda_manifest *m = c->m;
  size_t L = m->grid.n_layers;
  *terms = (struct proda_terms){
      .input = called_lanes(m->n_inputs * L),
      .rate = called_lanes(m->n_channels * L),
      .modifier = called_lanes(m->n_modifiers * L),
      .fraction = called_lanes(m->n_transfers * L),
      .transport = called_lanes(3 * L),
      .carry = called_lanes(c->ops->carry_size ? c->ops->carry_size(c->model) : 0),
  };
}

static inline void called_terms_free(struct proda_terms *terms)
{
  free(terms->input);
  free(terms->rate);
  free(terms->modifier);
  free(terms->fraction);
  free(terms->transport);
  free(terms->carry);
}

/** An instance of a loaded plugin with these settings; both stay the caller's. */
static inline __attribute__((unused)) void called_make(struct called *c,
                                                       const struct proda_loaded *loaded,
                                                       const struct proda_settings *settings,
                                                       size_t n_months)
{
  *c = (struct called){.m = loaded->manifest, .ops = loaded->plugin->ops};
  const struct proda_model_shape shape = {c->m->grid.n_layers, n_months};
  assert_ok(c->ops->create(&shape, settings->value, &c->model, &called_error), called_error);
  c->nonlinear = c->ops->extension(c->model, "nonlinear");
  c->tangent = c->ops->extension(c->model, "tangent");
  c->site = called_lanes(c->ops->site_size(c->model));
  c->parameter = called_lanes(c->m->n_parameters);
  c->direction = called_lanes(c->m->n_parameters);
  c->pools = called_lanes(c->m->n_pools * shape.n_layers);
  c->slope = called_lanes(c->nonlinear ? c->nonlinear->n_slopes * shape.n_layers : 0);
  called_terms_new(c, &c->terms);
  called_terms_new(c, &c->change);
}

/** With the settings' defaults, of `name` in `directory`, or of a path. */
static inline __attribute__((unused)) void called_open(struct called *c, const char *directory,
                                                       const char *name, size_t n_months)
{
  struct proda_search_path *path = NULL;
  struct proda_loaded *loaded = NULL;
  struct proda_settings *settings = NULL;
  assert_ok(proda_search_path_make(directory, &path, &called_error), called_error);
  assert_ok(proda_load(path, name, PRODA_MODEL, &loaded, &called_error), called_error);
  proda_search_path_free(path);
  assert_ok(proda_settings_make(loaded->manifest, NULL, NULL, &settings, &called_error),
            called_error);
  called_make(c, loaded, settings, n_months);
  c->loaded = loaded;
  c->settings = settings;
}

/** The terms of the draw, and the rates at `pools`. */
static inline __attribute__((unused)) void called_fill(struct called *c)
{
  c->ops->terms(c->model, c->site, c->parameter, &c->terms);
  if (c->nonlinear)
    c->nonlinear->rates(c->model, c->site, c->parameter, &c->terms, c->pools);
}

/** Tangents of the terms along `direction`; after fill. */
static inline __attribute__((unused)) void called_change(struct called *c)
{
  assert_non_null(c->tangent);
  c->tangent->fill(c->model, c->site, c->parameter, &c->terms, c->pools, c->direction, &c->change);
}

static inline __attribute__((unused)) void called_slopes(struct called *c)
{
  c->nonlinear->slopes(c->model, c->site, c->parameter, &c->terms, c->pools, c->slope);
}

static inline __attribute__((unused)) void called_close(struct called *c)
{
  c->ops->destroy(c->model);
  free(c->site);
  free(c->parameter);
  free(c->direction);
  free(c->pools);
  free(c->slope);
  called_terms_free(&c->terms);
  called_terms_free(&c->change);
  proda_settings_free(c->settings);
  proda_loaded_free(c->loaded);
}

#endif
