/* The run over time: what is asked for, what is sent, what is answered, how long it takes, who waits, what is left. Of several
 * results, one above the other in the same panels. */
#include "sim/report/plot/timeline_panel.h"
#include <math.h>
#include <string.h>

enum { LEFT = 90, CHARACTER = 8, TOP = 112, BOTTOM = 66, GAP = 44, SHARE = 26 };
enum { LOAD, FAILED, LATENCY, PEOPLE, INSIDE, STOCK, LOOKUPS, LAG, STALE, JOBS, CONNECTIONS, MEMORY, REPLICAS, NODES, PANELS };

static const struct timeline_panel panels_of_a_run[PANELS] = {
    [LOAD] = {OWNED_BY_ENDPOINT,
              "requests per second",
              "per_s",
              {{"offered", "offered", FIGURE_GREY, true, NULL},
               {"arrivals", "arriving", "#56B4E9", false, NULL},
               {"attempts", "attempts", "#D55E00", false, NULL},
               {"completed", "answered", "#009E73", false, NULL}},
              .share = 6,
              .sum = true,
              .compared = true},
    [FAILED] = {OWNED_BY_ENDPOINT,
                "failed per second",
                "per_s",
                {{"errors", "failed", "#CC79A7", false, NULL}},
                .share = 3,
                .sum = true,
                .compared = true},
    [LATENCY] = {OWNED_BY_ENDPOINT,
                 "latency of what is answered",
                 "s",
                 {{"latency.p99", "p99", NULL, false, NULL}, {"latency.p50", "p50", NULL, false, NULL}},
                 .share = 5,
                 .logarithmic = true,
                 .compared = true},
    [PEOPLE] = {OWNED_BY_PEOPLE,
                "people",
                "number",
                {{"length", "waiting", NULL, false, NULL}, {"active", "on the site", NULL, false, .beside = "finished"}},
                .share = 4},
    [INSIDE] = {OWNED_BY_ENDPOINT, "requests inside", "number", {{"inside", "inside", FIGURE_INK, false, NULL}}, .share = 3},
    [STOCK] =
        {OWNED_BY_STOCK, "stock", "number", {{"left", "left", NULL, false, NULL}, {"held", "held", NULL, false, NULL}}, .share = 3},
    [LOOKUPS] = {OWNED_BY_SERVICE,
                 "cache look-ups per second",
                 "per_s",
                 {{"hits", "hits", "#009E73", false, NULL}, {"misses", "misses", "#CC79A7", false, NULL}},
                 .share = 4},
    [LAG] = {OWNED_BY_SERVICE, "replica lag", "s", {{"lag", "lag", NULL, false, NULL}}, .share = 3},
    [STALE] =
        {OWNED_BY_SERVICE, "stale reads per second", "per_s", {{"stale_reads", "stale reads", "#CC79A7", false, NULL}}, .share = 3},
    [JOBS] = {OWNED_BY_SERVICE,
              "jobs",
              "number",
              {{"depth", "waiting", NULL, false, NULL}, {"running", "running", NULL, false, NULL}},
              .share = 3,
              .compared = true},
    [CONNECTIONS] = {OWNED_BY_SERVICE,
                     "connections",
                     "number",
                     {{"connections", "open", NULL, false, NULL}, {"clients", "clients", NULL, false, NULL}},
                     .share = 3},
    [MEMORY] = {OWNED_BY_SERVICE,
                "memory of a replica (MiB)",
                "number",
                {{"memory", NULL, NULL, false, NULL}},
                .share = 3,
                .compared = true},
    [REPLICAS] = {OWNED_BY_SERVICE, "replicas", "count", {{"replicas", NULL, NULL, false, NULL}}, .share = 2, .compared = true},
    [NODES] = {OWNED_BY_SERVICE, "machines", "number", {{"nodes", NULL, NULL, false, NULL}}, .share = 2, .compared = true},
};

