/** @file experiment_reader.h
 * From a YAML tree to an experiment, a file a part: experiment.c (head, data, paths),
 * experiment_structures.c, experiment_stages.c (prepare, calibrate, screen, train, compare,
 * report).
 */
#ifndef PRODA_PIPELINE_EXPERIMENT_READER_H
#define PRODA_PIPELINE_EXPERIMENT_READER_H

#include "core/arena.h"
#include "pipeline/experiment/experiment.h"

struct experiment_reader {
  const struct proda_yaml *document;
  struct proda_arena *arena; /**< every array and made-up string of the experiment */
  struct proda_experiment *experiment;
  struct proda_error *error;
};

/** "out of memory" with the file's name; returns PRODA_ERROR. */
int proda_experiment_no_memory(const struct experiment_reader *reader);

/** Each reads the value of its key; NULL where the key is absent and may be. */
int proda_experiment_read_structures(const struct experiment_reader *reader,
                                     const struct proda_yaml_node *node);
int proda_experiment_read_prepare(const struct experiment_reader *reader,
                                  const struct proda_yaml_node *node);
int proda_experiment_read_calibrate(const struct experiment_reader *reader,
                                    const struct proda_yaml_node *node);
int proda_experiment_read_screen(const struct experiment_reader *reader,
                                 const struct proda_yaml_node *node);
int proda_experiment_read_train(const struct experiment_reader *reader,
                                const struct proda_yaml_node *node);
int proda_experiment_read_compare(const struct experiment_reader *reader,
                                  const struct proda_yaml_node *node);
int proda_experiment_read_report(const struct experiment_reader *reader,
                                 const struct proda_yaml_node *node);

/** `settings:` of a plugin: a mapping, or absent. */
int proda_experiment_settings(const struct experiment_reader *reader,
                              const struct proda_yaml_node *mapping,
                              const struct proda_yaml_node **settings);

#endif
