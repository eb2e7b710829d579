/** @file cards.h
 * A structure of this folder at the cases of its golden file (golden/<model>.md): sites, parameter
 * sets, settings; or one that has no golden file.
 */
#ifndef PRODA_TESTS_CARDS_H
#define PRODA_TESTS_CARDS_H

#include "testing.h"

#include "matrix/structure.h"
#include "open_form.h"
#include "store/ncfile.h"
#include "yaml/yaml.h"

enum {
  CARD_CASES = 24,
  CARD_MONTHS = 12,
  CARD_MAX_POOLS = 7,
  CARD_STRUCTURES = 8,
  CARD_SETTINGS = 256
};

/** Where a driver's numbers stand in a golden file: site_X, or month_X where there is one; over
 * site_Y, where Y is given; "" for the mean of the year whatever the months. */
struct card_driver {
  const char *name, *variable, *over;
  double factor;
};

/** A parameter that golden names otherwise, or has as a product, or that is a factor of a number
 * of each kinetics; 1 where golden has none. */
struct card_parameter {
  const char *name, *golden, *times;
  double over[2];
};

struct card {
  const char *folder;       /**< that the structure's own folder is in, of the build */
  const char *model, *file; /**< "mend", "data/mend.nc" */
  size_t n_variants;        /**< of golden's first dimension; 0: it has none */
  const char *const *kinetics;
  const struct card_driver *driver;       /**< in the manifest's order */
  const struct card_parameter *parameter; /**< up to one without a name; NULL for none */
  bool by_month; /**< its steady state is that of a year of months, not of their means */
};

static const char *const card_millennial2_kinetics[] = {"MM", "ECA", "LIN"};
static const char *const card_mimics_kinetics[] = {"reverse", "forward"};
static const char *const card_mend_kinetics[] = {"MM", "RMM", "ECA"};

static const struct card_driver card_millennial2_driver[] = {
    {"temperature", "temp", NULL, 1},
    {"water", "theta", NULL, 1},
    {"npp", "npp", NULL, 1},
    {"porosity", "porosity", NULL, 1},
    {"ph", "ph", NULL, 1},
    {"bulk_density", "bulk_density", NULL, 1},
    {"clay", "clay", NULL, 1},
    {"silt", "silt", NULL, 1},
};
static const struct card_driver card_mimics_driver[] = {
    {"temperature", "temp", NULL, 1},  {"water", "theta", NULL, 1},
    {"npp", "npp", NULL, 1},           {"npp_annual", "npp", "", 1},
    {"porosity", "porosity", NULL, 1}, {"clay", "clay", NULL, 1},
    {"lignin", "lignin", NULL, 1},     {"litter_cn", "litter_cn", NULL, 1},
};
/* Golden has some for every pathway, all alike; efficiencies go into settings. */
static const struct card_parameter card_mimics_parameter[] = {
    {"Vslope", "Vslope_1", NULL, {1, 1}}, {"Kslope_MULT", "Kslope_1", NULL, {0.025, 0.017}},
    {"Vint", "Vint_1", NULL, {1, 1}},     {"Kint", "Kint_1", NULL, {1, 1}},
    {"KO_MULT", "KO_1", NULL, {6, 4}},    {"desorb", "fSOM_p_1", "desorb_MULT", {1, 1}},
    {"CUE_MULT", NULL, NULL, {1, 1}},     {"fCHEM_MULT", "fCHEM_r_1", NULL, {0.1, 0.1}},
    {"FI_m", "FI_1", NULL, {1, 1}},       {"FI_s", "FI_2", NULL, {1, 1}},
    {NULL, NULL, NULL, {1, 1}},
};
static const struct card_driver card_corpse_driver[] = {
    {"temperature", "temp", NULL, 1},  {"water", "theta", NULL, 1}, {"npp", "npp", NULL, 1},
    {"porosity", "porosity", NULL, 1}, {"clay", "clay", NULL, 1},
};
static const struct card_driver card_mend_driver[] = {
    {"temperature", "temp", NULL, 1},
    {"npp", "npp", NULL, 1},
    {"bulk_density", "bulk_density", NULL, 1},
};
static const struct card_driver card_rothc_driver[] = {
    {"temperature", "temp", NULL, 1}, {"precipitation", "precip", NULL, 1},
    {"evaporation", "pet", NULL, 1},  {"npp", "npp", NULL, 1},
    {"cover", "bare_winter", "", 1},  {"clay", "clay", NULL, 1},
};
static const struct card_driver card_century_driver[] = {
    {"temperature", "temp", NULL, 1}, {"precipitation", "precip", NULL, 1},
    {"evaporation", "pet", NULL, 1},  {"npp", "npp", NULL, 1},
    {"clay", "clay", NULL, 1},        {"silt", "silt", NULL, 1},
    {"lignin", "lignin", NULL, 1},    {"litter_cn", "litter_cn", NULL, 1},
};

