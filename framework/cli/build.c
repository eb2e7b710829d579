#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "core/arena.h"
#include "formula/build.h"
#include "plugin/search.h"

static int read_options(int argc, char **argv, struct proda_build_options *options,
                        struct proda_error *error)
{
  static const struct option known[] = {{"compiler", required_argument, NULL, 'c'},
                                        {"flags", required_argument, NULL, 'f'},
                                        {NULL, 0, NULL, 0}};
  int letter;
  optind = 0;
  opterr = 0;
  while ((letter = getopt_long(argc, argv, "+", known, NULL)) != -1) {
    if (letter == 'c')
      options->compiler = optarg;
    else if (letter == 'f')
      options->flags = optarg;
    else
      return cli_usage(argv[0], "--compiler CC, --flags FLAGS and plugins", error);
  }
  return optind < argc ? CLI_OK
                       : cli_usage(argv[0], "manifests, folders or names of plugins", error);
}

/* Done in a process of its own: a plugin may crash while it is loaded. */
struct errand {
  const struct cli *cli;
  struct proda_build_options options;
  int n;
  char **name;
};

enum { LOADING_SECONDS = 60 };

static int build_one(const struct errand *errand, const char *name, struct proda_guard *guard,
                     struct proda_error *error)
{
  const struct cli *cli = errand->cli;
  struct proda_arena *arena = proda_arena_new();
  const char *path = NULL;
  if (!arena)
    return proda_error_set(error, "out of memory");
  struct proda_loaded *loaded = NULL;
  int status = proda_search_manifest(cli->search_path, arena, name, &path, error);
  if (!status)
    status = proda_plugin_build(path, &errand->options, error);
  /* What cannot be loaded, as where a function is declared and not defined, is not built. */
  proda_guard_call(guard, "plugin", name, "it was loaded", LOADING_SECONDS);
  if (!status)
    status = proda_load(cli->search_path, path, 0, &loaded, error);
  proda_guard_return(guard);
  if (!status && !cli->quiet)
    printf("%s: built from %s\n", loaded->object_path, path);
  proda_loaded_free(loaded);
  proda_arena_free(arena);
  return status;
}

static int build_all(void *context, struct proda_guard *guard, struct proda_error *error)
{
  const struct errand *errand = context;
  for (int i = 0; i < errand->n; i++)
    if (build_one(errand, errand->name[i], guard, error))
      return CLI_FAILED;
  return CLI_OK;
}

static int run(const struct cli *cli, int argc, char **argv, struct proda_error *error)
{
  struct errand errand = {.cli = cli, .options = {.search = cli->search_path}};
  const struct proda_guarded work = {.run = build_all, .context = &errand, .stage = argv[0]};
  int result = read_options(argc, argv, &errand.options, error);
  errand.n = argc - optind;
  errand.name = argv + optind;
  return result == CLI_OK ? cli_guarded(&work, error) : result;
}

const struct cli_command cli_build = {
    .name = "build",
    .summary = "build a plugin's shared object from its manifest and sources",
    .help =
        "Usage: proda build [--compiler CC] [--flags FLAGS] FOLDER|MANIFEST.yaml|NAME...\n"
        "\n"
        "Builds NAME.so beside the manifest NAME.yaml with the compiler and the flags that proda\n"
        "was configured with, and loads it. A manifest of formulas becomes NAME.formulas.c, which\n"
        "is made to be read; functions that it declares stand in NAME.c. A plugin without\n"
        "formulas is NAME.c, which includes NAME.names.h. In a folder called NAME, all other *.c\n"
        "belong to it, but test_*.c.\n"
        "\n"
        "  --compiler CC    another compiler\n"
        "  --flags FLAGS    other flags of optimisation, in place of those of configure\n"
        "\n"
        "Headers are the installed ones, or those in the directory $PRODA_INCLUDE_PATH. What a\n"
        "compiler has to say stays in NAME.build.txt where it fails.\n",
    .has_options = 1,
    .run = run,
};
