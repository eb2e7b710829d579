/** @file integrator.h
 * dy/dt = f(y) by backward differentiation of order 1 to 5 with steps of its own choice: SUNDIALS
 * CVODE (Hindmarsh et al. 2005, ACM Trans. Math. Softw. 31:363), which no other file knows.
 *
 * What f conserves, any linear sum w with w f = 0, is conserved to rounding whatever the tolerance:
 * every step is a linear combination of earlier ones and of Newton's corrections, and these are
 * solved for exactly, with a matrix whose columns keep w too.
 */
#ifndef PRODA_COURSE_INTEGRATOR_H
#define PRODA_COURSE_INTEGRATOR_H

#include <stddef.h>

#include <proda/status.h>

/** What is integrated. `context` goes first to every function. */
struct proda_ode {
  size_t n;
  void *context;
  /** rate[n] = f(y). NaN and infinity make the step smaller. */
  void (*rate)(void *context, const double *y, double *rate);
  /** Computes the Jacobian J of f at y. Not called in every step: an old one still serves. */
  void (*linearise)(void *context, const double *y);
  /** Factors I - gamma J. */
  void (*factor)(void *context, double gamma);
  /** x[n], right-hand side, then solution of (I - gamma J) x = b, of the last factor. */
  void (*solve)(void *context, double *x);
  /** weight[n] > 0: the error of a step is the root mean square of y's errors times these, and at
   * most 1. */
  void (*weigh)(void *context, const double *y, double *weight);
};

struct proda_integrator;

int proda_integrator_new(const struct proda_ode *ode, struct proda_integrator **integrator,
                         struct proda_error *error);
void proda_integrator_free(struct proda_integrator *integrator);

/** The state, [n]: to be filled before a start, and what the last advance arrived at. */
double *proda_integrator_state(struct proda_integrator *integrator);

/** Starts anew from the state, at time 0: where f changes at once. */
int proda_integrator_start(struct proda_integrator *integrator, struct proda_error *error);

/** Goes on to `time`, later than the last; no step goes beyond `stop`, where f changes. On failure
 * `error` says why no step was possible, `*reached` from which time, and `*worst` which entry of y
 * was the most in error. */
int proda_integrator_advance(struct proda_integrator *integrator, double time, double stop,
                             double *reached, size_t *worst, struct proda_error *error);

/** Steps since the integrator was made. */
size_t proda_integrator_steps(const struct proda_integrator *integrator);

#endif
