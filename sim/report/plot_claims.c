/* Claims on one axis: each value and interval divided by its limit, so that "at the limit" is one line for all of them.
 *
 * For "at least" claims the axis turns: the limit divided by the value, and for shares near 1 what is missing (downtime
 * against the downtime allowed). Left of the line is good for every row. */
#include "sim/report/plot_kinds.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 24, STEP = 40, TOP = 92, BOTTOM = 72, LEFT = 370, RIGHT = 340 };
#define LOWEST  0.05
#define HIGHEST 20.0

static double relative(double value, const struct claim_limit *limit, const char *unit) {
  if (isfinite(limit->high)) return value / limit->high;
  if (!strcmp(unit, "ratio") && limit->low > 0.5 && limit->low < 1) return (1 - value) / (1 - limit->low);
  return limit->low / value;
}

static double clamped(double x) { return x < LOWEST ? LOWEST : x > HIGHEST ? HIGHEST : x; }

static int color_of(const char *verdict) { return !strcmp(verdict, "PASS") ? 2 : !strcmp(verdict, "FAIL") ? 1 : 0; }

static struct shown value_text(const struct json_value *claim, const struct result_estimate *e) {
  const char *unit = result_text(claim, "unit");
  struct estimate estimate = {.value = e->value, .low = e->low, .high = e->high, .exact = e->low == e->high};
  return format_estimate(plot_unit(unit), unit, &estimate);
}

static void put_claim(struct figure *f, const struct json_value *claim, double y) {
  const char *verdict = result_text(claim, "verdict"), *unit = result_text(claim, "unit"), *expression = result_text(claim, "expr");
  struct result_estimate e = result_estimate(claim);
  struct claim_limit limit;
  char position[80], text[160];
  int color = color_of(verdict);
  snprintf(position, sizeof position, "screen %.6f, first %.9g", (LEFT - 14.0) / f->width, y);
  figure_text(f, position, "right", FIGURE_INK, 11, figure_fit(expression, 44).text);
  snprintf(position, sizeof position, "screen %.6f, first %.9g", 1 - (RIGHT - 14.0) / f->width, y);
  snprintf(text, sizeof text, "%s  %s", verdict, isnan(e.value) ? "" : value_text(claim, &e).text);
  figure_text(f, position, "left", strcmp(verdict, "NO DATA") ? figure_color(color) : FIGURE_GREY, 11, text);
  if (isnan(e.value) || !claim_limit(claim, &limit)) return;
  double a = clamped(relative(e.low, &limit, unit)), b = clamped(relative(e.high, &limit, unit)),
         x = clamped(relative(e.value, &limit, unit));
  if (isnan(a) || isnan(b)) a = b = x;
  if (isfinite(limit.low) && isfinite(limit.high))
    fprintf(f->script,
            "set object rectangle from first %.9g, first %.9g to first 1, first %.9g fc rgb '#e8e8e8' fs noborder behind\n",
            clamped(limit.low / limit.high), y - 0.32, y + 0.32);
  figure_row(f, 5, x, y, fmin(a, b), fmax(a, b), (double)strtol(figure_color(color) + 1, NULL, 16));
}

static void say(char *text, size_t size, const struct result_file *file, int count) {
  int pass = 0, decided = 0;
  const struct json_value *worst = NULL;
  double most = 0;
  for (const struct json_value *c = json_first(json_member(file->root, "claims")); c; c = json_next(c)) {
    struct claim_limit limit;
    pass += !strcmp(result_text(c, "verdict"), "PASS");
    decided += !strcmp(result_text(c, "verdict"), "FAIL");
    if (strcmp(result_text(c, "verdict"), "FAIL") || !claim_limit(c, &limit)) continue;
    double x = relative(result_estimate(c).value, &limit, result_text(c, "unit"));
    if (x > most) most = x, worst = c;
  }
  int used = snprintf(text, size, "%d of %d claims hold", pass, count);
  if (worst && used > 0 && (size_t)used < size)
    snprintf(text + used, size - (size_t)used, "; %s misses its limit by a factor of %s", result_text(worst, "expr"),
             format_value(UNIT_NONE, NULL, &(struct estimate){.value = most, .low = most * 0.96, .high = most * 1.04}).text);
  else if (decided && (size_t)used < size)
    snprintf(text + used, size - (size_t)used, "; %d fail", decided);
}

static void axes(struct figure *f, int count) {
  figure_area(f, (double)LEFT / f->width, 1 - (double)RIGHT / f->width, (double)BOTTOM / f->height, 1 - (double)TOP / f->height);
  fprintf(f->script,
          "set border 1\nset errorbars 0\nunset ytics\nunset grid\nset logscale x\nset xrange [%g:%g]\nset yrange [%g:0.4]\n",
          LOWEST, HIGHEST, -count + 0.5);
  fputs("set xtics ('1/20' 0.05, '1/10' 0.1, '1/5' 0.2, '1/2' 0.5, 'limit' 1, '2x' 2, '5x' 5, '10x' 10, '20x' 20)\n"
        "set xlabel 'value as a share of its limit (left is good)' textcolor rgb '#444444' font ',12'\n",
        f->script);
  fprintf(f->script, "set arrow from first 1, graph 0 to first 1, graph 1 nohead dt 2 lw 1 lc rgb '%s'\n", FIGURE_GREY);
}

bool plot_claims(const struct plot_kind *kind, const struct result_file *files, uint32_t file_count, const char *output,
                 const struct plot_options *options, char **error) {
  (void)kind, (void)file_count;
  const struct json_value *claims = json_member(files->root, "claims");
  int count = (int)json_count(claims), row = 0;
  char text[400], subtitle[300];
  struct figure f;
  if (count == 0) return plot_nothing(error, files, "no claims to draw");
  if (count > ROWS) return plot_nothing(error, files, "more than 24 claims do not fit into one picture");
  figure_open(&f, 1270, TOP + BOTTOM + STEP * count);
  say(text, sizeof text, files, count);
  figure_title(&f, options->title ? options->title : text, plot_subtitle(files, subtitle, sizeof subtitle));
  int block = figure_block(&f);
  figure_row(&f, 5, NAN, NAN, NAN, NAN, 0.0); /* so that the block is never empty */
  for (const struct json_value *c = json_first(claims); c; c = json_next(c)) put_claim(&f, c, -row++);
  axes(&f, count);
  fprintf(f.script,
          "plot 'data' index %d using 1:2:3:4:5 with xerrorbars pt 7 ps 0.1 lw 3 lc rgb variable, "
          "'' index %d using 1:2:5 with points pt 7 ps 1.3 lc rgb variable\n",
          block, block);
  return figure_draw(&f, output, error);
}
