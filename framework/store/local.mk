libproda_la_SOURCES += %D%/csv.c %D%/csv.h %D%/digest.c %D%/digest.h %D%/forcing.c %D%/forcing.h \
  %D%/forcing_layers.c %D%/forcing_layers.h %D%/forcing_values.c %D%/forcing_values.h \
  %D%/journal.c %D%/journal.h %D%/journal_private.h %D%/journal_read.c \
  %D%/ncbounds.c %D%/ncclassic.c %D%/nccreate.c %D%/nccsv.c %D%/nccsv.h \
  %D%/ncdraft.c %D%/ncdraft.h %D%/ncfile.c %D%/ncfile.h %D%/ncguard.c %D%/ncguard.h \
  %D%/ncpack.c %D%/ncprivate.h %D%/ncread.c %D%/ncwrite.c %D%/provenance.c %D%/provenance.h \
  %D%/replace.c %D%/replace.h %D%/reserve.c %D%/reserve.h %D%/seal.c %D%/seal.h \
  %D%/sphere.c %D%/sphere.h