/** Those that are not linear and have a golden file, two without one, linear ones. */
enum {
  CARD_MILLENNIAL2,
  CARD_MIMICS,
  CARD_CORPSE,
  CARD_MEND,
  N_CARDS,
  CARD_BISTABLE = N_CARDS,
  CARD_COLUMN,
  N_ALL_CARDS,
  CARD_CENTURY = N_ALL_CARDS,
  CARD_ROTHC,
  N_EVERY_CARD
};
static const struct card cards[N_EVERY_CARD] = {
    {"models", "millennial2", "data/millennial2.nc", 3, card_millennial2_kinetics,
     card_millennial2_driver, NULL, false},
    {"models", "mimics", "data/mimics.nc", 2, card_mimics_kinetics, card_mimics_driver,
     card_mimics_parameter, false},
    {"models", "corpse", "data/corpse.nc", 0, NULL, card_corpse_driver, NULL, false},
    {"models", "mend", "data/mend.nc", 3, card_mend_kinetics, card_mend_driver, NULL, false},
    {"tests/structures", "bistable", NULL, 0, NULL, NULL, NULL, false},
    {"tests/structures", "column", NULL, 0, NULL, NULL, NULL, false},
    {"models", "century", "data/century.nc", 0, NULL, card_century_driver, NULL, true},
    {"models", "rothc", "data/rothc.nc", 0, NULL, card_rothc_driver, NULL, true},
};

/** A card's file and the structures that its cases ask for. */
struct card_host {
  const struct card *card;
  size_t n_variants;
  struct proda_search_path *path;
  struct proda_loaded *model;
  struct proda_nc *file;
  double *par; /**< [variant][case][golden's order] */
  size_t n_par;
  char **par_name;
  size_t n_pools; /**< golden's: RothC's last one is a parameter of the structure */
  struct {
    char text[CARD_SETTINGS];
    size_t n_months;
    struct proda_structure *structure;
  } made[CARD_STRUCTURES];
};

static struct proda_error card_error;

static inline __attribute__((unused)) double *card_read(const struct card_host *h, const char *name)
{
  double *value = NULL;
  assert_ok(proda_nc_read(h->file, name, 0, &value, &card_error), card_error);
  return value;
}

static inline __attribute__((unused)) void card_open(const struct card *card, struct card_host *h)
{
  const char *build = getenv("builddir");
  char folder[4096];
  *h = (struct card_host){.card = card, .n_variants = card->n_variants ? card->n_variants : 1};
  snprintf(folder, sizeof folder, "%s/%s", build ? build : ".", card->folder);
  assert_ok(proda_search_path_make(folder, &h->path, &card_error), card_error);
  assert_ok(proda_load(h->path, card->model, PRODA_MODEL, &h->model, &card_error), card_error);
  if (!card->file)
    return;
  assert_ok(proda_nc_open(testing_path(card->file), &h->file, &card_error), card_error);
  assert_ok(proda_nc_read_strings(h->file, "par_name", &h->n_par, &h->par_name, &card_error),
            card_error);
  h->par = card_read(h, "par_value");
  char **pool = NULL;
  assert_ok(proda_nc_read_strings(h->file, "pool_name", &h->n_pools, &pool, &card_error),
            card_error);
  free(pool);
}

static inline __attribute__((unused)) void card_free_structures(struct card_host *h)
{
  for (int k = 0; k < CARD_STRUCTURES; k++)
    proda_structure_free(h->made[k].structure);
  memset(h->made, 0, sizeof h->made);
}

/** The same card whose structures keep no closed form: Newton's method finds their states. Valid as
 * long as `h` and `form` are; its structures go by card_free_structures. */
static inline __attribute__((unused)) void card_without_closed_form(const struct card_host *h,
                                                                    struct open_form *form,
                                                                    struct card_host *open)
{
  *open = *h;
  memset(open->made, 0, sizeof open->made);
  open_form_make(h->model, form);
  open->model = &form->loaded;
}

