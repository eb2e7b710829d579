#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "farm/crew.h"
#include "yaml/yaml.h"

/* One line a command, in the order of `proda --help`. */
/* clang-format off */
static const struct cli_command *const command_table[] = {
    &cli_list,
    &cli_new,
    &cli_describe,
    &cli_check,
    &cli_header,
    &cli_source,
    &cli_build,
    &cli_simulate,
    &cli_synth,
    &cli_run,
    &cli_prepare,
    &cli_calibrate,
    &cli_screen,
    &cli_train,
    &cli_map,
    &cli_compare,
    &cli_report,
    &cli_status,
    &cli_why,
};
/* clang-format on */
enum { N_COMMANDS = sizeof command_table / sizeof(struct cli_command *) };

struct options {
  const char *plugin_path;
  int quiet, allow_unsafe;
  int first; /* argument that names the command */
};

int cli_usage(const char *command, const char *expected, struct proda_error *error)
{
  proda_error_set(error, "%s: expected %s; see `proda %s --help`", command, expected, command);
  return CLI_USAGE;
}

int cli_unknown_option(const char *command, const char *option, struct proda_error *error)
{
  proda_error_set(
      error,
      "%s: unknown option '%.40s'; --quiet, --plugin-path and --allow-unsafe-plugins stand "
      "before the command; see `proda %s --help`",
      command, option, command);
  return CLI_USAGE;
}

static void print_help(void)
{
  printf("Usage: proda [OPTION]... COMMAND [ARGUMENT]...\n"
         "\n"
         "Calibrates soil-carbon structures against measured profiles and maps them.\n"
         "\n"
         "Commands (`proda COMMAND --help` tells more):\n");
  for (size_t i = 0; i < N_COMMANDS; i++)
    printf("  %-10s %s\n", command_table[i]->name, command_table[i]->summary);
  printf("\n"
         "Options:\n"
         "  --plugin-path DIR[:DIR]...  look for plugins there first\n"
         "  --allow-unsafe-plugins      take plugins that other users can change; they run with\n"
         "                              your rights (doc/security.md)\n"
         "  --quiet                     no progress, errors only\n"
         "  --help                      this text\n"
         "  --version                   the version\n"
         "\n"
         "Environment: PRODA_PLUGIN_PATH names further directories of plugins.\n"
         "Exit status: 0 when all is done, 1 when something failed, 2 for a wrong call,\n"
         "130 after an interrupt (Ctrl-C), 143 after SIGTERM.\n");
}

static const struct cli_command *find_command(const char *name, struct proda_error *error)
{
  const char *names[N_COMMANDS];
  char hint[PRODA_HINT_SIZE];
  for (size_t i = 0; i < N_COMMANDS; i++) {
    names[i] = command_table[i]->name;
    if (strcmp(names[i], name) == 0)
      return command_table[i];
  }
  proda_error_set(error, "unknown command '%.40s'%s", name,
                  proda_hint(name, names, N_COMMANDS, hint));
  return NULL;
}

/** Value of "--NAME VALUE" or "--NAME=VALUE" at argv[*i]; NULL where it is another option. */
static const char *option_value(const char *name, int argc, char **argv, int *i)
{
  size_t length = strlen(name);
  if (strncmp(argv[*i], name, length) != 0)
    return NULL;
  if (argv[*i][length] == '=')
    return argv[*i] + length + 1;
  if (argv[*i][length] != '\0' || *i + 1 >= argc)
    return NULL;
  return argv[++*i];
}

static int read_options(int argc, char **argv, struct options *options, struct proda_error *error)
{
  int i = 1;
  for (; i < argc && argv[i][0] == '-'; i++) {
    const char *option = argv[i], *value = option_value("--plugin-path", argc, argv, &i);
    if (value)
      options->plugin_path = value;
    else if (strcmp(option, "--quiet") == 0)
      options->quiet = 1;
    else if (strcmp(option, "--allow-unsafe-plugins") == 0)
      options->allow_unsafe = 1;
    else if (strcmp(option, "--plugin-path") == 0)
      return proda_error_set(error, "--plugin-path needs a value, DIR[:DIR]...");
    else
      return proda_error_set(error, "unknown option '%.40s'; see `proda --help`", option);
  }
  if (i == argc)
    return proda_error_set(error, "no command given; see `proda --help`");
  options->first = i;
  return PRODA_OK;
}

