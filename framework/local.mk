## libproda: everything but the program; the program: main and a file per command.
lib_LTLIBRARIES += libproda.la
libproda_la_SOURCES =
libproda_la_CPPFLAGS = $(AM_CPPFLAGS) -DPRODA_LIB_DIR='"$(libdir)"' -DPRODA_PLUGIN_DIR='"$(plugindir)"' \
  -DPRODA_REPORT_DIR='"$(pkgdatadir)/report"' -DPRODA_TEMPLATE_DIR='"$(pkgdatadir)/templates"' \
  -DPRODA_INCLUDE_DIR='"$(includedir)"'
libproda_la_CFLAGS = $(AM_CFLAGS) -fno-semantic-interposition \
  $(LAPACKE_CFLAGS) $(YAML_CFLAGS) $(NETCDF_CFLAGS) $(SLEEF_CFLAGS) $(CMINPACK_CFLAGS) \
  $(XXHASH_CFLAGS) $(JANSSON_CFLAGS) $(MPI_CFLAGS)
libproda_la_LDFLAGS = $(AM_LDFLAGS) -version-info 0:0:0 -export-symbols-regex '^proda_'
libproda_la_LIBADD = $(LAPACKE_LIBS) $(LTDL_LIBS) $(YAML_LIBS) $(NETCDF_LIBS) $(SLEEF_LIBS) \
  $(CMINPACK_LIBS) $(XXHASH_LIBS) $(JANSSON_LIBS) $(UDUNITS_LIBS) $(CVODE_LIBS) $(NVECTOR_LIBS) \
  $(MPI_LIBS) -lm

include $(top_srcdir)/framework/include/local.mk
include $(top_srcdir)/framework/core/local.mk
include $(top_srcdir)/framework/yaml/local.mk
include $(top_srcdir)/framework/formula/local.mk
include $(top_srcdir)/framework/plugin/local.mk
include $(top_srcdir)/framework/matrix/local.mk
include $(top_srcdir)/framework/describe/local.mk
include $(top_srcdir)/framework/course/local.mk
include $(top_srcdir)/framework/stats/local.mk
include $(top_srcdir)/framework/progress/local.mk
include $(top_srcdir)/framework/store/local.mk
include $(top_srcdir)/framework/farm/local.mk
include $(top_srcdir)/framework/pipeline/local.mk
include $(top_srcdir)/framework/conformance/local.mk
include $(top_srcdir)/framework/cli/local.mk
