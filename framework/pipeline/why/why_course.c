#include <math.h>
#include <stdlib.h>

#include "pipeline/why/why_private.h"

void proda_why_tell_draws(const struct proda_why *why, const double front[PRODA_WHY_N_FRONT])
{
  size_t count[PRODA_N_REJECTIONS], n = 0;
  const char *name[PRODA_N_REJECTIONS];
  char text[512];
  for (size_t r = 0; r < PRODA_N_REJECTIONS; r++) {
    double refused = front[PRODA_FIRST_REJECTION + r];
    count[r] = refused > 0 ? (size_t)refused : 0;
    name[r] = proda_posterior_fields[PRODA_FIRST_REJECTION + r].name + 2; /* without "n_" */
    n += count[r];
  }
  proda_counts_join(count, name, PRODA_N_REJECTIONS, text, sizeof text);
  fprintf(why->out, "  draws: %.0f evaluated, %zu refused%s%s\n", front[PRODA_FIELD_N_STEPS], n,
          n > 0 ? ": " : "", text);
  if (!isnan(front[PRODA_FIELD_PRIOR_VALID_SHARE]))
    fprintf(why->out, "  prior: %.0f %% of it has a valid state here\n",
            100 * front[PRODA_FIELD_PRIOR_VALID_SHARE]);
}

/* ---- chains ---- */

static int tell_chains(const struct proda_why *why, const struct proda_nc *file,
                       struct proda_error *error)
{
  size_t n;
  if (proda_nc_dim(file, "chain", &n, error))
    return PRODA_ERROR;
  double acceptance[n], draws[n], least = INFINITY, most = -INFINITY, sum = 0;
  if (proda_nc_read_rows(file, "acceptance", why->site, 1, n, acceptance, error) ||
      proda_nc_read_rows(file, "n_draws", why->site, 1, n, draws, error))
    return PRODA_ERROR;
  for (size_t c = 0; c < n; c++) {
    least = fmin(least, acceptance[c]);
    most = fmax(most, acceptance[c]);
    sum += draws[c];
  }
  fprintf(why->out,
          "  chains: %zu, %.0f draws in all behind what was discarded, acceptance %.2f to %.2f\n",
          n, sum, least, most);
  return PRODA_OK;
}

/* Index of the extreme of finite values; n where there is none. */
static size_t extreme(const double *value, size_t n, int sign)
{
  size_t at = n;
  for (size_t i = 0; i < n; i++)
    if (isfinite(value[i]) && (at == n || sign * value[i] > sign * value[at]))
      at = i;
  return at;
}

static int tell_convergence(const struct proda_why *why, const struct proda_nc *file,
                            double max_rhat, struct proda_error *error)
{
  size_t n, n_names = 0;
  char **name = NULL;
  double mean;
  if (proda_nc_dim(file, "parameter", &n, error))
    return PRODA_ERROR;
  double *rhat = calloc(2 * n + 1, sizeof *rhat), *ess = rhat ? rhat + n : NULL;
  int status = rhat ? PRODA_OK : proda_error_set(error, "out of memory");
  if (status == PRODA_OK && (proda_nc_read_rows(file, "mean_rhat", why->site, 1, 1, &mean, error) ||
                             proda_nc_read_rows(file, "rhat", why->site, 1, n, rhat, error) ||
                             proda_nc_read_rows(file, "ess_bulk", why->site, 1, n, ess, error) ||
                             proda_nc_read_strings(file, "parameter_name", &n_names, &name, error)))
    status = PRODA_ERROR;
  if (status == PRODA_OK) {
    size_t worst = extreme(rhat, n, 1), fewest = extreme(ess, n, -1);
    fprintf(why->out, "  convergence: mean R-hat %.3f", mean);
    if (!isnan(max_rhat))
      fprintf(why->out, " (up to %g goes on)", max_rhat);
    if (worst < n && worst < n_names)
      fprintf(why->out, "; largest rank-normalised R-hat %.3f, of %s", rhat[worst], name[worst]);
    if (fewest < n && fewest < n_names)
      fprintf(why->out, "; fewest effective draws %.0f, of %s", ess[fewest], name[fewest]);
    fputc('\n', why->out);
  }
  free(rhat);
  free(name);
  return status;
}

/* ---- fit ---- */

static int tell_fit(const struct proda_why *why, const struct proda_nc *file, double min_nse,
                    struct proda_error *error)
{
  static const char *const name[] = {"nse", "rmse", "bias", "r2"};
  double value[4];
  char text[4][PRODA_WHY_NUMBER], limit[64] = "";
  for (size_t i = 0; i < 4; i++)
    if (proda_nc_read_rows(file, name[i], why->site, 1, 1, &value[i], error))
      return PRODA_ERROR;
  if (!isnan(min_nse))
    snprintf(limit, sizeof limit, " (above %g goes on)", min_nse);
  fprintf(why->out, "  fit: NSE %s%s, RMSE %s gC/m3, bias %s gC/m3, R2 %s\n",
          proda_why_number(value[0], text[0]), limit, proda_why_number(value[1], text[1]),
          proda_why_number(value[2], text[2]), proda_why_number(value[3], text[3]));
  return PRODA_OK;
}

static int tell_layers(const struct proda_why *why, const struct proda_nc *file,
                       struct proda_error *error)
{
  static const char *const name[] = {"modelled", "modelled_q05", "modelled_q95"};
  size_t n = why->n_obs;
  double *value = calloc(3 * n + 1, sizeof *value);
  int status = value ? PRODA_OK : proda_error_set(error, "out of memory");
  for (size_t i = 0; i < 3 && status == PRODA_OK; i++)
    status = proda_nc_read_rows(file, name[i], why->first_obs, n, n, value + i * n, error);
  if (status == PRODA_OK)
    fprintf(why->out, "    %13s %12s %12s %12s %12s\n", "depth (m)", "measured", "modelled", "5 %",
            "95 % (gC/m3)");
  for (size_t k = 0; k < n && status == PRODA_OK; k++) {
    char text[4][PRODA_WHY_NUMBER];
    fprintf(why->out, "    %5.2f - %5.2f %12s %12s %12s %12s%s\n", why->top[k], why->bottom[k],
            proda_why_number(why->soc[k], text[0]), proda_why_number(value[k], text[1]),
            proda_why_number(value[n + k], text[2]), proda_why_number(value[2 * n + k], text[3]),
            isnan(value[k]) ? "  below the structure" : "");
  }
  free(value);
  return status;
}

int proda_why_tell_course(const struct proda_why *why, const struct proda_nc *calibrate,
                          double max_rhat, double min_nse, struct proda_error *error)
{
  if (tell_chains(why, calibrate, error) || tell_convergence(why, calibrate, max_rhat, error) ||
      tell_fit(why, calibrate, min_nse, error))
    return PRODA_ERROR;
  return tell_layers(why, calibrate, error);
}
