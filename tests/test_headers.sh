#!/bin/sh
# Every header for plugins (in $PRODA_INCLUDE_PATH where it is set) compiles alone and strictly, as C11 and as C++
# (those with lanes as GNU C and C++).
set -eu
include=${PRODA_INCLUDE_PATH:-$srcdir/framework/include}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for header in "$include"/proda/*.h; do
  name=$(basename "$header")
  echo "#include <proda/$name>" >"$work/one.c"
  echo "int proda_header_test; " >>"$work/one.c"
  cp "$work/one.c" "$work/one.cc"
  case $name in
  lane.h | model.h | soil.h) c=gnu11 cxx=gnu++17 extra=-Wno-psabi ;;
  *) c=c11 cxx=c++17 extra=-Wpedantic ;;
  esac
  for compiler in "${CC:-cc} -std=$c $work/one.c" "${CXX:-c++} -std=$cxx $work/one.cc"; do
    # shellcheck disable=SC2086
    ${compiler% *} $extra -Wall -Wextra -Werror -Wshadow -fsyntax-only \
      -I"$include" "${compiler##* }" ||
      { echo "$name does not compile: $compiler" >&2; exit 1; }
  done
done
