check_PROGRAMS += %D%/test_progress
