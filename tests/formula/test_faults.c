/* Faulty formulas: each is refused where its fault stands, with what was expected. A fault's place
 * is marked with @ in the formula. */
#include "manifests.h"

/* Where the formula is put. */
enum place { DEFINE, MODIFIER, INPUT, RATE, FRACTION, BAND, STEADY, REFUSE, QUANTITY };
static const char *const place_key[] = {"new",      "xi", "  A",  "rate", "B",
                                        "operator", "A",  "when", "value"};

static struct proda_error error;
static size_t n_faults;

/* The manifest with `formula` in its place. */
static void put(enum place place, const char *formula, char *text)
{
  char line[4200];
  struct manifest_parts parts = {0};
  const char **part[] = {
      [MODIFIER] = &parts.modifier, [INPUT] = &parts.input,   [RATE] = &parts.rate,
      [FRACTION] = &parts.fraction, [REFUSE] = &parts.refuse, [QUANTITY] = &parts.quantity};
  switch (place) {
  case DEFINE:
    snprintf(line, sizeof line, "  one: 1\n  new: %s\n", formula);
    parts.define = line;
    break;
  case BAND:
    snprintf(line, sizeof line, "  operator: %s\n", formula);
    parts.transport = line;
    break;
  case STEADY:
    snprintf(line, sizeof line, "  A: %s\n", formula);
    parts.steady = line;
    parts.rate = "1 / (tau * (1 + A / Km))";
    break;
  default:
    *part[place] = formula;
    break;
  }
  manifest_put_together(&parts, text);
}

/* The formula without its mark, and where that stood. */
static size_t unmark(const char *marked, char *formula)
{
  size_t at = strcspn(marked, "@");
  assert_true(marked[at] == '@');
  memcpy(formula, marked, at);
  strcpy(formula + at, marked + at + 1);
  return at;
}

static void place_of(const char *text, const char *found, size_t *line, size_t *column)
{
  *line = *column = 1;
  for (; text < found; text++) {
    *column = *text == '\n' ? 1 : *column + 1;
    *line += *text == '\n';
  }
}

static void refuse(enum place place, const char *marked, const char *message)
{
  static char text[MANIFEST_PARTS_SIZE];
  char formula[4100], key[4200], expected[2000];
  struct proda_manifest *manifest = NULL;
  size_t at = unmark(marked, formula), line, column;
  put(place, formula, text);
  snprintf(key, sizeof key, "%s: %s\n", place_key[place], formula);
  const char *found = strstr(text, key);
  assert_non_null(found);
  place_of(text, found + strlen(place_key[place]) + 2 + at, &line, &column);
  snprintf(expected, sizeof expected, "parts.yaml:%zu:%zu: %s", line, column, message);
  if (proda_manifest_parse("parts.yaml", text, strlen(text), &manifest, &error) == PRODA_OK)
    print_error("accepted: %s\n", formula);
  assert_null(manifest);
  assert_string_equal(error.message, expected);
  n_faults++;
}

/* Faults wherever a number stands. */
static void anywhere(const char *marked, const char *message)
{
  static const enum place places[] = {DEFINE, MODIFIER, INPUT, RATE, QUANTITY};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    refuse(places[i], marked, message);
}

static void grammar(void **state)
{
  (void)state;
  anywhere("1 +@", "expected a number, a name or '(' at the end of '1 +'");
  anywhere("tau * (q + 1@", "expected ')' at the end of 'tau * (q + 1'");
  anywhere("tau @tau", "expected an operator, found 'tau'");
  anywhere("exp(q@; 1)", "expected ',' or ')', found '; 1)'");
  anywhere("1 < q @< 2", "expected 'and' or 'or' between comparisons, found '< 2'");
  anywhere("q @= 2", "expected an operator, found '= 2'");
  anywhere("@1.2.3", "expected a number, found '1.2.3'");
  anywhere("3 [@m", "expected a unit and ']', found 'm'");
}

