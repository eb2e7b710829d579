/** @file emit_variant.h
 * One variant being written, for the files that write its parts: derivatives, the rows that a
 * function fills, functions, and what stands before them.
 */
#ifndef PRODA_FORMULA_EMIT_VARIANT_H
#define PRODA_FORMULA_EMIT_VARIANT_H

#include "formula/emit.h"

/** The slopes of the rates that depend on pools. */
struct slope {
  size_t channel, pool, value;
};

/** Functions in the order in which they are read; they are made in another. */
enum part {
  PART_CREATE,
  PART_MONTHS,
  PART_SITE,
  PART_TERMS,
  PART_RATES,
  PART_SLOPES,
  PART_STEADY,
  PART_JUDGE,
  PART_QUANTITIES,
  PART_TANGENT,
  N_PARTS,
};

/** A variant being written: its program with everything that is derived from it. */
struct variant {
  struct proda_program *program;
  struct emission e;
  size_t zero, refusal; /**< 0; whether any refusal holds */
  size_t n_slopes;
  struct slope *slope;
  size_t *tangent; /**< of modifiers, inputs, rates, fractions, bands, in this order */
  bool has_tangent;
  size_t recursion; /**< that is being written */
  char *part[N_PARTS];
};

/** What a function is, beside the values that it computes. */
struct function {
  enum part part;
  const char *comment;
  const char *signature;      /**< with %s for the suffix */
  const char *const *words;   /**< names of its arguments */
  const char *before, *after; /**< lines around the values; NULL for none */
  const char *months;         /**< how many there are; NULL: as many as the model has */
  const char *driver;         /**< where drivers are; NULL: it has none */
};

/* ---- emit_derive.c ---- */

int proda_variant_out_of_memory(const struct variant *v, struct proda_error *error);
/** Slopes, tangents and whether any refusal holds. Refused: what Newton's method needs but a
 * function of the plugin's own does not give. */
int proda_variant_derive(struct variant *v, struct proda_error *error);

/* ---- emit_rows.c: what a function computes, as roots of its job ---- */

/** Where functions of a state find what the draw's terms have. */
void proda_variant_find_rows(struct variant *v);
void proda_rows_of_rates(struct variant *v, struct job *job);
void proda_rows_of_slopes(struct variant *v, struct job *job);
void proda_rows_of_steady(struct variant *v, struct job *job);
void proda_rows_of_refusal(struct variant *v, struct job *job);
void proda_rows_of_quantities(struct variant *v, struct job *job);
void proda_rows_of_tangents(struct variant *v, struct job *job);
void proda_rows_of_terms(struct variant *v, struct job *job);
void proda_rows_of_site(struct variant *v, struct job *job);
void proda_rows_of_create(struct variant *v, struct job *job);

/* ---- emit_function.c ---- */

/** Writes a function to its part. `of_state`, `makes_carry`: as in struct job. */
void proda_variant_print(struct variant *v, enum job_kind kind, bool of_state, bool makes_carry,
                         void (*add)(struct variant *, struct job *), const struct function *f);

/* ---- emit_months.c ---- */

/** Functions that go from month to month, for the recursions that the site's values are made of; to
 * `out`, their calls within site(). */
void proda_variant_months(struct variant *v, FILE *out);

/* ---- emit_declare.c ---- */

/** Tables, what create makes, layouts; after all functions. */
int proda_variant_declare(struct variant *v, struct variant_text *text, struct proda_error *error);
/** The tables of functions that the extensions are. */
void proda_variant_extensions(const struct variant *v, FILE *out);

#endif
