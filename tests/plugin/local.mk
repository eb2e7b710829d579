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
  short_table:-DTINY_SIZE=8 no_symbol:-DTINY_SYMBOL=something_else undefined:-DTINY_UNDEFINED \
  no_quantities:-DTINY_QUANTITIES='"none"'
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

EXTRA_DIST += %D%/planting.h
check_PROGRAMS += %D%/test_include
check_PROGRAMS += %D%/test_loader
check_PROGRAMS += %D%/test_manifest
check_PROGRAMS += %D%/test_search
check_PROGRAMS += %D%/test_unit
