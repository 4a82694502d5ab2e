/* Latency over load, of a sweep over one number or of `aguanta capacity`: where each endpoint leaves its limit, where the knee is,
 * and what is full there. */
#include "sim/report/plot/axis_result.h"
#include "sim/report/plot/line_chart.h"
#include "sim/report/plot/plot_kinds.h"
#include "sim/engine/allocate.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FAILING 0.01

struct crossing { /* the first limit that is left */
  double x, limit;
  char what[160];
};

struct load_picture {
  struct axis_result axis;
  struct line_chart chart;
  struct crossing first;
  char held[160]; /* a line with a limit that is never left */
  double held_limit;
  int left_out;
};

/* "p99(buy.latency)" of "p99(buy.latency) < 500ms"; false for claims on anything else, or in a part of the run. */
static bool latency_of(const struct json_value *claim, char *measure, size_t size) {
  const char *expr = result_text(claim, "expr"), *end = strchr(expr, ')');
  if (!end || !strstr(expr, ".latency)") || strstr(expr, " over ") || strcmp(result_text(claim, "unit"), "s")) return false;
  snprintf(measure, size, "%.*s", (int)(end + 1 - expr), expr);
  return true;
}

static void look_for_crossing(struct load_picture *p, const struct chart_line *line, double limit, const char *what) {
  double x = chart_crossing(&p->chart, line, limit);
  if (isnan(x)) {
    snprintf(p->held, sizeof p->held, "%.150s", what), p->held_limit = limit;
    return;
  }
  if (isnan(p->first.x) || x < p->first.x) {
    p->first.x = x, p->first.limit = limit;
    snprintf(p->first.what, sizeof p->first.what, "%.150s", what);
  }
}

/* --- of capacity -------------------------------------------------------------------------------------------------------------- */

static const struct json_value *claim_of_level(const struct json_value *level, double bound) {
  for (const struct json_value *c = json_first(json_member(level, "claims")); c; c = json_next(c))
    if (result_number(c, "bound") == bound) return c;
  return NULL;
}

static void add_claim_line(struct load_picture *p, const struct json_value *claim, const char *measure) {
  const struct axis_result *a = &p->axis;
  struct claim_limit limit = {-INFINITY, INFINITY};
  double bound = result_number(claim, "bound");
  struct chart_line *line = line_chart_add(&p->chart, palette_endpoint((int)fmax(0, fmin(bound, 1000))), measure);
  if (!line) {
    p->left_out++;
    return;
  }
  for (int i = 0; i < a->count; i++) {
    struct result_estimate e = result_estimate(claim_of_level(a->at[i], bound));
    chart_point(line, a->x[i], e.value, e.low, e.high);
  }
  if (!claim_limit(claim, &limit) || !isfinite(limit.high)) return;
  chart_limit(&p->chart, limit.high, result_text(claim, "expr"));
  look_for_crossing(p, line, limit.high, measure);
}

static void add_mean_line(struct load_picture *p) {
  struct chart_line *line = line_chart_add(&p->chart, "#5A5A5A", "mean of all");
  for (int i = 0; i < p->axis.count; i++) {
    struct result_estimate e = result_estimate(json_member(p->axis.at[i], "latency"));
    chart_point(line, p->axis.x[i], e.value, e.low, e.high);
  }
}

static void mark_answer(struct load_picture *p, const char *key) {
  struct result_estimate e = result_estimate(json_member(p->axis.file->root, key));
  struct chart_mark mark = {.x = e.value, .low = e.low, .high = e.high, .solid = true};
  snprintf(mark.words, sizeof mark.words, "holds %s %s", strcmp(key, "most") ? "from" : "up to",
           axis_result_words(&p->axis, e.value).text);
  chart_mark(&p->chart, &mark);
}

static void mark_knee(struct load_picture *p, double x) {
  struct chart_mark mark = {.x = x, .low = NAN, .high = NAN};
  snprintf(mark.words, sizeof mark.words, "knee %s", axis_result_words(&p->axis, x).text);
  chart_mark(&p->chart, &mark);
}

