#include "plugin/manifest.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/file.h"
#include "plugin/manifest_include.h"
#include "plugin/search.h"
#include "plugin/unit.h"

enum { MAX_SIZE = 4 << 20 };

/** What proda_manifest_free must find again; `manifest` is the public face. */
struct owner {
  struct proda_manifest manifest;
  struct proda_yaml *document;
  struct proda_arena *arena;
  struct owned_expression *expressions;
};

void *proda_manifest_alloc(const struct manifest_reader *reader, size_t n, size_t size)
{
  void *memory = proda_arena_alloc(reader->arena, n, size);
  if (!memory)
    proda_error_set(reader->error, "%s: out of memory", reader->manifest->path);
  return memory;
}

int proda_manifest_keys(const struct manifest_reader *reader, const struct proda_yaml_node *mapping,
                        const char *const *known, const char *const *required, const char *what)
{
  return proda_yaml_keys(reader->document, mapping, known, required, what, reader->error);
}

bool proda_is_identifier(const char *text)
{
  if ((!isalpha((unsigned char)*text) && *text != '_') || strlen(text) > PRODA_IDENTIFIER_LENGTH)
    return false;
  for (; *text; text++)
    if (!isalnum((unsigned char)*text) && *text != '_')
      return false;
  return true;
}

int proda_manifest_identifier(const struct manifest_reader *reader,
                              const struct proda_yaml_node *node, const char *what,
                              const char **text)
{
  if (proda_yaml_string(reader->document, node, text, reader->error))
    return PRODA_ERROR;
  if (!proda_is_identifier(*text))
    return proda_yaml_error(reader->document, node, reader->error,
                            "'%.40s' cannot name %s: expected letters, digits and _, not starting "
                            "with a digit, at most %d",
                            *text, what, PRODA_IDENTIFIER_LENGTH);
  return PRODA_OK;
}

int proda_manifest_text(const struct manifest_reader *reader, const struct proda_yaml_node *mapping,
                        const char *key, const char *fallback, const char **text)
{
  *text = fallback;
  return proda_yaml_get_string(reader->document, mapping, key, text, reader->error);
}

int proda_manifest_unit(const struct manifest_reader *reader, const struct proda_yaml_node *mapping,
                        const char *fallback, const char **unit)
{
  const struct proda_yaml_node *node = proda_yaml_get(mapping, "unit");
  struct proda_error problem;
  *unit = fallback;
  if (!node)
    return PRODA_OK;
  if (proda_yaml_string(reader->document, node, unit, reader->error))
    return PRODA_ERROR;
  if (proda_unit_check(*unit, &problem))
    return proda_yaml_error(reader->document, node, reader->error, "%s", problem.message);
  return PRODA_OK;
}

int proda_manifest_numbers(const struct manifest_reader *reader, const struct proda_yaml_node *node,
                           const char *what, size_t *n, const double **value)
{
  if (proda_yaml_expect(reader->document, node, PRODA_YAML_SEQUENCE, what, reader->error))
    return PRODA_ERROR;
  double *number = proda_manifest_alloc(reader, node->n_items, sizeof *number);
  if (!number)
    return PRODA_ERROR;
  for (size_t i = 0; i < node->n_items; i++)
    if (proda_yaml_number(reader->document, node->item[i], &number[i], reader->error))
      return PRODA_ERROR;
  *n = node->n_items;
  *value = number;
  return PRODA_OK;
}

int proda_manifest_choose(const struct manifest_reader *reader, const struct proda_yaml_node *node,
                          const char *const *names, size_t n, const char *what, size_t *index)
{
  return proda_yaml_choose(reader->document, node, names, n, what, index, reader->error);
}

int proda_manifest_read_version(const struct manifest_reader *reader,
                                const struct proda_yaml_node *root)
{
  const struct proda_yaml_node *node = proda_yaml_get(root, "proda");
  long version;
  if (!node)
    return proda_yaml_error(reader->document, root, reader->error,
                            "this is not a proda manifest: it lacks the key 'proda: %u'",
                            PRODA_ABI_VERSION);
  if (proda_yaml_integer(reader->document, node, 0, 1000000, &version, reader->error))
    return PRODA_ERROR;
  if (version != PRODA_ABI_VERSION)
    return proda_yaml_error(reader->document, node, reader->error,
                            "written for version %ld of the plugin interface; this proda has %u",
                            version, PRODA_ABI_VERSION);
  return PRODA_OK;
}

static int read_kind(const struct manifest_reader *reader, const struct proda_yaml_node *root)
{
  static const char *const name[] = {"model", "sampler", "emulator"};
  const struct proda_yaml_node *node = proda_yaml_get(root, "kind");
  size_t index;
  if (!node)
    return proda_yaml_error(reader->document, root, reader->error,
                            "a manifest lacks the key 'kind': model, sampler or emulator");
  if (node->text && strcmp(node->text, "fragment") == 0)
    return proda_yaml_error(reader->document, node, reader->error,
                            "a fragment is no manifest of its own: manifests take it in with "
                            "'include'");
  if (proda_manifest_choose(reader, node, name, 3, "kind", &index))
    return PRODA_ERROR;
  reader->manifest->kind = (enum proda_kind)(PRODA_MODEL + index);
  return PRODA_OK;
}

