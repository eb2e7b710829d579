dist_check_SCRIPTS += %D%/test_page.sh
EXTRA_DIST += %D%/browser.js %D%/page.js %D%/pieces.js
