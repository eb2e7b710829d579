/* Manifests that include fragments: how sections come together, where fragments are searched for,
 * and each fault refused where it stands, also in the fragment. */
#include "scratch.h"

#include "formula/source.h"
#include "plugin/loader.h"
#include "plugin/manifest.h"

static const char head[] = "proda: 1\nkind: fragment\ntitle: shared\n";

/* Two pools in two layers that a structure may build upon. */
static const char column[] =
    "proda: 1\n"
    "kind: fragment\n"
    "cite: [one, two]\n"
    "time: yr\n"
    "grid: {dz: [0.1, 0.2], node: [0.05, 0.2], interface: [0.1, 0.3]}\n"
    "drivers:\n"
    "  npp: {unit: gC m-2 yr-1, dims: [month], doc: plant carbon}\n"
    "parameters:\n"
    "  tau: {term: K, unit: yr, default: 2, prior: [1, 3], doc: turnover time}\n"
    "  z: {term: xi, unit: m, default: 0.5, prior: [0.1, 1], doc: depth}\n"
    "  d: {term: V, unit: m2 yr-1, default: 0.1, prior: [0, 1], doc: mixing}\n"
    "pools: {litter: fresh, humus: old}\n"
    "define:\n"
    "  depth: exp(-node / z)\n"
    "  shallow: depth ^ 2\n"
    "modifiers: {xi: shallow}\n"
    "inputs:\n  litter: mean(month, npp) * where(top > 0, 0, 1) / dz\n"
    "channels:\n"
    "  - {from: litter, rate: 1 / tau, to: {humus: 0.5}}\n"
    "  - {from: humus, rate: 1 / (5 * tau)}\n"
    "transport: {pools: [humus], lower: -d / dz / dz, diagonal: 2 * d / dz / dz,\n"
    "            upper: -d / dz / dz}\n"
    "observe: {soc: {sum: humus, unit: gC m-3, doc: soil carbon}}\n";

static void put(const char *name, const char *text)
{
  FILE *file = fopen(scratch_path(name), "w");
  assert_non_null(file);
  fputs(text, file);
  assert_int_equal(fclose(file), 0);
}

/* "own.yaml": the head of a model, then what is given. */
static const char *own(const char *text)
{
  char whole[8192];
  snprintf(whole, sizeof whole, "proda: 1\nkind: model\nname: own\ntitle: Own\n%s", text);
  put("own.yaml", whole);
  return scratch_path("own.yaml");
}

static struct proda_manifest *read_own(const char *text)
{
  struct proda_manifest *manifest = NULL;
  struct proda_error error;
  assert_ok(proda_manifest_read(own(text), &manifest, &error), error);
  return manifest;
}

/* The manifest is refused: "<scratch>/<place>: ... <part> ...". */
static void assert_refused(const char *text, const char *place, const char *part)
{
  struct proda_manifest *manifest = NULL;
  struct proda_error error;
  assert_int_equal(proda_manifest_read(own(text), &manifest, &error), PRODA_ERROR);
  const char *wanted = scratch_path(place);
  if (strncmp(error.message, wanted, strlen(wanted)) != 0 || !strstr(error.message, part))
    fail_msg("expected '%s: ... %s', found '%s'", wanted, part, error.message);
}

static void a_fragment_alone_is_enough(void **state)
{
  (void)state;
  put("column.yaml", column);
  struct proda_manifest *m = read_own("include: column.yaml\n");
  assert_string_equal(m->title, "Own");
  assert_string_equal(m->time, "yr");
  assert_int_equal(m->n_pools, 2);
  assert_string_equal(m->pool_doc[1], "old");
  assert_int_equal(m->n_channels, 2);
  assert_int_equal(m->n_bands, 3);
  assert_int_equal(m->n_fragments, 1);
  assert_string_equal(m->fragment[0], scratch_path("column.yaml"));
  proda_manifest_free(m);
}

