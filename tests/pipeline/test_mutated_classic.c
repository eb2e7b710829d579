/* Files from elsewhere with bytes changed, of the classic forms and as tables of text. */
#include "mutated.h"
#include "pipeline/lies_csv.h"
#include "pipeline/lies_forcing.h"
#include "pipeline/lies_profiles.h"

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
