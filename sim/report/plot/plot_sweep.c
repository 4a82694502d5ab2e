/* A sweep over one value: a percentile of each endpoint against it, latency logarithmic: p99, or the highest that most points know.
 * A hollow point is one where more than a hundredth of the requests fail: its latency is that of those who were answered. A cross
 * at the top: nobody is answered. Dots lead over what is not known. */
#include "sim/report/plot/gnuplot.h"
#include "sim/report/plot/plot_kinds.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LINES = 6, POINTS = 200, LEFT = 90, TOP = 112, BOTTOM = 76, LABEL = 26, TEXT = 40, ALL_COLOR = 7 };
#define FAILING 0.01

struct line {
  char endpoint[100];
  double y[POINTS], error[POINTS];
  int color; /* of the endpoint's place in the results, whichever are drawn */
  int curve, hollow, none, band, bridges;
};

struct sweep_picture {
  char path[200];
  const char *aggregate; /* of latency */
  char tick[POINTS][TEXT];
  double x[POINTS];
  bool logarithmic;
  int points, lines, left_out; /* left_out: endpoints without room */
  struct line line[LINES];
  double low, high;
  bool gaps; /* some p99 is unknown although there are answers */
  int limits;
  double limit[LINES];
  char words[LINES][100];
};

static const struct json_value *metric_of(const struct json_value *point, const char *name, const char *aggregate) {
  for (const struct json_value *m = json_first(json_member(point, "metrics")); m; m = json_next(m))
    if (!strcmp(result_text(m, "metric"), name) && !strcmp(result_text(m, "agg"), aggregate) &&
        !json_count(json_member(m, "labels")))
      return m;
  return NULL;
}

/* Endpoints have a latency and an error rate; services have only the first. */
static void find_lines(struct sweep_picture *s, const struct json_value *point, const struct plot_options *options) {
  char latency[160];
  int place = 0;
  for (const struct json_value *m = json_first(json_member(point, "metrics")); m; m = json_next(m)) {
    const char *name = result_text(m, "metric");
    snprintf(latency, sizeof latency, "%.99s.latency", name);
    if (strcmp(result_text(m, "agg"), "error_rate") || json_count(json_member(m, "labels")) || !metric_of(point, latency, "p99"))
      continue;
    int color = strcmp(name, "all") ? place++ : ALL_COLOR;
    if (isnan(result_estimate(m).value)) continue; /* nobody asks for it */
    if (options->endpoint_count ? !plot_wants(options, name) : !strcmp(name, "all")) continue;
    s->line[s->lines].color = color;
    if (s->lines == LINES) {
      s->left_out++;
      continue;
    }
    snprintf(s->line[s->lines++].endpoint, sizeof s->line->endpoint, "%s", name);
  }
}

/* Numbers with one unit stand where they belong; texts side by side. */
static void place(struct sweep_picture *s) {
  const char *unit = NULL;
  bool numbers = true;
  double least = INFINITY, most = 0;
  for (int i = 0; i < s->points; i++) {
    char *rest;
    s->x[i] = strtod(s->tick[i], &rest);
    numbers = numbers && rest != s->tick[i] && (!unit || !strcmp(unit, rest));
    unit = rest;
    if (!*rest && s->x[i] >= 1e6) snprintf(s->tick[i], TEXT, "%.4g million", s->x[i] / 1e6), unit = "";
    least = fmin(least, s->x[i]), most = fmax(most, s->x[i]);
  }
  for (int i = 0; i < s->points && !numbers; i++) s->x[i] = i;
  s->logarithmic = numbers && least > 0 && most >= 8 * least;
}

static void put_lines(struct figure *f, struct sweep_picture *s, const struct json_value *points) {
  char name[160];
  for (int k = 0; k < s->lines; k++) {
    struct line *line = &s->line[k];
    const struct json_value *p = json_first(points);
    line->band = figure_block(f);
    figure_row(f, 3, NAN, NAN, NAN); /* so that the block is never empty */
    bool band = false;
    for (int i = 0; i < s->points; i++, p = json_next(p)) {
      snprintf(name, sizeof name, "%s.latency", line->endpoint);
      struct result_estimate e = result_estimate(metric_of(p, name, s->aggregate));
      line->y[i] = e.value, line->error[i] = result_estimate(metric_of(p, line->endpoint, "error_rate")).value;
      if (e.low > 0)
        figure_row(f, 3, s->x[i], e.low, e.high);
      else if (band)
        fputc('\n', f->data); /* ends it here */
      band = e.low > 0;
      s->gaps |= isnan(e.value) && line->error[i] < 1;
      if (e.value > 0) s->low = fmin(s->low, e.value), s->high = fmax(s->high, e.value);
    }
    line->curve = figure_block(f);
    figure_row(f, 2, NAN, NAN);
    for (int i = 0; i < s->points; i++) figure_row(f, 2, s->x[i], line->y[i]);
    line->hollow = figure_block(f);
    figure_row(f, 2, NAN, NAN);
    for (int i = 0; i < s->points; i++)
      if (line->error[i] > FAILING) figure_row(f, 2, s->x[i], line->y[i]);
  }
}

