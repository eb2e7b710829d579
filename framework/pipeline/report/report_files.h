/** @file report_files.h
 * Files of a directory, and the installed files that pages are made of.
 */
#ifndef PRODA_PIPELINE_REPORT_FILES_H
#define PRODA_PIPELINE_REPORT_FILES_H

#include "store/digest.h"

/** Files that a page is made of: those of the directories that $PRODA_REPORT_PATH lists, then of
 * the installed one; the first of a name counts. */
struct proda_report_files {
  size_t n;
  struct proda_report_file {
    char *name, *path;
  } * file; /**< [n], by name */
};

/** Finds them; `*files` is released by proda_report_files_free. Refused where the page's template
 * or the library that draws is not there. */
int proda_report_files_find(struct proda_report_files *files, struct proda_error *error);
void proda_report_files_free(struct proda_report_files *files);

/** Path of a file, borrowed; refused where there is none. */
const char *proda_report_file(const struct proda_report_files *files, const char *name,
                              struct proda_error *error);

/** Adds names and content. */
int proda_report_files_digest(const struct proda_report_files *files, struct proda_digest *digest,
                              struct proda_error *error);

/** Calls `act` with the path and the name of every file of a directory whose name ends in `ending`,
 * by name, until one fails; files whose names begin with a dot are passed over. `*n` grows by those
 * that went well. `act` may be NULL. */
typedef int proda_report_file_action(void *context, const char *path, const char *name,
                                     struct proda_error *error);
int proda_report_each_file(const char *directory, const char *ending, proda_report_file_action *act,
                           void *context, size_t *n, struct proda_error *error);

#endif
