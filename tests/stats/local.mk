check_PROGRAMS += %D%/test_diagnostics
check_PROGRAMS += %D%/test_summary
