libproda_la_SOURCES += %D%/balance.c %D%/balance.h %D%/block.c %D%/block.h \
  %D%/blocks.c %D%/blocks.h \
  %D%/budget.c %D%/budget.h %D%/components.c %D%/components.h %D%/elimination.c %D%/elimination.h %D%/grid.c %D%/judge.c \
  %D%/newton.c %D%/newton.h %D%/search.h \
  %D%/search_others.c %D%/search_start.c %D%/search_steps.c %D%/plan.c %D%/plan.h %D%/stability.c %D%/stability.h \
  %D%/steady.c %D%/steady.h \
  %D%/structure.c %D%/structure.h
