check_PROGRAMS += %D%/test_forcing
check_PROGRAMS += %D%/test_ncdraft
check_PROGRAMS += %D%/test_ncfile
check_PROGRAMS += %D%/test_provenance
check_PROGRAMS += %D%/test_seal

# The store is compiled into this test: --wrap does not reach into a shared library.
check_PROGRAMS += %D%/test_ncfile_failure
NCFILE_SOURCES = framework/core/unwritable.c framework/store/csv.c framework/store/ncbounds.c \
  framework/store/ncclassic.c framework/store/nccreate.c framework/store/nccsv.c \
  framework/store/ncfile.c framework/store/ncguard.c framework/store/ncpack.c \
  framework/store/ncread.c framework/store/ncwrite.c framework/store/replace.c \
  framework/store/reserve.c framework/store/seal.c
%C%_test_ncfile_failure_SOURCES = %D%/test_ncfile_failure.c $(NCFILE_SOURCES)
%C%_test_ncfile_failure_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=nc_create \
  -Wl,--wrap=nc_def_var_deflate -Wl,--wrap=nc_put_var_double -Wl,--wrap=nc_close \
  -Wl,--wrap=fsync -Wl,--wrap=rename

check_PROGRAMS += %D%/test_guard
%C%_test_guard_SOURCES = %D%/test_guard.c $(NCFILE_SOURCES)
%C%_test_guard_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=nc_get_vara_double

# Likewise the journal.
check_PROGRAMS += %D%/test_journal
%C%_test_journal_SOURCES = %D%/test_journal.c framework/store/journal.c \
  framework/store/journal_read.c framework/store/replace.c framework/core/unwritable.c
%C%_test_journal_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=pwrite -Wl,--wrap=pread -Wl,--wrap=flock \
  -Wl,--wrap=fdatasync -Wl,--wrap=fsync -Wl,--wrap=clock_gettime
%C%_test_journal_LDADD = $(TEST_LIBS) $(XXHASH_LIBS)
