EXTRA_DIST += tests/data/clm5.nc
models_tests = %D%/test_clm5
check_PROGRAMS += $(models_tests)
TESTS += $(models_tests)
%C%_test_clm5_SOURCES = %D%/test_clm5.c
%C%_test_clm5_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_clm5_CFLAGS = $(TEST_CFLAGS)
%C%_test_clm5_LDADD = $(TEST_LIBS)
