# How proda is compiled: architecture, sanitizers, warnings, fuzzer; how it compiles plugins.

# PRODA_ARCH: --with-arch=NAME becomes -march=NAME for host and plugins.
AC_DEFUN([PRODA_ARCH], [
  AC_ARG_WITH([arch],
    [AS_HELP_STRING([--with-arch=NAME], [instruction set, as in -march=NAME (default: native; 'none' leaves it to CFLAGS)])],
    [], [with_arch=native])
  ARCH_CFLAGS=
  AS_IF([test "x$with_arch" != xnone && test "x$with_arch" != xno], [
    proda_saved_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS -march=$with_arch"
    AC_MSG_CHECKING([whether $CC accepts -march=$with_arch])
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM()], [
      AC_MSG_RESULT([yes])
      ARCH_CFLAGS="-march=$with_arch"], [
      AC_MSG_RESULT([no])
      AC_MSG_ERROR([--with-arch=$with_arch: the compiler does not know this architecture])])
    CFLAGS=$proda_saved_CFLAGS])
  AC_SUBST([ARCH_CFLAGS])
])

# PRODA_SANITIZE: --enable-sanitizers builds everything with ASan and UBSan.
AC_DEFUN([PRODA_SANITIZE], [
  AC_ARG_ENABLE([sanitizers],
    [AS_HELP_STRING([--enable-sanitizers], [build with AddressSanitizer and UndefinedBehaviorSanitizer])],
    [], [enable_sanitizers=no])
  SANITIZE_CFLAGS=
  AS_IF([test "x$enable_sanitizers" = xyes],
    [SANITIZE_CFLAGS="-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer"])
  AC_SUBST([SANITIZE_CFLAGS])
  AM_CONDITIONAL([SANITIZERS], [test "x$enable_sanitizers" = xyes])
])

# PRODA_WARNINGS: --enable-werror for CI.
AC_DEFUN([PRODA_WARNINGS], [
  AC_ARG_ENABLE([werror], [AS_HELP_STRING([--enable-werror], [treat warnings as errors])],
    [], [enable_werror=no])
  WARN_CFLAGS="-Wall -Wextra -Wshadow -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wno-psabi"
  AS_IF([test "x$enable_werror" = xyes], [WARN_CFLAGS="$WARN_CFLAGS -Werror"])
  AC_SUBST([WARN_CFLAGS])
])

# PRODA_VECTORIZE: VECTOR_CFLAGS, by which GCC vectorises kernels at any level; others need no word.
AC_DEFUN([PRODA_VECTORIZE], [
  VECTOR_CFLAGS="-ftree-vectorize -fvect-cost-model=dynamic"
  proda_saved_CFLAGS=$CFLAGS
  CFLAGS="$CFLAGS -Werror $VECTOR_CFLAGS"
  AC_MSG_CHECKING([whether $CC accepts $VECTOR_CFLAGS])
  AC_COMPILE_IFELSE([AC_LANG_PROGRAM()], [AC_MSG_RESULT([yes])], [
    AC_MSG_RESULT([no])
    VECTOR_CFLAGS=])
  CFLAGS=$proda_saved_CFLAGS
  AC_SUBST([VECTOR_CFLAGS])
])

# PRODA_FUZZER: --enable-fuzzers builds libFuzzer targets (needs CC=clang).
AC_DEFUN([PRODA_FUZZER], [
  AC_ARG_ENABLE([fuzzers], [AS_HELP_STRING([--enable-fuzzers], [build libFuzzer targets (CC=clang)])],
    [], [enable_fuzzers=no])
  AS_IF([test "x$enable_fuzzers" = xyes],
    [SANITIZE_CFLAGS="$SANITIZE_CFLAGS -fsanitize=fuzzer-no-link"])
  AM_CONDITIONAL([FUZZERS], [test "x$enable_fuzzers" = xyes])
])

# PRODA_BUILD: the command of `proda build`, as C strings; quotes in it stay.
AC_DEFUN([PRODA_BUILD], [
  PRODA_DEFINE_TEXT([PRODA_BUILD_CC], [$CC], [The compiler of plugins.])
  PRODA_DEFINE_TEXT([PRODA_BUILD_CFLAGS], [$CFLAGS $ARCH_CFLAGS $SANITIZE_CFLAGS], [Its flags.])
  PRODA_DEFINE_TEXT([PRODA_BUILD_LIBS], [$SLEEF_LIBS -lm], [What plugins are linked with.])
])

# PRODA_DEFINE_TEXT(NAME, TEXT, WHAT): a C string of config.h.
AC_DEFUN([PRODA_DEFINE_TEXT], [
  proda_text=`AS_ECHO(["$2"]) | sed 's/@<:@\\\\"@:>@/\\\\&/g'`
  AC_DEFINE_UNQUOTED([$1], ["$proda_text"], [$3])
])
