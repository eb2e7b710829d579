libproda_la_SOURCES += %D%/bootstrap.c %D%/bootstrap.h %D%/correlation.c %D%/correlation.h \
  %D%/diagnostics.c %D%/diagnostics.h %D%/ess.c %D%/ess.h \
  %D%/pchip.c %D%/pchip.h %D%/rank.c %D%/rank.h %D%/special.c %D%/special.h \
  %D%/summary.c %D%/summary.h %D%/weighted.c %D%/weighted.h
