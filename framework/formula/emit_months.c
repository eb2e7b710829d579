#include <stdlib.h>
#include <string.h>

#include "formula/emit_variant.h"

static void add_step(struct variant *v, struct job *job)
{
  size_t step = v->e.graph->value[v->recursion].argument[0];
  job->carries = true;
  proda_job_root(job, step, 0, "carried", NULL, "");
  proda_job_root(job, step, PRODA_DIM_MONTH, "record", "", "");
}

/** `first` before `*text`; frees both. */
static void join(struct variant *v, char *first, char **text)
{
  size_t size = strlen(first) + (*text ? strlen(*text) : 0) + 1;
  char *joined = malloc(size);
  if (joined)
    snprintf(joined, size, "%s%s", first, *text ? *text : "");
  else
    v->e.failed = true;
  free(first);
  free(*text);
  *text = joined;
}

/** The function that goes once through the months; added to those before. */
static void print_recursion(struct variant *v, const char *name)
{
  char comment[300], signature[400];
  char *before = v->part[PART_MONTHS];
  snprintf(comment, sizeof comment, "%s, from month to month: what it is after the last.", name);
  snprintf(signature, sizeof signature,
           "static double months_of_%s%%s(const void *model, const struct proda_forcing *forcing,\n"
           "                      double carried, double *record)",
           name);
  const struct function months = {
      .part = PART_MONTHS,
      .comment = comment,
      .signature = signature,
      .words = (const char *const[]){"model", NULL},
      .driver = "forcing->record",
      .after = "  return carried;\n",
      .months = "forcing->n_record",
  };
  v->part[PART_MONTHS] = NULL;
  proda_variant_print(v, JOB_SITE, false, false, add_step, &months);
  if (before)
    join(v, before, &v->part[PART_MONTHS]);
}

/** Recursions that the site's values are made of: their functions, and, to `out`, their calls. */
void proda_variant_months(struct variant *v, FILE *out)
{
  const struct proda_graph *graph = v->e.graph;
  bool *part = calloc(graph->n, sizeof *part);
  if (!part) {
    v->e.failed = true;
    return;
  }
  for (size_t k = 0; k < v->e.site.n; k++)
    proda_graph_parts(graph, v->e.site.value[k], part);
  for (size_t i = 0; i < graph->n; i++) {
    if (!part[i] || graph->value[i].op != PRODA_OP_PERIODIC)
      continue;
    const char *name = proda_emit_name(&v->e, i);
    v->recursion = i;
    print_recursion(v, name);
    fprintf(out,
            "  double record_of_%s[forcing->n_record];\n"
            "  if (proda_months_repeat(months_of_%s%s, model, forcing, ",
            name, name, v->e.suffix);
    proda_emit_number(out, graph->value[i].number);
    fprintf(
        out,
        ", record_of_%s))\n"
        "    return proda_error_set(error, \"'%s' comes out different in every repetition of the "
        "\"\n                                  \"forcing's months\"),\n           PRODA_REJECT;\n"
        "  const double *%s = record_of_%s + forcing->month;\n",
        name, name, name, name);
  }
  free(part);
}
