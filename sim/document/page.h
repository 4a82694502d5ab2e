/* A planning document's page: its tables are held against what its scenarios are simulated to be.
 *
 * A comment before a table names scenarios (tie.h). There are two kinds of tables. In one a row has an id in its column `id`, and
 * is about every claim of these scenarios whose `source` begins with this id; its columns `simulated` and `verdict` are the
 * program's. In the other, any planning document's own, a row has a measure such as `p95(api.latency)` in its column `measure`; the
 * other figures of the row are the document's, in the column of a scenario or in `stated`.
 *
 * A page that is not in order is an input error. What differs from the simulation is a difference: of a figure or verdict, and
 * also an id that no claim cites and a claim on an id without a row. The order of use:
 *
 *     struct page *p = page_read(arena, diagnostics, "docs/shop.md");
 *     for (i = 0; i < page_scenarios(p); i++) ... run page_scenario(p, i)->path; fill its results
 *     page_judge(p);
 *     if (write) page_write(p, &error);
 *     page_report(stdout, p, write, quiet);
 */
#ifndef CHECKED_PAGE_H
#define CHECKED_PAGE_H
#include "sim/json/diagnostic.h"
#include "sim/report/check_report.h"
#include "sim/scenario/scenario.h"
#include <stdio.h>

struct page;

struct page_scenario {
  const char *name, *path; /* as the page has it; to be opened */
  struct position at;      /* where the page first names it */
  const struct results *results;
  bool ran; /* now, instead of being stored */
};

struct page_sum {
  uint32_t ids, listed, claims, scenarios;
  struct requirement_sum requirements;
  struct statement_sum statements;
  uint32_t compared, empty; /* cells with a figure or verdict; those of ours without one */
  uint32_t stale;           /* of ours that differ: writing corrects them */
  uint32_t differences;     /* of the document that differ, and ids without claims and claims without rows */
  uint32_t no_data;         /* figures of which the run knows nothing */
};

/* Null when it cannot be read. Other errors are in the diagnostics, which live as long as the page. */
struct page *page_read(struct arena *, struct diagnostics *, const char *path);
uint32_t page_scenarios(const struct page *);
struct page_scenario *page_scenario(struct page *, uint32_t i);
/* The measures that tables ask of scenario i become claims of it that are only shown; false after an error. */
bool page_ask(struct page *, uint32_t i, struct scenario *);
/* Of what the page asks in addition to the claims: part of the key of stored answers. */
uint64_t page_asked(const struct page *, uint32_t i, uint64_t hash);

/* Once all scenarios have results. */
void page_judge(struct page *);
const struct page_sum *page_sum(const struct page *);
/* Every difference with its place, then one line of sums. `written`: what writing corrects is none; `quiet`: only differences. */
void page_report(FILE *, const struct page *, bool written, bool quiet);
/* The same for machines. */
struct check_page page_for_export(const struct page *, bool written);
/* Fills the columns of the program; nothing when nothing changes, and not when the file is no longer
 * what was read. False with a message that the caller frees. */
bool page_write(const struct page *, char **error);

const char *page_path(const struct page *);
/* What it says first below "What to do and when", a heading or bold words, in plain text; empty without that. */
const char *page_finding(const struct page *);
/* Whether it has a table with ids. */
bool page_has_ids(const struct page *);

/* Pages with ids on one screen of `width` columns (0: 100), a row each (overview.c). */
void page_overview(FILE *, struct page *const *, uint32_t count, int width);

#endif