static int none_answered(const struct sweep_picture *s, const struct line *line) {
  for (int i = 0; i < s->points; i++)
    if (isnan(line->y[i]) && line->error[i] == 1) return i;
  return -1;
}

/* Where crosses stand; side by side. */
static double cross_y(const struct sweep_picture *s) { return 1.3 * s->high; }
static double cross_x(const struct sweep_picture *s, double x, int k) {
  return s->logarithmic ? x * pow(s->x[s->points - 1] / s->x[0], 0.012 * k) : x + 0.012 * k * (s->x[s->points - 1] - s->x[0]);
}

/* Crosses; and dots from one known point, or cross, to the next where the curve does not join them. */
static void put_crosses(struct figure *f, struct sweep_picture *s) {
  for (int k = 0; k < s->lines; k++) {
    struct line *line = &s->line[k];
    line->none = figure_block(f);
    figure_row(f, 2, NAN, NAN);
    for (int i = 0; i < s->points; i++)
      if (isnan(line->y[i]) && line->error[i] == 1) figure_row(f, 2, cross_x(s, s->x[i], k), cross_y(s));
    line->bridges = figure_block(f);
    figure_row(f, 2, NAN, NAN);
    double last_x = NAN, last_y = NAN;
    int last = -1;
    bool crossed = false;
    for (int i = 0; i < s->points; i++) {
      bool none = isnan(line->y[i]) && line->error[i] == 1;
      if (isnan(line->y[i]) && !none) continue;
      double x = none ? cross_x(s, s->x[i], k) : s->x[i], y = none ? cross_y(s) : line->y[i];
      if (last >= 0 && (none || crossed || i > last + 1)) {
        figure_row(f, 2, last_x, last_y), figure_row(f, 2, x, y);
        fputc('\n', f->data);
      }
      last = i, last_x = x, last_y = y, crossed = none;
    }
  }
}

/* The endpoint that the value moves most: where it is best and where worst. */
static void say(char *text, size_t size, const struct sweep_picture *s) {
  double most = 0;
  for (int k = 0; k < s->lines; k++) {
    const struct line *line = &s->line[k];
    int best = 0, worst = 0;
    for (int i = 1; i < s->points; i++) {
      if (isnan(line->y[best]) || line->y[i] < line->y[best]) best = i;
      if (isnan(line->y[worst]) || line->y[i] > line->y[worst]) worst = i;
    }
    int none = none_answered(s, line);
    double ratio = none >= 0 ? 1e6 * line->y[worst] / line->y[best] : line->y[worst] / line->y[best];
    if (!(ratio > most)) continue;
    most = ratio;
    int used = snprintf(text, size, "%s: %s is least at %s, %s; at %s ", line->endpoint, s->aggregate, s->tick[best],
                        format_number(UNIT_SECONDS, NULL, line->y[best]).text, s->tick[none >= 0 ? none : worst]);
    snprintf(text + used, size - (size_t)used, "%s%s", none >= 0 ? "no request is answered" : "it is ",
             none >= 0 ? "" : format_number(UNIT_SECONDS, NULL, line->y[worst]).text);
  }
}

/* Limits of requirements and statements on what is drawn. */
static void find_limits(struct sweep_picture *s, const struct json_value *point) {
  char wanted[160];
  for (const struct json_value *c = json_first(json_member(point, "claims")); c && s->limits < LINES; c = json_next(c))
    for (int k = 0; k < s->lines && s->limits < LINES; k++) {
      struct claim_limit limit;
      snprintf(wanted, sizeof wanted, "%s(%.99s.latency) ", s->aggregate, s->line[k].endpoint);
      if (strncmp(result_text(c, "expr"), wanted, strlen(wanted)) || strstr(result_text(c, "expr"), " over ")) continue;
      if (result_claim_kind(c) == CLAIM_INFO || !claim_limit(c, &limit) || !(limit.high > 0) || isfinite(limit.low)) continue;
      if (!isfinite(limit.high) || limit.high > 30 * s->high || limit.high < s->low / 30) continue;
      s->limit[s->limits] = limit.high;
      snprintf(s->words[s->limits++], sizeof s->words[0], "%.90s", figure_fit(result_text(c, "expr"), LABEL).text);
    }
}

