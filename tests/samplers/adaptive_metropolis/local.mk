ADAPTIVE_METROPOLIS_TEST_LIBS = samplers/adaptive_metropolis/libadaptive_metropolis.la $(TEST_LIBS)

check_PROGRAMS += %D%/test_exact
%C%_test_exact_LDADD = $(ADAPTIVE_METROPOLIS_TEST_LIBS)
check_PROGRAMS += %D%/test_paper
%C%_test_paper_LDADD = $(ADAPTIVE_METROPOLIS_TEST_LIBS)
check_PROGRAMS += %D%/test_parts
%C%_test_parts_LDADD = $(ADAPTIVE_METROPOLIS_TEST_LIBS)
check_PROGRAMS += %D%/test_targets
%C%_test_targets_LDADD = $(ADAPTIVE_METROPOLIS_TEST_LIBS)
