bin_PROGRAMS += proda
proda_SOURCES = %D%/main.c %D%/cli.h %D%/calibrate.c %D%/header.c \
  %D%/simulate.c %D%/stages.c %D%/stages.h
proda_LDADD = libproda.la
