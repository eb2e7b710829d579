## Man pages, made from the program's own help: one for proda, one for each command.
MAN_COMMANDS = list new describe check header source build simulate synth run prepare calibrate screen train map compare report status why
MAN_PAGES = doc/proda.1 $(MAN_COMMANDS:%=doc/proda-%.1)
nodist_man_MANS = $(MAN_PAGES)
CLEANFILES += $(MAN_PAGES)
EXTRA_DIST += doc/man.awk doc/bench.md doc/cluster.md doc/components.md doc/experiment.md doc/formulas.md doc/inputs.md doc/ledger.md doc/new-structure.md doc/plugins.md doc/report.md doc/running.md doc/security.md doc/simulate.md doc/maps.png \
  doc/decisions

$(MAN_PAGES): doc/man.awk $(proda_SOURCES) | proda$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) doc; \
	command=`echo $(@F) | sed -e 's/^proda-*//; s/\.1$$//'`; \
	summary=`./proda$(EXEEXT) --help | sed -n "s/^  $$command  *//p" | head -n 1`; \
	test -n "$$command" || summary='calibrates soil-carbon structures and maps them'; \
	./proda$(EXEEXT) $$command --help | \
	  $(AWK) -v command="$$command" -v summary="$$summary" -v version='$(PACKAGE_VERSION)' \
	    -f $(top_srcdir)/doc/man.awk >$@.tmp && mv $@.tmp $@
