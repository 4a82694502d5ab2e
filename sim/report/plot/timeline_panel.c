#include "sim/report/plot/timeline_panel.h"
#include "sim/engine/allocate.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CUT = 4 };

static const char *owner(const struct json_value *series) { return result_text(json_member(series, "labels"), "of"); }

static bool has_beside(const struct result_file *file, const char *of, const char *metric) {
  for (const struct json_value *s = json_first(json_member(file->root, "series")); s; s = json_next(s))
    if (!strcmp(result_text(s, "metric"), metric) && !strcmp(owner(s), of)) return true;
  return false;
}

static const struct timeline_metric *wanted(const struct timeline_panel *panel, const struct result_file *file,
                                            const struct json_value *series) {
  if (strcmp(result_text(series, "unit"), panel->unit)) return NULL;
  for (const struct timeline_metric *m = panel->metrics; m->metric; m++)
    if (!strcmp(result_text(series, "metric"), m->metric))
      return !m->beside || has_beside(file, owner(series), m->beside) ? m : NULL;
  return NULL;
}

static void label_line(struct timeline_line *line, const char *result) {
  struct fitted name = figure_fit(line->owner, 24);
  const char *label = line->what->label && (line->what->dashed || line->compared < 0) ? line->what->label : "";
  if (result)
    snprintf(line->label, sizeof line->label, "%.100s%s%.60s", figure_fit(result, 24).text, *name.text ? " " : "", name.text);
  else
    snprintf(line->label, sizeof line->label, "%.100s%s%.60s", name.text, *name.text && *label ? " " : "", label);
}

static struct timeline_line *line_for(struct timeline_panel *panel, const struct timeline_metric *what, const char *of, bool sum,
                                      int number) {
  for (int i = 0; sum && i < panel->count; i++)
    if (panel->lines[i].what == what && panel->lines[i].compared == number) return &panel->lines[i];
  if (panel->count == TIMELINE_LINES) {
    panel->left_out++;
    return NULL;
  }
  struct timeline_line *line = &panel->lines[panel->count++];
  *line = (struct timeline_line){.what = what, .end = NAN, .least = INFINITY, .gone_at = NAN, .compared = number};
  line->owner = sum ? "" : of;
  label_line(line, NULL);
  return line;
}

/* Sum over the line's series at each window; unknown as soon as one is. The caller frees. */
static double *sums(const struct timeline_line *line, const char *key, uint32_t windows) {
  double *sum = allocate_zeroed(windows, sizeof *sum);
  for (int i = 0; i < line->count; i++) {
    const struct json_value *v = json_first(json_member(line->series[i], key));
    for (uint32_t w = 0; w < windows; w++, v = json_next(v)) sum[w] += json_type(v) == JSON_NUMBER ? json_number(v) : NAN;
  }
  return sum;
}

static void learn(struct timeline_line *line, double t, double value) {
  if (isnan(value)) return;
  line->end = value, line->total += value;
  if (value > 0) line->least = fmin(line->least, value);
  if (value > line->peak) line->peak = value, line->peak_at = t;
  if (isnan(line->gone_at) && value < line->peak / 200) line->gone_at = t;
}

static void put_line(struct figure *f, struct timeline_panel *panel, struct timeline_line *line) {
  uint32_t windows = json_count(json_member(line->series[0], "t_s"));
  const struct timeline_line first = {.series = line->series, .count = 1};
  double *t = sums(&first, "t_s", windows), *value = sums(line, "mean", windows), *low = sums(line, "low", windows),
         *high = sums(line, "high", windows);
  bool single = line->count == 1; /* the interval of a sum is not the sum of the intervals */
  line->block = figure_block(f);
  figure_row(f, 4, NAN, NAN, NAN, NAN);
  for (uint32_t w = 0; w < windows; w++) {
    learn(line, t[w], value[w]);
    bool logarithmic = panel->logarithmic && low[w] <= 0; /* no band down to a zero that the axis does not have */
    figure_row(f, 4, t[w], value[w], single ? logarithmic ? value[w] : low[w] : NAN, single ? high[w] : NAN);
    panel->most = fmax(panel->most, single ? fmax(value[w], high[w]) : value[w]);
  }
  panel->least = fmin(panel->least, line->least);
  free(t), free(value), free(low), free(high);
}

