libproda_la_SOURCES += %D%/bounds.c %D%/bounds.h %D%/build.c %D%/build.h %D%/builtin.c %D%/derive.c %D%/emit.h %D%/emit_body.c %D%/emit_model.c \
  %D%/emit_names.c %D%/emit_plan.c %D%/emit_text.c %D%/emit_variant.c %D%/evaluate.c \
  %D%/expression.h %D%/graph.c %D%/graph.h %D%/lower.c %D%/lower.h %D%/names.c %D%/operator.c \
  %D%/parse.c %D%/periodic.c %D%/program.c %D%/program.h %D%/provable.c %D%/scalar.c %D%/scalar.h %D%/source.h %D%/targets.c %D%/variants.c

## What a structure of formulas is made anew for.
EMITTER = %D%/builtin.c %D%/derive.c %D%/emit_body.c %D%/emit_model.c %D%/emit_names.c \
  %D%/emit_plan.c %D%/emit_text.c %D%/emit_variant.c %D%/graph.c %D%/lower.c %D%/periodic.c %D%/program.c \
  %D%/targets.c %D%/variants.c
