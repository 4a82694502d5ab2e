/* Cost over users, a line an architecture: results of `aguanta growth`. Solid where every requirement of severity must holds,
 * dotted beyond; the strip along the bottom has the colour of the cheapest that holds. Where that changes is a number: the users at
 * which it stops to hold, with the interval of its month, or at which another one costs less, with that of both bills. */
#include "sim/report/plot/plot_kinds.h"
#include <math.h>
#include <string.h>

enum { MOST = 6, ROWS = 130, LEFT = 84, RIGHT = 220, TOP = 112, BOTTOM = 76, GRID = 2000, CHANGES = 5 };

struct cost_row {
  double users, cost, low, high;
};

struct cost_line {
  const struct result_file *file;
  struct cost_row rows[ROWS];
  int count, solid, dotted;
  double until, until_low, until_high; /* users to which it holds; infinite: throughout */
};

/* Users of a month between rows; months are the numbers of rows. */
static double users_at(const struct cost_line *l, double month) {
  if (!(month >= 0) || !l->count) return NAN;
  int i = (int)floor(month);
  if (i + 1 >= l->count) return l->rows[l->count - 1].users;
  return l->rows[i].users + (month - i) * (l->rows[i + 1].users - l->rows[i].users);
}

static void find_until(struct cost_line *l) {
  l->until = l->until_low = l->until_high = INFINITY;
  for (const struct json_value *q = json_first(json_member(l->file->root, "requirements")); q; q = json_next(q)) {
    const char *course = result_text(q, "course");
    if (strcmp(result_text(q, "severity"), "must")) continue;
    bool breaks = !strcmp(course, "breaks"), never = !strcmp(course, "fails today") || !strcmp(course, "undecided");
    struct result_estimate e = result_estimate(q);
    double month = never ? 0 : breaks ? result_number(q, "month") : INFINITY;
    if (!isfinite(month) || !(users_at(l, month) < l->until)) continue;
    l->until = users_at(l, month);
    l->until_low = never ? l->until : users_at(l, e.low), l->until_high = never ? l->until : users_at(l, e.high);
  }
}

static void read_line(struct cost_line *l, const struct result_file *file) {
  *l = (struct cost_line){.file = file};
  for (const struct json_value *m = json_first(json_member(file->root, "table")); m && l->count < ROWS; m = json_next(m)) {
    struct result_estimate e = result_estimate(json_member(m, "cost"));
    l->rows[l->count++] =
        (struct cost_row){result_number(m, "users"), e.value, isnan(e.low) ? e.value : e.low, isnan(e.high) ? e.value : e.high};
  }
  find_until(l);
}

/* NaN outside of the users that the line has. side: -1 the lower end of the bill, 1 the upper one. */
static double cost_at(const struct cost_line *l, double users, int side) {
  for (int i = 0; i + 1 < l->count; i++) {
    const struct cost_row *a = &l->rows[i], *b = &l->rows[i + 1];
    if (users < a->users || users > b->users) continue;
    double share = b->users > a->users ? (users - a->users) / (b->users - a->users) : 0;
    double x = side < 0 ? a->low : side ? a->high : a->cost, y = side < 0 ? b->low : side ? b->high : b->cost;
    return x + share * (y - x);
  }
  return NAN;
}

static int cheapest(const struct cost_line *lines, int count, double users) {
  int best = -1;
  for (int i = 0; i < count; i++) {
    double cost = cost_at(&lines[i], users, 0);
    if (isnan(cost) || users >= lines[i].until) continue;
    if (best < 0 || cost < cost_at(&lines[best], users, 0)) best = i;
  }
  return best;
}

/* --- where the cheapest changes ----------------------------------------------------------------------------------------------- */

struct change {
  double users, low, high;
  int from, to;
};

/* By bisection: where `of` at this end of its bill passes `other` at that of its own. */
static double crossing(const struct cost_line *of, int side, const struct cost_line *other, double low, double high) {
  bool below = cost_at(of, low, side) < cost_at(other, low, -side);
  if ((cost_at(of, high, side) < cost_at(other, high, -side)) == below) return NAN;
  for (int i = 0; i < 60; i++) {
    double middle = 0.5 * (low + high);
    *((cost_at(of, middle, side) < cost_at(other, middle, -side)) == below ? &low : &high) = middle;
  }
  return 0.5 * (low + high);
}

