check_PROGRAMS += %D%/test_bootstrap
check_PROGRAMS += %D%/test_correlation
check_PROGRAMS += %D%/test_diagnostics
check_PROGRAMS += %D%/test_summary
check_PROGRAMS += %D%/test_weighted