static void of_capacity(struct load_picture *p, const struct plot_options *options) {
  const struct json_value *root = p->axis.file->root;
  char measure[160];
  for (int bound = 0; bound < 64; bound++)
    for (const struct json_value *c = json_first(json_member(root, "claims")); c; c = json_next(c)) {
      if (result_number(c, "bound") != bound || !latency_of(c, measure, sizeof measure)) continue;
      char *name = strchr(measure, '('), *end = strstr(measure, ".latency");
      char endpoint[160];
      snprintf(endpoint, sizeof endpoint, "%.*s", (int)(end - name - 1), name + 1);
      if (plot_wants(options, endpoint)) add_claim_line(p, c, measure);
    }
  add_mean_line(p);
  mark_knee(p, result_number(root, "knee"));
  mark_answer(p, "least"), mark_answer(p, "most");
  snprintf(p->chart.y_label, sizeof p->chart.y_label, "latency, with 95%% intervals");
}

/* --- of a sweep --------------------------------------------------------------------------------------------------------------- */

/* The highest percentile that most points know. */
static const char *choose(const struct axis_result *a, const char *endpoint) {
  static const char *const aggregates[] = {"p99", "p95", "p90", "p50"};
  const char *best = "p99";
  int most = -1;
  char name[160];
  snprintf(name, sizeof name, "%.140s.latency", endpoint);
  for (int k = 0; k < 4; k++) {
    int known = 0;
    for (int i = 0; i < a->count; i++) known += !isnan(result_estimate(axis_metric(a->at[i], name, aggregates[k])).value);
    if (known > most) most = known, best = aggregates[k];
  }
  return best;
}

static void add_limits(struct load_picture *p, const struct chart_line *line, const char *measure) {
  for (const struct json_value *c = json_first(json_member(p->axis.at[0], "claims")); c; c = json_next(c)) {
    char of[160];
    struct claim_limit limit;
    if (!latency_of(c, of, sizeof of) || strcmp(of, measure) || result_claim_kind(c) == CLAIM_INFO) continue;
    if (!claim_limit(c, &limit) || !isfinite(limit.high) || isfinite(limit.low)) continue;
    chart_limit(&p->chart, limit.high, result_text(c, "expr"));
    if (result_claim_kind(c) == CLAIM_REQUIREMENT) look_for_crossing(p, line, limit.high, measure);
  }
}

static void add_endpoint(struct load_picture *p, const char *endpoint, const char *color) {
  const struct axis_result *a = &p->axis;
  const char *aggregate = choose(a, endpoint);
  char name[160], measure[180];
  snprintf(name, sizeof name, "%.140s.latency", endpoint), snprintf(measure, sizeof measure, "%s(%s)", aggregate, name);
  struct chart_line *line = line_chart_add(&p->chart, color, measure);
  if (!line) {
    p->left_out++;
    return;
  }
  for (int i = 0; i < a->count; i++) {
    struct result_estimate e = result_estimate(axis_metric(a->at[i], name, aggregate));
    chart_point(line, a->x[i], e.value, e.low, e.high);
    line->points[i].hollow = result_estimate(axis_metric(a->at[i], endpoint, "error_rate")).value > FAILING;
  }
  add_limits(p, line, measure);
}

/* Where throughput over mean latency is greatest (Kleinrock's power). */
static double knee_of(const struct axis_result *a) {
  double best = -INFINITY, x = NAN;
  for (int i = 0; i < a->count; i++) {
    double rate = result_estimate(axis_metric(a->at[i], "all", "rate")).value,
           mean = result_estimate(axis_metric(a->at[i], "all.latency", "mean")).value;
    if (rate / mean > best) best = rate / mean, x = a->x[i];
  }
  return x == a->x[0] || x == a->x[a->count - 1] ? NAN : x; /* at an end of what was run it is none */
}

static void of_sweep(struct load_picture *p, const struct plot_options *options) {
  const struct axis_result *a = &p->axis;
  char latency[160];
  int place = 0;
  for (const struct json_value *m = json_first(json_member(a->at[0], "metrics")); m; m = json_next(m)) {
    const char *name = result_text(m, "metric");
    snprintf(latency, sizeof latency, "%.140s.latency", name);
    if (strcmp(result_text(m, "agg"), "error_rate") || json_count(json_member(m, "labels")) || !strcmp(name, "all")) continue;
    if (!axis_metric(a->at[0], latency, "p99")) continue;
    const char *color = palette_endpoint(place++);
    if (plot_wants(options, name) && !strchr(name, '{')) add_endpoint(p, name, color);
  }
  mark_knee(p, knee_of(a));
  snprintf(p->chart.y_label, sizeof p->chart.y_label, "latency, with 95%% intervals; hollow: more than 1%% fail");
}

