/** @file random_text.h
 * Random formulas as the language writes them.
 */
#ifndef PRODA_TESTS_FORMULA_RANDOM_TEXT_H
#define PRODA_TESTS_FORMULA_RANDOM_TEXT_H

#include "random_formula.h"

static inline void formula_print(const struct formula *f, FILE *out);

static inline void formula_print_call(const char *name, const struct formula *f, FILE *out)
{
  fprintf(out, "%s(%s, ", name, f->by_month ? "month" : "layer");
  formula_print(f->a, out);
  if (f->b) {
    fputs(", ", out);
    formula_print(f->b, out);
  }
  fputc(')', out);
}

static inline void formula_print_infix(const char *before, const char *between, const char *after,
                                       const struct formula *f, FILE *out)
{
  fputs(before, out);
  formula_print(f->a, out);
  fputs(between, out);
  if (f->b)
    formula_print(f->b, out);
  fputs(after, out);
}

static inline void formula_print(const struct formula *f, FILE *out)
{
  static const char *const leaf[N_LEAVES] = {"p",
                                             "r",
                                             "scalar",
                                             "by_layer",
                                             "by_month",
                                             "by_both",
                                             "(dz / 1 [m])",
                                             "(node / 100 [cm])",
                                             "(top / 1 [m])",
                                             "extra",
                                             "(A / 1 [gC m-3])",
                                             "(B / 0.001 [kgC m-3])",
                                             "years",
                                             "days",
                                             "hours"};
  static const char *const over[] = {"sum", "mean", "min", "max", "cumulative", "below", "change"};
  switch (f->op) {
  case FORM_NUMBER:
    fprintf(out, "%.17g", f->number);
    break;
  case FORM_LEAF:
    fputs(leaf[f->leaf], out);
    break;
  case FORM_NEGATE:
    formula_print_infix("(-", "", ")", f, out);
    break;
  case FORM_ADD:
    formula_print_infix("(", " + ", ")", f, out);
    break;
  case FORM_SUBTRACT:
    formula_print_infix("(", " - ", ")", f, out);
    break;
  case FORM_MULTIPLY:
    formula_print_infix("(", " * ", ")", f, out);
    break;
  case FORM_DIVIDE:
    formula_print_infix("(", " / (abs(", ") + 0.5))", f, out);
    break;
  case FORM_RATIO:
    formula_print_infix("(", " / ", ")", f, out);
    break;
  case FORM_SQUARE:
    formula_print_infix("(", "", " ^ 2)", f, out);
    break;
  case FORM_POWER:
    formula_print_infix("((abs(", ") + 0.1) ^ ", ")", f, out);
    break;
  case FORM_EXP:
    formula_print_infix("exp(-abs(", "", "))", f, out);
    break;
  case FORM_LOG:
    formula_print_infix("log(abs(", "", ") + 0.2)", f, out);
    break;
  case FORM_ROOT:
    formula_print_infix("sqrt(abs(", "", "))", f, out);
    break;
  case FORM_MIN:
    formula_print_infix("min(", ", ", ")", f, out);
    break;
  case FORM_MAX:
    formula_print_infix("max(", ", ", ")", f, out);
    break;
  case FORM_LESS:
    formula_print_infix("(", " < ", ")", f, out);
    break;
  case FORM_AND:
    formula_print_infix("(", " and ", ")", f, out);
    break;
  case FORM_OR:
    formula_print_infix("(", " or ", ")", f, out);
    break;
  case FORM_NOT:
    formula_print_infix("(not ", "", ")", f, out);
    break;
  case FORM_ANY:
  case FORM_ALL:
    formula_print_call(f->op == FORM_ANY ? "any" : "all", f, out);
    break;
  case FORM_WHERE:
    fputs("where(", out);
    formula_print(f->a, out);
    fputs(", ", out);
    formula_print(f->b, out);
    fputs(", ", out);
    formula_print(f->c, out);
    fputc(')', out);
    break;
  default:
    formula_print_call(over[f->op - FORM_SUM], f, out);
  }
}

#endif
