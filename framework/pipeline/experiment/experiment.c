#include "pipeline/experiment/experiment.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/experiment/experiment_reader.h"

enum { EXPERIMENT_VERSION = 1 };

/** What proda_experiment_free must find again; `experiment` is the public face. */
struct owner {
  struct proda_experiment experiment;
  struct proda_arena *arena;
};

int proda_experiment_no_memory(const struct experiment_reader *reader)
{
  return proda_error_set(reader->error, "%s: out of memory", proda_yaml_name(reader->document));
}

int proda_experiment_settings(const struct experiment_reader *reader,
                              const struct proda_yaml_node *mapping,
                              const struct proda_yaml_node **settings)
{
  *settings = proda_yaml_get(mapping, "settings");
  return *settings ? proda_yaml_expect(reader->document, *settings, PRODA_YAML_MAPPING, "settings",
                                       reader->error)
                   : PRODA_OK;
}

/* ---- paths ---- */

/** Writes the value of "${NAME}" or "${NAME:-default}" at *text and moves past it; *from_outside
 * tells a value of the environment from a default. */
static int expand_one(const struct experiment_reader *reader, const struct proda_yaml_node *node,
                      const char **text, FILE *out, bool *from_outside)
{
  const char *start = *text + 2, *end = strchr(start, '}');
  char name[128];
  size_t length = strcspn(start, ":}");
  if (!end || length == 0 || length >= sizeof name ||
      (start[length] == ':' && start[length + 1] != '-'))
    return proda_yaml_error(reader->document, node, reader->error,
                            "expected ${NAME} or ${NAME:-default} in '%.80s'", node->text);
  snprintf(name, sizeof name, "%.*s", (int)length, start);
  const char *value = getenv(name);
  *from_outside = value && *value;
  if (*from_outside)
    fputs(value, out);
  else if (start[length] == ':')
    fprintf(out, "%.*s", (int)(end - start - (ptrdiff_t)length - 2), start + length + 2);
  else
    return proda_yaml_error(reader->document, node, reader->error,
                            "the environment has no %s; set it, or write ${%s:-default}", name,
                            name);
  *text = end + 1;
  return PRODA_OK;
}

static int expand(const struct experiment_reader *reader, const struct proda_yaml_node *node,
                  FILE *out, bool *from_outside)
{
  const char *text = node->text;
  while (*text) {
    bool outside = false, first = text == node->text;
    if (strncmp(text, "${", 2) != 0)
      fputc(*text++, out);
    else if (expand_one(reader, node, &text, out, &outside))
      return PRODA_ERROR;
    if (first)
      *from_outside = outside;
  }
  return PRODA_OK;
}

/** A path with its variables filled in. What starts with a value of the environment is relative to
 * the working directory, everything else to the experiment's. */
static int read_path(const struct experiment_reader *reader, const struct proda_yaml_node *node,
                     char **path)
{
  char *expanded = NULL, *joined = NULL;
  size_t size = 0;
  bool from_outside = false;
  const char *text, *directory = reader->experiment->directory;
  if (proda_yaml_string(reader->document, node, &text, reader->error))
    return PRODA_ERROR;
  FILE *out = open_memstream(&expanded, &size);
  if (!out)
    return proda_experiment_no_memory(reader);
  int status = expand(reader, node, out, &from_outside);
  if (fclose(out) && !status)
    status = proda_experiment_no_memory(reader);
  if (!status && size == 0)
    status = proda_yaml_error(reader->document, node, reader->error,
                              "expected a path, found '%.80s', which comes to nothing", text);
  if (!status) {
    bool as_it_is = from_outside || expanded[0] == '/' || strcmp(directory, ".") == 0;
    size_t length = strlen(directory) + size + 2;
    joined = proda_arena_alloc(reader->arena, length, 1);
    if (!joined)
      status = proda_experiment_no_memory(reader);
    else if (as_it_is)
      snprintf(joined, length, "%s", expanded);
    else
      snprintf(joined, length, "%s/%s", directory, expanded);
  }
  free(expanded);
  *path = joined;
  return status;
}