/* --- the picture -------------------------------------------------------------------------------------------------------------- */

/* What is busiest where the limit is left: at the first point beyond. */
static void say_full(const struct load_picture *p, char *text, size_t size) {
  char name[120] = "";
  int i = 0;
  while (i + 1 < p->axis.count && p->axis.x[i] < p->first.x) i++;
  double busy = axis_fullest(&p->axis, i, name, sizeof name);
  if (isnan(busy)) return;
  if (busy > 0.98)
    snprintf(text, size, "; %s is full", name);
  else
    snprintf(text, size, "; %s is the fullest, %s busy", name, format_percent(busy).text);
}

static void say(const struct load_picture *p, char *text, size_t size) {
  int used = 0;
  if (!isnan(p->first.x)) {
    used = snprintf(text, size, "%s crosses %s at %s", p->first.what, format_number(UNIT_SECONDS, NULL, p->first.limit).text,
                    axis_result_words(&p->axis, p->first.x).text);
    say_full(p, text + used, size - (size_t)used);
    return;
  }
  if (*p->held) {
    snprintf(text, size, "%s stays within %s up to %s", p->held, format_number(UNIT_SECONDS, NULL, p->held_limit).text,
             axis_result_words(&p->axis, p->axis.x[p->axis.count - 1]).text);
    return;
  }
  const struct chart_line *line = p->chart.line;
  const struct chart_point *first = line->points, *last = &line->points[line->count - 1];
  while (last > first && isnan(last->value)) last--;
  while (first < last && isnan(first->value)) first++;
  snprintf(text, size, "%s goes from %s at %s to %s at %s", line->label, format_number(UNIT_SECONDS, NULL, first->value).text,
           axis_result_words(&p->axis, first->x).text, format_number(UNIT_SECONDS, NULL, last->value).text,
           axis_result_words(&p->axis, last->x).text);
}

static void subtitle(const struct load_picture *p, char *text, size_t size) {
  const struct result_file *file = p->axis.file;
  if (p->axis.capacity)
    snprintf(text, size, "%.150s", *result_text(file->root, "answer") ? result_text(file->root, "answer") : file->title);
  else
    snprintf(text, size, "%s (%s a point)", result_text(p->axis.at[0], "scenario"), plot_replications(p->axis.at[0]).text);
}

static enum plot_outcome draw_it(struct load_picture *p, const char *output, const struct plot_options *options, char **error) {
  struct figure f;
  char text[600] = "", under[300];
  const char *wrong = axis_read(&p->axis, p->axis.file);
  if (wrong) return plot_nothing(error, p->axis.file, wrong);
  p->axis.capacity ? of_capacity(p, options) : of_sweep(p, options);
  for (int i = 0; i < p->axis.count && isnan(p->chart.endless_from); i++)
    if (axis_endless(p->axis.at[i])) p->chart.endless_from = p->axis.x[i];
  if (!line_chart_drawable(&p->chart))
    return plot_nothing(error, p->axis.file, "no latency at two values to draw: run longer windows, or more values");
  p->chart.x_logarithmic = p->axis.x[0] > 0 && p->axis.x[p->axis.count - 1] >= 20 * p->axis.x[0];
  snprintf(p->chart.x_label, sizeof p->chart.x_label, "%s", p->axis.label);
  say(p, text, sizeof text), subtitle(p, under, sizeof under);
  figure_open(&f, options, 1060, 560);
  figure_title(&f, options->title ? options->title : text, under);
  figure_left_out(&f, p->left_out, "line");
  line_chart_put(&f, &p->chart);
  return figure_draw(&f, output, error);
}

static enum plot_outcome draw(const struct plot_kind *kind, const struct result_file *files, uint32_t count, const char *output,
                              const struct plot_options *options, char **error) {
  (void)kind, (void)count;
  struct load_picture *p = allocate_zeroed(1, sizeof *p);
  p->axis.file = files, p->first.x = NAN;
  p->chart.unit = UNIT_SECONDS, p->chart.logarithmic = true, p->chart.endless_from = NAN;
  enum plot_outcome outcome = draw_it(p, output, options, error);
  free(p);
  return outcome;
}

const struct plot_kind plot_load = {.name = "load",
                                    .doc = "Latency over load: limits, the knee and what is full.",
                                    .least = 1,
                                    .most = 1,
                                    .draw = draw,
                                    .of = "capacity sweep",
                                    .own_endpoints = true};