void timeline_drop(struct timeline_panel *panel, int i) {
  memmove(&panel->lines[i], &panel->lines[i + 1], sizeof panel->lines[0] * (size_t)(--panel->count - i));
}

/* In the order in which the panel names its metrics, whatever that of the result is. */
static void sort(struct timeline_panel *panel) {
  for (int i = 1; i < panel->count; i++)
    for (int k = i; k > 0 && panel->lines[k].what < panel->lines[k - 1].what; k--) {
      struct timeline_line moved = panel->lines[k];
      panel->lines[k] = panel->lines[k - 1], panel->lines[k - 1] = moved;
    }
}

/* A dashed line that towers above all others leaves at the top: they are what is to be seen. */
static void cut(struct timeline_panel *panel) {
  double solid = 0, dashed = 0;
  for (int i = 0; i < panel->count; i++) {
    double *most = panel->lines[i].what->dashed ? &dashed : &solid;
    *most = fmax(*most, panel->lines[i].peak);
  }
  if (solid > 0 && dashed > CUT * solid) panel->most = CUT * solid, panel->cut_at = dashed;
}

static void add_series(struct timeline_line *line, const struct json_value *series) {
  if (line->count == line->room) {
    line->room = line->room ? 2 * line->room : 4;
    line->series = allocate_resized(line->series, (size_t)line->room, sizeof *line->series);
  }
  line->series[line->count++] = series;
}

/* What is compared: results by their number, endpoints by their place in the options; -1: the owner is neither. */
static int number_of(const struct result_file *file, int result, const char *of, const struct plot_options *options) {
  for (uint32_t i = 0; result < 0 && i < options->endpoint_count && options->endpoint_count > 1; i++)
    if (result_has_endpoint(file, of) && !strcmp(options->endpoints[i], of)) return (int)i;
  return result;
}

/* Of what is compared one metric of a panel is drawn. What is offered is the same for all results, and not known by endpoint. */
static bool left_aside(const struct timeline_panel *panel, const struct timeline_metric *what, int result,
                       const struct plot_options *options) {
  if (result >= 0) return what != panel->metrics || (what->dashed && result > 0);
  return options->endpoint_count > 1 && what != &panel->metrics[panel->metrics[0].dashed];
}

/* result: its number among several, or -1. */
static void gather(struct timeline_panel *panel, const struct result_file *file, int result, const struct plot_options *options) {
  bool sum = panel->sum && !options->endpoint_count;
  for (const struct json_value *s = json_first(json_member(file->root, "series")); s; s = json_next(s)) {
    const struct timeline_metric *what = wanted(panel, file, s);
    if (!what || json_count(json_member(s, "t_s")) < 2 || left_aside(panel, what, result, options)) continue;
    bool by_region = strchr(owner(s), '{') != NULL; /* drawn only when it is asked for: the endpoint has it already */
    if (by_region && !options->endpoint_count) continue;
    if (result_has_endpoint(file, owner(s)) && !plot_wants(options, owner(s))) continue;
    struct timeline_line *line = line_for(panel, what, owner(s), sum, number_of(file, result, owner(s), options));
    if (line) add_series(line, s);
  }
}

/* Lines of several results have the names of these, with the owner where a result has several. */
static void label_results(struct timeline_panel *panel, const struct result_file *files) {
  for (int i = 0; i < panel->count; i++) {
    struct timeline_line *line = &panel->lines[i];
    int of_it = 0;
    for (int k = 0; k < panel->count; k++) of_it += panel->lines[k].compared == line->compared && !panel->lines[k].what->dashed;
    if (of_it == 1) line->owner = "";
  }
  for (int i = 0; i < panel->count; i++)
    if (!panel->lines[i].what->dashed) label_line(&panel->lines[i], files[panel->lines[i].compared].name);
}

bool timeline_compares(uint32_t count, const struct plot_options *options) { return count > 1 || options->endpoint_count > 1; }