static double last_time(const struct result_file *files, uint32_t count) {
  double last = 0;
  for (const struct result_file *file = files; file < files + count; file++)
    for (const struct json_value *s = json_first(json_member(file->root, "series")); s; s = json_next(s))
      for (const struct json_value *t = json_first(json_member(s, "t_s")); t; t = json_next(t)) last = fmax(last, json_number(t));
  return last;
}

/* Attempts are arrivals and more, where every source counts them. */
static void drop_what_is_said_twice(struct timeline_panel *load) {
  const struct timeline_line *arrivals = timeline_find(load, "arrivals"), *attempts = timeline_find(load, "attempts");
  if (arrivals && attempts && attempts->total >= 0.999 * arrivals->total) timeline_drop(load, (int)(arrivals - load->lines));
}

/* Medians of several endpoints would fill the panel: that of the slowest only. */
static void keep_one_median(struct timeline_panel *latency, const struct result_file *file, const struct plot_options *options) {
  const char *slowest = plot_endpoint(file, options);
  char wanted[80];
  snprintf(wanted, sizeof wanted, "%.70s p50", slowest ? figure_fit(slowest, 24).text : "");
  for (int i = latency->count; i-- > 0;)
    if (!strcmp(latency->lines[i].what->metric, "latency.p50") && strcmp(latency->lines[i].label, wanted))
      timeline_drop(latency, i);
}

static double room_for_labels(const struct timeline_panel *panels) {
  int longest = 10;
  for (int p = 0; p < PANELS; p++)
    for (int i = 0; i < panels[p].count; i++)
      if (format_width(panels[p].lines[i].label) > longest) longest = format_width(panels[p].lines[i].label);
  return fmin(360, CHARACTER * longest + 30);
}

/* Where most of what is asked for at the end fails: says that. */
static bool say_overload(char *text, size_t size, const struct timeline_panel *panels) {
  const struct timeline_line *offered = timeline_find(&panels[LOAD], "offered"), *failed = timeline_find(&panels[FAILED], "errors");
  if (!offered || !failed || !(failed->end > 0.5 * offered->end)) return false;
  /* What fails now may have come before: it is not a part of what is offered now, and may be more. */
  struct shown rate = format_number(UNIT_PER_SECOND, NULL, offered->end);
  double share = failed->end / offered->end;
  if (share > 0.9)
    snprintf(text, size, "at the end %s are offered, and nearly all fail", rate.text);
  else
    snprintf(text, size, "at the end %s are offered, and %s of them fail", rate.text, format_percent(share).text);
  return true;
}

/* Where a stock runs out: says when, and what fails meanwhile. */
static bool say_sold_out(char *text, size_t size, const struct timeline_panel *panels) {
  const struct timeline_line *left = timeline_find(&panels[STOCK], "left"), *failed = timeline_find(&panels[FAILED], "errors");
  if (!left || isnan(left->gone_at)) return false;
  int used =
      snprintf(text, size, "%s: none %s after the warm-up; ", left->label, format_number(UNIT_SECONDS, NULL, left->gone_at).text);
  if (used < 0 || (size_t)used >= size) return true;
  snprintf(text + used, size - (size_t)used, "%s%s", failed ? "failures peak at " : "nothing fails",
           failed ? format_number(UNIT_PER_SECOND, NULL, failed->peak).text : "");
  return true;
}

