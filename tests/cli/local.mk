check_PROGRAMS += %D%/test_build
check_PROGRAMS += %D%/test_dry_run
check_PROGRAMS += %D%/test_host
check_PROGRAMS += %D%/test_simulate
check_PROGRAMS += %D%/test_trust
check_PROGRAMS += %D%/test_status
check_PROGRAMS += %D%/test_teller
check_PROGRAMS += %D%/test_names
