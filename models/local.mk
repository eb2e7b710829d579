## A structure is a folder: delete it and its line here, and it is gone.
include $(top_srcdir)/models/fragments/local.mk
include $(top_srcdir)/models/clm5/local.mk
include $(top_srcdir)/models/compas/local.mk
include $(top_srcdir)/models/mimics/local.mk
include $(top_srcdir)/models/millennial2/local.mk
include $(top_srcdir)/models/mend/local.mk
include $(top_srcdir)/models/century/local.mk
include $(top_srcdir)/models/corpse/local.mk
include $(top_srcdir)/models/rothc/local.mk
