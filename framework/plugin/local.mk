libproda_la_SOURCES += %D%/expression.h %D%/loader.h %D%/manifest.h
