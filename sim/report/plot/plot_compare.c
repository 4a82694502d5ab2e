/* Differences from the base, each with its interval: a row a measure, a mark a system in the colour of its layout. The axis is the
 * value as a multiple of the base's, logarithmic, so that half and twice are equally far. Filled where a difference is shown,
 * hollow where none is. Of an answer of `aguanta compare`. */
#include "sim/report/plot/plot_kinds.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 28, SYSTEMS = 6, TOP = 128, BOTTOM = 60, LEFT = 300, RIGHT = 340, LINE = 22, GAP = 12 };
#define WIDEST 20.0

struct compared {
  const struct json_value *first[ROWS]; /* of each measure the row of the first system that has it */
  int count, left_out, systems;
  double reach; /* of the axis: from 1/reach to reach */
};

static bool is_set(const struct json_value *object, const char *key) {
  const struct json_value *flag = json_member(object, key);
  return flag && json_flag(flag);
}

static bool same_measure(const struct json_value *a, const struct json_value *b) {
  return !strcmp(result_text(a, "metric"), result_text(b, "metric")) && !strcmp(result_text(a, "agg"), result_text(b, "agg"));
}

/* Low, value and high as multiples of the base; false where it has none. */
static bool ratio_of(const struct json_value *row, double out[3]) {
  const struct json_value *low = json_first(json_member(row, "relative_ci")), *high = json_next(low);
  double relative = result_number(row, "relative");
  if (isnan(relative)) return false;
  out[1] = 1 + relative;
  out[0] = json_type(low) == JSON_NUMBER ? 1 + json_number(low) : out[1];
  out[2] = json_type(high) == JSON_NUMBER ? 1 + json_number(high) : out[1];
  return true;
}

/* What is measured of requests, uptime and cost; details only as far as there is room. */
static void gather(struct compared *c, const struct json_value *rows, const struct plot_options *options) {
  char endpoint[120];
  for (int detail = 0; detail < 2; detail++)
    for (const struct json_value *r = json_first(rows); r; r = json_next(r)) {
      double ratio[3];
      bool again = false;
      const char *metric = result_text(r, "metric");
      snprintf(endpoint, sizeof endpoint, "%.*s", (int)strcspn(metric, "."), metric);
      if (is_set(r, "detail") != (detail == 1) || !ratio_of(r, ratio) ||
          (options->endpoint_count && !plot_wants(options, endpoint)))
        continue;
      if (detail && (c->count >= 12 || !is_set(r, "shown"))) continue;
      for (int i = 0; i < c->count; i++) again |= same_measure(c->first[i], r);
      if (again) continue;
      if (c->count == ROWS)
        c->left_out++;
      else
        c->first[c->count++] = r;
    }
}

static void find_reach(struct compared *c, const struct json_value *rows) {
  c->reach = 1.25;
  for (int i = 0; i < c->count; i++)
    for (const struct json_value *r = json_first(rows); r; r = json_next(r)) {
      double ratio[3];
      if (!same_measure(r, c->first[i]) || !ratio_of(r, ratio)) continue;
      for (int k = 0; k < 3; k++) c->reach = fmax(c->reach, fmax(ratio[k], ratio[k] > 0 ? 1 / ratio[k] : WIDEST));
    }
  c->reach = fmin(1.1 * c->reach, WIDEST);
}

static double clamped(const struct compared *c, double x) { return fmin(fmax(x, 1 / c->reach), c->reach); }

/* The words of a difference, and where it lies beyond the frame an arrow with the value. */
static void put_words(struct figure *f, const struct compared *c, const struct json_value *row, double y, double value,
                      int layout) {
  char position[80], text[200], arrow[60] = "";
  const char *color = is_set(row, "shown") ? figure_color(layout) : FIGURE_GREY;
  if (value > c->reach) snprintf(arrow, sizeof arrow, "\xE2\x86\x92 %.3g times: ", value);
  if (value < 1 / c->reach) snprintf(arrow, sizeof arrow, "\xE2\x86\x90 ");
  snprintf(text, sizeof text, "%s%.120s", arrow, figure_fit(result_text(row, "words"), 40).text);
  snprintf(position, sizeof position, "screen %.6f, first %.9g", 1 - (RIGHT - 16.0) / f->width, y);
  figure_text(f, position, "left", color, 10, text);
}