static void unknown(void **state)
{
  (void)state;
  anywhere("@tua", "unknown name 'tua'; did you mean 'tau'?");
  anywhere("tau + q * @Kn / 2", "unknown name 'Kn'; did you mean 'Km'?");
  anywhere("@root_profil(beta)", "no function 'root_profil'; did you mean 'root_profile'?");
  anywhere("mean(month, @sol)", "unknown name 'sol'; did you mean 'soil'?");
  anywhere("3 * @month", "'month' is an axis, not a value: sum(month, x), mean(month, x), ...");
  anywhere("q + @several", "'several' is a list; formulas know single values");
  anywhere("@kinetics * 2",
           "'kinetics' is a choice: write kinetics == MM, or choose(kinetics, MM = "
           "..., ...)");
  anywhere("@3 [furlong fortnite]",
           "'furlong fortnite' is not a unit that udunits2 knows (examples: m2 yr-1, K, gC m-3, "
           "\"1\" where there is none)");
  refuse(DEFINE, "2 * @new", "'new' is not known before its definition in line 35");
}

static void units(void **state)
{
  (void)state;
  anywhere("Km @+ 1 / tau", "cannot add yr-1 to gC m-3");
  anywhere("tau @- Km", "cannot subtract gC m-3 from yr");
  anywhere("soil @- 298.15",
           "cannot subtract a number without unit from K; a number has a unit when "
           "it is written as 1 [m]");
  anywhere("soil @- 0",
           "cannot subtract a number without unit from K; a number has a unit when it is "
           "written as 1 [m]");
  anywhere("100 @- clay",
           "cannot subtract % from a number without unit; a number has a unit when it "
           "is written as 1 [m]");
  anywhere("where(air @> 5, 1, 2)",
           "cannot compare K with a number without unit; a number has a unit "
           "when it is written as 1 [m]");
  anywhere("where(tau @> 1 [m], 1, 2)", "cannot compare yr with m");
  anywhere("where(tau @== Km, 1, 2)", "cannot compare yr with gC m-3");
  anywhere("exp(@tau)", "exp(x) needs a number without unit, found yr");
  anywhere("log(@Km * dz)", "log(x) needs a number without unit, found gC m-2");
  anywhere("q ^ @tau", "an exponent needs a number without unit, found yr");
  anywhere("Km ^ @q", "the exponent of a value in gC m-3 must be a number that is written here, as "
                      "its unit follows");
  anywhere("min(tau, @Km)", "expected yr as in the argument before, found gC m-3");
  anywhere("max(q, 1, @dz)", "expected a number without unit as in the argument before, found m");
  anywhere("where(q > 1, tau, @2)",
           "expected yr as in the argument before, found a number without unit");
  anywhere("choose(kinetics, MM = tau, LIN = @Km)",
           "expected yr as in the argument before, found gC m-3");
  anywhere("change(layer, Km * f, @dz)", "expected gC m-3 as in the argument before, found m");
  anywhere("q @/ 0", "cannot divide by 0");
  anywhere("sqrt(Km) @+ Km", "cannot add gC m-3 to gC^0.5 m^-1.5");
  anywhere("tau * Km @+ tau / Km", "cannot add yr gC-1 m3 to yr gC m-3");
  anywhere(
      "(1 @+ 5 [%])",
      "cannot add % to a number without unit; a number has a unit when it is written as 1 [m]");
  anywhere("@q10(q, tau, 298 [K])", "q10(q, T, Tref): cannot subtract K from yr");
  anywhere(
      "@q10(q, soil, 25)",
      "q10(q, T, Tref): cannot subtract a number without unit from K; a number has a unit when "
      "it is written as 1 [m]");
  anywhere("@arrhenius(q, soil, 298 [K])",
           "arrhenius(Ea, T, Tref): exp(x) needs a number without unit, found J-1 mol");
  anywhere(
      "@root_profile(tau)",
      "root_profile(beta): the exponent of a value in yr must be a number that is written here, "
      "as its unit follows");
  anywhere("shape(@tau, 1)", "shape() needs K here, found yr");
  anywhere("shape(soil, @soil)", "shape() needs a number without unit here, found K");
}