static double right_margin(const struct sweep_picture *s) {
  int longest = 8;
  for (int i = 0; i < s->lines; i++)
    if (format_width(s->line[i].endpoint) > longest) longest = format_width(s->line[i].endpoint);
  for (int i = 0; i < s->limits; i++)
    if (format_width(s->words[i]) > longest) longest = format_width(s->words[i]);
  return 9.3 * (longest < LABEL ? longest : LABEL) + 34;
}

static double last_of(const struct sweep_picture *s, const struct line *line) {
  for (int i = s->points; i-- > 0;)
    if (line->y[i] > 0) return line->y[i];
  return s->high;
}

/* Ends of lines and of limits together, pushed apart. */
static void put_labels(struct figure *f, const struct sweep_picture *s) {
  double y[2 * LINES];
  char position[80];
  for (int i = 0; i < s->lines; i++) y[i] = log10(last_of(s, &s->line[i]));
  for (int i = 0; i < s->limits; i++) {
    y[s->lines + i] = log10(s->limit[i]);
    fprintf(f->script, "set arrow from graph 0, first %.9g to graph 1, first %.9g nohead back dt 2 lw 1 lc rgb '%s'\n", s->limit[i],
            s->limit[i], FIGURE_GREY);
  }
  figure_spread(y, s->lines + s->limits, 18.0 / 370 * log10(1.7 * s->high / s->low), -INFINITY);
  for (int i = 0; i < s->lines + s->limits; i++) {
    bool line = i < s->lines;
    snprintf(position, sizeof position, "graph 1.02, first %.9g", pow(10, y[i]));
    figure_text(f, position, "left", line ? palette_endpoint(s->line[i].color) : FIGURE_GREY, line ? 13 : 11,
                line ? figure_fit(s->line[i].endpoint, LABEL).text : s->words[i - s->lines]);
  }
}

static void axes(struct figure *f, const struct sweep_picture *s) {
  char position[80];
  bool any = false;
  for (int i = 0; i < s->lines; i++) any |= none_answered(s, &s->line[i]) >= 0;
  double low = s->low * 0.7, high = s->high * 1.5, first = s->x[0], last = s->x[0];
  for (int i = 0; i < s->points; i++) first = fmin(first, s->x[i]), last = fmax(last, s->x[i]);
  figure_area(f, (double)LEFT / f->width, 1 - right_margin(s) / f->width, (double)BOTTOM / f->height, 1 - (double)TOP / f->height);
  snprintf(position, sizeof position, "screen %.6f,%.6f", 16.0 / f->width, 1 - 98.0 / f->height);
  char text[160];
  snprintf(text, sizeof text, "%s of latency; hollow: more than 1%% fail%s%s", s->aggregate,
           any ? "; a cross: no request is answered" : "", s->gaps ? "; dots: too short a run to tell" : "");
  figure_text(f, position, "left", FIGURE_GREY, 12, text);
  double margin = (last - first) * 0.02;
  if (s->logarithmic)
    fprintf(f->script, "set logscale x\nset xrange [%.9g:%.9g]\n", first * 0.95, last * 1.05);
  else
    fprintf(f->script, "set xrange [%.9g:%.9g]\n", first - margin, last + margin);
  fprintf(f->script, "set logscale y\nset yrange [%.9g:%.9g]\n", low, high);
  figure_ticks_seconds(f, 'y', low, high);
  fputs("set xtics ()\n", f->script);
  for (int i = 0; i < s->points; i++) {
    fputs("set xtics add (", f->script);
    gnuplot_quote(f->script, s->tick[i]);
    fprintf(f->script, " %.9g)\n", s->x[i]);
  }
  snprintf(position, sizeof position, "screen %.6f,%.6f", 0.5 * (LEFT + f->width - right_margin(s)) / f->width, 22.0 / f->height);
  figure_text(f, position, "center", "#444444", 12, figure_fit(s->path, 90).text);
}

static void draw_lines(struct figure *f, const struct sweep_picture *s) {
  for (int i = 0; i < s->lines; i++)
    fprintf(f->script, "%s'data' index %d using 1:2:3 with filledcurves fc rgb '%s' fs solid 1 noborder", i ? ", " : "plot ",
            s->line[i].band, figure_tint(palette_endpoint(s->line[i].color), 4).text);
  for (int i = 0; i < s->lines; i++)
    fprintf(
        f->script,
        ", '' index %d using 1:2 with linespoints lw 2 pt 7 ps 0.9 lc rgb '%s', '' index %d using 1:2 with points pt 7 ps 0.5 "
        "lc rgb '#ffffff', '' index %d using 1:2 with points pt 2 ps 1.4 lw 2 lc rgb '%s', '' index %d using 1:2 with lines dt 3 "
        "lw 1.5 lc rgb '%s'",
        s->line[i].curve, palette_endpoint(s->line[i].color), s->line[i].hollow, s->line[i].none,
        palette_endpoint(s->line[i].color), s->line[i].bridges, palette_endpoint(s->line[i].color));
  fputc('\n', f->script);
}

