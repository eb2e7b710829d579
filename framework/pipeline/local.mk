libproda_la_SOURCES += %D%/experiment.h %D%/stage.h