static inline __attribute__((unused)) void card_close(struct card_host *h)
{
  card_free_structures(h);
  free(h->par);
  free(h->par_name);
  proda_nc_close(h->file);
  proda_loaded_free(h->model);
  proda_search_path_free(h->path);
}

/** A parameter by golden's name; `fallback` where it has none. */
static inline __attribute__((unused)) double card_par(const struct card_host *h, size_t variant,
                                                      size_t i, const char *name, double fallback)
{
  for (size_t k = 0; k < h->n_par; k++)
    if (strcmp(h->par_name[k], name) == 0)
      return h->par[(variant * CARD_CASES + i) * h->n_par + k];
  return fallback;
}

static inline __attribute__((unused)) void card_parameters(const struct card_host *h,
                                                           size_t variant, size_t i,
                                                           double *parameter)
{
  const struct proda_manifest *m = h->model->manifest;
  for (size_t p = 0; p < m->n_parameters; p++) {
    const struct card_parameter *as = h->card->parameter;
    while (as && as->name && strcmp(as->name, m->parameter[p].name) != 0)
      as++;
    if (!as || !as->name) {
      parameter[p] = card_par(h, variant, i, m->parameter[p].name, NAN);
    } else {
      parameter[p] = as->golden ? card_par(h, variant, i, as->golden, NAN) / as->over[variant] : 1;
      parameter[p] *= as->times ? card_par(h, variant, i, as->times, NAN) : 1;
    }
    assert_false(isnan(parameter[p]));
  }
}

/** The settings of a case, as YAML; returns `text`. */
static inline __attribute__((unused)) const char *card_settings(const struct card_host *h,
                                                                size_t variant, size_t i,
                                                                char text[CARD_SETTINGS])
{
  strcpy(text, "{}");
  if (h->card->kinetics)
    snprintf(text, CARD_SETTINGS, "{kinetics: %s}", h->card->kinetics[variant]);
  if (strcmp(h->card->model, "mimics") == 0)
    snprintf(text, CARD_SETTINGS,
             "{kinetics: %s, turnover: %s, moisture: %s, CUE_r_m: %.17g, CUE_r_s: %.17g, "
             "CUE_K_m: %.17g, CUE_K_s: %.17g}",
             h->card->kinetics[variant],
             card_par(h, variant, i, "tauMethod", 0) > 0 ? "density" : "npp",
             card_par(h, variant, i, "fWmethod", 0) > 0 ? "scalar" : "none",
             card_par(h, variant, i, "CUE_1", NAN), card_par(h, variant, i, "CUE_2", NAN),
             card_par(h, variant, i, "CUE_3", NAN), card_par(h, variant, i, "CUE_4", NAN));
  if (strcmp(h->card->model, "corpse") == 0)
    snprintf(text, CARD_SETTINGS, "{moisture: %s}",
             card_par(h, variant, i, "new_resp_units", 1) > 0 ? "scaled" : "absolute");
  return text;
}

static inline __attribute__((unused)) void card_settings_make(const struct card_host *h,
                                                              const char *text,
                                                              struct proda_settings **settings)
{
  struct proda_yaml *document = NULL;
  assert_ok(proda_yaml_parse("settings", text, strlen(text), &document, &card_error), card_error);
  assert_ok(proda_settings_make(h->model->manifest, document, proda_yaml_root(document), settings,
                                &card_error),
            card_error);
  proda_yaml_free(document);
}

/** The structure with the settings of a case, for so many months. */
static inline __attribute__((unused)) const struct proda_structure *card_structure(
    struct card_host *h, size_t variant, size_t i, size_t n_months)
{
  struct proda_settings *settings = NULL;
  char text[CARD_SETTINGS];
  int k = 0;
  card_settings_make(h, card_settings(h, variant, i, text), &settings);
  while (h->made[k].structure &&
         (strcmp(h->made[k].text, text) != 0 || h->made[k].n_months != n_months))
    assert_true(++k < CARD_STRUCTURES);
  if (!h->made[k].structure) {
    strcpy(h->made[k].text, text);
    h->made[k].n_months = n_months;
    assert_ok(proda_structure_new(h->model, settings, n_months, &h->made[k].structure, &card_error),
              card_error);
  }
  proda_settings_free(settings);
  return h->made[k].structure;
}

/** Golden's parameter bare_winter as months: 0 where no plants cover the soil. */
static inline void card_cover(const struct card_host *h, size_t i, double value[CARD_MONTHS])
{
  bool bare = card_par(h, 0, i, "bare_winter", 0) > 0;
  for (size_t m = 0; m < CARD_MONTHS; m++)
    value[m] = !(bare && (m < 3 || m >= 10));
}

