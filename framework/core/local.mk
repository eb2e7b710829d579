libproda_la_SOURCES += %D%/random.c %D%/status.c
