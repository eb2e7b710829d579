check_PROGRAMS += tests/core/test_random
TESTS += tests/core/test_random
tests_core_test_random_SOURCES = %D%/test_random.c
tests_core_test_random_CPPFLAGS = $(TEST_CPPFLAGS)
tests_core_test_random_CFLAGS = $(TEST_CFLAGS)
tests_core_test_random_LDADD = $(TEST_LIBS)
