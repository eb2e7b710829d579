#include <string.h>

#include "describe/describe.h"
#include "describe/outline.h"
#include "plugin/loader.h"

enum { MAX_LABEL = 26 /* characters of a formula on one line of a picture */ };

/** A formula as part of a quoted string, broken after operators where lines get long. */
static void print_label(const char *text, FILE *out)
{
  size_t column = 0;
  bool space = false;
  for (; *text; text++) {
    if (strchr(" \t\r\n", *text)) {
      space = true;
      continue;
    }
    if (space && column > MAX_LABEL) {
      fputs("\\n", out);
      column = 0;
    } else if (space) {
      fputc(' ', out);
    }
    space = false;
    if (*text == '"' || *text == '\\')
      fputc('\\', out);
    fputc(*text, out);
    column++;
  }
}

static void print_pool(const struct outline *outline, size_t pool, FILE *out)
{
  const struct proda_manifest *m = outline->manifest;
  fprintf(out, "  \"pool %s\" [label=\"%s", m->pool[pool], m->pool[pool]);
  if (*m->pool_doc[pool]) {
    fputs("\\n", out);
    print_label(m->pool_doc[pool], out);
  }
  fprintf(out, "\", shape=box, style=\"filled%s\", fillcolor=\"%s\"%s];\n",
          m->transported[pool] ? "" : ",rounded", m->transported[pool] ? "#dce9d5" : "#f2e7d5",
          m->transported[pool] ? ", peripheries=2" : "");
}

static void print_pools(const struct outline *outline, FILE *out)
{
  const struct proda_manifest *m = outline->manifest;
  for (size_t p = 0; p < m->n_pools; p++)
    print_pool(outline, p, out);
  fputs("  \"input\" [label=\"plant input\", shape=plain, fontcolor=\"#3c7a3c\"];\n", out);
  for (size_t i = 0; i < m->n_inputs; i++)
    fprintf(out, "  \"input\" -> \"pool %s\" [color=\"#3c7a3c\"];\n", m->pool[m->input[i]]);
}

/** A channel is a node of its own, so that its rate stands once and several may end there. */
static void print_channel(const struct outline *outline, size_t channel, FILE *out)
{
  const struct proda_manifest *m = outline->manifest;
  const struct proda_channel *c = &m->channel[channel];
  fprintf(out, "  \"channel %s\" [label=\"", c->name);
  if (strcmp(c->name, m->pool[c->donor]) != 0)
    fprintf(out, "%s\\n", c->name);
  print_label(proda_phrase_rate(c), out);
  if (m->modifier_formula || !m->has_formulas)
    fprintf(out, "%s× %s", strpbrk(proda_phrase_rate(c), "+-") ? "\\n" : " ",
            m->modifier[c->modifier]);
  fprintf(out, "\", shape=%s, fontsize=10, margin=\"0.06,0.03\", color=\"#888888\"];\n",
          c->linear ? "ellipse" : "octagon");
  fprintf(out, "  \"pool %s\" -> \"channel %s\" [arrowhead=none];\n", m->pool[c->donor], c->name);
  for (size_t p = 0; p < m->n_pools; p++)
    if (p != c->donor && proda_outline_controls(outline, channel, p))
      fprintf(out,
              "  \"pool %s\" -> \"channel %s\" [style=dotted, color=\"#7a4a9e\", "
              "constraint=false];\n",
              m->pool[p], c->name);
}

static void print_transfers(const struct proda_manifest *m, FILE *out)
{
  for (size_t t = 0; t < m->n_transfers; t++) {
    const struct proda_transfer *transfer = &m->transfer[t];
    fprintf(out, "  \"channel %s\" -> \"pool %s\" [label=\"", m->channel[transfer->channel].name,
            m->pool[transfer->recipient]);
    print_label(transfer->fraction_text, out);
    fputs("\"];\n", out);
  }
}

/** Losses end in a small node of their own, not in one far away that all arrows cross to. */
static void print_losses(const struct outline *outline, FILE *out)
{
  const struct proda_manifest *m = outline->manifest;
  for (size_t i = 0; i < m->n_channels; i++) {
    const struct proda_channel *c = &m->channel[i];
    if (outline->all[i])
      continue;
    fprintf(out,
            "  \"loss %s\" [label=\"%s\", shape=plain, fontsize=10, fontcolor=\"#a03030\"];\n"
            "  \"channel %s\" -> \"loss %s\" [style=dashed, color=\"#a03030\"];\n",
            c->name, c->loss, c->name, c->name);
  }
}

int proda_describe_dot(const struct proda_manifest *manifest, FILE *out, struct proda_error *error)
{
  struct outline *outline = NULL;
  if (manifest->kind != PRODA_MODEL)
    return proda_error_set(error, "%s: '%s' is %s %s; only structures have a graph", manifest->path,
                           manifest->name, manifest->kind == PRODA_EMULATOR ? "an" : "a",
                           proda_kind_name(manifest->kind));
  if (proda_outline_new(manifest, &outline, error))
    return PRODA_ERROR;
  fprintf(out,
          "// %s: %s\n// dot -Tsvg\ndigraph \"%s\" {\n"
          "  rankdir=TB; nodesep=0.25; ranksep=0.3;\n"
          "  node [fontname=\"Helvetica\", fontsize=12];\n"
          "  edge [fontname=\"Helvetica\", fontsize=9, arrowsize=0.7];\n",
          manifest->name, manifest->title, manifest->name);
  print_pools(outline, out);
  for (size_t c = 0; c < manifest->n_channels; c++)
    print_channel(outline, c, out);
  print_transfers(manifest, out);
  print_losses(outline, out);
  fputs("}\n", out);
  proda_outline_free(outline);
  return PRODA_OK;
}
