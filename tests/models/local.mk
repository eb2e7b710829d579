EXTRA_DIST += %D%/golden.h
check_PROGRAMS += %D%/test_clm5
check_PROGRAMS += %D%/test_compas
check_PROGRAMS += %D%/test_published_costs
check_PROGRAMS += %D%/test_quantities