static void calls(void **state)
{
  (void)state;
  anywhere("@exp()", "expected exp(x), found 0 arguments");
  anywhere("@exp(1, 2)", "expected exp(x), found 2 arguments");
  anywhere("@min(1)", "expected min(x, y, ...) or min(month|layer, x), found 1 argument");
  anywhere("@where(q > 1)", "expected where(condition, x, y), found 1 argument");
  refuse(RATE, "@where(q > 1, 1 / tau)", "expected where(condition, x, y), found 2 arguments");
  anywhere("@q10(q)", "expected q10(q, T, Tref), found 1 argument");
  anywhere("@shape(soil)", "expected shape, found 1 argument");
  anywhere("sum(@soil, 1)",
           "expected 'month' or 'layer' as the first argument of sum(month|layer, x)");
  anywhere("q10(@base = 2, soil, soil)", "q10(q, T, Tref) has no argument 'base ='");
  anywhere("exp(@x = 1)", "exp(x) has no argument 'x ='");
  anywhere("sum(month, @q)", "this does not vary by month, so that sum(month, ...) has no meaning");
  anywhere("mean(layer, @tau)",
           "this does not vary by layer, so that mean(layer, ...) has no meaning");
  anywhere("min(month, @dz)",
           "this does not vary by month, so that min(month, ...) has no meaning");
  anywhere("cumulative(@month, dz)",
           "expected 'layer' as the first argument of cumulative(layer, x)");
  anywhere("cumulative(layer, @soil)",
           "cumulative(layer, x) needs a value without months; take its mean(month, ...) first");
  anywhere("change(layer, dz, @node)", "what is above the first layer cannot vary by layer");
  anywhere("choose(@q, A = 1)", "expected a setting of type choice as the first argument of "
                                "choose(setting, A = x, B = y, ...)");
  anywhere("choose(kinetics, @1, 2)", "expected an alternative, as in MM = ...");
  anywhere("@choose(kinetics, MM = 1)", "choose(kinetics, ...) lacks LIN = ...");
  anywhere("choose(kinetics, MM = 1, @MN = 2)",
           "'kinetics' has no choice 'MN'; did you mean 'MM'?");
  anywhere("choose(kinetics, MM = 1, @MM = 2)", "the choice 'MM' stands here twice");
  anywhere("where(kinetics == @ECA, 1, 2)",
           "'kinetics' has no choice 'ECA'; expected one of: MM, LIN");
  anywhere("where(kinetics == @1, 1, 2)", "expected one of the choices of 'kinetics'");
  anywhere("where(prescribed(@q), 1, 2)", "expected a parameter that has 'prescribed_by'");
  anywhere("@inflow(A)", "inflow(pool) is known in 'steady' only");
  anywhere("@clm5_mixing(mix, mix, thaw, thaw, rock)",
           "clm5_mixing() gives the bands of transport: it stands alone, as transport: {operator: "
           "...}");
}

static void recursions(void **state)
{
  (void)state;
  const char *several = "what is carried over cannot go into sums or the like, nor be joined with "
                        "layers";
  refuse(DEFINE, "@periodic(month, s, 0 [m])",
         "expected periodic(month, s, start, what the month leaves), found 3 arguments");
  refuse(DEFINE, "periodic(@layer, s, 0 [m], s)",
         "expected 'month' as the first argument of periodic(month, s, start, what the month "
         "leaves)");
  refuse(DEFINE, "periodic(month, @1, 0 [m], 1)",
         "expected a name for what is carried over, in periodic(month, s, start, what the month "
         "leaves)");
  refuse(DEFINE, "periodic(month, @A, 0 [m], A)", "'A' is a pool; choose another name");
  refuse(DEFINE, "periodic(month, s, @mean(month, thaw), s)",
         "expected a number with its unit, as in 0 [mm], as the start");
  refuse(DEFINE, "periodic(month, s, 0 [m], @air)", "expected m as the start is, found K");
  refuse(DEFINE, "periodic(month, s, 0 [m], @thaw)", "this does not depend on the month before");
  refuse(DEFINE, "periodic(month, s, 0 [m], @s * q)",
         "what carries over from month to month may depend on drivers and settings only");
  refuse(DEFINE, "periodic(month, s, 0 [m], @s + dz)",
         "what carries over from month to month is one number, but this varies by layer");
  refuse(DEFINE, "periodic(month, s, 0 [m], @thaw + max(month, s))", several);
  refuse(DEFINE, "periodic(month, s, 0 [m], @mean(layer, s + dz))", several);
  refuse(DEFINE, "periodic(month, s, 0 [m], s + @periodic(month, t, 0 [m], t + thaw))",
         "a periodic() cannot be made of another");
}

