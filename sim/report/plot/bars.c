#include "sim/report/plot/bars.h"
#include "sim/report/format.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SMALL 6.6 /* pixels of a character of what does not fit into its bar */
enum { BAR_HEIGHT = 34, STEP = 64, GROUP_GAP = 14, TOP = 92, BOTTOM = 22, RIGHT = 190, CHARACTER = 8, NAME = 30, SWATCH = 17 };

struct bar_part *bars_add(struct bar *bar, const char *label, double value, struct figure_tint color) {
  bool fits = bar->count < PARTS_MAX;
  struct bar_part *part = &bar->parts[fits ? bar->count++ : PARTS_MAX - 1];
  if (fits) part->color = color;
  snprintf(part->label, sizeof part->label, "%s", fits ? label : "others");
  part->value = fits ? value : part->value + value;
  return part;
}

int bars_height(const struct bar *bars, int count) {
  int height = TOP + BOTTOM;
  for (int i = 0; i < count; i++) height += STEP + (i > 0 && bars[i].group ? GROUP_GAP : 0);
  return height;
}

/* Black or white, whichever is easier to read on the colour (by its luma). */
static const char *ink_on(const char *color) {
  long rgb = strtol(color + 1, NULL, 16);
  double luma = 0.299 * (double)(rgb >> 16) + 0.587 * (double)(rgb >> 8 & 255) + 0.114 * (double)(rgb & 255);
  return luma > 140 ? "#111111" : "#ffffff";
}

/* Parts without room for their words: listed under the bar, each behind a swatch of its colour. */
struct listed {
  const struct bar_part *part[PARTS_MAX];
  int count;
};

static void put_part(struct figure *f, const struct bar_part *part, double from, double y, double scale, struct listed *also) {
  char text[240], position[80];
  const char *color = part->color.text;
  double to = from + part->value, half = BAR_HEIGHT / 2.0;
  figure_row_in(f, color, 6, (from + to) / 2, y, from, to, y - half, y + half);
  snprintf(text, sizeof text, "%s %s", part->label, part->amount);
  if (CHARACTER * format_width(text) + 16 < part->value * scale) {
    snprintf(position, sizeof position, "first %.9g,%.9g", (from + to) / 2, y);
    figure_text(f, position, "center", ink_on(color), 11, text);
  } else {
    also->part[also->count++] = part;
  }
}

static double width_of(const struct bar_part *part) {
  return SMALL * (format_width(part->label) + format_width(part->amount) + 1) + SWATCH + 28;
}

/* What is too long begins before its bar. */
static void put_listed(struct figure *f, const struct listed *also, double y, double left) {
  double width = 0;
  char position[80], text[240];
  for (int i = 0; i < also->count; i++) width += width_of(also->part[i]);
  double x = fmax(16, fmin(left, f->width - 16 - width));
  for (int i = 0; i < also->count; i++) {
    const struct bar_part *part = also->part[i];
    snprintf(position, sizeof position, "screen %.6f, first %.9g", x / f->width, y);
    figure_text(f, position, "left", part->color.text, 11, "\xE2\x96\xA0");
    snprintf(position, sizeof position, "screen %.6f, first %.9g", (x + SWATCH) / f->width, y);
    snprintf(text, sizeof text, "%s %s", part->label, part->amount);
    figure_text(f, position, "left", FIGURE_GREY, 10, text);
    x += width_of(part);
  }
}

static void put_bar(struct figure *f, const struct bar *bar, double y, double left, double scale) {
  struct listed also = {.count = 0};
  char position[80];
  double from = 0;
  for (int i = 0; i < bar->count; i++) {
    put_part(f, &bar->parts[i], from, y, scale, &also);
    from += bar->parts[i].value;
  }
  snprintf(position, sizeof position, "first 0,%.9g offset -1,0", y);
  figure_text(f, position, "right", FIGURE_INK, 13, figure_fit(bar->name, NAME).text);
  snprintf(position, sizeof position, "first %.9g,%.9g offset 1,0", from, y);
  figure_text(f, position, "left", FIGURE_INK, 13, bar->total);
  put_listed(f, &also, y - BAR_HEIGHT / 2.0 - 11, left);
}

void bars_note(struct figure *f, const char *text) {
  char position[80];
  snprintf(position, sizeof position, "screen %.6f,%.6f", 16.0 / f->width, 1 - 80.0 / f->height);
  figure_text(f, position, "left", FIGURE_GREY, 11, text);
}

/* Room for the longest name. */
static double left_margin(const struct bar *bars, int count) {
  int longest = 10;
  for (int i = 0; i < count; i++)
    if (format_width(bars[i].name) > longest) longest = format_width(bars[i].name);
  return 9.3 * (longest < NAME ? longest : NAME) + 34;
}

void bars_put(struct figure *f, const struct bar *bars, int count, double longest) {
  double left = left_margin(bars, count), plot_height = f->height - TOP - BOTTOM, scale = (f->width - left - RIGHT) / longest,
         y = plot_height - STEP / 2.0 + 6;
  int block = figure_block(f);
  for (int i = 0; i < count; i++, y -= STEP) {
    if (i > 0 && bars[i].group) y -= GROUP_GAP;
    put_bar(f, &bars[i], y, left, scale);
  }
  figure_area(f, left / f->width, 1 - (double)RIGHT / f->width, (double)BOTTOM / f->height, 1 - (double)TOP / f->height);
  fprintf(f->script, "unset border\nunset tics\nunset grid\nset xrange [0:%.9g]\nset yrange [0:%.9g]\n", longest, plot_height);
  fprintf(f->script, "plot 'data' index %d using 1:2:3:4:5:6:7 with boxxyerror fs solid 1 border rgb '#ffffff' lc rgb variable\n",
          block);
}
