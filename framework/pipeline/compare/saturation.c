#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/compare/comparison.h"
#include "store/ncfile.h"

enum { N_BINS = 42 };                  /* below 1e-2, quarters of a decade up to 1e8, above */
static const double first_order = 100; /* times the substrate: the study's limit */

static const struct proda_nc_entry text_entry[] = {
    {"saturating_channel", PRODA_NC_STRING, "saturating", NULL,
     "channel whose rate saturates with its donor"},
    {"saturating_donor", PRODA_NC_STRING, "saturating", NULL, "pool that the channel empties"},
};
enum { STRUCTURE, SITES, QUANTILE, SHARE, SHARE_LARGEST, EDGE, COUNT, N_ENTRIES };
static const struct proda_nc_entry entry[N_ENTRIES] = {
    [STRUCTURE] = {"saturating_structure", PRODA_NC_INT, "saturating", "1",
                   "index of the structure that has the channel"},
    [SITES] = {"saturation_sites", PRODA_NC_INT, "saturating", "1",
               "sites kept, with a half-saturation and substrate"},
    [QUANTILE] = {"saturation_ratio_quantile", PRODA_NC_DOUBLE, "saturating probability", "1",
                  "quantile over these of half-saturation over the mean substrate of 0-100 cm"},
    [SHARE] = {"saturation_share_above_100", PRODA_NC_DOUBLE, "saturating", "1",
               "share of these whose half-saturation is above 100 times the mean substrate"},
    [SHARE_LARGEST] = {"saturation_share_above_100_largest", PRODA_NC_DOUBLE, "saturating", "1",
                       "share of these whose half-saturation is above 100 times the largest "
                       "substrate of a layer"},
    [EDGE] = {"ratio_edge", PRODA_NC_DOUBLE, "ratio_bin", "1",
              "lower edge of the bin; the last is open"},
    [COUNT] = {"saturation_ratio_count", PRODA_NC_INT, "saturating ratio_bin", "1",
               "of these, sites with the ratio to the mean substrate in the bin"},
};

/* The saturating channels of one structure. */
struct channels {
  size_t structure, n;
  char **name, **donor;                          /* [n] */
  double *half_saturation, *substrate, *largest; /* [n_sites][n] */
};

static void channels_free(struct channels *channels)
{
  free(channels->name);
  free(channels->donor);
  free(channels->half_saturation);
  free(channels->substrate);
  free(channels->largest);
}

static int read_values(const struct proda_nc *file, size_t n_sites, struct channels *channels,
                       struct proda_error *error)
{
  size_t n_names = 0, n_donors = 0;
  if (proda_nc_dim(file, "saturating", &channels->n, error) ||
      proda_nc_read_strings(file, "saturating_channel", &n_names, &channels->name, error) ||
      proda_nc_read_strings(file, "saturating_donor", &n_donors, &channels->donor, error))
    return PRODA_ERROR;
  if (n_names != channels->n || n_donors != channels->n)
    return proda_error_set(error, "%s: %zu names and %zu donors for %zu saturating channels",
                           proda_nc_path(file), n_names, n_donors, channels->n);
  size_t n = n_sites * channels->n;
  if (proda_nc_read(file, "half_saturation", n, &channels->half_saturation, error) ||
      proda_nc_read(file, "substrate", n, &channels->substrate, error) ||
      proda_nc_read(file, "substrate_largest", n, &channels->largest, error))
    return PRODA_ERROR;
  return PRODA_OK;
}

static int read_channels(const struct proda_comparison *c, struct channels *channels,
                         struct proda_error *error)
{
  struct proda_nc *file = NULL;
  char *path = proda_store_path(c->run, proda_compared_name(c, channels->structure), "calibrate");
  int status =
      path ? proda_nc_open(path, &file, error) : proda_error_set(error, "out of memory for a path");
  if (status == PRODA_OK && proda_nc_has_dim(file, "saturating"))
    status = read_values(file, c->sites->prepared->n_sites, channels, error);
  proda_nc_close(file);
  free(path);
  return status;
}

/* Half-saturation over substrate of a channel at the sites that the structure keeps, NaN elsewhere.
 */
