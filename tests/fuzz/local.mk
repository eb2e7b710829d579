## `make check` replays the corpus; ./configure CC=clang --enable-sanitizers --enable-fuzzers also
## builds fuzz_manifest: tests/fuzz/fuzz_manifest tests/fuzz/corpus/manifest
EXTRA_DIST += %D%/corpus
check_PROGRAMS += %D%/replay_manifest
%C%_replay_manifest_SOURCES = %D%/fuzz_manifest.c %D%/replay.c
%C%_replay_manifest_CPPFLAGS = $(AM_CPPFLAGS) -DCORPUS='"%D%/corpus/manifest"'
%C%_replay_manifest_LDADD = libproda.la

if FUZZERS
noinst_PROGRAMS += %D%/fuzz_manifest
%C%_fuzz_manifest_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
%C%_fuzz_manifest_LDADD = libproda.la
endif