static void conditions(void **state)
{
  (void)state;
  static const char *const number =
      "expected a number, found a condition; where(condition, 1, 0) is "
      "a number";
  static const char *const condition = "expected a condition, as in x < y, found a number";
  anywhere("1 + (@q > 1)", number);
  anywhere("exp(@q < 1)", number);
  anywhere("-(@q < 1)", number);
  anywhere("q * @deep", number);
  anywhere("where(@q, 1, 2)", condition);
  anywhere("where(q > 1 and @tau, 1, 2)", condition);
  anywhere("where(not @q, 1, 2)", condition);
  anywhere("where(any(month, @water), 1, 2)", condition);
  anywhere("where(q > 1, @q < 2, 1)", number);
}

static void targets(void **state)
{
  (void)state;
  refuse(RATE, "@tau", "a rate must be in day-1, found yr");
  refuse(RATE, "@f", "a rate must be in day-1, found a number without unit");
  refuse(RATE, "@1 / tau * water",
         "a rate cannot vary by month; take its mean(month, ...) or sum(month, ...)");
  refuse(RATE, "@cumulative(layer, A) / (tau * Km)",
         "a rate may depend on pools of its own layer only, not on sums or the like of them over "
         "layers");
  refuse(RATE, "@-1 / tau", "a rate must be above 0; with default parameters it is -0.00136986");
  refuse(MODIFIER, "@1 / tau", "a modifier must be a number without unit, found yr-1");
  refuse(MODIFIER, "@water",
         "a modifier cannot vary by month; take its mean(month, ...) or sum(month, "
         "...)");
  refuse(MODIFIER, "mean(month, water) * @A / Km",
         "a modifier cannot depend on the state of pools, but 'A' is a pool");
  refuse(INPUT, "@mean(month, npp)", "an input must be in gC m-3 day-1, found gC m-2 month-1");
  refuse(INPUT, "@npp / dz",
         "an input cannot vary by month; take its mean(month, ...) or sum(month, ...)");
  refuse(INPUT, "@A / tau", "an input cannot depend on the state of pools, but 'A' is a pool");
  refuse(FRACTION, "@tau", "a fraction must be a number without unit, found yr");
  refuse(FRACTION, "f * @A / Km",
         "a fraction cannot depend on the state of pools, but 'A' is a pool");
  refuse(FRACTION, "@f + 2", "a fraction must lie in 0..1; with default parameters it is 2.4");
  refuse(FRACTION, "@f - 1", "a fraction must lie in 0..1; with default parameters it is -0.6");
  refuse(QUANTITY, "@A",
         "a quantity is one number, but this varies by layer; take its sum(layer, "
         "...) or mean(layer, ...)");
  refuse(QUANTITY, "@sum(layer, A)", "a quantity must be in gC m-2, found gC m-3");
  refuse(REFUSE, "@sum(layer, A)", "expected a condition, as in x < y, found a number");
  refuse(REFUSE, "@A < Km",
         "a refusal is one number, but this varies by layer; take its sum(layer, "
         "...) or mean(layer, ...)");
  refuse(STEADY, "@inflow(A)", "the state of a pool must be in gC m-3, found gC m-3 day-1");
  refuse(STEADY, "inflow(@tau) * tau", "expected a pool as the argument of inflow(pool)");
  refuse(STEADY, "tau * inflow(A) * @Kn", "unknown name 'Kn'; did you mean 'Km'?");
  refuse(BAND, "@mix * 2",
         "expected clm5_mixing(...), found something else; write 'lower', "
         "'diagonal' and 'upper' for a scheme of your own");
  refuse(
      BAND, "@clm5_mixing(mix)",
      "expected clm5_mixing(bioturbation, cryoturbation, active layer, active layer of last year, "
      "bedrock), found 1 argument");
  refuse(BAND, "clm5_mixing(mix, @tau, thaw, thaw, rock)",
         "expected a diffusivity, as in m2 yr-1, found yr");
  refuse(BAND, "clm5_mixing(mix, @mix * dz / 1 [m], thaw, thaw, rock)",
         "expected one diffusivity for all layers and months");
  refuse(BAND, "clm5_mixing(mix, mix, thaw, @rock, rock)",
         "expected a driver by month, in the unit 'm'");
  refuse(BAND, "clm5_mixing(mix, mix, thaw, thaw, @clay)",
         "expected a driver by month, in the unit '1'");
}

