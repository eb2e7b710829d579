/* Manifests: the tiny structure read in full, and the same with one fault each, refused where it
 * is. */
#include "testing.h"

#include <stdbool.h>

#include "core/file.h"
#include "plugin/manifest.h"

static char *tiny;
static size_t tiny_size;

static int read_tiny(void **state)
{
  (void)state;
  struct proda_error error;
  return proda_file_read(testing_path("plugin/tiny/tiny.yaml"), 1 << 20, &tiny, &tiny_size, &error);
}

static int free_tiny(void **state)
{
  (void)state;
  free(tiny);
  return 0;
}

static struct proda_manifest *parse(const char *text)
{
  struct proda_manifest *manifest = NULL;
  struct proda_error error;
  assert_ok(proda_manifest_parse("tiny.yaml", text, strlen(text), &manifest, &error), error);
  return manifest;
}

static void head_and_settings(void **state)
{
  (void)state;
  struct proda_manifest *m = parse(tiny);
  assert_int_equal(m->kind, PRODA_MODEL);
  assert_string_equal(m->name, "tiny");
  assert_string_equal(m->title, "Two pools on two layers");
  assert_int_equal(m->n_references, 1);
  assert_string_equal(m->time, "day");
  assert_int_equal(m->n_settings, 2);
  assert_string_equal(m->setting[0].name, "share");
  assert_int_equal(m->setting[0].type, PRODA_SETTING_NUMBER);
  assert_string_equal(m->setting[0].unit, "1");
  assert_close(m->setting[0].default_value[0], 0.6, 0, 0);
  assert_close(m->setting[0].minimum, 0, 0, 0);
  assert_close(m->setting[1].maximum, INFINITY, 0, 0);
  assert_string_equal(m->setting[1].choice[1], "warm");
  assert_close(m->setting[1].default_value[0], 0, 0, 0);
  assert_int_equal(proda_manifest_setting(m, "mode"), 1);
  proda_manifest_free(m);
}

static void grid_drivers_parameters(void **state)
{
  (void)state;
  struct proda_manifest *m = parse(tiny);
  assert_int_equal(m->grid.n_layers, 2);
  assert_close(m->grid.interface[1], 0.3, 0, 0);
  assert_int_equal(m->n_drivers, 2);
  assert_int_equal(m->driver[0].dims, PRODA_DIM_MONTH);
  assert_int_equal(m->driver[1].dims, PRODA_DIM_LAYER | PRODA_DIM_MONTH);
  assert_true(m->driver[1].optional && !m->driver[0].optional);
  assert_true(m->driver[1].lower == 250 && m->driver[1].upper == 310);
  assert_true(isnan(m->driver[0].lower) && isnan(m->driver[0].upper));
  assert_int_equal(m->n_parameters, 4);
  assert_int_equal(proda_manifest_parameter(m, "τf"), 0);
  assert_int_equal(proda_manifest_parameter(m, "tau_fast"), 0);
  assert_string_equal(m->parameter[1].symbol, "tau_slow");
  assert_int_equal(m->parameter[0].term, PRODA_TERM_K);
  assert_int_equal(m->parameter[0].prior.kind, PRODA_PRIOR_UNIFORM);
  assert_close(m->parameter[0].prior.lower, 0.5, 0, 0);
  assert_close(m->parameter[0].prior.upper, 5, 0, 0);
  const struct proda_parameter *transfer = &m->parameter[2];
  assert_int_equal(transfer->prior.kind, PRODA_PRIOR_NORMAL);
  assert_close(transfer->prior.mean, 0.3, 0, 0);
  assert_close(transfer->prior.sd, 0.1, 0, 0);
  assert_close(transfer->prior.upper, 1, 0, 0);
  assert_int_equal(transfer->n_prescribed_by, 1);
  assert_int_equal(transfer->prescribed_by[0], 1);
  proda_manifest_free(m);
}

