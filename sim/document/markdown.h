/* Tables of a Markdown page that a comment ties to scenarios.
 *
 *     <!-- aguanta: scenarios/shop.json -->
 *     | id | stated | simulated |
 *     | --- | --- | --- |
 *     | C-1 | p95 85 ms | |
 *     <!-- aguanta: end -->
 *
 * Read as GitHub's flavour has it: a pipe with a backslash before it belongs to its cell, also in a code span; a row may begin and
 * end without a pipe, may have fewer cells than the header, and ends where another block begins. Tables may stand in lists and
 * quotations. What is in a block of code, fenced or indented, or in another comment is no table and no comment.
 *
 * Nothing is copied: spans are bytes of the page, so that a cell can be replaced and everything else stays as it is. */
#ifndef MARKDOWN_H
#define MARKDOWN_H
#include "sim/json/diagnostic.h"

struct arena;

struct span {
  uint32_t from, to; /* bytes of the page; `to` is not in it */
};

/* Cells are what stands between the pipes, with its blanks. */
struct table_row {
  struct span line; /* without what ends it */
  uint32_t count;
  const struct span *cells;
  bool closed; /* ends with a pipe */
};

struct markdown_table {
  struct table_row header, rule; /* rule: the dashes below the header */
  uint32_t count;
  const struct table_row *rows;
};

struct markdown_tie {
  struct span comment, words; /* words: behind "aguanta:" */
  struct markdown_table table;
};

struct markdown {
  const struct source_text *source;
  uint32_t tie_count;
  const struct markdown_tie *ties; /* only those that have a table and an end */
  uint32_t untied_count;
  const struct markdown_table *untied; /* the other tables */
  struct span first_advice;            /* the paragraph or item below "What to do and when"; empty: there is none */
};

struct markdown *markdown_read(struct arena *, struct diagnostics *, const struct source_text *);

/* The cell's text without blanks around it, escapes and the marks of code, emphasis and links; "" for a cell that the row does not
 * have. White space of any kind, also between lines, is one blank. */
const char *markdown_cell_text(struct arena *, const struct markdown *, const struct table_row *, uint32_t column);
/* Likewise of a span. */
const char *markdown_plain(struct arena *, const struct markdown *, struct span);
/* The text of the cell as it is written, without blanks around it. */
struct span markdown_cell_inside(const struct markdown *, const struct table_row *, uint32_t column);
/* The first column of the header with this text, in any case; the count of the header's cells when there is none. */
uint32_t markdown_column(struct arena *, const struct markdown *, const struct markdown_table *, const char *name);
struct position markdown_position(const struct markdown *, struct span);

#endif
