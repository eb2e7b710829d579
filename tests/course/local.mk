EXTRA_DIST += %D%/courses.h
check_PROGRAMS += %D%/test_course
check_PROGRAMS += %D%/test_cards
