libproda_la_SOURCES += \
  %D%/assistant.c \
  %D%/captain.c \
  %D%/crew.c \
  %D%/crew.h \
  %D%/farm.c \
  %D%/farm.h \
  %D%/line.h \
  %D%/member.c \
  %D%/member.h \
  %D%/ranks.h \
  %D%/worker.c

if MPI
libproda_la_SOURCES += %D%/crew_mpi.c
else
libproda_la_SOURCES += %D%/crew_alone.c
endif
