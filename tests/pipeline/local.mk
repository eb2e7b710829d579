check_PROGRAMS += %D%/test_covariates %D%/test_evaluation %D%/test_split %D%/test_train
TESTS += %D%/test_covariates %D%/test_evaluation %D%/test_split %D%/test_train
%C%_test_covariates_SOURCES = %D%/test_covariates.c
%C%_test_covariates_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_covariates_CFLAGS = $(TEST_CFLAGS)
%C%_test_covariates_LDADD = $(TEST_LIBS)
%C%_test_split_SOURCES = %D%/test_split.c
%C%_test_split_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_split_CFLAGS = $(TEST_CFLAGS)
%C%_test_split_LDADD = $(TEST_LIBS)
pipeline_tests = %D%/test_bulk_density %D%/test_layers %D%/test_profiles %D%/test_synth \
  %D%/test_map
check_PROGRAMS += $(pipeline_tests)
TESTS += $(pipeline_tests)

%C%_test_bulk_density_SOURCES = %D%/test_bulk_density.c
%C%_test_bulk_density_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_bulk_density_CFLAGS = $(TEST_CFLAGS)
%C%_test_bulk_density_LDADD = $(TEST_LIBS)

%C%_test_layers_SOURCES = %D%/test_layers.c
%C%_test_layers_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_layers_CFLAGS = $(TEST_CFLAGS)
%C%_test_layers_LDADD = $(TEST_LIBS)

%C%_test_profiles_SOURCES = %D%/test_profiles.c
%C%_test_profiles_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_profiles_CFLAGS = $(TEST_CFLAGS)
%C%_test_profiles_LDADD = $(TEST_LIBS)

check_PROGRAMS += %D%/test_experiment
TESTS += %D%/test_experiment
%C%_test_experiment_SOURCES = %D%/test_experiment.c
%C%_test_experiment_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_experiment_CFLAGS = $(TEST_CFLAGS)
%C%_test_experiment_LDADD = $(TEST_LIBS)
check_PROGRAMS += %D%/test_observation
TESTS += %D%/test_observation
%C%_test_observation_SOURCES = %D%/test_observation.c
%C%_test_observation_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_observation_CFLAGS = $(TEST_CFLAGS)
%C%_test_observation_LDADD = $(TEST_LIBS)
%C%_test_train_SOURCES = %D%/test_train.c
%C%_test_train_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_train_CFLAGS = $(TEST_CFLAGS)
%C%_test_train_LDADD = $(TEST_LIBS)

%C%_test_synth_SOURCES = %D%/test_synth.c
%C%_test_synth_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_synth_CFLAGS = $(TEST_CFLAGS)
%C%_test_synth_LDADD = $(TEST_LIBS)
%C%_test_evaluation_SOURCES = %D%/test_evaluation.c
%C%_test_evaluation_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_evaluation_CFLAGS = $(TEST_CFLAGS)
%C%_test_evaluation_LDADD = $(TEST_LIBS)

%C%_test_map_SOURCES = %D%/test_map.c
%C%_test_map_CPPFLAGS = $(TEST_CPPFLAGS)
%C%_test_map_CFLAGS = $(TEST_CFLAGS)
%C%_test_map_LDADD = $(TEST_LIBS)
