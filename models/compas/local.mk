plugin_LTLIBRARIES += %D%/compas.la
dist_plugin_DATA += %D%/compas.yaml
EXTRA_DIST += %D%/compas.md
PLUGIN_FORMULAS += %D%/compas.formulas.c
nodist_%C%_compas_la_SOURCES = %D%/compas.formulas.c
%C%_compas_la_CFLAGS = $(PLUGIN_CFLAGS) $(SLEEF_CFLAGS)
%C%_compas_la_LDFLAGS = $(PLUGIN_LINK)
%C%_compas_la_LIBADD = libproda.la $(SLEEF_LIBS) -lm
