/* check: Markdown pages among the files. */
#ifndef CHECK_PAGES_H
#define CHECK_PAGES_H
#include "sim/cli/options.h"
#include "sim/document/page.h"

/* By its name. */
bool check_is_page(const char *file);
/* Whether --write makes sense; false after a message. */
bool check_write_fits(const struct options *);
/* Runs what the page's scenarios have no stored answer for, reports and writes as the options say. The page lives in the arena;
 * null when it could not be judged. */
enum exit_code check_page(struct arena *, const struct options *, const char *file, struct page **page);
/* The last words about all pages, for a code of check_page. */
const char *check_page_words(enum exit_code);

#endif
