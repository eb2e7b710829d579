#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "conformance/conformance.h"

enum { WIDTH = 100 };

struct options {
  const char *only;
  double limit;
  int quiet, list;
  size_t n;
  char **plugin;
};

static int is_manifest_file(const char *argument)
{
  size_t length = strlen(argument);
  return length > 5 && strcmp(argument + length - 5, ".yaml") == 0;
}

static void print_manifest(const struct proda_manifest *manifest)
{
  printf("%s: manifest is fine: %s '%s'", manifest->path, proda_kind_name(manifest->kind),
         manifest->name);
  if (manifest->kind == PRODA_MODEL)
    printf(", %zu pools x %zu layers, %zu channels, %zu parameters", manifest->n_pools,
           manifest->grid.n_layers, manifest->n_channels, manifest->n_parameters);
  printf(", %zu settings\n", manifest->n_settings);
}

/* ---- what is printed of a check ---- */

/** A label and a text, on a terminal wrapped at spaces and indented. */
static void print_wrapped(const char *label, const char *text)
{
  size_t indent = 21, length = strlen(text);
  size_t room = isatty(STDOUT_FILENO) ? WIDTH - indent : length;
  if (!*text)
    return;
  printf("%19s: ", label);
  while (length > room) {
    size_t cut = room;
    while (cut > 0 && text[cut] != ' ')
      cut--;
    cut = cut ? cut : room;
    printf("%.*s\n%*s", (int)cut, text, (int)indent, "");
    text += cut + (text[cut] == ' ');
    length = strlen(text);
  }
  printf("%s\n", text);
}

static void print_problem(const struct proda_check *check, const struct proda_finding *finding)
{
  print_wrapped("found", finding->found);
  print_wrapped("expected", finding->expected);
  print_wrapped("with", finding->setting);
  print_wrapped("at", finding->at);
  print_wrapped("the plugin says", finding->printed);
  print_wrapped("why it matters", check->matters);
  print_wrapped("look at", check->repair);
}

static void print_finding(void *context, const struct proda_check *check,
                          const struct proda_finding *finding)
{
  const struct options *options = context;
  bool problem = finding->mark >= PRODA_MARK_WARNING;
  if (options->quiet && finding->mark != PRODA_MARK_FAILED)
    return;
  printf("  %-8s %-14s %s\n", proda_mark_names[finding->mark], check->name,
         problem || !*finding->found ? check->asks : finding->found);
  if (problem)
    print_problem(check, finding);
  fflush(stdout);
}

static void print_head(void *context, const struct proda_manifest *manifest)
{
  const struct options *options = context;
  if (!options->quiet)
    print_manifest(manifest);
}

static void print_count(const struct options *options, const char *name,
                        const size_t n[PRODA_N_MARKS])
{
  if (!options->quiet || n[PRODA_MARK_FAILED])
    printf("%s: %zu checks ok, %zu failed, %zu with a warning, %zu skipped\n", name,
           n[PRODA_MARK_OK], n[PRODA_MARK_FAILED], n[PRODA_MARK_WARNING], n[PRODA_MARK_SKIPPED]);
}

static void print_checks(void)
{
  const enum proda_kind kinds[] = {PRODA_MODEL, PRODA_SAMPLER, PRODA_EMULATOR};
  for (size_t i = 0; i < 3; i++) {
    const struct proda_check *check;
    printf("%s:\n", proda_kind_name(kinds[i]));
    for (size_t k = 0; (check = proda_conformance_check(kinds[i], k)); k++)
      printf("  %-14s %s\n", check->name, check->asks);
  }
}

/* ---- the command ---- */

static int check_manifest(const struct cli *cli, const struct options *options, const char *path,
                          struct proda_error *error)
{
  struct proda_manifest *manifest = NULL;
  if (proda_manifest_read_along(cli->search_path, path, &manifest, error))
    return PRODA_ERROR;
  if (!options->quiet)
    print_manifest(manifest);
  proda_manifest_free(manifest);
  return PRODA_OK;
}

