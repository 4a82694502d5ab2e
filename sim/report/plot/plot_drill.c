/* A drill: a row a fault. Left the share of the requests that fail, right the 95th percentile of the answered, from shortly before
 * the strike until some time after the last requirement holds again. Grey: the same customers without the fault. */
#include "sim/report/plot/gnuplot.h"
#include "sim/report/plot/plot_kinds.h"
#include <math.h>
#include <string.h>

enum { ROWS = 8, ROW = 150, TOP = 128, BOTTOM = 30, LEFT = 70, RIGHT = 30, MIDDLE = 96, GAP = 58 };
#define BAD   "#D55E00"
#define GOOD  "#009E73"
#define SLOW  "#0072B2"
#define NEVER "#B00020"

struct drill_row {
  const struct json_value *fault;
  double from, until, back; /* back: the latest recovery; NaN: nothing was broken; infinite: not back */
  double slowest, fastest;
  int block;
};

static double count_of(const struct json_value *v, const char *key) { return result_number(v, key); }

/* The latest of all requirements. */
static double latest_back(const struct json_value *fault) {
  double latest = NAN;
  for (const struct json_value *q = json_first(json_member(fault, "requirements")); q; q = json_next(q)) {
    double broken = count_of(q, "broken"), back = count_of(q, "back");
    if (!(broken > 0)) continue;
    if (back < broken) return INFINITY;
    latest = fmax(latest, result_estimate(json_member(q, "recovery_s")).value);
  }
  return latest;
}

static double nice_end(double wanted, double most) {
  static const double ends[] = {1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 43200, 86400};
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
    if (ends[i] >= wanted) return fmin(ends[i], most);
  return most;
}

static void put_numbers(struct figure *f, struct drill_row *row) {
  const struct json_value *c = json_member(row->fault, "course"), *t = json_first(json_member(c, "t_s"));
  const struct json_value *v[4];
  static const char *const keys[] = {"failed", "failed_without", "p95_s", "p95_without_s"};
  for (int i = 0; i < 4; i++) v[i] = json_first(json_member(c, keys[i]));
  row->block = figure_block(f);
  row->slowest = 0, row->fastest = INFINITY;
  figure_row(f, 5, NAN, NAN, NAN, NAN, NAN);
  for (; t; t = json_next(t)) {
    double x[4], at = json_number(t);
    for (int i = 0; i < 4; i++) {
      x[i] = json_type(v[i]) == JSON_NUMBER ? json_number(v[i]) : NAN;
      v[i] = json_next(v[i]);
    }
    if (at < row->from || at > row->until) continue;
    for (int i = 2; i < 4; i++)
      if (x[i] > 0) row->slowest = fmax(row->slowest, x[i]), row->fastest = fmin(row->fastest, x[i]);
    figure_row(f, 5, at, x[0], x[1], x[2], x[3]);
  }
}

static void gather(struct figure *f, const struct result_file *file, struct drill_row *row, const struct json_value *fault) {
  double watch = result_number(file->root, "watch_s"), step = result_number(file->root, "step_s");
  row->fault = fault;
  row->back = latest_back(fault);
  double served = result_estimate(json_member(fault, "served_again_s")).value;
  double seen = isinf(row->back) ? watch : fmax(isnan(row->back) ? 0 : row->back, isnan(served) ? 0 : served);
  row->until = nice_end(fmax(1.6 * seen, 20 * step), watch);
  row->from = -fmin(0.12 * row->until, result_number(file->root, "before_s"));
  put_numbers(f, row);
}

static void mark(struct figure *f, double x, const char *color, const char *dash) {
  fprintf(f->script, "set arrow from first %.9g, graph 0 to first %.9g, graph 1 nohead front %s lw 1.2 lc rgb '%s'\n", x, x, dash,
          color);
}

/* Six or so ticks in readable seconds. */
static void time_ticks(struct figure *f, const struct drill_row *row) {
  static const double steps[] = {0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600};
  double step = steps[0];
  for (size_t i = 0; i < sizeof steps / sizeof *steps && row->until / step > 6; i++) step = steps[i];
  fprintf(f->script, "set xrange [%.9g:%.9g]\nset xtics ('strikes' 0", row->from, row->until);
  for (int i = 1; i * step <= row->until * 1.001; i++)
    fprintf(f->script, ", '%s' %.9g", format_number(UNIT_SECONDS, NULL, i * step).text, i * step);
  fputs(")\n", f->script);
}

static void begin_panel(struct figure *f, const struct drill_row *row, double left, double right, double top) {
  figure_area(f, left / f->width, right / f->width, (top - (ROW - GAP)) / f->height, top / f->height);
  fputs("unset label\nunset arrow\n", f->script);
  time_ticks(f, row);
  mark(f, 0, FIGURE_GREY, "dt 2");
  if (isfinite(row->back)) mark(f, row->back, GOOD, "");
}

static void say_row(const struct drill_row *row, char *text, size_t size) {
  char back[120] = "every requirement holds";
  if (isinf(row->back))
    snprintf(back, sizeof back, "a requirement does not hold again");
  else if (row->back > 0)
    snprintf(back, sizeof back, "all requirements hold again after %s", format_number(UNIT_SECONDS, NULL, row->back).text);
  double failed = result_estimate(json_member(row->fault, "failed")).value;
  snprintf(text, size, "%.60s: %s; %s requests fail", result_text(row->fault, "fault"), back,
           format_number(UNIT_COUNT, NULL, failed > 0.5 ? failed : 0).text);
}

