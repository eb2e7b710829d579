EXTRA_DIST += %D%/manifests.h %D%/random_formula.h
check_PROGRAMS += %D%/test_expression
check_PROGRAMS += %D%/test_faults
check_PROGRAMS += %D%/test_random
