EXTRA_DIST += %D%/manifests.h
check_PROGRAMS += %D%/test_expression
check_PROGRAMS += %D%/test_faults