static void graph_and_observables(void **state)
{
  (void)state;
  struct proda_manifest *m = parse(tiny);
  assert_int_equal(m->n_pools, 2);
  assert_string_equal(m->pool_doc[1], "bound");
  assert_int_equal(m->n_modifiers, 1);
  assert_int_equal(m->n_inputs, 1);
  assert_int_equal(m->input[0], 0);
  assert_int_equal(m->n_channels, 2);
  assert_string_equal(m->channel[1].name, "slow");
  assert_int_equal(m->channel[1].donor, 1);
  assert_true(m->channel[0].linear);
  assert_int_equal(m->n_transfers, 1);
  assert_string_equal(m->transfer[0].name, "fast_slow");
  assert_int_equal(m->transfer[0].recipient, 1);
  assert_string_equal(m->transfer[0].fraction->name, "transfer");
  assert_false(m->transported[0]);
  assert_true(m->transported[1]);
  long bound = proda_manifest_observable(m, "bound");
  assert_int_equal(m->observable[bound].published_cost, PRODA_COST_NONE);
  assert_close(m->observable[bound].weight[0], 0, 0, 0);
  assert_close(m->observable[bound].weight[1], 1, 0, 0); /* 0.5 slow + slow / 2 */
  assert_int_equal(proda_manifest_pool(m, "nothing"), -1);
  assert_int_equal(proda_manifest_driver(m, "temperature"), 1);
  proda_manifest_free(m);
}

/** XXH3-128 of nothing, from xxHash's own test vectors (cli/xsum_sanity_check.c, seed 0). */
static void digests_are_of_the_bytes(void **state)
{
  (void)state;
  char digest[PRODA_DIGEST_SIZE], other[PRODA_DIGEST_SIZE];
  proda_digest_of("", 0, digest);
  assert_string_equal(digest, "99aa06d3014798d86001c324468d497f");
  struct proda_manifest *m = parse(tiny);
  proda_digest_of(tiny, tiny_size, digest);
  assert_string_equal(m->digest, digest);
  struct proda_digest *growing = proda_digest_new();
  assert_non_null(growing);
  struct proda_error error;
  assert_ok(proda_digest_file(growing, testing_path("plugin/tiny/tiny.yaml"), &error), error);
  proda_digest_finish(growing, other);
  assert_string_equal(other, digest);
  proda_manifest_free(m);
}

static void minimal_manifests(void **state)
{
  (void)state;
  struct proda_manifest *m = parse("proda: 1\nkind: sampler\nname: tiny\ntitle: t\n");
  assert_int_equal(m->kind, PRODA_SAMPLER);
  assert_int_equal(m->n_parameters, 0);
  proda_manifest_free(m);
  m = parse("proda: 1\nkind: emulator\nname: tiny\ntitle: t\nsettings:\n"
            "  layers: {type: list, default: [8, 4], minimum: 1, doc: widths}\n"
            "  on: {type: boolean, default: true, doc: flag}\n"
            "  n: {type: integer, default: 3, maximum: 4, doc: count}\n");
  assert_int_equal(m->setting[0].n_default, 2);
  assert_close(m->setting[0].default_value[1], 4, 0, 0);
  assert_close(m->setting[1].default_value[0], 1, 0, 0);
  assert_close(m->setting[2].default_value[0], 3, 0, 0);
  proda_manifest_free(m);
}

/* ---- faults ---- */

static void refuse_text(const char *text, size_t size, const char *message)
{
  struct proda_manifest *manifest = NULL;
  struct proda_error error = {""};
  assert_int_equal(proda_manifest_parse("tiny.yaml", text, size, &manifest, &error), PRODA_ERROR);
  assert_null(manifest);
  assert_string_equal(error.message, message);
}

/** Line and column, in characters from 1, of the first `where` in the text. */
static void place_of(const char *text, const char *where, size_t *line, size_t *column)
{
  const char *at = strstr(text, where);
  assert_non_null(at);
  *line = *column = 1;
  for (; text < at; text++) {
    bool continues = ((unsigned char)*text & 0xC0) == 0x80;
    *line += *text == '\n';
    *column = *text == '\n' ? 1 : *column + !continues;
  }
}

