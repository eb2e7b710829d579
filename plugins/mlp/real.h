/** @file real.h
 * The precision of the kernels. Each source of the network is compiled twice, with and without
 * MLP_DOUBLE; its functions then carry the suffix _double or _float.
 */
#ifndef MLP_REAL_H
#define MLP_REAL_H

#include <cblas.h>
#include <math.h>

#ifdef MLP_DOUBLE
typedef double real;
#define MLP_NAME(name) name##_double
#define real_gemm cblas_dgemm
#define real_sqrt sqrt
#else
typedef float real;
#define MLP_NAME(name) name##_float
#define real_gemm cblas_sgemm
#define real_sqrt sqrtf
#endif

#endif
