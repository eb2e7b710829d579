/* Stores with bytes changed: sealed ones, of which nothing that changes what is read is accepted,
 * and the same without their seals. */
#include "mutated.h"
#include "pipeline/lies_simulate.h"
#include "pipeline/prepare/prepared.h"

#define PREPARED                                                                                   \
  "dim site 2\n"                                                                                   \
  "dim obs 3\n"                                                                                    \
  "dim covariate 2\n"                                                                              \
  "var int64 site_id site\n"                                                                       \
  "data 7 9\n"                                                                                     \
  "var double latitude site\n"                                                                     \
  "data 10 20\n"                                                                                   \
  "var double longitude site\n"                                                                    \
  "data 30 40\n"                                                                                   \
  "var int cell site\n"                                                                            \
  "data 0 1\n"                                                                                     \
  "var int row_size site\n"                                                                        \
  "data 2 1\n"                                                                                     \
  "var double obs_top obs\n"                                                                       \
  "data 0 0.1 0\n"                                                                                 \
  "var double obs_bottom obs\n"                                                                    \
  "data 0.1 0.5 0.3\n"                                                                             \
  "var double soc obs\n"                                                                           \
  "data 30000 20000 10000\n"                                                                       \
  "var double covariate_value site covariate\n"                                                    \
  "data 1 2 3 4\n"                                                                                 \
  "var byte covariate_is_class covariate\n"                                                        \
  "data 0 1\n"                                                                                     \
  "var string covariate_name covariate\n"                                                          \
  "data rain biome\n"
static const char prepared[] = "format netcdf4\n" PREPARED;
static const char sealed[] = "format netcdf4\ntext proda_version 0.1.0\n" PREPARED;

static int read_prepared(const char *path, struct image *image, struct proda_error *error)
{
  struct proda_prepared *p = NULL;
  if (proda_prepared_read(path, &p, error) != PRODA_OK)
    return PRODA_ERROR;
  image_add(image, p->site_id, p->n_sites);
  image_add(image, p->latitude, p->n_sites);
  image_add(image, p->longitude, p->n_sites);
  image_add(image, p->cell, p->n_sites);
  for (size_t s = 0; s <= p->n_sites; s++)
    image_number(image, (double)p->first[s]);
  image_add(image, p->obs_top, p->n_obs);
  image_add(image, p->obs_bottom, p->n_obs);
  image_add(image, p->obs_value, p->n_obs);
  image_add(image, p->covariate, p->n_sites * p->n_covariates);
  image_add(image, p->covariate_is_class, p->n_covariates);
  for (size_t i = 0; i < p->n_covariates; i++)
    for (const char *c = p->covariate_name[i]; *c; c++)
      image_number(image, *c);
  proda_prepared_free(p);
  return PRODA_OK;
}

/* Everything in a store, whoever reads it. */
static int read_any(const char *path, struct image *image, struct proda_error *error)
{
  struct proda_nc *file = NULL;
  char(*name)[64] = NULL;
  size_t n = 0;
  int status = proda_nc_open(path, &file, error);
  if (status == PRODA_OK)
    status = proda_nc_variables(file, &name, &n, error);
  for (size_t i = 0; i < n && status == PRODA_OK; i++) {
    struct proda_nc_shape shape;
    double *value = NULL;
    char **text = NULL;
    size_t n_values = 1;
    bool numeric = proda_nc_is_numeric(file, name[i]);
    if ((status = proda_nc_shape(file, name[i], &shape, error)) != PRODA_OK)
      break;
    for (size_t d = 0; d < shape.rank; d++)
      n_values *= shape.length[d];
    status = numeric ? proda_nc_read(file, name[i], 0, &value, error)
                     : proda_nc_read_strings(file, name[i], &n_values, &text, error);
    for (size_t k = 0; k < n_values && status == PRODA_OK; k++)
      image_number(image, numeric ? value[k] : (double)strlen(text[k]));
    free(value);
    free(text);
  }
  free(name);
  proda_nc_close(file);
  return status;
}

static const struct reader readers[] = {
    {"prepare.nc", "prepare.nc", sealed, read_prepared, true, false},
    {"prepare.nc without its seal", "prepare.nc", prepared, read_prepared, false, false},
    {"a store, all of it", "store.nc", sealed, read_any, true, false},
    {"earlier store of simulate", "earlier.nc", earlier, read_start, false, false},
};

int main(void)
{
  return mutated_run("mutated stores", readers, sizeof readers / sizeof *readers);
}
