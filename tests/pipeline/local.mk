check_PROGRAMS += %D%/test_ad_hoc
check_PROGRAMS += %D%/test_bulk_density
check_PROGRAMS += %D%/test_chains
check_PROGRAMS += %D%/test_compare
check_PROGRAMS += %D%/test_compare_stores
check_PROGRAMS += %D%/test_courses
check_PROGRAMS += %D%/test_covariates
check_PROGRAMS += %D%/test_ends
check_PROGRAMS += %D%/test_evaluation
check_PROGRAMS += %D%/test_experiment
check_PROGRAMS += %D%/test_full_disk
check_PROGRAMS += %D%/test_host_faults
check_PROGRAMS += %D%/test_kills
check_PROGRAMS += %D%/test_layers
check_PROGRAMS += %D%/test_ledger
check_PROGRAMS += %D%/test_lies
%C%_test_lies_SOURCES = %D%/test_lies.c %D%/lies.h %D%/lies_csv.h %D%/lies_forcing.h \
  %D%/lies_grid.h %D%/lies_profiles.h %D%/lies_simulate.h $(FUZZ_FILES)
check_PROGRAMS += %D%/test_lock
check_PROGRAMS += %D%/test_map
check_PROGRAMS += %D%/test_mutated_classic %D%/test_mutated_files %D%/test_mutated_stores
%C%_test_mutated_classic_SOURCES = %D%/test_mutated_classic.c $(FUZZ_FILES)
%C%_test_mutated_files_SOURCES = %D%/test_mutated_files.c $(FUZZ_FILES)
%C%_test_mutated_stores_SOURCES = %D%/test_mutated_stores.c $(FUZZ_FILES)
check_PROGRAMS += %D%/test_mpi
check_PROGRAMS += %D%/test_observation
check_PROGRAMS += %D%/test_paper
check_PROGRAMS += %D%/test_profiles
check_PROGRAMS += %D%/test_report
check_PROGRAMS += %D%/test_report_cells
check_PROGRAMS += %D%/test_report_json
check_PROGRAMS += %D%/test_report_page
check_PROGRAMS += %D%/test_report_size
check_PROGRAMS += %D%/test_screen
check_PROGRAMS += %D%/test_simulate
check_PROGRAMS += %D%/test_space
check_PROGRAMS += %D%/test_split
check_PROGRAMS += %D%/test_stale_stores
check_PROGRAMS += %D%/test_state
check_PROGRAMS += %D%/test_synth
check_PROGRAMS += %D%/test_tables
%C%_test_tables_SOURCES = %D%/test_tables.c $(FUZZ_FILES)
check_PROGRAMS += %D%/test_train
check_PROGRAMS += %D%/test_units
check_PROGRAMS += %D%/test_workers
EXTRA_DIST += %D%/fragile.h %D%/kills.h %D%/fragile/fragile.c %D%/fragile/fragile.yaml

# The lock is compiled into this test: --wrap does not reach into a shared library.
%C%_test_lock_SOURCES = %D%/test_lock.c framework/pipeline/lock.c
%C%_test_lock_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=open -Wl,--wrap=pwrite -Wl,--wrap=fcntl

# System calls that fail and clocks that jump, before all other libraries.
check_PROGRAMS += %D%/test_failing_calls
check_LTLIBRARIES += %D%/failing/failing.la
%C%_failing_failing_la_SOURCES = %D%/failing/failing.c
%C%_failing_failing_la_LDFLAGS = -module -shared -avoid-version -rpath /nowhere
%C%_failing_failing_la_LIBADD =
