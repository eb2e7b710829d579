/* Tangents of every structure of formulas that the build has, in each of its kinetics, against
 * differences of its own terms: central ones of two steps, extrapolated. */
#include "called.h"

#include "conformance/every.h"
#include "matrix/structure.h"
#include "plugin/unit.h"
#include "yaml/yaml.h"

#include <stdbool.h>

#include <proda/random.h>

enum { N_MONTHS = 4, MAX_LAYERS = 20, MAX_DRIVERS = 40, N_KINDS = 5 };

static struct proda_error error;
static struct proda_random source;
static size_t n_structures, n_rows, n_judged;

static double draw(double lower, double upper)
{
  return lower + (upper - lower) * proda_random_uniform(&source);
}

/* ---- a site and a draw per lane ---- */

static bool is_temperature(const char *unit)
{
  struct proda_unit parsed, kelvin;
  return proda_unit_parse(unit, &parsed, &error) == PRODA_OK &&
         proda_unit_parse("K", &kelvin, &error) == PRODA_OK && proda_unit_alike(&parsed, &kelvin);
}

static double draw_driver(const struct proda_driver *driver)
{
  if (!isnan(driver->lower))
    return draw(driver->lower, driver->upper);
  return is_temperature(driver->unit) ? draw(275, 300) : draw(0.25, 1.75);
}

/* Sites with and without the drivers that a forcing may lack. */
static void make_site(struct called *c, int i, bool with_optional)
{
  static double number[MAX_DRIVERS][MAX_LAYERS * N_MONTHS];
  const double *driver[MAX_DRIVERS];
  const struct proda_manifest *m = c->m;
  for (size_t d = 0; d < m->n_drivers; d++) {
    for (size_t k = 0; k < MAX_LAYERS * N_MONTHS; k++)
      number[d][k] = draw_driver(&m->driver[d]);
    driver[d] = m->driver[d].optional && !with_optional ? NULL : number[d];
  }
  const struct proda_forcing forcing = {driver, driver, N_MONTHS, 0};
  double defaults[m->n_parameters];
  proda_default_parameters(m, &forcing, defaults);
  assert_ok(c->ops->site(c->model, &forcing, c->site, i, &error), error);
  for (size_t p = 0; p < m->n_parameters; p++) {
    const struct proda_prior *prior = &m->parameter[p].prior;
    double lower = prior->lower, upper = prior->upper, width = upper - lower;
    c->parameter[p][i] = isnan(defaults[p]) ? NAN : draw(lower + 0.2 * width, upper - 0.2 * width);
    c->direction[p][i] = width * draw(-1, 1);
  }
  for (size_t k = 0; k < m->n_pools * m->grid.n_layers; k++)
    c->pools[k][i] = exp(draw(-2, 4));
}

/* ---- differences ---- */

struct rows {
  const char *what;
  size_t n;
  const lane *value;
};

static void list_rows(const struct called *c, const struct proda_terms *terms,
                      struct rows rows[N_KINDS])
{
  size_t L = c->m->grid.n_layers;
  rows[0] = (struct rows){"modifier", c->m->n_modifiers * L, terms->modifier};
  rows[1] = (struct rows){"input", c->m->n_inputs * L, terms->input};
  rows[2] = (struct rows){"rate", c->m->n_channels * L, terms->rate};
  rows[3] = (struct rows){"fraction", c->m->n_transfers * L, terms->fraction};
  rows[4] = (struct rows){"transport", 3 * L, terms->transport};
}

/* The terms at parameter + step * direction. */
static void step_to(struct called *c, const lane *start, double step, struct proda_terms *terms)
{
  struct proda_terms own = c->terms;
  for (size_t p = 0; p < c->m->n_parameters; p++)
    c->parameter[p] = start[p] + step * c->direction[p];
  c->terms = *terms;
  called_fill(c);
  c->terms = own;
}

static void check_row(const struct called *c, const char *what, size_t k, int i, double value,
                      double tangent, const double at[4], double step)
{
  double small = (at[1] - at[0]) / (2 * step), large = (at[3] - at[2]) / (4 * step);
  double slope = (4 * small - large) / 3;
  n_rows++;
  /* A kink between the points. */
  if (!(fabs(small - large) <= 1e-3 * (fabs(slope) + 1e-4 * fabs(value))))
    return;
  n_judged++;
  if (fabs(tangent - slope) <= 1e-6 * fabs(slope) + 1e-8 * fabs(value))
    return;
  print_error("%s: tangent of %s %zu in layer %zu, lane %d: %.17g, expected %.17g\n", c->m->name,
              what, k / c->m->grid.n_layers, k % c->m->grid.n_layers, i, tangent, slope);
  fail();
}

static void check_tangents(struct called *c)
{
  const double step = 1e-4, steps[4] = {-step, step, -2 * step, 2 * step};
  struct proda_terms moved[4];
  struct rows value[N_KINDS], tangent[N_KINDS], at[4][N_KINDS];
  lane *start = called_lanes(c->m->n_parameters);
  memcpy(start, c->parameter, c->m->n_parameters * sizeof *start);
  called_fill(c);
  called_change(c);
  list_rows(c, &c->terms, value);
  list_rows(c, &c->change, tangent);
  for (int s = 0; s < 4; s++) {
    called_terms_new(c, &moved[s]);
    step_to(c, start, steps[s], &moved[s]);
    list_rows(c, &moved[s], at[s]);
  }
  for (int kind = 0; kind < N_KINDS; kind++)
    for (size_t k = 0; k < value[kind].n; k++)
      for (int i = 0; i < PRODA_LANES; i++) {
        double four[4];
        for (int s = 0; s < 4; s++)
          four[s] = at[s][kind].value[k][i];
        check_row(c, value[kind].what, k, i, value[kind].value[k][i], tangent[kind].value[k][i],
                  four, step);
      }
  for (int s = 0; s < 4; s++)
    called_terms_free(&moved[s]);
  free(start);
}

static void check_instance(const struct proda_loaded *loaded, const struct proda_settings *settings)
{
  struct called c;
  called_make(&c, loaded, settings, N_MONTHS);
  if (c.tangent)
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < PRODA_LANES; i++)
        make_site(&c, i, round > 0);
      check_tangents(&c);
    }
  n_structures += c.tangent != NULL;
  called_close(&c);
}

/* Every choice of each setting; the others stay at their defaults. */
static void check_choices(const struct proda_loaded *loaded, const struct proda_settings *defaults)
{
  const struct proda_manifest *m = loaded->manifest;
  check_instance(loaded, defaults);
  for (size_t s = 0; s < m->n_settings; s++)
    for (size_t k = 0; k < m->setting[s].n_choices; k++) {
      char text[200];
      struct proda_yaml *document = NULL;
      struct proda_settings *settings = NULL;
      snprintf(text, sizeof text, "%s: %s", m->setting[s].name, m->setting[s].choice[k]);
      assert_ok(proda_yaml_parse("settings", text, strlen(text), &document, &error), error);
      assert_ok(proda_settings_make(m, document, proda_yaml_root(document), &settings, &error),
                error);
      check_instance(loaded, settings);
      proda_settings_free(settings);
      proda_yaml_free(document);
    }
}

static void tangents_are_derivatives(void **state)
{
  (void)state;
  proda_random_start(&source, 41, 1, 0);
  check_every(PRODA_MODEL, check_choices);
  print_message("%zu instances, %zu of %zu rows judged\n", n_structures, n_judged, n_rows);
  assert_true(n_structures >= 8);
  assert_true(n_judged > n_rows * 9 / 10);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(tangents_are_derivatives)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
