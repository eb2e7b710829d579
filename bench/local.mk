## Programs that measure. `make bench` runs them; nothing else builds them.
BENCHES =
EXTRA_PROGRAMS += $(BENCHES)

BENCHES += bench/bench_mlp
bench_bench_mlp_SOURCES = %D%/bench_mlp.c
bench_bench_mlp_LDADD = plugins/mlp/libmlp.la libproda.la $(OPENBLAS_LIBS) -lm

BENCHES += bench/bench_structures
bench_bench_structures_SOURCES = %D%/bench_structures.c %D%/bench.h %D%/structures.h
bench_bench_structures_LDADD = libproda.la $(LAPACKE_LIBS) $(OPENBLAS_LIBS) -lm

BENCHES += bench/bench_draws
bench_bench_draws_SOURCES = %D%/bench_draws.c %D%/bench.h %D%/structures.h
bench_bench_draws_LDADD = libproda.la -lm

BENCHES += bench/bench_newton
bench_bench_newton_SOURCES = %D%/bench_newton.c %D%/bench.h %D%/structures.h
bench_bench_newton_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
bench_bench_newton_LDADD = libproda.la -lm

BENCHES += bench/bench_courses
bench_bench_courses_SOURCES = %D%/bench_courses.c %D%/bench.h %D%/structures.h
bench_bench_courses_LDADD = libproda.la -lm

BENCHES += bench/bench_sampler
bench_bench_sampler_SOURCES = %D%/bench_sampler.c %D%/bench.h
bench_bench_sampler_LDADD = samplers/adaptive_metropolis/libadaptive_metropolis.la libproda.la \
  $(SLEEF_LIBS) -lm

BENCHES += bench/bench_workers
bench_bench_workers_SOURCES = %D%/bench_workers.c %D%/bench.h
bench_bench_workers_LDADD = libproda.la -lm

# `column` of the tests is the one structure whose nonlinear pools are transported.
bench: all $(BENCHES) tests/structures/column/column.la
	@for program in $(BENCHES); do \
	  echo "== $$program"; \
	  $(AM_TESTS_ENVIRONMENT) \
	  PRODA_PLUGIN_PATH="$$PRODA_PLUGIN_PATH:$(abs_builddir)/tests/structures" taskset -c 1 ./$$program || exit 1; \
	done
.PHONY: bench