/** The year of case i: value[driver][month]; `warmer` is added to temperatures. */
static inline __attribute__((unused)) void card_forcing(const struct card_host *h, size_t i,
                                                        bool monthly, double warmer,
                                                        double (*value)[CARD_MONTHS])
{
  for (size_t d = 0; d < h->model->manifest->n_drivers; d++) {
    const struct card_driver *source = &h->card->driver[d];
    char name[64], yearly[64], over[64];
    assert_string_equal(source->name, h->model->manifest->driver[d].name);
    if (strcmp(source->variable, "bare_winter") == 0) {
      card_cover(h, i, value[d]);
      continue;
    }
    snprintf(name, sizeof name, "month_%s", source->variable);
    snprintf(yearly, sizeof yearly, "site_%s", source->variable);
    bool by_month = monthly && proda_nc_has(h->file, name) && !(source->over && !source->over[0]);
    double *x = card_read(h, by_month ? name : yearly), *y = NULL;
    if (source->over && source->over[0]) {
      snprintf(over, sizeof over, "site_%s", source->over);
      y = card_read(h, over);
    }
    for (size_t m = 0; m < CARD_MONTHS; m++) {
      value[d][m] = source->factor * x[by_month ? i * CARD_MONTHS + m : i] / (y ? y[i] : 1);
      if (strcmp(source->name, "temperature") == 0)
        value[d][m] += warmer;
    }
    free(x);
    free(y);
  }
}

/** A case that tests may change before they place it: one value a driver, annual means, and what
 * months add to it. */
struct card_case {
  double driver[16], parameter[96];
  double season[16][CARD_MONTHS]; /**< 0 unless the card's state is by month */
};

static inline __attribute__((unused)) struct card_case card_case(const struct card_host *h,
                                                                 size_t variant, size_t i)
{
  const struct proda_manifest *m = h->model->manifest;
  double value[m->n_drivers][CARD_MONTHS];
  struct card_case c = {{0}, {0}, {{0}}};
  assert_true(m->n_drivers <= 16 && m->n_parameters <= 96);
  card_forcing(h, i, h->card->by_month, 0, value);
  for (size_t d = 0; d < m->n_drivers; d++) {
    for (size_t k = 0; k < CARD_MONTHS; k++)
      c.driver[d] += value[d][k] / CARD_MONTHS;
    for (size_t k = 0; k < CARD_MONTHS; k++)
      c.season[d][k] = value[d][k] - c.driver[d];
  }
  card_parameters(h, variant, i, c.parameter);
  return c;
}

/** A driver or parameter of the case, by name. */
static inline __attribute__((unused)) double *card_at(const struct card_host *h,
                                                      struct card_case *c, const char *name)
{
  long d = proda_manifest_driver(h->model->manifest, name);
  long p = proda_manifest_parameter(h->model->manifest, name);
  assert_true(d >= 0 || p >= 0);
  return d >= 0 ? &c->driver[d] : &c->parameter[p];
}

/** The drivers of the case, month by month. */
static inline __attribute__((unused)) void card_year(const struct card_host *h,
                                                     const struct card_case *c,
                                                     double value[16][CARD_MONTHS],
                                                     const double *driver[16])
{
  for (size_t d = 0; d < h->model->manifest->n_drivers; d++) {
    driver[d] = value[d];
    for (size_t k = 0; k < CARD_MONTHS; k++)
      value[d][k] = c->driver[d] + c->season[d][k];
  }
}

static inline __attribute__((unused)) void card_place(const struct card_host *h,
                                                      const struct card_case *c,
                                                      struct proda_block *block, int slot)
{
  double value[16][CARD_MONTHS];
  const double *driver[16];
  struct proda_forcing forcing = {.driver = driver};
  card_year(h, c, value, driver);
  assert_ok(proda_block_attach(block, slot, &forcing, &card_error), card_error);
  proda_block_set(block, slot, c->parameter);
}

/** A block with one case in all lanes, solved. */
static inline __attribute__((unused)) struct proda_block *card_solve(
    const struct card_host *h, const struct proda_structure *structure, const struct card_case *c,
    unsigned wants)
{
  struct proda_block *block = NULL;
  assert_ok(proda_block_new(structure, wants, &block, &card_error), card_error);
  for (int slot = 0; slot < PRODA_LANES; slot++)
    card_place(h, c, block, slot);
  proda_block_solve(block);
  return block;
}

#endif
