/** @file golden.h
 * Reads tests/data/mlp.nc: values by PyTorch autograd and torch.optim, Adadelta also by a numpy
 * recursion (golden/diagnostics-and-mlp.md). Test only; the host's reader knows no groups.
 */
#ifndef TEST_MLP_GOLDEN_H
#define TEST_MLP_GOLDEN_H

#include <netcdf.h>

#include "testing.h"

/** The file, or a group of it. */
static inline int golden_open(int *root)
{
  return nc_open(testing_path("data/mlp.nc"), NC_NOWRITE, root);
}

static inline int golden_group(int root, const char *name)
{
  int group = 0;
  if (nc_inq_grp_ncid(root, name, &group) != NC_NOERR)
    fail_msg("no group %s in mlp.nc", name);
  return group;
}

/** Reads a variable; returns its number of values. */
static inline size_t golden_read(int group, const char *name, double *value, size_t room)
{
  int id = 0, rank = 0, dim[4];
  if (nc_inq_varid(group, name, &id) != NC_NOERR)
    fail_msg("no variable %s in mlp.nc", name);
  assert_int_equal(nc_inq_var(group, id, NULL, NULL, &rank, dim, NULL), NC_NOERR);
  size_t n = 1, length = 0;
  for (int i = 0; i < rank; i++) {
    assert_int_equal(nc_inq_dimlen(group, dim[i], &length), NC_NOERR);
    n *= length;
  }
  assert_true(n <= room);
  assert_int_equal(nc_get_var_double(group, id, value), NC_NOERR);
  return n;
}

static inline double golden_rtol(int group, const char *name)
{
  int id = 0;
  double rtol = 0;
  assert_int_equal(nc_inq_varid(group, name, &id), NC_NOERR);
  assert_int_equal(nc_get_att_double(group, id, "rtol", &rtol), NC_NOERR);
  return rtol;
}

#endif
