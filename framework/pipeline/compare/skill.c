#include <math.h>
#include <stdlib.h>

#include "pipeline/compare/comparison.h"
#include "stats/bootstrap.h"
#include "stats/summary.h"

enum { KEPT, HELD_OUT, N_GROUPS };
static const char *const group_name[N_GROUPS] = {[KEPT] = "kept", [HELD_OUT] = "held_out"};
enum { NSE, RMSE, BIAS, R2, N_METRICS };
static const char *const metric_name[N_METRICS] = {"nse", "rmse", "bias", "r2"};
static const char *const metric_unit[N_METRICS] = {"1", "gC m-3", "gC m-3", "1"};
static const double level = 0.95;

static const struct proda_nc_entry text_entry[] = {
    {"group_name", PRODA_NC_STRING, "group", NULL,
     "sites kept in all structures; of these, held out from training"},
    {"source_name", PRODA_NC_STRING, "source", NULL, "where the parameters of a run came from"},
    {"metric_name", PRODA_NC_STRING, "metric", NULL, "measure of skill"},
    {"metric_unit", PRODA_NC_STRING, "metric", NULL, "unit of the measure"},
};
#define DIMS "group source structure metric"
#define PAIR_DIMS "group source pair metric"
enum { SITES, LAYERS, SKILL, LOWER, UPPER, N_ENTRIES };
static const struct proda_nc_entry entry[N_ENTRIES] = {
    [SITES] = {"skill_sites", PRODA_NC_INT, "group source", "1",
               "sites of the group where all structures have an answer from the source"},
    [LAYERS] = {"skill_layers", PRODA_NC_INT, "group source", "1", "measured layers of these"},
    [SKILL] = {"skill", PRODA_NC_DOUBLE, DIMS, NULL,
               "skill pooled over the layers, in metric_unit"},
    [LOWER] = {"skill_lower", PRODA_NC_DOUBLE, DIMS, NULL,
               "lower end of the 95 % interval over resampled sites"},
    [UPPER] = {"skill_upper", PRODA_NC_DOUBLE, DIMS, NULL,
               "upper end of the 95 % interval over resampled sites"},
};
enum { DIFFERENCE, DIFFERENCE_LOWER, DIFFERENCE_UPPER, N_PAIR_ENTRIES };
static const struct proda_nc_entry pair_entry[N_PAIR_ENTRIES] = {
    [DIFFERENCE] = {"difference", PRODA_NC_DOUBLE, PAIR_DIMS, NULL,
                    "skill of second minus that of first on the same layers"},
    [DIFFERENCE_LOWER] = {"difference_lower", PRODA_NC_DOUBLE, PAIR_DIMS, NULL,
                          "lower end of the 95 % interval over resampled sites"},
    [DIFFERENCE_UPPER] = {"difference_upper", PRODA_NC_DOUBLE, PAIR_DIMS, NULL,
                          "upper end of the 95 % interval over resampled sites"},
};

/* The layers of a group of sites as one source models them, summed up by site. */
struct sample {
  const struct proda_comparison *comparison;
  size_t source, n, n_layers;
  size_t *site;                  /* [n] */
  struct proda_skill_sums *sums; /* [n][n_structures] */
  double *metric;                /* [n_structures + n_pairs][N_METRICS]: room */
};

static bool in_group(const struct proda_comparison *c, size_t group, size_t site)
{
  for (size_t s = 0; s < c->n_structures; s++)
    if (!proda_compared_kept(c->sites, s, site) ||
        (group == HELD_OUT && c->sites->structure[s].held_out[site] != 1))
      return false;
  return true;
}

static double modelled(const struct sample *sample, size_t structure, size_t layer)
{
  const struct proda_compared_sites *sites = sample->comparison->sites;
  return sites->structure[structure].modelled[sample->source * sites->prepared->n_obs + layer];
}

/* A measured layer that all structures see. */
static bool is_common(const struct sample *sample, size_t layer)
{
  for (size_t s = 0; s < sample->comparison->n_structures; s++)
    if (!isfinite(modelled(sample, s, layer)))
      return false;
  return true;
}

static size_t n_common(const struct sample *sample, size_t site)
{
  const size_t *first = sample->comparison->sites->prepared->first;
  size_t n = 0;
  for (size_t i = first[site]; i < first[site + 1]; i++)
    n += is_common(sample, i);
  return n;
}