static char *join(const struct experiment_reader *reader, const char *directory, const char *name)
{
  size_t length = strlen(directory) + strlen(name) + 2;
  char *path = proda_arena_alloc(reader->arena, length, 1);
  if (path)
    snprintf(path, length, "%s/%s", directory, name);
  return path;
}

/* ---- data ---- */

static int read_synth(const struct experiment_reader *reader, const struct proda_yaml_node *node)
{
  static const char *const known[] = {"truth", "profiles", "resolution", "noise", NULL};
  struct proda_experiment *experiment = reader->experiment;
  struct proda_experiment_synth *synth = &experiment->synth;
  experiment->synthetic = true;
  if (proda_yaml_known_keys(reader->document, node, known, "synth", reader->error) ||
      proda_yaml_get_string(reader->document, node, "truth", &synth->truth, reader->error) ||
      proda_yaml_get_integer(reader->document, node, "profiles", 10, 1000000, &synth->profiles,
                             reader->error) ||
      proda_yaml_get_number(reader->document, node, "resolution", 0.25, 30.0, &synth->resolution,
                            reader->error) ||
      proda_yaml_get_number(reader->document, node, "noise", 0.0, 2.0, &synth->noise,
                            reader->error))
    return PRODA_ERROR;
  experiment->profiles = join(reader, experiment->output, "world/profiles.nc");
  experiment->grid = join(reader, experiment->output, "world/grid.nc");
  return experiment->profiles && experiment->grid ? PRODA_OK : proda_experiment_no_memory(reader);
}

static int read_data(const struct experiment_reader *reader, const struct proda_yaml_node *node)
{
  static const char *const known[] = {"profiles", "grid", "synth", NULL};
  static const char *const required[] = {"profiles", "grid", NULL};
  if (proda_yaml_known_keys(reader->document, node, known, "data", reader->error))
    return PRODA_ERROR;
  const struct proda_yaml_node *synth = proda_yaml_get(node, "synth");
  if (synth && node->n_items > 1)
    return proda_yaml_error(reader->document, node, reader->error,
                            "data are either 'synth' or 'profiles' and 'grid', not both");
  if (synth)
    return read_synth(reader, synth);
  if (proda_yaml_keys(reader->document, node, known, required, "data", reader->error) ||
      read_path(reader, proda_yaml_get(node, "profiles"), &reader->experiment->profiles))
    return PRODA_ERROR;
  return read_path(reader, proda_yaml_get(node, "grid"), &reader->experiment->grid);
}

/* ---- head ---- */

static int read_version(const struct experiment_reader *reader, const struct proda_yaml_node *root)
{
  static const char *const kind[] = {"experiment"};
  const struct proda_yaml_node *node = proda_yaml_get(root, "proda");
  long version;
  size_t index;
  if (!node)
    return proda_yaml_error(reader->document, root, reader->error,
                            "this is not an experiment: it lacks the key 'proda: %d'",
                            EXPERIMENT_VERSION);
  if (proda_yaml_integer(reader->document, node, 0, 1000000, &version, reader->error))
    return PRODA_ERROR;
  if (version != EXPERIMENT_VERSION)
    return proda_yaml_error(reader->document, node, reader->error,
                            "written in form %ld of experiments; this proda reads form %d", version,
                            EXPERIMENT_VERSION);
  node = proda_yaml_get(root, "kind");
  return node ? proda_yaml_choose(reader->document, node, kind, 1, "kind of file", &index,
                                  reader->error)
              : proda_yaml_error(reader->document, root, reader->error,
                                 "an experiment lacks the key 'kind: experiment'");
}

static int read_head(const struct experiment_reader *reader, const struct proda_yaml_node *root)
{
  struct proda_experiment *experiment = reader->experiment;
  long seed = 1;
  if (proda_yaml_get_string(reader->document, root, "name", &experiment->name, reader->error) ||
      proda_yaml_get_integer(reader->document, root, "seed", 0, LONG_MAX, &seed, reader->error))
    return PRODA_ERROR;
  experiment->seed = (uint64_t)seed;
  return read_path(reader, proda_yaml_get(root, "output"), &experiment->output);
}