/** The tiny manifest with `old` replaced by `new` must be refused at `where` of the new text. */
static void refuse(const char *old, const char *new, const char *where, const char *message)
{
  const char *at = strstr(tiny, old);
  assert_non_null(at);
  size_t before = (size_t)(at - tiny), size = tiny_size - strlen(old) + strlen(new), line, column;
  char *text = calloc(size + 1, 1), expected[1024];
  assert_non_null(text);
  memcpy(text, tiny, before);
  strcpy(text + before, new);
  strcat(text, at + strlen(old));
  place_of(text, where, &line, &column);
  snprintf(expected, sizeof expected, "tiny.yaml:%zu:%zu: %s", line, column, message);
  refuse_text(text, size, expected);
  free(text);
}

static const char root[] = "proda:";

static void version_kind_name(void **state)
{
  (void)state;
  refuse("proda: 1", "proda: 2", "2\n",
         "written for version 2 of the plugin interface; this proda has 1");
  refuse("proda: 1", "proda: one", "one\n", "expected a whole number, found 'one'");
  refuse("proda: 1\n", "", "kind:", "this is not a proda manifest: it lacks the key 'proda: 1'");
  refuse("kind: model", "kind: modle", "modle", "unknown kind 'modle'; did you mean 'model'?");
  refuse("kind: model\n", "", root, "a manifest lacks the key 'kind': model, sampler or emulator");
  refuse("name: tiny", "name: tinny", "tinny", "the name 'tinny' must be that of the file, 'tiny'");
  refuse("name: tiny", "name: 2tiny", "2tiny",
         "'2tiny' cannot name a plugin: expected letters, digits and _, not starting with a digit, "
         "at most 60");
  refuse("title: Two", "titel: Two", "titel",
         "a model's manifest has no key 'titel'; did you mean 'title'?");
  refuse("title: Two pools on two layers\n", "", root, "a model's manifest lacks the key 'title'");
  refuse("cite: [made up]", "cite: [[1]]", "[1]", "expected a text, found a list");
  refuse("time: day", "time: days", "days", "unknown unit of time 'days'; did you mean 'day'?");
  refuse("kind: model", "kind: sampler", "time:",
         "a sampler's manifest has no key 'time'; expected one of: proda, kind, name, title, doc, "
         "cite, settings");
}

static void repeated_keys(void **state)
{
  (void)state;
  refuse("drivers:\n", "time: yr\ndrivers:\n", "time: yr",
         "the key 'time' stands here twice, first in line 8");
  refuse("  tau_slow:", "  tau_fast:", "tau_fast: {term",
         "the key 'tau_fast' stands here twice, first in line 20");
}

static void grids(void **state)
{
  (void)state;
  refuse("dz: [0.1, 0.2]", "dz: [0.1, 0]", "0], node", "'dz' must be above 0: 0 follows 0");
  refuse("node: [0.05, 0.2]", "node: [0.05]", "[0.05]", "'node' has 1 layers where 'dz' has 2");
  refuse("interface: [0.1, 0.3]", "interface: [0.3, 0.1]", "0.1]}",
         "'interface' must be increasing and above 0: 0.1 follows 0.3");
  refuse("node: [0.05, 0.2]", "node: [0.05, 0.4]", "0.4]",
         "node 2, 0.4 m, does not lie within its layer");
  refuse("dz: [0.1, 0.2]", "dz: 0.1", "0.1, node", "expected dz as a list, found '0.1'");
}

static void settings(void **state)
{
  (void)state;
  refuse("default: 0.6", "default: 1.6", "1.6", "'share' must be at most 1, found 1.6");
  refuse("default: 0.6", "default: '0.6'", "'0.6'", "expected a number, found the text '0.6'");
  refuse("minimum: 0", "minimum: 2", "{type: number",
         "the minimum of 'share', 2, lies above its maximum, 1");
  refuse("default: plain", "default: palin", "palin",
         "'mode' cannot be 'palin'; did you mean 'plain'?");
  refuse("type: choice", "type: chioce", "chioce",
         "unknown type of setting 'chioce'; did you mean 'choice'?");
  refuse("[plain, warm]", "[plain, plain]", "plain], default",
         "the choice 'plain' stands here twice");
  refuse("choices: [plain, warm], ", "", "{type: choice",
         "a setting of type choice lacks the key 'choices'");
  refuse("minimum: 0", "choices: [a]", "[a]", "only a setting of type choice has 'choices'");
}

