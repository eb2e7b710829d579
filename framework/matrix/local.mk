libproda_la_SOURCES += %D%/structure.h
libproda_la_SOURCES += %D%/grid.c %D%/plan.c %D%/plan.h %D%/steady.c %D%/steady.h %D%/structure.c
