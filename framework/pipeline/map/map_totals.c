#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "pipeline/map/mapping.h"
#include "pipeline/measures.h"
#include "stats/weighted.h"

static const char *title(const struct proda_mapping *m, enum proda_map_source source)
{
  static const char *const text[PRODA_MAP_N_SOURCES] = {"predicted", "default", "global median"};
  return source == PRODA_MAP_DEFAULT && m->ad_hoc == PRODA_AD_HOC_SITE_MEAN ? "mean of the sites'"
                                                                            : text[source];
}

static bool is_sound(const struct proda_mapping *m, enum proda_map_source source, size_t s)
{
  return m->status[(size_t)source * m->n + s] == PRODA_SOLVED;
}

/** Pg C over the cells with a sound steady state, and their share of the area. */
static double total(const struct proda_mapping *m, enum proda_map_source source, int d,
                    double *share)
{
  const double *area = proda_forcing_area(m->forcing), *stock = proda_mapping_stocks(m, source, d);
  double sum = 0, covered = 0, all = 0;
  for (size_t s = 0; area && s < m->n; s++) {
    all += area[s];
    if (!is_sound(m, source, s))
      continue;
    sum += stock[s] * area[s] * 1e-12;
    covered += area[s];
  }
  *share = covered / all;
  return area ? sum : NAN;
}

/** Median over the area of the sound cells that have the measure: deserts with next to no input
 * would carry a mean away. Cells count alike where the file has no areas. `room` has one entry a
 * cell. */
static double median(const struct proda_mapping *m, enum proda_map_source source, size_t k,
                     struct proda_weighted *room)
{
  const double *area = proda_forcing_area(m->forcing);
  const double *value = proda_mapping_measures(m, source, k);
  size_t n = 0;
  for (size_t s = 0; s < m->n; s++)
    if (is_sound(m, source, s) && isfinite(value[s]))
      room[n++] = (struct proda_weighted){value[s], area ? area[s] : 1};
  proda_weighted_sort(room, n);
  return proda_weighted_quantile_sorted(room, n, 0.5);
}

static int report_medians(const struct proda_mapping *m, enum proda_map_source source,
                          struct proda_error *error)
{
  char text[PRODA_MESSAGE_SIZE] = "";
  int used = 0;
  struct proda_weighted *room = malloc((m->n + 1) * sizeof *room);
  if (!room)
    return proda_error_set(error, "out of memory for %zu cells", m->n);
  for (size_t k = 0; k < PRODA_N_COMPONENTS && used < (int)sizeof text; k++) {
    struct proda_measure measure = proda_components[k];
    bool has_unit = measure.unit[0] != '1' || measure.unit[1] != '\0';
    used += snprintf(text + used, sizeof text - (size_t)used, "%s%s %.3g%s%s", k ? ", " : "",
                     measure.name, median(m, source, k, room), has_unit ? " " : "",
                     has_unit ? measure.unit : "");
  }
  proda_report(m->run, "map %s: %s parameters, medians over the land: %s", m->chosen->name,
               title(m, source), text);
  free(room);
  return PRODA_OK;
}

int proda_mapping_sum_up(const struct proda_mapping *mapping, struct proda_mapped *mapped,
                         struct proda_error *error)
{
  for (int s = 0; s < PRODA_MAP_N_SOURCES; s++) {
    enum proda_map_source source = (enum proda_map_source)s;
    double share = NAN;
    for (int d = 0; d < PRODA_MAP_N_DEPTHS; d++) {
      mapped->stock[s][d] = proda_mapping_stocks(mapping, source, d);
      mapped->total[s][d] = total(mapping, source, d, &share);
    }
    mapped->measure[s] = proda_mapping_measures(mapping, source, 0);
    mapped->status[s] = mapping->status + source * mapping->n;
    proda_report(mapping->run,
                 "map %s: %s parameters: %.0f Pg C in 0-30 cm, %.0f in 0-100 cm, %.0f in all, on "
                 "%.1f %% of the land",
                 mapping->chosen->name, title(mapping, source), mapped->total[s][0],
                 mapped->total[s][1], mapped->total[s][2], 100 * share);
  }
  return report_medians(mapping, PRODA_MAP_PREDICTED, error);
}
