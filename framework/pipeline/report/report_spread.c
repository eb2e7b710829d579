#include <math.h>
#include <stdlib.h>

#include "pipeline/report/report.h"
#include "store/sphere.h"

/* Half of the Earth's circumference, km: as far as two places can be from each other. */
static const double farthest = M_PI * PRODA_EARTH_RADIUS;

/** Share of a site's classes that no chosen site has. */
static double novelty(const double *const *class, size_t n_classes, size_t site,
                      const size_t *chosen, size_t n)
{
  size_t n_new = 0;
  for (size_t c = 0; c < n_classes; c++) {
    bool seen = isnan(class[c][site]);
    for (size_t k = 0; k < n && !seen; k++)
      seen = class[c][chosen[k]] == class[c][site];
    n_new += !seen;
  }
  return n_classes ? (double)n_new / (double)n_classes : 0;
}

size_t proda_report_spread(const double *vector, const double *const *class, size_t n_classes,
                           const bool *candidate, size_t n_sites, size_t n, size_t *chosen)
{
  double *distance = malloc((n_sites + 1) * sizeof *distance);
  size_t count = 0;
  for (size_t s = 0; distance && s < n_sites; s++)
    distance[s] = candidate[s] ? farthest : -1;
  while (distance && count < n) {
    size_t best = n_sites;
    double best_score = -1;
    for (size_t s = 0; s < n_sites; s++) {
      if (distance[s] < 0)
        continue;
      double score = distance[s] / farthest + novelty(class, n_classes, s, chosen, count);
      if (score > best_score) {
        best = s;
        best_score = score;
      }
    }
    if (best == n_sites)
      break;
    chosen[count++] = best;
    for (size_t s = 0; s < n_sites; s++)
      distance[s] = fmin(distance[s], proda_sphere_distance(vector + 3 * s, vector + 3 * best));
    distance[best] = -1;
  }
  free(distance);
  return count;
}
