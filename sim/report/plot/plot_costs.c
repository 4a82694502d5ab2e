/* Cost over users, a line an architecture: the answer of `aguanta growth` on several files, or answers on one file each. Solid
 * where every requirement of severity must holds, dotted beyond, with the band of its prices; the strip along the bottom has the
 * colour of the cheapest that holds. Where that changes is a number, with its interval (sim/stats/envelope.h). What documents state
 * are points. */
#include "sim/engine/arena.h"
#include "sim/report/plot/plot_kinds.h"
#include "sim/stats/envelope.h"
#include <math.h>
#include <string.h>

enum { MOST = 6, LEFT = 84, RIGHT = 220, TOP = 112, BOTTOM = 76, CHANGES = 5 };

struct cost_line {
  const char *name;
  const struct json_value *stated;
  struct curve curve;
  int band, solid, dotted, points; /* blocks of numbers */
};

struct costs {
  struct arena *arena;
  struct cost_line lines[MOST];
  struct curve curves[MOST];
  int count, left_out;
  struct envelope_range *ranges;
  uint32_t range_count;
  double top;
};

/* --- reading ------------------------------------------------------------------------------------------------------------------ */

static double or_infinite(double x) { return isnan(x) ? INFINITY : x; }

/* of: what has `holds_until` and `stated`; points: months, or points of a curve. */
static const char *read_line(struct arena *arena, struct cost_line *l, const char *name, const struct json_value *of,
                             const struct json_value *points, const char *cost) {
  const struct json_value *until = json_member(of, "holds_until");
  struct curve_point *all = arena_new_array(arena, struct curve_point, json_count(points) + 1);
  struct result_estimate end = result_estimate(until);
  *l = (struct cost_line){.name = name, .stated = json_member(of, "stated"), .points = -1};
  for (const struct json_value *m = json_first(points); m; m = json_next(m)) {
    struct result_estimate e = result_estimate(cost ? json_member(m, cost) : m);
    double users = result_number(m, "users");
    if (isnan(users) || (l->curve.count && users < all[l->curve.count - 1].x)) return "its users are not known, or do not rise";
    if (l->curve.count && users == all[l->curve.count - 1].x) l->curve.count--;
    bool band = !isnan(e.low) && !isnan(e.high);
    all[l->curve.count++] = (struct curve_point){users, e.value, band ? e.low : e.value, band ? e.high : e.value};
  }
  l->curve.points = all;
  l->curve.until = or_infinite(result_number(until, "users"));
  l->curve.until_low = or_infinite(end.low), l->curve.until_high = or_infinite(end.high);
  if (!until) return "it does not say to how many users it holds (\"holds_until\"): ask `growth` again";
  if (l->curve.count < 2) return "fewer than two months: no curve to draw";
  for (uint32_t i = 0; i < l->curve.count; i++)
    if (!isnan(all[i].value)) return NULL;
  return "its bill is not known";
}

static const char *add_line(struct costs *c, const char *name, const struct json_value *of, const struct json_value *points,
                            const char *cost) {
  if (c->count == MOST) {
    c->left_out++;
    return NULL;
  }
  struct cost_line *l = &c->lines[c->count];
  const char *wrong = read_line(c->arena, l, name, of, points, cost);
  if (!wrong) c->curves[c->count++] = l->curve;
  return wrong;
}

static const char *read_file(struct costs *c, const struct result_file *file) {
  const struct json_value *several = json_member(file->root, "architectures");
  const char *wrong = NULL;
  if (!several) return add_line(c, file->name, file->root, json_member(file->root, "table"), "cost");
  for (const struct json_value *a = json_first(several); a && !wrong; a = json_next(a))
    wrong = add_line(c, result_text(a, "name"), a, json_member(a, "points"), NULL);
  return wrong;
}

struct stated {
  double from, users, low, high;
};
static struct stated stated_of(const struct json_value *s) {
  const struct json_value *users = json_first(json_member(s, "users")), *cost = json_first(json_member(s, "stated"));
  return (struct stated){users ? json_number(users) : NAN, users ? json_number(json_next(users)) : NAN,
                         cost && json_type(cost) == JSON_NUMBER ? json_number(cost) : NAN,
                         cost && json_type(json_next(cost)) == JSON_NUMBER ? json_number(json_next(cost)) : NAN};
}

static void find_top(struct costs *c) {
  for (int i = 0; i < c->count; i++) {
    for (uint32_t k = 0; k < c->curves[i].count; k++) c->top = fmax(c->top, 1.25 * c->curves[i].points[k].high);
    for (const struct json_value *s = json_first(c->lines[i].stated); s; s = json_next(s))
      c->top = fmax(c->top, 1.25 * stated_of(s).high);
  }
  if (!(c->top > 0)) c->top = 1;
}

