## The network of the study. Kernels are compiled twice, for float and for double.
# A -O2 of the user comes later on the line; these two stay.
MLP_VECTOR = -ftree-vectorize -fvect-cost-model=dynamic
noinst_LTLIBRARIES += plugins/mlp/libmlp_float.la plugins/mlp/libmlp_double.la \
  plugins/mlp/libmlp.la
mlp_kernels = %D%/engine.c %D%/engine.h %D%/loss.c %D%/loss.h %D%/network.c %D%/network.h \
  %D%/optimizer.c %D%/optimizer.h %D%/real.h %D%/settings.h %D%/shape.h %D%/trainer.c \
  %D%/trainer.h

plugins_mlp_libmlp_float_la_SOURCES = $(mlp_kernels)
plugins_mlp_libmlp_float_la_CPPFLAGS = $(AM_CPPFLAGS) $(OPENBLAS_CFLAGS)
plugins_mlp_libmlp_float_la_CFLAGS = $(PLUGIN_CFLAGS) $(MLP_VECTOR)
plugins_mlp_libmlp_double_la_SOURCES = $(mlp_kernels)
plugins_mlp_libmlp_double_la_CPPFLAGS = $(AM_CPPFLAGS) $(OPENBLAS_CFLAGS) -DMLP_DOUBLE
plugins_mlp_libmlp_double_la_CFLAGS = $(PLUGIN_CFLAGS) $(MLP_VECTOR)

# Everything of the plugin, for the module and for its tests and bench.
plugins_mlp_libmlp_la_SOURCES = %D%/loss_value.c %D%/mlp.c %D%/shape.c
nodist_plugins_mlp_libmlp_la_SOURCES = %D%/mlp.names.h
plugins_mlp_libmlp_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_builddir)/%D% $(OPENBLAS_CFLAGS)
plugins_mlp_libmlp_la_CFLAGS = $(PLUGIN_CFLAGS)
plugins_mlp_libmlp_la_LIBADD = plugins/mlp/libmlp_float.la plugins/mlp/libmlp_double.la

plugin_LTLIBRARIES += plugins/mlp/mlp.la
plugins_mlp_mlp_la_SOURCES =
plugins_mlp_mlp_la_LDFLAGS = $(PLUGIN_LINK)
plugins_mlp_mlp_la_LIBADD = plugins/mlp/libmlp.la libproda.la $(OPENBLAS_LIBS) -lm
dist_plugin_DATA += %D%/mlp.yaml
EXTRA_DIST += %D%/mlp.md
BUILT_SOURCES += %D%/mlp.names.h
CLEANFILES += %D%/mlp.names.h
