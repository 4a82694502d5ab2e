/* Horizontal stacked bars with their labels inside; parts too narrow for a label are listed under their bar. Private to
 * sim/report. */
#ifndef BARS_H
#define BARS_H
#include "sim/report/plot/figure.h"

enum { BARS_MAX = 16, PARTS_MAX = 24 };

struct bar_part {
  char label[120], amount[80]; /* "backend queue", "84%" */
  double value;
  struct figure_tint color;
};

struct bar {
  char name[120], total[160]; /* left of the bar and at its end */
  bool group;                 /* a wider gap above it */
  int count;
  struct bar_part parts[PARTS_MAX];
};

/* The next part of the bar; what does not fit adds up in the last one, as "others". The caller words its amount. */
struct bar_part *bars_add(struct bar *, const char *label, double value, struct figure_tint);
/* Height in pixels that a figure with these bars needs. */
int bars_height(const struct bar *, int count);
/* What the colours mean, in the line above the bars. */
void bars_note(struct figure *, const char *text);
/* Adds the bars below the title and the plot command. */
void bars_put(struct figure *, const struct bar *, int count, double longest);

#endif
