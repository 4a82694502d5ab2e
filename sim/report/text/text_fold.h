/* Text that was laid out without knowing how wide the terminal is, made to fit in `width` columns with nothing lost.
 *
 * Blocks of lines between blank ones are folded one by one; what fits is left as it is. In a table, columns that do not fit
 * move under their rows: all rows, and the heading above them, are cut at the same gap, so that what moved still stands in columns.
 * Other lines break at a space, and go on under the place where their text began. Only a word that is wider than the width sticks
 * out. Colours take no columns.
 *
 *     text_folded(stdout, "a long line\n", 80);
 *
 * Messages are folded likewise, except for the lines of a file that they quote ("   12 | key: value" and the marks below it):
 * those are cut so that what is marked stays in view. */
#ifndef TEXT_FOLD_H
#define TEXT_FOLD_H
#include <stdio.h>

void text_folded(FILE *, const char *text, int width);
void text_folded_messages(FILE *, const char *text, int width);

#endif
