plugin_LTLIBRARIES += %D%/clm5.la
dist_plugin_DATA += %D%/clm5.yaml
EXTRA_DIST += %D%/clm5.md
PLUGIN_FORMULAS += %D%/clm5.formulas.c
nodist_%C%_clm5_la_SOURCES = %D%/clm5.formulas.c
%C%_clm5_la_CFLAGS = $(PLUGIN_CFLAGS) $(SLEEF_CFLAGS)
%C%_clm5_la_LDFLAGS = $(PLUGIN_LINK)
%C%_clm5_la_LIBADD = libproda.la $(SLEEF_LIBS) -lm