/* Where a cache loses what it held, or readers see what is no longer true: says how many, and when. */
static bool say_data(char *text, size_t size, const struct timeline_panel *panels) {
  const struct timeline_line *stale = timeline_find(&panels[STALE], "stale_reads"), *lag = timeline_find(&panels[LAG], "lag"),
                             *misses = timeline_find(&panels[LOOKUPS], "misses"),
                             *failed = timeline_find(&panels[FAILED], "errors");
  if (stale && lag) {
    snprintf(text, size, "%s: up to %s, while replicas are %s behind", stale->label,
             format_number(UNIT_PER_SECOND, NULL, stale->peak).text, format_number(UNIT_SECONDS, NULL, lag->peak).text);
    return true;
  }
  if (!misses || !failed || !(misses->peak > 3 * misses->end)) return false;
  snprintf(text, size, "%s: %s %s after the warm-up, %s at the end; failures peak at %s", misses->label,
           format_number(UNIT_PER_SECOND, NULL, misses->peak).text, format_number(UNIT_SECONDS, NULL, misses->peak_at).text,
           format_number(UNIT_PER_SECOND, NULL, misses->end).text, format_number(UNIT_PER_SECOND, NULL, failed->peak).text);
  return true;
}

/* The line with the highest peak; medians of a handful of answers are no finding. */
static const struct timeline_line *highest(const struct timeline_panel *panel) {
  const struct timeline_line *best = NULL;
  for (int i = 0; i < panel->count; i++)
    if (strcmp(panel->lines[i].what->metric, "latency.p50") && (!best || panel->lines[i].peak > best->peak))
      best = &panel->lines[i];
  return best;
}

/* More than a twentieth of what arrives fails at some time: says when it does most. */
static bool say_failures(char *text, size_t size, const struct timeline_panel *panels) {
  const struct timeline_line *failed = timeline_find(&panels[FAILED], "errors"), *load = highest(&panels[LOAD]);
  if (!failed || !load || !(failed->peak > load->peak / 20)) return false;
  snprintf(text, size, "up to %s fail, most %s after the warm-up", format_number(UNIT_PER_SECOND, NULL, failed->peak).text,
           format_number(UNIT_SECONDS, NULL, failed->peak_at).text);
  return true;
}

/* Connections, where nothing fails: how many come to be open. */
static bool say_connections(char *text, size_t size, const struct timeline_panel *panels) {
  const struct timeline_panel *panel = &panels[CONNECTIONS];
  if (panel->count < 2 || timeline_find(&panels[FAILED], "errors")) return false;
  int used = 0;
  for (int i = 0; i < panel->count && used < (int)size; i++)
    used += snprintf(text + used, size - (size_t)used, "%s%s: up to %s", i ? ", " : "", panel->lines[i].label,
                     format_number(UNIT_NONE, NULL, ceil(panel->lines[i].peak)).text);
  if (used < (int)size) snprintf(text + used, size - (size_t)used, "; nothing fails");
  return true;
}

/* The finding: an overload that stays, a stock that runs out, a cache gone cold or stale reads, failures, connections, the worst
 * moment of the slowest endpoint, or, where latency does not move, the highest load. */
static void say(char *text, size_t size, const struct timeline_panel *panels) {
  if (say_overload(text, size, panels) || say_sold_out(text, size, panels) || say_data(text, size, panels) ||
      say_failures(text, size, panels) || say_connections(text, size, panels))
    return;
  const struct timeline_line *slowest = highest(&panels[LATENCY]), *load = highest(&panels[LOAD]);
  bool moves = slowest && (!load || slowest->peak > 5 * slowest->least);
  const struct timeline_line *worst = moves ? slowest : load;
  if (!worst) return;
  snprintf(text, size, "%s: highest %s after the warm-up, %s", worst->label, format_number(UNIT_SECONDS, NULL, worst->peak_at).text,
           format_number(moves ? UNIT_SECONDS : UNIT_PER_SECOND, NULL, worst->peak).text);
}

static bool differs(const struct timeline_panel *panel) {
  double least = INFINITY, most = 0;
  for (int i = 0; i < panel->count; i++) least = fmin(least, panel->lines[i].peak), most = fmax(most, panel->lines[i].peak);
  return panel->count > 1 && most > 1.5 * least;
}

