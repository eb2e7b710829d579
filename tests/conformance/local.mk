## One suite per kind of plugin, run on every plugin that is there.
check_PROGRAMS += %D%/test_emulators
