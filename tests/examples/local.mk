check_PROGRAMS += %D%/test_millennial_vr