static void drivers(void **state)
{
  (void)state;
  refuse("unit: gC m-2 month-1", "unit: gC n-2 month-1", "gC n-2",
         "'gC n-2 month-1' is not a unit that udunits2 knows (examples: m2 yr-1, K, gC m-3, \"1\" "
         "where there is none)");
  refuse("unit: K, ", "", "{dims: [layer", "a driver lacks the key 'unit'");
  refuse("[layer, month]", "[month, layer]", "layer], optional",
         "expected dims in the order [layer, month], each at most once");
  refuse("[layer, month]", "[layer, monht]", "monht",
         "unknown dimension 'monht'; did you mean 'month'?");
  refuse("range: [250, 310]", "range: [310, 250]", "[310",
         "expected two numbers, [least, greatest], as the range of a driver");
  refuse("optional: true", "optional: perhaps", "perhaps",
         "expected true or false, found 'perhaps'");
}

static void quantities_and_ad_hoc(void **state)
{
  (void)state;
  struct proda_manifest *m = parse(tiny);
  assert_int_equal(m->n_quantities, 1);
  assert_string_equal(m->quantity[0].name, "carbon");
  assert_string_equal(m->quantity[0].unit, "gC m-2");
  assert_string_equal(m->quantity[0].doc, "carbon of both layers");
  assert_int_equal(m->ad_hoc, PRODA_AD_HOC_DEFAULTS);
  refuse("unit: gC m-2, doc: carbon", "unit: gC n-2, doc: carbon", "gC n-2",
         "'gC n-2' is not a unit that udunits2 knows (examples: m2 yr-1, K, gC m-3, \"1\" where "
         "there is none)");
  refuse("unit: gC m-2, doc: carbon", "doc: carbon", "{doc: carbon",
         "a quantity lacks the key 'unit'");
  refuse("carbon: {unit", "carbon_input: {unit", "carbon_input",
         "'carbon_input' is a component that proda computes of every structure; give this quantity "
         "another name");
  refuse("carbon: {unit", "rhat: {unit", "rhat",
         "stores have a variable 'rhat'; give this quantity another name");
  refuse("carbon: {unit", "median_x: {unit", "median_x",
         "stores have a variable 'median_x'; give this quantity another name");
  assert_null(m->quantity[0].component);
  proda_manifest_free(m);
  static const char plain[] = "unit: gC m-2, doc: carbon";
  const char *at = strstr(tiny, plain);
  char text[8192];
  assert_non_null(at);
  snprintf(text, sizeof text, "%.*sunit: gC m-2, component: carbon_input, doc: carbon%s",
           (int)(at - tiny), tiny, at + strlen(plain));
  m = parse(text);
  assert_string_equal(m->quantity[0].component, "carbon_input");
  proda_manifest_free(m);
  refuse("unit: gC m-2, doc: carbon", "unit: gC m-2, component: carbon_imput, doc: carbon",
         "carbon_imput", "unknown component 'carbon_imput'; did you mean 'carbon_input'?");
  refuse("  carbon: {", "  2carbon: {", "2carbon",
         "'2carbon' cannot name a quantity: expected letters, digits and _, not starting with a "
         "digit, at most 60");
  refuse("time: day", "time: day\nad_hoc: site_men", "site_men",
         "unknown ad_hoc 'site_men'; did you mean 'site_mean'?");
}

