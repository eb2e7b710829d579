check_PROGRAMS += %D%/test_clm5
