/* Files from elsewhere with bytes changed, of the form that HDF5 reads. */
#include "mutated.h"
#include "pipeline/lies_forcing.h"
#include "pipeline/lies_grid.h"
#include "pipeline/lies_profiles.h"
#include "pipeline/lies_simulate.h"

static const struct reader readers[] = {
    {"profiles", "profiles.nc", profiles, read_profiles, false, false},
    {"forcing", "forcing.nc", forcing, read_forcing, false, false},
    {"covariates", "grid.nc", grid, read_covariates, false, false},
    {"parameters of simulate", "parameters.nc", parameters, read_parameters, false, false},
};

int main(void)
{
  return mutated_run("mutated files", readers, sizeof readers / sizeof *readers);
}
