libproda_la_SOURCES += %D%/builtin.c %D%/derive.c %D%/evaluate.c %D%/expression.h %D%/graph.c \
  %D%/graph.h %D%/lower.c %D%/lower.h %D%/names.c %D%/operator.c %D%/parse.c %D%/program.c \
  %D%/program.h %D%/scalar.c %D%/scalar.h