void timeline_collect(struct figure *f, const struct result_file *files, uint32_t count, struct timeline_panel *panel,
                      const struct plot_options *options) {
  bool compared = timeline_compares(count, options);
  double total = 0;
  panel->least = INFINITY;
  for (uint32_t i = 0; i < count && (!compared || panel->compared); i++)
    gather(panel, &files[i], count == 1 ? -1 : (int)i, options);
  if (count > 1) label_results(panel, files);
  sort(panel);
  for (int i = 0; i < panel->count; i++) {
    put_line(f, panel, &panel->lines[i]);
    free(panel->lines[i].series);
    panel->lines[i].series = NULL;
    total += panel->lines[i].total;
  }
  for (int i = panel->count; i-- > 0;)
    if (compared ? total == 0 : panel->lines[i].total == 0) timeline_drop(panel, i);
  cut(panel);
}

const struct timeline_line *timeline_find(const struct timeline_panel *panel, const char *metric) {
  for (int i = 0; i < panel->count; i++)
    if (!strcmp(panel->lines[i].what->metric, metric)) return &panel->lines[i];
  return NULL;
}

/* None of them is the colour of a metric. Each kind of owner has its own, so that endpoints, people, stocks and services keep
 * theirs in pictures that have one of these panels more or less. Endpoints and services have those of palette.h. */
enum { PALETTE = 6, OWNERS = 64 };
static const char *const palettes[TIMELINE_OWNERS][PALETTE] = {
    [OWNED_BY_PEOPLE] = {"#6A51A3", "#99000D", "#B983B9", "#D9776A", "#3F007D", "#67000D"},
    [OWNED_BY_STOCK] = {"#00868B", "#1B2A6B", "#5FB0B3", "#6F7CB0", "#004D50", "#0B1336"},
    [OWNED_BY_SERVICE] = {"#4D4D4D", "#6C7A89", "#9C6644", "#3D5A40", "#A0A000", "#7F6A93"}};

struct owner_names {
  const char *of[OWNERS];
  int count;
};

static int place_of_owner(struct owner_names *names, const char *owner) {
  for (int i = 0; i < names->count; i++)
    if (!strcmp(names->of[i], owner)) return i;
  if (names->count < OWNERS) names->of[names->count] = owner;
  return names->count < OWNERS ? names->count++ : OWNERS - 1;
}

/* What is no service of the scenario, such as a queue of jobs, has a colour by its turn. */
static const char *color_of_owner(const struct result_file *file, enum timeline_owners owners, const char *owner,
                                  struct owner_names *names) {
  if (owners == OWNED_BY_ENDPOINT) return palette_of_endpoint(file, owner);
  if (owners == OWNED_BY_SERVICE && palette_place(file, owner) >= 0) return palette_of_component(file, owner);
  return palettes[owners][place_of_owner(&names[owners], owner) % PALETTE];
}

/* Of one owner the second metric of a panel is paler than the first. */
void timeline_color(const struct result_file *files, uint32_t files_count, struct timeline_panel *panels, int count) {
  struct owner_names names[TIMELINE_OWNERS] = {0};
  for (int p = 0; p < count; p++)
    for (int i = 0; i < panels[p].count; i++) {
      struct timeline_line *line = &panels[p].lines[i];
      bool compared = line->compared >= 0 && !line->what->dashed;
      int earlier = 0;
      for (int k = 0; k < i; k++) earlier += !line->what->color && !strcmp(panels[p].lines[k].owner, line->owner);
      if (compared)
        line->color = figure_tint(files_count > 1 ? figure_color(line->compared) : palette_of_endpoint(files, line->owner), 0);
      else if (line->what->color)
        line->color = figure_tint(line->what->color, 0);
      else
        line->color = figure_tint(color_of_owner(files, panels[p].owners, line->owner, names), earlier < 2 ? 2 * earlier : 3);
    }
}

/* --- drawing ------------------------------------------------------------------------------------------------------------------ */

static bool on_log_axis(const struct timeline_panel *panel) { return panel->logarithmic && panel->most > 10 * panel->least; }

