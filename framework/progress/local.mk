libproda_la_SOURCES += %D%/amount.c %D%/amount.h %D%/line.c %D%/line.h %D%/rate.c %D%/rate.h
