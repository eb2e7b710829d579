#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "core/arena.h"
#include "plugin/search.h"
#include "plugin/template.h"
#include "yaml/yaml.h"

static const char help[] =
    "Usage: proda new model NAME [--like STRUCTURE]\n"
    "       proda new sampler NAME\n"
    "       proda new emulator NAME\n"
    "\n"
    "Makes the folder NAME for a plugin of one's own: it builds, passes its check and\n"
    "runs as it is. A model is a manifest of formulas, with comments that explain each\n"
    "part: two pools in CLM5's layers, or with --like a copy of another structure's\n"
    "manifest. Samplers and emulators are C. Each comes with an example experiment, a\n"
    "test and a README.\n"
    "\n"
    "  --like STRUCTURE  begin with this one: a name that `proda list` shows, a folder or\n"
    "                    a manifest\n"
    "\n"
    "What is there already is not touched. Then:\n"
    "  proda build ./NAME && proda check ./NAME\n"
    "\n"
    "Environment: PRODA_TEMPLATE_PATH names another directory of templates.\n";

struct request {
  enum proda_kind kind;
  const char *name, *like;
};

static int read_arguments(int argc, char **argv, struct request *request, struct proda_error *error)
{
  static const struct option options[] = {{"like", required_argument, NULL, 'l'}, {0}};
  static const char *const kind[] = {"model", "sampler", "emulator"};
  char hint[PRODA_HINT_SIZE];
  opterr = 0;
  for (int c; (c = getopt_long(argc, argv, ":", options, NULL)) != -1;) {
    if (c != 'l')
      return proda_error_set(error, "new: %s '%s'; see `proda new --help`",
                             c == ':' ? "a value is needed for" : "unknown option",
                             argv[optind - 1]);
    request->like = optarg;
  }
  if (optind + 2 != argc)
    return cli_usage(argv[0], "model, sampler or emulator, and a name", error);
  for (int k = 0; k < 3; k++)
    if (strcmp(argv[optind], kind[k]) == 0)
      request->kind = (enum proda_kind)(PRODA_MODEL + k);
  if (!request->kind)
    return proda_error_set(error, "new: unknown kind '%.40s'%s", argv[optind],
                           proda_hint(argv[optind], kind, 3, hint));
  if (request->like && request->kind != PRODA_MODEL)
    return proda_error_set(error, "new: --like is for models; a %s begins with its template",
                           argv[optind]);
  request->name = argv[optind + 1];
  return PRODA_OK;
}

static void print_next(const struct request *request)
{
  printf("%s: made. Next:\n  proda build ./%s\n  proda check ./%s\n  ./%s/test.sh\n", request->name,
         request->name, request->name, request->name);
}

static int run(const struct cli *cli, int argc, char **argv, struct proda_error *error)
{
  struct request request = {0};
  struct proda_arena *arena = NULL;
  const char *like = NULL;
  int status = PRODA_OK;
  if (read_arguments(argc, argv, &request, error))
    return CLI_USAGE;
  if (request.like) {
    arena = proda_arena_new();
    status = arena ? proda_search_manifest(cli->search_path, arena, request.like, &like, error)
                   : proda_error_set(error, "out of memory");
  }
  if (!status)
    status = proda_template_write(cli->search_path, request.kind, request.name, like, error);
  if (!status && !cli->quiet)
    print_next(&request);
  proda_arena_free(arena);
  return status ? CLI_FAILED : CLI_OK;
}

const struct cli_command cli_new = {
    .name = "new",
    .summary = "make a folder for a plugin of one's own",
    .help = help,
    .has_options = 1,
    .run = run,
};
