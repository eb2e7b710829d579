## `make check` replays the corpora; ./configure CC=clang CXX=clang++ --enable-sanitizers
## --enable-fuzzers also builds the fuzzers. README.md tells how to run them and what they found.
EXTRA_DIST += %D%/README.md %D%/corpus %D%/yaml.dict %D%/recipe.dict
FUZZ_TEXT = tests/fuzz/parts.c tests/fuzz/parts.h tests/fuzz/tiny.c tests/fuzz/tiny.h
FUZZ_FILES = $(FUZZ_TEXT) tests/fuzz/recipe.c tests/fuzz/recipe.h
check_PROGRAMS += %D%/replay_experiment %D%/replay_forcing %D%/replay_journal \
  %D%/replay_manifest %D%/replay_profiles %D%/replay_store
%C%_replay_experiment_SOURCES = %D%/fuzz_experiment.c $(FUZZ_TEXT) %D%/replay.c
%C%_replay_experiment_CPPFLAGS = $(AM_CPPFLAGS) -DCORPUS='"%D%/corpus/experiment"'
%C%_replay_forcing_SOURCES = %D%/fuzz_forcing.c $(FUZZ_FILES) %D%/replay.c
%C%_replay_forcing_CPPFLAGS = $(AM_CPPFLAGS) -DCORPUS='"%D%/corpus/forcing"'
%C%_replay_journal_SOURCES = %D%/fuzz_journal.c $(FUZZ_TEXT) %D%/replay.c
%C%_replay_journal_CPPFLAGS = $(AM_CPPFLAGS) -DCORPUS='"%D%/corpus/journal"'
%C%_replay_manifest_SOURCES = %D%/fuzz_manifest.c $(FUZZ_TEXT) %D%/replay.c
%C%_replay_manifest_CPPFLAGS = $(AM_CPPFLAGS) -DCORPUS='"%D%/corpus/manifest"'
%C%_replay_profiles_SOURCES = %D%/fuzz_profiles.c $(FUZZ_FILES) %D%/replay.c
%C%_replay_profiles_CPPFLAGS = $(AM_CPPFLAGS) -DCORPUS='"%D%/corpus/profiles"'
%C%_replay_store_SOURCES = %D%/fuzz_store.c $(FUZZ_FILES) %D%/replay.c
%C%_replay_store_CPPFLAGS = $(AM_CPPFLAGS) -DCORPUS='"%D%/corpus/store"'

if FUZZERS
noinst_PROGRAMS += %D%/fuzz_experiment %D%/fuzz_forcing %D%/fuzz_journal \
  %D%/fuzz_manifest %D%/fuzz_profiles %D%/fuzz_store
%C%_fuzz_experiment_SOURCES = %D%/fuzz_experiment.c $(FUZZ_TEXT)
%C%_fuzz_experiment_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
%C%_fuzz_forcing_SOURCES = %D%/fuzz_forcing.c $(FUZZ_FILES)
%C%_fuzz_forcing_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
%C%_fuzz_journal_SOURCES = %D%/fuzz_journal.c $(FUZZ_TEXT)
%C%_fuzz_journal_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
%C%_fuzz_manifest_SOURCES = %D%/fuzz_manifest.c $(FUZZ_TEXT)
%C%_fuzz_manifest_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
%C%_fuzz_profiles_SOURCES = %D%/fuzz_profiles.c $(FUZZ_FILES)
%C%_fuzz_profiles_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
%C%_fuzz_store_SOURCES = %D%/fuzz_store.c $(FUZZ_FILES)
%C%_fuzz_store_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
endif
