libproda_la_SOURCES += %D%/bounds.c %D%/bounds.h %D%/build.c %D%/build.h %D%/builtin.c \
  %D%/builtin.h %D%/builtin_axis.c %D%/builtin_choice.c %D%/derive.c %D%/emit.h %D%/emit_body.c \
  %D%/emit_declare.c %D%/emit_derive.c %D%/emit_function.c %D%/emit_identifier.c %D%/emit_line.c \
  %D%/emit_load.c %D%/emit_model.c %D%/emit_months.c %D%/emit_names.c %D%/emit_plan.c \
  %D%/emit_rows.c %D%/emit_text.c %D%/emit_variant.c %D%/emit_variant.h %D%/evaluate.c \
  %D%/expression.h %D%/graph.c %D%/graph.h %D%/graph_axis.c %D%/graph_list.h %D%/lower.c \
  %D%/lower.h %D%/names.c %D%/operator.c %D%/parse.c %D%/periodic.c %D%/program.c %D%/program.h \
  %D%/provable.c %D%/scalar.c %D%/scalar.h %D%/scan.c %D%/scan.h %D%/simplify.c %D%/source.h \
  %D%/targets.c %D%/variants.c

## What a structure of formulas is made anew for.
EMITTER = %D%/builtin.c %D%/builtin_axis.c %D%/builtin_choice.c %D%/derive.c %D%/emit_body.c \
  %D%/emit_declare.c %D%/emit_derive.c %D%/emit_function.c %D%/emit_identifier.c %D%/emit_line.c \
  %D%/emit_load.c %D%/emit_model.c %D%/emit_months.c %D%/emit_names.c %D%/emit_plan.c \
  %D%/emit_rows.c %D%/emit_text.c %D%/emit_variant.c %D%/graph.c %D%/graph_axis.c %D%/lower.c \
  %D%/periodic.c %D%/program.c %D%/simplify.c %D%/targets.c %D%/variants.c
