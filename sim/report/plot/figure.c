#include "sim/report/plot/figure.h"
#include "sim/engine/allocate.h"
#include "sim/report/format.h"
#include "sim/report/plot/gnuplot.h"
#include "sim/report/plot/svg.h"
#include "sim/store/output.h"
#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* plots/style.gp as a string; the Makefile makes it. */
static const char style[] =
#include "plots/style.inc"
    ;

void figure_open(struct figure *f, const struct plot_options *options, int width, int height) {
  memset(f, 0, sizeof *f);
  f->width = width, f->height = height, f->theme = options->theme;
  f->script = allocate_stream(&f->script_text, &f->script_length);
  f->data = allocate_stream(&f->data_text, &f->data_length);
  f->words = allocate_stream(&f->words_text, &f->words_length);
  fputs(style, f->script);
}

void figure_discard(struct figure *f) {
  if (f->script) fclose(f->script);
  if (f->data) fclose(f->data);
  if (f->words) fclose(f->words);
  free(f->script_text);
  free(f->data_text);
  free(f->words_text);
  memset(f, 0, sizeof *f);
}

/* A PNG cannot follow its reader: plot_run has refused that. */
static bool make(const struct figure *f, enum picture picture, char **bytes, size_t *length, char **error) {
  enum theme theme = f->theme == THEME_DARK ? THEME_DARK : THEME_LIGHT;
  char *script = theme_script(theme, f->script_text), *data = theme_data(theme, f->data_text), background[16];
  snprintf(background, sizeof background, "#%06lx", (unsigned long)theme_color(theme, 0xffffff));
  bool drawn = gnuplot_run(&(struct gnuplot_page){picture, f->width, f->height, background}, script, data, bytes, length, error);
  free(script), free(data);
  if (drawn && picture == PICTURE_SVG)
    svg_finish(bytes, length, &(struct svg_words){f->title, f->words_text, f->theme == THEME_AUTO});
  return drawn;
}

enum plot_outcome figure_draw(struct figure *f, const char *path, char **error) {
  enum picture picture;
  char *bytes = NULL;
  size_t length = 0;
  bool drawn = picture_from_path(path, &picture, error);
  fflush(f->script), fflush(f->data), fflush(f->words);
  drawn = drawn && make(f, picture, &bytes, &length, error) && output_write(path, bytes, length, error);
  free(bytes);
  figure_discard(f);
  return drawn ? PLOT_DRAWN : PLOT_FAILED;
}

const char *figure_color(int i) {
  static const char *const colors[] = {"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D1F", "#555555"};
  return colors[i % 8];
}

struct figure_tint figure_tint(const char *color, int step) {
  static const double white[] = {0, 0.25, 0.45, 0.62, 0.76};
  struct figure_tint tint;
  long rgb = strtol(color + 1, NULL, 16), mixed = 0;
  for (int shift = 16; shift >= 0; shift -= 8) {
    double part = (double)(rgb >> shift & 255);
    mixed |= lround(part + (255 - part) * white[step % 5]) << shift;
  }
  snprintf(tint.text, sizeof tint.text, "#%06lx", (unsigned long)mixed & 0xFFFFFF);
  return tint;
}

const char *figure_pale(int i) {
  static const char *const colors[] = {"#cce3f0", "#f7dfcc", "#cceee3", "#f5e4ed", "#faeccc", "#ddf0fb", "#e8e2d2", "#dddddd"};
  return colors[i % 8];
}

/* For those who do not see it: what is written, one after the other, as far as a listener will follow. */
static void say_too(struct figure *f, const char *text) {
  enum { FOLLOWED = 3000 };
  fflush(f->words);
  if (f->words_length < FOLLOWED && *text) fprintf(f->words, "%s%s", f->words_length ? "; " : "", text);
}

void figure_text(struct figure *f, const char *position, const char *align, const char *color, int size, const char *text) {
  say_too(f, text);
  fputs("set label ", f->script);
  gnuplot_quote(f->script, text);
  fprintf(f->script, " at %s %s front noenhanced textcolor rgb '%s' font ',%d'\n", position, align, color, size);
}

void figure_left_out(struct figure *f, int count, const char *what) {
  char position[80], text[160];
  if (count <= 0) return;
  snprintf(position, sizeof position, "screen %.6f,%.6f", 1 - 16.0 / f->width, 12.0 / f->height);
  snprintf(text, sizeof text, "not drawn: %d more %s%s", count, what, count == 1 ? "" : "s");
  figure_text(f, position, "right", FIGURE_GREY, 11, text);
}

