libproda_la_SOURCES += %D%/arena.c %D%/arena.h %D%/bits.h %D%/clock.c %D%/clock.h %D%/file.c %D%/file.h \
  %D%/guard.c %D%/guard.h %D%/installed.c %D%/installed.h %D%/mixing.c %D%/months.c %D%/process.c %D%/process.h \
  %D%/random.c %D%/status.c %D%/trust.c %D%/trust.h %D%/unwritable.c %D%/unwritable.h %D%/words.c %D%/words.h
