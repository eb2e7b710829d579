## The report's page: a template, its style and scripts, and Vega. `proda report` puts them into one file.
reportdir = $(pkgdatadir)/report
dist_report_DATA = %D%/page.html %D%/page.css %D%/data.js %D%/world.js %D%/style.js %D%/stats.js %D%/maps.js %D%/components.js \
  %D%/curves.js %D%/sites.js %D%/checks.js %D%/figures.js %D%/answer.js %D%/tables.js %D%/dom.js \
  %D%/page.js %D%/render.js %D%/land.json
EXTRA_DIST += %D%/bundle.sh %D%/vega.license %D%/README.md

if HAVE_VEGA
nodist_report_DATA = %D%/vega.js
CLEANFILES += %D%/vega.js
%D%/vega.js: %D%/bundle.sh %D%/vega.license
	$(AM_V_GEN)$(MKDIR_P) $(@D)
	$(AM_V_at)$(SHELL) $(srcdir)/%D%/bundle.sh '$(VEGA_DIR)' >$@.tmp && mv $@.tmp $@
endif
