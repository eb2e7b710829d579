## Sound plugins and their faulty twins, in folders twins/FAULT/PLUGIN: one source of each kind, a macro for each fault.
FAULTY = %D%/structure %D%/walker %D%/means
PLUGIN_NAMES += %D%/structure.names.h %D%/walker.names.h %D%/means.names.h
EXTRA_DIST += %D%/structure.yaml %D%/walker.yaml %D%/means.yaml %D%/structure.c %D%/walker.c %D%/means.c
check_PROGRAMS += %D%/test_faulty
check_DATA += %D%/twins.stamp
CLEANFILES += %D%/twins.stamp
FAULTY_BUILD = $(CC) $(AM_CPPFLAGS) -I%D% $(SLEEF_CFLAGS) $(CFLAGS) $(PLUGIN_CFLAGS) -O1 -fPIC -shared $(AM_LDFLAGS)

# The faults of a source are the macros that it asks for.
%D%/twins.stamp: %D%/structure.c %D%/walker.c %D%/means.c %D%/structure.names.h %D%/walker.names.h %D%/means.names.h libproda.la
	$(AM_V_GEN)for plugin in $(FAULTY); do \
	  name=`basename $$plugin`; \
	  for fault in SOUND `sed -n 's/^#ifn*def \([A-Z_]*\)$$/\1/p' $(srcdir)/$$plugin.c | sort -u`; do \
	    folder=%D%/twins/$$fault/$$name; \
	    $(MKDIR_P) $$folder && cp -f $(srcdir)/$$plugin.yaml $$folder && \
	      $(FAULTY_BUILD) -D$$fault $(srcdir)/$$plugin.c -o $$folder/$$name.so -L.libs -lproda $(SLEEF_LIBS) -lm || exit 1; \
	  done; \
	done
	$(AM_V_at)echo done >$@
clean-local: clean-faulty
clean-faulty:
	rm -rf %D%/twins
.PHONY: clean-faulty
