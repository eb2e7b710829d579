libproda_la_SOURCES += %D%/bench.c %D%/bench.h %D%/change.c %D%/change.h %D%/check.h %D%/child.c %D%/child.h \
  %D%/choices.c %D%/conformance.c %D%/conformance.h %D%/difference.c %D%/difference.h \
  %D%/emulator_borrowed.c %D%/emulator_create.c %D%/emulator_determinism.c \
  %D%/emulator_memory.c %D%/emulator_rig.c %D%/emulator_rig.h %D%/emulator_rows.c \
  %D%/emulator_save.c %D%/finding.c %D%/finding.h %D%/model_balance.c %D%/model_borrowed.c \
  %D%/model_checks.h %D%/model_create.c %D%/model_determinism.c %D%/model_finite.c \
  %D%/model_formulas.c %D%/model_fractions.c %D%/model_instances.c %D%/model_lanes.c \
  %D%/model_life.c %D%/model_linear.c %D%/model_measures.c %D%/model_memory.c \
  %D%/model_months.c %D%/model_optional.c %D%/model_outputs.c %D%/model_pools.c \
  %D%/model_prescribed.c %D%/model_ranges.c %D%/model_site.c %D%/model_slopes.c \
  %D%/model_speed.c %D%/model_steady.c %D%/model_tangent.c %D%/model_transport.c \
  %D%/model_unused.c %D%/place.c %D%/rig.c %D%/rig.h %D%/room.c %D%/room.h \
  %D%/sampler_checkpoint.c %D%/sampler_create.c %D%/sampler_end.c %D%/sampler_keys.c \
  %D%/sampler_memory.c %D%/sampler_order.c %D%/sampler_rig.c %D%/sampler_rig.h \
  %D%/sampler_steps.c %D%/sampler_target.c %D%/solving.c %D%/solving.h
