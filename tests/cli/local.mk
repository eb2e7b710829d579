check_PROGRAMS += %D%/test_host
TESTS += %D%/test_host
%C%_test_host_SOURCES = %D%/test_host.c
%C%_test_host_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_host_CFLAGS = $(TEST_CFLAGS)
%C%_test_host_LDADD = $(TEST_LIBS)
