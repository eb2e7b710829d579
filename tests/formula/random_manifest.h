/** @file random_manifest.h
 * A manifest of random formulas, and random sites and draws for it.
 */
#ifndef PRODA_TESTS_FORMULA_RANDOM_MANIFEST_H
#define PRODA_TESTS_FORMULA_RANDOM_MANIFEST_H

#include "random_making.h"
#include "random_text.h"

enum { N_MODIFIERS = 30, N_RATES = 8, DEPTH = 4 };

struct random_manifest {
  struct formula_maker maker;
  const struct formula *modifier[N_MODIFIERS], *rate[N_RATES];
};

/* ---- the manifest ---- */

static inline void random_write(const struct random_manifest *r, const char *path, const char *name)
{
  FILE *out = fopen(path, "w");
  assert_non_null(out);
  fprintf(
      out,
      "proda: 1\nkind: model\nname: %s\ntitle: Random */ formulas\ntime: day\n"
      "grid: {dz: [0.1, 0.2, 0.3, 0.4], node: [0.05, 0.2, 0.45, 0.8], interface: [0.1, 0.3, "
      "0.6, 1.0]}\n"
      "settings:\n  extra: {type: number, default: 1.25, doc: a number}\n"
      "drivers:\n  scalar: {unit: \"1\"}\n  by_layer: {unit: \"1\", dims: [layer]}\n"
      "  by_month: {unit: \"1\", dims: [month]}\n  by_both: {unit: \"1\", dims: [layer, month]}\n"
      "  days: {unit: day, dims: [layer]}\n  hours: {unit: h, dims: [month]}\n"
      "parameters:\n  p: {term: K, unit: \"1\", default: 0.7, prior: [0.2, 2]}\n"
      "  r: {term: K, unit: \"1\", default: 1.1, prior: [0.2, 2]}\n"
      "  years: {term: K, unit: yr, default: 0.01, prior: [0.002, 0.02]}\n"
      "pools: [A, B]\nmodifiers:\n",
      name);
  for (size_t i = 0; i < N_MODIFIERS; i++) {
    fprintf(out, "  m%zu: ", i);
    formula_print(r->modifier[i], out);
    fputc('\n', out);
  }
  fprintf(out, "inputs:\n  A: by_layer * 1 [gC m-3 day-1]\nchannels:\n"
               "  - {from: B, rate: 1 / years, modifier: m0}\n");
  for (size_t i = 0; i < N_RATES; i++) {
    fprintf(out, "  - from: A\n    name: c%zu\n    modifier: m0\n    rate: ", i);
    formula_print(r->rate[i], out);
    fprintf(out, " / 1 [day]\n");
  }
  fprintf(out, "observe:\n  soc: {sum: A + B, unit: gC m-3}\n");
  assert_int_equal(fclose(out), 0);
}

/* A sum over what is summed upwards itself: sum(layer, below(layer, by_layer)). */
static inline const struct formula *random_sum_of_below(struct formula_maker *m)
{
  const struct formula *leaf =
      formula_keep(m, (struct formula){.op = FORM_LEAF, .leaf = LEAF_LAYER, .dims = 1});
  const struct formula *below = formula_keep(m, (struct formula){.op = FORM_BELOW, .a = leaf});
  return formula_keep(m, (struct formula){.op = FORM_SUM, .a = below});
}

static inline void random_make(struct random_manifest *r, uint64_t seed)
{
  proda_random_start(&r->maker.random, seed, 1, 0);
  r->modifier[0] = random_sum_of_below(&r->maker);
  for (size_t i = 1; i < N_MODIFIERS; i++)
    r->modifier[i] = formula_make_whole(&r->maker, 2 + (int)(i % DEPTH));
  r->maker.pools = true;
  for (size_t i = 0; i < N_RATES; i++) {
    /* One that surely depends on a pool. */
    const struct formula *pool = formula_keep(
        &r->maker, (struct formula){.op = FORM_LEAF, .leaf = LEAF_A + i % 2, .dims = 1});
    const struct formula *rest = formula_make_whole(&r->maker, 2 + (int)(i % (DEPTH - 1)));
    r->rate[i] = formula_keep(
        &r->maker, (struct formula){.op = i % 3 ? FORM_DIVIDE : FORM_ADD, .a = pool, .b = rest});
  }
}

/* ---- sites and draws ---- */

static inline long double random_draw(struct formula_maker *m, double lower, double upper)
{
  return (long double)(lower + (upper - lower) * proda_random_uniform(&m->random));
}

static inline void random_place(struct random_manifest *r, struct formula_place *at)
{
  at->setting = 1.25L;
  at->parameter[0] = random_draw(&r->maker, 0.2, 2);
  at->parameter[1] = random_draw(&r->maker, 0.2, 2);
  at->parameter[2] = random_draw(&r->maker, 0.002, 0.02);
  at->scalar = random_draw(&r->maker, -1, 2);
  for (int l = 0; l < FORMULA_LAYERS; l++) {
    at->layer[l] = random_draw(&r->maker, 0.1, 2);
    at->days[l] = random_draw(&r->maker, 1, 8);
    at->pool[0][l] = random_draw(&r->maker, 0.1, 3);
    at->pool[1][l] = random_draw(&r->maker, 0.1, 3);
    for (int m = 0; m < FORMULA_MONTHS; m++)
      at->both[l][m] = random_draw(&r->maker, -1, 2);
  }
  for (int m = 0; m < FORMULA_MONTHS; m++) {
    at->month[m] = random_draw(&r->maker, -1, 2);
    at->hours[m] = random_draw(&r->maker, 20, 200);
  }
}

#endif
