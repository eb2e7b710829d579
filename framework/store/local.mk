libproda_la_SOURCES += %D%/digest.c %D%/digest.h %D%/forcing.h %D%/ncfile.h %D%/provenance.h