static void sections_come_together(void **state)
{
  (void)state;
  put("column.yaml", column);
  struct proda_manifest *m = read_own(
      "include: [column.yaml]\n"
      "time: day\n"
      "cite: [two, three]\n"
      "parameters:\n"
      "  tau_mic: {term: K, unit: yr, default: 1, prior: [0.5, 2], doc: turnover of microbes}\n"
      "  z: {default: 0.3}\n"
      "  last: {term: A, unit: \"1\", default: 0.2, prior: [0, 1], doc: to microbes}\n"
      "pools: [MIC]\n"
      "channels:\n"
      "  - {from: litter, to: {MIC: 0.4}}\n"
      "  - {from: MIC, rate: 1 / tau_mic, to: {humus: 0.3}}\n"
      "  - {from: MIC, name: death, rate: 2 / tau_mic}\n"
      "transport: {pools: [MIC]}\n"
      "observe: {soc: {sum: humus + MIC}}\n");
  const char *const parameter[] = {"tau", "tau_mic", "z", "d", "last"};
  assert_int_equal(m->n_parameters, 5);
  for (size_t i = 0; i < 5; i++)
    assert_string_equal(m->parameter[i].name, parameter[i]);
  assert_close(m->parameter[2].default_value, 0.3, 0, 0);
  assert_string_equal(m->parameter[2].doc, "depth"); /* what is not said again stays */
  assert_string_equal(m->time, "day");
  assert_int_equal(m->n_references, 3);
  assert_string_equal(m->reference[2], "three");
  assert_int_equal(m->n_pools, 3);
  assert_string_equal(m->pool[2], "MIC");
  assert_true(m->transported[1] && m->transported[2] && !m->transported[0]);
  assert_close(m->observable[0].weight[2], 1, 0, 0);
  assert_string_equal(m->observable[0].doc, "soil carbon");
  /* The litter's rate is the fragment's, its recipients are its own. */
  assert_int_equal(m->n_channels, 4);
  assert_string_equal(m->channel[0].rate_text, "1 / tau");
  assert_int_equal(m->n_transfers, 2);
  assert_string_equal(m->transfer[0].name, "litter_MIC");
  assert_string_equal(m->channel[1].name, "humus");
  assert_string_equal(m->channel[3].name, "death");
  proda_manifest_free(m);
}

static void a_definition_is_replaced_where_it_stands(void **state)
{
  (void)state;
  const char *const wanted[] = {"half", "depth", "shallow", "deep"};
  put("column.yaml", column);
  struct proda_manifest *m = read_own("include: column.yaml\n"
                                      "define:\n"
                                      "  half: z / 2\n"
                                      "  depth: exp(-node / half)\n"
                                      "  deep: 1 - shallow\n"
                                      "modifiers: {xi: deep}\n"
                                      "channels: [{from: humus, loss: leaching}]\n");
  assert_int_equal(m->n_definitions, 4);
  for (size_t i = 0; i < 4; i++)
    assert_string_equal(m->definition[i].name, wanted[i]);
  assert_string_equal(m->definition[1].text, "exp(-node / half)");
  assert_string_equal(m->modifier_formula[0].text, "deep");
  assert_string_equal(m->channel[1].loss, "leaching");
  assert_string_equal(m->channel[1].rate_text, "1 / (5 * tau)");
  proda_manifest_free(m);
}

static void transport_of_its_own_replaces_bands(void **state)
{
  (void)state;
  put("column.yaml", column);
  put("active.yaml", "proda: 1\nkind: fragment\ndrivers:\n"
                     "  alt: {unit: m, dims: [month], doc: active layer}\n"
                     "  bedrock: {unit: \"1\", dims: [month], doc: layer of bedrock}\n");
  struct proda_manifest *m =
      read_own("include: [column.yaml, active.yaml]\n"
               "transport:\n  operator: clm5_mixing(d, d, alt, alt, bedrock)\n");
  assert_int_equal(m->n_bands, 1);
  assert_true(m->transported[1]);
  assert_int_equal(m->n_drivers, 3);
  proda_manifest_free(m);
}

static void fragments_include_fragments_once(void **state)
{
  (void)state;
  put("column.yaml", column);
  put("left.yaml", "proda: 1\nkind: fragment\ninclude: column.yaml\ntime: day\n");
  put("right.yaml", "proda: 1\nkind: fragment\ninclude: column.yaml\npools: {wood: dead}\n"
                    "channels: [{from: wood, rate: 1 / tau, to: {humus: 0.1}}]\n");
  struct proda_manifest *m = read_own("include: [left.yaml, right.yaml]\n");
  assert_string_equal(m->time, "day"); /* right.yaml does not bring column.yaml's back */
  assert_int_equal(m->n_pools, 3);
  assert_int_equal(m->n_channels, 3);
  assert_int_equal(m->n_fragments, 3);
  proda_manifest_free(m);
}

/* ---- where fragments lie ---- */

