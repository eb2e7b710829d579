libproda_la_SOURCES += %D%/structure.h
