bin_PROGRAMS += proda
proda_SOURCES = \
  %D%/build.c \
  %D%/calibrate.c \
  %D%/check.c \
  %D%/cli.h \
  %D%/compare.c \
  %D%/crew.c \
  %D%/crew.h \
  %D%/describe.c \
  %D%/dry_run.c \
  %D%/guarded.c \
  %D%/header.c \
  %D%/list.c \
  %D%/main.c \
  %D%/map.c \
  %D%/new.c \
  %D%/prepare.c \
  %D%/report.c \
  %D%/run.c \
  %D%/screen.c \
  %D%/simulate.c \
  %D%/source.c \
  %D%/stages.c \
  %D%/stages.h \
  %D%/status.c \
  %D%/synth.c \
  %D%/teller.c \
  %D%/teller.h \
  %D%/train.c \
  %D%/why.c
proda_LDADD = libproda.la
# A tree that was moved as a whole finds its library beside itself.
proda_LDFLAGS = $(AM_LDFLAGS) -Wl,-rpath,'$$ORIGIN/../lib'
