/** @file cli.h
 * The program: a table of commands, a file each. Only the program prints and exits.
 */
#ifndef PRODA_CLI_CLI_H
#define PRODA_CLI_CLI_H

#include <proda/status.h>

#include "core/guard.h"
#include "plugin/loader.h"

/** What main has understood before a command runs. */
struct cli {
  struct proda_search_path *search_path;
  const char *command_line; /**< all arguments, for provenance */
  int quiet;
  int crew; /**< the command's, below */
};

/** Results of a command, which are exit codes too; a run that a signal stopped has CLI_SIGNAL and
 * its number. */
enum cli_result { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_SIGNAL = 128 };

/** A command. `argv[0]` is its name. On CLI_FAILED and CLI_USAGE `error` holds the message that
 * main prints; a command that has already told all (check) leaves it empty. */
typedef int cli_function(const struct cli *cli, int argc, char **argv, struct proda_error *error);

struct cli_command {
  const char *name;
  const char *summary; /**< one line for `proda --help` */
  const char *help;    /**< what `proda NAME --help` prints */
  int has_options;     /**< reads options itself; others are refused any */
  int crew;            /**< is done by all ranks of a launcher; the first alone does others */
  cli_function *run;
};

/** What was printed must have arrived, on a full disk too. */
int cli_flush(struct proda_error *error);

/** Does work that calls plugins in a process of its own (core/guard.h); its results are those of a
 * command, and so is what this returns. */
int cli_guarded(const struct proda_guarded *work, struct proda_error *error);

/** Sets "COMMAND: expected EXPECTED; see `proda COMMAND --help`" and returns CLI_USAGE. */
int cli_usage(const char *command, const char *expected, struct proda_error *error);

/* Says that a command has no such option, and where those of the program stand; returns CLI_USAGE.
 */
int cli_unknown_option(const char *command, const char *option, struct proda_error *error);

/* One per command, each in its own file. */
extern const struct cli_command cli_list, cli_new, cli_describe, cli_check, cli_header, cli_source,
    cli_build, cli_simulate, cli_synth, cli_run, cli_prepare, cli_calibrate, cli_screen, cli_train,
    cli_map, cli_compare, cli_report, cli_status, cli_why;

#endif
