plugin_LTLIBRARIES += %D%/clm5_formula.la
dist_plugin_DATA += %D%/clm5_formula.yaml
PLUGIN_FORMULAS += %D%/clm5_formula.formulas.c
nodist_%C%_clm5_formula_la_SOURCES = %D%/clm5_formula.formulas.c
%C%_clm5_formula_la_CFLAGS = $(PLUGIN_CFLAGS) $(SLEEF_CFLAGS)
%C%_clm5_formula_la_LDFLAGS = $(PLUGIN_LINK)
%C%_clm5_formula_la_LIBADD = libproda.la $(SLEEF_LIBS) -lm
