check_PROGRAMS += %D%/test_host
