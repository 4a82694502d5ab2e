/* Lines and cells of a CSV text (RFC 4180, but a line break always ends the row).
 *
 * Cells point into the text and are not copied, so that messages can point at them. Blanks around a cell and one pair of
 * quotes around what is left do not belong to it; a comma between quotes does.
 *
 *     struct csv lines = {.at = text, .end = text + length};
 *     while (csv_next(&lines)) use(lines.cells, lines.count);
 */
#ifndef CSV_H
#define CSV_H
#include <stdbool.h>
#include <stdint.h>

enum { CSV_CELLS = 64 };

struct csv_cell {
  const char *text;
  uint32_t length;
};

struct csv {
  const char *at, *end; /* what is not yet read; a zero byte stands at the end */
  struct csv_cell cells[CSV_CELLS];
  uint32_t count; /* cells of the line; those beyond the limit are only counted */
};

/* Reads a line; false at the end. An empty line is one empty cell. */
bool csv_next(struct csv *);
uint32_t csv_lines_left(const struct csv *);

/* -12, 0.5, 1.5e-3 and nothing else: no plus, no hexadecimals, no infinities. */
bool csv_cell_is_number(struct csv_cell);
/* The double nearest to it; infinite when there is none. */
double csv_cell_value(struct csv_cell);

#endif
