matrix_tests = %D%/test_steady
check_PROGRAMS += $(matrix_tests)
TESTS += $(matrix_tests)
%C%_test_steady_SOURCES = %D%/test_steady.c
%C%_test_steady_CPPFLAGS = $(TEST_CPPFLAGS) $(LAPACKE_CFLAGS)
%C%_test_steady_CFLAGS = $(TEST_CFLAGS)
%C%_test_steady_LDADD = $(TEST_LIBS) $(LAPACKE_LIBS)
