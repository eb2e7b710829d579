check_PROGRAMS += %D%/test_yaml
TESTS += %D%/test_yaml
%C%_test_yaml_SOURCES = %D%/test_yaml.c
%C%_test_yaml_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_yaml_CFLAGS = $(TEST_CFLAGS)
%C%_test_yaml_LDADD = $(TEST_LIBS)
