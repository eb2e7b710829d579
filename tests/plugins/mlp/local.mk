MLP_TEST_LIBS = plugins/mlp/libmlp.la $(TEST_LIBS) $(OPENBLAS_LIBS)

# The same tests for both element types.
check_PROGRAMS += %D%/test_kernels_double %D%/test_kernels_float
%C%_test_kernels_double_SOURCES = %D%/test_kernels.c %D%/golden.h
%C%_test_kernels_double_CPPFLAGS = $(AM_CPPFLAGS) -DMLP_DOUBLE
%C%_test_kernels_double_LDADD = $(MLP_TEST_LIBS)
%C%_test_kernels_float_SOURCES = %D%/test_kernels.c %D%/golden.h
%C%_test_kernels_float_LDADD = $(MLP_TEST_LIBS)

check_PROGRAMS += %D%/test_mlp
%C%_test_mlp_LDADD = $(MLP_TEST_LIBS)
# Written out: automake gives a default source's object no variable.
%D%/test_mlp.$(OBJEXT): plugins/mlp/mlp.names.h
