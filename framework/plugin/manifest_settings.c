#include <math.h>
#include <string.h>

#include "plugin/manifest_reader.h"

static const char *const type_name[] = {"number", "integer", "boolean", "choice", "list"};

static int check_range(const struct proda_yaml *document, const struct proda_yaml_node *node,
                       const struct proda_setting_spec *spec, double value,
                       struct proda_error *error)
{
  if (value < spec->minimum)
    return proda_yaml_error(document, node, error, "'%s' must be at least %g, found %g", spec->name,
                            spec->minimum, value);
  if (value > spec->maximum)
    return proda_yaml_error(document, node, error, "'%s' must be at most %g, found %g", spec->name,
                            spec->maximum, value);
  return PRODA_OK;
}

static int read_choice(const struct proda_yaml *document, const struct proda_yaml_node *node,
                       const struct proda_setting_spec *spec, double *value,
                       struct proda_error *error)
{
  const char *text;
  char hint[PRODA_HINT_SIZE];
  if (proda_yaml_string(document, node, &text, error))
    return PRODA_ERROR;
  for (size_t i = 0; i < spec->n_choices; i++)
    if (strcmp(spec->choice[i], text) == 0) {
      *value = (double)i;
      return PRODA_OK;
    }
  return proda_yaml_error(document, node, error, "'%s' cannot be '%.40s'%s", spec->name, text,
                          proda_hint(text, spec->choice, spec->n_choices, hint));
}

static int read_one(const struct proda_yaml *document, const struct proda_yaml_node *node,
                    const struct proda_setting_spec *spec, double *value, struct proda_error *error)
{
  const long most = 1L << 53; /* whole numbers that a double holds exactly */
  bool flag;
  long whole;
  switch (spec->type) {
  case PRODA_SETTING_BOOLEAN:
    if (proda_yaml_boolean(document, node, &flag, error))
      return PRODA_ERROR;
    *value = flag;
    return PRODA_OK;
  case PRODA_SETTING_CHOICE:
    return read_choice(document, node, spec, value, error);
  case PRODA_SETTING_INTEGER:
    if (proda_yaml_integer(document, node, -most, most, &whole, error))
      return PRODA_ERROR;
    *value = (double)whole;
    return check_range(document, node, spec, *value, error);
  case PRODA_SETTING_NUMBER:
  case PRODA_SETTING_LIST:
    break;
  }
  if (proda_yaml_number(document, node, value, error))
    return PRODA_ERROR;
  return check_range(document, node, spec, *value, error);
}

int proda_setting_read(const struct proda_yaml *document, const struct proda_yaml_node *node,
                       const struct proda_setting_spec *spec, struct proda_arena *arena,
                       struct proda_setting *setting, struct proda_error *error)
{
  bool list = spec->type == PRODA_SETTING_LIST;
  if (list && proda_yaml_expect(document, node, PRODA_YAML_SEQUENCE, spec->name, error))
    return PRODA_ERROR;
  size_t n = list ? node->n_items : 1;
  double *value = proda_arena_alloc(arena, n, sizeof *value);
  if (!value)
    return proda_error_set(error, "%s: out of memory", proda_yaml_name(document));
  for (size_t i = 0; i < n; i++)
    if (read_one(document, list ? node->item[i] : node, spec, &value[i], error))
      return PRODA_ERROR;
  *setting = (struct proda_setting){.size = n, .value = value};
  return PRODA_OK;
}

static int read_limits(const struct manifest_reader *reader, const struct proda_yaml_node *node,
                       struct proda_setting_spec *spec)
{
  spec->minimum = -INFINITY;
  spec->maximum = INFINITY;
  if (proda_yaml_get_number(reader->document, node, "minimum", -INFINITY, INFINITY, &spec->minimum,
                            reader->error) ||
      proda_yaml_get_number(reader->document, node, "maximum", -INFINITY, INFINITY, &spec->maximum,
                            reader->error))
    return PRODA_ERROR;
  if (spec->minimum > spec->maximum)
    return proda_yaml_error(reader->document, node, reader->error,
                            "the minimum of '%s', %g, lies above its maximum, %g", spec->name,
                            spec->minimum, spec->maximum);
  return PRODA_OK;
}

static int read_choices(const struct manifest_reader *reader, const struct proda_yaml_node *setting,
                        struct proda_setting_spec *spec)
{
  const struct proda_yaml_node *node = proda_yaml_get(setting, "choices");
  bool wanted = spec->type == PRODA_SETTING_CHOICE;
  if (!node && !wanted)
    return PRODA_OK;
  if (!node || !wanted)
    return proda_yaml_error(reader->document, node ? node : setting, reader->error,
                            node ? "only a setting of type choice has 'choices'"
                                 : "a setting of type choice lacks the key 'choices'");
  if (proda_yaml_expect(reader->document, node, PRODA_YAML_SEQUENCE, "choices", reader->error))
    return PRODA_ERROR;
  const char **choice = proda_manifest_alloc(reader, node->n_items, sizeof(char *));
  if (!choice)
    return PRODA_ERROR;
  for (size_t i = 0; i < node->n_items; i++) {
    if (proda_manifest_identifier(reader, node->item[i], "a choice", &choice[i]))
      return PRODA_ERROR;
    for (size_t j = 0; j < i; j++)
      if (strcmp(choice[i], choice[j]) == 0)
        return proda_yaml_error(reader->document, node->item[i], reader->error,
                                "the choice '%s' stands here twice", choice[i]);
  }
  spec->choice = choice;
  spec->n_choices = node->n_items;
  return PRODA_OK;
}

static int read_setting(const struct manifest_reader *reader, const struct proda_yaml_node *node,
                        struct proda_setting_spec *spec)
{
  static const char *const known[] = {"type",    "default", "unit", "minimum",
                                      "maximum", "choices", "doc",  NULL};
  static const char *const required[] = {"type", "default", "doc", NULL};
  struct proda_setting standard = {0, NULL};
  size_t type = 0;
  if (proda_manifest_keys(reader, node, known, required, "a setting") ||
      proda_manifest_choose(reader, proda_yaml_get(node, "type"), type_name,
                            sizeof type_name / sizeof *type_name, "type of setting", &type))
    return PRODA_ERROR;
  spec->type = (enum proda_setting_type)type;
  if (proda_manifest_unit(reader, node, "1", &spec->unit) ||
      proda_manifest_text(reader, node, "doc", "", &spec->doc) || read_limits(reader, node, spec) ||
      read_choices(reader, node, spec) ||
      proda_setting_read(reader->document, proda_yaml_get(node, "default"), spec, reader->arena,
                         &standard, reader->error))
    return PRODA_ERROR;
  spec->n_default = standard.size;
  spec->default_value = standard.value;
  return PRODA_OK;
}

int proda_manifest_read_settings(const struct manifest_reader *reader,
                                 const struct proda_yaml_node *node)
{
  if (!node)
    return PRODA_OK;
  if (proda_yaml_expect(reader->document, node, PRODA_YAML_MAPPING, "settings", reader->error))
    return PRODA_ERROR;
  struct proda_setting_spec *spec = proda_manifest_alloc(reader, node->n_items, sizeof *spec);
  if (!spec)
    return PRODA_ERROR;
  for (size_t i = 0; i < node->n_items; i++)
    if (proda_manifest_identifier(reader, node->key[i], "a setting", &spec[i].name) ||
        read_setting(reader, node->item[i], &spec[i]))
      return PRODA_ERROR;
  reader->manifest->setting = spec;
  reader->manifest->n_settings = node->n_items;
  return PRODA_OK;
}
