/* Percentile curves: x is the number of nines (-log10 of the share that is slower), so that p90, p99, p99.9 are equally far
 * apart and the tail is seen; y is latency, logarithmic. */
#include "sim/report/plot/plot_kinds.h"
#include "sim/engine/allocate.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LINES = 8, LABEL = 30, LEFT = 90, LIMITS = 16 };

#define FAILING 0.01

struct line {
  const struct result_file *file;
  const char *endpoint, *name; /* name: of the endpoint, or of the result */
  char label[160];
  const struct json_value *curve;
  double failing; /* share of its requests; NaN: unknown */
  double end_x, end_y;
  const char *color; /* of the file, or of the endpoint in its result: whatever else is drawn */
  int curve_block, bars_block;
};

struct picture_range {
  double nines, low, high;
};

static const struct json_value *curve_of(const struct result_file *file, const char *endpoint) {
  for (const struct json_value *c = json_first(json_member(file->root, "curves")); c; c = json_next(c))
    if (!strcmp(result_text(c, "endpoint"), endpoint) && json_count(json_member(c, "share")) > 1) return c;
  return NULL;
}

/* What fails is in no percentile: the label says how much that is. */
static void add_line(struct line *lines, int *count, const struct result_file *file, const char *endpoint, const char *name,
                     const char *color) {
  const struct json_value *curve = curve_of(file, endpoint);
  if (!curve) return;
  struct line *line = &lines[(*count)++];
  *line = (struct line){.file = file, .endpoint = endpoint, .name = name, .curve = curve, .color = color};
  line->failing = result_estimate(result_metric(file, endpoint, "error_rate")).value;
  int used = snprintf(line->label, sizeof line->label, "%.100s", figure_fit(name, LABEL - 10).text);
  if (line->failing > FAILING)
    snprintf(line->label + used, sizeof line->label - (size_t)used, ", %s fail", format_percent(line->failing).text);
}

static int collect(struct line *lines, const struct result_file *files, uint32_t count, const struct plot_options *options) {
  int found = 0, place = 0;
  if (count == 1) {
    for (const struct json_value *e = json_first(json_member(files->root, "endpoints")); e; e = json_next(e), place++)
      if (json_text(e) && plot_wants(options, json_text(e)))
        add_line(lines, &found, files, json_text(e), json_text(e), palette_endpoint(place));
    return found;
  }
  const char *endpoint = plot_endpoint(&files[0], options);
  for (uint32_t i = 0; endpoint && i < count; i++)
    add_line(lines, &found, &files[i], endpoint, files[i].name, figure_color((int)i));
  return found;
}

/* From the median to the last point with a finite number of nines. */
static void put_curve(struct figure *f, struct line *line, struct picture_range *range) {
  line->curve_block = figure_block(f);
  const struct json_value *share = json_first(json_member(line->curve, "share"));
  const struct json_value *latency = json_first(json_member(line->curve, "latency_s"));
  for (; share && latency; share = json_next(share), latency = json_next(latency)) {
    double nines = -log10(1 - json_number(share)), y = json_number(latency);
    if (!isfinite(nines) || nines < 0 || nines > 5 || !(y > 0)) continue;
    figure_row(f, 2, nines, y);
    line->end_x = nines, line->end_y = y;
    range->nines = fmax(range->nines, nines), range->low = fmin(range->low, y), range->high = fmax(range->high, y);
  }
}

/* The 95% intervals of the percentiles that the result gives: bars, because nothing is known of the curve between them. */
static void put_bars(struct figure *f, struct line *line) {
  static const struct {
    const char *aggregate;
    double nines;
  } points[] = {{"p50", 0.30103}, {"p90", 1}, {"p95", 1.30103}, {"p99", 2}, {"p99.9", 3}, {"p99.99", 4}};
  char name[160];
  snprintf(name, sizeof name, "%s.latency", line->endpoint);
  line->bars_block = figure_block(f);
  figure_row(f, 3, NAN, NAN, NAN); /* so that the block is never empty */
  for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
    struct result_estimate e = result_estimate(result_metric(line->file, name, points[i].aggregate));
    if (e.low > 0 && e.high > 0) figure_row(f, 3, points[i].nines, e.low, e.high);
  }
}

/* Room for the longest label at a line's end. */
static double right_margin(const struct line *lines, int count) {
  int longest = 8;
  for (int i = 0; i < count; i++)
    if (format_width(lines[i].label) > longest) longest = format_width(lines[i].label);
  return 9.3 * (longest < LABEL ? longest : LABEL) + 30;
}

