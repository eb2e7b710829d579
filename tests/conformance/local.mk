## One suite per kind of plugin, run on every plugin that is there.
EXTRA_DIST += %D%/every.h
check_PROGRAMS += %D%/test_emulators
check_PROGRAMS += %D%/test_models
check_PROGRAMS += %D%/test_samplers
