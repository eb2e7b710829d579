#include "formula/program.h"

#include <math.h>
#include <string.h>

enum { MAX_VARIANTS = 64 };

/** Calls `visit` for every formula; stops at the first nonzero result and returns it. */
static int each_formula(const struct proda_manifest *m,
                        int (*visit)(void *context, const struct proda_expression *e),
                        void *context)
{
  int stop = 0;
  for (size_t i = 0; i < m->n_definitions && !stop; i++)
    stop = visit(context, m->definition[i].expression);
  for (size_t i = 0; m->modifier_formula && i < m->n_modifiers && !stop; i++)
    stop = visit(context, m->modifier_formula[i].expression);
  for (size_t i = 0; i < m->n_inputs && !stop; i++)
    stop = visit(context, m->input_formula[i].expression);
  for (size_t i = 0; i < m->n_channels && !stop; i++)
    stop = visit(context, m->channel[i].rate);
  for (size_t i = 0; i < m->n_transfers && !stop; i++)
    stop = visit(context, m->transfer[i].fraction);
  for (size_t i = 0; i < m->n_bands && !stop; i++)
    stop = visit(context, m->band[i].expression);
  for (size_t i = 0; i < m->n_steady && !stop; i++)
    stop = visit(context, m->steady[i].expression);
  for (size_t i = 0; i < m->n_refusals && !stop; i++)
    stop = visit(context, m->refusal[i].when.expression);
  for (size_t i = 0; i < m->n_quantities && !stop; i++)
    if (m->quantity[i].value.expression)
      stop = visit(context, m->quantity[i].value.expression);
  return stop;
}

static int is_named(void *context, const struct proda_expression *name)
{
  return strcmp(context, name->name) == 0;
}

static int names(void *context, const struct proda_expression *e)
{
  return proda_expression_names(e, is_named, context);
}

/** Combinations that a setting multiplies by. */
static size_t alternatives(const struct proda_manifest *m, size_t setting)
{
  const struct proda_setting_spec *spec = &m->setting[setting];
  bool fixed = spec->type == PRODA_SETTING_CHOICE || spec->type == PRODA_SETTING_BOOLEAN;
  if (!fixed || !each_formula(m, names, (void *)spec->name))
    return 1;
  return spec->type == PRODA_SETTING_CHOICE ? spec->n_choices : 2;
}

int proda_program_variants(const struct proda_manifest *manifest, size_t *n,
                           struct proda_error *error)
{
  *n = 1;
  for (size_t i = 0; i < manifest->n_settings; i++) {
    *n *= alternatives(manifest, i);
    if (*n > MAX_VARIANTS)
      return proda_error_set(error,
                             "%s: its formulas depend on more than %d combinations of choices; "
                             "write several manifests that include what they share",
                             manifest->path, MAX_VARIANTS);
  }
  return PRODA_OK;
}

void proda_program_settings(const struct proda_manifest *manifest, size_t variant, double *setting)
{
  for (size_t i = 0; i < manifest->n_settings; i++) {
    const struct proda_setting_spec *spec = &manifest->setting[i];
    size_t n = alternatives(manifest, i);
    setting[i] = n > 1 ? (double)(variant % n) : spec->n_default > 0 ? spec->default_value[0] : NAN;
    variant /= n;
  }
}
