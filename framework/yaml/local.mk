libproda_la_SOURCES += %D%/access.c %D%/graft.c %D%/keyed.c %D%/nearest.c %D%/tree.h %D%/yaml.c %D%/yaml.h
