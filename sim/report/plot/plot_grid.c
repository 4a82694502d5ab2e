/* A sweep over two values as a map of cells: a percentile of one endpoint in each, darker where it is longer, and a frame around
 * those that keep every requirement. A cell says its value, and what it fails. */
#include "sim/report/plot/axis_result.h"
#include "sim/report/plot/plot_kinds.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 40, LEFT = 150, TOP = 122, BOTTOM = 84, RIGHT = 40, TEXT = 40 };

struct grid_axis {
  const char *path, *unit;
  int count;
  const char *value[SIDE];
};

struct grid {
  struct grid_axis x, y;
  const struct json_value *cell[SIDE][SIDE]; /* by x and y */
  char endpoint[120], metric[140];
  const char *aggregate;
  double low, high;
  int points, hold;
};

static double number_of(const char *text) {
  char *rest;
  double number = strtod(text, &rest);
  return rest == text ? NAN : number;
}

/* Numbers in their order, other texts in that of the sweep. Returns its place, or -1. */
static int place(struct grid_axis *axis, const char *value, bool add) {
  for (int i = 0; i < axis->count; i++)
    if (!strcmp(axis->value[i], value)) return i;
  if (!add || axis->count == SIDE) return -1;
  int at = axis->count++;
  for (; at > 0 && number_of(axis->value[at - 1]) > number_of(value); at--) axis->value[at] = axis->value[at - 1];
  axis->value[at] = value;
  return at;
}

/* Of several paths in a point the first two that vary on their own. */
static const char *read_axes(struct grid *g, const struct json_value *points) {
  const struct json_value *first = json_first(json_member(json_first(points), "set"));
  if (json_count(json_member(json_first(points), "set")) < 2)
    return "a sweep over one value; --kind sweep or load draws it, or vary a second one with another --vary";
  g->x.path = json_name(first), g->y.path = json_name(json_next(first));
  for (const struct json_value *p = json_first(points); p; p = json_next(p)) {
    const char *x = result_text(json_member(p, "set"), g->x.path), *y = result_text(json_member(p, "set"), g->y.path);
    if (place(&g->x, x, true) < 0 || place(&g->y, y, true) < 0)
      return "more than 40 values of one path do not fit into one picture";
  }
  for (const struct json_value *p = json_first(points); p; p = json_next(p), g->points++) {
    const struct json_value **cell = &g->cell[place(&g->x, result_text(json_member(p, "set"), g->x.path), false)]
                                             [place(&g->y, result_text(json_member(p, "set"), g->y.path), false)];
    if (*cell) return "a sweep over three values: hold the third by --set";
    *cell = p;
    g->hold += !strcmp(result_text(json_member(json_member(p, "verdicts"), "requirements"), "verdict"), "PASS");
  }
  return g->x.count < 2 || g->y.count < 2 ? "only one of two values varies; --kind sweep draws it" : NULL;
}

static struct result_estimate value_of(const struct grid *g, const struct json_value *point) {
  return result_estimate(axis_metric(point, g->metric, g->aggregate));
}

static void find_range(struct grid *g) {
  g->low = INFINITY, g->high = -INFINITY;
  for (int x = 0; x < g->x.count; x++)
    for (int y = 0; y < g->y.count; y++) {
      double value = value_of(g, g->cell[x][y]).value;
      if (value > 0) g->low = fmin(g->low, value), g->high = fmax(g->high, value);
    }
}

/* The percentile that the most points know of an endpoint, the highest of these. */
static int choose_aggregate(struct grid *g, const struct json_value *points) {
  static const char *const aggregates[] = {"p99", "p95", "p90", "p50", "mean"};
  int most = 0;
  for (int k = 0; k < 5; k++) {
    int known = 0;
    for (const struct json_value *p = json_first(points); p; p = json_next(p))
      known += result_estimate(axis_metric(p, g->metric, aggregates[k])).value > 0;
    if (known > most) most = known, g->aggregate = aggregates[k];
  }
  return most;
}

