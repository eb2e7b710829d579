/* Components of two pools on two layers, by hand: every expected number is worked out beside it. */
#include "testing.h"

#include "matrix/components.h"

enum { L = 2 };

static struct proda_error error;

/* Litter hands to soil; soil decays, and feeds litter by a second channel. */
static struct proda_manifest *parse(const char *time, const char *transported)
{
  struct proda_manifest *manifest = NULL;
  char text[2048];
  int size = snprintf(text, sizeof text,
                      "proda: 1\nkind: model\nname: hand\ntitle: t\ntime: %s\n"
                      "grid: {dz: [0.1, 0.4], node: [0.05, 0.3], interface: [0.1, 0.5]}\n"
                      "parameters:\n"
                      "  k: {term: K, unit: yr-1, default: 1, prior: [0.5, 5], doc: rate}\n"
                      "pools: [litter, soil]\nmodifiers: [warm, wet]\ninputs: [litter]\n"
                      "channels:\n"
                      "  - {from: litter, modifier: warm, to: {soil: 0.4}}\n"
                      "  - {from: soil, name: decay, modifier: warm}\n"
                      "  - {from: soil, name: use, modifier: wet, to: {litter: 0.25}}\n"
                      "transport: {pools: [%s]}\n"
                      "observe:\n  soc: {sum: soil, unit: gC m-3}\n"
                      "  more: {sum: 0.5 * litter + soil, unit: gC m-3}\n",
                      time, transported);
  assert_ok(proda_manifest_parse("hand", text, (size_t)size, &manifest, &error), error);
  return manifest;
}

struct state {
  lane input[L], rate[3 * L], modifier[2 * L], fraction[2 * L], transport[3 * L], pools[2 * L];
};

static void fill(lane *row, size_t n, const double *value)
{
  for (size_t k = 0; k < n; k++)
    row[k] = lane_splat(value[k]);
}

static void make(struct state *s)
{
  static const double input[] = {25, 5};           /* 2.5 + 2 = 4.5 m-2 */
  static const double pools[] = {30, 10, 200, 50}; /* m-2: 3, 4; 20, 20 */
  static const double rate[] = {2, 2, 0.1, 0.2, 0.3, 0.3};
  static const double modifier[] = {0.5, 0.25, 0.8, 0.4};
  static const double fraction[] = {0.4, 0.6, 0.25, 0.25};
  static const double transport[] = {0, -0.01, 0.02, 0.01, -0.02, 0};
  fill(s->input, L, input);
  fill(s->pools, 2 * L, pools);
  fill(s->rate, 3 * L, rate);
  fill(s->modifier, 2 * L, modifier);
  fill(s->fraction, 2 * L, fraction);
  fill(s->transport, 3 * L, transport);
}

static void compute(const struct proda_manifest *manifest, const char *observable,
                    const struct state *s, double *out)
{
  struct proda_terms terms = {.input = (lane *)s->input,
                              .rate = (lane *)s->rate,
                              .modifier = (lane *)s->modifier,
                              .fraction = (lane *)s->fraction,
                              .transport = (lane *)s->transport};
  lane all[PRODA_N_COMPONENTS], area[L];
  for (size_t l = 0; l < L; l++)
    area[l] = lane_splat(manifest->grid.dz[l]);
  long index = proda_manifest_observable(manifest, observable);
  proda_components_compute(manifest, &terms, s->pools, area, manifest->observable[index].weight,
                           all);
  for (int k = 0; k < PRODA_N_COMPONENTS; k++) {
    out[k] = all[k][0];
    for (int i = 1; i < PRODA_LANES; i++)
      assert_close(all[k][i], out[k], 0, 0);
  }
}

/* Fluxes, both layers: litter 3 + 2, decay 1 + 1, use 4.8 + 2.4; handed over: 0.4 * 3 + 0.6 * 2 to
 * soil, 0.25 * 7.2 to litter. */
static void by_hand(void **state)
{
  (void)state;
  struct proda_manifest *manifest = parse("yr", "soil");
  struct state s;
  double out[PRODA_N_COMPONENTS];
  make(&s);
  compute(manifest, "soc", &s, out);
  assert_close(out[PRODA_CARBON_TRANSFER_EFFICIENCY], (2.4 + 1.8) / 14.2, 1e-14, 0);
  assert_close(out[PRODA_BASELINE_DECOMPOSITION], (0.4 * 20 + 0.5 * 20) / 40, 1e-14, 0);
  assert_close(out[PRODA_VERTICAL_TRANSPORT], (0.02 * 20 + 0.01 * 20) / 40, 1e-14, 0);
  double upper = (0.1 * 0.5 + 0.3 * 0.8) / 0.4, lower = (0.2 * 0.25 + 0.3 * 0.4) / 0.5;
  assert_close(out[PRODA_ENVIRONMENTAL_MODIFIER], (upper * 20 + lower * 20) / 40, 1e-14, 0);
  /* 2 / 4.5 comes below 10 cm; to the power 5 / 10 that is 2 / 3. Nothing comes below 50 cm. */
  assert_close(out[PRODA_INPUT_ALLOCATION], 2.0 / 3, 1e-14, 0);
  assert_close(out[PRODA_CARBON_INPUT], 4.5, 1e-14, 0);
  assert_close(out[PRODA_SOC_RESIDENCE_TIME], 40 / 4.5, 1e-14, 0);
  assert_close(out[PRODA_SYSTEM_RESIDENCE_TIME], 47 / 4.5, 1e-14, 0);
  assert_close(out[PRODA_LITTER_TO_MINERAL], 2.4 / 4.5, 1e-14, 0);
  proda_manifest_free(manifest);
}

