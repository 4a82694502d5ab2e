/* The run over time: panels stacked on one axis. A panel takes the series of a unit by their names. */
#include "sim/report/plot_kinds.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LINES = 6, PANELS = 4, SUMMED = 24, LEFT = 90, CHARACTER = 8, TOP = 112, BOTTOM = 66, GAP = 44 };

struct line {
  const struct json_value *series[SUMMED]; /* added up: an endpoint each */
  int count;
  char label[164];
  double end, peak, peak_at;
  int block;
};

struct panel {
  const char *axis, *unit;
  const char *const *words; /* a series belongs here when its metric holds one of them */
  int share;                /* of the height */
  bool sum;                 /* over endpoints, unless one was asked for */
  int count;
  struct line lines[LINES];
  double most;
};

static const char *const load_words[] = {"offered", "arriv", "served", "completed", "throughput", "error", "failed", NULL};
static const char *const latency_words[] = {"p99", NULL};
static const char *const inside_words[] = {"inside", NULL};
static const char *const replica_words[] = {"replica", "pods", "nodes", NULL};

static bool belongs(const struct json_value *series, const struct panel *panel) {
  if (strcmp(result_text(series, "unit"), panel->unit)) return false;
  for (int i = 0; panel->words[i]; i++)
    if (strstr(result_text(series, "metric"), panel->words[i])) return true;
  return false;
}

static const char *owner(const struct json_value *series) { return result_text(json_member(series, "labels"), "of"); }

static struct line *line_for(struct panel *panel, const struct json_value *series, bool sum) {
  const char *metric = result_text(series, "metric"), *of = sum ? "" : owner(series);
  for (int i = 0; sum && i < panel->count; i++)
    if (!strcmp(result_text(panel->lines[i].series[0], "metric"), metric)) return &panel->lines[i];
  if (panel->count == LINES) return NULL;
  struct line *line = &panel->lines[panel->count++];
  *line = (struct line){.end = NAN};
  snprintf(line->label, sizeof line->label, "%.100s%s%.60s", figure_fit(of, 24).text, *of ? " " : "", metric);
  return line;
}

/* Sum over the line's series at each window; unknown as soon as one is. The caller frees. */
static double *sums(const struct line *line, const char *key, uint32_t windows) {
  double *sum = calloc(windows, sizeof *sum);
  if (!sum) abort();
  for (int i = 0; i < line->count; i++) {
    const struct json_value *v = json_first(json_member(line->series[i], key));
    for (uint32_t w = 0; w < windows; w++, v = json_next(v)) sum[w] += json_type(v) == JSON_NUMBER ? json_number(v) : NAN;
  }
  return sum;
}

static void put_line(struct figure *f, struct panel *panel, struct line *line) {
  uint32_t windows = json_count(json_member(line->series[0], "t_s"));
  const struct line first = {.series = {line->series[0]}, .count = 1};
  double *t = sums(&first, "t_s", windows), *value = sums(line, "mean", windows), *low = sums(line, "low", windows),
         *high = sums(line, "high", windows);
  bool single = line->count == 1; /* the interval of a sum is not the sum of the intervals */
  line->block = figure_block(f);
  figure_row(f, 4, NAN, NAN, NAN, NAN);
  for (uint32_t w = 0; w < windows; w++) {
    figure_row(f, 4, t[w], value[w], single ? low[w] : NAN, single ? high[w] : NAN);
    if (!isnan(value[w])) line->end = value[w];
    panel->most = fmax(panel->most, single ? fmax(value[w], high[w]) : value[w]);
    if (value[w] > line->peak) line->peak = value[w], line->peak_at = t[w];
  }
  free(t), free(value), free(low), free(high);
}

static void collect(struct figure *f, const struct result_file *file, struct panel *panel, const struct plot_options *options) {
  bool sum = panel->sum && !options->endpoint;
  for (const struct json_value *s = json_first(json_member(file->root, "series")); s; s = json_next(s)) {
    if (!belongs(s, panel) || json_count(json_member(s, "t_s")) < 2) continue;
    if (options->endpoint && result_has_endpoint(file, owner(s)) && strcmp(owner(s), options->endpoint)) continue;
    struct line *line = line_for(panel, s, sum);
    if (line && line->count < SUMMED) line->series[line->count++] = s;
  }
  for (int i = 0; i < panel->count; i++) put_line(f, panel, &panel->lines[i]);
}

static double last_time(const struct result_file *file) {
  double last = 0;
  for (const struct json_value *s = json_first(json_member(file->root, "series")); s; s = json_next(s))
    for (const struct json_value *t = json_first(json_member(s, "t_s")); t; t = json_next(t)) last = fmax(last, json_number(t));
  return last;
}

/* Six or so ticks at round times. */
static void time_ticks(struct figure *f, double last, bool labels) {
  static const double steps[] = {1, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 604800};
  double step = steps[0];
  for (size_t i = 0; i < sizeof steps / sizeof *steps && last / step > 7; i++) step = steps[i];
  while (last / step > 12) step *= 2;
  double unit = step >= 86400 ? 86400 : step >= 3600 ? 3600 : step >= 60 ? 60 : 1;
  fputs("set xtics (", f->script);
  for (int i = 0; i * step <= last; i++) {
    if (labels)
      fprintf(f->script, "%s'%g' %.9g", i ? ", " : "", i * step / unit, i * step);
    else
      fprintf(f->script, "%s'' %.9g", i ? ", " : "", i * step);
  }
  fprintf(f->script, ")\nset xlabel '%s' textcolor rgb '#444444' font ',12'\n",
          !labels        ? ""
          : unit == 1    ? "time after the warm-up (s)"
          : unit == 60   ? "time after the warm-up (min)"
          : unit == 3600 ? "time after the warm-up (h)"
                         : "time after the warm-up (days)");
}

