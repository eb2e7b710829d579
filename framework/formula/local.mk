libproda_la_SOURCES += %D%/evaluate.c %D%/expression.h %D%/parse.c
