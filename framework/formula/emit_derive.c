#include <stdlib.h>

#include "formula/emit_variant.h"
#include "yaml/yaml.h"

int proda_variant_out_of_memory(const struct variant *v, struct proda_error *error)
{
  return proda_error_set(error, "%s: out of memory", v->e.manifest->path);
}

static int derive_slopes(struct variant *v, struct proda_error *error)
{
  const struct proda_manifest *m = v->program->manifest;
  v->slope = calloc(m->n_channels * m->n_pools + 1, sizeof *v->slope);
  if (!v->slope)
    return proda_variant_out_of_memory(v, error);
  for (size_t c = 0; c < m->n_channels; c++)
    for (size_t p = 0; p < m->n_pools && !m->channel[c].linear; p++) {
      size_t value = proda_graph_slope(v->program->graph, v->program->rate[c], p);
      if (!proda_value_is(v->program->graph, value, 0))
        v->slope[v->n_slopes++] = (struct slope){c, p, value};
    }
  return PRODA_OK;
}

static void derive_row(struct variant *v, size_t n, const size_t *value, size_t *at)
{
  for (size_t i = 0; i < n; i++)
    v->tangent[(*at)++] = proda_graph_tangent(v->program->graph, value[i]);
}

static int derive_tangents(struct variant *v, struct proda_error *error)
{
  const struct proda_program *p = v->program;
  const struct proda_manifest *m = p->manifest;
  size_t n = m->n_modifiers + m->n_inputs + m->n_channels + m->n_transfers + 3, at = 0;
  v->tangent = calloc(n, sizeof *v->tangent);
  if (!v->tangent)
    return proda_variant_out_of_memory(v, error);
  derive_row(v, m->n_modifiers, p->modifier, &at);
  derive_row(v, m->n_inputs, p->input, &at);
  derive_row(v, m->n_channels, p->rate, &at);
  derive_row(v, m->n_transfers, p->fraction, &at);
  derive_row(v, p->has_transport ? 3 : 0, p->transport, &at);
  return PRODA_OK;
}

static bool has_derivative(const struct proda_function *function, const struct proda_value *call)
{
  return function->derivative && function->derivative[(size_t)call->number - 1];
}

/** Per value, a function among what it is made of whose derivative the plugin does not offer. */
static const char **find_lacking(const struct variant *v)
{
  const struct proda_graph *graph = v->program->graph;
  const struct proda_function *function = v->program->manifest->function;
  const char **lacking = calloc(graph->n, sizeof *lacking);
  for (size_t i = 0; lacking && i < graph->n; i++) {
    const struct proda_value *x = &graph->value[i];
    if (x->op == PRODA_OP_CALL && x->number > 0 && !has_derivative(&function[x->index], x))
      lacking[i] = function[x->index].name;
    for (size_t k = 0; k < x->n_arguments && !lacking[i]; k++)
      lacking[i] = lacking[x->argument[k]];
  }
  return lacking;
}

/** Newton's method needs the slopes; beside a closed form they may be missing. */
static int check_slopes(struct variant *v, const char *const *lacking, struct proda_error *error)
{
  const struct proda_manifest *m = v->program->manifest;
  for (size_t k = 0; k < v->n_slopes; k++) {
    const char *function = lacking[v->slope[k].value];
    if (!function)
      continue;
    if (m->n_steady == 0)
      return proda_yaml_error(m->document, m->channel[v->slope[k].channel].rate_node, error,
                              "this rate calls '%s' of the pool '%s', so that Newton's method "
                              "needs its derivative: name the functions that give it, "
                              "'derivatives' of '%s', or state the closed form of the state, "
                              "'steady'",
                              function, m->pool[v->slope[k].pool], function);
    v->n_slopes = 0;
  }
  return PRODA_OK;
}

static int check_derivatives(struct variant *v, struct proda_error *error)
{
  const struct proda_manifest *m = v->program->manifest;
  size_t n = m->n_modifiers + m->n_inputs + m->n_channels + m->n_transfers +
             (v->program->has_transport ? 3 : 0);
  const char **lacking = find_lacking(v);
  int status = lacking ? check_slopes(v, lacking, error) : proda_variant_out_of_memory(v, error);
  v->has_tangent = true;
  for (size_t i = 0; lacking && i < n; i++)
    v->has_tangent = v->has_tangent && !lacking[v->tangent[i]];
  free(lacking);
  return status;
}

int proda_variant_derive(struct variant *v, struct proda_error *error)
{
  struct proda_program *p = v->program;
  v->zero = v->refusal = proda_graph_number(p->graph, 0);
  for (size_t i = 0; i < p->manifest->n_refusals; i++)
    v->refusal = proda_graph_two(p->graph, PRODA_OP_OR, v->refusal, p->refusal[i]);
  if (derive_slopes(v, error) || derive_tangents(v, error))
    return PRODA_ERROR;
  return p->graph->failed ? proda_graph_failure(p->graph, p->manifest->path, error)
                          : check_derivatives(v, error);
}
