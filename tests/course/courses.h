/** @file courses.h
 * Time courses in tests: of a structure at a site with a forcing record.
 */
#ifndef PRODA_TESTS_COURSES_H
#define PRODA_TESTS_COURSES_H

#include "testing.h"

#include "course/course.h"

static struct proda_error course_error;

/** A course and what it needs. */
struct run {
  const struct proda_manifest *manifest;
  struct proda_structure *structure;
  struct proda_months *months;
  struct proda_course *course;
  size_t n;             /**< pools times layers */
  double *start, stock; /**< what it started from */
};

/** Forcing of n_months; `constant`: held as a whole. */
static inline __attribute__((unused)) void run_make(struct run *r, const struct proda_loaded *model,
                                                    const struct proda_settings *settings,
                                                    const double *const *driver, size_t n_months,
                                                    bool constant, const double *parameter,
                                                    double rtol)
{
  struct proda_forcing forcing = {driver, driver, n_months, 0};
  *r = (struct run){.manifest = model->manifest};
  r->n = r->manifest->n_pools * r->manifest->grid.n_layers;
  assert_ok(
      proda_structure_new(model, settings, constant ? n_months : 1, &r->structure, &course_error),
      course_error);
  assert_ok(proda_months_new(r->structure, constant ? 1 : n_months, &r->months, &course_error),
            course_error);
  assert_ok(proda_months_attach(r->months, &forcing, parameter, &course_error), course_error);
  assert_ok(proda_course_new(r->structure, r->months, rtol, &r->course, &course_error),
            course_error);
  r->start = calloc(r->n, sizeof(double));
  assert_non_null(r->start);
}

static inline __attribute__((unused)) void run_free(struct run *r)
{
  proda_course_free(r->course);
  proda_months_free(r->months);
  proda_structure_free(r->structure);
  free(r->start);
}

/** From pools at a time in months; NULL: from none. */
static inline __attribute__((unused)) void run_start(struct run *r, double time,
                                                     const double *pools)
{
  for (size_t k = 0; k < r->n; k++)
    r->start[k] = pools ? pools[k] : 0;
  assert_ok(proda_course_start(r->course, time, r->start, &course_error), course_error);
  r->stock = proda_course_stock(r->course);
}

static inline __attribute__((unused)) void run_to(struct run *r, double time)
{
  assert_ok(proda_course_advance(r->course, time, &course_error), course_error);
}

/** Input less losses less change of stocks, over the largest of them. */
static inline __attribute__((unused)) double run_imbalance(const struct run *r)
{
  double stock = proda_course_stock(r->course), input = proda_course_input(r->course);
  double left = input - (stock - r->stock) - proda_course_transport(r->course);
  for (size_t k = 0; k < r->manifest->n_losses; k++)
    left -= proda_course_loss(r->course, k);
  return fabs(left) / fmax(fmax(stock, r->stock), input);
}

/** The steady state of the forcing as a whole. */
static inline __attribute__((unused)) void run_steady(const struct proda_loaded *model,
                                                      const struct proda_settings *settings,
                                                      const double *const *driver, size_t n_months,
                                                      const double *parameter, double *pools)
{
  struct proda_forcing forcing = {.driver = driver};
  struct proda_structure *structure = NULL;
  struct proda_block *block = NULL;
  assert_ok(proda_structure_new(model, settings, n_months, &structure, &course_error),
            course_error);
  assert_ok(proda_block_new(structure, 0, &block, &course_error), course_error);
  for (int i = 0; i < PRODA_LANES; i++) {
    assert_ok(proda_block_attach(block, i, &forcing, &course_error), course_error);
    proda_block_set(block, i, parameter);
  }
  proda_block_solve(block);
  assert_int_equal(proda_block_status(block, 0), PRODA_SOLVED);
  size_t n = model->manifest->n_pools * model->manifest->grid.n_layers;
  for (size_t k = 0; k < n; k++)
    pools[k] = proda_block_pools(block)[k][0];
  proda_block_free(block);
  proda_structure_free(structure);
}

#endif
