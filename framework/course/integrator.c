#include "course/integrator.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>

/* Steps for one advance: months want about 50; a month that wants more than this stands still. */
enum { MAX_STEPS = 200000 };

struct proda_integrator {
  struct proda_ode ode;
  SUNContext context;
  N_Vector y;
  struct _generic_SUNMatrix_Ops matrix_ops;
  struct _generic_SUNMatrix matrix; /* stands for what `ode` keeps to itself */
  struct _generic_SUNLinearSolver_Ops solver_ops;
  struct _generic_SUNLinearSolver solver;
  void *cvode;
  long steps; /* before the last start */
};

/* ---- operations on vectors ----
 * Debian's library is compiled for any machine, without SIMD: with these, vectors of CLM5's length
 * cost a sixth. Results may stand where operands do. */

static void linear_sum(realtype a, N_Vector x, realtype b, N_Vector y, N_Vector z)
{
  const double *u = N_VGetArrayPointer(x), *v = N_VGetArrayPointer(y);
  double *out = N_VGetArrayPointer(z);
  sunindextype n = N_VGetLength(z);
#pragma GCC ivdep
  for (sunindextype i = 0; i < n; i++)
    out[i] = a * u[i] + b * v[i];
}

static void scale(realtype a, N_Vector x, N_Vector z)
{
  const double *u = N_VGetArrayPointer(x);
  double *out = N_VGetArrayPointer(z);
  sunindextype n = N_VGetLength(z);
#pragma GCC ivdep
  for (sunindextype i = 0; i < n; i++)
    out[i] = a * u[i];
}

/* Root mean square of x w, in sums that do not wait for each other. */
static realtype norm(N_Vector x, N_Vector w)
{
  enum { SUMS = 8 };
  const double *u = N_VGetArrayPointer(x), *v = N_VGetArrayPointer(w);
  sunindextype n = N_VGetLength(x), i = 0;
  double sum[SUMS] = {0}, total = 0;
  for (; i + SUMS <= n; i += SUMS)
    for (int k = 0; k < SUMS; k++)
      sum[k] += (u[i + k] * v[i + k]) * (u[i + k] * v[i + k]);
  for (; i < n; i++)
    total += (u[i] * v[i]) * (u[i] * v[i]);
  for (int k = 0; k < SUMS; k++)
    total += sum[k];
  return sqrt(total / (double)n);
}

static void speed_up(N_Vector y)
{
  y->ops->nvlinearsum = linear_sum;
  y->ops->nvscale = scale;
  y->ops->nvwrmsnorm = norm;
}

/* ---- what CVODE calls ---- */

static int rate(realtype t, N_Vector y, N_Vector dydt, void *data)
{
  (void)t;
  const struct proda_ode *ode = &((struct proda_integrator *)data)->ode;
  double *out = N_VGetArrayPointer(dydt), sum = 0;
  ode->rate(ode->context, N_VGetArrayPointer(y), out);
  for (size_t i = 0; i < ode->n; i++)
    sum += out[i];
  return !isfinite(sum);
}

static int weigh(N_Vector y, N_Vector weight, void *data)
{
  const struct proda_ode *ode = &((struct proda_integrator *)data)->ode;
  ode->weigh(ode->context, N_VGetArrayPointer(y), N_VGetArrayPointer(weight));
  return 0;
}

static int form_matrix(realtype t, N_Vector y, N_Vector dydt, SUNMatrix matrix, booleantype keep,
                       booleantype *computed, realtype gamma, void *data, N_Vector a, N_Vector b,
                       N_Vector c)
{
  (void)t, (void)dydt, (void)matrix, (void)a, (void)b, (void)c;
  const struct proda_ode *ode = &((struct proda_integrator *)data)->ode;
  if (!keep)
    ode->linearise(ode->context, N_VGetArrayPointer(y));
  *computed = !keep;
  ode->factor(ode->context, gamma);
  return 0;
}

static int solve(SUNLinearSolver solver, SUNMatrix matrix, N_Vector x, N_Vector b, realtype tol)
{
  (void)matrix, (void)tol;
  const struct proda_ode *ode = &((struct proda_integrator *)solver->content)->ode;
  N_VScale(1.0, b, x);
  ode->solve(ode->context, N_VGetArrayPointer(x));
  return SUNLS_SUCCESS;
}

static SUNMatrix_ID matrix_id(SUNMatrix matrix)
{
  (void)matrix;
  return SUNMATRIX_CUSTOM;
}

static SUNLinearSolver_Type solver_type(SUNLinearSolver solver)
{
  (void)solver;
  return SUNLINEARSOLVER_DIRECT;
}

static SUNLinearSolver_ID solver_id(SUNLinearSolver solver)
{
  (void)solver;
  return SUNLINEARSOLVER_CUSTOM;
}

static int solver_setup(SUNLinearSolver solver, SUNMatrix matrix)
{
  (void)solver, (void)matrix;
  return SUNLS_SUCCESS;
}

/* CVODE would print what the caller gets as a message. */
static void keep_quiet(int code, const char *module, const char *function, char *message,
                       void *data)
{
  (void)code, (void)module, (void)function, (void)message, (void)data;
}

static void make_solver(struct proda_integrator *made)
{
  made->matrix_ops = (struct _generic_SUNMatrix_Ops){.getid = matrix_id};
  made->matrix = (struct _generic_SUNMatrix){made, &made->matrix_ops, made->context};
  made->solver_ops = (struct _generic_SUNLinearSolver_Ops){
      .gettype = solver_type,
      .getid = solver_id,
      .setup = solver_setup,
      .solve = solve,
  };
  made->solver = (struct _generic_SUNLinearSolver){made, &made->solver_ops, made->context};
}