/** PRODA_REJECT where checks failed, which have been told. */
static int check_plugin(const struct cli *cli, struct options *options, const char *name,
                        struct proda_error *error)
{
  size_t n[PRODA_N_MARKS];
  const struct proda_conformance conformance = {.path = cli->search_path,
                                                .only = options->only,
                                                .limit = options->limit,
                                                .begin = print_head,
                                                .report = print_finding,
                                                .context = options};
  if (proda_conformance_run(&conformance, name, n, error))
    return PRODA_ERROR;
  print_count(options, name, n);
  return n[PRODA_MARK_FAILED] ? PRODA_REJECT : PRODA_OK;
}

static int read_options(int argc, char **argv, struct options *options, struct proda_error *error)
{
  int i = 1;
  for (; i < argc && argv[i][0] == '-'; i++) {
    bool has_value = strcmp(argv[i], "--check") == 0 || strcmp(argv[i], "--limit") == 0;
    char *end = NULL;
    if (has_value && i + 1 == argc)
      return proda_error_set(error, "check: %s needs a value", argv[i]);
    if (strcmp(argv[i], "--check") == 0)
      options->only = argv[++i];
    else if (strcmp(argv[i], "--limit") == 0)
      options->limit = strtod(argv[++i], &end);
    else if (strcmp(argv[i], "--quiet") == 0)
      options->quiet = 1;
    else if (strcmp(argv[i], "--list") == 0)
      options->list = 1;
    else
      return proda_error_set(error, "check: unknown option '%.40s'; see `proda check --help`",
                             argv[i]);
    if (end && (*end || !(options->limit > 0)))
      return proda_error_set(error, "check: expected seconds after --limit, found '%.40s'",
                             argv[i]);
  }
  options->n = (size_t)(argc - i);
  options->plugin = argv + i;
  return PRODA_OK;
}

static int run(const struct cli *cli, int argc, char **argv, struct proda_error *error)
{
  struct options options = {.limit = 60, .quiet = cli->quiet};
  int result = CLI_OK;
  if (read_options(argc, argv, &options, error))
    return CLI_USAGE;
  if (options.list)
    print_checks();
  else if (options.n == 0)
    return cli_usage(argv[0], "manifests or names of plugins", error);
  for (size_t i = 0; i < options.n && !options.list; i++) {
    struct proda_error problem = {""};
    const char *name = options.plugin[i];
    int status = is_manifest_file(name) ? check_manifest(cli, &options, name, &problem)
                                        : check_plugin(cli, &options, name, &problem);
    if (status == PRODA_ERROR)
      fprintf(stderr, "proda: %s\n", problem.message);
    if (status)
      result = CLI_FAILED;
  }
  return result;
}

const struct cli_command cli_check = {
    .name = "check",
    .summary = "check manifests and plugins",
    .help = "Usage: proda check [--check CHECK] [--limit SECONDS] [--quiet] MANIFEST.yaml|NAME...\n"
            "       proda check --list\n"
            "\n"
            "Checks a manifest file without loading code, or, given the name or folder of a\n"
            "plugin, whether it keeps what the plugin interface promises: that it was built from\n"
            "its manifest, that it computes the same from the same, lane by lane, stays within\n"
            "its memory, that carbon is conserved, and more. Sites and draws are made up, from\n"
            "the ranges of drivers and the priors that the manifest states.\n"
            "\n"
            "A line for each check: ok, FAILED, warning or skipped. What failed is told with what\n"
            "was found and expected, why it matters, and what to look at in the plugin. Every\n"
            "check runs in a process of its own, so that a plugin that crashes or never comes\n"
            "back fails that check only.\n"
            "\n"
            "Options:\n"
            "  --check CHECK    run this one only\n"
            "  --limit SECONDS  of computing that a check may take; 60 where not given\n"
            "  --quiet          print what failed, nothing else\n"
            "  --list           print the names of all checks and what they ask\n"
            "\n"
            "Exit status: 0 where all is well, warnings included, 1 where a check failed or a\n"
            "manifest is wrong, 2 for a wrong call.\n",
    .has_options = 1,
    .run = run,
};
