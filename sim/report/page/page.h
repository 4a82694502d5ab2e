/* A report as it is written: parts with sections with paragraphs, tables and pictures, in one of two forms.
 *
 * What is said (page_KIND.c) knows nothing of how it looks, and a form (page_html.c, page_markdown.c) nothing of answers. Every
 * text that is handed over is text: the form escapes it. Private to sim/report/page.
 *
 *     page_section(p, "Latency", false);
 *     page_table(p, "Latency of each endpoint", columns, 3);
 *     page_row(p, (const char *[]){"buy", "12 ms", "30 ms"});
 *     page_table_end(p);
 *     page_section_end(p);
 */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H
#include "sim/engine/arena.h"
#include "sim/report/pictures.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json_value;
struct result_file;

enum page_cell { PAGE_TEXT, PAGE_CODE, PAGE_NUMBER, PAGE_VERDICT };

struct page_column {
  const char *head;
  enum page_cell cell;
};

enum { PAGE_COLUMNS = 16 };

struct page {
  FILE *file;
  const struct page_form *form;
  struct arena *arena;
  struct pictures *pictures; /* of the part that is written */
  const struct page_column *columns;
  uint32_t column_count, ids;
  bool listed; /* in a list */
};

struct page_head {
  const char *title, *engine;
};

struct page_form {
  const char *name; /* its extension */
  bool pictures;    /* has room for them */
  void (*open)(struct page *, const struct page_head *);
  void (*body)(struct page *); /* behind the title and what is said first */
  void (*close)(struct page *, const struct page_head *);
  void (*part)(struct page *, const char *title);
  void (*part_end)(struct page *);
  void (*section)(struct page *, const char *title, bool folded);
  void (*section_end)(struct page *, bool folded);
  void (*lead)(struct page *, const char *verdict, const char *sentence);
  void (*text)(struct page *, const char *text);
  void (*item)(struct page *, const char *word, const char *text); /* word: null, or what it is about */
  void (*items_end)(struct page *);
  void (*table)(struct page *, const char *caption);
  void (*row)(struct page *, const char *const *cells);
  void (*table_end)(struct page *);
  void (*picture)(struct page *, const struct drawn *);
};

extern const struct page_form page_html, page_markdown;

/* The verdict, a word or null, and one sentence. */
void page_lead(struct page *, const char *verdict, const char *sentence);
/* Folded: what a reader in a hurry opens only when asked; the end takes the same. */
void page_section(struct page *, const char *title, bool folded);
void page_section_end(struct page *, bool folded);
/* A paragraph, a line of a list (which ends with the next thing that is none). */
void page_text(struct page *, const char *text);
void page_item(struct page *, const char *word, const char *text);
/* The first column names its row. At most PAGE_COLUMNS. */
void page_table(struct page *, const char *caption, const struct page_column *, uint32_t count);
void page_row(struct page *, const char *const *cells);
void page_table_end(struct page *);
/* The picture of this kind, if there is one and it is not placed yet; then all that are left. */
void page_picture(struct page *, const char *kind);
void page_pictures_left(struct page *);

/* A value with its interval in words, "-" when unknown; next to its limits where it has some. `unit`: a machine format's word. */
const char *page_value(struct page *, const struct json_value *estimate, const char *unit, const char *currency);
const char *page_claim_value(struct page *, const struct json_value *claim, const char *currency);
/* A bare number; its member of an object. */
const char *page_number(struct page *, double value, const char *unit, const char *currency);
const char *page_member(struct page *, const struct json_value *object, const char *key, const char *unit);
const char *page_count(struct page *, const struct json_value *object, const char *key);
/* The verdict of a claim for people: WARN for a should that failed. */
const char *page_verdict(const struct json_value *claim);
/* "a, b and c" of a list of texts in JSON. */
/* Notes, broken invariants and further lines of what is not known, as a section; nothing where there are none. */
void page_unknowns(struct page *, const struct json_value *root, const char *const *more, uint32_t count);
/* How it was run, so that it can be run again. */
void page_provenance(struct page *, const struct json_value *root);

/* An answer that a page can show: one file page_KIND.c, one line of page_kinds.h. */
struct page_kind {
  const char *word;    /* "growth" of "aguanta_growth": 1 */
  const char *heading; /* "Growth" */
  void (*write)(struct page *, const struct result_file *);
  /* Verdict (may be null) and sentence. */
  const char *(*judge)(struct arena *, const struct result_file *, const char **sentence);
};

#define PAGE(name) extern const struct page_kind page_kind_##name;
#include "sim/report/page/page_kinds.h"
#undef PAGE

#endif
