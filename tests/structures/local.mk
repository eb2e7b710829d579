## Structures of golden's cards in hand-written C, against which the generated ones are compared;
## `bistable`, of three known states, and `column`, whose nonlinear pools are transported.
STRUCTURE_NAMES = %D%/bistable/bistable.names.h \
  %D%/column/column.names.h \
  %D%/corpse/corpse.names.h
PLUGIN_NAMES += $(STRUCTURE_NAMES)
EXTRA_DIST += %D%/single.h %D%/cards.h %D%/instance.h \
  %D%/bistable/bistable.yaml \
  %D%/column/column.yaml \
  %D%/corpse/corpse.yaml
STRUCTURE_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/%D%
STRUCTURE_CFLAGS = $(PLUGIN_CFLAGS) $(SLEEF_CFLAGS)
STRUCTURE_LINK = $(PLUGIN_LINK) -rpath $(plugindir)

check_LTLIBRARIES += %D%/bistable/bistable.la
%C%_bistable_bistable_la_SOURCES = %D%/bistable/bistable.c
nodist_%C%_bistable_bistable_la_SOURCES = %D%/bistable/bistable.names.h
%C%_bistable_bistable_la_CPPFLAGS = $(STRUCTURE_CPPFLAGS) -I%D%/bistable
%C%_bistable_bistable_la_CFLAGS = $(STRUCTURE_CFLAGS)
%C%_bistable_bistable_la_LDFLAGS = $(STRUCTURE_LINK)
%C%_bistable_bistable_la_LIBADD = $(SLEEF_LIBS) -lm
$(%C%_bistable_bistable_la_OBJECTS): %D%/bistable/bistable.names.h

check_LTLIBRARIES += %D%/column/column.la
%C%_column_column_la_SOURCES = %D%/column/column.c
nodist_%C%_column_column_la_SOURCES = %D%/column/column.names.h
%C%_column_column_la_CPPFLAGS = $(STRUCTURE_CPPFLAGS) -I%D%/column
%C%_column_column_la_CFLAGS = $(STRUCTURE_CFLAGS)
%C%_column_column_la_LDFLAGS = $(STRUCTURE_LINK)
%C%_column_column_la_LIBADD = $(SLEEF_LIBS) -lm
$(%C%_column_column_la_OBJECTS): %D%/column/column.names.h

check_LTLIBRARIES += %D%/corpse/corpse.la
%C%_corpse_corpse_la_SOURCES = %D%/corpse/corpse.c
nodist_%C%_corpse_corpse_la_SOURCES = %D%/corpse/corpse.names.h
%C%_corpse_corpse_la_CPPFLAGS = $(STRUCTURE_CPPFLAGS) -I%D%/corpse
%C%_corpse_corpse_la_CFLAGS = $(STRUCTURE_CFLAGS)
%C%_corpse_corpse_la_LDFLAGS = $(STRUCTURE_LINK)
%C%_corpse_corpse_la_LIBADD = $(SLEEF_LIBS) -lm
$(%C%_corpse_corpse_la_OBJECTS): %D%/corpse/corpse.names.h

check_PROGRAMS += %D%/test_steady_states
check_PROGRAMS += %D%/test_outcomes
check_PROGRAMS += %D%/test_probes
check_PROGRAMS += %D%/test_century
