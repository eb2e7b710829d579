#include "conformance/bench.h"

#include <stdio.h>
#include <string.h>

static void calling(const struct proda_bench *bench, const char *what)
{
  snprintf(bench->finding->calling, sizeof bench->finding->calling, "%s", what);
}

static lane *lanes(struct proda_room *room, size_t n, const char *name)
{
  return proda_room_array(room, n * sizeof(lane), name);
}

int proda_bench_terms_make(const struct proda_bench *bench, struct proda_room *room,
                           struct proda_terms *terms)
{
  const struct proda_manifest *m = bench->manifest;
  size_t L = bench->n_layers;
  *terms = (struct proda_terms){
      .input = lanes(room, m->n_inputs * L, "terms->input"),
      .rate = lanes(room, m->n_channels * L, "terms->rate"),
      .modifier = lanes(room, m->n_modifiers * L, "terms->modifier"),
      .fraction = lanes(room, m->n_transfers * L, "terms->fraction"),
      .transport = lanes(room, 3 * L, "terms->transport"),
      .carry = lanes(room, bench->carry_size, "terms->carry"),
  };
  return terms->input && terms->rate && terms->modifier && terms->fraction && terms->transport &&
                 terms->carry
             ? PRODA_OK
             : PRODA_ERROR;
}

static int make_arrays(struct proda_bench *b, struct proda_room *room)
{
  const struct proda_manifest *m = b->manifest;
  b->site = lanes(room, b->site_size, "site");
  b->parameter = lanes(room, m->n_parameters, "parameter");
  b->pools = lanes(room, b->n_state, "pools");
  if (!b->site || !b->parameter || !b->pools || proda_bench_terms_make(b, room, &b->terms))
    return proda_finding_memory(b->finding);
  return PRODA_OK;
}

static const void *extension(const struct proda_bench *b, const char *name, size_t least)
{
  calling(b, "extension");
  const void *table = b->ops->extension(b->model, name);
  return table && *(const size_t *)table >= least ? table : NULL;
}

static void find_extensions(struct proda_bench *b)
{
  b->nonlinear = extension(b, "nonlinear", sizeof *b->nonlinear);
  b->quantities = extension(b, "quantities", sizeof *b->quantities);
  b->tangent = extension(b, "tangent", sizeof *b->tangent);
  calling(b, "site_size");
  b->site_size = b->ops->site_size(b->model);
  calling(b, "carry_size");
  b->carry_size = b->ops->carry_size ? b->ops->carry_size(b->model) : 0;
  calling(b, "");
}

int proda_bench_make(const struct proda_subject *subject, const struct proda_setting *settings,
                     size_t n_months, struct proda_room *room, struct proda_finding *finding,
                     struct proda_bench *b)
{
  const struct proda_manifest *m = subject->loaded->manifest;
  const struct proda_model_shape shape = {m->grid.n_layers, n_months};
  struct proda_error error = {""};
  *b = (struct proda_bench){.manifest = m,
                            .ops = subject->loaded->plugin->ops,
                            .n_layers = m->grid.n_layers,
                            .n_months = n_months,
                            .finding = finding};
  calling(b, "create");
  int status = b->ops->create(&shape, settings, &b->model, &error);
  if (status != PRODA_OK || !b->model)
    return proda_finding_fail(finding, "an instance, for every setting that the manifest allows",
                              "create refused %zu months of forcing: %s", n_months,
                              *error.message ? error.message : "it gave no reason");
  find_extensions(b);
  b->n_state = m->n_pools * b->n_layers;
  b->n_entries = (m->n_inputs + m->n_channels + m->n_modifiers + m->n_transfers + 3) * b->n_layers +
                 b->carry_size;
  return make_arrays(b, room);
}

void proda_bench_clear(struct proda_bench *b)
{
  if (!b->model)
    return;
  calling(b, "destroy");
  b->ops->destroy(b->model);
  calling(b, "");
  b->model = NULL;
}

/* ---- the calls of the contract ---- */

int proda_bench_site(struct proda_bench *b, int i, const struct proda_forcing *forcing,
                     struct proda_error *error)
{
  error->message[0] = '\0';
  calling(b, "site");
  int status = b->ops->site(b->model, forcing, b->site, i, error);
  calling(b, "");
  return status;
}

void proda_bench_terms(struct proda_bench *b)
{
  calling(b, "terms");
  b->ops->terms(b->model, b->site, b->parameter, &b->terms);
  calling(b, "");
}

void proda_bench_rates(struct proda_bench *b)
{
  calling(b, "nonlinear: rates");
  b->nonlinear->rates(b->model, b->site, b->parameter, &b->terms, b->pools);
  calling(b, "");
}

void proda_bench_slopes(struct proda_bench *b, lane *slope)
{
  calling(b, "nonlinear: slopes");
  b->nonlinear->slopes(b->model, b->site, b->parameter, &b->terms, b->pools, slope);
  calling(b, "");
}

void proda_bench_tangent(struct proda_bench *b, const lane *direction,
                         const struct proda_terms *tangent)
{
  calling(b, "tangent: fill");
  b->tangent->fill(b->model, b->site, b->parameter, &b->terms, b->nonlinear ? b->pools : NULL,
                   direction, tangent);
  calling(b, "");
}

