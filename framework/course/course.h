/** @file course.h
 * The time course of a structure at one site: dX/dt = B I(t) + A xi(t) K(X) X - V X, with forcing
 * by month. Time runs in months, twelve equal ones a year, and a month's forcing holds during it.
 * What enters and what leaves is integrated with the pools, so that
 *
 *   input = losses + transport + change of stocks
 *
 * to rounding, at any time and any tolerance. Numbers in, numbers out.
 */
#ifndef PRODA_COURSE_COURSE_H
#define PRODA_COURSE_COURSE_H

#include "course/months.h"

/** Relative error of a step that keeps courses of 50 years of months, those of microbes that nearly
 * die out too, within 1e-6 of every pool (tests/course). */
#define PRODA_COURSE_RTOL 1e-10

struct proda_course;

/** `months` (months.h) hold the forcing; months of one record follow each other for ever. Both must
 * outlive the course. rtol: error of a step relative to a pool, for any pool that is more than
 * 1e-15 of the column's carbon; 0 < rtol < 1. */
int proda_course_new(const struct proda_structure *structure, struct proda_months *months,
                     double rtol, struct proda_course **course, struct proda_error *error);
void proda_course_free(struct proda_course *course);

/** Starts at pools [n_pools][L] >= 0, `time` months after the beginning of a January; sums are 0.
 * The months must have been attached. PRODA_REJECT where rates are not finite. */
int proda_course_start(struct proda_course *course, double time, const double *pools,
                       struct proda_error *error);

/** Goes on to `time`, in months as at the start, and later. PRODA_REJECT where there is no way:
 * the message says when, why, and which pool. The course then stands where it stood last. */
int proda_course_advance(struct proda_course *course, double time, struct proda_error *error);

/** Pools now: [n_pools][L], in the structure's unit; borrowed. What an error of integration, beyond
 * doubt smaller than the tolerance, brought below 0 is told as 0. */
const double *proda_course_pools(const struct proda_course *course);
/** Carbon in all pools of the column, gC m-2; inert carbon that is a parameter is not in it. */
double proda_course_stock(const struct proda_course *course);
/** An observable's density now: out[L], gC m-3 whatever the pools' unit. */
void proda_course_observe(const struct proda_course *course, size_t observable, double *out);
/** Sums since the start, gC m-2: what plants brought; what left by the manifest's loss k; what
 * transport took from layers and gave to none (matrix/budget.h). */
double proda_course_input(const struct proda_course *course);
double proda_course_loss(const struct proda_course *course, size_t k);
double proda_course_transport(const struct proda_course *course);

/** Steps of integration since the course was made. */
size_t proda_course_steps(const struct proda_course *course);

#endif