static struct change change_between(const struct cost_line *lines, int count, double low, double high, double first, double last) {
  struct change c = {high, NAN, NAN, cheapest(lines, count, low), cheapest(lines, count, high)};
  double from = low, to = high;
  for (int i = 0; i < 60; i++) {
    double middle = 0.5 * (from + to);
    *(cheapest(lines, count, middle) == c.from ? &from : &to) = middle;
  }
  c.users = 0.5 * (from + to), c.low = c.high = c.users;
  const struct cost_line *l = c.from >= 0 ? &lines[c.from] : NULL;
  if (l && fabs(l->until - c.users) < 1e-6 * c.users) {
    c.low = l->until_low, c.high = l->until_high;
  } else if (l && c.to >= 0) {
    double a = crossing(l, 1, &lines[c.to], first, last), b = crossing(l, -1, &lines[c.to], first, last);
    if (!isnan(a) && !isnan(b)) c.low = fmin(a, b), c.high = fmax(a, b);
  }
  return c;
}

static int find_changes(const struct cost_line *lines, int count, double first, double last, struct change *out) {
  int found = 0, before = cheapest(lines, count, first);
  for (int i = 1; i < GRID && found < CHANGES; i++) {
    double at = first + (last - first) * i / GRID, previous = first + (last - first) * (i - 1) / GRID;
    if (cheapest(lines, count, at) == before) continue;
    out[found++] = change_between(lines, count, previous, at, first, last);
    before = cheapest(lines, count, at);
  }
  return found;
}

/* --- the picture -------------------------------------------------------------------------------------------------------------- */

/* Three digits: no month is known better. */
static struct shown users_text(double users) {
  double step = users > 1000 ? pow(10, floor(log10(users)) - 2) : 1;
  return format_count((uint64_t)fmax(0, rint(users / step) * step));
}

static void put_line(struct figure *f, struct cost_line *l) {
  double until = fmin(l->until, l->rows[l->count - 1].users);
  l->solid = figure_block(f);
  figure_row(f, 2, NAN, NAN);
  for (int i = 0; i < l->count; i++)
    if (l->rows[i].users < until) figure_row(f, 2, l->rows[i].users, l->rows[i].cost);
  if (until > l->rows[0].users) figure_row(f, 2, until, cost_at(l, until, 0));
  l->dotted = figure_block(f);
  figure_row(f, 2, NAN, NAN);
  if (isfinite(l->until)) figure_row(f, 2, fmax(until, l->rows[0].users), cost_at(l, fmax(until, l->rows[0].users), 0));
  for (int i = 0; i < l->count && isfinite(l->until); i++)
    if (l->rows[i].users > until) figure_row(f, 2, l->rows[i].users, l->rows[i].cost);
}

static void put_strip(struct figure *f, const struct cost_line *lines, int count, double first, double last, double top) {
  double from = first;
  for (int i = 1; i <= GRID; i++) {
    double at = first + (last - first) * i / GRID, before = first + (last - first) * (i - 1) / GRID;
    int now = cheapest(lines, count, before);
    if (i < GRID && cheapest(lines, count, at) == now) continue;
    if (now >= 0)
      fprintf(f->script, "set object rectangle from first %.9g, first 0 to first %.9g, first %.9g fc rgb '%s' fs solid noborder\n",
              from, at, 0.03 * top, figure_color(now));
    from = at;
  }
}

static void put_changes(struct figure *f, const struct change *c, int count, double top) {
  char text[260], position[80];
  for (int i = 0; i < count; i++) {
    fprintf(f->script, "set arrow from first %.9g, first 0 to first %.9g, graph 1 nohead dt 2 lw 1.2 lc rgb '%s'\n", c[i].users,
            c[i].users, FIGURE_GREY);
    snprintf(text, sizeof text, "%s [%s, %s]", users_text(c[i].users).text, users_text(c[i].low).text, users_text(c[i].high).text);
    snprintf(position, sizeof position, "first %.9g,%.9g offset 0.5,0", c[i].users, (0.97 - 0.06 * i) * top);
    figure_text(f, position, "left", FIGURE_GREY, 11, text);
  }
}

