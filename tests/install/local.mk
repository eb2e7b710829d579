## What test_install.sh holds the installed program against.
EXTRA_PROGRAMS += %D%/card
check_DATA += %D%/card$(EXEEXT)
CLEANFILES += %D%/card$(EXEEXT)
