/** @file nccsv.h
 * Profiles as a table of text, a row a layer, as the data set in memory that a NetCDF file of them
 * would be, so that both are read and checked by the same code (doc/inputs.md).
 *
 * Rows of a profile, by `profile_id`, stand together. The layers' columns are those that
 * pipeline/prepare/profiles.h names; all others are the profile's, and the same in all its rows.
 */
#ifndef PRODA_STORE_NCCSV_H
#define PRODA_STORE_NCCSV_H

#include "store/ncprivate.h"

/** Whether a path is a table's by its name: .csv, .tsv. */
bool proda_nc_is_csv(const char *path);

/** Opens a table. Units stand in the header: "layer_top [cm]"; "[class]" marks a class. Refused,
 * with line and column: what is no table (csv.h), cells that are no numbers in columns of numbers,
 * profiles that stand in two places, columns of profiles that differ within one. */
int proda_nc_open_csv(const char *path, struct proda_nc **file, struct proda_error *error);

#endif
