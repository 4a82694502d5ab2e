/* Cells of CSV, RFC 4180. Private to sim/report. */
#ifndef CSV_CELL_H
#define CSV_CELL_H
#include <stdio.h>

/* A spreadsheet runs a cell that begins like a formula, so such a text gets a leading apostrophe; a number never does. */
void csv_cell(FILE *, const char *text); /* null: an empty cell */
void csv_number(FILE *, double);         /* the shortest text that reads back as the same double; empty when not finite */

/* With a comma behind it. */
void csv_column(FILE *, const char *text);
void csv_column_number(FILE *, double);

#endif
