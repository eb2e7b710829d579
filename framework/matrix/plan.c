#include "matrix/plan.h"

#include <stdlib.h>
#include <string.h>

/* The arrays behind the const pointers of the plan, in one owner. */
struct owned_plan {
  struct proda_plan plan;
  struct proda_component *component;
  struct proda_link *link;
  size_t *pools; /* of all components, one after the other */
  size_t *component_of, *place, *channel_modifier, *channel_donor, *channel_loss;
  size_t *into_first, *into, *out_first, *out, *slope_pool, *slope_first, *slope;
  long *input_of;
  bool *transported;
};

/* Tarjan's strongly connected components on pools. Recursion is as deep as the longest chain of
 * pools, which a manifest bounds. */
struct tarjan {
  const struct owned_plan *owned;
  size_t *index, *low, *stack; /* index 0: not visited */
  bool *on_stack;
  size_t n_stack, counter, n_components, n_pools_done;
};

static void close_component(struct tarjan *t, size_t root)
{
  struct owned_plan *owned = (struct owned_plan *)t->owned;
  struct proda_component *component = &owned->component[t->n_components];
  size_t *pools = owned->pools + t->n_pools_done;
  size_t n = 0, pool;
  do {
    pool = t->stack[--t->n_stack];
    t->on_stack[pool] = false;
    size_t i = n++;
    for (; i > 0 && pools[i - 1] > pool; i--)
      pools[i] = pools[i - 1];
    pools[i] = pool;
  } while (pool != root);
  component->n_pools = n;
  component->pool = pools;
  t->n_pools_done += n;
  t->n_components++;
}

static void visit(struct tarjan *t, size_t pool);

/* Looks at a pool that feeds `pool`. */
static void visit_feeder(struct tarjan *t, size_t pool, size_t feeder)
{
  if (!t->index[feeder]) {
    visit(t, feeder);
    if (t->low[feeder] < t->low[pool])
      t->low[pool] = t->low[feeder];
  } else if (t->on_stack[feeder] && t->index[feeder] < t->low[pool]) {
    t->low[pool] = t->index[feeder];
  }
}

static void visit_rate(struct tarjan *t, size_t pool, size_t channel)
{
  const struct proda_plan *plan = &t->owned->plan;
  for (size_t k = plan->slope_first[channel]; k < plan->slope_first[channel + 1]; k++)
    visit_feeder(t, pool, plan->slope_pool[plan->slope[k]]);
}

static void visit(struct tarjan *t, size_t pool)
{
  const struct proda_plan *plan = &t->owned->plan;
  t->index[pool] = t->low[pool] = ++t->counter;
  t->stack[t->n_stack++] = pool;
  t->on_stack[pool] = true;
  /* Following the links backwards, to donors, closes donors' components first. */
  for (size_t i = plan->into_first[pool]; i < plan->into_first[pool + 1]; i++) {
    visit_feeder(t, pool, plan->link[plan->into[i]].donor);
    visit_rate(t, pool, plan->link[plan->into[i]].channel);
  }
  for (size_t i = plan->out_first[pool]; i < plan->out_first[pool + 1]; i++)
    visit_rate(t, pool, plan->out[i]);
  if (t->low[pool] == t->index[pool])
    close_component(t, pool);
}

static int find_components(struct owned_plan *owned, struct proda_error *error)
{
  struct proda_plan *plan = &owned->plan;
  struct tarjan t = {.owned = owned};
  t.index = calloc(3 * plan->n_pools + 1, sizeof *t.index);
  t.on_stack = calloc(plan->n_pools + 1, sizeof *t.on_stack);
  int status = PRODA_OK;
  if (!t.index || !t.on_stack) {
    status = proda_error_set(error, "out of memory for the plan");
    goto out;
  }
  t.low = t.index + plan->n_pools;
  t.stack = t.low + plan->n_pools;
  for (size_t p = 0; p < plan->n_pools; p++)
    if (!t.index[p])
      visit(&t, p);
  plan->n_components = t.n_components;
out:
  free(t.index);
  free(t.on_stack);
  return status;
}