static void fragments_are_found_in_their_folders(void **state)
{
  (void)state;
  struct proda_error error;
  struct proda_search_path *path = NULL;
  struct proda_manifest *m = NULL;
  mkdir(scratch_path("fragments"), 0777);
  mkdir(scratch_path("folder"), 0777);
  mkdir(scratch_path("folder/own"), 0777);
  mkdir(scratch_path("folder/fragments"), 0777);
  mkdir(scratch_path("elsewhere"), 0777);
  mkdir(scratch_path("elsewhere/own"), 0777);
  put("fragments/layers.yaml", column);
  m = read_own("include: layers.yaml\n");
  assert_string_equal(m->fragment[0], scratch_path("fragments/layers.yaml"));
  proda_manifest_free(m);

  const char *text = "proda: 1\nkind: model\nname: own\ntitle: Own\ninclude: layers.yaml\n";
  put("folder/fragments/layers.yaml", column);
  put("folder/own/own.yaml", text);
  assert_ok(proda_manifest_read(scratch_path("folder/own/own.yaml"), &m, &error), error);
  assert_string_equal(m->fragment[0], scratch_path("folder/own/../fragments/layers.yaml"));
  proda_manifest_free(m);

  /* In a directory of the search path only. */
  put("elsewhere/own/own.yaml", text);
  assert_int_equal(proda_manifest_read(scratch_path("elsewhere/own/own.yaml"), &m, &error),
                   PRODA_ERROR);
  assert_ok(proda_search_path_make(scratch_directory, &path, &error), error);
  assert_ok(proda_manifest_read_along(path, scratch_path("elsewhere/own/own.yaml"), &m, &error),
            error);
  assert_string_equal(m->fragment[0], scratch_path("fragments/layers.yaml"));
  proda_manifest_free(m);
  proda_search_path_free(path);
}

/* ---- what is made of it ---- */

static void the_digest_covers_fragments(void **state)
{
  (void)state;
  char before[PRODA_DIGEST_SIZE], changed[8192];
  put("column.yaml", column);
  struct proda_manifest *m = read_own("include: column.yaml\n");
  memcpy(before, m->digest, sizeof before);
  proda_manifest_free(m);
  snprintf(changed, sizeof changed, "%s# a remark\n", column);
  put("column.yaml", changed);
  m = read_own("include: column.yaml\n");
  assert_string_not_equal(m->digest, before);
  proda_manifest_free(m);
  put("column.yaml", column);
  m = read_own("include: column.yaml\n");
  assert_string_equal(m->digest, before);
  proda_manifest_free(m);
}

/* The C source behind the line of the digest; free() it. */
static char *source_of(const char *text)
{
  struct proda_error error;
  struct proda_manifest *m = read_own(text);
  char *source = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&source, &size);
  assert_non_null(out);
  assert_ok(proda_emit_model(m, out, &error), error);
  fclose(out);
  proda_manifest_free(m);
  char *digest = strstr(source, "#define MANIFEST_DIGEST");
  assert_non_null(digest);
  memset(digest, ' ', strcspn(digest, "\n"));
  return source;
}

static void code_is_that_of_the_manifest_written_out(void **state)
{
  (void)state;
  put("column.yaml", column);
  char *included = source_of("include: column.yaml\n"
                             "channels: [{from: litter, to: {humus: 0.4}}]\n");
  char whole[8192];
  snprintf(whole, sizeof whole, "%s", strstr(column, "cite"));
  char *recipient = strstr(whole, "humus: 0.5");
  memcpy(recipient, "humus: 0.4", 10);
  char *written = source_of(whole);
  assert_string_equal(included, written);
  free(included);
  free(written);
}

/* ---- faults ---- */

static void faults_of_include(void **state)
{
  (void)state;
  put("column.yaml", column);
  assert_refused("include: colum.yaml\n", "own.yaml:5:10:", "no fragment 'colum.yaml'");
  assert_refused("include: [column.yaml, absent.yaml]\n", "own.yaml:5:24:", "searched also:");
  assert_refused("include: ../column.yaml\n", "own.yaml:5:10:", "the name of a file alone");
  assert_refused("include: {a: column.yaml}\n", "own.yaml:5:10:", "expected include as a list");
  assert_refused("include: [[column.yaml]]\n", "own.yaml:5:11:", "expected a text, found a list");
  assert_refused("include: own.yaml\n", "own.yaml:5:10:", "cycle");
  put("a.yaml", "proda: 1\nkind: fragment\ninclude: b.yaml\n");
  put("b.yaml", "proda: 1\nkind: fragment\ninclude:\n  - column.yaml\n  - a.yaml\n");
  assert_refused("include: a.yaml\n", "b.yaml:5:5:", "cycle");
}

