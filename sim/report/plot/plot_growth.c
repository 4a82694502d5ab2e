/* Growth of users: what fills up and each requirement's measure as a share of its limit, month by month on one axis: below 1 is
 * good. Grey: the load in the busiest time over what the first resource can do. Dashed verticals: the months in which requirements
 * break, their intervals as bands. */
#include "sim/report/plot/plot_kinds.h"
#include <math.h>
#include <string.h>

enum { LINES = 6, LEFT = 76, RIGHT = 300, TOP = 112, BOTTOM = 72, LABEL = 38 };
#define LOWEST  0.02
#define HIGHEST 8.0

struct growth_line {
  const struct json_value *of; /* a requirement; null: a resource, or the load */
  const char *name, *list, *key;
  struct claim_limit limit;
  int curve, band;
  double end_x, end_y;
};

static double share_of(const struct growth_line *l, double value) {
  if (!l->of) return value;
  if (isfinite(l->limit.high)) return value / l->limit.high;
  if (l->limit.low > 0.5 && l->limit.low < 1 && !strcmp(result_text(l->of, "unit"), "ratio"))
    return (1 - value) / (1 - l->limit.low);
  return l->limit.low / value;
}

static double clamped(double x) { return x < LOWEST ? LOWEST : x > HIGHEST ? HIGHEST : x; }

static struct result_estimate value_in(const struct json_value *month, const struct growth_line *l) {
  if (!l->list) return (struct result_estimate){result_number(month, "load"), NAN, NAN};
  for (const struct json_value *v = json_first(json_member(month, l->list)); v; v = json_next(v))
    if (!strcmp(result_text(v, l->key), l->name)) return result_estimate(v);
  return (struct result_estimate){NAN, NAN, NAN};
}

static void put_line(struct figure *f, const struct json_value *runs, struct growth_line *l) {
  bool gone = false;
  l->curve = figure_block(f), l->end_y = LOWEST;
  figure_row(f, 2, NAN, NAN);
  for (const struct json_value *m = json_first(runs); m && !gone; m = json_next(m)) {
    double y = share_of(l, value_in(m, l).value), x = result_number(m, "month");
    if (isnan(y)) continue;
    gone = y > HIGHEST;
    figure_row(f, 2, x, clamped(y));
    l->end_x = x, l->end_y = clamped(y);
  }
  l->band = figure_block(f);
  figure_row(f, 3, NAN, NAN, NAN);
  for (const struct json_value *m = json_first(runs); m; m = json_next(m)) {
    struct result_estimate e = value_in(m, l);
    double a = share_of(l, e.low), b = share_of(l, e.high);
    if (!isnan(a) && !isnan(b) && share_of(l, e.value) <= HIGHEST)
      figure_row(f, 3, result_number(m, "month"), clamped(fmin(a, b)), clamped(fmax(a, b)));
  }
}

static int add_line(struct figure *f, const struct json_value *runs, struct growth_line lines[LINES], int count,
                    struct growth_line l) {
  if (count < LINES) lines[count] = l, put_line(f, runs, &lines[count]);
  return count + 1;
}

/* The load, requirements with a limit, then the resource that is fullest in the last month that was run. */
static int collect(struct figure *f, const struct json_value *root, struct growth_line lines[LINES]) {
  const struct json_value *runs = json_member(root, "runs"), *last = json_first(runs), *most = NULL;
  int count = add_line(f, runs, lines, 0, (struct growth_line){.name = "load in the busiest time"});
  for (const struct json_value *q = json_first(json_member(root, "requirements")); q; q = json_next(q)) {
    struct growth_line l = {.of = q, .name = result_text(q, "expr"), .list = "requirements", .key = "expr"};
    if (claim_limit(q, &l.limit) && l.limit.high != 0) count = add_line(f, runs, lines, count, l);
  }
  while (last && json_next(last)) last = json_next(last);
  for (const struct json_value *v = json_first(json_member(last, "resources")); v; v = json_next(v))
    if (!most || result_estimate(v).value > result_estimate(most).value) most = v;
  if (most)
    count = add_line(f, runs, lines, count,
                     (struct growth_line){.name = result_text(most, "resource"), .list = "resources", .key = "resource"});
  figure_left_out(f, count - LINES, "line");
  return count < LINES ? count : LINES;
}

/* No layouts are compared here: their colours stay free. */
static const char *color(int i) { return i ? palette_endpoint(i - 1) : FIGURE_GREY; }