/* The matrix is factored for every size of step, and corrections are never scaled: what f conserves
 * would else be conserved to the tolerance only. */
static bool set_up(struct proda_integrator *made)
{
  return CVodeInit(made->cvode, rate, 0.0, made->y) == CV_SUCCESS &&
         CVodeSetErrHandlerFn(made->cvode, keep_quiet, NULL) == CV_SUCCESS &&
         CVodeSetUserData(made->cvode, made) == CV_SUCCESS &&
         CVodeWFtolerances(made->cvode, weigh) == CV_SUCCESS &&
         CVodeSetMaxNumSteps(made->cvode, MAX_STEPS) == CV_SUCCESS &&
         CVodeSetLinearSolver(made->cvode, &made->solver, &made->matrix) == CV_SUCCESS &&
         CVodeSetLinSysFn(made->cvode, form_matrix) == CV_SUCCESS &&
         CVodeSetLinearSolutionScaling(made->cvode, SUNFALSE) == CV_SUCCESS &&
         CVodeSetDeltaGammaMaxLSetup(made->cvode, 0.0) == CV_SUCCESS;
}

int proda_integrator_new(const struct proda_ode *ode, struct proda_integrator **integrator,
                         struct proda_error *error)
{
  struct proda_integrator *made = calloc(1, sizeof *made);
  if (!made)
    return proda_error_set(error, "out of memory for an integrator");
  made->ode = *ode;
  if (SUNContext_Create(NULL, &made->context) != 0)
    goto fail;
  made->y = N_VNew_Serial((sunindextype)ode->n, made->context);
  made->cvode = CVodeCreate(CV_BDF, made->context);
  if (!made->y || !made->cvode)
    goto fail;
  N_VConst(0.0, made->y);
  speed_up(made->y);
  make_solver(made);
  if (!set_up(made))
    goto fail;
  *integrator = made;
  return PRODA_OK;
fail:
  proda_integrator_free(made);
  return proda_error_set(error, "CVODE could not be set up for %zu numbers: out of memory?",
                         ode->n);
}

void proda_integrator_free(struct proda_integrator *integrator)
{
  if (!integrator)
    return;
  if (integrator->cvode)
    CVodeFree(&integrator->cvode);
  if (integrator->y)
    N_VDestroy(integrator->y);
  if (integrator->context)
    SUNContext_Free(&integrator->context);
  free(integrator);
}

double *proda_integrator_state(struct proda_integrator *integrator)
{
  return N_VGetArrayPointer(integrator->y);
}

int proda_integrator_start(struct proda_integrator *integrator, struct proda_error *error)
{
  integrator->steps = (long)proda_integrator_steps(integrator);
  if (CVodeReInit(integrator->cvode, 0.0, integrator->y) != CV_SUCCESS)
    return proda_error_set(error, "CVODE could not be started");
  return PRODA_OK;
}

static const char *explain(int flag)
{
  switch (flag) {
  case CV_TOO_MUCH_WORK:
    return "200000 steps were not enough: something changes far faster than the forcing";
  case CV_TOO_MUCH_ACC:
    return "the tolerance is beyond what doubles can hold";
  case CV_ERR_FAILURE:
    return "no step is small enough for the tolerance";
  case CV_CONV_FAILURE:
  case CV_LSETUP_FAIL:
    return "Newton's iteration does not converge, however small the step";
  case CV_FIRST_RHSFUNC_ERR:
    return "the rates are not finite at its start";
  case CV_REPTD_RHSFUNC_ERR:
  case CV_UNREC_RHSFUNC_ERR:
    return "the rates are not finite, however small the step";
  default:
    return "CVODE finds no step";
  }
}

/* The entry with the greatest estimated error of the step that failed. */
static size_t find_worst(const struct proda_integrator *integrator)
{
  size_t worst = 0;
  N_Vector local = N_VClone(integrator->y), weight = N_VClone(integrator->y);
  if (local && weight && CVodeGetEstLocalErrors(integrator->cvode, local) == CV_SUCCESS &&
      CVodeGetErrWeights(integrator->cvode, weight) == CV_SUCCESS) {
    const double *e = N_VGetArrayPointer(local), *w = N_VGetArrayPointer(weight);
    for (size_t i = 1; i < integrator->ode.n; i++)
      if (fabs(e[i]) * w[i] > fabs(e[worst]) * w[worst])
        worst = i;
  }
  if (local)
    N_VDestroy(local);
  if (weight)
    N_VDestroy(weight);
  return worst;
}

int proda_integrator_advance(struct proda_integrator *integrator, double time, double stop,
                             double *reached, size_t *worst, struct proda_error *error)
{
  realtype at = 0;
  int flag = CVodeSetStopTime(integrator->cvode, stop);
  if (flag == CV_SUCCESS)
    flag = CVode(integrator->cvode, time, integrator->y, &at, CV_NORMAL);
  *reached = at;
  if (flag >= 0)
    return PRODA_OK;
  CVodeGetCurrentTime(integrator->cvode, reached);
  *worst = find_worst(integrator);
  return proda_error_set(error, "%s", explain(flag));
}

size_t proda_integrator_steps(const struct proda_integrator *integrator)
{
  long steps = 0;
  CVodeGetNumSteps(integrator->cvode, &steps);
  return (size_t)(integrator->steps + steps);
}
