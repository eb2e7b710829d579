plugin_LTLIBRARIES += %D%/millennial2.la
dist_plugin_DATA += %D%/millennial2.yaml
EXTRA_DIST += %D%/millennial2.md
PLUGIN_FORMULAS += %D%/millennial2.formulas.c
nodist_%C%_millennial2_la_SOURCES = %D%/millennial2.formulas.c
%C%_millennial2_la_CFLAGS = $(PLUGIN_CFLAGS) $(SLEEF_CFLAGS)
%C%_millennial2_la_LDFLAGS = $(PLUGIN_LINK)
%C%_millennial2_la_LIBADD = libproda.la $(SLEEF_LIBS) -lm
