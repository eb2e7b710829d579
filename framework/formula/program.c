#include "formula/program.h"

#include <stdlib.h>

#include "formula/lower.h"

static size_t *list(size_t n)
{
  return calloc(n + 1, sizeof(size_t));
}

static int allocate(struct proda_program *program)
{
  const struct proda_manifest *m = program->manifest;
  program->graph = proda_graph_new(&m->grid);
  program->named =
      calloc(m->n_definitions + m->n_modifiers + m->n_steady + 1, sizeof *program->named);
  program->modifier = list(m->n_modifiers);
  program->input = list(m->n_inputs);
  program->rate = list(m->n_channels);
  program->fraction = list(m->n_transfers);
  program->steady = list(m->n_steady);
  program->refusal = list(m->n_refusals);
  program->quantity = list(m->n_quantities);
  bool all = program->graph && program->named && program->modifier && program->input &&
             program->rate && program->fraction && program->steady && program->refusal &&
             program->quantity;
  return all ? PRODA_OK : PRODA_ERROR;
}

int proda_program_new(const struct proda_manifest *manifest, size_t variant,
                      struct proda_program **program, struct proda_error *error)
{
  struct proda_program *made = calloc(1, sizeof *made);
  double *setting = calloc(manifest->n_settings + 1, sizeof *setting);
  struct binding *binding = calloc(
      manifest->n_definitions + manifest->n_modifiers + manifest->n_steady + 4, sizeof *binding);
  int status = PRODA_ERROR;
  if (made)
    made->manifest = manifest;
  if (!made || !setting || !binding || allocate(made)) {
    proda_error_set(error, "%s: out of memory", manifest->path);
    goto out;
  }
  proda_program_settings(manifest, variant, setting);
  struct lowering l = {.program = made,
                       .graph = made->graph,
                       .setting = setting,
                       .error = error,
                       .binding = binding};
  status = proda_lower_targets(&l);
out:
  free(setting);
  free(binding);
  if (status)
    proda_program_free(made);
  else
    *program = made;
  return status;
}

void proda_program_free(struct proda_program *program)
{
  if (!program)
    return;
  proda_graph_free(program->graph);
  free(program->named);
  free(program->modifier);
  free(program->input);
  free(program->rate);
  free(program->fraction);
  free(program->steady);
  free(program->refusal);
  free(program->quantity);
  free(program);
}