/* The path of the first value; others that go with it are named too. */
static void name_axis(struct sweep_picture *s, const struct json_value *set) {
  size_t used = 0;
  for (const struct json_value *v = json_first(set); v && used < sizeof s->path; v = json_next(v))
    used += (size_t)snprintf(s->path + used, sizeof s->path - used, "%s%s", used ? " and " : "", json_name(v));
}

/* The percentile with the fewest gaps, the highest of these. */
static void choose_aggregate(struct sweep_picture *s, const struct json_value *points) {
  static const char *const aggregates[] = {"p99", "p95", "p90", "p50"};
  int least = INT32_MAX;
  char name[160];
  for (size_t a = 0; a < sizeof aggregates / sizeof *aggregates; a++) {
    int gaps = 0;
    for (const struct json_value *p = json_first(points); p; p = json_next(p))
      for (int k = 0; k < s->lines; k++) {
        snprintf(name, sizeof name, "%s.latency", s->line[k].endpoint);
        gaps += isnan(result_estimate(metric_of(p, name, aggregates[a])).value);
      }
    if (gaps < least) least = gaps, s->aggregate = aggregates[a];
  }
}

/* One axis, and the points in the order of the sweep. */
static bool collect(struct sweep_picture *s, const struct json_value *points) {
  for (const struct json_value *p = json_first(points); p; p = json_next(p)) {
    const struct json_value *set = json_member(p, "set"), *value = json_first(set);
    if (json_count(set) < 1 || !json_text(value)) return false;
    if (p == json_first(points)) name_axis(s, set);
    if (s->points == POINTS) return false;
    snprintf(s->tick[s->points++], TEXT, "%s", json_text(value));
  }
  return s->points > 1;
}

/* Points with the same value differ in another one. */
static bool value_again(const struct sweep_picture *s) {
  for (int i = 0; i < s->points; i++)
    for (int k = 0; k < i; k++)
      if (!strcmp(s->tick[i], s->tick[k])) return true;
  return false;
}

static enum plot_outcome draw(const struct plot_kind *kind, const struct result_file *files, uint32_t count, const char *output,
                              const struct plot_options *options, char **error) {
  (void)kind, (void)count;
  const struct json_value *points = json_member(files->root, "points");
  struct sweep_picture s = {.low = INFINITY};
  char text[400] = "", subtitle[300];
  struct figure f;
  if (json_count(points) > POINTS) return plot_nothing(error, files, "more than 200 points do not fit into one picture");
  if (!collect(&s, points)) return plot_nothing(error, files, "no axis with two values or more to draw: give --vary two values");
  if (value_again(&s))
    return plot_nothing(error, files,
                        "a sweep over several values: one line would join points that differ in more than one of them; --kind grid "
                        "draws two; else sweep one value, and hold the others by --set");
  find_lines(&s, json_first(points), options); /* any point has the metrics of all */
  if (s.lines == 0) return plot_nothing(error, files, "no latency to draw");
  place(&s);
  choose_aggregate(&s, points);
  figure_open(&f, options, 960, 560);
  put_lines(&f, &s, points);
  if (!(s.high > 0)) return figure_discard(&f), plot_nothing(error, files, "no latency to draw");
  find_limits(&s, json_first(points));
  for (int i = 0; i < s.limits; i++) s.low = fmin(s.low, s.limit[i]), s.high = fmax(s.high, s.limit[i]);
  say(text, sizeof text, &s);
  snprintf(subtitle, sizeof subtitle, "%s (%s a point)", result_text(json_first(points), "scenario"),
           plot_replications(json_first(points)).text);
  figure_title(&f, options->title ? options->title : text, subtitle);
  figure_left_out(&f, s.left_out, "endpoint");
  put_crosses(&f, &s), put_labels(&f, &s), axes(&f, &s), draw_lines(&f, &s);
  return figure_draw(&f, output, error);
}

const struct plot_kind plot_sweep = {.name = "sweep",
                                     .doc = "p99 of each endpoint against the one value that a sweep varied.",
                                     .least = 1,
                                     .most = 1,
                                     .draw = draw,
                                     .of = "sweep",
                                     .own_endpoints = true};