static int read_root(const struct experiment_reader *reader, const struct proda_yaml_node *root)
{
  static const char *const known[] = {"proda",  "kind",  "name",       "doc",     "seed",
                                      "output", "data",  "structures", "prepare", "calibrate",
                                      "screen", "train", "compare",    "report",  NULL};
  static const char *const required[] = {"name",      "output", "data", "structures",
                                         "calibrate", "train",  NULL};
  if (read_version(reader, root) ||
      proda_yaml_keys(reader->document, root, known, required, "an experiment", reader->error) ||
      read_head(reader, root) || read_data(reader, proda_yaml_get(root, "data")) ||
      proda_experiment_read_structures(reader, proda_yaml_get(root, "structures")))
    return PRODA_ERROR;
  struct proda_experiment *experiment = reader->experiment;
  if (!experiment->synth.truth)
    experiment->synth.truth = experiment->structure[0].model;
  if (proda_experiment_read_prepare(reader, proda_yaml_get(root, "prepare")) ||
      proda_experiment_read_calibrate(reader, proda_yaml_get(root, "calibrate")) ||
      proda_experiment_read_screen(reader, proda_yaml_get(root, "screen")))
    return PRODA_ERROR;
  if (proda_experiment_read_train(reader, proda_yaml_get(root, "train")))
    return PRODA_ERROR;
  if (proda_experiment_read_compare(reader, proda_yaml_get(root, "compare")))
    return PRODA_ERROR;
  return proda_experiment_read_report(reader, proda_yaml_get(root, "report"));
}

static char *directory_of(struct proda_arena *arena, const char *path)
{
  const char *slash = strrchr(path, '/');
  if (!slash)
    return proda_arena_text(arena, ".", 1);
  return proda_arena_text(arena, path, slash == path ? 1 : (size_t)(slash - path));
}

static const struct proda_experiment defaults = {
    .synth = {.profiles = 400, .resolution = 5.0, .noise = 0.1},
    .prepare = {.every = 1,
                .min_layers = 3,
                .min_depth = 0.5,
                .bulk_density = PRODA_BULK_DENSITY_FIT,
                .a = 0.32,
                .b = 1.30,
                .c = 0.0089},
    .calibrate = {.observation = {.observable = "soc",
                                  .at = PRODA_OBSERVE_NODE,
                                  .error = PRODA_ERROR_GAUSSIAN,
                                  .relative = 0.6,
                                  .absolute = 0.0,
                                  .sd = 0.6},
                  .reject_near_singular = true,
                  .keep = 100,
                  .estimate = PRODA_ESTIMATE_MEAN},
    .screen = {.max_rhat = 1.05, .min_nse = 0.0},
    .train = {.validation = PRODA_VALIDATION_RANDOM,
              .share = 0.1,
              .block_degrees = 5.0,
              .classes = PRODA_CLASS_ONE_HOT,
              .missing = PRODA_MISSING_MEDIAN},
    .compare = {.resamples = 2000},
    .report = {.figures = true},
};

int proda_experiment_read(const char *path, struct proda_experiment **experiment,
                          struct proda_error *error)
{
  struct owner *owner = calloc(1, sizeof *owner);
  if (!owner)
    return proda_error_set(error, "%s: out of memory", path);
  owner->experiment = defaults;
  owner->arena = proda_arena_new();
  if (owner->arena)
    owner->experiment.directory = directory_of(owner->arena, path);
  int status = owner->experiment.directory
                   ? proda_yaml_read(path, &owner->experiment.document, error)
                   : proda_error_set(error, "%s: out of memory", path);
  if (!status) {
    struct experiment_reader reader = {.document = owner->experiment.document,
                                       .arena = owner->arena,
                                       .experiment = &owner->experiment,
                                       .error = error};
    status = read_root(&reader, proda_yaml_root(reader.document));
  }
  if (status)
    proda_experiment_free(&owner->experiment);
  else
    *experiment = &owner->experiment;
  return status;
}

void proda_experiment_free(struct proda_experiment *experiment)
{
  if (!experiment)
    return;
  struct owner *owner = (struct owner *)experiment; /* its first member */
  proda_yaml_free(experiment->document);
  proda_arena_free(owner->arena);
  free(owner);
}
