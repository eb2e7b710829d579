#include "plugin/prior.h"

#include <math.h>
#include <string.h>

/** A number, .inf or -.inf. */
static int read_limit(const struct proda_yaml *document, const struct proda_yaml_node *node,
                      double *value, struct proda_error *error)
{
  bool plain = node->kind == PRODA_YAML_SCALAR && !node->quoted;
  if (plain && strcmp(node->text, ".inf") == 0)
    *value = INFINITY;
  else if (plain && strcmp(node->text, "-.inf") == 0)
    *value = -INFINITY;
  else
    return proda_yaml_number(document, node, value, error);
  return PRODA_OK;
}

/** Two limits, the first below the second. */
static int read_interval(const struct proda_yaml *document, const struct proda_yaml_node *node,
                         const char *what, double *lower, double *upper, struct proda_error *error)
{
  if (node->kind != PRODA_YAML_SEQUENCE || node->n_items != 2)
    return proda_yaml_error(document, node, error,
                            "expected two numbers, [minimum, maximum], as %s", what);
  if (read_limit(document, node->item[0], lower, error) ||
      read_limit(document, node->item[1], upper, error))
    return PRODA_ERROR;
  if (!(*lower < *upper))
    return proda_yaml_error(document, node, error,
                            "the minimum of %s, %g, must lie below its maximum, %g", what, *lower,
                            *upper);
  return PRODA_OK;
}

struct proda_prior proda_prior_uniform(double lower, double upper)
{
  return (struct proda_prior){PRODA_PRIOR_UNIFORM, lower, upper, 0.5 * (lower + upper),
                              (upper - lower) / sqrt(12.0)};
}

struct proda_prior proda_prior_log_uniform(double lower, double upper)
{
  return (struct proda_prior){PRODA_PRIOR_LOG_UNIFORM, lower, upper, NAN, NAN};
}

static int read_uniform(const struct proda_yaml *document, const struct proda_yaml_node *node,
                        struct proda_prior *prior, struct proda_error *error)
{
  double lower = NAN, upper = NAN;
  if (read_interval(document, node, "a prior", &lower, &upper, error))
    return PRODA_ERROR;
  if (!isfinite(lower) || !isfinite(upper))
    return proda_yaml_error(document, node, error, "a uniform prior must be bounded on both sides");
  *prior = proda_prior_uniform(lower, upper);
  return PRODA_OK;
}

static int read_log_uniform(const struct proda_yaml *document, const struct proda_yaml_node *node,
                            struct proda_prior *prior, struct proda_error *error)
{
  static const char *const known[] = {"log_uniform", NULL};
  const struct proda_yaml_node *interval = proda_yaml_get(node, "log_uniform");
  double lower = NAN, upper = NAN;
  if (proda_yaml_known_keys(document, node, known, "a log-uniform prior", error) ||
      read_interval(document, interval, "a prior", &lower, &upper, error))
    return PRODA_ERROR;
  if (!(lower > 0) || !isfinite(upper))
    return proda_yaml_error(document, interval, error,
                            "a log-uniform prior must be bounded on both sides and lie above 0");
  *prior = proda_prior_log_uniform(lower, upper);
  return PRODA_OK;
}

static int read_normal(const struct proda_yaml *document, const struct proda_yaml_node *node,
                       struct proda_prior *prior, struct proda_error *error)
{
  static const char *const known[] = {"normal", "bounds", "log_uniform", NULL};
  static const char *const required[] = {"normal", NULL};
  *prior = (struct proda_prior){PRODA_PRIOR_NORMAL, -INFINITY, INFINITY, 0.0, 1.0};
  if (proda_yaml_keys(document, node, known, required, "a prior", error))
    return PRODA_ERROR;
  const struct proda_yaml_node *normal = proda_yaml_get(node, "normal");
  const struct proda_yaml_node *bounds = proda_yaml_get(node, "bounds");
  if (normal->kind != PRODA_YAML_SEQUENCE || normal->n_items != 2)
    return proda_yaml_error(document, normal, error,
                            "expected [mean, standard deviation], the second above 0");
  if (proda_yaml_number(document, normal->item[0], &prior->mean, error) ||
      proda_yaml_number(document, normal->item[1], &prior->sd, error))
    return PRODA_ERROR;
  if (prior->sd <= 0.0)
    return proda_yaml_error(document, normal, error,
                            "expected [mean, standard deviation], the second above 0");
  return bounds ? read_interval(document, bounds, "the bounds", &prior->lower, &prior->upper, error)
                : PRODA_OK;
}

int proda_prior_read(const struct proda_yaml *document, const struct proda_yaml_node *node,
                     struct proda_prior *prior, struct proda_error *error)
{
  if (node->kind != PRODA_YAML_MAPPING)
    return read_uniform(document, node, prior, error);
  return proda_yaml_get(node, "log_uniform") ? read_log_uniform(document, node, prior, error)
                                             : read_normal(document, node, prior, error);
}

double proda_prior_at(const struct proda_prior *prior, double share)
{
  switch (prior->kind) {
  case PRODA_PRIOR_UNIFORM:
    return prior->lower + share * (prior->upper - prior->lower);
  case PRODA_PRIOR_LOG_UNIFORM:
    return prior->lower * pow(prior->upper / prior->lower, share);
  case PRODA_PRIOR_NORMAL:
  case PRODA_PRIOR_FLAT:
    break;
  }
  return fmin(fmax(prior->mean + prior->sd * (2 * share - 1), prior->lower), prior->upper);
}
