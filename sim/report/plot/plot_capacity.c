/* What `aguanta capacity` found: each claim's measure as a share of its limit against the value that was varied, with its interval,
 * the limit as one dashed line for all, and the capacity as a grey band. Below the line is good for every claim; for "at least"
 * claims the share is turned. */
#include "sim/report/plot/plot_kinds.h"
#include <math.h>
#include <string.h>

enum { LINES = 6, LEFT = 76, RIGHT = 310, TOP = 108, BOTTOM = 72, LABEL = 40 };
#define LOWEST  0.02
#define HIGHEST 8.0

struct line {
  const struct json_value *claim;
  struct claim_limit limit;
  double bound; /* number of the claim among the scenario's */
  int curve, band;
  double end_y; /* at the right end of the curve */
};

static double share(const struct line *l, double value) {
  if (isfinite(l->limit.high)) return value / l->limit.high;
  if (l->limit.low > 0.5 && l->limit.low < 1 && !strcmp(result_text(l->claim, "unit"), "ratio"))
    return (1 - value) / (1 - l->limit.low);
  return l->limit.low / value;
}

static double clamped(double x) { return x < LOWEST ? LOWEST : x > HIGHEST ? HIGHEST : x; }

static const struct json_value *claim_at(const struct json_value *level, double bound) {
  for (const struct json_value *c = json_first(json_member(level, "claims")); c; c = json_next(c))
    if (result_number(c, "bound") == bound) return c;
  return NULL;
}

/* Points stand where there is a value; the curve ends where the measure leaves the picture or no mean exists. */
static void put_curve(struct figure *f, const struct json_value *levels, struct line *l) {
  bool gone = false;
  l->curve = figure_block(f);
  figure_row(f, 2, NAN, NAN); /* so that the block is never empty */
  for (const struct json_value *v = json_first(levels); v && !gone; v = json_next(v)) {
    double y = share(l, result_estimate(claim_at(v, l->bound)).value);
    if (isnan(y)) continue;
    gone = y > HIGHEST;
    figure_row(f, 2, result_number(v, "value"), clamped(y));
    l->end_y = clamped(y);
  }
  l->band = figure_block(f);
  figure_row(f, 3, NAN, NAN, NAN);
  for (const struct json_value *v = json_first(levels); v; v = json_next(v)) {
    struct result_estimate e = result_estimate(claim_at(v, l->bound));
    double a = share(l, e.low), b = share(l, e.high);
    if (!isnan(a) && !isnan(b) && share(l, e.value) <= HIGHEST)
      figure_row(f, 3, result_number(v, "value"), clamped(fmin(a, b)), clamped(fmax(a, b)));
  }
}

/* Claims with a limit; of those the first find room. */
static int collect(struct figure *f, const struct json_value *root, struct line lines[LINES]) {
  int count = 0;
  for (const struct json_value *c = json_first(json_member(root, "claims")); c; c = json_next(c)) {
    struct line line = {.claim = c, .bound = result_number(c, "bound"), .end_y = LOWEST};
    if (!claim_limit(c, &line.limit) || count++ >= LINES) continue;
    lines[count - 1] = line;
    put_curve(f, json_member(root, "levels"), &lines[count - 1]);
  }
  figure_left_out(f, count - LINES, "claim");
  return count < LINES ? count : LINES;
}

static void put_labels(struct figure *f, const struct line *lines, int count, double last) {
  double y[LINES];
  char position[80];
  for (int i = 0; i < count; i++) y[i] = log10(lines[i].end_y);
  figure_spread(y, count, 20.0 / (f->height - TOP - BOTTOM) * log10(HIGHEST / LOWEST), log10(LOWEST));
  for (int i = 0; i < count; i++) {
    snprintf(position, sizeof position, "first %.9g,%.9g offset 1,0", last, pow(10, y[i]));
    figure_text(f, position, "left", figure_color(i), 11, figure_fit(result_text(lines[i].claim, "expr"), LABEL).text);
  }
}

/* The capacity, or both ends of a stretch. */
static void put_answer(struct figure *f, const struct json_value *root, const char *key) {
  const struct json_value *answer = json_member(root, key);
  struct result_estimate e = result_estimate(answer);
  if (!isfinite(e.value) || !isfinite(e.low) || !isfinite(e.high)) return;
  fprintf(f->script,
          "set object rectangle from first %.9g, graph 0 to first %.9g, graph 1 fc rgb '#e4e4e4' fs solid noborder behind\n", e.low,
          e.high);
  fprintf(f->script, "set arrow from first %.9g, graph 0 to first %.9g, graph 1 nohead lw 1.4 lc rgb '%s'\n", e.value, e.value,
          FIGURE_INK);
}

