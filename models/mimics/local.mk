plugin_LTLIBRARIES += %D%/mimics.la
dist_plugin_DATA += %D%/mimics.yaml
EXTRA_DIST += %D%/mimics.md
PLUGIN_FORMULAS += %D%/mimics.formulas.c
nodist_%C%_mimics_la_SOURCES = %D%/mimics.formulas.c
%C%_mimics_la_CFLAGS = $(PLUGIN_CFLAGS) $(SLEEF_CFLAGS)
%C%_mimics_la_LDFLAGS = $(PLUGIN_LINK)
%C%_mimics_la_LIBADD = libproda.la $(SLEEF_LIBS) -lm