static void choose_sites(struct sample *sample, size_t group)
{
  const struct proda_prepared *prepared = sample->comparison->sites->prepared;
  sample->n = sample->n_layers = 0;
  for (size_t site = 0; site < prepared->n_sites; site++)
    if (in_group(sample->comparison, group, site) && n_common(sample, site) > 0) {
      sample->site[sample->n++] = site;
      sample->n_layers += n_common(sample, site);
    }
}

/* Sums are of deviations from the mean of what was measured. */
static void sum_up(const struct sample *sample)
{
  const struct proda_comparison *c = sample->comparison;
  const struct proda_prepared *prepared = c->sites->prepared;
  double mean = proda_mean(prepared->obs_value, prepared->n_obs);
  for (size_t k = 0; k < sample->n; k++)
    for (size_t s = 0; s < c->n_structures; s++) {
      struct proda_skill_sums *sums = &sample->sums[k * c->n_structures + s];
      *sums = (struct proda_skill_sums){0};
      for (size_t i = prepared->first[sample->site[k]]; i < prepared->first[sample->site[k] + 1];
           i++)
        if (is_common(sample, i))
          proda_skill_sums_pair(sums, prepared->obs_value[i] - mean, modelled(sample, s, i) - mean);
    }
}

/* Metrics of all structures, then differences of all pairs, of the sites at `place`. */
static void measure(void *context, const uint32_t *place, double *value)
{
  const struct sample *sample = context;
  const struct proda_comparison *c = sample->comparison;
  for (size_t s = 0; s < c->n_structures; s++) {
    struct proda_skill_sums sums = {0};
    struct proda_skill skill;
    for (size_t k = 0; k < sample->n; k++)
      proda_skill_sums_add(&sums, &sample->sums[(place ? place[k] : k) * c->n_structures + s]);
    proda_skill_from_sums(&sums, &skill);
    const double metric[N_METRICS] = {skill.nse, skill.rmse, skill.bias, skill.r2};
    for (size_t m = 0; m < N_METRICS; m++)
      value[s * N_METRICS + m] = metric[m];
  }
  for (size_t pair = 0; pair < c->n_pairs; pair++) {
    struct proda_compared_pair at = proda_compared_pair(c, pair);
    for (size_t m = 0; m < N_METRICS; m++)
      value[(c->n_structures + pair) * N_METRICS + m] =
          value[at.second * N_METRICS + m] - value[at.first * N_METRICS + m];
  }
}

/* Where the numbers of a group and source go: structures first, then pairs, as `measure` has it. */
struct target {
  double *structure[3], *pair[3]; /* value, lower, upper; NULL without pairs */
};

static void put(const double *metric, size_t n, double *resample, size_t n_resamples,
                double *const out[3])
{
  for (size_t v = 0; v < n; v++) {
    out[0][v] = metric[v];
    proda_bootstrap_interval(resample + v * n_resamples, n_resamples, level, &out[1][v],
                             &out[2][v]);
  }
}

static int fill(struct sample *sample, size_t group, const struct target *target, double *resample,
                struct proda_error *error)
{
  const struct proda_comparison *c = sample->comparison;
  const struct proda_bootstrap bootstrap = {
      .seed = c->run->experiment->seed,
      .stream = group * PRODA_N_SOURCES + sample->source,
      .n_clusters = sample->n,
      .n_resamples = (size_t)c->run->experiment->compare.resamples,
      .n_values = (c->n_structures + c->n_pairs) * N_METRICS,
  };
  sum_up(sample);
  measure(sample, NULL, sample->metric);
  if (proda_bootstrap_run(&bootstrap, measure, sample, resample, error) != PRODA_OK)
    return PRODA_ERROR;
  size_t n = c->n_structures * N_METRICS;
  put(sample->metric, n, resample, bootstrap.n_resamples, target->structure);
  if (target->pair[0])
    put(sample->metric + n, c->n_pairs * N_METRICS, resample + n * bootstrap.n_resamples,
        bootstrap.n_resamples, target->pair);
  return PRODA_OK;
}

