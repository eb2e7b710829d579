#include <stdlib.h>
#include <string.h>

#include "formula/emit.h"
#include "formula/source.h"

/** The file being written. */
struct model_file {
  const struct proda_manifest *manifest;
  size_t n; /**< variants */
  char (*suffix)[64];
  struct variant_text *text;
  FILE *out;
};

/** "_MM_shallow": the choices of a variant. */
static void name_variant(const struct proda_manifest *m, size_t variant, char suffix[64])
{
  double setting[m->n_settings + 1], first[m->n_settings + 1], last[m->n_settings + 1];
  size_t at = 0, n;
  *suffix = '\0';
  proda_program_variants(m, &n, NULL);
  proda_program_settings(m, variant, setting);
  for (size_t i = 0; n > 1 && i < m->n_settings && at < 48; i++) {
    const struct proda_setting_spec *spec = &m->setting[i];
    bool choice = spec->type == PRODA_SETTING_CHOICE;
    bool varies = false;
    for (size_t k = 0; k < n && !varies; k++) {
      proda_program_settings(m, 0, first);
      proda_program_settings(m, k, last);
      varies = first[i] != last[i];
    }
    if (varies)
      at += (size_t)snprintf(suffix + at, 64 - at, "_%.12s%s",
                             choice ? spec->choice[(size_t)setting[i]] : spec->name,
                             choice            ? ""
                             : setting[i] != 0 ? "_on"
                                               : "_off");
  }
  if (n > 1)
    snprintf(suffix + at, 64 - at, "_%zu", variant);
}

/** Text within a comment, which it cannot end. */
static void print_text(FILE *out, const char *text)
{
  for (; *text; text++) {
    fputc(*text, out);
    if (text[0] == '*' && text[1] == '/')
      fputc(' ', out);
  }
}

static void print_head(const struct model_file *s)
{
  const struct proda_manifest *m = s->manifest;
  fputs("/* ", s->out);
  print_text(s->out, m->title);
  fprintf(s->out,
          ": made by proda from the formulas of %s.yaml; change those. */\n"
          "#include <math.h>\n#include <stdlib.h>\n#include <string.h>\n\n"
          "#include <proda/model.h>\n#include <proda/soil.h>\n\n",
          m->name);
  proda_emit_names(m, s->out);
}

/** What differs between variants, called through one table. */
static void print_model(const struct model_file *s)
{
  fprintf(s->out,
          "\nstruct variant {\n"
          "  size_t (*site_size)(size_t n_months);\n"
          "  size_t (*carry_size)(size_t n_months);\n"
          "  int (*site)(const void *model, const struct proda_forcing *forcing, lane *site,\n"
          "              int i, struct proda_error *error);\n"
          "  void (*terms)(const void *model, const lane *site, const lane *parameter,\n"
          "                const struct proda_terms *terms);\n"
          "  const struct proda_nonlinear_ops *nonlinear;\n"
          "  const struct proda_quantities_ops *quantities;\n"
          "  const struct proda_tangent_ops *tangent;\n"
          "};\n\n"
          "struct model {\n  size_t n_months;\n  const struct variant *variant;\n");
  for (size_t v = 0; v < s->n; v++)
    fprintf(s->out, "  struct created%s created%s;\n", s->suffix[v], s->suffix[v]);
  fprintf(s->out, "};\n");
}

static void print_variant_table(const struct model_file *s, size_t v)
{
  const char *suffix = s->suffix[v];
  fprintf(s->out,
          "\nstatic size_t site_size%s(size_t n_months)\n{\n"
          "  return site_layout%s(n_months).size;\n}\n"
          "\nstatic size_t carry_size%s(size_t n_months)\n{\n"
          "  return carry_layout%s(n_months).size;\n}\n"
          "\nstatic const struct variant variant%s = {\n"
          "    .site_size = site_size%s,\n    .carry_size = carry_size%s,\n"
          "    .site = site%s,\n    .terms = terms%s,\n",
          suffix, suffix, suffix, suffix, suffix, suffix, suffix, suffix, suffix);
  if (s->text[v].has_rates)
    fprintf(s->out, "    .nonlinear = &nonlinear_ops%s,\n", suffix);
  if (s->text[v].has_quantities)
    fprintf(s->out, "    .quantities = &quantities_ops%s,\n", suffix);
  if (s->text[v].has_tangent)
    fprintf(s->out, "    .tangent = &tangent_ops%s,\n", suffix);
  fprintf(s->out, "};\n");
}

/** The condition that the settings are those of a variant. */
static void print_choice(const struct model_file *s, size_t variant)
{
  const struct proda_manifest *m = s->manifest;
  double setting[m->n_settings + 1], other[m->n_settings + 1];
  proda_program_settings(m, variant, setting);
  const char *joint = "";
  for (size_t i = 0; i < m->n_settings; i++) {
    bool varies = false;
    for (size_t k = 0; k < s->n && !varies; k++) {
      proda_program_settings(m, k, other);
      varies = other[i] != setting[i];
    }
    if (!varies)
      continue;
    fprintf(s->out, "%ssettings[SET_%s].value[0] == %g", joint, m->setting[i].name, setting[i]);
    joint = " && ";
  }
}