/** The name must be that of the file, "<name>.yaml"; texts that are not from a file have none. */
static int read_name(const struct manifest_reader *reader, const struct proda_yaml_node *root)
{
  const struct proda_yaml_node *node = proda_yaml_get(root, "name");
  struct proda_manifest *manifest = reader->manifest;
  if (proda_manifest_identifier(reader, node, "a plugin", &manifest->name))
    return PRODA_ERROR;
  const char *slash = strrchr(manifest->path, '/');
  const char *base = slash ? slash + 1 : manifest->path;
  const char *dot = strrchr(base, '.');
  if (!dot || strcmp(dot, ".yaml") != 0)
    return PRODA_OK;
  size_t length = (size_t)(dot - base);
  if (strlen(manifest->name) != length || strncmp(manifest->name, base, length) != 0)
    return proda_yaml_error(reader->document, node, reader->error,
                            "the name '%.40s' must be that of the file, '%.*s'", manifest->name,
                            (int)length, base);
  return PRODA_OK;
}

static int read_references(const struct manifest_reader *reader, const struct proda_yaml_node *node)
{
  if (!node)
    return PRODA_OK;
  if (proda_yaml_expect(reader->document, node, PRODA_YAML_SEQUENCE, "cite", reader->error))
    return PRODA_ERROR;
  const char **reference = proda_manifest_alloc(reader, node->n_items, sizeof(char *));
  if (!reference)
    return PRODA_ERROR;
  for (size_t i = 0; i < node->n_items; i++)
    if (proda_yaml_string(reader->document, node->item[i], &reference[i], reader->error))
      return PRODA_ERROR;
  reader->manifest->reference = reference;
  reader->manifest->n_references = node->n_items;
  return PRODA_OK;
}

static int read_head(const struct manifest_reader *reader, const struct proda_yaml_node *root)
{
  struct proda_manifest *manifest = reader->manifest;
  if (read_name(reader, root) || proda_manifest_text(reader, root, "title", "", &manifest->title) ||
      proda_manifest_text(reader, root, "doc", "", &manifest->doc) ||
      read_references(reader, proda_yaml_get(root, "cite")))
    return PRODA_ERROR;
  return proda_manifest_read_settings(reader, proda_yaml_get(root, "settings"));
}

const char *const proda_ad_hoc_names[PRODA_N_AD_HOC] = {
    [PRODA_AD_HOC_DEFAULTS] = "defaults",
    [PRODA_AD_HOC_SITE_MEAN] = "site_mean",
};

static const char *const time_name[] = {"day", "yr", "month", "week", "h"};
static const double times_per_year[] = {365, 1, 12, 365 / 7.0, 8760};
enum { N_TIMES = sizeof time_name / sizeof *time_name };

double proda_manifest_times_per_year(const struct proda_manifest *manifest)
{
  size_t i = 0;
  while (i + 1 < N_TIMES && strcmp(manifest->time, time_name[i]) != 0)
    i++;
  return times_per_year[i];
}

/** What tells a manifest of formulas from one of a hand-written plugin. */
static bool has_formulas(const struct proda_yaml_node *root)
{
  const struct proda_yaml_node *inputs = proda_yaml_get(root, "inputs");
  const struct proda_yaml_node *modifiers = proda_yaml_get(root, "modifiers");
  return (inputs && inputs->kind == PRODA_YAML_MAPPING) ||
         (modifiers && modifiers->kind == PRODA_YAML_MAPPING);
}

static int read_model(const struct manifest_reader *reader, const struct proda_yaml_node *root)
{
  size_t unit, ad_hoc = PRODA_AD_HOC_DEFAULTS;
  if (proda_manifest_choose(reader, proda_yaml_get(root, "time"), time_name, N_TIMES,
                            "unit of time", &unit) ||
      proda_yaml_get_choice(reader->document, root, "ad_hoc", proda_ad_hoc_names, PRODA_N_AD_HOC,
                            &ad_hoc, reader->error))
    return PRODA_ERROR;
  reader->manifest->time = time_name[unit];
  reader->manifest->has_formulas = has_formulas(root);
  reader->manifest->ad_hoc = (enum proda_ad_hoc)ad_hoc;
  if (proda_manifest_read_grid(reader, proda_yaml_get(root, "grid")) ||
      proda_manifest_read_drivers(reader, proda_yaml_get(root, "drivers")) ||
      proda_manifest_read_amount(reader, root) ||
      proda_manifest_read_parameters(reader, proda_yaml_get(root, "parameters")))
    return PRODA_ERROR;
  if (proda_manifest_read_graph(reader, root) ||
      proda_manifest_read_quantities(reader, proda_yaml_get(root, "quantities")))
    return PRODA_ERROR;
  return proda_manifest_read_formulas(reader, root);
}

