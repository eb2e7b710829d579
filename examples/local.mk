nobase_dist_pkgdata_DATA = examples/demo/experiment.yaml examples/structures/experiment.yaml \
  examples/world/clm5.yaml \
  examples/world/clm5-full.yaml examples/world/convergence.yaml \
  examples/millennial_vr/README.md examples/millennial_vr/experiment.yaml \
  examples/millennial_vr/millennial_vr.yaml examples/millennial_vr/world.yaml

## The main job on the embedded world; its stores and page stand in demo/output of the build directory.
demo: all
	@$(MKDIR_P) demo
	@cp $(top_srcdir)/examples/demo/experiment.yaml demo/experiment.yaml
	@chmod u+w demo/experiment.yaml
	@$(AM_TESTS_ENVIRONMENT) ./proda$(EXEEXT) run demo/experiment.yaml
	@echo "Stores, for ncdump -h or any NetCDF tool: $(abs_builddir)/demo/output; experiment: $(abs_builddir)/demo/experiment.yaml"
	@echo "Open in a browser: $(abs_builddir)/demo/output/report.html"
clean-demo:
	rm -rf demo
.PHONY: demo clean-demo