/** All arguments with spaces between; NULL for lack of memory. */
static char *join_arguments(int argc, char **argv)
{
  char *text = NULL;
  size_t size;
  FILE *stream = open_memstream(&text, &size);
  if (!stream)
    return NULL;
  fputs("proda", stream);
  for (int i = 1; i < argc; i++)
    fprintf(stream, " %s", argv[i]);
  if (fclose(stream)) {
    free(text);
    return NULL;
  }
  return text;
}

int cli_flush(struct proda_error *error)
{
  errno = 0;
  if (fflush(stdout) == 0 && !ferror(stdout))
    return CLI_OK;
  proda_error_set(error, "standard output cannot be written: %s", strerror(errno ? errno : EIO));
  return CLI_FAILED;
}

static int run_command(const struct cli_command *command, const struct options *options, int argc,
                       char **argv, struct proda_error *error)
{
  int result = CLI_FAILED;
  struct cli cli = {.quiet = options->quiet, .crew = command->crew};
  char *command_line = join_arguments(argc, argv);
  if (!command_line) {
    proda_error_set(error, "out of memory");
    goto out;
  }
  cli.command_line = command_line;
  if (proda_search_path_make(options->plugin_path, &cli.search_path, error))
    goto out;
  cli.search_path->allow_unsafe = options->allow_unsafe;
  result = command->run(&cli, argc - options->first, argv + options->first, error);
  if (result == CLI_OK)
    result = cli_flush(error);
out:
  proda_search_path_free(cli.search_path);
  free(command_line);
  return result;
}

/** Options of the program stand before the command; most commands have none of their own. */
static int check_options(const struct cli_command *command, int argc, char **argv,
                         struct proda_error *error)
{
  for (int i = 1; i < argc && !command->has_options && strcmp(argv[i], "--") != 0; i++)
    if (argv[i][0] == '-')
      return cli_unknown_option(argv[0], argv[i], error);
  return PRODA_OK;
}

static int wants_help(int argc, char **argv, int first)
{
  for (int i = first; i < argc; i++)
    if (strcmp(argv[i], "--help") == 0)
      return 1;
  return 0;
}

/* Whether a launcher started the program several times and this is one that has nothing to do. */
static bool idles(int argc, char **argv)
{
  struct options options = {0};
  struct proda_error error;
  if (proda_launched().rank == 0)
    return false;
  if (read_options(argc, argv, &options, &error))
    return true;
  const struct cli_command *command = find_command(argv[options.first], &error);
  return !command || !command->crew || wants_help(argc, argv, options.first + 1);
}

static int start(int argc, char **argv, struct proda_error *error)
{
  struct options options = {0};
  if (argc > 1 && strcmp(argv[1], "--version") == 0) {
    printf("proda %s\n", PACKAGE_VERSION);
    return cli_flush(error);
  }
  if (argc > 1 && strcmp(argv[1], "--help") == 0) {
    print_help();
    return cli_flush(error);
  }
  if (read_options(argc, argv, &options, error))
    return CLI_USAGE;
  const struct cli_command *command = find_command(argv[options.first], error);
  if (!command)
    return CLI_USAGE;
  if (wants_help(argc, argv, options.first + 1)) {
    fputs(command->help, stdout);
    return cli_flush(error);
  }
  if (check_options(command, argc - options.first, argv + options.first, error))
    return CLI_USAGE;
  return run_command(command, &options, argc, argv, error);
}

int main(int argc, char **argv)
{
  struct proda_error error = {""};
  int result = idles(argc, argv) ? CLI_OK : start(argc, argv, &error);
  size_t rank = proda_launched().rank;
  if (result == CLI_USAGE && rank > 0)
    return CLI_OK; /* the first says so */
  if (rank > 0)
    proda_error_prefix(&error, "rank %zu: ", rank);
  if (result != CLI_OK && *error.message)
    fprintf(stderr, "proda: %s\n", error.message);
  return result;
}
