/** @file recipe.h
 * A NetCDF file from a text, so that mutations change what the file says and not whether netCDF-C
 * can read it.
 *
 *     format netcdf4               before all else; or classic (the default), offset, cdf5
 *     dim NAME LENGTH              a number or "unlimited"
 *     var TYPE NAME DIMENSION...   of netCDF's types in C ("double", "char", ...), or "opaque"
 *     text NAME VALUE              attribute of the variable before, or of the file
 *     number NAME TYPE VALUE...    likewise
 *     data VALUE...                of the variable before, from the start again where there are
 *                                  too few; of char a word is a row
 *
 * A file with the attribute proda_version is sealed as proda seals its stores.
 *
 * Lines that netCDF-C refuses, and others, have no effect.
 */
#ifndef PRODA_FUZZ_RECIPE_H
#define PRODA_FUZZ_RECIPE_H

#include "fuzz/parts.h"

/** Makes the part's file at its place in parts_directory(). Bytes that start a classic NetCDF file
 * ("CDF") are the file as they are. Returns its path as parts_path does. */
const char *recipe_write(const struct part *part);

/** recipe_write of every part; a CSV file (".csv") is its text as it is. Files of at most 16 MB are
 * sealed as stores are, so that reading them takes no process of its own. */
void recipe_write_all(const struct parts *parts);

#endif