static int place_components(struct owned_plan *owned, const struct proda_manifest *manifest,
                            struct proda_error *error)
{
  struct proda_plan *plan = &owned->plan;
  plan->linear = true;
  for (size_t c = 0; c < plan->n_components; c++) {
    struct proda_component *component = &owned->component[c];
    size_t m = component->n_pools;
    if (m > PRODA_MAX_COMPONENT)
      return proda_error_set(error,
                             "%s: %zu pools feed each other in one circle (%s, %s, ...); at most "
                             "%d can be solved together",
                             manifest->name, m, manifest->pool[component->pool[0]],
                             manifest->pool[component->pool[1]], PRODA_MAX_COMPONENT);
    for (size_t i = 0; i < m; i++) {
      owned->component_of[component->pool[i]] = c;
      owned->place[component->pool[i]] = i;
      component->n_transported += owned->transported[component->pool[i]];
    }
    component->linear = true;
    component->factor = plan->n_factor;
    plan->n_factor += m * m * plan->n_layers;
  }
  for (size_t i = 0; i < plan->n_channels; i++)
    if (!manifest->channel[i].linear) {
      struct proda_component *home =
          &owned->component[owned->component_of[manifest->channel[i].donor]];
      home->linear = plan->linear = false;
      if (home->n_pools > plan->n_largest)
        plan->n_largest = home->n_pools;
    }
  return PRODA_OK;
}

/* Groups `n` items by key: first[k]..first[k+1] index into `items`. */
static void group(size_t n, size_t n_keys, const size_t *key, size_t key_stride, size_t *first,
                  size_t *items)
{
  memset(first, 0, (n_keys + 1) * sizeof *first);
  for (size_t i = 0; i < n; i++)
    first[key[i * key_stride] + 1]++;
  for (size_t k = 0; k < n_keys; k++)
    first[k + 1] += first[k];
  for (size_t k = n_keys; k-- > 0;)
    for (size_t i = n, at = first[k + 1]; i-- > 0;)
      if (key[i * key_stride] == k)
        items[--at] = i;
}

static void copy_graph(struct owned_plan *owned, const struct proda_manifest *manifest)
{
  struct proda_plan *plan = &owned->plan;
  for (size_t c = 0; c < plan->n_channels; c++) {
    owned->channel_modifier[c] = manifest->channel[c].modifier;
    owned->channel_donor[c] = manifest->channel[c].donor;
    owned->channel_loss[c] = manifest->channel[c].loss_index;
  }
  for (size_t i = 0; i < plan->n_transfers; i++) {
    const struct proda_transfer *transfer = &manifest->transfer[i];
    owned->link[i] = (struct proda_link){
        .transfer = i,
        .channel = transfer->channel,
        .donor = manifest->channel[transfer->channel].donor,
        .recipient = transfer->recipient,
    };
  }
  for (size_t p = 0; p < plan->n_pools; p++) {
    owned->transported[p] = manifest->transported[p];
    owned->input_of[p] = -1;
  }
  for (size_t i = 0; i < plan->n_inputs; i++)
    owned->input_of[manifest->input[i]] = (long)i;
  group(plan->n_transfers, plan->n_pools, &owned->link[0].recipient,
        sizeof *owned->link / sizeof(size_t), owned->into_first, owned->into);
  group(plan->n_channels, plan->n_pools, owned->channel_donor, 1, owned->out_first, owned->out);
}

static int copy_slopes(struct owned_plan *owned, const struct proda_manifest *manifest,
                       const struct proda_slope *slope_of, struct proda_error *error)
{
  const struct proda_plan *plan = &owned->plan;
  for (size_t k = 0; k < plan->n_slopes; k++) {
    size_t channel = slope_of[k].channel, pool = slope_of[k].pool;
    if (channel >= plan->n_channels || pool >= plan->n_pools || manifest->channel[channel].linear)
      return proda_error_set(error,
                             "%s: slope %zu of the extension \"nonlinear\" is of channel %zu and "
                             "pool %zu; expected a channel with `linear: false` and a pool",
                             manifest->name, k, channel, pool);
    owned->slope_pool[k] = pool;
  }
  if (plan->n_slopes > 0)
    group(plan->n_slopes, plan->n_channels, &slope_of[0].channel, sizeof *slope_of / sizeof(size_t),
          owned->slope_first, owned->slope);
  return PRODA_OK;
}