/* ---- lanes and entries ---- */

void proda_bench_copy_lane(const struct proda_bench *from, int i, struct proda_bench *to, int j)
{
  for (size_t k = 0; k < from->site_size; k++)
    to->site[k][j] = from->site[k][i];
  for (size_t p = 0; p < from->manifest->n_parameters; p++)
    to->parameter[p][j] = from->parameter[p][i];
}

void proda_bench_spoil_inputs(struct proda_bench *b, int byte)
{
  memset(b->site, byte, b->site_size * sizeof(lane));
  memset(b->parameter, byte, b->manifest->n_parameters * sizeof(lane));
}

void proda_bench_spoil_terms(struct proda_bench *b, int byte)
{
  for (size_t k = 0; k < b->n_entries; k++)
    memset(proda_bench_entry(b, &b->terms, k), byte, sizeof(lane));
}

/* The group of an entry, and its place in it. */
enum group { INPUT, RATE, MODIFIER, FRACTION, TRANSPORT, CARRY };

static enum group group_of(const struct proda_bench *b, size_t k, size_t *place)
{
  const struct proda_manifest *m = b->manifest;
  const size_t size[] = {m->n_inputs, m->n_channels, m->n_modifiers, m->n_transfers, 3};
  size_t group = INPUT;
  for (; group < CARRY && k >= size[group] * b->n_layers; group++)
    k -= size[group] * b->n_layers;
  *place = k;
  return (enum group)group;
}

lane *proda_bench_entry(const struct proda_bench *b, const struct proda_terms *t, size_t k)
{
  lane *const start[] = {t->input, t->rate, t->modifier, t->fraction, t->transport, t->carry};
  size_t place;
  enum group group = group_of(b, k, &place);
  return start[group] + place;
}

bool proda_bench_read(const struct proda_bench *b, size_t k)
{
  size_t place, n_transported = 0;
  enum group group = group_of(b, k, &place);
  if (group == RATE)
    return b->manifest->channel[place / b->n_layers].linear;
  if (group != TRANSPORT)
    return true;
  for (size_t p = 0; p < b->manifest->n_pools; p++)
    n_transported += b->manifest->transported[p];
  return n_transported > 0 && place != 0 && place != 3 * b->n_layers - 1;
}

static const char *name_layer(const struct proda_bench *b, const char *what, const char *name,
                              size_t layer, char text[PRODA_ENTRY_TEXT])
{
  int length = snprintf(text, PRODA_ENTRY_TEXT, "%s %s", what, name);
  if (b->n_layers > 1 && length > 0 && length < PRODA_ENTRY_TEXT)
    snprintf(text + length, PRODA_ENTRY_TEXT - (size_t)length, ", layer %zu", layer + 1);
  return text;
}

const char *proda_bench_entry_name(const struct proda_bench *b, size_t k,
                                   char text[PRODA_ENTRY_TEXT])
{
  static const char *const band[] = {"lower", "diagonal", "upper"};
  const struct proda_manifest *m = b->manifest;
  size_t place, L = b->n_layers;
  switch (group_of(b, k, &place)) {
  case INPUT:
    return name_layer(b, "input of pool", m->pool[m->input[place / L]], place % L, text);
  case RATE:
    return name_layer(b, "rate of channel", m->channel[place / L].name, place % L, text);
  case MODIFIER:
    return name_layer(b, "modifier", m->modifier[place / L], place % L, text);
  case FRACTION:
    return name_layer(b, "fraction", m->transfer[place / L].name, place % L, text);
  case TRANSPORT:
    return name_layer(b, "transport,", band[place / L], place % L, text);
  case CARRY:
    break;
  }
  snprintf(text, PRODA_ENTRY_TEXT, "carry[%zu]", place);
  return text;
}

const char *proda_bench_pool_name(const struct proda_bench *b, size_t k,
                                  char text[PRODA_ENTRY_TEXT])
{
  return name_layer(b, "pool", b->manifest->pool[k / b->n_layers], k % b->n_layers, text);
}

size_t proda_bench_differs(const struct proda_bench *b, int i, const struct proda_bench *other,
                           int j)
{
  for (size_t k = 0; k < b->n_entries; k++)
    if (proda_bench_read(b, k) &&
        !proda_same_number((*proda_bench_entry(b, &b->terms, k))[i],
                           (*proda_bench_entry(other, &other->terms, k))[j]))
      return k;
  return b->n_entries;
}

int proda_bench_same(const struct proda_bench *b, int i, const struct proda_bench *other, int j,
                     const char *expected, const char *when)
{
  char text[PRODA_ENTRY_TEXT];
  size_t k = proda_bench_differs(b, i, other, j);
  if (k == b->n_entries)
    return PRODA_OK;
  return proda_finding_fail(b->finding, expected, "%s is %.17g, and %.17g %s",
                            proda_bench_entry_name(b, k, text),
                            (*proda_bench_entry(b, &b->terms, k))[i],
                            (*proda_bench_entry(other, &other->terms, k))[j], when);
}
