/* Changes of a Markdown page: cells of its tables get other texts, and every other byte stays.
 *
 * A cell that is as wide as its column's heading keeps its width where the new text is not longer: columns that were aligned stay
 * so. A row without the cell gets it at its end, in the way that the row is written. A cell that has the text already is no change:
 * writing twice is writing once.
 *
 *     struct edits *e = edits_new(arena, page);
 *     edits_row(e, &header, &row, (struct edit_cell[]){{2, "85 ms"}, {3, "PASS"}}, 2);
 *     if (edits_count(e)) output_write(path, edits_apply(e, &length), length, &error);
 */
#ifndef EDITS_H
#define EDITS_H
#include "sim/document/markdown.h"

struct edits;

struct edit_cell {
  uint32_t column;
  const char *text;
};

struct edits *edits_new(struct arena *, const struct markdown *);
/* The cells of a row by ascending column. Rows in the order of the page. `header`: of its table. */
void edits_row(struct edits *, const struct table_row *header, const struct table_row *, const struct edit_cell *, uint32_t count);
uint32_t edits_count(const struct edits *);
/* The page with all changes, with a zero behind it. */
char *edits_apply(const struct edits *, size_t *length);

#endif