/* What a pool holds is per volume where nothing else is said. */
static void amounts(void **state)
{
  (void)state;
  struct proda_manifest *m = parse(tiny);
  assert_string_equal(m->unit, "gC m-3");
  assert_int_equal(m->basis, PRODA_PER_VOLUME);
  assert_close(m->grams, 1, 0, 0);
  assert_int_equal(m->n_losses, 1);
  assert_string_equal(m->loss[m->channel[1].loss_index].measure, "loss_CO2");
  proda_manifest_free(m);
  refuse("time: day", "time: day\nunit: gC m-1", "gC m-1",
         "pools hold carbon per volume, area or mass of soil (gC m-3, gC m-2, mgC g-1); 'gC m-1' "
         "is neither");
  refuse("time: day", "time: day\nunit: gC m-2", "gC m-2",
         "'gC m-2' is per area, which says where carbon is in one layer only; the grid has 2");
  refuse("time: day", "time: day\nunit: mgC g-1", "mgC g-1",
         "'mgC g-1' is per mass of soil; state the driver that makes it a density, `bulk_density: "
         "DRIVER`");
  refuse("time: day", "time: day\nunit: mgC g-1\nbulk_density: inpt", "inpt",
         "unknown driver 'inpt'; did you mean 'input'?");
  refuse("time: day", "time: day\nunit: mgC g-1\nbulk_density: temperature", "temperature",
         "the driver 'temperature' is optional, but pools cannot do without bulk density");
  refuse("time: day", "time: day\nunit: mgC g-1\nbulk_density: input", "input",
         "the driver 'input' is in 'gC m-2 month-1'; a bulk density is in kg m-3 or the like");
  refuse("time: day", "time: day\nbulk_density: input", "input",
         "pools in 'gC m-3' need no bulk density; leave this out");
}

static void half_saturations(void **state)
{
  (void)state;
  static const char linear[] = "from: slow, rate: 1 / tau_slow}";
  const char *at = strstr(tiny, linear);
  char text[8192];
  assert_non_null(at);
  snprintf(text, sizeof text, "%.*sfrom: slow, linear: false, half_saturation: 3 * tau_slow}%s",
           (int)(at - tiny), tiny, at + strlen(linear));
  struct proda_manifest *m = parse(text);
  assert_null(m->channel[0].half_saturation);
  assert_string_equal(m->channel[1].half_saturation_text, "3 * tau_slow");
  assert_int_equal(m->channel[1].half_saturation->kind, PRODA_EXPRESSION_MULTIPLY);
  proda_manifest_free(m);
  refuse(linear, "from: slow, half_saturation: tau_slow}", "tau_slow}",
         "a linear channel does not saturate; state `linear: false`, or no half_saturation");
  refuse(linear, "from: slow, linear: false, half_saturation: tau_slwo}", "tau_slwo",
         "unknown parameter 'tau_slwo'; did you mean 'tau_slow'?");
  refuse(linear, "from: slow, linear: false, half_saturation: 0 * tau_slow}", "0 * tau_slow",
         "a half-saturation must be above 0; with default parameters it is 0");
}

