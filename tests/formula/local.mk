EXTRA_DIST += %D%/called.h %D%/manifests.h %D%/random_formula.h %D%/random_making.h \
  %D%/random_manifest.h %D%/random_text.h
check_PROGRAMS += %D%/test_bounds
check_PROGRAMS += %D%/test_document
check_PROGRAMS += %D%/test_expression
check_PROGRAMS += %D%/test_faults
check_PROGRAMS += %D%/test_limits
check_PROGRAMS += %D%/test_random

## Formulas that call C functions, by the rule of the tree; tests/cli builds the same by `proda build`.
EXTRA_DIST += %D%/calling/calling.yaml
PLUGIN_NAMES += %D%/calling/calling.names.h
PLUGIN_FORMULAS += %D%/calling/calling.formulas.c
check_LTLIBRARIES += %D%/calling/calling.la
%C%_calling_calling_la_SOURCES = %D%/calling/calling.c
nodist_%C%_calling_calling_la_SOURCES = %D%/calling/calling.formulas.c %D%/calling/calling.names.h
%C%_calling_calling_la_CPPFLAGS = $(AM_CPPFLAGS) -I%D%/calling
%C%_calling_calling_la_CFLAGS = $(PLUGIN_CFLAGS) $(SLEEF_CFLAGS)
%C%_calling_calling_la_LDFLAGS = $(PLUGIN_LINK) -rpath $(plugindir)
%C%_calling_calling_la_LIBADD = $(SLEEF_LIBS) -lm
$(%C%_calling_calling_la_OBJECTS): %D%/calling/calling.names.h
check_PROGRAMS += %D%/test_calling
check_PROGRAMS += %D%/test_tangents

## What carries over from month to month.
EXTRA_DIST += %D%/carrying/carrying.yaml
PLUGIN_FORMULAS += %D%/carrying/carrying.formulas.c
check_LTLIBRARIES += %D%/carrying/carrying.la
nodist_%C%_carrying_carrying_la_SOURCES = %D%/carrying/carrying.formulas.c
%C%_carrying_carrying_la_CFLAGS = $(PLUGIN_CFLAGS) $(SLEEF_CFLAGS)
%C%_carrying_carrying_la_LDFLAGS = $(PLUGIN_LINK) -rpath $(plugindir)
%C%_carrying_carrying_la_LIBADD = libproda.la $(SLEEF_LIBS) -lm
check_PROGRAMS += %D%/test_carrying