/* The latency of a curve at a number of nines, by its nearest point. */
static double curve_at(const struct line *line, double nines) {
  const struct json_value *share = json_first(json_member(line->curve, "share"));
  const struct json_value *latency = json_first(json_member(line->curve, "latency_s"));
  double best = INFINITY, y = NAN;
  for (; share && latency; share = json_next(share), latency = json_next(latency)) {
    double away = fabs(-log10(1 - json_number(share)) - nines);
    if (away < best) best = away, y = json_number(latency);
  }
  return y;
}

/* Decades of latency that so many pixels of the axis are worth. */
static double decades(const struct picture_range *range, double pixels) {
  return pixels / 370 * log10(1.7 * range->high / range->low);
}

/* Whether a label at the end of a line that ends early would stand clear of the other curves and labels. */
static bool stands_clear(const struct line *lines, int count, int k, const struct picture_range *range, double width) {
  const struct line *line = &lines[k];
  double room = decades(range, 12), y = log10(line->end_y),
         to = line->end_x + 9.0 / width * range->nines * format_width(line->label);
  for (int i = 0; i < count; i++) {
    if (i != k && fabs(log10(lines[i].end_y) - y) < room && lines[i].end_x > line->end_x - 0.3 && lines[i].end_x < to) return false;
    for (double at = line->end_x; i != k && at <= fmin(to, lines[i].end_x); at += 0.02)
      if (fabs(log10(curve_at(&lines[i], at)) - y) < room) return false;
  }
  return true;
}

/* At the ends of the lines, pushed apart where several end at the border; beyond it where there is no room. */
static void put_labels(struct figure *f, const struct line *lines, int count, const struct picture_range *range, double width) {
  double y[LINES];
  int at_border[LINES], borders = 0;
  char position[80];
  for (int i = 0; i < count; i++) {
    if (lines[i].end_x > 0.93 * range->nines || !stands_clear(lines, count, i, range, width)) {
      y[borders] = log10(lines[i].end_y), at_border[borders++] = i;
      continue;
    }
    snprintf(position, sizeof position, "first %.6f,%.9g offset 0.8,0", lines[i].end_x, lines[i].end_y);
    figure_text(f, position, "left", lines[i].color, 13, lines[i].label);
  }
  figure_spread(y, borders, decades(range, 18), -INFINITY);
  for (int i = 0; i < borders; i++) {
    snprintf(position, sizeof position, "first %.6f,%.9g", range->nines * 1.015, pow(10, y[i]));
    figure_text(f, position, "left", lines[at_border[i]].color, 13, lines[at_border[i]].label);
  }
}

struct word_place {
  double x;
  bool below;
};

/* Decades between a height and the curve, at the nearest within a part of the axis; 0 where it crosses. */
static double distance(const struct line *line, double from, double to, double y, const struct picture_range *range) {
  double nearest = INFINITY, last = 0;
  for (double at = from; at <= to && at * range->nines <= line->end_x; at += 0.02) {
    double away = log10(curve_at(line, at * range->nines)) - y;
    if (away * last < 0) return 0;
    last = away, nearest = fmin(nearest, fabs(away));
  }
  return nearest;
}

/* Where along a horizontal line its words are farthest from every curve. `span`: their width as a share of the axis. */
static struct word_place free_place(const struct line *lines, int count, double level, const struct picture_range *range,
                                    double span) {
  struct word_place best = {0.01 * range->nines, false};
  double most = -1, off = decades(range, 10);
  for (int below = 0; below < 2; below++)
    for (double start = 0.01; start + span <= 1; start += 0.05) {
      double nearest = INFINITY, y = log10(level) + (below ? -off : off);
      for (int i = 0; i < count; i++) nearest = fmin(nearest, distance(&lines[i], start, start + span + 0.03, y, range));
      nearest = fmin(nearest, decades(range, 40)); /* no place is better than a free one */
      if (nearest > most + decades(range, 4)) most = nearest, best = (struct word_place){start * range->nines, below};
    }
  return best;
}

/* Whether the words of another limit stand so near that these would be written over them. */
static bool near_drawn(const double *levels, int count, double level, const struct picture_range *range) {
  for (int i = 0; i < count; i++)
    if (fabs(log10(level / levels[i])) < decades(range, 18)) return true;
  return false;
}

/* Limits of requirements on a percentile of a drawn endpoint, and those that a document states, which say so; a range is a
 * prediction, and no limit. */
