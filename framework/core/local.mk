libproda_la_SOURCES += %D%/mixing.c %D%/random.c %D%/status.c
