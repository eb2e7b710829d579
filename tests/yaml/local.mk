check_PROGRAMS += %D%/test_yaml
