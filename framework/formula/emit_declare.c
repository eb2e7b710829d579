#include <math.h>
#include <stdlib.h>

#include "formula/emit_variant.h"

static int print_tables(struct variant *v, FILE *out, struct proda_error *error)
{
  struct emission *e = &v->e;
  size_t L = e->manifest->grid.n_layers;
  double *number = calloc(e->graph->n * L, sizeof *number);
  if (!number)
    return proda_variant_out_of_memory(v, error);
  proda_graph_evaluate(e->graph, NULL, NULL, NAN, number);
  for (size_t k = 0; k < e->table.n; k++) {
    size_t value = e->table.value[k];
    fprintf(out, "\nstatic const double TABLE%s_%s[N_LAYERS] = {", e->suffix,
            proda_emit_name(e, value));
    for (size_t l = 0; l < L; l++) {
      fputs(l % 4 == 0 ? "\n    " : " ", out);
      proda_emit_number(out, number[value * L + l]);
      fputc(',', out);
    }
    fprintf(out, "\n};\n");
  }
  free(number);
  return PRODA_OK;
}

static void print_created(struct variant *v, FILE *out)
{
  struct emission *e = &v->e;
  fprintf(out, "\nstruct created%s {\n", e->suffix);
  for (size_t k = 0; k < e->create.n; k++) {
    size_t value = e->create.value[k];
    fprintf(out, "  double %s%s;\n", proda_emit_name(e, value),
            e->graph->value[value].dims ? "[N_LAYERS]" : "");
  }
  fprintf(out, "%s};\n", e->create.n == 0 ? "  char nothing;\n" : "");
}

/** A struct of offsets and the function that fills it. */
static void print_layout(struct variant *v, FILE *out, const char *name, const char *comment,
                         const struct store *store)
{
  static const char *const shape[] = {"", "[layer] ", "[month] ", "[layer][month] "};
  static const char *const size[] = {"1", "N_LAYERS", "n_months", "N_LAYERS * n_months"};
  struct emission *e = &v->e;
  fprintf(out, "\n/* %s */\nstruct %s%s {\n", comment, name, e->suffix);
  for (size_t k = 0; k < store->n; k++) {
    fprintf(out, "  size_t %s; /* %s", proda_emit_name(e, store->value[k]),
            shape[e->graph->value[store->value[k]].dims & 3u]);
    proda_emit_description(e, out, store->value[k], true);
    fprintf(out, " */\n");
  }
  fprintf(out,
          "  size_t size;\n};\n\nstatic struct %s%s %s%s(size_t n_months)\n{\n"
          "  struct %s%s at;\n  size_t size = 0;\n  (void)n_months;\n",
          name, e->suffix, name, e->suffix, name, e->suffix);
  for (size_t k = 0; k < store->n; k++)
    fprintf(out, "  at.%s = size;\n  size += %s;\n", proda_emit_name(e, store->value[k]),
            size[e->graph->value[store->value[k]].dims & 3u]);
  fprintf(out, "  at.size = size;\n  return at;\n}\n");
}

int proda_variant_declare(struct variant *v, struct variant_text *text, struct proda_error *error)
{
  size_t size;
  FILE *out = open_memstream(&text->declarations, &size);
  if (!out)
    return proda_variant_out_of_memory(v, error);
  int status = print_tables(v, out, error);
  print_created(v, out);
  print_layout(v, out, "site_layout", "Where a site's numbers stand, in lanes.", &v->e.site);
  print_layout(v, out, "carry_layout", "What a draw leaves for functions of a state, in lanes.",
               &v->e.carry);
  return fclose(out) != 0 ? proda_variant_out_of_memory(v, error) : status;
}

/** The tables of functions that the extensions are. */
void proda_variant_extensions(const struct variant *v, FILE *out)
{
  const struct proda_manifest *m = v->program->manifest;
  const char *s = v->e.suffix;
  if (v->n_slopes > 0) {
    fprintf(out, "\nstatic const struct proda_slope slope_of%s[] = {\n", s);
    for (size_t k = 0; k < v->n_slopes; k++)
      fprintf(out, "    {CH_%s, POOL_%s},\n", m->channel[v->slope[k].channel].name,
              m->pool[v->slope[k].pool]);
    fprintf(out, "};\n");
  }
  if (v->part[PART_RATES])
    fprintf(out,
            "\nstatic const struct proda_nonlinear_ops nonlinear_ops%s = {\n"
            "    .size = sizeof nonlinear_ops%s,\n    .rates = rates%s,\n%s%s%s%s%s%s",
            s, s, s, m->n_steady ? "    .steady = steady" : "", m->n_steady ? s : "",
            m->n_steady ? ",\n" : "", m->n_refusals ? "    .judge = judge" : "",
            m->n_refusals ? s : "", m->n_refusals ? ",\n" : "");
  if (v->part[PART_RATES] && v->n_slopes > 0)
    fprintf(out, "    .n_slopes = %zu,\n    .slope_of = slope_of%s,\n    .slopes = slopes%s,\n",
            v->n_slopes, s, s);
  if (v->part[PART_RATES])
    fprintf(out, "};\n");
  if (v->part[PART_QUANTITIES])
    fprintf(out,
            "\nstatic const struct proda_quantities_ops quantities_ops%s = {\n"
            "    .size = sizeof quantities_ops%s,\n    .fill = quantities%s,\n};\n",
            s, s, s);
  if (v->part[PART_TANGENT])
    fprintf(out,
            "\nstatic const struct proda_tangent_ops tangent_ops%s = {\n"
            "    .size = sizeof tangent_ops%s,\n    .fill = tangent_of_terms%s,\n};\n",
            s, s, s);
}