/* That of the options, or the one whose latency varies most. */
static bool choose_endpoint(struct grid *g, const struct json_value *points, const struct plot_options *options) {
  char best[120] = "";
  double most = 0;
  for (const struct json_value *m = json_first(json_member(json_first(points), "metrics")); m; m = json_next(m)) {
    const char *name = result_text(m, "metric");
    if (strcmp(result_text(m, "agg"), "error_rate") || json_count(json_member(m, "labels")) || strlen(name) > 100) continue;
    if (options->endpoint_count ? strcmp(name, options->endpoints[0]) != 0 : !strcmp(name, "all")) continue;
    snprintf(g->metric, sizeof g->metric, "%.110s.latency", name);
    if (!choose_aggregate(g, points)) continue;
    find_range(g);
    if (g->high / g->low > most) most = g->high / g->low, snprintf(best, sizeof best, "%.110s", name);
  }
  if (!*best) return false;
  snprintf(g->endpoint, sizeof g->endpoint, "%s", best);
  snprintf(g->metric, sizeof g->metric, "%.110s.latency", best);
  choose_aggregate(g, points), find_range(g);
  return true;
}

/* From nearly white to dark blue, by the logarithm. */
static struct figure_tint shade(const struct grid *g, double value) {
  struct figure_tint tint = {"#f0f0f0"};
  static const int pale[] = {0xEA, 0xF3, 0xF9}, deep[] = {0x08, 0x45, 0x94};
  double share = g->high > g->low ? log(value / g->low) / log(g->high / g->low) : 0;
  if (isnan(value)) return tint;
  int part[3];
  for (int i = 0; i < 3; i++) part[i] = (int)lround(pale[i] + share * (deep[i] - pale[i]));
  snprintf(tint.text, sizeof tint.text, "#%02x%02x%02x", part[0] & 255, part[1] & 255, part[2] & 255);
  return tint;
}

static const char *ink_on(const struct grid *g, double value) {
  return g->high > g->low && log(value / g->low) / log(g->high / g->low) > 0.5 ? "#ffffff" : "#111111";
}

static const char *verdict_of(const struct json_value *point) {
  return result_text(json_member(json_member(point, "verdicts"), "requirements"), "verdict");
}

static void put_cell(struct figure *f, const struct grid *g, int x, int y, double width) {
  const struct json_value *point = g->cell[x][y];
  struct result_estimate e = value_of(g, point);
  char position[80], text[120];
  if (!point) return;
  figure_row_in(f, shade(g, e.value).text, 6, x + 0.5, y + 0.5, (double)x, x + 1.0, (double)y, y + 1.0);
  struct estimate shown = {.value = e.value, .low = e.low, .high = e.high};
  snprintf(text, sizeof text, "%s",
           isnan(e.value) ? axis_endless(point) ? "grows without end" : "too short to tell"
                          : format_number(UNIT_SECONDS, NULL, shown.value).text);
  const char *ink = isnan(e.value) ? "#444444" : ink_on(g, e.value), *verdict = verdict_of(point);
  bool room = width > 6.6 * format_width(text) + 6;
  snprintf(position, sizeof position, "first %.9g,%.9g", x + 0.5, y + (*verdict ? 0.62 : 0.5));
  if (room) figure_text(f, position, "center", ink, 12, text);
  snprintf(position, sizeof position, "first %.9g,%.9g", x + 0.5, y + 0.28);
  if (*verdict && strcmp(verdict, "NONE") && room && width > 60) figure_text(f, position, "center", ink, 9, verdict);
}

/* Around those that keep every requirement: a border where the neighbour does not. */
static void put_frame(struct figure *f, const struct grid *g, int x, int y) {
  static const struct {
    int dx, dy;
    double from_x, from_y, to_x, to_y;
  } sides[] = {{-1, 0, 0, 0, 0, 1}, {1, 0, 1, 0, 1, 1}, {0, -1, 0, 0, 1, 0}, {0, 1, 0, 1, 1, 1}};
  if (strcmp(verdict_of(g->cell[x][y]), "PASS")) return;
  for (int i = 0; i < 4; i++) {
    int nx = x + sides[i].dx, ny = y + sides[i].dy;
    bool inside = nx >= 0 && ny >= 0 && nx < g->x.count && ny < g->y.count;
    if (inside && !strcmp(verdict_of(g->cell[nx][ny]), "PASS")) continue;
    fprintf(f->script, "set arrow from first %g,%g to first %g,%g nohead front lw 2.5 lc rgb '%s'\n", x + sides[i].from_x,
            y + sides[i].from_y, x + sides[i].to_x, y + sides[i].to_y, FIGURE_INK);
  }
}