/* --- the picture -------------------------------------------------------------------------------------------------------------- */

/* Three digits: no month is known better. */
static struct shown users_text(double users) {
  if (!isfinite(users)) return (struct shown){"-"};
  double step = users > 1000 ? pow(10, floor(log10(users)) - 2) : 1;
  return format_count((uint64_t)fmax(0, rint(users / step) * step));
}

static void put_point(struct figure *f, const struct curve *c, double users) {
  figure_row(f, 2, users, curve_at(c, users, CURVE_VALUE));
}

static void put_line(struct figure *f, struct cost_line *l) {
  const struct curve *c = &l->curve;
  double first = c->points->x, until = fmin(c->until, c->points[c->count - 1].x);
  l->band = figure_block(f);
  for (uint32_t i = 0; i < c->count; i++) figure_row(f, 3, c->points[i].x, c->points[i].low, c->points[i].high);
  l->solid = figure_block(f);
  figure_row(f, 2, NAN, NAN);
  for (uint32_t i = 0; i < c->count; i++)
    if (c->points[i].x < until) put_point(f, c, c->points[i].x);
  if (until > first) put_point(f, c, until);
  l->dotted = figure_block(f);
  figure_row(f, 2, NAN, NAN);
  if (isfinite(c->until)) put_point(f, c, fmax(until, first));
  for (uint32_t i = 0; i < c->count && isfinite(c->until); i++)
    if (c->points[i].x > until) put_point(f, c, c->points[i].x);
}

/* A mark at its users and the middle of its cost, with lines over the ranges of both. */
static void put_stated(struct figure *f, struct cost_line *l) {
  if (!json_first(l->stated)) return;
  l->points = figure_block(f);
  for (const struct json_value *v = json_first(l->stated); v; v = json_next(v)) {
    struct stated s = stated_of(v);
    figure_row(f, 6, s.users, 0.5 * (s.low + s.high), s.from, s.users, s.low, s.high);
  }
}

static void put_strip(struct figure *f, const struct costs *c) {
  for (uint32_t i = 0; i < c->range_count; i++)
    if (c->ranges[i].lowest >= 0)
      fprintf(f->script, "set object rectangle from first %.9g, first 0 to first %.9g, first %.9g fc rgb '%s' fs solid noborder\n",
              c->ranges[i].from, c->ranges[i].to, 0.03 * c->top, figure_color(c->ranges[i].lowest));
}

static void put_changes(struct figure *f, const struct costs *c) {
  char text[260], position[80];
  for (uint32_t i = 0; i + 1 < c->range_count && i < CHANGES; i++) {
    const struct envelope_range *r = &c->ranges[i];
    fprintf(f->script, "set arrow from first %.9g, first 0 to first %.9g, graph 1 nohead dt 2 lw 1.2 lc rgb '%s'\n", r->to, r->to,
            FIGURE_GREY);
    snprintf(text, sizeof text, "%s [%s, %s]", users_text(r->to).text, users_text(r->low).text, users_text(r->high).text);
    bool late = r->to - c->ranges->from > 0.7 * (c->ranges[c->range_count - 1].to - c->ranges->from);
    snprintf(position, sizeof position, "first %.9g,%.9g offset %s,0", r->to, (0.97 - 0.06 * i) * c->top, late ? "-0.5" : "0.5");
    figure_text(f, position, late ? "right" : "left", FIGURE_GREY, 11, text);
  }
}

static const char *named(const struct costs *c, int32_t i) { return i < 0 ? "none" : c->lines[i].name; }

static void say(const struct costs *c, char *text, size_t size) {
  int32_t now = c->range_count ? c->ranges[0].lowest : -1;
  size_t used = (size_t)snprintf(text, size, "%s", now < 0 ? "No architecture holds" : named(c, now));
  if (now >= 0 && used < size) used += (size_t)snprintf(text + used, size - used, " is the cheapest that holds");
  for (uint32_t i = 0; i + 1 < c->range_count && i < CHANGES && used < size; i++)
    used += (size_t)snprintf(text + used, size - used, " to %s users, then %s", users_text(c->ranges[i].to).text,
                             named(c, c->ranges[i + 1].lowest));
}

