libproda_la_SOURCES += %D%/correction.c %D%/course.c %D%/course.h %D%/dynamics.c %D%/dynamics.h \
  %D%/integrator.c %D%/integrator.h %D%/months.c %D%/months.h %D%/moving.h
