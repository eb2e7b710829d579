libproda_la_SOURCES += %D%/forcing.h %D%/ncfile.h %D%/provenance.h
