/** @file report.h
 * What the report shows, gathered from the stores piece by piece into one JSON object, and the page
 * and figures made of it. doc/report.md describes the object.
 *
 * What a store lacks is left out of the object, and the page leaves out the figure. No time of day
 * enters: the same stores give the same bytes.
 */
#ifndef PRODA_PIPELINE_REPORT_H
#define PRODA_PIPELINE_REPORT_H

#include "pipeline/experiment/space.h"
#include "pipeline/report/report_files.h"
#include "pipeline/report/report_json.h"
#include "pipeline/stage.h"
#include "store/ncfile.h"

/** Stores of one structure, open. */
struct proda_reported_structure {
  const struct proda_experiment_structure *chosen;
  struct proda_manifest *manifest;
  struct proda_space *space;
  struct proda_nc *calibrate, *screen, *train, *map;
};

/** Everything that is reported. */
struct proda_reported {
  const struct proda_run *run;
  size_t n;                                   /**< structures */
  struct proda_reported_structure *structure; /**< [n] */
  struct proda_nc *prepare;
  struct proda_nc *compare;
  struct proda_nc *truth;         /**< of a synthetic world, else NULL */
  size_t n_sites, n_obs, n_cells; /**< prepared sites, their layers; cells of the maps */
  double spacing[2];              /**< of the cells: latitude, longitude; NaN where on no grid */
};

/* Each adds its part to the object `root`. */
/** "proda", "experiment": name, doc, seed, YAML text, settings, limits, command. */
int proda_report_experiment(const struct proda_reported *reported, json_t *root,
                            struct proda_error *error);
/** "structures": parameters with their priors, health of the chains, settings, provenance. */
int proda_report_structures(const struct proda_reported *reported, json_t *root,
                            struct proda_error *error);
/** "sites": places, classes, what became of them, skill. */
int proda_report_sites(const struct proda_reported *reported, json_t *root,
                       struct proda_error *error);
/** "detail": draws and layers of some sites, spread over the globe and the classes. */
int proda_report_detail(const struct proda_reported *reported, json_t *root,
                        struct proda_error *error);
/** "grid", "quantities", "fields", "truth". */
int proda_report_maps(const struct proda_reported *reported, json_t *root,
                      struct proda_error *error);
/** "compare": every variable of compare.nc by its name. */
int proda_report_compare(const struct proda_reported *reported, json_t *root,
                         struct proda_error *error);

/** Adds object[name]: the attributes by which a store tells where it comes from. Nothing for a NULL
 * file. */
int proda_report_provenance(const struct proda_nc *file, const char *name, json_t *object,
                            struct proda_error *error);

/** Adds object[key]: the meanings of a variable's flags. */
int proda_report_flags(const struct proda_nc *file, const char *variable, json_t *object,
                       const char *key, struct proda_error *error);

/** Appends what a part of the experiment says, as pairs of a key ("settings.test_run") and a text.
 */
int proda_report_settings(const struct proda_yaml_node *node, const char *key, json_t *list,
                          struct proda_error *error);

/** What the page draws of a parameter: the ends of its prior, or four standard deviations where
 * those are nearer. */
struct proda_report_range {
  double lower, upper;
  bool log; /**< the prior is even in the logarithm */
};
struct proda_report_range proda_report_range(const struct proda_space *space, size_t parameter);

/** A variable of n values, or NULL where the file has none of this name; free() it. */
int proda_report_optional(const struct proda_nc *file, const char *variable, size_t n,
                          double **value, struct proda_error *error);

/** Sites that stand well apart: the first `n` of a farthest-point order on the sphere, where a
 * place counts as farther for each of its classes that no site before it has. The first site is the
 * first candidate of those with most classes known. chosen[n] gets indices in that order; returns
 * how many there are, fewer than n where candidates run out. vector: [n_sites][3] unit vectors;
 * class: [n_classes][n_sites], NaN missing. */
size_t proda_report_spread(const double *vector, const double *const *class, size_t n_classes,
                           const bool *candidate, size_t n_sites, size_t n, size_t *chosen);

/** Writes the page: page.html of `files` with every {{NAME}} replaced by the file NAME, {{title}}
 * by the title as HTML text and {{data}} by `data`, in which every < is \u003c. A last line tells
 * the digest of inputs. Text that was put in is not looked through again. The page appears whole or
 * not at all. */
int proda_report_page(const struct proda_report_files *files, const char *title, const json_t *data,
                      const char *inputs, const char *path, struct proda_error *error);
/** Whether a whole page at `path` has this digest in its last line. */
bool proda_report_page_current(const char *path, const char *inputs);

/** The first of the programs that figures need, node and rsvg-convert, that is not on $PATH; NULL
 * where all are. */
const char *proda_report_missing_program(void);

/** Makes all figures of `data` as SVG and PNG in the directory `figures`, in place of those that
 * are there: node runs render.js of `files`, rsvg-convert makes the PNG. `*n`: how many. */
int proda_report_figures(const struct proda_report_files *files, const json_t *data,
                         const char *figures, size_t *n, struct proda_error *error);

#endif