struct blocks {
  int bars, filled, hollow;
};

static struct blocks put_system(struct figure *f, const struct compared *c, const struct json_value *rows, int system, bool words) {
  struct blocks b = {0};
  double height = GAP + (double)LINE * c->systems;
  for (int block = 0; block < 3; block++) {
    int number = figure_block(f);
    *(block == 0 ? &b.bars : block == 1 ? &b.filled : &b.hollow) = number;
    figure_row(f, 4, NAN, NAN, NAN, NAN); /* so that the block is never empty */
    for (const struct json_value *r = json_first(rows); r; r = json_next(r))
      for (int i = 0; i < c->count; i++) {
        double ratio[3], y = -i * height - LINE * (system - 0.5);
        if (result_number(r, "system") != system || !same_measure(r, c->first[i]) || !ratio_of(r, ratio)) continue;
        if (block && is_set(r, "shown") != (block == 1)) continue;
        figure_row(f, 4, clamped(c, ratio[1]), y, clamped(c, ratio[0]), clamped(c, ratio[2]));
        if (!block && words) put_words(f, c, r, y, ratio[1], system);
      }
  }
  return b;
}

static void put_names(struct figure *f, const struct compared *c) {
  char position[80], text[200];
  double height = GAP + (double)LINE * c->systems;
  for (int i = 0; i < c->count; i++) {
    const char *metric = result_text(c->first[i], "metric"), *aggregate = result_text(c->first[i], "agg");
    snprintf(text, sizeof text, "%.40s(%.120s)", aggregate, metric);
    snprintf(position, sizeof position, "screen %.6f, first %.9g", (LEFT - 14.0) / f->width, -i * height - LINE * 0.5 * c->systems);
    figure_text(f, position, "right", FIGURE_INK, 11, figure_fit(text, 36).text);
  }
}

/* Names of the systems in their colours, side by side: what the marks are of. */
static void put_systems(struct figure *f, const struct json_value *systems) {
  char position[80];
  double x = LEFT;
  int i = 0;
  for (const struct json_value *s = json_first(systems); s && i < SYSTEMS; s = json_next(s), i++) {
    if (i == 0) continue;
    const char *name = figure_fit(result_text(s, "name"), 30).text;
    snprintf(position, sizeof position, "screen %.6f,%.6f", x / f->width, 1 - 96.0 / f->height);
    char text[200];
    snprintf(text, sizeof text, "\xE2\x97\x8F %.120s", name);
    figure_text(f, position, "left", figure_color(i), 12, text);
    x += 8.6 * format_width(text) + 24;
  }
}

static void axes(struct figure *f, const struct compared *c) {
  static const struct {
    double at;
    const char *word;
  } ticks[] = {{0.05, "1/20"}, {0.1, "1/10"},   {0.2, "1/5"}, {0.5, "half"}, {0.8, "-20%%"}, {0.9, "-10%%"}, {1, "as the base"},
               {1.1, "+10%%"}, {1.25, "+25%%"}, {2, "twice"}, {5, "5x"},     {10, "10x"},    {20, "20x"}};
  double height = GAP + (double)LINE * c->systems;
  bool first = true;
  figure_area(f, (double)LEFT / f->width, 1 - (double)RIGHT / f->width, (double)BOTTOM / f->height, 1 - (double)TOP / f->height);
  fprintf(f->script,
          "set border 1\nset errorbars 0\nunset ytics\nunset grid\nset logscale x\nset xrange [%.9g:%.9g]\nset yrange [%.9g:%d]\n",
          1 / c->reach, c->reach, -height * c->count, GAP);
  fprintf(f->script, "set arrow from first 1, graph 0 to first 1, graph 1 nohead back dt 2 lw 1 lc rgb '%s'\nset xtics (",
          FIGURE_GREY);
  for (size_t i = 0; i < sizeof ticks / sizeof *ticks; i++) {
    bool fine = fabs(log(ticks[i].at)) < 0.3 && ticks[i].at != 1;
    if (ticks[i].at > c->reach || ticks[i].at < 1 / c->reach || (fine && c->reach > 2.5)) continue;
    fprintf(f->script, "%s'%s' %g", first ? "" : ", ", ticks[i].word, ticks[i].at);
    first = false;
  }
  fputs(")\n", f->script);
}