static void put_limits(struct figure *f, const struct line *lines, int count, double width, struct picture_range *range) {
  char wanted[160], position[80], words[200], drawn[400] = "";
  double levels[LIMITS];
  int level_count = 0;
  for (int i = 0; i < count; i++) {
    snprintf(wanted, sizeof wanted, "(%s.latency)", lines[i].endpoint);
    for (const struct json_value *c = json_first(json_member(lines[i].file->root, "claims")); c; c = json_next(c)) {
      const char *expression = result_text(c, "expr");
      struct claim_limit limit;
      if (*expression != 'p' || !strstr(expression, wanted) || !claim_limit(c, &limit) || !isfinite(limit.high)) continue;
      if (isfinite(limit.low) || result_claim_kind(c) == CLAIM_INFO || near_drawn(levels, level_count, limit.high, range)) continue;
      if (strstr(drawn, expression) || limit.high <= 0) continue;
      if (level_count < LIMITS) levels[level_count++] = limit.high;
      snprintf(drawn + strlen(drawn), sizeof drawn - strlen(drawn), "%s\n", expression);
      fprintf(f->script, "set arrow from graph 0, first %.9g to graph 1, first %.9g nohead dt 2 lw 1 lc rgb '%s'\n", limit.high,
              limit.high, FIGURE_GREY);
      snprintf(words, sizeof words, "%s%.180s", result_claim_kind(c) == CLAIM_STATEMENT ? "stated: " : "", expression);
      struct word_place at = free_place(lines, count, limit.high, range, 8.4 / width * (double)strlen(words));
      snprintf(position, sizeof position, "first %.6f, first %.9g offset 0,%s", at.x, limit.high, at.below ? "-0.65" : "0.6");
      figure_text(f, position, "left", FIGURE_GREY, 11, words);
      range->low = fmin(range->low, limit.high), range->high = fmax(range->high, limit.high);
    }
  }
}

static struct result_estimate percentile(const struct line *line, const char *aggregate) {
  char name[160];
  snprintf(name, sizeof name, "%s.latency", line->endpoint);
  return result_estimate(result_metric(line->file, name, aggregate));
}

/* The highest percentile that is known of all lines. */
static const char *known_percentile(const struct line *lines, int count) {
  static const char *const aggregates[] = {"p99", "p95", "p90", "p50"};
  for (size_t k = 0; k < sizeof aggregates / sizeof *aggregates; k++) {
    int known = 0;
    for (int i = 0; i < count; i++) known += !isnan(percentile(&lines[i], aggregates[k]).value);
    if (known == count) return aggregates[k];
  }
  return NULL;
}

/* "random 930 ms" or "report-inline 5.6 s and 41% fail" */
static int say_line(char *text, size_t size, const struct line *line, const char *aggregate) {
  struct result_estimate e = percentile(line, aggregate);
  int used = snprintf(text, size, "%.80s %s", line->name,
                      format_value(UNIT_SECONDS, NULL, &(struct estimate){.value = e.value, .low = e.low, .high = e.high}).text);
  if (line->failing > FAILING && used < (int)size)
    used += snprintf(text + used, size - (size_t)used, " and %s fail", format_percent(line->failing).text);
  return used;
}

/* The slowest against the fastest, and what the slowest waits for. */
static void say(char *text, size_t size, uint32_t files, const struct line *lines, int count) {
  const char *aggregate = known_percentile(lines, count);
  const struct line *worst = lines, *best = lines;
  char culprit[200];
  int used = 0;
  for (int i = 1; i < count && aggregate; i++) {
    double value = percentile(&lines[i], aggregate).value;
    if (value > percentile(worst, aggregate).value) worst = &lines[i];
    if (value < percentile(best, aggregate).value) best = &lines[i];
  }
  if (!aggregate)
    used = snprintf(text, size, "%s: too short a run for percentiles", worst->name);
  else {
    used = snprintf(text, size, "%s%s%s: ", files > 1 ? worst->endpoint : "", files > 1 ? " " : "", aggregate);
    used += say_line(text + used, size - (size_t)used, worst, aggregate);
    if (best != worst && used < (int)size) used += snprintf(text + used, size - (size_t)used, ", ");
    if (best != worst && used < (int)size) used += say_line(text + used, size - (size_t)used, best, aggregate);
  }
  if (plot_culprit(worst->file, worst->endpoint, culprit, sizeof culprit) && used < (int)size)
    snprintf(text + used, size - (size_t)used, "; %s", culprit);
}

