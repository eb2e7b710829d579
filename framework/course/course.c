#include "course/course.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "course/dynamics.h"
#include "course/integrator.h"

enum { MONTHS_PER_YEAR = 12 };

/* Share of the column's carbon below which a pool's error is no longer relative to itself. */
static const double floor_share = 1e-15;
/* The same of what leaves the column in a month: sums begin at 0. */
static const double loss_share = 1e-3;
/* A pool below 0 by more than this share of the column's carbon is no rounding. */
static const double negative_share = 1e-9;

struct proda_course {
  const struct proda_manifest *manifest;
  struct proda_months *months;
  struct proda_dynamics *dynamics;
  struct proda_integrator *integrator;
  size_t n_densities, n_losses;
  double rtol, month; /* month: its length in the manifest's time */
  double time;        /* months */
  double began;       /* of the forcing that holds now: when, in months */
  double rate;        /* of plants' input while it holds */
  double floor, loss_floor;
  double *state;       /* the integrator's */
  double *pools, *sum; /* told; [n_losses] sums until `began` */
  double *scratch;     /* [n_densities + n_losses] */
  double input;        /* sum until `began` */
};

/* ---- making ---- */

static void weigh(void *context, const double *y, double *weight)
{
  const struct proda_course *course = context;
  for (size_t k = 0; k < course->n_densities; k++)
    weight[k] = 1 / (course->rtol * (fabs(y[k]) + course->floor));
  for (size_t k = course->n_densities; k < course->n_densities + course->n_losses; k++)
    weight[k] = 1 / (course->rtol * (fabs(y[k]) + course->loss_floor));
}

static void rate(void *context, const double *y, double *out)
{
  proda_dynamics_rate(((struct proda_course *)context)->dynamics, y, out);
}

static void linearise(void *context, const double *y)
{
  proda_dynamics_linearise(((struct proda_course *)context)->dynamics, y);
}

static void factor(void *context, double gamma)
{
  proda_dynamics_factor(((struct proda_course *)context)->dynamics, gamma);
}

static void solve(void *context, double *x)
{
  proda_dynamics_solve(((struct proda_course *)context)->dynamics, x);
}

static int make_integrator(struct proda_course *course, struct proda_error *error)
{
  struct proda_ode ode = {
      .n = proda_dynamics_size(course->dynamics),
      .context = course,
      .rate = rate,
      .linearise = linearise,
      .factor = factor,
      .solve = solve,
      .weigh = weigh,
  };
  if (proda_integrator_new(&ode, &course->integrator, error) != PRODA_OK)
    return PRODA_ERROR;
  course->state = proda_integrator_state(course->integrator);
  course->n_densities = course->manifest->n_pools * course->manifest->grid.n_layers;
  course->n_losses = ode.n - course->n_densities;
  course->pools = calloc(course->n_densities + 1, sizeof *course->pools);
  course->sum = calloc(course->n_losses + 1, sizeof *course->sum);
  course->scratch = calloc(ode.n, sizeof *course->scratch);
  if (!course->pools || !course->sum || !course->scratch)
    return proda_error_set(error, "out of memory for a time course");
  return PRODA_OK;
}

int proda_course_new(const struct proda_structure *structure, struct proda_months *months,
                     double rtol, struct proda_course **course, struct proda_error *error)
{
  struct proda_course *made = calloc(1, sizeof *made);
  if (!made)
    return proda_error_set(error, "out of memory for a time course");
  made->manifest = proda_structure_manifest(structure);
  made->months = months;
  made->rtol = rtol;
  made->month = proda_manifest_times_per_year(made->manifest) / MONTHS_PER_YEAR;
  int status = proda_dynamics_new(structure, months, &made->dynamics, error);
  if (status == PRODA_OK)
    status = make_integrator(made, error);
  if (status == PRODA_OK)
    *course = made;
  else
    proda_course_free(made);
  return status;
}

void proda_course_free(struct proda_course *course)
{
  if (!course)
    return;
  proda_integrator_free(course->integrator);
  proda_dynamics_free(course->dynamics);
  free(course->pools);
  free(course->sum);
  free(course->scratch);
  free(course);
}

/* ---- what is told ---- */

static double sum_column(const struct proda_course *course, const double *pools)
{
  const double *weight = proda_dynamics_weights(course->dynamics);
  size_t L = course->manifest->grid.n_layers;
  double sum = 0;
  for (size_t p = 0; p < course->manifest->n_pools; p++)
    for (size_t l = 0; l < L; l++)
      sum += weight[l] * pools[p * L + l];
  return sum;
}

const double *proda_course_pools(const struct proda_course *course)
{
  return course->pools;
}

double proda_course_stock(const struct proda_course *course)
{
  return sum_column(course, course->pools);
}

double proda_course_input(const struct proda_course *course)
{
  return course->input + course->rate * course->month * (course->time - course->began);
}

double proda_course_loss(const struct proda_course *course, size_t k)
{
  return course->sum[k] + course->state[course->n_densities + k];
}

double proda_course_transport(const struct proda_course *course)
{
  size_t k = course->manifest->n_losses;
  return k < course->n_losses ? proda_course_loss(course, k) : 0;
}

