#include <string.h>

#include "pipeline/compare/comparison.h"

static const struct proda_nc_entry name_entry = {"state_name", PRODA_NC_STRING, "state", NULL,
                                                 "how a site ends"};
static const struct proda_nc_entry text_entry = {"state_text", PRODA_NC_STRING, "state", NULL,
                                                 "what that means"};
static const struct proda_nc_entry class_entry = {
    "state_by_class", PRODA_NC_INT, "structure state class", "1", "sites of the class that end so"};
enum { ID, STATE, COUNT, PROFILES, N_ENTRIES };
static const struct proda_nc_entry entry[N_ENTRIES] = {
    [ID] = {"site_id", PRODA_NC_INT64, "site", "1", "identity of the profile"},
    [STATE] = {"site_state", PRODA_NC_BYTE, "structure site", NULL,
               "kept, or the first reason against the site"},
    [COUNT] = {"state_count", PRODA_NC_INT, "structure state", "1", "sites that end so"},
    [PROFILES] = {"profile_count", PRODA_NC_INT, "structure state", "1",
                  "profiles of the input that end so"},
};

/* "400 sites: 320 kept, 50 not_converged, 30 not_explained" */
static void report(const struct proda_comparison *c, size_t structure, const double *count)
{
  size_t n[PRODA_N_SITE_CODES];
  char text[512];
  for (size_t i = 0; i < PRODA_N_SITE_CODES; i++)
    n[i] = (size_t)count[i];
  proda_counts_join(n, proda_site_code_names, PRODA_N_SITE_CODES, text, sizeof text);
  proda_report(c->run, "compare %s: %zu sites: %s", proda_compared_name(c, structure),
               c->sites->prepared->n_sites, text);
}

static void count_classes(const struct proda_comparison *c, double *count)
{
  size_t n_sites = c->sites->prepared->n_sites;
  for (size_t s = 0; s < c->n_structures; s++)
    for (size_t v = 0; v < c->classes->n_variables; v++)
      for (size_t site = 0; site < n_sites; site++) {
        long k = c->classes->site[v * n_sites + site];
        size_t state = (size_t)c->sites->structure[s].state[site];
        if (k >= 0)
          count[(s * PRODA_N_SITE_CODES + state) * c->classes->n + (size_t)k]++;
      }
}

static void report_common(const struct proda_comparison *c)
{
  size_t n = c->sites->prepared->n_sites, common = 0;
  for (size_t site = 0; site < n; site++) {
    bool kept = true;
    for (size_t s = 0; s < c->n_structures; s++)
      kept = kept && proda_compared_kept(c->sites, s, site);
    common += kept;
  }
  if (c->n_structures > 1)
    proda_report(c->run, "compare: %zu of %zu sites kept in all structures", common, n);
}

int proda_compare_fate(const struct proda_comparison *c, struct proda_draft *draft,
                       struct proda_error *error)
{
  const struct proda_compared_sites *sites = c->sites;
  enum { N_STATES = PRODA_N_SITE_CODES };
  const char *const *name = proda_site_code_names;
  size_t n = sites->prepared->n_sites;
  const char *text[N_STATES];
  double *out[N_ENTRIES], *by_class = NULL;
  for (size_t i = 0; i < N_STATES; i++)
    text[i] = proda_site_code_texts[i].text;
  if (proda_draft_dim(draft, "state", N_STATES, error) != PRODA_OK ||
      proda_draft_texts(draft, &name_entry, name, error) != PRODA_OK ||
      proda_draft_texts(draft, &text_entry, text, error) != PRODA_OK ||
      proda_draft_numbers_all(draft, entry, N_ENTRIES, out, error) != PRODA_OK ||
      proda_draft_flags(draft, entry[STATE].name, name, N_STATES, error) != PRODA_OK ||
      (c->classes->n > 0 && proda_draft_numbers(draft, &class_entry, &by_class, error) != PRODA_OK))
    return PRODA_ERROR;
  memcpy(out[ID], sites->prepared->site_id, n * sizeof *out[ID]);
  for (size_t s = 0; s < c->n_structures; s++) {
    const double *state = sites->structure[s].state;
    memcpy(out[STATE] + s * n, state, n * sizeof *state);
    for (size_t site = 0; site < n; site++)
      out[COUNT][s * N_STATES + (size_t)state[site]]++;
    for (size_t i = 0; i < N_STATES; i++)
      out[PROFILES][s * N_STATES + i] = (double)sites->structure[s].n_profiles[i];
    report(c, s, out[COUNT] + s * N_STATES);
  }
  if (by_class)
    count_classes(c, by_class);
  report_common(c);
  return PRODA_OK;
}
