check_PROGRAMS += %D%/test_budget
check_PROGRAMS += %D%/test_blocks
%C%_test_blocks_LDADD = $(TEST_LIBS) $(LAPACKE_LIBS)
check_PROGRAMS += %D%/test_components
check_PROGRAMS += %D%/test_steady
%C%_test_steady_LDADD = $(TEST_LIBS) $(LAPACKE_LIBS)
