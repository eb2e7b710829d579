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

/** Runs `stage` on the experiment that argv[1] names. */
int cli_run_experiment(const struct cli *cli, int argc, char **argv, cli_stage *stage,
                       struct proda_error *error);

/** The same for every structure of the experiment. */
int cli_run_structures(const struct cli *cli, int argc, char **argv, cli_structure_stage *stage,
                       struct proda_error *error);

#endif
