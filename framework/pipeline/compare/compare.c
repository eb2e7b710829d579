#include <stdlib.h>

#include "pipeline/compare/comparison.h"
#include "pipeline/inputs.h"
#include "store/provenance.h"

const char *proda_compared_name(const struct proda_comparison *comparison, size_t structure)
{
  return comparison->run->experiment->structure[structure].name;
}

static int digest_stores(const struct proda_run *run, const char *structure,
                         struct proda_digest *digest, struct proda_error *error)
{
  static const char *const stage[] = {"calibrate", "screen", "train", "map"};
  proda_digest_text(digest, structure);
  for (size_t i = 0; i < sizeof stage / sizeof *stage; i++) {
    char *path = proda_store_path(run, structure, stage[i]);
    int status = path ? proda_inputs_store(digest, path, error)
                      : proda_error_set(error, "out of memory for a path");
    free(path);
    if (status != PRODA_OK)
      return status;
  }
  return PRODA_OK;
}

static int digest_inputs(const struct proda_run *run, char inputs[PRODA_DIGEST_SIZE],
                         struct proda_error *error)
{
  const struct proda_experiment *experiment = run->experiment;
  char *prepare = proda_store_path(run, NULL, "prepare");
  struct proda_digest *digest = proda_inputs_new("compare 2");
  int status = prepare && digest ? PRODA_OK : proda_error_set(error, "out of memory for a digest");
  if (status == PRODA_OK) {
    proda_digest_bytes(digest, &experiment->seed, sizeof experiment->seed);
    proda_inputs_section(digest, experiment->document, "compare");
    status = proda_inputs_store(digest, prepare, error);
  }
  for (size_t s = 0; s < experiment->n_structures && status == PRODA_OK; s++)
    status = digest_stores(run, experiment->structure[s].name, digest, error);
  if (status == PRODA_OK)
    status = proda_digest_file(digest, experiment->grid, error);
  if (digest)
    proda_digest_finish(digest, status == PRODA_OK ? inputs : NULL);
  free(prepare);
  return status;
}

static int read_all(struct proda_comparison *c, struct proda_error *error)
{
  if (proda_compared_maps_read(c->run, &c->maps, error) != PRODA_OK ||
      proda_compared_sites_read(c->run, &c->sites, error) != PRODA_OK)
    return PRODA_ERROR;
  return proda_compared_classes_read(c->run, c->sites->prepared, c->maps->n_cells, &c->classes,
                                     error);
}

static int define_dims(const struct proda_comparison *c, struct proda_draft *draft,
                       struct proda_error *error)
{
  const struct {
    const char *name;
    size_t length;
  } dim[] = {
      {"structure", c->n_structures},
      {"parameterisation", PRODA_N_PARAMETERISATIONS},
      {"depth", PRODA_MAP_N_DEPTHS},
      {"quantity", c->maps->n_quantities},
      {"site", c->sites->prepared->n_sites},
      {"pair", c->n_pairs},
      {"class", c->classes->n},
  };
  for (size_t i = 0; i < sizeof dim / sizeof *dim; i++)
    if (dim[i].length > 0 && proda_draft_dim(draft, dim[i].name, dim[i].length, error) != PRODA_OK)
      return PRODA_ERROR;
  return PRODA_OK;
}

static int compute(const struct proda_comparison *c, struct proda_draft *draft,
                   struct proda_error *error)
{
  static proda_comparison_part *const part[] = {
      proda_compare_names,     proda_compare_fate,       proda_compare_convergence,
      proda_compare_skill,     proda_compare_saturation, proda_compare_totals,
      proda_compare_latitudes, proda_compare_classes,    proda_compare_pairs,
  };
  if (define_dims(c, draft, error) != PRODA_OK)
    return PRODA_ERROR;
  for (size_t i = 0; i < sizeof part / sizeof *part; i++)
    if (part[i](c, draft, error) != PRODA_OK)
      return PRODA_ERROR;
  return PRODA_OK;
}

static int write_store(const struct proda_run *run, const struct proda_draft *draft,
                       const char *store, const char *inputs, struct proda_error *error)
{
  struct proda_nc *file = NULL;
  if (proda_nc_create(store, &file, error) != PRODA_OK)
    return PRODA_ERROR;
  if (proda_provenance_put(file, "Structures side by side", run->command, inputs,
                           proda_run_name(run), run->experiment->seed, error) != PRODA_OK ||
      proda_draft_write(draft, file, error) != PRODA_OK) {
    proda_nc_abandon(file);
    return PRODA_ERROR;
  }
  return proda_nc_commit(file, error);
}

static int make(const struct proda_run *run, const char *store, const char *inputs,
                struct proda_error *error)
{
  size_t n = run->experiment->n_structures;
  struct proda_comparison c = {.run = run, .n_structures = n, .n_pairs = n * (n - 1) / 2};
  struct proda_draft *draft = proda_draft_new();
  int status = draft ? read_all(&c, error) : proda_error_set(error, "out of memory");
  if (status == PRODA_OK)
    status = compute(&c, draft, error);
  if (status == PRODA_OK)
    status = write_store(run, draft, store, inputs, error);
  proda_draft_free(draft);
  proda_compared_maps_free(c.maps);
  proda_compared_classes_free(c.classes);
  proda_compared_sites_free(c.sites);
  return status;
}

int proda_stage_compare(const struct proda_run *run, struct proda_error *error)
{
  char inputs[PRODA_DIGEST_SIZE];
  proda_stage_begin(run, "compare", NULL);
  char *store = proda_store_path(run, NULL, "compare");
  int status = store ? digest_inputs(run, inputs, error)
                     : proda_error_set(error, "out of memory for a path");
  bool due = false;
  if (status == PRODA_OK)
    status = proda_stage_due(run, "compare", NULL, store, inputs, &due, error);
  if (due)
    status = make(run, store, inputs, error);
  free(store);
  return status;
}