static void title_line(struct figure *f, double y, const char *text) {
  fputs("set label ", f->script);
  gnuplot_quote(f->script, text);
  fprintf(f->script, " at screen %.6f,%.6f left front noenhanced textcolor rgb '%s' font ':Bold,15'\n", 16.0 / f->width, y,
          FIGURE_INK);
}

/* Where the first line ends: behind a semicolon if it is not too short then, else between words. */
static size_t first_line(const char *title, size_t line) {
  size_t cut = line;
  for (size_t i = line; i > line / 3; i--)
    if (title[i] == ' ' && title[i - 1] == ';' && strlen(title + i) <= line) return i;
  while (cut > line / 2 && title[cut] != ' ') cut--;
  return cut;
}

/* Room for two lines of title and one of subtitle: 90 pixels. A longer title is cut with an ellipsis. */
void figure_title(struct figure *f, const char *title, const char *subtitle) {
  size_t line = (size_t)((f->width - 32) / 12.4), length = strlen(title), cut = length;
  char first[400], second[400] = "", position[80];
  snprintf(f->title, sizeof f->title, "%s", title);
  if (length > line) {
    cut = first_line(title, line);
    snprintf(second, sizeof second, "%.*s%s", (int)line, title + cut + 1, length - cut > line + 1 ? "..." : "");
  }
  snprintf(first, sizeof first, "%.*s", (int)cut, title);
  double y = 1 - 22.0 / f->height, step = 22.0 / f->height;
  title_line(f, y, first);
  if (*second) title_line(f, y -= step, second);
  snprintf(position, sizeof position, "screen %.6f,%.6f", 16.0 / f->width, y - step);
  figure_text(f, position, "left", FIGURE_GREY, 11, figure_fit(subtitle, (int)((f->width - 32) / 7.6)).text);
}

void figure_area(struct figure *f, double left, double right, double bottom, double top) {
  fprintf(f->script,
          "set lmargin at screen %.6f\nset rmargin at screen %.6f\nset bmargin at screen %.6f\nset tmargin at screen %.6f\n", left,
          right, bottom, top);
}

int figure_block(struct figure *f) {
  if (f->blocks > 0) fputs("\n\n", f->data);
  return f->blocks++;
}

static void put_values(struct figure *f, int count, va_list values) {
  for (int i = 0; i < count; i++) {
    double value = va_arg(values, double);
    fprintf(f->data, isfinite(value) ? "%.9g " : "NaN ", value);
  }
}

void figure_row(struct figure *f, int count, ...) {
  va_list values;
  va_start(values, count);
  put_values(f, count, values);
  va_end(values);
  fputc('\n', f->data);
}

void figure_row_in(struct figure *f, const char *color, int count, ...) {
  va_list values;
  va_start(values, count);
  put_values(f, count, values);
  va_end(values);
  fprintf(f->data, "%.7s\n", color);
}

void figure_ticks_seconds(struct figure *f, char axis, double low, double high) {
  static const int steps[] = {1, 2, 5};
  bool first = true, all = high / low < 150;
  fprintf(f->script, "set %ctics (", axis);
  for (int decade = (int)floor(log10(low)); decade <= (int)ceil(log10(high)); decade++)
    for (int i = 0; i < (all ? 3 : 1); i++) {
      double at = steps[i] * pow(10, decade);
      if (at < low * 0.999 || at > high * 1.001) continue;
      fprintf(f->script, "%s'%s' %.9g", first ? "" : ", ", format_number(UNIT_SECONDS, NULL, at).text, at);
      first = false;
    }
  fputs(")\n", f->script);
}

struct fitted figure_fit(const char *text, int characters) {
  struct fitted out;
  size_t used = 0;
  int seen = 0, keep = format_width(text) > characters ? characters - 3 : characters;
  for (; text[used] && used < sizeof out.text - 8; used++)
    if ((text[used] & 0xC0) != 0x80 && seen++ == keep) break;
  snprintf(out.text, sizeof out.text, "%.*s%s", (int)used, text, text[used] ? "..." : "");
  return out;
}

/* Neighbours by their first order push each other apart until all is quiet: no label overtakes another. */
void figure_spread(double *positions, int count, double gap, double lowest) {
  int order[16];
  assert(count <= 16);
  for (int i = 0; i < count; i++) {
    int at = i;
    for (; at > 0 && positions[order[at - 1]] > positions[i]; at--) order[at] = order[at - 1];
    order[at] = i;
  }
  for (int round = 0; round < 100; round++)
    for (int i = 0; i + 1 < count; i++) {
      double *below = &positions[order[i]], *above = &positions[order[i + 1]], push = (gap - (*above - *below)) / 2;
      if (push <= 0) continue;
      *below = fmax(*below - push, lowest);
      *above = fmax(*above + push, *below + gap);
    }
}
