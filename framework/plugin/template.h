/** @file template.h
 * Folders for new plugins, made from templates: installed ones, or those of $PRODA_TEMPLATE_PATH.
 */
#ifndef PRODA_PLUGIN_TEMPLATE_H
#define PRODA_PLUGIN_TEMPLATE_H

#include "plugin/loader.h"

/** Makes the folder NAME in the working directory from the template of this kind: NAME in names of
 * files and @name@ in files become the name. `like`, the path of a structure's manifest, stands in
 * for the template's own; its comments and includes stay. NULL without.
 *
 * The folder appears whole or not at all. Refused: names that are no identifiers, what is there
 * already, a `like` that is no structure of formulas or cannot be read from the new place, whose
 * fragments are searched along `search`. */
int proda_template_write(const struct proda_search_path *search, enum proda_kind kind,
                         const char *name, const char *like, struct proda_error *error);

#endif
