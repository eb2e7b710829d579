bin_PROGRAMS += proda
proda_SOURCES = %D%/main.c %D%/cli.h %D%/header.c
proda_LDADD = libproda.la
