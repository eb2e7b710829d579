check_PROGRAMS += %D%/test_farm