static int read_root(const struct manifest_reader *reader, const struct proda_yaml_node *root)
{
  static const char *const known_plain[] = {"proda", "kind", "name",     "title",
                                            "doc",   "cite", "settings", NULL};
  static const char *const required_plain[] = {"name", "title", NULL};
  static const char *const known_model[] = {
      "proda", "kind", "name", "title", PRODA_MANIFEST_SECTIONS, NULL};
  static const char *const required_model[] = {"name",       "title", "time",   "grid",
                                               "parameters", "pools", "inputs", "channels",
                                               "observe",    NULL};
  if (proda_manifest_read_version(reader, root) || read_kind(reader, root))
    return PRODA_ERROR;
  bool model = reader->manifest->kind == PRODA_MODEL;
  static const char *const what[] = {"", "a model's manifest", "a sampler's manifest",
                                     "an emulator's manifest"};
  if (proda_manifest_keys(reader, root, model ? known_model : known_plain,
                          model ? required_model : required_plain, what[reader->manifest->kind]) ||
      read_head(reader, root))
    return PRODA_ERROR;
  return model ? read_model(reader, root) : PRODA_OK;
}

/** The tree as it was parsed, then what it includes. */
static int read_document(const struct manifest_reader *reader,
                         const struct proda_search_path *search, const char *text, size_t size)
{
  const struct proda_yaml_node *root = proda_yaml_root(reader->document);
  struct proda_digest *digest = proda_digest_new();
  if (!digest)
    return proda_error_set(reader->error, "%s: out of memory", reader->manifest->path);
  proda_digest_bytes(digest, text, size);
  int status = proda_manifest_include(reader, search, digest, &root);
  proda_digest_finish(digest, reader->manifest->digest);
  return status ? status : read_root(reader, root);
}

static int parse(const struct proda_search_path *search, const char *name, const char *text,
                 size_t size, struct proda_manifest **manifest, struct proda_error *error)
{
  struct owner *owner = calloc(1, sizeof *owner);
  if (!owner)
    return proda_error_set(error, "%s: out of memory", name);
  owner->arena = proda_arena_new();
  int status = owner->arena ? proda_yaml_parse(name, text, size, &owner->document, error)
                            : proda_error_set(error, "%s: out of memory", name);
  if (!status) {
    struct manifest_reader reader = {.document = owner->document,
                                     .arena = owner->arena,
                                     .manifest = &owner->manifest,
                                     .owned = &owner->expressions,
                                     .error = error};
    owner->manifest.path = proda_yaml_name(owner->document);
    status = read_document(&reader, search, text, size);
  }
  if (status)
    proda_manifest_free(&owner->manifest);
  else
    *manifest = &owner->manifest;
  return status;
}

int proda_manifest_parse(const char *name, const char *text, size_t size,
                         struct proda_manifest **manifest, struct proda_error *error)
{
  return parse(NULL, name, text, size, manifest, error);
}

int proda_manifest_read_along(const struct proda_search_path *search, const char *path,
                              struct proda_manifest **manifest, struct proda_error *error)
{
  char *text = NULL;
  size_t size = 0;
  if (proda_search_trust(search, path, error) ||
      proda_file_read(path, MAX_SIZE, &text, &size, error))
    return PRODA_ERROR;
  int status = parse(search, path, text, size, manifest, error);
  free(text);
  return status;
}

int proda_manifest_read(const char *path, struct proda_manifest **manifest,
                        struct proda_error *error)
{
  return proda_manifest_read_along(NULL, path, manifest, error);
}

void proda_manifest_free(struct proda_manifest *manifest)
{
  if (!manifest)
    return;
  struct owner *owner = (struct owner *)manifest; /* its first member */
  for (struct owned_expression *owned = owner->expressions; owned; owned = owned->next)
    proda_expression_free(owned->expression);
  proda_yaml_free(owner->document);
  proda_arena_free(owner->arena);
  free(owner);
}

long proda_manifest_parameter(const struct proda_manifest *manifest, const char *name)
{
  for (size_t i = 0; i < manifest->n_parameters; i++)
    if (strcmp(manifest->parameter[i].name, name) == 0 ||
        strcmp(manifest->parameter[i].symbol, name) == 0)
      return (long)i;
  return -1;
}

long proda_manifest_pool(const struct proda_manifest *manifest, const char *name)
{
  for (size_t i = 0; i < manifest->n_pools; i++)
    if (strcmp(manifest->pool[i], name) == 0)
      return (long)i;
  return -1;
}

long proda_manifest_driver(const struct proda_manifest *manifest, const char *name)
{
  for (size_t i = 0; i < manifest->n_drivers; i++)
    if (strcmp(manifest->driver[i].name, name) == 0)
      return (long)i;
  return -1;
}

long proda_manifest_observable(const struct proda_manifest *manifest, const char *name)
{
  for (size_t i = 0; i < manifest->n_observables; i++)
    if (strcmp(manifest->observable[i].name, name) == 0)
      return (long)i;
  return -1;
}

long proda_manifest_setting(const struct proda_manifest *manifest, const char *name)
{
  for (size_t i = 0; i < manifest->n_settings; i++)
    if (strcmp(manifest->setting[i].name, name) == 0)
      return (long)i;
  return -1;
}
