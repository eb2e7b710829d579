## One suite per kind of plugin, run on every plugin that is there.
check_PROGRAMS += %D%/test_emulators
TESTS += %D%/test_emulators
%C%_test_emulators_SOURCES = %D%/test_emulators.c
%C%_test_emulators_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_emulators_CFLAGS = $(TEST_CFLAGS)
%C%_test_emulators_LDADD = $(TEST_LIBS)
