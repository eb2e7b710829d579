check_PROGRAMS += %D%/test_describe
