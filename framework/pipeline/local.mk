libproda_la_SOURCES += %D%/experiment.h %D%/stage.h
libproda_la_SOURCES += %D%/observation.c %D%/observation.h