static void weights_of_the_observable(void **state)
{
  (void)state;
  struct proda_manifest *manifest = parse("yr", "soil");
  struct state s;
  double out[PRODA_N_COMPONENTS];
  make(&s);
  compute(manifest, "more", &s, out);
  assert_close(out[PRODA_BASELINE_DECOMPOSITION], (0.5 * 2 * 7 + 0.4 * 20 + 0.5 * 20) / 43.5, 1e-14,
               0);
  assert_close(out[PRODA_SOC_RESIDENCE_TIME], 43.5 / 4.5, 1e-14, 0);
  assert_close(out[PRODA_LITTER_TO_MINERAL], 0, 0, 0); /* no pool is outside */
  proda_manifest_free(manifest);
}

static void who_is_transported(void **state)
{
  (void)state;
  static const struct {
    const char *pools;
    double expected;
  } c[] = {
      {"litter, soil", (0.02 * 20 + 0.01 * 20) / 40}, /* the observed one of both */
      {"litter", (0.02 * 3 + 0.01 * 4) / 7},
      {"", 0},
  };
  struct state s;
  make(&s);
  for (size_t k = 0; k < sizeof c / sizeof *c; k++) {
    struct proda_manifest *manifest = parse("yr", c[k].pools);
    double out[PRODA_N_COMPONENTS];
    compute(manifest, "soc", &s, out);
    assert_close(out[PRODA_VERTICAL_TRANSPORT], c[k].expected, 1e-14, 0);
    proda_manifest_free(manifest);
  }
}

/* The same numbers per day: rates and inputs are 365 times as great, times 365 times as short. */
static void unit_of_time(void **state)
{
  (void)state;
  struct proda_manifest *yearly = parse("yr", "soil"), *daily = parse("day", "soil");
  struct state s;
  double out[PRODA_N_COMPONENTS], expected[PRODA_N_COMPONENTS];
  make(&s);
  compute(yearly, "soc", &s, expected);
  compute(daily, "soc", &s, out);
  for (int k = 0; k < PRODA_N_COMPONENTS; k++) {
    const char *unit = proda_components[k].unit;
    double factor = strstr(unit, "yr-1") ? 365 : strcmp(unit, "yr") == 0 ? 1 / 365.0 : 1;
    assert_close(out[k], factor * expected[k], 1e-14, 0);
  }
  proda_manifest_free(yearly);
  proda_manifest_free(daily);
}

/* Jackson's profile, Y = 1 - beta^D, with the rest in the last layer: the index is beta^5. */
static void jackson_profile(void **state)
{
  (void)state;
  struct proda_manifest *manifest = parse("yr", "soil");
  struct state s;
  double out[PRODA_N_COMPONENTS];
  make(&s);
  for (double beta = 0.1; beta < 1; beta += 0.0899) {
    double below = pow(beta, 10); /* 10 cm */
    s.input[0] = lane_splat((1 - below) / 0.1);
    s.input[1] = lane_splat(below / 0.4);
    compute(manifest, "soc", &s, out);
    assert_close(out[PRODA_INPUT_ALLOCATION], pow(beta, 5), 1e-13, 0);
    assert_close(out[PRODA_CARBON_INPUT], 1, 1e-13, 0);
  }
  s.input[1] = lane_splat(0); /* nothing below the first layer: no layer to average */
  compute(manifest, "soc", &s, out);
  assert_true(isnan(out[PRODA_INPUT_ALLOCATION]));
  proda_manifest_free(manifest);
}

/* Pools without carbon, channels without rate: NaN where there is nothing to weight with, and a
 * layer whose channels stand still does not spoil the others. */
static void nothing_there(void **state)
{
  (void)state;
  struct proda_manifest *manifest = parse("yr", "soil");
  struct state s;
  double out[PRODA_N_COMPONENTS];
  make(&s);
  s.rate[1 * L + 1] = s.rate[2 * L + 1] = lane_splat(0);
  compute(manifest, "soc", &s, out);
  double upper = (0.1 * 0.5 + 0.3 * 0.8) / 0.4, lower = (0.25 + 0.4) / 2;
  assert_close(out[PRODA_ENVIRONMENTAL_MODIFIER], (upper + lower) / 2, 1e-14, 0);
  s.pools[2] = s.pools[3] = lane_splat(0);
  compute(manifest, "soc", &s, out);
  assert_true(isnan(out[PRODA_BASELINE_DECOMPOSITION]));
  assert_true(isnan(out[PRODA_VERTICAL_TRANSPORT]));
  assert_true(isnan(out[PRODA_ENVIRONMENTAL_MODIFIER]));
  assert_close(out[PRODA_SOC_RESIDENCE_TIME], 0, 0, 0);
  assert_close(out[PRODA_CARBON_TRANSFER_EFFICIENCY], 2.4 / 5, 1e-14, 0);
  proda_manifest_free(manifest);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(by_hand),
      cmocka_unit_test(weights_of_the_observable),
      cmocka_unit_test(who_is_transported),
      cmocka_unit_test(unit_of_time),
      cmocka_unit_test(jackson_profile),
      cmocka_unit_test(nothing_there),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
