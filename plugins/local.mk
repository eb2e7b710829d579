## A plugin is a folder: delete it and its line here, and it is gone.
include $(top_srcdir)/plugins/mlp/local.mk
