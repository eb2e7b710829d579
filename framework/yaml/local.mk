libproda_la_SOURCES += %D%/yaml.h
