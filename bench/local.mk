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

BENCHES += bench/bench_courses
bench_bench_courses_SOURCES = %D%/bench_courses.c %D%/bench.h %D%/structures.h
bench_bench_courses_LDADD = libproda.la -lm

BENCHES += bench/bench_sampler
bench_bench_sampler_SOURCES = %D%/bench_sampler.c %D%/bench.h
bench_bench_sampler_LDADD = samplers/adaptive_metropolis/libadaptive_metropolis.la libproda.la \
  $(SLEEF_LIBS) -lm

bench: all $(BENCHES)
	@for program in $(BENCHES); do \
	  echo "== $$program"; \
	  $(AM_TESTS_ENVIRONMENT) taskset -c 1 ./$$program || exit 1; \
	done
.PHONY: bench
