libproda_la_SOURCES += %D%/diagnostics.h %D%/summary.h
