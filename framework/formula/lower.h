/** @file lower.h
 * From expressions to values with units, for the files of this folder.
 */
#ifndef PRODA_FORMULA_LOWER_H
#define PRODA_FORMULA_LOWER_H

#include "formula/expression.h"
#include "formula/program.h"
#include "plugin/unit.h"

/** A value of the graph and its unit. */
struct term {
  size_t value;
  unsigned dims; /**< as written; the value's may be fewer, where a choice decides */
  struct proda_unit unit;
  bool bare;      /**< made of numbers written without units only */
  bool condition; /**< then without unit */
};

/** A name and what it stands for while it is visible. */
struct binding {
  const char *name;
  struct term term;
};

/** What a formula may use beside definitions, settings and the grid. */
enum allowed {
  ALLOW_DRIVERS = 1,
  ALLOW_PARAMETERS = 2,
  ALLOW_POOLS = 4,
  ALLOW_INFLOW = 8,
  ALLOW_TERMS = 16,   /**< what inputs and transport state */
  ALLOW_MISSING = 32, /**< where(condition, x): no value elsewhere */
};

struct lowering {
  struct proda_program *program;
  struct proda_graph *graph;
  const double *setting; /**< of the variant */
  struct proda_error *error;
  size_t n_bindings;
  struct binding *binding; /**< definitions, modifiers, locals; room for all */
  /* The formula being lowered. */
  const struct proda_formula *formula;
  const char *what; /**< "a rate" */
  unsigned allowed;
  /* Within a built-in that is written as a formula: its arguments, and where it is called. */
  const char *macro; /**< "q10(q, T, Tref)" */
  size_t macro_offset;
  size_t n_arguments;
  const struct binding *argument;
};

/** "file:line:column: message" for a place in the formula; within a built-in, for its call. */
int proda_lower_refuse(const struct lowering *l, size_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4), cold));

/** Every formula of the manifest, into the program's targets (targets.c). */
int proda_lower_targets(struct lowering *l);

int proda_lower(struct lowering *l, const struct proda_expression *e, struct term *out);

/** The same, and a condition or a number is demanded. */
int proda_lower_condition(struct lowering *l, const struct proda_expression *e, struct term *out);
int proda_lower_number(struct lowering *l, const struct proda_expression *e, struct term *out);

/** As a number without unit; `what` needs it, "exp()". */
int proda_lower_plain(struct lowering *l, const struct proda_expression *e, const char *what,
                      struct term *out);

/** In another unit of the same dimension. */
size_t proda_lower_convert(struct lowering *l, const struct term *term,
                           const struct proda_unit *unit);

/** Brings two terms to one unit; false where their dimensions differ. */
bool proda_lower_unify(struct lowering *l, struct term *a, struct term *b);

/** "no unit" or the unit. */
const char *proda_lower_unit_text(const struct proda_unit *unit, char text[PRODA_UNIT_TEXT]);

/** A call (builtin.c). */
int proda_lower_call(struct lowering *l, const struct proda_expression *e, struct term *out);
/** Refuses another number of arguments, and labels where there are none. */
int proda_lower_count(struct lowering *l, const struct proda_expression *e, size_t least,
                      size_t most, const char *face);
/** The call periodic(...) (periodic.c). */
int proda_lower_periodic(struct lowering *l, const struct proda_expression *e, struct term *out);

/** The bands of an operator of transport: value[3] per the manifest's unit of time (operator.c). */
int proda_lower_operator(struct lowering *l, const struct proda_expression *e, size_t value[3]);

/** What a name stands for (names.c). */
int proda_lower_name(struct lowering *l, const struct proda_expression *e, struct term *out);
/** The setting of type choice that the expression names; -1 where it names none. */
long proda_lower_choice(const struct lowering *l, const struct proda_expression *e);
/** The axis that the expression names; 0 where it names none. */
unsigned proda_lower_axis(const struct proda_expression *e);
/** Refuses a name of a definition or local that means something already. */
int proda_lower_new_name(struct lowering *l, const char *name);
/** A leaf in its unit; of temperatures with an origin of their own, in K. */
int proda_lower_leaf(struct lowering *l, size_t offset, size_t value, const char *unit,
                     struct term *out);

#endif
