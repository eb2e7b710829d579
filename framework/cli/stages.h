/** @file stages.h
 * What the commands that run stages of an experiment share: reading it, and telling how it goes.
 */
#ifndef PRODA_CLI_STAGES_H
#define PRODA_CLI_STAGES_H

#include "cli/cli.h"
#include "pipeline/stage.h"

/** A stage that runs once for the experiment, or once for each structure. */
typedef int cli_stage(const struct proda_run *run, struct proda_error *error);
typedef int cli_structure_stage(const struct proda_run *run,
                                const struct proda_experiment_structure *structure,
                                struct proda_error *error);

/** Lines of --help on the options below. */
#define CLI_WORKERS_HELP                                                                           \
  "  --jobs N               worker processes; the number of processors where not given,\n"         \
  "                         under mpirun or srun those of a rank, and 1 where not given.\n"        \
  "                         0 does all in this process, for debuggers\n"                           \
  "  --site-seconds S       processor time that a site may take, and a step of training or\n"      \
  "                         of the map, 3600 where not given; 0 for no limit\n"                    \
  "  --worker-megabytes M   memory that a worker may take, 4096 where not given; 0 for no\n"       \
  "                         limit\n"                                                               \
  "\n"                                                                                             \
  "A site whose worker crashes or goes beyond a limit is tried once more alone, then\n"            \
  "marked as lost; the run goes on. An interrupt (Ctrl-C) or SIGTERM lets the sites in\n"          \
  "work finish, a second one does not; the same command goes on from there.\n"                     \
  "\n"                                                                                             \
  "Built with MPI it may be started by mpirun or srun: ranks share the sites of\n"                 \
  "calibration, the first one writes, and the bytes are the same.\n"

/** Runs `stage` on the experiment that the arguments name, with the options above. */
int cli_run_experiment(const struct cli *cli, int argc, char **argv, cli_stage *stage,
                       struct proda_error *error);

/** The same for every structure of the experiment. */
int cli_run_structures(const struct cli *cli, int argc, char **argv, cli_structure_stage *stage,
                       struct proda_error *error);

/** Prices a run of the experiment at `path` in place of running it (pipeline/price/price.h). */
int cli_dry_run(const struct cli *cli, const char *path, const struct proda_workers *workers,
                struct proda_error *error);

#endif
