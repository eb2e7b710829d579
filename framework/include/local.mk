prodaincludedir = $(includedir)/proda
prodainclude_HEADERS = %D%/proda/emulator.h %D%/proda/lane.h %D%/proda/model.h \
  %D%/proda/plugin.h %D%/proda/random.h %D%/proda/sampler.h \
  %D%/proda/soil.h %D%/proda/status.h
