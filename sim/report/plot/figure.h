/* One picture being made: its gnuplot script and its numbers, with the house style.
 *
 * The title states the finding, in bold; a grey line under it says of what. Lines are labelled at their ends, so there is no
 * key; axes are left and bottom only; limits are dashed grey lines with their words. All text of a user passes
 * figure_text, all numbers go to the data. Positions named `screen` are shares of the picture from its lower left corner.
 *
 *     struct figure f;
 *     figure_open(&f, options, 960, 540);
 *     figure_title(&f, "buy: p99 is 1.9 s", "platform-compose, seed 42");
 *     int block = figure_block(&f);
 *     figure_row(&f, 2, x, y);
 *     fprintf(f.script, "plot 'data' index %d using 1:2 with lines lc rgb '%s' notitle\n", block, figure_color(0));
 *     return figure_draw(&f, "out.svg", &error);      frees the figure
 */
#ifndef FIGURE_H
#define FIGURE_H
#include "sim/report/plot/plot.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct figure {
  FILE *script, *data, *words; /* words: what is written in it, for those who do not see it */
  char *script_text, *data_text, *words_text;
  size_t script_length, data_length, words_length;
  int width, height, blocks;
  enum theme theme;
  char title[400];
};

#define FIGURE_GREY "#767676"
#define FIGURE_INK  "#222222"

void figure_open(struct figure *, const struct plot_options *, int width, int height);
enum plot_outcome figure_draw(struct figure *, const char *path, char **error); /* drawn or failed */
void figure_discard(struct figure *);

/* The Okabe-Ito colours, the four of the house first. In pictures of several results they are the layouts', in the order of the
 * files, and of nothing else. */
const char *figure_color(int i);
/* A colour mixed with white: step 0 is the colour itself, five steps in all, then again from the first. */
struct figure_tint {
  char text[8];
};
struct figure_tint figure_tint(const char *color, int step);
/* A light version for bands. */
const char *figure_pale(int i);

void figure_title(struct figure *, const char *title, const char *subtitle);
/* Position: "screen 0.5,0.9" or "first 2,0.1", numbers only, so made by us. align: left, right, center. size in points. */
void figure_text(struct figure *, const char *position, const char *align, const char *color, int size, const char *text);
/* What there is no room for, in the lower right corner: "not drawn: 3 more endpoints". Nothing when it is none. */
void figure_left_out(struct figure *, int count, const char *what);
/* Screen shares of the plotting area. */
void figure_area(struct figure *, double left, double right, double bottom, double top);
/* A new block of numbers; returns its index for gnuplot. */
int figure_block(struct figure *);
void figure_row(struct figure *, int count, ...); /* doubles; NaN is a gap */
/* The same with a colour of its own as the last column, for `lc rgb variable`. */
void figure_row_in(struct figure *, const char *color, int count, ...);
/* Ticks at 1, 2, 5 (or only 1) of each decade between low and high on a log axis, with readable seconds. */
void figure_ticks_seconds(struct figure *, char axis, double low, double high);
/* At most `characters` of a text, the last three dots when it was cut. */
struct fitted {
  char text[320];
};
struct fitted figure_fit(const char *text, int characters);
/* Moves label positions apart so that neighbours differ by at least `gap`; keeps their order; none goes below `lowest`. */
void figure_spread(double *positions, int count, double gap, double lowest);

#endif