static bool allocate(struct owned_plan *owned)
{
  struct proda_plan *plan = &owned->plan;
  size_t n_pools = plan->n_pools, n_channels = plan->n_channels, n_links = plan->n_transfers;
  owned->component = calloc(n_pools + 1, sizeof *owned->component);
  owned->link = calloc(n_links + 1, sizeof *owned->link);
  owned->pools = calloc(n_pools + 1, sizeof(size_t));
  owned->component_of = calloc(n_pools + 1, sizeof(size_t));
  owned->place = calloc(n_pools + 1, sizeof(size_t));
  owned->channel_modifier = calloc(n_channels + 1, sizeof(size_t));
  owned->channel_donor = calloc(n_channels + 1, sizeof(size_t));
  owned->channel_loss = calloc(n_channels + 1, sizeof(size_t));
  owned->into_first = calloc(n_pools + 1, sizeof(size_t));
  owned->into = calloc(n_links + 1, sizeof(size_t));
  owned->out_first = calloc(n_pools + 1, sizeof(size_t));
  owned->out = calloc(n_channels + 1, sizeof(size_t));
  owned->slope_pool = calloc(plan->n_slopes + 1, sizeof(size_t));
  owned->slope_first = calloc(n_channels + 1, sizeof(size_t));
  owned->slope = calloc(plan->n_slopes + 1, sizeof(size_t));
  owned->input_of = calloc(n_pools + 1, sizeof(long));
  owned->transported = calloc(n_pools + 1, sizeof(bool));
  plan->component = owned->component;
  plan->link = owned->link;
  plan->component_of = owned->component_of;
  plan->place = owned->place;
  plan->channel_modifier = owned->channel_modifier;
  plan->channel_donor = owned->channel_donor;
  plan->channel_loss = owned->channel_loss;
  plan->into_first = owned->into_first;
  plan->into = owned->into;
  plan->out_first = owned->out_first;
  plan->out = owned->out;
  plan->slope_pool = owned->slope_pool;
  plan->slope_first = owned->slope_first;
  plan->slope = owned->slope;
  plan->input_of = owned->input_of;
  plan->transported = owned->transported;
  return owned->component && owned->link && owned->pools && owned->component_of && owned->place &&
         owned->channel_modifier && owned->channel_donor && owned->channel_loss &&
         owned->into_first && owned->into && owned->out_first && owned->out && owned->slope_pool &&
         owned->slope_first && owned->slope && owned->input_of && owned->transported;
}

int proda_plan_new(const struct proda_manifest *manifest, size_t n_slopes,
                   const struct proda_slope *slope_of, struct proda_plan **plan,
                   struct proda_error *error)
{
  struct owned_plan *owned = calloc(1, sizeof *owned);
  if (!owned)
    return proda_error_set(error, "out of memory for the plan");
  owned->plan = (struct proda_plan){
      .n_layers = manifest->grid.n_layers,
      .n_pools = manifest->n_pools,
      .n_channels = manifest->n_channels,
      .n_transfers = manifest->n_transfers,
      .n_inputs = manifest->n_inputs,
      .n_modifiers = manifest->n_modifiers,
      .n_losses = manifest->n_losses,
      .n_slopes = n_slopes,
  };
  int status = PRODA_OK;
  if (!allocate(owned)) {
    status = proda_error_set(error, "out of memory for the plan");
    goto out;
  }
  copy_graph(owned, manifest);
  status = copy_slopes(owned, manifest, slope_of, error);
  if (status == PRODA_OK)
    status = find_components(owned, error);
  if (status == PRODA_OK)
    status = place_components(owned, manifest, error);
out:
  if (status == PRODA_OK)
    *plan = &owned->plan;
  else
    proda_plan_free(&owned->plan);
  return status;
}

void proda_plan_free(struct proda_plan *plan)
{
  if (!plan)
    return;
  struct owned_plan *owned = (struct owned_plan *)plan; /* its first member */
  free(owned->component);
  free(owned->link);
  free(owned->pools);
  free(owned->component_of);
  free(owned->place);
  free(owned->channel_modifier);
  free(owned->channel_donor);
  free(owned->channel_loss);
  free(owned->into_first);
  free(owned->into);
  free(owned->out_first);
  free(owned->out);
  free(owned->slope_pool);
  free(owned->slope_first);
  free(owned->slope);
  free(owned->input_of);
  free(owned->transported);
  free(owned);
}