static void put_ticks(struct figure *f, const struct grid_axis *axis, char letter) {
  int step = axis->count > 20 ? 2 : 1;
  fprintf(f->script, "unset %ctics\n", letter);
  for (int i = 0; i < axis->count; i += step) {
    char position[80];
    if (letter == 'x')
      snprintf(position, sizeof position, "first %g, graph 0 offset 0,-0.9", i + 0.5);
    else
      snprintf(position, sizeof position, "graph 0, first %g offset -1,0", i + 0.5);
    figure_text(f, position, letter == 'x' ? "center" : "right", "#444444", 11,
                figure_fit(axis->value[i], letter == 'x' ? 12 : 15).text);
  }
}

static void axes(struct figure *f, const struct grid *g) {
  char position[80], text[400];
  figure_area(f, (double)LEFT / f->width, 1 - (double)RIGHT / f->width, (double)BOTTOM / f->height, 1 - (double)TOP / f->height);
  fprintf(f->script, "unset border\nunset grid\nset xrange [0:%d]\nset yrange [0:%d]\n", g->x.count, g->y.count);
  put_ticks(f, &g->x, 'x'), put_ticks(f, &g->y, 'y');
  snprintf(position, sizeof position, "screen %.6f,%.6f", 16.0 / f->width, 1 - 100.0 / f->height);
  snprintf(text, sizeof text, "%s%s", figure_fit(g->y.path, 60).text, g->hold ? "; framed: every requirement holds" : "");
  figure_text(f, position, "left", FIGURE_GREY, 12, text);
  snprintf(position, sizeof position, "screen %.6f,%.6f", 0.5 * (LEFT + f->width - RIGHT) / f->width, 24.0 / f->height);
  figure_text(f, position, "center", "#444444", 12, figure_fit(g->x.path, 90).text);
}

static void say(const struct grid *g, const struct json_value *points, char *text, size_t size) {
  bool judged = false;
  for (const struct json_value *p = json_first(points); p; p = json_next(p))
    judged |= strcmp(verdict_of(p), "NONE") && *verdict_of(p);
  int used = snprintf(text, size, "%s(%s) goes from %s to %s", g->aggregate, g->metric,
                      format_number(UNIT_SECONDS, NULL, g->low).text, format_number(UNIT_SECONDS, NULL, g->high).text);
  if (judged && used > 0 && used < (int)size)
    snprintf(text + used, size - (size_t)used, "; %d of %d points keep every requirement", g->hold, g->points);
}

static enum plot_outcome draw(const struct plot_kind *kind, const struct result_file *files, uint32_t count, const char *output,
                              const struct plot_options *options, char **error) {
  (void)kind, (void)count;
  const struct json_value *points = json_member(files->root, "points");
  static const struct grid empty;
  struct grid g = empty;
  char text[400], under[300];
  struct figure f;
  const char *wrong = read_axes(&g, points);
  if (wrong) return plot_nothing(error, files, wrong);
  if (!choose_endpoint(&g, points, options)) return plot_nothing(error, files, "no latency to draw: run longer windows");
  double cell = fmin(160, fmax(24, 800.0 / g.x.count)), row = fmin(64, fmax(22, 460.0 / g.y.count));
  figure_open(&f, options, (int)fmax(760, LEFT + RIGHT + cell * g.x.count), TOP + BOTTOM + (int)(row * g.y.count));
  say(&g, points, text, sizeof text);
  snprintf(under, sizeof under, "%s (%s a point)", result_text(json_first(points), "scenario"),
           plot_replications(json_first(points)).text);
  figure_title(&f, options->title ? options->title : text, under);
  double width = (double)(f.width - LEFT - RIGHT) / g.x.count;
  int block = figure_block(&f);
  for (int x = 0; x < g.x.count; x++)
    for (int y = 0; y < g.y.count; y++) put_cell(&f, &g, x, y, width), put_frame(&f, &g, x, y);
  axes(&f, &g);
  fprintf(f.script, "plot 'data' index %d using 1:2:3:4:5:6:7 with boxxyerror fs solid 1 border rgb '#ffffff' lc rgb variable\n",
          block);
  return figure_draw(&f, output, error);
}

const struct plot_kind plot_grid = {.name = "grid",
                                    .doc = "A map of a sweep over two values: latency in each cell, framed where all holds.",
                                    .least = 1,
                                    .most = 1,
                                    .draw = draw,
                                    .of = "sweep",
                                    .own_endpoints = true};
