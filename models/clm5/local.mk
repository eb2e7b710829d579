plugin_LTLIBRARIES += %D%/clm5.la
dist_plugin_DATA += %D%/clm5.yaml
EXTRA_DIST += %D%/clm5.md
PLUGIN_NAMES += %D%/clm5.names.h
%C%_clm5_la_SOURCES = %D%/clm5.c %D%/clm5.h %D%/clm5_quantities.c
nodist_%C%_clm5_la_SOURCES = %D%/clm5.names.h
%C%_clm5_la_CPPFLAGS = $(AM_CPPFLAGS) -I%D%
%C%_clm5_la_CFLAGS = $(PLUGIN_CFLAGS) $(SLEEF_CFLAGS)
%C%_clm5_la_LDFLAGS = $(PLUGIN_LINK)
%C%_clm5_la_LIBADD = libproda.la $(SLEEF_LIBS) -lm
$(%C%_clm5_la_OBJECTS): %D%/clm5.names.h
