# PRODA_MPI: --with-mpi lets `mpirun proda run` share sites out over ranks. The mpicc on the path is
# asked first: on a cluster it is the one of the module that the user loaded.
AC_DEFUN([PRODA_MPI], [
  AC_ARG_WITH([mpi],
    [AS_HELP_STRING([--with-mpi], [work as several ranks under mpirun or srun (Open MPI; default: no)])],
    [], [with_mpi=no])
  AC_ARG_VAR([MPICC], [Open MPI's compiler wrapper, asked for its flags only])
  MPI_CFLAGS= MPI_LIBS=
  AS_IF([test "x$with_mpi" != xno], [
    AC_CHECK_PROGS([MPICC], [mpicc])
    AS_IF([test -n "$MPICC" && MPI_CFLAGS=`$MPICC --showme:compile 2>/dev/null` &&
           MPI_LIBS=`$MPICC --showme:link 2>/dev/null`], [],
      [PKG_CHECK_MODULES([MPI], [ompi-c], [], [
        AC_MSG_ERROR([--with-mpi: neither Open MPI's mpicc nor its ompi-c.pc found: install libopenmpi-dev and openmpi-bin, or configure without --with-mpi])])])
    proda_saved_CPPFLAGS=$CPPFLAGS proda_saved_LIBS=$LIBS
    CPPFLAGS="$CPPFLAGS $MPI_CFLAGS" LIBS="$LIBS $MPI_LIBS"
    AC_MSG_CHECKING([whether MPI links])
    AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <mpi.h>]], [[MPI_Init(0, 0); return MPI_Finalize();]])],
      [AC_MSG_RESULT([yes])],
      [AC_MSG_RESULT([no])
       AC_MSG_ERROR([--with-mpi: a program with MPI does not link; see config.log])])
    CPPFLAGS=$proda_saved_CPPFLAGS LIBS=$proda_saved_LIBS])
  AC_SUBST([MPI_CFLAGS])
  AS_IF([test "x$with_mpi" = xno], [MPIRUN=], [AC_PATH_PROG([MPIRUN], [mpirun])]) # for tests
  AC_SUBST([MPIRUN])
  AC_SUBST([MPI_LIBS])
  AM_CONDITIONAL([MPI], [test "x$with_mpi" != xno])
])
