nobase_dist_pkgdata_DATA = examples/demo/experiment.yaml examples/world/clm5.yaml \
  examples/world/clm5-full.yaml \
  examples/world/convergence.yaml

## The main job on the embedded world; its stores stand in demo/output of the build directory.
demo: all
	@$(MKDIR_P) demo
	@cp $(top_srcdir)/examples/demo/experiment.yaml demo/experiment.yaml
	@chmod u+w demo/experiment.yaml
	@$(AM_TESTS_ENVIRONMENT) ./proda$(EXEEXT) run demo/experiment.yaml
	@echo "Made $(abs_builddir)/demo/output: prepare.nc and, in clm5/, calibrate.nc, screen.nc, train.nc, map.nc."
	@echo "Look at them with ncdump -h, ncview or any NetCDF tool; experiment: $(abs_builddir)/demo/experiment.yaml"
clean-demo:
	rm -rf demo
.PHONY: demo clean-demo
