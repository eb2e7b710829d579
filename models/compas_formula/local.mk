plugin_LTLIBRARIES += %D%/compas_formula.la
dist_plugin_DATA += %D%/compas_formula.yaml
PLUGIN_FORMULAS += %D%/compas_formula.formulas.c
nodist_%C%_compas_formula_la_SOURCES = %D%/compas_formula.formulas.c
%C%_compas_formula_la_CFLAGS = $(PLUGIN_CFLAGS) $(SLEEF_CFLAGS)
%C%_compas_formula_la_LDFLAGS = $(PLUGIN_LINK)
%C%_compas_formula_la_LIBADD = libproda.la $(SLEEF_LIBS) -lm
