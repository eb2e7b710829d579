/** @file cli.h
 * The program: a table of commands, a file each. Only the program prints and exits.
 */
#ifndef PRODA_CLI_CLI_H
#define PRODA_CLI_CLI_H

#include <proda/status.h>

#include "plugin/loader.h"

/** What main has understood before a command runs. */
struct cli {
  struct proda_search_path *search_path;
  const char *command_line; /**< all arguments, for provenance */
  int quiet;
};

/** Results of a command, which are exit codes too. */
enum cli_result { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

/** A command. `argv[0]` is its name. On CLI_FAILED and CLI_USAGE `error` holds the message that
 * main prints; a command that has already told all (check) leaves it empty. */
typedef int cli_function(const struct cli *cli, int argc, char **argv, struct proda_error *error);

struct cli_command {
  const char *name;
  const char *summary; /**< one line for `proda --help` */
  const char *help;    /**< what `proda NAME --help` prints */
  int has_options;     /**< reads options itself; others are refused any */
  cli_function *run;
};

/** Sets "COMMAND: expected EXPECTED; see `proda COMMAND --help`" and returns CLI_USAGE. */
int cli_usage(const char *command, const char *expected, struct proda_error *error);

/* Says that a command has no such option, and where those of the program stand; returns CLI_USAGE. */
int cli_unknown_option(const char *command, const char *option, struct proda_error *error);

/* One per command, each in its own file. */
extern const struct cli_command cli_list, cli_new, cli_describe, cli_check, cli_header, cli_source, cli_build,
    cli_simulate, cli_synth, cli_run, cli_prepare, cli_calibrate, cli_screen, cli_train, cli_map,
    cli_compare, cli_report;

#endif
