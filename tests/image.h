/** @file image.h
 * Everything that a reader made of a file, as a list of numbers, so that two readings can be
 * compared.
 */
#ifndef PRODA_TESTS_IMAGE_H
#define PRODA_TESTS_IMAGE_H

#include "pipeline/environment.h"
#include "pipeline/prepare/layers.h"
#include "store/forcing.h"
#include "testing.h"

struct image {
  size_t n, room;
  double *value;
};

static inline __attribute__((unused)) void image_add(struct image *image, const double *value,
                                                     size_t n)
{
  if (image->n + n > image->room) {
    image->room = 2 * (image->n + n);
    image->value = realloc(image->value, image->room * sizeof *image->value);
    assert_non_null(image->value);
  }
  for (size_t i = 0; i < n; i++)
    image->value[image->n++] = value ? value[i] : NAN;
}

static inline __attribute__((unused)) void image_number(struct image *image, double value)
{
  image_add(image, &value, 1);
}

static inline __attribute__((unused)) void image_free(struct image *image)
{
  free(image->value);
  *image = (struct image){0};
}

/** Whether all numbers agree to `rtol` of theirs; 0 asks for the same bits. */
static inline __attribute__((unused)) bool image_same(const struct image *a, const struct image *b,
                                                      double rtol)
{
  if (a->n != b->n)
    return false;
  if (rtol == 0)
    return a->n == 0 || memcmp(a->value, b->value, a->n * sizeof *a->value) == 0;
  for (size_t i = 0; i < a->n; i++)
    if (!(fabs(a->value[i] - b->value[i]) <= rtol * fabs(b->value[i])) &&
        !(isnan(a->value[i]) && isnan(b->value[i])))
      return false;
  return true;
}

/** Profiles and what becomes of their layers, these by depth. */
static inline __attribute__((unused)) int image_profiles(const char *path, struct image *image,
                                                         struct proda_error *error)
{
  static const struct proda_bulk_density_fit fit = {0.32, 1.30, 0.0089, NAN, 0};
  struct proda_nc *file = NULL;
  struct proda_profiles *p = NULL;
  struct proda_layers *layers = NULL;
  int status = proda_nc_open(path, &file, error);
  if (status == PRODA_OK)
    status = proda_profiles_read(file, &p, error);
  if (status == PRODA_OK)
    status = proda_layers_make(p, &fit, &layers, error);
  if (status == PRODA_OK) {
    image_add(image, p->id, p->n);
    image_add(image, p->latitude, p->n);
    image_add(image, p->longitude, p->n);
    for (size_t i = 0; i <= p->n; i++)
      image_number(image, (double)p->first[i]);
    for (size_t k = 0; k < p->n_layers; k++) {
      size_t i = layers->order[k];
      const double layer[] = {p->top[i],    p->bottom[i],       p->content[i],    p->density[i],
                              p->coarse[i], p->bulk_density[i], layers->state[i], layers->soc[i]};
      image_add(image, layer, sizeof layer / sizeof *layer);
    }
  }
  proda_layers_free(layers);
  proda_profiles_free(p);
  proda_nc_close(file);
  return status;
}

/** A forcing file as a structure sees it. */
static inline __attribute__((unused)) int image_forcing(const char *path,
                                                        const struct proda_manifest *manifest,
                                                        struct image *image,
                                                        struct proda_error *error)
{
  struct proda_forcing_file *file = NULL;
  if (proda_forcing_open(path, manifest, &file, error) != PRODA_OK)
    return PRODA_ERROR;
  size_t n = proda_forcing_n_sites(file), months = proda_forcing_n_months(file);
  image_number(image, (double)months);
  image_add(image, proda_forcing_latitude(file), n);
  image_add(image, proda_forcing_longitude(file), n);
  image_add(image, proda_forcing_area(file), n);
  for (size_t site = 0; site < n; site++) {
    const double *driver[16];
    proda_forcing_site(file, site, driver);
    image_number(image, proda_forcing_usable(file, site));
    for (size_t d = 0; d < manifest->n_drivers; d++) {
      unsigned dims = manifest->driver[d].dims;
      image_add(image, driver[d],
                (dims & PRODA_DIM_LAYER ? manifest->grid.n_layers : 1) *
                    (dims & PRODA_DIM_MONTH ? months : 1));
    }
  }
  proda_forcing_close(file);
  return PRODA_OK;
}

/** Covariates of profiles and of cells. */
static inline __attribute__((unused)) int image_environment(const char *profiles_path,
                                                            const char *grid_path,
                                                            struct image *image,
                                                            struct proda_error *error)
{
  struct proda_nc *profiles = NULL, *grid = NULL;
  struct proda_environment *environment = NULL;
  double *here = NULL, *there = NULL;
  size_t n = 0, n_cells = 0;
  int status = proda_nc_open(profiles_path, &profiles, error);
  if (status == PRODA_OK)
    status = proda_nc_open(grid_path, &grid, error);
  if (status == PRODA_OK)
    status = proda_environment_find(profiles, grid, &environment, error);
  if (status == PRODA_OK)
    status = proda_environment_read(profiles, "profile", environment, &here, error);
  if (status == PRODA_OK && (status = proda_nc_dim(profiles, "profile", &n, error)) == PRODA_OK)
    status = proda_environment_compare(profiles, grid, environment, n, here, error);
  if (status == PRODA_OK)
    status = proda_environment_read(grid, "site", environment, &there, error);
  if (status == PRODA_OK && (status = proda_nc_dim(grid, "site", &n_cells, error)) == PRODA_OK) {
    image_number(image, (double)environment->n);
    for (size_t i = 0; i < environment->n; i++)
      image_number(image, environment->variable[i].is_class);
    image_add(image, here, n * environment->n);
    image_add(image, there, n_cells * environment->n);
  }
  free(here);
  free(there);
  proda_environment_free(environment);
  proda_nc_close(profiles);
  proda_nc_close(grid);
  return status;
}

#endif