/* Neither is waited for, nor taken for a text. */
static void regular_files_alone(void **state)
{
  (void)state;
  assert_int_equal(mkfifo(scratch_path("fifo.yaml"), 0600), 0);
  assert_int_equal(mkdir(scratch_path("folder.yaml"), 0700), 0);
  assert_int_equal(symlink("/dev/zero", scratch_path("device.yaml")), 0);
  assert_refused("include: fifo.yaml\n", "own.yaml:5:10:", "no fragment 'fifo.yaml'");
  assert_refused("include: folder.yaml\n", "own.yaml:5:10:", "no fragment 'folder.yaml'");
  assert_refused("include: device.yaml\n", "own.yaml:5:10:", "no fragment 'device.yaml'");
}

static void what_is_included_must_be_a_fragment(void **state)
{
  (void)state;
  put("f.yaml", "kind: fragment\n");
  assert_refused("include: f.yaml\n", "f.yaml:1:1:", "lacks the key 'proda");
  put("f.yaml", "proda: 7\nkind: fragment\n");
  assert_refused("include: f.yaml\n", "f.yaml:1:8:", "version 7");
  put("f.yaml", "proda: 1\ntime: yr\n");
  assert_refused("include: f.yaml\n", "f.yaml:1:1:", "lacks the key 'kind'");
  put("f.yaml", "proda: 1\nkind: model\n");
  assert_refused("include: f.yaml\n", "f.yaml:2:7:", "expected fragment");
  put("f.yaml", "proda: 1\nkind: fragment\nname: f\n");
  assert_refused("include: f.yaml\n", "f.yaml:3:1:", "a fragment has no key 'name'");
  put("f.yaml", "proda: 1\nkind: fragment\nchanels: []\n");
  assert_refused("include: f.yaml\n", "f.yaml:3:1:", "did you mean 'channels'?");
  put("f.yaml", "proda: 1\n  kind: fragment\n");
  assert_refused("include: f.yaml\n", "f.yaml:2:7:", "not YAML");
  struct proda_manifest *manifest = NULL;
  struct proda_error error;
  put("f.yaml", head);
  assert_int_equal(proda_manifest_read(scratch_path("f.yaml"), &manifest, &error), PRODA_ERROR);
  assert_non_null(strstr(error.message, "f.yaml:2:7: a fragment is no manifest of its own"));
}

/* A complaint names the file in which its cause stands. */
static void faults_are_told_where_they_stand(void **state)
{
  (void)state;
  char text[8192];
  put("column.yaml", column);
  snprintf(text, sizeof text, "include: column.yaml\nchannels: [{from: litter, rate: 1 / z}]\n");
  assert_refused(text, "own.yaml:6:33:", "must be in yr-1");
  assert_refused("include: column.yaml\ndefine: {depth: exp(-node / zz)}\n",
                 "own.yaml:6:29:", "did you mean 'z'?");
  assert_refused("include: column.yaml\npools: [litter]\nchannels: {}\n",
                 "own.yaml:7:11:", "'channels' is a mapping here, but a list in what is included");
  assert_refused("include: column.yaml\nchannels: [{from: humus}, {from: humus}]\n",
                 "own.yaml:6:27:", "'humus' is there already");
  put("f.yaml", "proda: 1\nkind: fragment\ninclude: column.yaml\n"
                "define:\n  depth: >-\n    exp(-node\n    / tau)\n");
  assert_refused("include: f.yaml\n", "f.yaml:6:9:", "exp(x) needs a number without unit");
  put("f.yaml", "proda: 1\nkind: fragment\ninclude: column.yaml\n"
                "parameters:\n  tau: {prior: [3, 1]}\n");
  assert_refused("include: f.yaml\n", "f.yaml:5:16:", "");
  put("f.yaml", "proda: 1\nkind: fragment\nparameters:\n  q: {term: K, prior: [1, 2]}\n");
  assert_refused("include: [column.yaml, f.yaml]\n", "f.yaml:4:6:", "lacks the key");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_fragment_alone_is_enough),
      cmocka_unit_test(sections_come_together),
      cmocka_unit_test(a_definition_is_replaced_where_it_stands),
      cmocka_unit_test(transport_of_its_own_replaces_bands),
      cmocka_unit_test(fragments_include_fragments_once),
      cmocka_unit_test(fragments_are_found_in_their_folders),
      cmocka_unit_test(the_digest_covers_fragments),
      cmocka_unit_test(code_is_that_of_the_manifest_written_out),
      cmocka_unit_test(faults_of_include),
      cmocka_unit_test(regular_files_alone),
      cmocka_unit_test(what_is_included_must_be_a_fragment),
      cmocka_unit_test(faults_are_told_where_they_stand),
  };
  return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
