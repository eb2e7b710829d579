/** @file dynamics.h
 * dX/dt = B I + A xi K(X) X - V X at one site, in time, with what leaves for good; and the solve of
 * (I - gamma J) x = b by the plan: component by component, donors first, each by its blocks of
 * layers, never as one matrix.
 *
 * A state is [n_pools][L] in manifest order and unit, and then what has left, gC m-2, by each of
 * the manifest's losses and, where pools are transported, by transport: what that takes from layers
 * and gives to none (matrix/budget.h).
 */
#ifndef PRODA_COURSE_DYNAMICS_H
#define PRODA_COURSE_DYNAMICS_H

#include "course/months.h"

struct proda_dynamics;

/** `months` must outlive it. Refused: rates that depend on pools without the plugin's `slopes`. */
int proda_dynamics_new(const struct proda_structure *structure, const struct proda_months *months,
                       struct proda_dynamics **dynamics, struct proda_error *error);
void proda_dynamics_free(struct proda_dynamics *dynamics);

/** Numbers of a state. */
size_t proda_dynamics_size(const struct proda_dynamics *dynamics);

/** [L], once a month is held: what one unit of a pool is in gC m-2. */
const double *proda_dynamics_weights(const struct proda_dynamics *dynamics);

/** Moves to the terms of a month, of `months` as they are now. */
void proda_dynamics_hold(struct proda_dynamics *dynamics, size_t month);
/** What plants bring per time in the month that is held, gC m-2. */
double proda_dynamics_input(const struct proda_dynamics *dynamics);

/** The functions of struct proda_ode (integrator.h); `dynamics` is a struct proda_dynamics. A pool
 * that an error of integration brings below 0 has the rates of an empty one. */
void proda_dynamics_rate(void *dynamics, const double *state, double *rate);
void proda_dynamics_linearise(void *dynamics, const double *state);
void proda_dynamics_factor(void *dynamics, double gamma);
void proda_dynamics_solve(void *dynamics, double *x);

#endif
