libproda_la_SOURCES += \
  %D%/farm.c \
  %D%/farm.h \
  %D%/line.h \
  %D%/member.c \
  %D%/member.h \
  %D%/worker.c