void proda_course_observe(const struct proda_course *course, size_t observable, double *out)
{
  const struct proda_manifest *manifest = course->manifest;
  const double *weight = manifest->observable[observable].weight;
  size_t L = manifest->grid.n_layers;
  int slot;
  const struct proda_block *block = proda_months_block(course->months, 0, &slot);
  const lane *density = proda_block_density(block);
  for (size_t l = 0; l < L; l++)
    out[l] = proda_block_inert(block, observable, slot);
  for (size_t p = 0; p < manifest->n_pools; p++)
    for (size_t l = 0; weight[p] != 0 && l < L; l++)
      out[l] += weight[p] * course->pools[p * L + l];
  for (size_t l = 0; l < L; l++)
    out[l] *= density[l][slot];
}

size_t proda_course_steps(const struct proda_course *course)
{
  return proda_integrator_steps(course->integrator);
}

/* ---- going on ---- */

/* "at year 3, month 5: " in front of what went wrong, `time` months after the first January. */
static int reject(double time, struct proda_error *error)
{
  size_t month = (size_t)time;
  proda_error_prefix(error, "at year %zu, month %zu: ", month / MONTHS_PER_YEAR + 1,
                     month % MONTHS_PER_YEAR + 1);
  return PRODA_REJECT;
}

/* What the errors of a stretch are measured with. */
static int set_floors(struct proda_course *course, struct proda_error *error)
{
  const double *weight = proda_dynamics_weights(course->dynamics);
  double depth = 0, leaves = 0, enters = course->rate * course->month;
  for (size_t l = 0; l < course->manifest->grid.n_layers; l++)
    depth += weight[l];
  if (!(depth > 0))
    return proda_error_set(error, "pools weigh nothing: is the bulk density 0?");
  double carbon = sum_column(course, course->state) + enters;
  proda_dynamics_rate(course->dynamics, course->state, course->scratch);
  for (size_t k = 0; k < course->n_losses; k++)
    leaves += fabs(course->scratch[course->n_densities + k]) * course->month;
  course->floor = fmax(floor_share * carbon / depth, 1e-200);
  course->loss_floor = fmax(loss_share * fmax(leaves, enters), 1e-200);
  return isfinite(carbon + leaves) ? PRODA_OK
                                   : proda_error_set(error, "pools or rates are not finite");
}

/* Takes up the forcing that holds from now on, and lets the sums of the integrator begin anew: they
 * are then small, and exact, whatever has come together before. */
static int begin_stretch(struct proda_course *course, struct proda_error *error)
{
  size_t n = proda_months_count(course->months);
  course->input = proda_course_input(course);
  for (size_t k = 0; k < course->n_losses; k++) {
    course->sum[k] = proda_course_loss(course, k);
    course->state[course->n_densities + k] = 0;
  }
  course->began = course->time;
  proda_dynamics_hold(course->dynamics, (size_t)course->time % n);
  course->rate = proda_dynamics_input(course->dynamics);
  int status = set_floors(course, error);
  if (status == PRODA_OK)
    status = proda_integrator_start(course->integrator, error);
  return status == PRODA_OK ? PRODA_OK : reject(course->time, error);
}

/* Copies what the integrator arrived at. */
static void tell(struct proda_course *course)
{
  for (size_t k = 0; k < course->n_densities; k++)
    course->pools[k] = fmax(course->state[k], 0.0);
}

int proda_course_start(struct proda_course *course, double time, const double *pools,
                       struct proda_error *error)
{
  course->time = course->began = time;
  course->input = course->rate = 0;
  memset(course->sum, 0, course->n_losses * sizeof *course->sum);
  memcpy(course->state, pools, course->n_densities * sizeof *pools);
  memset(course->state + course->n_densities, 0, course->n_losses * sizeof *course->state);
  tell(course);
  return begin_stretch(course, error);
}

static void name_worst(const struct proda_course *course, size_t worst, struct proda_error *error)
{
  size_t L = course->manifest->grid.n_layers;
  char cause[PRODA_MESSAGE_SIZE];
  memcpy(cause, error->message, sizeof cause);
  if (worst < course->n_densities)
    proda_error_set(error, "%s (the pool that changes fastest: %s, layer %zu)", cause,
                    course->manifest->pool[worst / L], worst % L + 1);
}

/* Negative beyond what errors within the tolerance can make. */
static int check_signs(const struct proda_course *course, struct proda_error *error)
{
  size_t L = course->manifest->grid.n_layers;
  for (size_t k = 0; k < course->n_densities; k++)
    if (course->state[k] < -negative_share * course->floor / floor_share)
      return proda_error_set(error, "pool %s, layer %zu, falls below 0 (%g)",
                             course->manifest->pool[k / L], k % L + 1, course->state[k]);
  return PRODA_OK;
}

/* On to `time`, during which one forcing holds, until `stop`. */
static int go_on(struct proda_course *course, double time, double stop, struct proda_error *error)
{
  double reached, from = course->began;
  size_t worst = 0;
  int status = proda_integrator_advance(course->integrator, (time - from) * course->month,
                                        (stop - from) * course->month, &reached, &worst, error);
  if (status != PRODA_OK) {
    name_worst(course, worst, error);
    return reject(from + reached / course->month, error);
  }
  course->time = time;
  tell(course);
  return check_signs(course, error) == PRODA_OK ? PRODA_OK : reject(time, error);
}

int proda_course_advance(struct proda_course *course, double time, struct proda_error *error)
{
  bool constant = proda_months_count(course->months) == 1;
  int status = PRODA_OK;
  while (status == PRODA_OK && course->time < time) {
    double edge = constant ? INFINITY : floor(course->began) + 1;
    if (course->time >= edge) {
      status = begin_stretch(course, error);
      continue;
    }
    status = go_on(course, fmin(time, edge), constant ? 1e300 : edge, error);
  }
  return status;
}
