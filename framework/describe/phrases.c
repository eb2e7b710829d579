#include <ctype.h>
#include <math.h>
#include <string.h>

#include "describe/outline.h"

const char *const proda_term_names[] = {"I", "B", "A", "K", "xi", "V"};
const char *const proda_term_meanings[] = {
    "plant input",    "allocation of input",     "transfer of carbon",
    "baseline rates", "environmental modifiers", "transport between layers",
};

const char *proda_phrase_dims(const struct proda_driver *driver)
{
  static const char *const dims[] = {"one value", "layer", "month", "layer, month"};
  return dims[driver->dims];
}

void proda_phrase_formula(const char *text, FILE *out)
{
  bool space = false;
  for (; *text; text++) {
    bool blank = isspace((unsigned char)*text);
    if (!blank)
      fprintf(out, "%s%c", space ? " " : "", *text);
    space = blank;
  }
}

void proda_phrase_prior(const struct proda_prior *prior, FILE *out)
{
  if (prior->kind == PRODA_PRIOR_UNIFORM)
    fprintf(out, "[%g, %g]", prior->lower, prior->upper);
  else if (prior->kind == PRODA_PRIOR_LOG_UNIFORM)
    fprintf(out, "log [%g, %g]", prior->lower, prior->upper);
  else if (isfinite(prior->lower) || isfinite(prior->upper))
    fprintf(out, "normal(%g, %g) in [%g, %g]", prior->mean, prior->sd, prior->lower, prior->upper);
  else
    fprintf(out, "normal(%g, %g)", prior->mean, prior->sd);
}

static void print_value(const struct proda_setting_spec *spec, double value, FILE *out)
{
  if (spec->type == PRODA_SETTING_CHOICE)
    fputs(spec->choice[(size_t)value], out);
  else if (spec->type == PRODA_SETTING_BOOLEAN)
    fputs(value != 0.0 ? "true" : "false", out);
  else
    fprintf(out, "%.15g", value);
}

void proda_phrase_default(const struct proda_setting_spec *spec, FILE *out)
{
  bool list = spec->type == PRODA_SETTING_LIST;
  fputs(list ? "[" : "", out);
  for (size_t i = 0; i < spec->n_default; i++) {
    fputs(i ? ", " : "", out);
    print_value(spec, spec->default_value[i], out);
  }
  fputs(list ? "]" : "", out);
  if (strcmp(spec->unit, "1") != 0)
    fprintf(out, " %s", spec->unit);
}

void proda_phrase_range(const struct proda_setting_spec *spec, const char *separator, FILE *out)
{
  if (isfinite(spec->minimum) && isfinite(spec->maximum))
    fprintf(out, "%s%g to %g", separator, spec->minimum, spec->maximum);
  else if (isfinite(spec->minimum))
    fprintf(out, "%sat least %g", separator, spec->minimum);
  else if (isfinite(spec->maximum))
    fprintf(out, "%sat most %g", separator, spec->maximum);
  for (size_t i = 0; i < spec->n_choices; i++)
    fprintf(out, "%s%s", i ? " or " : separator, spec->choice[i]);
}

static void add_to_sum(double weight, const char *name, bool *first, FILE *out)
{
  if (weight == 0.0)
    return;
  fputs(*first ? "" : " + ", out);
  if (weight != 1.0)
    fprintf(out, "%g ", weight);
  fputs(name, out);
  *first = false;
}

void proda_phrase_sum(const struct proda_manifest *manifest,
                      const struct proda_observable *observable, FILE *out)
{
  bool first = true;
  for (size_t pool = 0; pool < manifest->n_pools; pool++)
    add_to_sum(observable->weight[pool], manifest->pool[pool], &first, out);
  for (size_t p = 0; p < manifest->n_parameters; p++)
    add_to_sum(observable->inert[p], manifest->parameter[p].name, &first, out);
}

const char *proda_phrase_ad_hoc(enum proda_ad_hoc ad_hoc)
{
  static const char *const meaning[PRODA_N_AD_HOC] = {"the defaults",
                                                      "mean of the estimates of retained sites"};
  return meaning[ad_hoc];
}

const char *proda_phrase_rate(const struct proda_channel *channel)
{
  return channel->rate_text ? channel->rate_text : "set by the plugin's code";
}