static void draw_row(struct figure *f, const struct drill_row *row, double top) {
  char text[300], position[80];
  double half = (f->width - LEFT - RIGHT - MIDDLE) / 2.0;
  begin_panel(f, row, LEFT, LEFT + half, top);
  say_row(row, text, sizeof text);
  snprintf(position, sizeof position, "screen %.6f,%.6f", 16.0 / f->width, (top + 14) / f->height);
  figure_text(f, position, "left", isinf(row->back) ? NEVER : row->back > 0 ? BAD : FIGURE_INK, 12, text);
  fprintf(f->script, "unset logscale y\nset yrange [0:1.04]\nset ytics ('0%%%%' 0, '50%%%%' 0.5, '100%%%%' 1)\n");
  fprintf(
      f->script,
      "plot 'data' index %d using 1:3 with lines lw 1.2 lc rgb '#aaaaaa', '' index %d using 1:2 with lines lw 1.8 lc rgb '%s'\n",
      row->block, row->block, BAD);
  begin_panel(f, row, LEFT + half + MIDDLE, f->width - RIGHT, top);
  double low = row->slowest > 0 ? row->fastest / 1.5 : 0.01, high = row->slowest > 0 ? row->slowest * 1.5 : 1;
  fprintf(f->script, "set logscale y\nset yrange [%.9g:%.9g]\n", low, high);
  figure_ticks_seconds(f, 'y', low, high);
  fprintf(
      f->script,
      "plot 'data' index %d using 1:5 with lines lw 1.2 lc rgb '#aaaaaa', '' index %d using 1:4 with lines lw 1.8 lc rgb '%s'\n",
      row->block, row->block, SLOW);
}

static void put_heads(struct figure *f) {
  char position[80];
  double half = (f->width - LEFT - RIGHT - MIDDLE) / 2.0, y = (f->height - TOP + 30.0) / f->height;
  fputs("unset label\nunset arrow\n", f->script);
  snprintf(position, sizeof position, "screen %.6f,%.6f", 16.0 / f->width, y);
  figure_text(f, position, "left", FIGURE_GREY, 11, "share of the requests that fail (grey: without the fault)");
  snprintf(position, sizeof position, "screen %.6f,%.6f", (LEFT + half + MIDDLE - 54) / f->width, y);
  figure_text(f, position, "left", FIGURE_GREY, 11, "95th percentile of the answered");
}

static void say(const struct drill_row *rows, int count, char *text, size_t size) {
  int held = 0, back = 0;
  double longest = 0;
  for (int i = 0; i < count; i++) {
    held += isnan(rows[i].back);
    back += isfinite(rows[i].back);
    if (isfinite(rows[i].back)) longest = fmax(longest, rows[i].back);
  }
  int never = count - held - back, broken = count - held;
  if (!broken) {
    snprintf(text, size, count == 1 ? "the fault breaks no requirement" : "none of %d faults breaks a requirement", count);
    return;
  }
  size_t used = (size_t)snprintf(text, size, "%d of %d faults break%s a requirement", broken, count, broken == 1 ? "s" : "");
  if (back) used += (size_t)snprintf(text + used, size - used, ", for up to %s", format_number(UNIT_SECONDS, NULL, longest).text);
  if (never) snprintf(text + used, size - used, "; %d for longer than was watched", never);
}

static enum plot_outcome draw(const struct plot_kind *kind, const struct result_file *files, uint32_t file_count,
                              const char *output, const struct plot_options *options, char **error) {
  (void)kind, (void)file_count;
  struct drill_row rows[ROWS];
  struct figure f;
  char title[400], subtitle[600];
  int count = 0, left_out = 0;
  const struct json_value *faults = json_member(files->root, "faults");
  if (!json_first(faults)) return plot_nothing(error, files, "no faults to draw: write \"faults\" into the scenario");
  figure_open(&f, options, 1000, 200);
  for (const struct json_value *v = json_first(faults); v; v = json_next(v)) {
    if (count < ROWS)
      gather(&f, files, &rows[count++], v);
    else
      left_out++;
  }
  f.height = TOP + BOTTOM + ROW * count;
  fputs("set multiplot\n", f.script);
  for (int i = 0; i < count; i++) draw_row(&f, &rows[i], f.height - TOP - 20 - ROW * i);
  put_heads(&f);
  figure_left_out(&f, left_out, "fault");
  say(rows, count, title, sizeof title);
  snprintf(subtitle, sizeof subtitle, "%s; each fault once at %s (seed %s, %.40s)", figure_fit(files->title, 70).text,
           format_number(UNIT_PER_SECOND, NULL, result_number(files->root, "load_per_s")).text, result_text(files->root, "seed"),
           plot_replications(files->root).text);
  figure_title(&f, options->title ? options->title : title, subtitle);
  fputs("unset logscale y\nunset border\nunset tics\nunset grid\nset xrange [0:1]\nset yrange [0:1]\nplot NaN notitle\nunset "
        "multiplot\n",
        f.script);
  return figure_draw(&f, output, error);
}

const struct plot_kind plot_drill = {
    .name = "drill", .doc = "What each fault breaks and for how long.", .least = 1, .most = 1, .draw = draw, .of = "drill"};
