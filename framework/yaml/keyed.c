#include "yaml/yaml.h"

#include <string.h>

int proda_yaml_keys(const struct proda_yaml *document, const struct proda_yaml_node *mapping,
                    const char *const *known, const char *const *required, const char *what,
                    struct proda_error *error)
{
  if (proda_yaml_known_keys(document, mapping, known, what, error))
    return PRODA_ERROR;
  for (; *required; required++)
    if (!proda_yaml_get(mapping, *required))
      return proda_yaml_error(document, mapping, error, "%s lacks the key '%s'", what, *required);
  return PRODA_OK;
}

int proda_yaml_choose(const struct proda_yaml *document, const struct proda_yaml_node *node,
                      const char *const *names, size_t n, const char *what, size_t *index,
                      struct proda_error *error)
{
  const char *text;
  char hint[PRODA_HINT_SIZE];
  if (proda_yaml_string(document, node, &text, error))
    return PRODA_ERROR;
  for (size_t i = 0; i < n; i++)
    if (strcmp(names[i], text) == 0) {
      *index = i;
      return PRODA_OK;
    }
  return proda_yaml_error(document, node, error, "unknown %s '%.40s'%s", what, text,
                          proda_hint(text, names, n, hint));
}

int proda_yaml_get_number(const struct proda_yaml *document, const struct proda_yaml_node *mapping,
                          const char *key, double minimum, double maximum, double *value,
                          struct proda_error *error)
{
  const struct proda_yaml_node *node = proda_yaml_get(mapping, key);
  double number;
  if (!node)
    return PRODA_OK;
  if (proda_yaml_number(document, node, &number, error))
    return PRODA_ERROR;
  if (number < minimum)
    return proda_yaml_error(document, node, error, "'%s' must be at least %g, found %g", key,
                            minimum, number);
  if (number > maximum)
    return proda_yaml_error(document, node, error, "'%s' must be at most %g, found %g", key,
                            maximum, number);
  *value = number;
  return PRODA_OK;
}

int proda_yaml_get_integer(const struct proda_yaml *document, const struct proda_yaml_node *mapping,
                           const char *key, long minimum, long maximum, long *value,
                           struct proda_error *error)
{
  const struct proda_yaml_node *node = proda_yaml_get(mapping, key);
  return node ? proda_yaml_integer(document, node, minimum, maximum, value, error) : PRODA_OK;
}

int proda_yaml_get_boolean(const struct proda_yaml *document, const struct proda_yaml_node *mapping,
                           const char *key, bool *value, struct proda_error *error)
{
  const struct proda_yaml_node *node = proda_yaml_get(mapping, key);
  return node ? proda_yaml_boolean(document, node, value, error) : PRODA_OK;
}

int proda_yaml_get_string(const struct proda_yaml *document, const struct proda_yaml_node *mapping,
                          const char *key, const char **value, struct proda_error *error)
{
  const struct proda_yaml_node *node = proda_yaml_get(mapping, key);
  return node ? proda_yaml_string(document, node, value, error) : PRODA_OK;
}

int proda_yaml_get_choice(const struct proda_yaml *document, const struct proda_yaml_node *mapping,
                          const char *key, const char *const *names, size_t n, size_t *index,
                          struct proda_error *error)
{
  const struct proda_yaml_node *node = proda_yaml_get(mapping, key);
  return node ? proda_yaml_choose(document, node, names, n, key, index, error) : PRODA_OK;
}
