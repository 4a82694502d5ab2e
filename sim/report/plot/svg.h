/* What gnuplot's SVG lacks: bold, a title and a description that a screen reader reads, names that are unique in a page which holds
 * several pictures, and the colours of readers who prefer dark. */
#ifndef SVG_H
#define SVG_H
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define SVG_FONT "Helvetica,Arial,sans-serif"

struct svg_words {
  const char *title, *description; /* of users too: whatever they hold is made harmless */
  bool adapts;                     /* dark where the reader prefers it */
};

/* Replaces the picture of gnuplot. */
void svg_finish(char **bytes, size_t *length, const struct svg_words *);
/* Valid UTF-8 without control characters, escaped; straight quotes are curly, so that it may stand in an attribute. */
void svg_text(FILE *, const char *text);

#endif