static void parameters(void **state)
{
  (void)state;
  refuse("prior: [0.5, 5]", "prior: [5, 0.5]", "[5, 0.5]",
         "the minimum of a prior, 5, must lie below its maximum, 0.5");
  refuse("prior: [0.5, 5]", "prior: [5, 5]", "[5, 5]",
         "the minimum of a prior, 5, must lie below its maximum, 5");
  refuse("prior: [0.5, 5]", "prior: [5]", "[5]",
         "expected two numbers, [minimum, maximum], as a prior");
  refuse("prior: [0.5, 5]", "prior: [0.5, .inf]", "[0.5, .inf]",
         "a uniform prior must be bounded on both sides");
  refuse("{normal: [0.3, 0.1]", "{normal: [0.3, 0]", "[0.3, 0]",
         "expected [mean, standard deviation], the second above 0");
  refuse("bounds: [0, 1]", "bounds: [1, 0]", "[1, 0]",
         "the minimum of the bounds, 1, must lie below its maximum, 0");
  refuse("{normal: [0.3, 0.1], ", "{", "{bounds", "a prior lacks the key 'normal'");
  refuse("prior: [0.5, 5]", "prior: {log_uniform: [0, 5]}", "[0, 5]",
         "a log-uniform prior must be bounded on both sides and lie above 0");
  refuse("prior: [0.5, 5]", "prior: {log_uniform: [1, .inf]}", "[1, .inf]",
         "a log-uniform prior must be bounded on both sides and lie above 0");
  refuse("prior: [0.5, 5]", "prior: {log_unifrm: [1, 5]}", "log_unifrm",
         "a prior has no key 'log_unifrm'; did you mean 'log_uniform'?");
  refuse("prior: [0.5, 5]", "prior: {log_uniform: [1, 5], bounds: [1, 5]}", "bounds",
         "a log-uniform prior has no key 'bounds'; expected log_uniform");
  refuse("term: V", "term: Xi", "Xi", "unknown term 'Xi'; did you mean 'xi'?");
  refuse("default: 0.1", "defualt: 0.1", "defualt",
         "a parameter has no key 'defualt'; did you mean 'default'?");
  refuse("default: 0.1", "default: sand", "sand", "expected a number, found 'sand'");
  refuse("prescribed_by: [temperature]", "prescribed_by: [temprature]", "temprature",
         "unknown driver 'temprature'; did you mean 'temperature'?");
  refuse("unit: yr-1", "unit: yrr-1", "yrr-1",
         "'yrr-1' is not a unit that udunits2 knows (examples: m2 yr-1, K, gC m-3, \"1\" where "
         "there is none)");
  refuse("symbol: τf", "symbol: tau_slow", "tau_slow: {",
         "the parameters 'tau_fast' and 'tau_slow' share a symbol or name");
}

static void channels(void **state)
{
  (void)state;
  refuse("from: slow", "from: slwo", "slwo", "unknown pool 'slwo'; did you mean 'slow'?");
  refuse("to: {slow:", "to: {solw:", "solw", "unknown pool 'solw'; did you mean 'slow'?");
  refuse("to: {slow:", "to: {fast:", "fast: transfer",
         "a channel cannot hand carbon back to its donor 'fast'; lower its rate");
  refuse("slow: transfer}", "slow: 2 * transfer + 1}", "2 * transfer",
         "a fraction must lie in 0..1; with default parameters it is 1.6");
  refuse("from: slow, rate", "from: fast, rate", "{from: fast, rate: 1 / tau_slow",
         "a channel 'fast' is there already; give this one a name of its own");
  refuse("from: slow, rate", "name: again, from: fast, rate", "- {from: fast",
         "no channel takes carbon from the pool 'slow'");
  refuse("modifiers: [xi]", "modifiers: [xi, xi_n]", "{from: fast",
         "a channel lacks the key 'modifier', and there are 2 of them");
  refuse("from: slow,", "from: slow, modifier: ix,", "ix,",
         "unknown modifier 'ix'; did you mean 'xi'?");
}

static void rates_and_fractions(void **state)
{
  (void)state;
  refuse("slow: transfer}", "slow: transfre}", "transfre",
         "unknown parameter 'transfre'; did you mean 'transfer'?");
  refuse("slow: transfer}", "slow: 1 - transfre}", "transfre",
         "unknown parameter 'transfre'; did you mean 'transfer'?");
  refuse("slow: transfer}", "slow: \"1 - transfre\"}", "transfre",
         "unknown parameter 'transfre'; did you mean 'transfer'?");
  refuse("slow: transfer}", "slow: 1 +}", "}}\n  - {from: slow",
         "expected a number, a name or '(' at the end of '1 +'");
  refuse("slow: transfer}", "slow: mean(transfer)}", "mean(",
         "no function 'mean' of 1 argument(s); known are exp(x), log(x), sqrt(x), min(x, y, ...), "
         "max(x, y, ...)");
  refuse("rate: 1 / tau_slow", "rate: 1 / tau_slo", "tau_slo}",
         "unknown parameter 'tau_slo'; did you mean 'tau_slow'?");
  refuse("rate: 1 / tau_slow", "rate: 0 / tau_slow", "0 / tau_slow",
         "a rate must be above 0; with default parameters it is 0");
}

