bin_PROGRAMS += proda
proda_SOURCES = %D%/main.c %D%/cli.h
proda_LDADD = libproda.la