static void axes(struct figure *f, const char *currency, double first, double last, double top) {
  char position[80], label[80];
  figure_area(f, (double)LEFT / f->width, 1 - (double)RIGHT / f->width, (double)BOTTOM / f->height, 1 - (double)TOP / f->height);
  snprintf(label, sizeof label, "%.10s a month (dotted: a requirement does not hold)", currency);
  snprintf(position, sizeof position, "screen %.6f,%.6f", 16.0 / f->width, 1 - 96.0 / f->height);
  figure_text(f, position, "left", FIGURE_GREY, 12, label);
  fprintf(f->script, "set xrange [%.9g:%.9g]\nset yrange [0:%.9g]\nset format x \"%%'.0f\"\n", first, last, top);
  snprintf(position, sizeof position, "screen %.6f,%.6f", 0.5 * (LEFT + f->width - RIGHT) / f->width, 20.0 / f->height);
  figure_text(f, position, "center", "#444444", 12, "users; below: the cheapest that holds");
}

static void put_labels(struct figure *f, const struct costs *c, double last) {
  double y[MOST];
  char position[80];
  for (int i = 0; i < c->count; i++) {
    y[i] = NAN;
    for (uint32_t k = 0; k < c->curves[i].count; k++)
      if (!isnan(c->curves[i].points[k].value)) y[i] = c->curves[i].points[k].value;
  }
  figure_spread(y, c->count, 20.0 / (f->height - TOP - BOTTOM) * c->top, 0);
  for (int i = 0; i < c->count; i++) {
    snprintf(position, sizeof position, "first %.9g,%.9g offset 1,0", last, y[i]);
    figure_text(f, position, "left", figure_color(i), 11, figure_fit(c->lines[i].name, 28).text);
  }
}

static void plot(struct figure *f, const struct costs *c) {
  for (int i = 0; i < c->count; i++)
    fprintf(f->script, "%s'data' index %d using 1:2:3 with filledcurves fc rgb '%s' fs solid noborder notitle", i ? ", " : "plot ",
            c->lines[i].band, figure_pale(i));
  for (int i = 0; i < c->count; i++)
    fprintf(f->script,
            ", 'data' index %d using 1:2 with lines lw 2 lc rgb '%s', '' index %d using 1:2 with lines lw 2 dt 3 lc rgb '%s'",
            c->lines[i].solid, figure_color(i), c->lines[i].dotted, figure_color(i));
  for (int i = 0; i < c->count; i++)
    if (c->lines[i].points >= 0)
      fprintf(f->script, ", 'data' index %d using 1:2:3:4:5:6 with xyerrorbars pt 6 ps 1.3 lw 1.3 lc rgb '%s'", c->lines[i].points,
              figure_color(i));
  fputc('\n', f->script);
}

static enum plot_outcome draw_costs(struct costs *c, const struct result_file *files, const char *output,
                                    const struct plot_options *options, char **error) {
  struct figure f;
  char text[600];
  c->range_count = envelope_ranges(c->arena, c->curves, (uint32_t)c->count, &c->ranges);
  double first = INFINITY, last = -INFINITY;
  for (int i = 0; i < c->count; i++)
    first = fmin(first, c->curves[i].points->x), last = fmax(last, c->curves[i].points[c->curves[i].count - 1].x);
  find_top(c);
  figure_open(&f, options, 1120, 560);
  bool stated = false;
  for (int i = 0; i < c->count; i++) put_line(&f, &c->lines[i]), put_stated(&f, &c->lines[i]), stated |= c->lines[i].points >= 0;
  say(c, text, sizeof text);
  figure_title(&f, options->title ? options->title : figure_fit(text, 105).text,
               stated ? "cost over users, as `growth` found it; circles: as documents state it"
                      : "cost over users, as `growth` found it");
  put_strip(&f, c);
  put_changes(&f, c);
  put_labels(&f, c, last);
  figure_left_out(&f, c->left_out, "architecture");
  axes(&f, result_text(files[0].root, "currency"), first, last, c->top);
  plot(&f, c);
  return figure_draw(&f, output, error);
}

static enum plot_outcome draw(const struct plot_kind *kind, const struct result_file *files, uint32_t count, const char *output,
                              const struct plot_options *options, char **error) {
  (void)kind;
  struct costs c = {.arena = arena_new()};
  enum plot_outcome outcome = PLOT_DRAWN;
  for (uint32_t i = 0; i < count && outcome == PLOT_DRAWN; i++) {
    const char *wrong = read_file(&c, &files[i]);
    if (!wrong && strcmp(result_text(files[i].root, "currency"), result_text(files[0].root, "currency")))
      wrong = "its bill is in another currency";
    if (wrong) outcome = plot_nothing(error, &files[i], wrong);
  }
  if (outcome == PLOT_DRAWN) outcome = draw_costs(&c, files, output, options, error);
  arena_free(c.arena);
  return outcome;
}

const struct plot_kind plot_costs = {
    .name = "costs",
    .doc = "Cost over users, and the cheapest that holds; of `growth` on several files, or results of it, one an architecture.",
    .least = 1,
    .most = MOST,
    .draw = draw,
    .of = "costs growth"};
