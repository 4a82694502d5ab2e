/* The tornado: one bar an input from the value at its low end to that at its high end, the largest swing on top; a line where the
 * value stands now, a dashed one at the limit. Drawn is the measure that "measure this first" is about. */
#include "sim/report/plot/plot_kinds.h"
#include "sim/report/sensitivity_report.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 16, STEP = 46, TOP = 98, BOTTOM = 72, LEFT = 400, RIGHT = 210 };

struct tornado {
  const struct json_value *target;
  const struct json_value *effects[ROWS];
  int count;
  int left_out; /* inputs without room */
  const char *unit;
  double base, low, high; /* of the axis */
  struct claim_limit limit;
};

static double at(const struct json_value *effect, const char *end) { return result_number(json_member(effect, end), "value"); }
static bool is_set(const struct json_value *effect, const char *key) { return json_flag(json_member(effect, key)); }

/* The one of "first", else the first of all. */
static const struct json_value *target_of(const struct result_file *file) {
  const char *expression = result_text(json_member(file->root, "first"), "expr");
  const struct json_value *first = json_first(json_member(file->root, "targets"));
  for (const struct json_value *t = first; t; t = json_next(t))
    if (!strcmp(result_text(t, "expr"), expression)) return t;
  return first;
}

static void widen(struct tornado *t, double x) {
  if (isnan(x)) return;
  t->low = fmin(t->low, x), t->high = fmax(t->high, x);
}

static void gather(struct tornado *t, const struct json_value *target) {
  *t = (struct tornado){.target = target, .unit = result_text(target, "unit")};
  t->base = result_number(json_member(target, "base"), "value");
  t->low = INFINITY, t->high = -INFINITY;
  widen(t, t->base);
  for (const struct json_value *e = json_first(json_member(target, "effects")); e; e = json_next(e)) {
    if (!is_set(e, "shown")) continue;
    if (t->count == ROWS) {
      t->left_out++;
      continue;
    }
    t->effects[t->count++] = e;
    widen(t, at(e, "low")), widen(t, at(e, "high"));
  }
  if (!claim_limit(target, &t->limit)) t->limit = (struct claim_limit){-INFINITY, INFINITY};
  double room = t->high - t->low;
  const double limits[] = {t->limit.low, t->limit.high};
  for (int i = 0; i < 2; i++)
    if (isfinite(limits[i]) && limits[i] > t->low - 1.5 * room && limits[i] < t->high + 1.5 * room) widen(t, limits[i]);
}

static struct shown amount(const struct tornado *t, double x, double half) {
  struct estimate e = {x, x - half, x + half, 0, false};
  return format_value(plot_unit(t->unit), t->unit, &e);
}

/* Digits as the interval of that end supports. */
static struct shown end_text(const struct tornado *t, const struct json_value *effect, const char *end) {
  const struct json_value *point = json_member(effect, end);
  struct result_estimate e = result_estimate(point);
  struct shown growth;
  snprintf(growth.text, sizeof growth.text, "%s", result_text(point, "growth"));
  if (isnan(e.value) && *growth.text) return growth;
  return isnan(e.low) ? format_number(plot_unit(t->unit), t->unit, e.value) : amount(t, e.value, 0.5 * (e.high - e.low));
}

static void put_name(struct figure *f, const struct result_file *file, const struct json_value *effect, double y) {
  const char *path = result_text(effect, "input");
  char position[80], text[200];
  snprintf(position, sizeof position, "screen %.6f, first %.9g", (LEFT - 14.0) / f->width, y + 0.15);
  figure_text(f, position, "right", FIGURE_INK, 11, figure_fit(path, 46).text);
  for (const struct json_value *i = json_first(json_member(file->root, "inputs")); i; i = json_next(i)) {
    if (strcmp(result_text(i, "path"), path)) continue;
    snprintf(text, sizeof text, "%s .. %s", report_sensitivity_brief(result_text(i, "low")).text,
             report_sensitivity_brief(result_text(i, "high")).text);
    snprintf(position, sizeof position, "screen %.6f, first %.9g", (LEFT - 14.0) / f->width, y - 0.22);
    figure_text(f, position, "right", FIGURE_GREY, 10, figure_fit(text, 48).text);
  }
}

static void put_effect(struct figure *f, const struct result_file *file, const struct tornado *t, int row) {
  const struct json_value *e = t->effects[row];
  double a = at(e, "low"), b = at(e, "high"), y = -row;
  bool endless = is_set(e, "endless");
  if (endless) a = isnan(a) ? b : a, b = t->high;
  char text[200], position[80];
  const char *color = is_set(e, "flips") ? FIGURE_INK : "#9a9a9a"; /* dark: it decides the claim */
  figure_row_in(f, color, 6, 0.5 * (a + b), y, fmin(a, b), fmax(a, b), y - 0.3, y + 0.3);
  put_name(f, file, e, y);
  snprintf(text, sizeof text, "%s .. %s", end_text(t, e, "low").text, end_text(t, e, "high").text);
  snprintf(position, sizeof position, "screen %.6f, first %.9g", 1 - (RIGHT - 14.0) / f->width, y);
  figure_text(f, position, "left", is_set(e, "flips") ? FIGURE_INK : FIGURE_GREY, 11, text);
}

