mlp_tests = tests/plugins/mlp/test_kernels_double tests/plugins/mlp/test_kernels_float \
  tests/plugins/mlp/test_mlp
check_PROGRAMS += $(mlp_tests)
TESTS += $(mlp_tests)
EXTRA_DIST += tests/data/mlp.nc
MLP_TEST_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/plugins/mlp $(OPENBLAS_CFLAGS)
MLP_TEST_LIBS = plugins/mlp/libmlp.la $(TEST_LIBS) $(OPENBLAS_LIBS)

tests_plugins_mlp_test_kernels_double_SOURCES = %D%/test_kernels.c %D%/golden.h
tests_plugins_mlp_test_kernels_double_CPPFLAGS = $(MLP_TEST_CPPFLAGS) -DMLP_DOUBLE
tests_plugins_mlp_test_kernels_double_CFLAGS = $(TEST_CFLAGS)
tests_plugins_mlp_test_kernels_double_LDADD = $(MLP_TEST_LIBS)
tests_plugins_mlp_test_kernels_float_SOURCES = %D%/test_kernels.c %D%/golden.h
tests_plugins_mlp_test_kernels_float_CPPFLAGS = $(MLP_TEST_CPPFLAGS)
tests_plugins_mlp_test_kernels_float_CFLAGS = $(TEST_CFLAGS)
tests_plugins_mlp_test_kernels_float_LDADD = $(MLP_TEST_LIBS)
tests_plugins_mlp_test_mlp_SOURCES = %D%/test_mlp.c
tests_plugins_mlp_test_mlp_CPPFLAGS = $(MLP_TEST_CPPFLAGS) -Iplugins/mlp
tests_plugins_mlp_test_mlp_CFLAGS = $(TEST_CFLAGS)
tests_plugins_mlp_test_mlp_LDADD = $(MLP_TEST_LIBS)
$(tests_plugins_mlp_test_mlp_OBJECTS): plugins/mlp/mlp.names.h
