## Everything of the plugin in a library of its own, for the module and for its tests and bench.
noinst_LTLIBRARIES += %D%/libadaptive_metropolis.la
%C%_libadaptive_metropolis_la_SOURCES = %D%/adaptive_metropolis.c %D%/adaptive_metropolis.h \
  %D%/exact.c %D%/factor.c %D%/factor.h %D%/noise.c %D%/noise.h %D%/paper.c %D%/transform.c \
  %D%/transform.h
nodist_%C%_libadaptive_metropolis_la_SOURCES = %D%/adaptive_metropolis.names.h
%C%_libadaptive_metropolis_la_CPPFLAGS = $(AM_CPPFLAGS) -I%D%
%C%_libadaptive_metropolis_la_CFLAGS = $(PLUGIN_CFLAGS) $(SLEEF_CFLAGS)
$(%C%_libadaptive_metropolis_la_OBJECTS): %D%/adaptive_metropolis.names.h

plugin_LTLIBRARIES += %D%/adaptive_metropolis.la
%C%_adaptive_metropolis_la_SOURCES =
%C%_adaptive_metropolis_la_LDFLAGS = $(PLUGIN_LINK)
%C%_adaptive_metropolis_la_LIBADD = %D%/libadaptive_metropolis.la libproda.la $(SLEEF_LIBS) -lm
dist_plugin_DATA += %D%/adaptive_metropolis.yaml
PLUGIN_NAMES += %D%/adaptive_metropolis.names.h
EXTRA_DIST += %D%/adaptive_metropolis.md