static void modifiers_inputs_transport(void **state)
{
  (void)state;
  refuse("modifiers: [xi]", "modifiers: [xi, xi]", "xi]", "'xi' stands here twice");
  refuse("modifiers: [xi]", "modifiers: []", "[]", "expected at least one of modifiers");
  refuse("inputs: [fast]", "inputs: [fats]", "fats", "unknown pool 'fats'; did you mean 'fast'?");
  refuse("inputs: [fast]", "inputs: [fast, fast]", "fast]", "the pool 'fast' stands here twice");
  refuse("inputs: [fast]", "inputs: []", "[]",
         "expected at least one pool that receives plant carbon");
  refuse("transport: {pools: [slow]}", "transport: {pools: [low]}", "low]",
         "unknown pool 'low'; did you mean 'slow'?");
  refuse("transport: {pools: [slow]}", "transport: [slow]", "[slow]",
         "expected transport as a mapping (key: value), found a list");
}

static void fractions_share_the_flux(void **state)
{
  (void)state;
  static const char text[] = "proda: 1\nkind: model\nname: tiny\ntitle: t\ntime: yr\n"
                             "grid: {dz: [1], node: [0.5], interface: [1]}\n"
                             "parameters: {f: {term: A, unit: '1', default: 0.6, prior: [0, 1]}}\n"
                             "pools: [a, b, c]\nmodifiers: [xi]\ninputs: [a]\n"
                             "channels: [{from: a, to: {b: f, c: f}}, {from: b}, {from: c}]\n"
                             "observe: {soc: {sum: a, unit: gC m-3}}\n";
  refuse_text(
      text, sizeof text - 1,
      "tiny.yaml:11:26: the channel 'a' hands over 1.2 of its flux with default parameters; "
      "at most 1 is there");
}

static void observables(void **state)
{
  (void)state;
  static const char linear[] = "expected a sum of pools, each times a number at most";
  refuse("sum: fast + slow", "sum: fast + slwo", "slwo",
         "unknown pool 'slwo'; did you mean 'slow'?");
  refuse("sum: fast + slow", "sum: fast + tau_fast", "tau_fast, unit",
         "the parameter 'tau_fast' is in yr, which cannot be added to pools in gC m-3");
  refuse("sum: fast + slow", "sum: fast * slow", "fast * slow", linear);
  refuse("sum: fast + slow", "sum: fast + 9", "9,", linear);
  refuse("sum: fast + slow", "sum: fast / 0", "fast / 0", linear);
  refuse("sum: fast + slow", "sum: log(fast)", "log(", linear);
  refuse("unit: gC m-3, doc", "unit: gC m-3, published_cost: weight, doc", "weight,",
         "unknown published_cost 'weight'; did you mean 'weighted'?");
  refuse("unit: gC m-3, doc", "unit: gC m-, doc", "gC m-,",
         "'gC m-' is not a unit that udunits2 knows (examples: m2 yr-1, K, gC m-3, \"1\" where "
         "there is none)");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(head_and_settings),
      cmocka_unit_test(grid_drivers_parameters),
      cmocka_unit_test(graph_and_observables),
      cmocka_unit_test(digests_are_of_the_bytes),
      cmocka_unit_test(minimal_manifests),
      cmocka_unit_test(version_kind_name),
      cmocka_unit_test(repeated_keys),
      cmocka_unit_test(grids),
      cmocka_unit_test(settings),
      cmocka_unit_test(quantities_and_ad_hoc),
      cmocka_unit_test(amounts),
      cmocka_unit_test(half_saturations),
      cmocka_unit_test(drivers),
      cmocka_unit_test(parameters),
      cmocka_unit_test(channels),
      cmocka_unit_test(rates_and_fractions),
      cmocka_unit_test(modifiers_inputs_transport),
      cmocka_unit_test(fractions_share_the_flux),
      cmocka_unit_test(observables),
  };
  return cmocka_run_group_tests(tests, read_tiny, free_tiny);
}
