## A sampler is a folder: delete it and its line here, and it is gone.
include $(top_srcdir)/samplers/adaptive_metropolis/local.mk