static void put_breaks(struct figure *f, const struct json_value *root, const struct growth_line *lines, int count) {
  for (int i = 0; i < count; i++) {
    if (!lines[i].of || strcmp(result_text(lines[i].of, "course"), "breaks")) continue;
    double month = result_number(lines[i].of, "month");
    struct result_estimate e = result_estimate(lines[i].of);
    if (isfinite(e.low) && isfinite(e.high))
      fprintf(f->script,
              "set object rectangle from first %.9g, graph 0 to first %.9g, graph 1 fc rgb '#e4e4e4' fs solid noborder behind\n",
              e.low, e.high);
    if (isfinite(month))
      fprintf(f->script, "set arrow from first %.9g, graph 0 to first %.9g, graph 1 nohead back dt 2 lw 1.4 lc rgb '%s'\n", month,
              month, color(i));
  }
  (void)root;
}

static void put_labels(struct figure *f, const struct growth_line *lines, int count, double last) {
  double y[LINES];
  char position[80];
  for (int i = 0; i < count; i++) y[i] = log10(lines[i].end_y);
  figure_spread(y, count, 20.0 / (f->height - TOP - BOTTOM) * log10(HIGHEST / LOWEST), log10(LOWEST));
  for (int i = 0; i < count; i++) {
    snprintf(position, sizeof position, "first %.9g,%.9g offset 1,0", last, pow(10, y[i]));
    figure_text(f, position, "left", color(i), 11, figure_fit(lines[i].name, LABEL).text);
  }
}

static void title(struct figure *f, const struct json_value *root, const struct plot_options *options, const char *name) {
  char text[400], rest[600];
  const char *answer = result_text(root, "answer"), *then = strstr(answer, "; first to break");
  snprintf(text, sizeof text, "%.*s", then ? (int)(then - answer) : 280, answer);
  snprintf(rest, sizeof rest, "%s%s%.200s", then ? then + 2 : "", then ? "; " : "", name);
  figure_title(f, options->title ? options->title : figure_fit(text, 110).text, figure_fit(rest, 150).text);
}

static void axes(struct figure *f, double last) {
  char position[80];
  figure_area(f, (double)LEFT / f->width, 1 - (double)RIGHT / f->width, (double)BOTTOM / f->height, 1 - (double)TOP / f->height);
  snprintf(position, sizeof position, "screen %.6f,%.6f", 16.0 / f->width, 1 - 96.0 / f->height);
  figure_text(f, position, "left", FIGURE_GREY, 12, "share of the limit, or of what can be done (below 1 is good)");
  fprintf(f->script, "set logscale y\nset xrange [0:%.9g]\nset yrange [%g:%g]\n", last, LOWEST, HIGHEST);
  fputs("set ytics ('1/50' 0.02, '1/20' 0.05, '1/10' 0.1, '1/5' 0.2, '1/2' 0.5, 'limit' 1, '2x' 2, '5x' 5)\n", f->script);
  fprintf(f->script, "set arrow from graph 0, first 1 to graph 1, first 1 nohead back dt 2 lw 1 lc rgb '%s'\n", FIGURE_GREY);
  snprintf(position, sizeof position, "screen %.6f,%.6f", 0.5 * (LEFT + f->width - RIGHT) / f->width, 20.0 / f->height);
  figure_text(f, position, "center", "#444444", 12, "months from today");
}

static enum plot_outcome draw(const struct plot_kind *kind, const struct result_file *files, uint32_t file_count,
                              const char *output, const struct plot_options *options, char **error) {
  (void)kind, (void)file_count;
  const struct json_value *root = files->root;
  struct growth_line lines[LINES];
  struct figure f;
  double last = result_number(root, "months");
  if (json_count(json_member(root, "runs")) < 2)
    return plot_nothing(error, files, "fewer than two months were run: no curve to draw");
  if (!(last > 0)) return plot_nothing(error, files, "no number of months: run it with --months");
  figure_open(&f, options, 1120, 560);
  int count = collect(&f, root, lines);
  title(&f, root, options, files->title);
  put_breaks(&f, root, lines, count);
  put_labels(&f, lines, count, last);
  axes(&f, last);
  for (int i = 0; i < count; i++)
    fprintf(f.script, "%s'data' index %d using 1:2:3 with filledcurves fc rgb '%s' fs solid 1 noborder", i ? ", " : "plot ",
            lines[i].band, figure_tint(color(i), 4).text);
  for (int i = 0; i < count; i++)
    fprintf(f.script, ", '' index %d using 1:2 with linespoints lw 2 pt 7 ps 0.6 lc rgb '%s'", lines[i].curve, color(i));
  fputc('\n', f.script);
  return figure_draw(&f, output, error);
}

const struct plot_kind plot_growth = {.name = "growth",
                                      .doc = "Load, requirements and resources month by month, and when they break.",
                                      .least = 1,
                                      .most = 1,
                                      .draw = draw,
                                      .of = "growth"};