/* The answer is one sentence of two parts: what holds, and what breaks. */
static void title(struct figure *f, const struct json_value *root, const struct plot_options *options, const char *name) {
  char text[300], rest[500];
  const char *answer = result_text(root, "answer"), *then = strstr(answer, "; ");
  snprintf(text, sizeof text, "%.*s", then ? (int)(then - answer) : 280, answer);
  snprintf(rest, sizeof rest, "%s%s%.200s", then ? then + 2 : "", then ? "; " : "", name);
  figure_title(f, options->title ? options->title : figure_fit(text, 100).text, figure_fit(rest, 150).text);
}

static void axes(struct figure *f, const struct json_value *root, double first, double last) {
  char position[80], label[200];
  figure_area(f, (double)LEFT / f->width, 1 - (double)RIGHT / f->width, (double)BOTTOM / f->height, 1 - (double)TOP / f->height);
  snprintf(position, sizeof position, "screen %.6f,%.6f", 16.0 / f->width, 1 - 94.0 / f->height);
  figure_text(f, position, "left", FIGURE_GREY, 12, "measure as a share of its limit (below 1 is good)");
  fprintf(f->script, "set logscale y\nset xrange [%.9g:%.9g]\nset yrange [%g:%g]\n", first, last, LOWEST, HIGHEST);
  fputs("set ytics ('1/50' 0.02, '1/20' 0.05, '1/10' 0.1, '1/5' 0.2, '1/2' 0.5, 'limit' 1, '2x' 2, '5x' 5)\n", f->script);
  fprintf(f->script, "set arrow from graph 0, first 1 to graph 1, first 1 nohead dt 2 lw 1 lc rgb '%s'\n", FIGURE_GREY);
  snprintf(label, sizeof label, "%s%s%s%s", result_text(root, "path"), *result_text(root, "unit") ? " (" : "",
           result_text(root, "unit"), *result_text(root, "unit") ? ")" : "");
  snprintf(position, sizeof position, "screen %.6f,%.6f", 0.5 * (LEFT + f->width - RIGHT) / f->width, 20.0 / f->height);
  figure_text(f, position, "center", "#444444", 12, label);
}

static enum plot_outcome draw(const struct plot_kind *kind, const struct result_file *files, uint32_t count, const char *output,
                              const struct plot_options *options, char **error) {
  (void)kind, (void)count;
  const struct json_value *root = files->root, *levels = json_member(root, "levels"), *last = json_first(levels);
  struct line lines[LINES];
  struct figure f;
  if (json_count(levels) < 2)
    return plot_nothing(error, files, "fewer than two values were run: no curve to draw; give --vary a wider range");
  while (json_next(last)) last = json_next(last);
  double from = result_number(json_first(levels), "value"), to = result_number(last, "value");
  if (!isfinite(from) || !isfinite(to) || !(from < to)) return plot_nothing(error, files, "its values are not numbers that rise");
  figure_open(&f, options, 1120, 560);
  int found = collect(&f, root, lines);
  title(&f, root, options, files->title);
  put_answer(&f, root, "least"), put_answer(&f, root, "most");
  put_labels(&f, lines, found, to);
  axes(&f, root, from, to);
  for (int i = 0; i < found; i++)
    fprintf(f.script, "%s'data' index %d using 1:2:3 with filledcurves fc rgb '%s' fs solid 1 noborder", i ? ", " : "plot ",
            lines[i].band, figure_pale(i));
  for (int i = 0; i < found; i++)
    fprintf(f.script, ", '' index %d using 1:2 with linespoints lw 2 pt 7 ps 0.6 lc rgb '%s'", lines[i].curve, figure_color(i));
  fputc('\n', f.script);
  return figure_draw(&f, output, error);
}

const struct plot_kind plot_capacity = {.name = "capacity",
                                        .doc = "Each claim's measure against the value that `capacity` varied, and what it found.",
                                        .least = 1,
                                        .most = 1,
                                        .draw = draw,
                                        .of = "capacity"};