/* How many differ, and the requests' difference that is largest; else the largest of anything. */
static void say(const struct compared *c, const struct json_value *root, char *text, size_t size) {
  const struct json_value *rows = json_member(root, "rows"), *largest = NULL, *system = json_first(json_member(root, "systems"));
  int shown = 0, all = 0;
  double most = 0;
  for (const struct json_value *r = json_first(rows); r; r = json_next(r)) {
    double ratio[3];
    bool counted = false;
    for (int i = 0; i < c->count; i++) counted |= same_measure(r, c->first[i]);
    if (!counted || !ratio_of(r, ratio)) continue;
    all++, shown += is_set(r, "shown");
    double size_of = fabs(log(fmax(ratio[1], 1e-6))) + (strstr(result_text(r, "metric"), ".latency") ? 100 : 0);
    if (is_set(r, "shown") && size_of > most) most = size_of, largest = r;
  }
  const char *base = result_text(system, "name");
  for (int i = 0; largest && i < (int)result_number(largest, "system") && json_next(system); i++) system = json_next(system);
  if (largest)
    snprintf(text, size, "%.60s: %s(%.80s) is %.90s; %d of %d differences from %.60s are shown", result_text(system, "name"),
             result_text(largest, "agg"), result_text(largest, "metric"), result_text(largest, "words"), shown, all, base);
  else
    snprintf(text, size, "no difference from %.60s is shown", base);
}

static void subtitle(const struct json_value *root, char *text, size_t size) {
  const char *others = result_text(root, "other_customers");
  snprintf(text, size, "%s%.80s; filled: a difference is shown; all intervals together at %s",
           *others ? "other customers: " : "the same customers through each", others,
           format_percent(result_number(root, "confidence")).text);
}

static enum plot_outcome draw(const struct plot_kind *kind, const struct result_file *files, uint32_t file_count,
                              const char *output, const struct plot_options *options, char **error) {
  (void)kind, (void)file_count;
  const struct json_value *root = files->root, *rows = json_member(root, "rows"), *systems = json_member(root, "systems");
  struct compared c = {.systems = (int)json_count(systems) - 1};
  struct blocks blocks[SYSTEMS];
  char title[500], under[300];
  struct figure f;
  if (c.systems < 1) return plot_nothing(error, files, "fewer than two systems: nothing to compare");
  if (c.systems > SYSTEMS - 1) return plot_nothing(error, files, "more than 6 systems do not fit into one picture; compare fewer");
  gather(&c, rows, options), find_reach(&c, rows);
  if (!c.count) return plot_nothing(error, files, "no difference of a measure that is not 0 to draw");
  figure_open(&f, options, 1240, TOP + BOTTOM + GAP + c.count * (GAP + LINE * c.systems));
  say(&c, root, title, sizeof title), subtitle(root, under, sizeof under);
  figure_title(&f, options->title ? options->title : title, under);
  figure_left_out(&f, c.left_out, "measure");
  put_systems(&f, systems), put_names(&f, &c);
  for (int i = 1; i <= c.systems; i++) blocks[i] = put_system(&f, &c, rows, i, true);
  axes(&f, &c);
  for (int i = 1; i <= c.systems; i++)
    fprintf(f.script, "%s'data' index %d using 1:2:3:4 with xerrorbars pt 7 ps 0.1 lw 3 lc rgb '%s'", i > 1 ? ", " : "plot ",
            blocks[i].bars, figure_tint(figure_color(i), 3).text);
  for (int i = 1; i <= c.systems; i++)
    fprintf(
        f.script,
        ", '' index %d using 1:2 with points pt 7 ps 1.1 lc rgb '%s', '' index %d using 1:2 with points pt 7 ps 1.1 lc rgb '%s', "
        "'' index %d using 1:2 with points pt 7 ps 0.6 lc rgb '#ffffff'",
        blocks[i].filled, figure_color(i), blocks[i].hollow, figure_color(i), blocks[i].hollow);
  fputc('\n', f.script);
  return figure_draw(&f, output, error);
}

const struct plot_kind plot_compare = {.name = "compare",
                                       .doc = "Differences from the first system, with intervals.",
                                       .least = 1,
                                       .most = 1,
                                       .draw = draw,
                                       .of = "compare",
                                       .own_endpoints = true};