static void report(const struct sample *sample, const struct target *target)
{
  const struct proda_comparison *c = sample->comparison;
  if (sample->n == 0) {
    proda_report(c->run, "compare: no held-out profile is kept in all structures");
    return;
  }
  for (size_t s = 0; s < c->n_structures; s++)
    proda_report(c->run,
                 "compare %s: R2 %.3f [%.3f, %.3f] at %zu held-out profiles that all structures "
                 "keep, with predicted parameters",
                 proda_compared_name(c, s), target->structure[0][s * N_METRICS + NSE],
                 target->structure[1][s * N_METRICS + NSE],
                 target->structure[2][s * N_METRICS + NSE], sample->n);
  for (size_t pair = 0; pair < c->n_pairs; pair++) {
    struct proda_compared_pair at = proda_compared_pair(c, pair);
    proda_report(c->run, "compare: R2 of %s less that of %s: %.3f [%.3f, %.3f]",
                 proda_compared_name(c, at.second), proda_compared_name(c, at.first),
                 target->pair[0][pair * N_METRICS + NSE], target->pair[1][pair * N_METRICS + NSE],
                 target->pair[2][pair * N_METRICS + NSE]);
  }
}

static int fill_all(struct sample *sample, double *const out[N_ENTRIES],
                    double *const pair_out[N_PAIR_ENTRIES], double *resample,
                    struct proda_error *error)
{
  const struct proda_comparison *c = sample->comparison;
  for (size_t group = 0; group < N_GROUPS; group++)
    for (size_t source = 0; source < PRODA_N_SOURCES; source++) {
      size_t at = group * PRODA_N_SOURCES + source;
      struct target target = {.structure = {NULL}};
      for (size_t i = 0; i < 3; i++) {
        target.structure[i] = out[SKILL + i] + at * c->n_structures * N_METRICS;
        target.pair[i] =
            c->n_pairs > 0 ? pair_out[DIFFERENCE + i] + at * c->n_pairs * N_METRICS : NULL;
      }
      sample->source = source;
      choose_sites(sample, group);
      out[SITES][at] = (double)sample->n;
      out[LAYERS][at] = (double)sample->n_layers;
      if (fill(sample, group, &target, resample, error) != PRODA_OK)
        return PRODA_ERROR;
      if (group == HELD_OUT && source == PRODA_SOURCE_PREDICTED)
        report(sample, &target);
    }
  return PRODA_OK;
}

static int define(const struct proda_comparison *c, struct proda_draft *draft, double **out,
                  double **pair_out, struct proda_error *error)
{
  const char *const *const text[] = {group_name, proda_source_names, metric_name, metric_unit};
  if (proda_draft_dim(draft, "group", N_GROUPS, error) != PRODA_OK ||
      proda_draft_dim(draft, "source", PRODA_N_SOURCES, error) != PRODA_OK ||
      proda_draft_dim(draft, "metric", N_METRICS, error) != PRODA_OK)
    return PRODA_ERROR;
  for (size_t i = 0; i < sizeof text / sizeof *text; i++)
    if (proda_draft_texts(draft, &text_entry[i], text[i], error) != PRODA_OK)
      return PRODA_ERROR;
  if (proda_draft_numbers_all(draft, entry, N_ENTRIES, out, error) != PRODA_OK)
    return PRODA_ERROR;
  return c->n_pairs > 0
             ? proda_draft_numbers_all(draft, pair_entry, N_PAIR_ENTRIES, pair_out, error)
             : PRODA_OK;
}

int proda_compare_skill(const struct proda_comparison *c, struct proda_draft *draft,
                        struct proda_error *error)
{
  size_t n_sites = c->sites->prepared->n_sites;
  size_t n_values = (c->n_structures + c->n_pairs) * N_METRICS;
  size_t n_resamples = (size_t)c->run->experiment->compare.resamples;
  double *out[N_ENTRIES], *pair_out[N_PAIR_ENTRIES] = {NULL};
  struct sample sample = {
      .comparison = c,
      .site = calloc(n_sites + 1, sizeof *sample.site),
      .sums = calloc(n_sites * c->n_structures + 1, sizeof *sample.sums),
      .metric = calloc(n_values, sizeof *sample.metric),
  };
  double *resample = calloc(n_values * n_resamples, sizeof *resample);
  int status = sample.site && sample.sums && sample.metric && resample
                   ? define(c, draft, out, pair_out, error)
                   : proda_error_set(error, "out of memory for %zu resamples", n_resamples);
  if (status == PRODA_OK)
    status = fill_all(&sample, out, pair_out, resample, error);
  free(sample.site);
  free(sample.sums);
  free(sample.metric);
  free(resample);
  return status;
}
