/* Files from elsewhere with bytes changed, of the classic forms and as tables of text. */
#include "mutated.h"
#include "pipeline/lies_forcing.h"
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

static char classic_profiles[sizeof profiles], cdf5_forcing[sizeof forcing + 8];

static const struct reader readers[] = {
    {"profiles, classic format", "profiles.nc", classic_profiles, read_profiles, false, false},
    {"forcing, CDF-5", "forcing.nc", cdf5_forcing, read_forcing, false, false},
    {"profiles, CSV", "profiles.csv", table, read_profiles, false, true},
};

int main(void)
{
  snprintf(classic_profiles, sizeof classic_profiles, "%s", strchr(profiles, '\n') + 1);
  snprintf(cdf5_forcing, sizeof cdf5_forcing, "format cdf5%s", strchr(forcing, '\n'));
  return mutated_run("mutated classic files", readers, sizeof readers / sizeof *readers);
}
