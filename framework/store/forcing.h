/** @file forcing.h
 * A forcing file (grid or site list) checked against what a structure's manifest asks for.
 */
#ifndef PRODA_STORE_FORCING_H
#define PRODA_STORE_FORCING_H

#include "plugin/manifest.h"
#include "store/ncfile.h"

/** An open forcing file with its drivers in memory, in the manifest's units.
 * Layout: dimensions site, layer, month; a driver may lack layer or month and is then the same for
 * all. z_node and dz, where present, must equal the manifest's grid to 1e-6 m; but a structure
 * whose drivers all lack layers takes a file of any layers with their `dz`, and gets means over its
 * depth. */
struct proda_forcing_file;

/** Opens and reads. Optional drivers that are absent become NULL. Refused with file, variable and
 * index: missing drivers, wrong dimensions, units that do not convert, values that cannot be
 * (forcing_values.h), places off the Earth, months that are not 1 or whole years. A site with NaN
 * in a required driver is not usable; the file is still read. */
int proda_forcing_open(const char *path, const struct proda_manifest *manifest,
                       struct proda_forcing_file **file, struct proda_error *error);
void proda_forcing_close(struct proda_forcing_file *file);

size_t proda_forcing_n_sites(const struct proda_forcing_file *file);
size_t proda_forcing_n_months(const struct proda_forcing_file *file);
/** [n_sites], NULL where the file has none; borrowed. Longitudes are from -180 to 180. */
const double *proda_forcing_latitude(const struct proda_forcing_file *file);
const double *proda_forcing_longitude(const struct proda_forcing_file *file);
const double *proda_forcing_area(const struct proda_forcing_file *file); /**< land_area, m2 */

/** Whether all required drivers of the site are finite. */
bool proda_forcing_usable(const struct proda_forcing_file *file, size_t site);

/** Points `driver` [manifest->n_drivers] at the site's values; borrowed from the file. */
void proda_forcing_site(const struct proda_forcing_file *file, size_t site, const double **driver);

/** The cell nearest to a place on the sphere among usable sites; its distance in km. */
size_t proda_forcing_nearest(const struct proda_forcing_file *file, double latitude,
                             double longitude, double *distance);

#endif
