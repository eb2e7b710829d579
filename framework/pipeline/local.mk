libproda_la_SOURCES += \
  %D%/calibrate.c %D%/calibrate_store.c %D%/calibrate_store.h \
  %D%/chains.c %D%/chains.h \
  %D%/covariates.c %D%/covariates.h \
  %D%/encoder.h %D%/encoder_store.c \
  %D%/experiment.h \
  %D%/inputs.c %D%/inputs.h \
  %D%/observation.c %D%/observation.h \
  %D%/posterior.c %D%/posterior.h \
  %D%/prepared.c %D%/prepared.h \
  %D%/sites.c %D%/sites.h \
  %D%/space.c %D%/space.h \
  %D%/split.c %D%/split.h \
  %D%/stage.c %D%/stage.h