static void put_labels(struct figure *f, const struct panel *panel, double last, double pixels) {
  double y[LINES];
  char position[80];
  for (int i = 0; i < panel->count; i++) y[i] = isnan(panel->lines[i].end) ? 0 : panel->lines[i].end;
  figure_spread(y, panel->count, panel->most * 1.1 * 17 / pixels, 0);
  for (int i = 0; i < panel->count; i++) {
    snprintf(position, sizeof position, "first %.9g,%.9g offset 0.8,0", last, y[i]);
    figure_text(f, position, "left", figure_color(i), 11, panel->lines[i].label);
  }
}

/* The smallest of 1, 2, 5 times a power of ten that leaves at most so many ticks. */
static double tick_step(double most, double ticks, bool whole) {
  static const double rungs[] = {1, 2, 5};
  double power = pow(10, floor(log10(most)) - 2), step = power;
  for (int i = 0; most / step > ticks || (whole && step < 1); i++) step = power * rungs[i % 3] * pow(10, i / 3);
  return step;
}

static void put_panel(struct figure *f, const struct panel *panel, double last, double right, double bottom, double top,
                      bool lowest) {
  char position[80];
  fputs("unset label\n", f->script);
  put_labels(f, panel, last, top - bottom);
  figure_area(f, (double)LEFT / f->width, 1 - right / f->width, bottom / f->height, top / f->height);
  time_ticks(f, last, lowest);
  snprintf(position, sizeof position, "screen %.6f,%.6f", 16.0 / f->width, (top + 14) / f->height);
  figure_text(f, position, "left", FIGURE_GREY, 12, panel->axis);
  double most = panel->most > 0 ? panel->most * 1.1 : 1;
  fprintf(f->script, "set xrange [0:%.9g]\nset yrange [0:%.9g]\nset ytics %.9g\n", last, most,
          tick_step(most, (top - bottom) / 24, !strcmp(panel->unit, "count")));
  bool steps = !strcmp(panel->unit, "count"); /* a band of steps would be drawn slanted */
  fputs("plot ", f->script);
  for (int i = 0; i < panel->count && !steps; i++)
    fprintf(f->script, "'data' index %d using 1:3:4 with filledcurves fc rgb '%s' fs solid 0.8 noborder, ", panel->lines[i].block,
            figure_pale(i));
  for (int i = 0; i < panel->count; i++)
    fprintf(f->script, "%s'data' index %d using 1:2 with %s lw 1.6 lc rgb '%s'", i ? ", " : "", panel->lines[i].block,
            steps ? "steps" : "lines", figure_color(i));
  fputc('\n', f->script);
}

static double room_for_labels(const struct panel *panels) {
  int longest = 10;
  for (int p = 0; p < PANELS; p++)
    for (int i = 0; i < panels[p].count; i++)
      if (format_width(panels[p].lines[i].label) > longest) longest = format_width(panels[p].lines[i].label);
  return fmin(360, CHARACTER * longest + 30);
}

/* The finding: the worst moment of the first series of the latency panel, or of the load panel. */
static void say(char *text, size_t size, const struct panel *panels) {
  const struct panel *panel = panels[1].count ? &panels[1] : &panels[0];
  const struct line *worst = &panel->lines[0];
  for (int i = 1; i < panel->count; i++)
    if (panel->lines[i].peak > worst->peak) worst = &panel->lines[i];
  snprintf(text, size, "%s peaks at %s, %s after the warm-up", worst->label,
           format_number(panel == &panels[1] ? UNIT_SECONDS : UNIT_PER_SECOND, NULL, worst->peak).text,
           format_number(UNIT_SECONDS, NULL, worst->peak_at).text);
}

bool plot_timeline(const struct plot_kind *kind, const struct result_file *files, uint32_t file_count, const char *output,
                   const struct plot_options *options, char **error) {
  (void)kind, (void)file_count;
  struct panel panels[PANELS] = {{.axis = "requests per second", .unit = "per_s", .words = load_words, .share = 5, .sum = true},
                                 {.axis = "latency, seconds", .unit = "s", .words = latency_words, .share = 4},
                                 {.axis = "replicas", .unit = "count", .words = replica_words, .share = 2},
                                 {.axis = "requests inside", .unit = "number", .words = inside_words, .share = 3}};
  char text[400], subtitle[300];
  struct figure f;
  int shares = 0, used = 0, last_panel = -1;
  figure_open(&f, 1000, 640);
  for (int i = 0; i < PANELS; i++) {
    collect(&f, files, &panels[i], options);
    if (panels[i].count) shares += panels[i].share, used++, last_panel = i;
  }
  if (used == 0) return figure_discard(&f), plot_nothing(error, files, "no series over time to draw");
  double last = last_time(files), room = f.height - TOP - BOTTOM - GAP * (used - 1), top = f.height - TOP,
         right = room_for_labels(panels);
  fputs("set multiplot\n", f.script);
  for (int i = 0; i < PANELS; i++) {
    if (!panels[i].count) continue;
    double bottom = top - room * panels[i].share / shares;
    put_panel(&f, &panels[i], last, right, bottom, top, i == last_panel);
    top = bottom - GAP;
  }
  say(text, sizeof text, panels);
  fputs("unset label\n", f.script);
  figure_title(&f, options->title ? options->title : text, plot_subtitle(files, subtitle, sizeof subtitle));
  fputs("unset border\nunset tics\nunset grid\nunset xlabel\nunset ylabel\nset xrange [0:1]\nset yrange [0:1]\nplot NaN "
        "notitle\nunset multiplot\n",
        f.script);
  return figure_draw(&f, output, error);
}
