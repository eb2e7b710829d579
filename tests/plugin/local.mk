## A small structure and its faulty twins, each wrong in one way; tests load them.
TINY_CFLAGS = $(PLUGIN_CFLAGS) $(SLEEF_CFLAGS)
TINY_LINK = $(PLUGIN_LINK) -rpath $(plugindir)
PLUGIN_NAMES += %D%/tiny/tiny.names.h
EXTRA_DIST += %D%/tiny/tiny.yaml

check_LTLIBRARIES += %D%/tiny/tiny.la
%C%_tiny_tiny_la_SOURCES = %D%/tiny/tiny.c
nodist_%C%_tiny_tiny_la_SOURCES = %D%/tiny/tiny.names.h
%C%_tiny_tiny_la_CPPFLAGS = $(AM_CPPFLAGS) -I%D%/tiny
%C%_tiny_tiny_la_CFLAGS = $(TINY_CFLAGS)
%C%_tiny_tiny_la_LDFLAGS = $(TINY_LINK)
%C%_tiny_tiny_la_LIBADD = -lm
$(%C%_tiny_tiny_la_OBJECTS): %D%/tiny/tiny.names.h
