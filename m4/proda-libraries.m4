# PRODA_LIBRARIES: every library that proda links, each found once, here.
AC_DEFUN([PRODA_LIBRARIES], [
  PKG_CHECK_MODULES([YAML], [yaml-0.1])
  PKG_CHECK_MODULES([NETCDF], [netcdf])
  PKG_CHECK_MODULES([SLEEF], [sleef])
  PKG_CHECK_MODULES([CMINPACK], [cminpack])
  PKG_CHECK_MODULES([XXHASH], [libxxhash])
  PKG_CHECK_MODULES([OPENBLAS], [openblas])
  PKG_CHECK_MODULES([JANSSON], [jansson])
  PKG_CHECK_MODULES([LAPACKE], [lapacke])
  PRODA_LIBRARY([LTDL], [ltdl.h], [ltdl], [lt_dlopenext], [libltdl-dev])
  PRODA_LIBRARY([UDUNITS], [udunits2.h], [udunits2], [ut_parse], [libudunits2-dev])
  PRODA_LIBRARY([NVECTOR], [nvector/nvector_serial.h], [sundials_nvecserial], [N_VNew_Serial], [libsundials-dev])
  PRODA_LIBRARY([CVODE], [cvode/cvode.h], [sundials_cvode], [CVodeCreate], [libsundials-dev])
  AC_CHECK_HEADER([Random123/philox.h], [],
    [AC_MSG_ERROR([Random123/philox.h not found: install librandom123-dev])])

  # Tests and benches only.
  PKG_CHECK_MODULES([CMOCKA], [cmocka])
])

# PRODA_LIBRARY(NAME, HEADER, LIBRARY, FUNCTION, PACKAGE): a library without a .pc file.
AC_DEFUN([PRODA_LIBRARY], [
  AC_CHECK_HEADER([$2], [], [AC_MSG_ERROR([$2 not found: install $5])])
  proda_saved_LIBS=$LIBS
  AC_SEARCH_LIBS([$4], [$3], [], [AC_MSG_ERROR([lib$3 not found: install $5])])
  AS_IF([test "x$ac_cv_search_$4" = "xnone required"], [$1_LIBS=], [$1_LIBS=$ac_cv_search_$4])
  LIBS=$proda_saved_LIBS
  AC_SUBST([$1_LIBS])
])

# PRODA_VEGA: the modules of Vega, which draws the report's figures; without them there is no page.
AC_DEFUN([PRODA_VEGA], [
  AC_ARG_WITH([vega],
    [AS_HELP_STRING([--with-vega=DIR], [where vega-view.min.js and its like are (default /usr/share/javascript/vega)])],
    [VEGA_DIR=$withval], [VEGA_DIR=/usr/share/javascript/vega])
  AC_MSG_CHECKING([for Vega's modules])
  AS_IF([test -r "$VEGA_DIR/vega-view.min.js"], [
    proda_vega=yes
    AC_MSG_RESULT([$VEGA_DIR])], [
    proda_vega=no
    AC_MSG_RESULT([no])
    AS_IF([test "x$with_vega" != xno],
      [AC_MSG_WARN([no vega-view.min.js in $VEGA_DIR: 'proda report' will make no page; install libjs-vega])])])
  AC_SUBST([VEGA_DIR])
  AM_CONDITIONAL([HAVE_VEGA], [test "x$proda_vega" = xyes])
])
