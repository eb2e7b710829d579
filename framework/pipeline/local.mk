libproda_la_SOURCES += \
  %D%/bulk_density.c %D%/bulk_density.h \
  %D%/calibrate.c %D%/calibrate_store.c %D%/calibrate_store.h \
  %D%/chains.c %D%/chains.h \
  %D%/covariates.c %D%/covariates.h \
  %D%/encoder.h %D%/encoder_store.c \
  %D%/environment.c %D%/environment.h \
  %D%/experiment.c %D%/experiment.h %D%/experiment_reader.h \
  %D%/experiment_stages.c %D%/experiment_structures.c \
  %D%/evaluation.c %D%/evaluation.h \
  %D%/inputs.c %D%/inputs.h \
  %D%/layers.c %D%/layers.h \
  %D%/map.c %D%/map_grid.c %D%/map_store.c %D%/map_store.h \
  %D%/observation.c %D%/observation.h \
  %D%/posterior.c %D%/posterior.h \
  %D%/prepare.c %D%/prepare.h %D%/prepare_store.c \
  %D%/predictor.c %D%/predictor.h %D%/predictor_private.h %D%/predictor_store.c \
  %D%/prepared.c %D%/prepared.h \
  %D%/profiles.c %D%/profiles.h \
  %D%/simulate.c %D%/simulate.h \
  %D%/screen.c \
  %D%/sites.c %D%/sites.h \
  %D%/space.c %D%/space.h \
  %D%/split.c %D%/split.h \
  %D%/stage.c %D%/stage.h \
  %D%/synth.c %D%/synth.h %D%/synth_files.h %D%/synth_grid.c %D%/synth_profiles.c \
  %D%/synth_truth.c %D%/synth_world.c %D%/synth_world.h \
  %D%/train.c %D%/train_store.c %D%/train_store.h
