check_PROGRAMS += %D%/test_file
check_PROGRAMS += %D%/test_guard
check_PROGRAMS += %D%/test_installed
check_PROGRAMS += %D%/test_lane
check_PROGRAMS += %D%/test_mixing
check_PROGRAMS += %D%/test_random
check_PROGRAMS += %D%/test_trust
check_PROGRAMS += %D%/test_words
