plugin_LTLIBRARIES += %D%/rothc.la
dist_plugin_DATA += %D%/rothc.yaml
EXTRA_DIST += %D%/rothc.md
PLUGIN_FORMULAS += %D%/rothc.formulas.c
nodist_%C%_rothc_la_SOURCES = %D%/rothc.formulas.c
%C%_rothc_la_CFLAGS = $(PLUGIN_CFLAGS) $(SLEEF_CFLAGS)
%C%_rothc_la_LDFLAGS = $(PLUGIN_LINK)
%C%_rothc_la_LIBADD = libproda.la $(SLEEF_LIBS) -lm
