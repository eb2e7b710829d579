#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "formula/emit_variant.h"

/** Whether a text has the word. */
static bool mentions(const char *text, const char *word)
{
  size_t length = strlen(word);
  for (const char *at = text; (at = strstr(at, word)); at += length) {
    bool start = at == text || !(isalnum((unsigned char)at[-1]) || at[-1] == '_');
    if (start && !isalnum((unsigned char)at[length]) && at[length] != '_')
      return true;
  }
  return false;
}

/** What the body needs before it, and what it does not use. */
static void print_preamble(const struct variant *v, FILE *out, const char *body,
                           const struct function *f)
{
  const char *suffix = v->e.suffix;
  bool months = mentions(body, "n_months"), at = mentions(body, "at"),
       kept = mentions(body, "kept"), driver = f->driver && mentions(body, "driver");
  bool self = mentions(body, "made")
                  ? false
                  : (months && !f->months) || at || kept || mentions(body, "self");
  if (self)
    fprintf(out, "  const struct model *self = model;\n");
  for (const char *const *word = f->words; *word; word++) {
    bool before =
        (self && strcmp(*word, "model") == 0) || (driver && strcmp(*word, "forcing") == 0);
    if (!before && !mentions(body, *word))
      fprintf(out, "  (void)%s;\n", *word);
  }
  if (driver)
    fprintf(out, "  const double *const *driver = %s;\n", f->driver);
  if (months)
    fprintf(out, "  const size_t n_months = %s;\n",
            f->months ? f->months
            : self    ? "self->n_months"
                      : "made->n_months");
  if (at)
    fprintf(out, "  const struct site_layout%s at = site_layout%s(self->n_months);\n", suffix,
            suffix);
  if (kept)
    fprintf(out, "  const struct carry_layout%s kept = carry_layout%s(self->n_months);\n", suffix,
            suffix);
}

static char *body_of(struct job *job, const struct function *f)
{
  char *body = NULL;
  size_t size;
  FILE *stream = open_memstream(&body, &size);
  if (!stream)
    return NULL;
  fputs(f->before ? f->before : "", stream);
  proda_emit_body(job, stream);
  fputs(f->after ? f->after : "", stream);
  return fclose(stream) == 0 ? body : NULL;
}

static void print_function(struct variant *v, struct job *job, const struct function *f)
{
  size_t size;
  proda_job_collect(job);
  if (v->e.failed)
    return;
  proda_job_schedule(job);
  char *body = body_of(job, f);
  FILE *out = body ? open_memstream(&v->part[f->part], &size) : NULL;
  if (!out) {
    v->e.failed = true;
    free(body);
    return;
  }
  fprintf(out, "\n/* %s */\n", f->comment);
  fprintf(out, f->signature, v->e.suffix); // NOLINT(clang-diagnostic-format-nonliteral)
  fprintf(out, "\n{\n");
  print_preamble(v, out, body, f);
  fprintf(out, "%s}\n", body);
  free(body);
  if (fclose(out) != 0)
    v->e.failed = true;
}

void proda_variant_print(struct variant *v, enum job_kind kind, bool of_state, bool makes_carry,
                         void (*add)(struct variant *, struct job *), const struct function *f)
{
  struct job job;
  if (proda_job_start(&job, &v->e, kind)) {
    job.of_state = of_state;
    job.makes_carry = makes_carry;
    add(v, &job);
    print_function(v, &job, f);
  }
  proda_job_end(&job);
}
