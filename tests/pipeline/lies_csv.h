/** @file lies_csv.h
 * Profiles as a table of text: those of lies_profiles.h.
 */
#ifndef PRODA_TESTS_LIES_CSV_H
#define PRODA_TESTS_LIES_CSV_H

#include "pipeline/lies_profiles.h"

static const char table[] =
    "profile_id,latitude,longitude,layer_top [m],layer_bottom [m],organic_carbon [g kg-1],"
    "bulk_density [kg dm-3],coarse_fragments [%]\n"
    "7,10,30,0,0.1,30,1.1,1\n"
    "7,10,30,0.1,0.2,20,1.2,10\n"
    "7,10,30,0.2,0.3,10,1.3,5\n"
    "7,10,30,0.3,0.5,8,1.4,20\n"
    "7,10,30,0.5,1,6,1.5,4\n"
    "7,10,30,1,1.5,4,1.6,15\n"
    "9,-20,-40,0,0.05,25,1,2\n"
    "9,-20,-40,0.05,0.1,15,1.1,6\n"
    "9,-20,-40,0.1,0.2,12,1.2,8\n"
    "9,-20,-40,0.2,0.4,9,1.3,25\n"
    "9,-20,-40,0.4,0.8,5,1.4,10\n"
    "9,-20,-40,0.8,1.2,2,1.5,5\n";

static const struct lie csv_lies[] = {
    {.name = "fields: quoted",
     {"profile_id,latitude", "\"profile_id\",\"latitude\"", "7,10,30,0,0.1,30",
      "\"7\",\"10\" , 30,\"0\",\"0.1\",30"},
     {NULL}},
    {.name = "fields: blanks around",
     {"7,10,30,0,0.1,30,1.1,1\n", " 7 ,\t10,30 , 0,0.1, 30 ,1.1,1 \n"},
     {NULL}},
    {.name = "fields: a text with commas, quotes and lines",
     {"profile_id,latitude", "profile_id,note,latitude", "7,10,30,0,0.1",
      "7,\"a, \"\"b\"\"\n c\",10,30,0,0.1", "7,10,30,0.1", "7,x,10,30,0.1", "7,10,30,0.2",
      "7,x,10,30,0.2"},
     {"line 6: has 8 fields, the header has 9"}},
    {.name = "fields: a quote without end",
     {"7,10,30,0,0.1", "7,\"10,30,0,0.1"},
     {"line 2: a quoted field has no end"}},
    {.name = "fields: something behind a quote",
     {"7,10,30,0,0.1", "7,\"1\"0,30,0,0.1"},
     {"line 2: '0' stands behind a closing quote"}},
    {.name = "fields: one too few",
     {"7,10,30,0.1,0.2,20", "7,10,30,0.1,0.2"},
     {"line 3: has 7 fields, the header has 8"}},
    {.name = "fields: one too many, by a decimal comma",
     {"7,10,30,0.1,0.2,20", "7,10,30,0,1,0.2,20"},
     {"line 3: has 9 fields", "decimals with a point"}},
    {.name = "numbers: a decimal comma",
     {"7,10,30,0.1,0.2,20", "7,10,30,\"0,1\",0.2,20"},
     {"line 3, column 'layer_top': '0,1' is no number", "decimals are written with a point"}},
    {.name = "numbers: thousands",
     {"0.2,20,", "0.2,\"1,020.5\","},
     {"'organic_carbon': '1,020.5'"}},
    {.name = "numbers: a word",
     {"0.2,20,", "0.2,much,"},
     {"'organic_carbon': 'much' is no number"}},
    {.name = "numbers: a limit", {"0.2,20,", "0.2,<5,"}, {"'<5' is no number"}},
    {.name = "numbers: a unit", {"0.2,20,", "0.2,20 g,"}, {"'20 g' is no number"}},
    {.name = "numbers: hexadecimal", {"0.2,20,", "0.2,0x14,"}, {"'0x14' is no number"}},
    {.name = "numbers: infinite", {"0.2,20,", "0.2,inf,"}, {"'inf' is no number"}},
    {.name = "numbers: beyond a double", {"0.2,20,", "0.2,1e999,"}, {"'1e999' is no number"}},
    {.name = "numbers: exponents and signs", {"0.2,20,", "0.2,+2.0e+1,"}, {NULL}},
    {.name = "numbers: an id of letters",
     {"7,10,30,0,0.1", "P7,10,30,0,0.1"},
     {"column 'profile_id': 'P7'"}},
    {.name = "missing: an empty cell",
     {"7,10,30,0,0.1,30", "7,10,30,0,0.1,"},
     {NULL},
     "nuuuuuuuuuuu"},
    {.name = "missing: NA", {"7,10,30,0,0.1,30", "7,10,30,0,0.1,NA"}, {NULL}, "nuuuuuuuuuuu"},
    {.name = "missing: -9999, which no table can declare",
     {"7,10,30,0,0.1,30", "7,10,30,0,0.1,-9999"},
     {NULL},
     "cuuuuuuuuuuu"},
    {.name = "missing: a column",
     {"layer_bottom [m]", "layer_botom [m]"},
     {"'layer_bottom'", "did you mean 'layer_bottom'?"}},
    {.name = "missing: profile_id",
     {"profile_id", "profil_id"},
     {"no column 'profile_id'", "did you mean 'profil_id'?"}},
    {.name = "missing: a latitude that is needed", {"latitude", "lat"}, {"'latitude'"}},
    {.name = "units: none", {"layer_top [m]", "layer_top"}, {"'layer_top'", "has no units"}},
    {.name = "units: in round brackets", {"layer_top [m]", "layer_top (m)"}, {NULL}},
    {.name = "units: of another kind",
     {"layer_top [m]", "layer_top [K]"},
     {"'layer_top'", "units"}},
    {.name = "units: cm under the unit m",
     {"layer_bottom [m]", "layer_bottom [hm]"},
     {"'layer_bottom'", "are these cm under the unit m?"}},
    {.name = "columns: the same name twice",
     {"latitude,longitude", "latitude,latitude"},
     {"line 1: 'latitude' stands there twice"}},
    {.name = "columns: a place that differs within a profile",
     {"7,10,30,0.1,0.2", "7,11,30,0.1,0.2"},
     {"line 3, column 'latitude': '11', before it '10'", "the same was expected"}},
    {.name = "rows: of a profile in two places",
     {"7,10,30,0.1,0.2", "8,10,30,0.1,0.2"},
     {"'profile_id': the rows of '7' stand in two places", "sort the table"}},
    {.name = "rows: blank ones", {"7,10,30,0.1,0.2", "\n\n7,10,30,0.1,0.2"}, {NULL}},
    {.name = "rows: a last one that was cut",
     {"0.8,1.2,2,1.5,5\n", "0.8,1.2,2,1."},
     {"line 13", "no line end", "may have been cut"}},
};

#endif