/* The word stands on the side away from `other`. */
static void put_line(struct figure *f, const struct tornado *t, double x, const char *word, const char *dash, double other) {
  char text[120], position[80];
  if (!isfinite(x) || x < t->low || x > t->high) return;
  fprintf(f->script, "set arrow from first %.9g, graph 0 to first %.9g, graph 1 nohead front %s lw 1 lc rgb '%s'\n", x, x, dash,
          FIGURE_GREY);
  snprintf(text, sizeof text, "%s %s", word, format_number(plot_unit(t->unit), t->unit, x).text);
  snprintf(position, sizeof position, "first %.9g, graph 1 offset 0,0.6", x);
  figure_text(f, position, x < other ? "right" : "left", FIGURE_GREY, 10, text);
}

static double nearest_limit(const struct tornado *t) {
  double low = t->limit.low >= t->low ? t->limit.low : -INFINITY, high = t->limit.high <= t->high ? t->limit.high : INFINITY;
  return t->base - low < high - t->base ? low : high;
}

/* 1, 2 or 5 of a power of ten; of times over an hour or a minute in those. */
static double step_of(const struct tornado *t, double length) {
  bool time = plot_unit(t->unit) == UNIT_SECONDS;
  double one = time && length > 2 * 3600 ? 3600 : time && length > 2 * 60 ? 60 : 1;
  double step = one * pow(10, floor(log10(length / one / 3)));
  if (length / step > 15) step *= 5;
  return length / step > 7 ? 2 * step : step;
}

/* gnuplot reads the text of a tick as a format: a percent sign is written twice. */
static void put_tick(struct figure *f, const char *text, double x) {
  fputc('\'', f->script);
  for (; *text; text++) fputs(*text == '%' ? "%%" : (char[2]){*text}, f->script);
  fprintf(f->script, "' %.9g", x);
}

/* Ticks in the words of the numbers elsewhere. */
static void put_axis(struct figure *f, const struct tornado *t) {
  double room = 0.04 * (t->high - t->low), from = t->low - room, to = t->high + room, step = step_of(t, to - from);
  figure_area(f, (double)LEFT / f->width, 1 - (double)RIGHT / f->width, (double)BOTTOM / f->height, 1 - (double)TOP / f->height);
  fprintf(f->script, "set border 1\nunset ytics\nunset grid\nset xrange [%.9g:%.9g]\nset yrange [%g:0.6]\nset xtics (", from, to,
          -t->count + 0.4);
  bool first = true;
  for (double x = ceil(from / step) * step; x <= to; x += step, first = false) {
    fputs(first ? "" : ", ", f->script);
    put_tick(f, amount(t, fabs(x) < step / 2 ? 0 : x, step / 10).text, x);
  }
  fputs(")\n", f->script);
}

static void say(char *text, size_t size, const struct result_file *file, const struct tornado *t) {
  const struct json_value *largest = t->effects[0];
  const char *wanted = result_text(json_member(file->root, "first"), "input");
  for (int i = 0; i < t->count; i++)
    if (!strcmp(result_text(t->effects[i], "input"), wanted)) largest = t->effects[i];
  snprintf(text, size, "Measure %s first: within its range %s goes from %s to %s%s", result_text(largest, "input"),
           result_text(t->target, "expr"), end_text(t, largest, "low").text, end_text(t, largest, "high").text,
           is_set(largest, "flips") ? ", which decides the claim" : "");
}

static enum plot_outcome draw(const struct plot_kind *kind, const struct result_file *files, uint32_t file_count,
                              const char *output, const struct plot_options *options, char **error) {
  (void)kind, (void)file_count;
  struct tornado t;
  struct figure f;
  char title[400], subtitle[400];
  const struct json_value *target = target_of(files);
  if (!target) return plot_nothing(error, files, "no measures to draw: write \"claims\" into the scenario, or name one with --of");
  gather(&t, target);
  if (!t.count || !(t.high > t.low))
    return plot_nothing(error, files, "no input shows an effect: nothing to draw; run with more --reps, or wider ranges");
  figure_open(&f, options, 1240, TOP + BOTTOM + STEP * t.count);
  figure_left_out(&f, t.left_out, "input");
  say(title, sizeof title, files, &t);
  snprintf(subtitle, sizeof subtitle, "%s; one input at a time (seed %s, %.40s)", figure_fit(files->title, 70).text,
           result_text(files->root, "seed"), plot_replications(files->root).text);
  figure_title(&f, options->title ? options->title : title, subtitle);
  int block = figure_block(&f);
  for (int i = 0; i < t.count; i++) put_effect(&f, files, &t, i);
  put_axis(&f, &t);
  put_line(&f, &t, t.base, "now", "", nearest_limit(&t));
  put_line(&f, &t, t.limit.low, "limit", "dt 2", t.base), put_line(&f, &t, t.limit.high, "limit", "dt 2", t.base);
  fprintf(f.script, "plot 'data' index %d using 1:2:3:4:5:6:7 with boxxyerror fs solid 1 noborder lc rgb variable\n", block);
  return figure_draw(&f, output, error);
}

const struct plot_kind plot_tornado = {
    .name = "tornado", .doc = "What moves a measure, the largest first.", .least = 1, .most = 1, .draw = draw, .of = "sensitivity"};
