plugin_LTLIBRARIES += %D%/compas.la
dist_plugin_DATA += %D%/compas.yaml
EXTRA_DIST += %D%/compas.md
PLUGIN_NAMES += %D%/compas.names.h
%C%_compas_la_SOURCES = %D%/compas.c %D%/compas.h %D%/compas_quantities.c
nodist_%C%_compas_la_SOURCES = %D%/compas.names.h
%C%_compas_la_CPPFLAGS = $(AM_CPPFLAGS) -I%D%
%C%_compas_la_CFLAGS = $(PLUGIN_CFLAGS) $(SLEEF_CFLAGS)
%C%_compas_la_LDFLAGS = $(PLUGIN_LINK)
%C%_compas_la_LIBADD = libproda.la $(SLEEF_LIBS) -lm
$(%C%_compas_la_OBJECTS): %D%/compas.names.h
