libproda_la_SOURCES += %D%/discover.c %D%/loader.c %D%/loader.h \
  %D%/manifest.c %D%/manifest.h %D%/manifest_amount.c %D%/manifest_channels.c \
  %D%/manifest_formulas.c %D%/manifest_graph.c %D%/manifest_include.c %D%/manifest_include.h \
  %D%/manifest_merge.c %D%/manifest_model.c %D%/manifest_observe.c \
  %D%/manifest_reader.h %D%/manifest_settings.c %D%/object.c %D%/object.h %D%/prior.c \
  %D%/prior.h %D%/search.c %D%/search.h %D%/settings.c %D%/sources.c %D%/sources.h %D%/template.c %D%/template.h %D%/unit.c %D%/unit.h
