## Memory errors and leaks: tests of what reads files, texts and plugins under valgrind's memcheck. In a build of its
## own, valgrind/, for a processor that valgrind 3.19 knows: it has no AVX-512.
VALGRIND_TESTS = tests/core/test_trust tests/core/test_words tests/yaml/test_yaml \
  tests/plugin/test_include tests/plugin/test_manifest tests/plugin/test_search tests/plugin/test_loader \
  tests/formula/test_expression tests/formula/test_faults tests/describe/test_describe \
  tests/stats/test_summary tests/stats/test_diagnostics tests/store/test_journal \
  tests/store/test_ncdraft tests/store/test_ncfile tests/store/test_provenance \
  tests/pipeline/test_experiment tests/pipeline/test_profiles tests/pipeline/test_report_json \
  tests/fuzz/replay_manifest tests/fuzz/replay_experiment
VALGRIND = valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,possible \
  --errors-for-leak-kinds=definite,possible --child-silent-after-fork=yes \
  --suppressions=$(abs_srcdir)/%D%/libraries.supp
EXTRA_DIST += %D%/libraries.supp

check-valgrind:
	@command -v valgrind >/dev/null || { echo 'check-valgrind: valgrind is absent' >&2; exit 1; }
	@case `uname -m` in x86_64) arch=x86-64-v3 ;; *) arch=none ;; esac; \
	test -f valgrind/Makefile || { $(MKDIR_P) valgrind && cd valgrind && \
	  $(abs_srcdir)/configure --quiet --with-arch=$$arch CC='$(CC)' CFLAGS='-g -O1'; }
	$(MAKE) -C valgrind check check_PROGRAMS='$(VALGRIND_TESTS)' TESTS='$(VALGRIND_TESTS)' \
	  LOG_COMPILER='./libtool --mode=execute $(VALGRIND)'
.PHONY: check-valgrind
