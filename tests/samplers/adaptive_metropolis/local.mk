adaptive_metropolis_tests = %D%/test_exact %D%/test_paper %D%/test_parts %D%/test_targets
check_PROGRAMS += $(adaptive_metropolis_tests)
TESTS += $(adaptive_metropolis_tests)
ADAPTIVE_METROPOLIS_TEST_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/samplers/adaptive_metropolis
ADAPTIVE_METROPOLIS_TEST_LIBS = \
  samplers/adaptive_metropolis/libadaptive_metropolis.la $(TEST_LIBS)

%C%_test_exact_SOURCES = %D%/test_exact.c
%C%_test_exact_CPPFLAGS = $(ADAPTIVE_METROPOLIS_TEST_CPPFLAGS)
%C%_test_exact_CFLAGS = $(TEST_CFLAGS)
%C%_test_exact_LDADD = $(ADAPTIVE_METROPOLIS_TEST_LIBS)

%C%_test_paper_SOURCES = %D%/test_paper.c
%C%_test_paper_CPPFLAGS = $(ADAPTIVE_METROPOLIS_TEST_CPPFLAGS)
%C%_test_paper_CFLAGS = $(TEST_CFLAGS)
%C%_test_paper_LDADD = $(ADAPTIVE_METROPOLIS_TEST_LIBS)

%C%_test_parts_SOURCES = %D%/test_parts.c
%C%_test_parts_CPPFLAGS = $(ADAPTIVE_METROPOLIS_TEST_CPPFLAGS)
%C%_test_parts_CFLAGS = $(TEST_CFLAGS)
%C%_test_parts_LDADD = $(ADAPTIVE_METROPOLIS_TEST_LIBS)

%C%_test_targets_SOURCES = %D%/test_targets.c
%C%_test_targets_CPPFLAGS = $(ADAPTIVE_METROPOLIS_TEST_CPPFLAGS)
%C%_test_targets_CFLAGS = $(TEST_CFLAGS)
%C%_test_targets_LDADD = $(ADAPTIVE_METROPOLIS_TEST_LIBS)