static void say(const struct cost_line *lines, int count, const struct change *c, int changes, double first, char *text,
                size_t size) {
  int now = cheapest(lines, count, first);
  size_t used = (size_t)snprintf(text, size, "%s", now < 0 ? "No architecture holds" : lines[now].file->name);
  if (now >= 0) used += (size_t)snprintf(text + used, size - used, " is the cheapest that holds");
  for (int i = 0; i < changes && used < size; i++)
    used += (size_t)snprintf(text + used, size - used, "%s to %s users, then %s", i ? "" : "", users_text(c[i].users).text,
                             c[i].to < 0 ? "none" : lines[c[i].to].file->name);
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

static void put_labels(struct figure *f, const struct cost_line *lines, int count, double last, double top) {
  double y[MOST];
  char position[80];
  for (int i = 0; i < count; i++) y[i] = lines[i].rows[lines[i].count - 1].cost;
  figure_spread(y, count, 20.0 / (f->height - TOP - BOTTOM) * top, 0);
  for (int i = 0; i < count; i++) {
    snprintf(position, sizeof position, "first %.9g,%.9g offset 1,0", last, y[i]);
    figure_text(f, position, "left", figure_color(i), 11, figure_fit(lines[i].file->name, 28).text);
  }
}

static const char *wrong_line(const struct cost_line *l) {
  if (l->count < 2) return "fewer than two months: no curve to draw";
  for (int i = 0; i < l->count; i++)
    if (isnan(l->rows[i].users) || (i && !(l->rows[i].users > l->rows[i - 1].users)))
      return "its users are not known, or do not rise";
  for (int i = 0; i < l->count; i++)
    if (isnan(l->rows[i].cost)) return "its bill is not known in all months";
  return NULL;
}

static enum plot_outcome draw(const struct plot_kind *kind, const struct result_file *files, uint32_t count, const char *output,
                              const struct plot_options *options, char **error) {
  (void)kind;
  struct cost_line lines[MOST];
  struct change changes[CHANGES];
  struct figure f;
  char text[400];
  double first = INFINITY, last = -INFINITY, top = 0;
  for (uint32_t i = 0; i < count; i++) {
    read_line(&lines[i], &files[i]);
    if (wrong_line(&lines[i])) return plot_nothing(error, &files[i], wrong_line(&lines[i]));
    if (strcmp(result_text(files[i].root, "currency"), result_text(files[0].root, "currency")))
      return plot_nothing(error, &files[i], "its bill is in another currency");
    first = fmin(first, lines[i].rows[0].users), last = fmax(last, lines[i].rows[lines[i].count - 1].users);
    for (int k = 0; k < lines[i].count; k++) top = fmax(top, 1.25 * lines[i].rows[k].cost);
  }
  int found = find_changes(lines, (int)count, first, last, changes);
  figure_open(&f, options, 1120, 560);
  for (uint32_t i = 0; i < count; i++) put_line(&f, &lines[i]);
  say(lines, (int)count, changes, found, first, text, sizeof text);
  figure_title(&f, options->title ? options->title : figure_fit(text, 105).text, "cost over users, as `growth` found it");
  put_strip(&f, lines, (int)count, first, last, top);
  put_changes(&f, changes, found, top);
  put_labels(&f, lines, (int)count, last, top);
  axes(&f, result_text(files[0].root, "currency"), first, last, top);
  for (uint32_t i = 0; i < count; i++)
    fprintf(f.script,
            "%s'data' index %d using 1:2 with lines lw 2 lc rgb '%s', '' index %d using 1:2 with lines lw 2 dt 3 lc rgb '%s'",
            i ? ", " : "plot ", lines[i].solid, figure_color((int)i), lines[i].dotted, figure_color((int)i));
  fputc('\n', f.script);
  return figure_draw(&f, output, error);
}

const struct plot_kind plot_costs = {
    .name = "costs",
    .doc = "Cost over users, and the cheapest that holds; of results of `growth`, one an architecture.",
    .least = 1,
    .most = MOST,
    .draw = draw,
    .of = "growth"};
