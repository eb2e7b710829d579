plugin_LTLIBRARIES += %D%/corpse.la
dist_plugin_DATA += %D%/corpse.yaml
EXTRA_DIST += %D%/corpse.md
PLUGIN_FORMULAS += %D%/corpse.formulas.c
nodist_%C%_corpse_la_SOURCES = %D%/corpse.formulas.c
%C%_corpse_la_CFLAGS = $(PLUGIN_CFLAGS) $(SLEEF_CFLAGS)
%C%_corpse_la_LDFLAGS = $(PLUGIN_LINK)
%C%_corpse_la_LIBADD = libproda.la $(SLEEF_LIBS) -lm
