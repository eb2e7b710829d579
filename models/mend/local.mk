plugin_LTLIBRARIES += %D%/mend.la
dist_plugin_DATA += %D%/mend.yaml
EXTRA_DIST += %D%/mend.md
PLUGIN_FORMULAS += %D%/mend.formulas.c
nodist_%C%_mend_la_SOURCES = %D%/mend.formulas.c
%C%_mend_la_CFLAGS = $(PLUGIN_CFLAGS) $(SLEEF_CFLAGS)
%C%_mend_la_LDFLAGS = $(PLUGIN_LINK)
%C%_mend_la_LIBADD = libproda.la $(SLEEF_LIBS) -lm
