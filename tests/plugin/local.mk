## A small structure and its faulty twins, each wrong in one way; tests load them.
PLUGIN_NAMES += %D%/tiny/tiny.names.h
EXTRA_DIST += %D%/tiny/tiny.yaml
check_LTLIBRARIES += %D%/tiny/tiny.la
%C%_tiny_tiny_la_SOURCES = %D%/tiny/tiny.c
nodist_%C%_tiny_tiny_la_SOURCES = %D%/tiny/tiny.names.h
%C%_tiny_tiny_la_CPPFLAGS = $(AM_CPPFLAGS) -I%D%/tiny
%C%_tiny_tiny_la_CFLAGS = $(PLUGIN_CFLAGS) $(SLEEF_CFLAGS)
%C%_tiny_tiny_la_LDFLAGS = $(PLUGIN_LINK) -rpath $(plugindir)
%C%_tiny_tiny_la_LIBADD = -lm
$(%C%_tiny_tiny_la_OBJECTS): %D%/tiny/tiny.names.h

TINY_TWINS = wrong_abi:-DTINY_ABI=99 wrong_kind:-DTINY_KIND=PRODA_SAMPLER \
  wrong_name:-DTINY_NAME='"other"' wrong_digest:-DTINY_DIGEST='"0123456789abcdef"' \
  short_table:-DTINY_SIZE=8 no_symbol:-DTINY_SYMBOL=something_else undefined:-DTINY_UNDEFINED
TINY_BUILD = $(CC) $(AM_CPPFLAGS) -I%D%/tiny $(CFLAGS) $(PLUGIN_CFLAGS) -fPIC -shared $(AM_LDFLAGS)
check_DATA += %D%/twins.stamp
CLEANFILES += %D%/twins.stamp %D%/*.so
%D%/twins.stamp: %D%/tiny/tiny.c %D%/tiny/tiny.names.h
	$(AM_V_GEN)for twin in $(TINY_TWINS); do \
	  $(TINY_BUILD) $${twin#*:} $(srcdir)/%D%/tiny/tiny.c -o %D%/$${twin%%:*}.so -lm || exit 1; \
	done
	$(AM_V_at)echo 'int libgone;' | \
	  $(CC) -shared -fPIC -x c - -Wl,-soname,libgone.so -o %D%/libgone.so
	$(AM_V_at)$(TINY_BUILD) $(srcdir)/%D%/tiny/tiny.c -Wl,--no-as-needed %D%/libgone.so -lm \
	  -o %D%/missing_library.so && rm %D%/libgone.so
	$(AM_V_at)echo done >$@

check_PROGRAMS += %D%/test_expression %D%/test_loader %D%/test_manifest %D%/test_search %D%/test_unit
TESTS += %D%/test_expression %D%/test_loader %D%/test_manifest %D%/test_search %D%/test_unit
%C%_test_expression_SOURCES = %D%/test_expression.c
%C%_test_expression_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_expression_CFLAGS = $(TEST_CFLAGS)
%C%_test_expression_LDADD = $(TEST_LIBS)
%C%_test_loader_SOURCES = %D%/test_loader.c %D%/planting.h
%C%_test_loader_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_loader_CFLAGS = $(TEST_CFLAGS)
%C%_test_loader_LDADD = $(TEST_LIBS)
%C%_test_manifest_SOURCES = %D%/test_manifest.c
%C%_test_manifest_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_manifest_CFLAGS = $(TEST_CFLAGS)
%C%_test_manifest_LDADD = $(TEST_LIBS)
%C%_test_search_SOURCES = %D%/test_search.c %D%/planting.h
%C%_test_search_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_search_CFLAGS = $(TEST_CFLAGS)
%C%_test_search_LDADD = $(TEST_LIBS)
%C%_test_unit_SOURCES = %D%/test_unit.c
%C%_test_unit_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_unit_CFLAGS = $(TEST_CFLAGS)
%C%_test_unit_LDADD = $(TEST_LIBS)
