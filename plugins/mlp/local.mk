## The network of the study. Kernels are compiled twice, for float and for double.
# A -O2 of the user comes later on the line; these stay.
MLP_CFLAGS = $(PLUGIN_CFLAGS) $(VECTOR_CFLAGS)
MLP_CPPFLAGS = $(AM_CPPFLAGS) -I%D% $(OPENBLAS_CFLAGS)
MLP_KERNELS = %D%/engine.c %D%/engine.h %D%/loss.c %D%/loss.h %D%/network.c %D%/network.h \
  %D%/optimizer.c %D%/optimizer.h %D%/real.h %D%/settings.h %D%/shape.h %D%/trainer.c \
  %D%/trainer.h

noinst_LTLIBRARIES += %D%/libmlp_float.la %D%/libmlp_double.la %D%/libmlp.la
%C%_libmlp_float_la_SOURCES = $(MLP_KERNELS)
%C%_libmlp_float_la_CPPFLAGS = $(MLP_CPPFLAGS)
%C%_libmlp_float_la_CFLAGS = $(MLP_CFLAGS)
%C%_libmlp_double_la_SOURCES = $(MLP_KERNELS)
%C%_libmlp_double_la_CPPFLAGS = $(MLP_CPPFLAGS) -DMLP_DOUBLE
%C%_libmlp_double_la_CFLAGS = $(MLP_CFLAGS)

# Everything of the plugin, for the module, its tests and its bench.
%C%_libmlp_la_SOURCES = %D%/loss_value.c %D%/mlp.c %D%/shape.c
nodist_%C%_libmlp_la_SOURCES = %D%/mlp.names.h
%C%_libmlp_la_CPPFLAGS = $(MLP_CPPFLAGS)
%C%_libmlp_la_CFLAGS = $(PLUGIN_CFLAGS)
%C%_libmlp_la_LIBADD = %D%/libmlp_float.la %D%/libmlp_double.la
$(%C%_libmlp_la_OBJECTS): %D%/mlp.names.h

plugin_LTLIBRARIES += %D%/mlp.la
%C%_mlp_la_SOURCES =
%C%_mlp_la_LDFLAGS = $(PLUGIN_LINK)
%C%_mlp_la_LIBADD = %D%/libmlp.la $(OPENBLAS_LIBS) -lm
dist_plugin_DATA += %D%/mlp.yaml
PLUGIN_NAMES += %D%/mlp.names.h
EXTRA_DIST += %D%/mlp.md
