#include "formula/program.h"

#include <math.h>
#include <stdlib.h>

#include "formula/bounds.h"
#include "yaml/yaml.h"

enum { MONTHS = 12 };
static const double ROUNDING = 1e-9;

/* ---- what default parameters say ---- */

static int check_rate(const struct proda_manifest *m, size_t channel, const double *value,
                      struct proda_error *error)
{
  for (size_t l = 0; l < m->grid.n_layers; l++)
    if (!isnan(value[l]) && !(value[l] > 0 && isfinite(value[l])))
      return proda_yaml_error(m->document, m->channel[channel].rate_node, error,
                              "a rate must be above 0; with default parameters it is %g", value[l]);
  return PRODA_OK;
}

static int check_fractions(const struct proda_manifest *m, const struct proda_program *program,
                           const double *value, struct proda_error *error)
{
  size_t L = m->grid.n_layers;
  for (size_t l = 0; l < L; l++) {
    double share = 0;
    for (size_t t = 0; t < m->n_transfers; t++) {
      double fraction = value[program->fraction[t] * L + l];
      const struct proda_transfer *transfer = &m->transfer[t];
      if (fraction < 0 || fraction > 1)
        return proda_yaml_error(m->document, transfer->fraction_node, error,
                                "a fraction must lie in 0..1; with default parameters it is %g",
                                fraction);
      share =
          t > 0 && m->transfer[t - 1].channel == transfer->channel ? share + fraction : fraction;
      if (share > 1 + ROUNDING)
        return proda_yaml_error(m->document, transfer->fraction_node, error,
                                "with this the channel '%s' hands over %g of its flux with default "
                                "parameters; at most 1 is there",
                                m->channel[transfer->channel].name, share);
    }
  }
  return PRODA_OK;
}

static int check_defaults(const struct proda_program *program, const double *setting, double *value,
                          struct proda_error *error)
{
  const struct proda_manifest *m = program->manifest;
  size_t L = m->grid.n_layers;
  double *parameter = calloc(m->n_parameters + 1, sizeof *parameter);
  int status = PRODA_OK;
  if (!parameter)
    return proda_error_set(error, "%s: out of memory", m->path);
  for (size_t p = 0; p < m->n_parameters; p++)
    parameter[p] = m->parameter[p].default_value;
  proda_graph_evaluate(program->graph, parameter, setting, MONTHS, value);
  free(parameter);
  for (size_t c = 0; c < m->n_channels && !status; c++)
    status = check_rate(m, c, value + program->rate[c] * L, error);
  return status ? status : check_fractions(m, program, value, error);
}

/* ---- what no draw can change ---- */

static int refuse_rates(const struct proda_program *program, const struct proda_bounds *bounds,
                        struct proda_error *error)
{
  const struct proda_manifest *m = program->manifest;
  size_t L = m->grid.n_layers;
  for (size_t c = 0; c < m->n_channels; c++)
    for (size_t l = 0; l < L; l++) {
      double most = bounds[program->rate[c] * L + l].upper;
      if (most < 0)
        return proda_yaml_error(m->document, m->channel[c].rate_node, error,
                                "a rate must be above 0; whatever the parameters within their "
                                "priors, and the drivers, it is at most %g in layer %zu",
                                most, l + 1);
    }
  return PRODA_OK;
}

static int refuse_fractions(const struct proda_program *program, const struct proda_bounds *bounds,
                            struct proda_error *error)
{
  const struct proda_manifest *m = program->manifest;
  size_t L = m->grid.n_layers;
  for (size_t l = 0; l < L; l++) {
    double share = 0;
    for (size_t t = 0; t < m->n_transfers; t++) {
      const struct proda_transfer *transfer = &m->transfer[t];
      const struct proda_bounds *fraction = &bounds[program->fraction[t] * L + l];
      bool first = t == 0 || m->transfer[t - 1].channel != transfer->channel;
      share = first ? fraction->lower : share + fraction->lower;
      if (fraction->upper < 0)
        return proda_yaml_error(m->document, transfer->fraction_node, error,
                                "a fraction must lie in 0..1; whatever the parameters within their "
                                "priors, and the drivers, it is at most %g in layer %zu",
                                fraction->upper, l + 1);
      if (share > 1 + ROUNDING)
        return proda_yaml_error(m->document, transfer->fraction_node, error,
                                "with this the channel '%s' hands over at least %g of its flux, "
                                "whatever the parameters within their priors, and the drivers, in "
                                "layer %zu; at most 1 is there",
                                m->channel[transfer->channel].name, share, l + 1);
    }
  }
  return PRODA_OK;
}

static int check_variant(const struct proda_program *program, size_t variant,
                         struct proda_error *error)
{
  const struct proda_manifest *m = program->manifest;
  size_t n = program->graph->n * m->grid.n_layers + 1;
  double *value = calloc(n, sizeof *value);
  struct proda_bounds *bounds = calloc(n, sizeof *bounds);
  double *setting = calloc(m->n_settings + 1, sizeof *setting);
  int status = PRODA_ERROR;
  if (!value || !bounds || !setting) {
    proda_error_set(error, "%s: out of memory", m->path);
    goto out;
  }
  proda_program_settings(m, variant, setting);
  proda_graph_bounds(program->graph, m, setting, MONTHS, bounds);
  status = check_defaults(program, setting, value, error);
  if (!status)
    status = refuse_rates(program, bounds, error);
  if (!status)
    status = refuse_fractions(program, bounds, error);
out:
  free(value);
  free(bounds);
  free(setting);
  return status;
}

int proda_program_check(const struct proda_manifest *manifest, bool *nonlinear,
                        struct proda_error *error)
{
  size_t n;
  int status = proda_program_variants(manifest, &n, error);
  for (size_t v = 0; v < n && !status; v++) {
    struct proda_program *program = NULL;
    if (proda_program_new(manifest, v, &program, error))
      return PRODA_ERROR;
    for (size_t c = 0; c < manifest->n_channels; c++)
      nonlinear[c] =
          nonlinear[c] || program->graph->value[program->rate[c]].depends & PRODA_ON_POOLS;
    status = check_variant(program, v, error);
    proda_program_free(program);
  }
  return status;
}
