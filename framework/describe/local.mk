libproda_la_SOURCES += \
  %D%/describe.h \
  %D%/dot.c \
  %D%/markdown.c \
  %D%/outline.c \
  %D%/outline.h \
  %D%/phrases.c \
  %D%/text.c
