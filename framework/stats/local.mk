libproda_la_SOURCES += %D%/diagnostics.c %D%/diagnostics.h %D%/ess.c %D%/ess.h \
  %D%/pchip.c %D%/pchip.h %D%/rank.c %D%/rank.h %D%/special.c %D%/special.h \
  %D%/summary.c %D%/summary.h