/* Six or so ticks at round times. */
static void time_ticks(struct figure *f, double last, bool labels) {
  static const double steps[] = {1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 604800};
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

/* At the ends of their lines, pushed apart where these meet. */
static void put_labels(struct figure *f, const struct timeline_panel *panel, const struct timeline_place *at) {
  double y[TIMELINE_LINES], pixels = at->top - at->bottom;
  bool logarithmic = on_log_axis(panel);
  char position[80];
  for (int i = 0; i < panel->count; i++) {
    double end = isnan(panel->lines[i].end) ? 0 : panel->lines[i].end;
    y[i] = logarithmic ? log10(fmax(end, panel->least)) : end;
  }
  double span = logarithmic ? log10(1.7 * panel->most / panel->least) : panel->most * 1.1;
  figure_spread(y, panel->count, span * 17 / pixels, logarithmic ? log10(panel->least) : 0);
  for (int i = 0; i < panel->count; i++) {
    snprintf(position, sizeof position, "first %.9g,%.9g offset 0.8,0", at->last, logarithmic ? pow(10, y[i]) : y[i]);
    figure_text(f, position, "left", panel->lines[i].color.text, 11, panel->lines[i].label);
  }
}

/* The smallest of 1, 2, 5 times a power of ten that leaves at most so many ticks. */
static double tick_step(double most, double ticks, bool whole) {
  static const double rungs[] = {1, 2, 5};
  double power = pow(10, floor(log10(most)) - 2), step = power;
  for (int i = 0; most / step > ticks || (whole && step < 1); i++) step = power * rungs[i % 3] * pow(10, i / 3);
  return step;
}

static void linear_ticks(struct figure *f, double most, double step, bool seconds) {
  if (!seconds) {
    fprintf(f->script, "set ytics %.9g\n", step);
    return;
  }
  fputs("set ytics ('0' 0", f->script);
  for (int i = 1; i * step <= most; i++)
    fprintf(f->script, ", '%s' %.9g", format_number(UNIT_SECONDS, NULL, i * step).text, i * step);
  fputs(")\n", f->script);
}

static void put_axes(struct figure *f, const struct timeline_panel *panel, const struct timeline_place *at) {
  char position[80];
  figure_area(f, at->left / f->width, 1 - at->right / f->width, at->bottom / f->height, at->top / f->height);
  time_ticks(f, at->last, at->lowest);
  snprintf(position, sizeof position, "screen %.6f,%.6f", 16.0 / f->width, (at->top + 14) / f->height);
  char axis[160];
  snprintf(axis, sizeof axis, "%s%s%s", panel->axis, panel->cut_at > 0 ? "; offered goes up to " : "",
           panel->cut_at > 0 ? format_number(UNIT_PER_SECOND, NULL, panel->cut_at).text : "");
  figure_text(f, position, "left", FIGURE_GREY, 12, axis);
  fprintf(f->script, "set xrange [0:%.9g]\n", at->last);
  if (on_log_axis(panel)) {
    double low = panel->least / 1.3, high = panel->most * 1.3;
    fprintf(f->script, "set logscale y\nset yrange [%.9g:%.9g]\n", low, high);
    figure_ticks_seconds(f, 'y', low, high);
    return;
  }
  double most = panel->most > 0 ? panel->most * 1.1 : 1;
  fprintf(f->script, "unset logscale y\nset format y '%%.7g'\nset yrange [0:%.9g]\n", most);
  linear_ticks(f, most, tick_step(most, (at->top - at->bottom) / 24, !strcmp(panel->unit, "count")), !strcmp(panel->unit, "s"));
}

void timeline_draw(struct figure *f, const struct timeline_panel *panel, const struct timeline_place *at) {
  fputs("unset label\n", f->script);
  put_labels(f, panel, at);
  put_axes(f, panel, at);
  bool steps = !strcmp(panel->unit, "count"); /* a band of steps would be drawn slanted */
  fputs("plot ", f->script);
  for (int i = 0; i < panel->count && !steps; i++)
    if (!panel->lines[i].what->color)
      fprintf(f->script, "'data' index %d using 1:3:4 with filledcurves fc rgb '%s' fs solid 1 noborder, ", panel->lines[i].block,
              figure_tint(panel->lines[i].color.text, 4).text);
  for (int pass = 0, drawn = 0; pass < 2; pass++) /* dashed lines above the others */
    for (int i = 0; i < panel->count; i++)
      if (panel->lines[i].what->dashed == (pass == 1))
        fprintf(f->script, "%s'data' index %d using 1:2 with %s lw 1.6 lc rgb '%s'%s", drawn++ ? ", " : "", panel->lines[i].block,
                steps ? "steps" : "lines", panel->lines[i].color.text, pass ? " dt 2" : "");
  fputs("\nunset logscale y\n", f->script);
}
