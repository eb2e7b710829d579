#include "describe/outline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- which pools a rate depends on ---- */

struct search {
  const struct proda_manifest *manifest;
  bool *found; /* [n_pools] */
};

static const struct proda_formula *find_definition(const struct proda_manifest *m, const char *name)
{
  for (size_t i = 0; i < m->n_definitions; i++)
    if (strcmp(m->definition[i].name, name) == 0)
      return &m->definition[i];
  return NULL;
}

/* Definitions use earlier ones only, so this ends. */
static int mark(void *context, const struct proda_expression *name)
{
  struct search *search = context;
  long pool = proda_manifest_pool(search->manifest, name->name);
  const struct proda_formula *definition = find_definition(search->manifest, name->name);
  if (pool >= 0)
    search->found[pool] = true;
  return definition ? proda_expression_names(definition->expression, mark, search) : 0;
}

static void find_controls(struct outline *outline)
{
  const struct proda_manifest *m = outline->manifest;
  for (size_t c = 0; c < m->n_channels; c++) {
    struct search search = {m, outline->controls + c * m->n_pools};
    if (m->channel[c].rate && !m->channel[c].linear)
      proda_expression_names(m->channel[c].rate, mark, &search);
  }
}

bool proda_outline_controls(const struct outline *outline, size_t channel, size_t pool)
{
  return outline->controls[channel * outline->manifest->n_pools + pool];
}

/* ---- whether carbon is left ---- */

struct place {
  const struct proda_manifest *manifest;
  double share; /* of each prior's width */
};

static int look_up(void *context, const char *name, double *value)
{
  const struct place *place = context;
  long i = proda_manifest_parameter(place->manifest, name);
  if (i >= 0) {
    const struct proda_prior *prior = &place->manifest->parameter[i].prior;
    double spread = prior->kind == PRODA_PRIOR_NORMAL ? prior->sd : prior->upper - prior->lower;
    double base = prior->kind == PRODA_PRIOR_NORMAL ? prior->mean : prior->lower;
    /* Parameters lie at different places of their priors. */
    *value = base + spread * fmod(place->share + 0.37 * (double)i, 1);
    return 0;
  }
  const struct proda_formula *definition = find_definition(place->manifest, name);
  if (!definition)
    return -1;
  *value = proda_expression_evaluate(definition->expression, look_up, context);
  return 0;
}

/** Where the sum is 1 at several places of the priors. What depends on drivers counts as less. */
static void find_all(struct outline *outline)
{
  enum { N_PLACES = 4 };
  const struct proda_manifest *m = outline->manifest;
  for (size_t c = 0; c < m->n_channels; c++)
    outline->all[c] = true;
  for (int k = 0; k < N_PLACES; k++) {
    struct place place = {m, (k + 0.5) / N_PLACES};
    for (size_t c = 0, t = 0; c < m->n_channels; c++) {
      double sum = 0;
      for (; t < m->n_transfers && m->transfer[t].channel == c; t++)
        sum += proda_expression_evaluate(m->transfer[t].fraction, look_up, &place);
      outline->all[c] = outline->all[c] && fabs(sum - 1) < 1e-9;
    }
  }
}

/* ---- the plan ---- */

static int make_plan(struct outline *outline, struct proda_error *error)
{
  const struct proda_manifest *m = outline->manifest;
  size_t n = 0;
  struct proda_slope *slope = calloc(m->n_channels * m->n_pools + 1, sizeof *slope);
  if (!slope)
    return proda_error_set(error, "%s: out of memory", m->path);
  for (size_t c = 0; c < m->n_channels; c++)
    for (size_t p = 0; p < m->n_pools; p++)
      if (proda_outline_controls(outline, c, p))
        slope[n++] = (struct proda_slope){.channel = c, .pool = p};
  int status = proda_plan_new(m, n, slope, &outline->plan, error);
  free(slope);
  return status;
}

int proda_outline_new(const struct proda_manifest *manifest, struct outline **outline,
                      struct proda_error *error)
{
  struct outline *made = calloc(1, sizeof *made);
  int status = PRODA_ERROR;
  if (!made)
    return proda_error_set(error, "%s: out of memory", manifest->path);
  made->manifest = manifest;
  made->controls = calloc(manifest->n_channels * manifest->n_pools + 1, sizeof *made->controls);
  made->all = calloc(manifest->n_channels + 1, sizeof *made->all);
  if (!made->controls || !made->all) {
    proda_error_set(error, "%s: out of memory", manifest->path);
    goto out;
  }
  find_controls(made);
  find_all(made);
  status = make_plan(made, error);
out:
  if (status == PRODA_OK)
    *outline = made;
  else
    proda_outline_free(made);
  return status;
}

void proda_outline_free(struct outline *outline)
{
  if (!outline)
    return;
  proda_plan_free(outline->plan);
  free(outline->controls);
  free(outline->all);
  free(outline);
}

long proda_outline_input(const struct proda_manifest *manifest, size_t pool)
{
  for (size_t i = 0; i < manifest->n_inputs; i++)
    if (manifest->input[i] == pool)
      return (long)i;
  return -1;
}

/** Whether the closed form states a pool of the component. */
static bool has_closed_form(const struct proda_manifest *m, const struct proda_component *component)
{
  for (size_t i = 0; i < component->n_pools; i++)
    for (size_t k = 0; k < m->n_steady; k++)
      if (strcmp(m->steady[k].name, m->pool[component->pool[i]]) == 0)
        return true;
  return false;
}

void proda_outline_method(const struct outline *outline, const struct proda_component *component,
                          FILE *out)
{
  const struct proda_manifest *m = outline->manifest;
  size_t n = component->n_pools;
  bool layers = component->n_transported > 0 && m->grid.n_layers > 1;
  fputs(layers ? "all layers together, " : m->grid.n_layers > 1 ? "layer by layer, " : "", out);
  if (!component->linear && has_closed_form(m, component))
    fputs("by the closed form of the manifest", out);
  else if (!component->linear && !m->has_formulas)
    fputs("by the plugin's closed form or Newton's method", out);
  else if (!component->linear)
    fprintf(out, "by Newton's method in %zu unknown%s each", n, n == 1 ? "" : "s");
  else if (n == 1)
    fputs(layers ? "a tridiagonal system" : "a division", out);
  else
    fprintf(out, layers ? "blocks of %zu x %zu" : "a system of %zu x %zu", n, n);
}