static void enough_of_them(void **state)
{
  (void)state;
  assert_true(n_faults >= 200);
}

/* ---- what is wrong with more than one formula ---- */

static void refuse_parts(const struct manifest_parts *parts, const char *message)
{
  struct proda_manifest *manifest = NULL;
  assert_int_equal(manifest_parse_parts(parts, &manifest, &error), PRODA_ERROR);
  assert_string_equal(error.message, message);
}

static void names(void **state)
{
  (void)state;
  refuse_parts(&(struct manifest_parts){.define = "  tau: 1\n"},
               "parts.yaml:34:8: 'tau' is a parameter; choose another name");
  refuse_parts(&(struct manifest_parts){.define = "  soil: 1\n"},
               "parts.yaml:34:9: 'soil' is a driver; choose another name");
  refuse_parts(&(struct manifest_parts){.define = "  A: 1\n"},
               "parts.yaml:34:6: 'A' is a pool; choose another name");
  refuse_parts(&(struct manifest_parts){.define = "  dz: 1\n"},
               "parts.yaml:34:7: 'dz' is a depth of the grid; choose another name");
  refuse_parts(&(struct manifest_parts){.define = "  month: 1\n"},
               "parts.yaml:34:10: 'month' is an axis; choose another name");
  refuse_parts(&(struct manifest_parts){.define = "  kinetics: 1\n"},
               "parts.yaml:34:13: 'kinetics' is a setting; choose another name");
  refuse_parts(&(struct manifest_parts){.define = "  xi: 1\n"},
               "parts.yaml:36:7: 'xi' is defined already; choose another name");
  refuse_parts(&(struct manifest_parts){.define = "  two: 2\n  two: 2\n"},
               "parts.yaml:35:3: the key 'two' stands here twice, first in line 34");
  refuse_parts(&(struct manifest_parts){.define = "  two: three\n  three: 3\n"},
               "parts.yaml:34:8: 'three' is not known before its definition in line 35");
  refuse_parts(&(struct manifest_parts){.define = "  live: A / Km\n", .modifier = "1 + live"},
               "parts.yaml:36:11: a modifier cannot depend on the state of pools, but 'live' does");
}

/* Of several lines, in quotes, or behind an anchor. */
static void places(void **state)
{
  (void)state;
  refuse_parts(&(struct manifest_parts){.define = "  a: 1 +\n     q *\n     tua\n"},
               "parts.yaml:36:6: unknown name 'tua'; did you mean 'tau'?");
  refuse_parts(&(struct manifest_parts){.define = "  a: \"min(q, tua)\"\n"},
               "parts.yaml:34:14: unknown name 'tua'; did you mean 'tau'?");
  refuse_parts(&(struct manifest_parts){.define = "  a: >-\n    q +\n    1 + tua\n"},
               "parts.yaml:36:9: unknown name 'tua'; did you mean 'tau'?");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(grammar),        cmocka_unit_test(unknown),    cmocka_unit_test(units),
      cmocka_unit_test(calls),          cmocka_unit_test(conditions), cmocka_unit_test(targets),
      cmocka_unit_test(names),          cmocka_unit_test(places),     cmocka_unit_test(recursions),
      cmocka_unit_test(enough_of_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
