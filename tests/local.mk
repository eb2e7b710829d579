## Tests mirror the tree: tests/<folder>/local.mk for framework/<folder>, models/<name>, ...
## A test program takes no arguments, finds data under $srcdir and plugins under $PRODA_PLUGIN_PATH.
## Made of one file, it needs one line: check_PROGRAMS += %D%/test_x (automake's default source,
## and the flags and libraries of this file). Only what differs is said beside it.
AM_CPPFLAGS += -I$(top_srcdir)/tests -I$(top_srcdir) -I$(top_builddir)
AM_CFLAGS += $(CMOCKA_CFLAGS) $(JANSSON_CFLAGS) $(NETCDF_CFLAGS) $(SLEEF_CFLAGS) $(OPENBLAS_CFLAGS)
TEST_LIBS = libproda.la $(CMOCKA_LIBS) $(JANSSON_LIBS) $(NETCDF_LIBS) $(SLEEF_LIBS) -lm
LDADD = $(TEST_LIBS)
## Where `make install` puts what test_install.sh looks at.
INSTALLED_PLACES = bindir='$(bindir)'; libdir='$(libdir)'; includedir='$(includedir)'; \
  datarootdir='$(datarootdir)'; pkgconfigdir='$(pkgconfigdir)'; \
  export bindir libdir includedir datarootdir pkgconfigdir;
AM_TESTS_ENVIRONMENT = \
  srcdir='$(srcdir)'; builddir='$(builddir)'; export srcdir builddir; \
  PRODA_PLUGIN_PATH='$(abs_builddir)/models:$(abs_builddir)/samplers:$(abs_builddir)/plugins'; \
  export PRODA_PLUGIN_PATH; \
  PRODA='$(abs_builddir)/proda$(EXEEXT)'; export PRODA; \
  PRODA_INCLUDE_PATH='$(abs_srcdir)/framework/include'; export PRODA_INCLUDE_PATH; \
  PRODA_REPORT_PATH='$(abs_srcdir)/share/report:$(abs_builddir)/share/report'; \
  export PRODA_REPORT_PATH; \
  PRODA_MPIRUN='$(MPIRUN)'; export PRODA_MPIRUN; \
  PRODA_TEMPLATE_PATH='$(abs_srcdir)/share/templates'; export PRODA_TEMPLATE_PATH; \
  $(INSTALLED_PLACES) \
  OPENBLAS_NUM_THREADS=1; export OPENBLAS_NUM_THREADS;
EXTRA_DIST += %D%/balance.h %D%/data %D%/decode.h %D%/heard.h %D%/image.h %D%/mutated.h %D%/mutation.h %D%/open_form.h \
  %D%/program.h %D%/sampler_host.h %D%/scratch.h %D%/stores.h %D%/testing.h
include $(top_srcdir)/tests/core/local.mk
include $(top_srcdir)/tests/stats/local.mk
include $(top_srcdir)/tests/formula/local.mk
include $(top_srcdir)/tests/describe/local.mk
include $(top_srcdir)/tests/plugin/local.mk
include $(top_srcdir)/tests/progress/local.mk
include $(top_srcdir)/tests/store/local.mk
include $(top_srcdir)/tests/farm/local.mk
include $(top_srcdir)/tests/plugins/mlp/local.mk
include $(top_srcdir)/tests/matrix/local.mk
include $(top_srcdir)/tests/models/local.mk
include $(top_srcdir)/tests/structures/local.mk
include $(top_srcdir)/tests/course/local.mk
include $(top_srcdir)/tests/pipeline/local.mk
include $(top_srcdir)/tests/yaml/local.mk
include $(top_srcdir)/tests/conformance/local.mk
include $(top_srcdir)/tests/faulty/local.mk
include $(top_srcdir)/tests/samplers/adaptive_metropolis/local.mk
include $(top_srcdir)/tests/fuzz/local.mk
include $(top_srcdir)/tests/cli/local.mk
include $(top_srcdir)/tests/examples/local.mk
include $(top_srcdir)/tests/install/local.mk
include $(top_srcdir)/tests/valgrind/local.mk

dist_check_SCRIPTS = tests/cli/test_new.sh tests/install/test_install.sh tests/pipeline/test_run.sh \
  tests/pipeline/test_one_layer.sh tests/test_cluster.sh tests/test_documents.sh tests/test_headers.sh tests/test_shell.sh \
  tests/test_demo.sh
include $(top_srcdir)/tests/report/local.mk
TESTS += $(check_PROGRAMS) $(dist_check_SCRIPTS)

## The installed tree: its headers, pkg-config, plugins and man pages, as the documents use them.
installcheck-local: tests/install/card$(EXEEXT)
	@unset PRODA PRODA_PLUGIN_PATH; \
	srcdir='$(srcdir)'; includedir='$(DESTDIR)$(includedir)'; export srcdir includedir; \
	PATH="$(DESTDIR)$(bindir):$$PATH"; export PATH; \
	PKG_CONFIG_PATH='$(DESTDIR)$(pkgconfigdir)'; export PKG_CONFIG_PATH; \
	PRODA_INCLUDE_PATH='$(DESTDIR)$(includedir)'; export PRODA_INCLUDE_PATH; \
	OPENBLAS_NUM_THREADS=1; export OPENBLAS_NUM_THREADS; \
	for test in test_headers test_documents; do \
	  $(srcdir)/tests/$$test.sh || exit 1; \
	  echo "PASS: $$test, installed"; \
	done; \
	builddir='$(builddir)'; DESTDIR='$(DESTDIR)'; export builddir DESTDIR; $(INSTALLED_PLACES) \
	$(srcdir)/tests/install/test_install.sh || exit 1; \
	echo 'PASS: test_install, installed'; \
	for page in $(MAN_PAGES); do \
	  test -s '$(DESTDIR)$(man1dir)'/`basename $$page` || { echo "no $$page" >&2; exit 1; }; \
	done
