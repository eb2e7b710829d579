check_PROGRAMS += %D%/test_expression