static void title(struct figure *f, const struct result_file *files, uint32_t count, const struct line *lines, int line_count,
                  const struct plot_options *options) {
  char text[600], subtitle[300];
  struct arena *arena = arena_new();
  bool same = result_same_customers(arena, files, count);
  arena_free(arena);
  say(text, sizeof text, count, lines, line_count);
  figure_title(f, options->title ? options->title : text,
               count > 1 ? same ? "latency percentiles of the same customers"
                                : "latency percentiles; not the same customers: seed, sources or endpoints differ"
                         : plot_subtitle(files, subtitle, sizeof subtitle));
}

static void axes(struct figure *f, const struct picture_range *range, double right) {
  char position[80];
  double low = range->low * 0.8, high = range->high * 1.35;
  figure_area(f, (double)LEFT / f->width, 1 - right / f->width, 78.0 / f->height, 1 - 112.0 / f->height);
  snprintf(position, sizeof position, "screen %.6f,%.6f", 16.0 / f->width, 1 - 98.0 / f->height);
  figure_text(f, position, "left", FIGURE_GREY, 12, "latency, from the intended arrival");
  fprintf(f->script, "set logscale y\nset xrange [0:%.6f]\nset yrange [%.9g:%.9g]\n", range->nines, low, high);
  fputs("set xtics ('p50' 0.30103, 'p90' 1, 'p95' 1.30103, 'p99' 2, 'p99.9' 3, 'p99.99' 4, 'p99.999' 5)\n", f->script);
  figure_ticks_seconds(f, 'y', low, high);
  fputs("set xlabel 'percentile of the answered requests' textcolor rgb '#444444' font ',12'\n", f->script);
}

/* Where there is no room for all lines, the slowest stay, in their order. */
static int keep_slowest(struct line drawn[LINES], const struct line *all, int count) {
  const char *aggregate = known_percentile(all, count);
  bool *gone = allocate_zeroed((size_t)count, sizeof *gone);
  int kept = 0;
  for (int left = count; left > LINES; left--) {
    int least = -1;
    for (int i = 0; i < count; i++)
      if (!gone[i] && (least < 0 || !aggregate || percentile(&all[i], aggregate).value < percentile(&all[least], aggregate).value))
        least = i;
    gone[least] = true;
  }
  for (int i = 0; i < count; i++)
    if (!gone[i]) drawn[kept++] = all[i];
  free(gone);
  return kept;
}

static enum plot_outcome draw(const struct plot_kind *kind, const struct result_file *files, uint32_t count, const char *output,
                              const struct plot_options *options, char **error) {
  (void)kind;
  struct line lines[LINES], *all = allocate_zeroed(json_count(json_member(files->root, "endpoints")) + count, sizeof *all);
  struct picture_range range = {0, INFINITY, 0};
  int of = collect(all, files, count, options);
  if (of == 0)
    return free(all), plot_nothing(error, files, "no latency curve to draw: nothing was answered; run longer, or with less load");
  int found = keep_slowest(lines, all, of);
  struct figure f;
  figure_open(&f, options, 960, 560);
  for (int i = 0; i < found; i++) put_curve(&f, &lines[i], &range), put_bars(&f, &lines[i]);
  if (!(range.high > 0))
    return free(all), figure_discard(&f),
           plot_nothing(error, files, "the latency curves are empty: run.window is too short for percentiles");
  title(&f, files, count, all, of, options);
  free(all);
  put_limits(&f, lines, found, f.width - LEFT - right_margin(lines, found), &range);
  put_labels(&f, lines, found, &range, f.width - LEFT - right_margin(lines, found));
  axes(&f, &range, right_margin(lines, found));
  figure_left_out(&f, of - found, count > 1 ? "result" : "endpoint");
  fputs("plot ", f.script);
  for (int i = 0; i < found; i++)
    fprintf(f.script, "%s'data' index %d using 1:2:(0):($3-$2) with vectors nohead lw 8 lc rgb '%s'", i ? ", " : "",
            lines[i].bars_block, figure_tint(lines[i].color, 4).text);
  for (int i = 0; i < found; i++)
    fprintf(f.script, ", 'data' index %d using 1:2 with lines lw 2 lc rgb '%s'", lines[i].curve_block, lines[i].color);
  fputc('\n', f.script);
  return figure_draw(&f, output, error);
}

const struct plot_kind plot_latency = {
    .name = "latency",
    .doc = "Latency percentiles on an axis of nines: endpoints of one result, or one endpoint of several.",
    .least = 1,
    .most = 6,
    .draw = draw};
