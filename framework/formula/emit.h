/** @file emit.h
 * C code of a program, for the files of this folder: what is stored where, what a function computes
 * in which loop, and its text.
 *
 * A function is a job: values to compute (roots) and where each goes. Values that come from
 * elsewhere (leaves, and what an earlier level has stored) are loaded; the rest is computed where
 * it varies: on top, in the loop over layers, in the loop over months within it. What a later loop
 * needs of an earlier one is kept in an array.
 */
#ifndef PRODA_FORMULA_EMIT_H
#define PRODA_FORMULA_EMIT_H

#include <stdio.h>

#include "formula/program.h"

/** Values that one level leaves for later ones; each has a place among them. */
struct store {
  size_t n;
  size_t *value; /**< [n] */
  size_t *place; /**< [n values of the graph]: place + 1; 0 where it is not stored */
};

/** A program being written. */
struct emission {
  const struct proda_program *program;
  const struct proda_manifest *manifest;
  const struct proda_graph *graph;
  char suffix[64];                      /**< of functions: the variant */
  char created[80];                     /**< where create's values are: "self->" */
  char **name;                          /**< [values]: C identifiers; NULL until one is wanted */
  const struct proda_formula **defined; /**< [values]: the definition that it is; NULL for none */
  const char **hint;                    /**< [values]: definition or target that it is */
  size_t *user;                         /**< [values]: the first that uses it; 0 for none */
  struct store table, create, site, carry;
  char *
      *row; /**< [values]: "terms->modifier + MOD_xi * N_LAYERS", where a row of the terms has it */
  bool has_mixing;
  bool failed; /**< memory ran out */
};

/** Where a root goes: ARRAY[OFFSET + index]SUFFIX, or ARRAY alone where there is no index. */
struct root {
  size_t value;
  char array[160], offset[300];
  const char *suffix;
  unsigned dims; /**< of the destination */
  bool indexed;  /**< has OFFSET */
};

enum source {
  SOURCE_NONE,
  SOURCE_LOAD,
  SOURCE_COMPUTE,
};

enum form {
  FORM_INLINE,   /**< within what uses it */
  FORM_VARIABLE, /**< a local variable of its loop */
  FORM_ARRAY,    /**< a local variable, kept for later loops too */
};

/** When a value is computed: even, between loops; odd, within one. */
struct moment {
  int layer, month;
};

enum job_kind {
  JOB_CREATE, /**< doubles, once per instance */
  JOB_SITE,   /**< doubles, once per site */
  JOB_LANES,
};

struct job {
  struct emission *e;
  enum job_kind kind;
  bool lanes;        /**< kind is JOB_LANES */
  bool of_state;     /**< loads what `terms` has computed */
  bool makes_carry;  /**< and asks it to leave the rest */
  bool carries;      /**< goes from month to month: its first root is what a month leaves */
  struct moment now; /**< of the statement being written */
  size_t n_roots, capacity;
  struct root *root;
  enum source *source; /**< [values]; likewise the next three */
  struct moment *moment;
  enum form *form;
  size_t *uses;
};

static inline const struct proda_value *proda_job_value(const struct job *job, size_t value)
{
  return &job->e->graph->value[value];
}

/* ---- emit_plan.c ---- */

bool proda_job_start(struct job *job, struct emission *e, enum job_kind kind);
void proda_job_end(struct job *job);
/** A root whose place is ARRAY[OFFSET + index]SUFFIX; `offset` NULL for ARRAY alone. */
void proda_job_root(struct job *job, size_t value, unsigned dims, const char *array,
                    const char *offset, const char *suffix);
/** Finds what is loaded and what is computed, and stores of earlier levels that this needs. */
void proda_job_collect(struct job *job);
/** Moments and forms; after collect. */
void proda_job_schedule(struct job *job);
/** Where a reduction adds up. */
struct moment proda_job_adding(const struct job *job, size_t value);
/** Whether a local variable made at one moment is seen at another. */
bool proda_moment_sees(struct moment made, struct moment used);
/** Known by its array only: a sum over layers that still varies by month, and BELOW. */
bool proda_job_is_array(const struct proda_value *value);
/** SUM to ALL. */
bool proda_job_is_reduction(const struct proda_value *value);
/** When a root is written. */
struct moment proda_job_writing(const struct job *job, const struct root *root);

/* ---- emit_identifier.c ---- */

/** The identifier of a value: of its definition, of what it is, or a number. */
const char *proda_emit_name(struct emission *e, size_t value);
/** As a formula, for comments; names stand for definitions, but not for itself at the `top`. */
void proda_emit_description(struct emission *e, FILE *out, size_t value, bool top);
/* ---- emit_text.c ---- */

/** Its expression in the job, as an operand that binds at least as strongly as `strength`. */
void proda_emit_value(struct job *job, FILE *out, size_t value, int strength);
/** What makes it, whatever its form. */
void proda_emit_operation(struct job *job, FILE *out, size_t value, int strength);
/** Whether it is one double for all lanes. */
bool proda_emit_is_uniform(const struct job *job, size_t value);
/** As a lane also where it is uniform. */
void proda_emit_lane(struct job *job, FILE *out, size_t value, int strength);
/** "layer * n_months + month", by axes. */
const char *proda_emit_index(unsigned dims);
/** A number that reads back as the same double. */
void proda_emit_number(FILE *out, double number);

/* ---- emit_line.c ---- */

/** A statement being put together. */
struct line {
  FILE *stream;
  char *text;
  size_t size;
};

/** The stream that its text goes to; NULL for lack of memory, which the job notes. */
FILE *proda_line_begin(struct job *job, struct line *line);
/** Writes it, broken behind spaces where it is too long. */
void proda_line_end(struct job *job, struct line *line, FILE *out, int indent);
/** A whole statement. */
void proda_line_print(struct job *job, FILE *out, int indent, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- emit_load.c ---- */

/** Its C type: "lane", "double", or of conditions "lane_mask", "int". */
const char *proda_emit_type(const struct job *job, size_t value);
/** A local name for what is loaded: a number, or a pointer to a row or field. */
void proda_emit_load(struct job *job, FILE *out, size_t value);

/* ---- emit_body.c ---- */

/** Local pointers to what is loaded, then the loops; indented by two. */
void proda_emit_body(struct job *job, FILE *out);

/* ---- emit_variant.c ---- */

/** A variant's part of the file. */
struct variant_text {
  char *declarations; /**< tables, what create makes, layouts */
  char *functions;
  bool has_rates, has_quantities, has_tangent;
};

int proda_emit_variant(const struct proda_manifest *manifest, size_t variant, const char *suffix,
                       struct variant_text *text, struct proda_error *error);
void proda_variant_text_free(struct variant_text *text);

#endif
