plugin_LTLIBRARIES += %D%/century.la
dist_plugin_DATA += %D%/century.yaml
EXTRA_DIST += %D%/century.md
PLUGIN_FORMULAS += %D%/century.formulas.c
nodist_%C%_century_la_SOURCES = %D%/century.formulas.c
%C%_century_la_CFLAGS = $(PLUGIN_CFLAGS) $(SLEEF_CFLAGS)
%C%_century_la_LDFLAGS = $(PLUGIN_LINK)
%C%_century_la_LIBADD = libproda.la $(SLEEF_LIBS) -lm
