EXTRA_DIST += tests/scratch.h tests/data/forcing.nc
store_tests = %D%/test_forcing %D%/test_ncfile %D%/test_ncfile_failure %D%/test_provenance
check_PROGRAMS += $(store_tests)
TESTS += $(store_tests)

%C%_test_forcing_SOURCES = %D%/test_forcing.c
%C%_test_forcing_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_forcing_CFLAGS = $(TEST_CFLAGS)
%C%_test_forcing_LDADD = $(TEST_LIBS)

%C%_test_ncfile_SOURCES = %D%/test_ncfile.c
%C%_test_ncfile_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_ncfile_CFLAGS = $(TEST_CFLAGS)
%C%_test_ncfile_LDADD = $(TEST_LIBS)

# The store is compiled into this test: --wrap does not reach into a shared library.
%C%_test_ncfile_failure_SOURCES = %D%/test_ncfile_failure.c framework/store/ncfile.c \
  framework/store/ncread.c framework/store/ncwrite.c
%C%_test_ncfile_failure_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_ncfile_failure_CFLAGS = $(TEST_CFLAGS)
%C%_test_ncfile_failure_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=nc_create \
  -Wl,--wrap=nc_def_var_deflate -Wl,--wrap=nc_put_var_double -Wl,--wrap=nc_close \
  -Wl,--wrap=fsync -Wl,--wrap=rename
%C%_test_ncfile_failure_LDADD = $(TEST_LIBS)

%C%_test_provenance_SOURCES = %D%/test_provenance.c
%C%_test_provenance_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_provenance_CFLAGS = $(TEST_CFLAGS)
%C%_test_provenance_LDADD = $(TEST_LIBS)
