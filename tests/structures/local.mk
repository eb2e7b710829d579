## Structures beside those of golden's cards in models/: `bistable`, of three known states, and
## `column`, in hand-written C, whose nonlinear pools are transported.
EXTRA_DIST += %D%/cards.h %D%/instance.h \
  %D%/bistable/bistable.yaml \
  %D%/column/column.yaml
STRUCTURE_CFLAGS = $(PLUGIN_CFLAGS) $(SLEEF_CFLAGS)
STRUCTURE_LINK = $(PLUGIN_LINK) -rpath $(plugindir)

check_LTLIBRARIES += %D%/bistable/bistable.la
PLUGIN_FORMULAS += %D%/bistable/bistable.formulas.c
nodist_%C%_bistable_bistable_la_SOURCES = %D%/bistable/bistable.formulas.c
%C%_bistable_bistable_la_CFLAGS = $(STRUCTURE_CFLAGS)
%C%_bistable_bistable_la_LDFLAGS = $(STRUCTURE_LINK)
%C%_bistable_bistable_la_LIBADD = libproda.la $(SLEEF_LIBS) -lm

check_LTLIBRARIES += %D%/column/column.la
PLUGIN_NAMES += %D%/column/column.names.h
%C%_column_column_la_SOURCES = %D%/column/column.c
nodist_%C%_column_column_la_SOURCES = %D%/column/column.names.h
%C%_column_column_la_CPPFLAGS = $(AM_CPPFLAGS) -I%D%/column
%C%_column_column_la_CFLAGS = $(STRUCTURE_CFLAGS)
%C%_column_column_la_LDFLAGS = $(STRUCTURE_LINK)
%C%_column_column_la_LIBADD = $(SLEEF_LIBS) -lm
$(%C%_column_column_la_OBJECTS): %D%/column/column.names.h

check_PROGRAMS += %D%/test_steady_states
check_PROGRAMS += %D%/test_draws
check_PROGRAMS += %D%/test_outcomes
check_PROGRAMS += %D%/test_probes
check_PROGRAMS += %D%/test_linear
check_PROGRAMS += %D%/test_closed_forms
