## Programs that measure. `make bench` runs them; nothing else builds them.
BENCHES =
EXTRA_PROGRAMS += $(BENCHES)

BENCHES += bench/bench_mlp
bench_bench_mlp_SOURCES = %D%/bench_mlp.c
bench_bench_mlp_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/plugins/mlp $(OPENBLAS_CFLAGS)
bench_bench_mlp_LDADD = plugins/mlp/libmlp.la libproda.la $(OPENBLAS_LIBS) -lm
