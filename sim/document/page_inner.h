/* What the files of pages share. */
#ifndef PAGE_INNER_H
#define PAGE_INNER_H
#include "sim/document/edits.h"
#include "sim/document/page.h"
#include "sim/document/stated.h"
#include "sim/document/tie.h"

/* A measure that a row asks of a scenario. */
struct page_measure {
  const char *text;
  struct span at;
};

struct page_run {
  struct page_scenario shown;
  struct page_measure *measures;
  uint32_t measure_count, measure_room;
};

/* A figure or verdict of ours that --write corrects; of the document, which people correct; of which the run knows nothing. */
enum difference_kind { DIFFERS_OURS, DIFFERS_DOCUMENT, DIFFERS_OPEN };

struct difference {
  enum difference_kind kind;
  struct position at;
  const char *text;
};

/* A table with what it is tied to. */
struct tied_table {
  const struct markdown_tie *of;
  struct tie tie;
  const uint32_t *runs; /* by file of the tie: the number of its scenario */
  bool by_id;
};

struct page {
  struct arena *arena;
  struct diagnostics *diagnostics;
  const char *path;
  struct markdown *markdown;
  struct tied_table *tables;
  uint32_t table_count;
  struct page_run *runs;
  uint32_t run_count, run_room;
  struct difference *differences;
  uint32_t difference_count, difference_room;
  struct edits *edits;
  struct page_sum sum;
};

void page_wrong(struct page *, struct span, const char *format, ...) __attribute__((format(printf, 3, 4)));
void page_differs(struct page *, enum difference_kind, struct span, const char *format, ...) __attribute__((format(printf, 4, 5)));
/* The text as it is written. */
const char *page_raw(const struct page *, struct span);
/* "web" of "scenarios/web.json" */
const char *page_stem(const struct page *, const char *path);
/* The claim that a measure of page_ask has become. */
const struct claim_result *page_answer(const struct page *, uint32_t run, const char *measure);
/* Whether the results have what the claim says, without the requirement that goes without saying and what pages ask. */
bool page_counts(const struct claim_result *);

/* id_table.c, measure_table.c */
void id_table_read(struct page *, const struct tied_table *);
void id_table_judge(struct page *, const struct tied_table *);
/* Claims on ids that no row of any table has, and rows of the same id. */
void id_tables_judge(struct page *);
void measure_table_read(struct page *, const struct tied_table *);
void measure_table_judge(struct page *, const struct tied_table *);

#endif
