/* Text by others in Markdown. */
#ifndef MARKDOWN_CELL_H
#define MARKDOWN_CELL_H
#include <stdio.h>

/* One line, no pipe that ends a table's cell, nothing that a renderer takes for markup. */
void markdown_text(FILE *, const char *text);
/* A code span; a back-quote inside becomes an apostrophe, and a pipe would still end the cell. */
void markdown_code(FILE *, const char *text);
/* With Markdown of our own before and after. */
void markdown_put(FILE *, const char *before, const char *text, const char *after);
void markdown_put_code(FILE *, const char *before, const char *text, const char *after);

#endif
