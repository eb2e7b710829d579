libproda_la_SOURCES += \
  %D%/calibrate.c %D%/calibrate_store.c %D%/calibrate_store.h \
  %D%/chains.c %D%/chains.h \
  %D%/experiment.h \
  %D%/inputs.c %D%/inputs.h \
  %D%/observation.c %D%/observation.h \
  %D%/posterior.c %D%/posterior.h \
  %D%/prepared.c %D%/prepared.h \
  %D%/sites.c %D%/sites.h \
  %D%/space.c %D%/space.h \
  %D%/stage.c %D%/stage.h
