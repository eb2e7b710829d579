bin_PROGRAMS += proda
proda_SOURCES = %D%/main.c %D%/cli.h \
  %D%/calibrate.c \
  %D%/check.c \
  %D%/describe.c \
  %D%/header.c \
  %D%/list.c \
  %D%/simulate.c \
  %D%/stages.c %D%/stages.h \
  %D%/train.c
proda_LDADD = libproda.la
