libproda_la_SOURCES += %D%/components.c %D%/components.h %D%/elimination.c %D%/elimination.h \
  %D%/grid.c %D%/plan.c %D%/plan.h %D%/steady.c %D%/steady.h %D%/structure.c %D%/structure.h
