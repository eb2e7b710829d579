## Fragments, which manifests include. In the build tree they are linked beside the structures' folders, so that
## the build tree's plugins are found as installed ones are.
FRAGMENTS = %D%/litter_vr.yaml %D%/soil_vr.yaml
fragmentdir = $(plugindir)/fragments
dist_fragment_DATA = $(FRAGMENTS)
noinst_DATA += %D%/linked.stamp
CLEANFILES += %D%/linked.stamp
%D%/linked.stamp: $(FRAGMENTS)
	$(AM_V_GEN)$(MKDIR_P) $(@D)
	$(AM_V_at)for fragment in $(FRAGMENTS); do \
	  test -e $$fragment || $(LN_S) $(abs_srcdir)/$$fragment $$fragment || exit 1; \
	done
	$(AM_V_at)echo done >$@
