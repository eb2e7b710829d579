#include "conformance/conformance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/child.h"
#include "yaml/yaml.h"

/* It has no function: a plugin of which other checks are run was loaded. */
static const struct proda_check object_check = {
    .name = "object",
    .asks = "the shared object loads, and was built for this proda and from this manifest",
    .matters = "an object of another manifest or interface would read numbers as what they are not",
    .repair = "build the plugin anew: `proda build` where the manifest states formulas, else with "
              "the header that `proda header` prints now",
    .needed = true,
    .once = true,
};

const struct proda_suite *proda_suite_of(enum proda_kind kind)
{
  switch (kind) {
  case PRODA_MODEL:
    return &proda_model_suite;
  case PRODA_SAMPLER:
    return &proda_sampler_suite;
  case PRODA_EMULATOR:
    return &proda_emulator_suite;
  }
  return NULL;
}

const struct proda_check *proda_conformance_check(enum proda_kind kind, size_t k)
{
  const struct proda_suite *suite = proda_suite_of(kind);
  if (k == 0)
    return &object_check;
  return k <= suite->n ? suite->check[k - 1] : NULL;
}

/* ---- one check, in its process ---- */

struct errand {
  const struct proda_conformance *conformance;
  const struct proda_manifest *manifest;
  const struct proda_check *check;
};

struct trial {
  const struct errand *errand;
  const struct proda_subject *subject;
  struct proda_finding *finding;
};

/* The graver finding stays. */
static int try_choice(void *context, const struct proda_setting_spec *spec, size_t choice)
{
  const struct trial *trial = context;
  struct proda_finding *finding = trial->finding;
  const struct proda_finding before = *finding;
  if (spec) {
    bool flag = spec->type == PRODA_SETTING_BOOLEAN;
    *finding = (struct proda_finding){.mark = PRODA_MARK_OK};
    snprintf(finding->setting, sizeof finding->setting, "%s = %s", spec->name,
             !flag    ? spec->choice[choice]
             : choice ? "true"
                      : "false");
  }
  int status = proda_suite_of(trial->errand->manifest->kind)
                   ->run(trial->errand->check, trial->subject, finding);
  if (spec && finding->mark <= before.mark)
    *finding = before;
  return status;
}

static void try_choices(const struct errand *errand, const struct proda_subject *subject,
                        struct proda_finding *finding)
{
  struct trial trial = {errand, subject, finding};
  if (errand->check->once)
    (void)try_choice(&trial, NULL, 0);
  else
    (void)proda_each_choice(subject, try_choice, &trial);
}

static void run_errand(void *context, struct proda_finding *finding)
{
  const struct errand *errand = context;
  struct proda_error error = {""};
  struct proda_loaded *loaded = NULL;
  struct proda_settings *settings = NULL;
  struct proda_subject subject = {0};
  finding->mark = PRODA_MARK_OK;
  snprintf(finding->calling, sizeof finding->calling, "loading");
  int status = proda_load(errand->conformance->path, errand->manifest->path, errand->manifest->kind,
                          &loaded, &error);
  if (status == PRODA_OK)
    status = proda_settings_make(loaded->manifest, NULL, NULL, &settings, &error);
  finding->calling[0] = '\0';
  subject = (struct proda_subject){loaded, settings};
  if (status)
    proda_finding_fail(finding, "an object that can be used", "%s", error.message);
  else if (errand->check == &object_check)
    proda_finding_remark(finding, "%s: interface version %u, digest %s", loaded->object_path,
                         loaded->plugin->abi, loaded->plugin->digest);
  else
    try_choices(errand, &subject, finding);
  proda_settings_free(settings);
  proda_loaded_free(loaded);
}

static int run_check(const struct errand *errand, struct proda_finding *finding,
                     struct proda_error *error)
{
  const struct proda_task task = {run_errand, (void *)errand, errand->conformance->limit};
  if (proda_child_run(&task, finding, error))
    return PRODA_ERROR;
  if (*finding->printed && finding->mark <= PRODA_MARK_OK)
    proda_finding_warn(finding, "that only the program prints: messages go into `error`",
                       "the plugin printed something");
  return PRODA_OK;
}

/* ---- all of them ---- */

static int find_only(const struct proda_conformance *conformance, enum proda_kind kind,
                     struct proda_error *error)
{
  const struct proda_check *check;
  const char *name[64];
  char hint[PRODA_HINT_SIZE];
  size_t n = 0;
  if (!conformance->only)
    return PRODA_OK;
  for (; (check = proda_conformance_check(kind, n)); n++) {
    name[n] = check->name;
    if (strcmp(check->name, conformance->only) == 0)
      return PRODA_OK;
  }
  return proda_error_set(error, "there is no check '%.40s' of a %s%s", conformance->only,
                         proda_kind_name(kind), proda_hint(conformance->only, name, n, hint));
}

static int run_all(const struct proda_conformance *conformance,
                   const struct proda_manifest *manifest, size_t n[PRODA_N_MARKS],
                   struct proda_error *error)
{
  struct errand errand = {conformance, manifest, NULL};
  bool broken = false;
  for (size_t k = 0; (errand.check = proda_conformance_check(manifest->kind, k)); k++) {
    struct proda_finding finding = {.mark = PRODA_MARK_OK};
    if (conformance->only && strcmp(conformance->only, errand.check->name) != 0)
      continue;
    if (broken) {
      n[PRODA_MARK_SKIPPED]++;
      continue;
    }
    if (run_check(&errand, &finding, error))
      return PRODA_ERROR;
    broken = finding.mark == PRODA_MARK_FAILED && errand.check->needed;
    n[finding.mark]++;
    conformance->report(conformance->context, errand.check, &finding);
  }
  return PRODA_OK;
}

int proda_conformance_run(const struct proda_conformance *conformance, const char *name,
                          size_t n[PRODA_N_MARKS], struct proda_error *error)
{
  struct proda_manifest *manifest = NULL;
  int status = proda_find_manifest(conformance->path, name, 0, &manifest, error);
  memset(n, 0, PRODA_N_MARKS * sizeof *n);
  if (status == PRODA_OK)
    status = find_only(conformance, manifest->kind, error);
  if (status == PRODA_OK) {
    conformance->begin(conformance->context, manifest);
    status = run_all(conformance, manifest, n, error);
  }
  proda_manifest_free(manifest);
  return status;
}