static void print_create(const struct model_file *s)
{
  const struct proda_manifest *m = s->manifest;
  fprintf(s->out,
          "\nstatic int create(const struct proda_model_shape *shape,\n"
          "                  const struct proda_setting *settings, void **model,\n"
          "                  struct proda_error *error)\n{\n"
          "  (void)settings;\n"
          "  if (shape->n_layers != N_LAYERS || shape->n_months == 0)\n"
          "    return proda_error_set(error,\n"
          "                           \"%s: asked for %%zu layers and %%zu months; it has %%d "
          "layers \"\n"
          "                           \"and needs at least one month\",\n"
          "                           shape->n_layers, shape->n_months, (int)N_LAYERS);\n"
          "  struct model *made = calloc(1, sizeof *made);\n"
          "  if (!made)\n    return proda_error_set(error, \"%s: out of memory\");\n"
          "  made->n_months = shape->n_months;\n",
          m->name, m->name);
  for (size_t v = 0; v < s->n; v++) {
    if (s->n > 1) {
      fprintf(s->out, "  if (");
      print_choice(s, v);
      fprintf(s->out, ") {\n  ");
    }
    fprintf(s->out, "  made->variant = &variant%s;\n%s  prepare%s(made, settings);\n", s->suffix[v],
            s->n > 1 ? "  " : "", s->suffix[v]);
    if (s->n > 1)
      fprintf(s->out, "  }\n");
  }
  fprintf(s->out, "  *model = made;\n  return PRODA_OK;\n}\n");
}

static void print_plugin(const struct model_file *s)
{
  static const char text[] =
      "\nstatic void destroy(void *model)\n{\n  free(model);\n}\n"
      "\nstatic size_t site_size_of(const void *model)\n{\n"
      "  const struct model *self = model;\n"
      "  return self->variant->site_size(self->n_months);\n}\n"
      "\nstatic size_t carry_size_of(const void *model)\n{\n"
      "  const struct model *self = model;\n"
      "  return self->variant->carry_size(self->n_months);\n}\n"
      "\nstatic int site_of(const void *model, const struct proda_forcing *forcing, lane *site, "
      "int i,\n"
      "                   struct proda_error *error)\n{\n"
      "  const struct model *self = model;\n"
      "  return self->variant->site(model, forcing, site, i, error);\n}\n"
      "\nstatic void terms_of(const void *model, const lane *site, const lane *parameter,\n"
      "                     const struct proda_terms *terms)\n{\n"
      "  const struct model *self = model;\n"
      "  self->variant->terms(model, site, parameter, terms);\n}\n"
      "\nstatic const void *extension(const void *model, const char *name)\n{\n"
      "  const struct model *self = model;\n"
      "  if (strcmp(name, \"nonlinear\") == 0)\n    return self->variant->nonlinear;\n"
      "  if (strcmp(name, \"quantities\") == 0)\n    return self->variant->quantities;\n"
      "  return strcmp(name, \"tangent\") == 0 ? self->variant->tangent : NULL;\n}\n"
      "\nstatic const struct proda_model_ops ops = {\n"
      "    .size = sizeof ops,\n    .create = create,\n    .destroy = destroy,\n"
      "    .site_size = site_size_of,\n    .site = site_of,\n    .terms = terms_of,\n"
      "    .extension = extension,\n    .carry_size = carry_size_of,\n};\n"
      "\nPRODA_EXPORT const struct proda_plugin proda_plugin = {\n"
      "    .abi = PRODA_ABI_VERSION,\n    .kind = PRODA_MODEL,\n    .name = MANIFEST_NAME,\n"
      "    .digest = MANIFEST_DIGEST,\n    .ops = &ops,\n};\n";
  fputs(text, s->out);
}

static void print_file(const struct model_file *s)
{
  print_head(s);
  for (size_t v = 0; v < s->n; v++)
    fputs(s->text[v].declarations, s->out);
  print_model(s);
  for (size_t v = 0; v < s->n; v++) {
    fputs(s->text[v].functions, s->out);
    print_variant_table(s, v);
  }
  print_create(s);
  print_plugin(s);
}

static int check_complete(const struct proda_manifest *m, struct proda_error *error)
{
  if (!m->has_formulas)
    return proda_error_set(
        error,
        "%s: this is not a manifest of formulas (its inputs are no mapping pool: "
        "formula), so that no C source can be made of it",
        m->path);
  for (size_t i = 0; i < m->n_quantities; i++)
    if (!m->quantity[i].value.expression)
      return proda_error_set(error, "%s: the quantity '%s' lacks its formula, 'value'", m->path,
                             m->quantity[i].name);
  return PRODA_OK;
}

int proda_emit_model(const struct proda_manifest *manifest, FILE *out, struct proda_error *error)
{
  struct model_file s = {.manifest = manifest, .out = out};
  if (check_complete(manifest, error) || proda_program_variants(manifest, &s.n, error))
    return PRODA_ERROR;
  s.suffix = calloc(s.n, sizeof *s.suffix);
  s.text = calloc(s.n, sizeof *s.text);
  int status =
      s.suffix && s.text ? PRODA_OK : proda_error_set(error, "%s: out of memory", manifest->path);
  for (size_t v = 0; v < s.n && !status; v++) {
    name_variant(manifest, v, s.suffix[v]);
    status = proda_emit_variant(manifest, v, s.suffix[v], &s.text[v], error);
  }
  if (!status)
    print_file(&s);
  if (!status && ferror(out))
    status = proda_error_set(error, "%s: its C source cannot be written", manifest->path);
  for (size_t v = 0; s.text && v < s.n; v++)
    proda_variant_text_free(&s.text[v]);
  free(s.text);
  free(s.suffix);
  return status;
}
