/** @file instance.h
 * A model of a card, called as the host calls it: its terms at states that no solver has found.
 */
#ifndef PRODA_TESTS_INSTANCE_H
#define PRODA_TESTS_INSTANCE_H

#include "cards.h"

/** One case in all lanes; pools and slopes are [pool][L] and [slope][L]. */
struct instance {
  const struct proda_manifest *m;
  const struct proda_model_ops *ops;
  const struct proda_nonlinear_ops *nonlinear; /**< NULL where all is linear */
  size_t n_slopes;
  void *model;
  lane *memory, *site, *parameter, *pools, *slope;
  struct proda_terms terms;
};

static inline lane *instance_take(lane **at, size_t n)
{
  lane *piece = *at;
  *at += n;
  return piece;
}

static inline void instance_allocate(struct instance *s)
{
  const struct proda_manifest *m = s->m;
  size_t L = m->grid.n_layers, n_site = s->ops->site_size(s->model);
  size_t n_carry = s->ops->carry_size ? s->ops->carry_size(s->model) : 0;
  size_t n = n_site + m->n_parameters + n_carry +
             L * (m->n_pools + s->n_slopes + m->n_inputs + m->n_channels + m->n_modifiers +
                  m->n_transfers + 3);
  lane *at = s->memory = aligned_alloc(sizeof(lane), n * sizeof(lane));
  assert_non_null(at);
  memset(at, 0, n * sizeof(lane));
  s->site = instance_take(&at, n_site);
  s->parameter = instance_take(&at, m->n_parameters);
  s->pools = instance_take(&at, m->n_pools * L);
  s->slope = instance_take(&at, s->n_slopes * L);
  s->terms.input = instance_take(&at, m->n_inputs * L);
  s->terms.rate = instance_take(&at, m->n_channels * L);
  s->terms.modifier = instance_take(&at, m->n_modifiers * L);
  s->terms.fraction = instance_take(&at, m->n_transfers * L);
  s->terms.transport = instance_take(&at, 3 * L);
  s->terms.carry = instance_take(&at, n_carry);
}

/** With settings as YAML, for `n_months` months of the card's year from `first` on. */
static inline void instance_start(const struct card_host *h, const struct card_case *c,
                                  const char *text, size_t first, size_t n_months,
                                  struct instance *s)
{
  const struct proda_manifest *m = h->model->manifest;
  const struct proda_model_shape shape = {m->grid.n_layers, n_months};
  struct proda_settings *settings = NULL;
  double value[16][CARD_MONTHS];
  const double *year[16], *driver[16];
  size_t n_record = h->card->by_month ? CARD_MONTHS : 1;
  struct proda_forcing forcing = {driver, year, n_record, first};
  card_settings_make(h, text, &settings);
  *s = (struct instance){.m = m, .ops = h->model->plugin->ops};
  assert_ok(s->ops->create(&shape, settings->value, &s->model, &card_error), card_error);
  proda_settings_free(settings);
  s->nonlinear = s->ops->extension(s->model, "nonlinear");
  s->n_slopes = s->nonlinear ? s->nonlinear->n_slopes : 0;
  instance_allocate(s);
  card_year(h, c, value, year);
  for (size_t d = 0; d < m->n_drivers; d++)
    driver[d] = year[d] + (m->driver[d].dims & PRODA_DIM_MONTH ? first : 0);
  for (int slot = 0; slot < PRODA_LANES; slot++) {
    assert_ok(s->ops->site(s->model, &forcing, s->site, slot, &card_error), card_error);
    for (size_t p = 0; p < m->n_parameters; p++)
      s->parameter[p][slot] = c->parameter[p];
  }
  s->ops->terms(s->model, s->site, s->parameter, &s->terms);
}

/** For one month or, where the card's state is by month, for its year. */
static inline __attribute__((unused)) void instance_make(const struct card_host *h,
                                                         const struct card_case *c,
                                                         const char *text, struct instance *s)
{
  instance_start(h, c, text, 0, h->card->by_month ? CARD_MONTHS : 1, s);
}

/** For a month of the card's year, as a time course takes it. */
static inline __attribute__((unused)) void instance_make_month(const struct card_host *h,
                                                               const struct card_case *c,
                                                               size_t month, struct instance *s)
{
  instance_start(h, c, "{}", month, 1, s);
}

static inline __attribute__((unused)) void instance_free(struct instance *s)
{
  s->ops->destroy(s->model);
  free(s->memory);
}

/** The rates at s->pools. */
static inline __attribute__((unused)) void instance_rates(const struct instance *s)
{
  if (s->nonlinear)
    s->nonlinear->rates(s->model, s->site, s->parameter, &s->terms, s->pools);
}

/** Their slopes there. */
static inline __attribute__((unused)) void instance_slopes(const struct instance *s)
{
  if (s->n_slopes)
    s->nonlinear->slopes(s->model, s->site, s->parameter, &s->terms, s->pools, s->slope);
}

#endif