/* What is compared: how many requests of each fail at most, or the first panel behind that in which they differ. */
static void say_compared(char *text, size_t size, const struct timeline_panel *panels) {
  int p = FAILED;
  while (p < PANELS && !differs(&panels[p])) p++;
  if (p == PANELS) return say(text, size, panels);
  int used = snprintf(text, size, "%s", panels[p].axis);
  for (int i = 0; i < panels[p].count && used < (int)size; i++) {
    const struct timeline_line *line = &panels[p].lines[i];
    enum unit unit = p == FAILED ? UNIT_PER_SECOND : p == LATENCY ? UNIT_SECONDS : UNIT_NONE;
    used += snprintf(text + used, size - (size_t)used, "%s%s up to %s", i ? ", " : ": ", line->label,
                     format_number(unit, NULL, line->peak).text);
  }
}

/* Reads what there is; returns the height of all panels in shares. */
static int collect(struct figure *f, const struct result_file *files, uint32_t count, struct timeline_panel *panels,
                   const struct plot_options *options) {
  int shares = 0;
  memcpy(panels, panels_of_a_run, sizeof panels_of_a_run);
  if (timeline_compares(count, options)) panels[LATENCY].axis = "p99 of what is answered";
  for (int i = 0; i < PANELS; i++) {
    timeline_collect(f, files, count, &panels[i], options);
    if (i == LOAD) drop_what_is_said_twice(&panels[i]);
    if (i == LATENCY) keep_one_median(&panels[i], files, options);
    if (panels[i].count) shares += panels[i].share;
  }
  timeline_color(files, count, panels, PANELS);
  return shares;
}

static void draw_all(struct figure *f, const struct timeline_panel *panels, int shares, double last) {
  int used = 0, lowest = 0;
  for (int i = 0; i < PANELS; i++)
    if (panels[i].count) used++, lowest = i;
  double room = f->height - TOP - BOTTOM - GAP * (used - 1), top = f->height - TOP, right = room_for_labels(panels);
  for (int i = 0; i < PANELS; i++) {
    if (!panels[i].count) continue;
    double bottom = top - room * panels[i].share / shares;
    timeline_draw(f, &panels[i], &(struct timeline_place){LEFT, right, bottom, top, last, i == lowest});
    top = bottom - GAP;
  }
}

static enum plot_outcome draw(const struct plot_kind *kind, const struct result_file *files, uint32_t file_count,
                              const char *output, const struct plot_options *options, char **error) {
  (void)kind;
  struct timeline_panel panels[PANELS];
  char text[600] = "", subtitle[300];
  struct figure f;
  figure_open(&f, options, 1000, 640);
  int shares = collect(&f, files, file_count, panels, options);
  if (shares == 0)
    return figure_discard(&f), plot_nothing(error, files, "no series over time to draw: nothing happened in run.window");
  int wanted = TOP + BOTTOM + SHARE * shares;
  for (int i = 0; i < PANELS; i++) wanted += panels[i].count ? GAP : 0;
  if (wanted > f.height) f.height = wanted;
  fputs("set multiplot\n", f.script);
  draw_all(&f, panels, shares, last_time(files, file_count));
  (timeline_compares(file_count, options) ? say_compared : say)(text, sizeof text, panels);
  fputs("unset label\n", f.script);
  int left_out = 0;
  for (int i = 0; i < PANELS; i++) left_out += panels[i].left_out;
  figure_left_out(&f, left_out, "line");
  figure_title(&f, options->title ? options->title : text, plot_subtitle(files, subtitle, sizeof subtitle));
  fputs("unset border\nunset tics\nunset grid\nunset xlabel\nunset ylabel\nset xrange [0:1]\nset yrange [0:1]\nplot NaN "
        "notitle\nunset multiplot\n",
        f.script);
  return figure_draw(&f, output, error);
}

const struct plot_kind plot_timeline = {.name = "timeline",
                                        .doc = "Load, errors, latency and replicas over the run, of one result or of several.",
                                        .least = 1,
                                        .most = 4,
                                        .draw = draw};
