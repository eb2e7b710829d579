nobase_dist_pkgdata_DATA = %D%/demo/experiment.yaml %D%/world/clm5.yaml %D%/world/clm5-full.yaml