static void ratios(const struct proda_comparison *c, const struct channels *channels,
                   size_t channel, const double *substrate, double *ratio)
{
  for (size_t site = 0; site < c->sites->prepared->n_sites; site++) {
    size_t at = site * channels->n + channel;
    bool kept = proda_compared_kept(c->sites, channels->structure, site);
    ratio[site] = kept ? channels->half_saturation[at] / substrate[at] : NAN;
  }
}

static double share_above(const double *ratio, size_t n, double limit)
{
  size_t above = 0, all = 0;
  for (size_t i = 0; i < n; i++) {
    all += !isnan(ratio[i]);
    above += ratio[i] > limit;
  }
  return all > 0 ? (double)above / (double)all : NAN;
}

static void fill(const struct proda_comparison *c, const struct channels *channels, size_t channel,
                 size_t at, double *const out[N_ENTRIES], double *ratio)
{
  size_t n = c->sites->prepared->n_sites;
  double *quantile = out[QUANTILE] + at * PRODA_N_PROBABILITIES;
  out[STRUCTURE][at] = (double)channels->structure;
  ratios(c, channels, channel, channels->largest, ratio);
  out[SHARE_LARGEST][at] = share_above(ratio, n, first_order);
  ratios(c, channels, channel, channels->substrate, ratio);
  out[SHARE][at] = share_above(ratio, n, first_order);
  proda_compared_histogram(ratio, n, out[EDGE], N_BINS, out[COUNT] + at * N_BINS);
  size_t n_kept = proda_compared_quantiles(ratio, n, quantile);
  out[SITES][at] = (double)n_kept;
  proda_report(c->run,
               "compare %s: half-saturation of channel %s above 100 times its substrate %s at %.0f "
               "%% of %zu sites; median ratio %.3g",
               proda_compared_name(c, channels->structure), channels->name[channel],
               channels->donor[channel], 100 * out[SHARE][at], n_kept, quantile[2]);
}

/* The channels of all structures, one structure's behind the other's. */
static int fill_all(const struct proda_comparison *c, const struct channels *channels, size_t n,
                    struct proda_draft *draft, struct proda_error *error)
{
  size_t n_sites = c->sites->prepared->n_sites, at = 0;
  double *out[N_ENTRIES], *ratio = calloc(n_sites + 1, sizeof *ratio);
  const char **text = calloc(2 * n, sizeof *text);
  int status = ratio && text ? PRODA_OK : proda_error_set(error, "out of memory");
  for (size_t s = 0; s < c->n_structures && status == PRODA_OK; s++)
    for (size_t i = 0; i < channels[s].n; i++, at++) {
      text[at] = channels[s].name[i];
      text[n + at] = channels[s].donor[i];
    }
  if (status == PRODA_OK)
    status = proda_draft_texts(draft, &text_entry[0], text, error);
  if (status == PRODA_OK)
    status = proda_draft_texts(draft, &text_entry[1], text + n, error);
  if (status == PRODA_OK)
    status = proda_draft_numbers_all(draft, entry, N_ENTRIES, out, error);
  for (size_t b = 0; b < N_BINS && status == PRODA_OK; b++)
    out[EDGE][b] = b == 0 ? 0 : pow(10, -2 + 0.25 * (double)(b - 1));
  at = 0;
  for (size_t s = 0; s < c->n_structures && status == PRODA_OK; s++)
    for (size_t i = 0; i < channels[s].n; i++)
      fill(c, &channels[s], i, at++, out, ratio);
  free(ratio);
  free(text);
  return status;
}

int proda_compare_saturation(const struct proda_comparison *c, struct proda_draft *draft,
                             struct proda_error *error)
{
  size_t n = 0;
  struct channels *channels = calloc(c->n_structures, sizeof *channels);
  int status = channels ? PRODA_OK : proda_error_set(error, "out of memory");
  for (size_t s = 0; s < c->n_structures && status == PRODA_OK; s++) {
    channels[s].structure = s;
    status = read_channels(c, &channels[s], error);
    n += channels[s].n;
  }
  if (status == PRODA_OK && n > 0) {
    status = proda_draft_dim(draft, "saturating", n, error);
    if (status == PRODA_OK)
      status = proda_draft_dim(draft, "ratio_bin", N_BINS, error);
    if (status == PRODA_OK)
      status = fill_all(c, channels, n, draft, error);
  }
  for (size_t s = 0; channels && s < c->n_structures; s++)
    channels_free(&channels[s]);
  free(channels);
  return status;
}
