/* The longer sections of a run's page. Private to sim/report/page. */
#ifndef PAGE_RESULT_H
#define PAGE_RESULT_H
#include "sim/report/page/page.h"

void page_outages(struct page *, const struct result_file *); /* uptime, recovery, strikes */
void page_bill(struct page *, const struct result_file *);
/* A value of a scenario in a few words: a law as "lognormal, mean 1ms, cv 1". */
const char *page_brief(struct arena *, const struct json_value *);

#endif
