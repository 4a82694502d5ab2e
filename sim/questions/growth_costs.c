#include "sim/questions/growth_costs.h"
#include "sim/engine/arena.h"
#include <math.h>
#include <string.h>

static struct curve_point point_of(const struct outlook_month *m) {
  const struct estimate *c = &m->cost;
  bool band = !c->exact && !isnan(c->low) && !isnan(c->high);
  return (struct curve_point){m->users, c->value, band ? c->low : c->value, band ? c->high : c->value};
}

/* The months that were run and those of the table, by month. */
static struct curve curve_of(struct arena *arena, const struct outlook_results *r) {
  struct curve_point *points = arena_new_array(arena, struct curve_point, r->run_count + r->month_count + 1);
  uint32_t a = 0, b = 0, count = 0;
  while (a < r->run_count || b < r->month_count) {
    bool run = b >= r->month_count || (a < r->run_count && r->runs[a].month <= r->table[b].month + 1e-9);
    const struct outlook_month *m = run ? &r->runs[a] : &r->table[b];
    if (run && b < r->month_count && fabs(r->table[b].month - m->month) < 1e-9) b++;
    run ? a++ : b++;
    /* Where the number of users stands still the later month counts. */
    if (count && m->users == points[count - 1].x) count--;
    points[count++] = point_of(m);
  }
  return (struct curve){points, count, r->until.users, r->until.low, r->until.high};
}

static const char *wrong_with(const struct outlook_results *r, const struct curve *c) {
  bool any = false;
  if (!r->run_count) return "no month was run";
  for (uint32_t i = 0; i < c->count; i++) {
    if (isnan(c->points[i].x)) return "no source says how many users it has: cost over users needs them";
    if (i && c->points[i].x < c->points[i - 1].x) return "its users become fewer: cost over users needs them to grow";
    any |= !isnan(c->points[i].value);
  }
  if (c->count < 2) return "its users do not grow: give \"growth\" a path";
  return any ? NULL : "nothing of it has a price: give \"prices\" and a \"price\" of its nodes";
}

/* The name of the scenario, or where several have one name its file. */
static const char *name_of(const struct outlook_results *const *all, uint32_t count, uint32_t i) {
  for (uint32_t k = 0; k < count; k++)
    if (k != i && !strcmp(all[k]->scenario_name, all[i]->scenario_name)) return all[i]->scenario_file;
  return all[i]->scenario_name;
}

static void note(struct arena *arena, struct costs_results *c, const char *text) {
  for (uint32_t i = 0; i < c->note_count; i++)
    if (!strcmp(c->notes[i], text)) return;
  const char **more = arena_new_array(arena, const char *, c->note_count + 1);
  for (uint32_t i = 0; i < c->note_count; i++) more[i] = c->notes[i];
  more[c->note_count++] = text;
  c->notes = more;
}

static void add_notes(struct arena *arena, struct costs_results *c) {
  double last = 0;
  for (uint32_t i = 0; i < c->count; i++) last = fmax(last, c->curves[i].points[c->curves[i].count - 1].x);
  for (uint32_t i = 0; i < c->count; i++) {
    const struct curve *k = &c->curves[i];
    double most = k->points[k->count - 1].x;
    if (most < last * (1 - 1e-6) && !(k->until <= most))
      note(arena, c, arena_format(arena, "%s was looked at to %.0f users only: nothing is said of it beyond", c->names[i], most));
    for (uint32_t n = 0; n < c->outlooks[i]->note_count; n++)
      note(arena, c, arena_format(arena, "%s: %s", c->names[i], c->outlooks[i]->notes[n]));
  }
}

struct costs_results *costs_of(struct arena *arena, const struct outlook_results *const *outlooks, uint32_t count,
                               const char **wrong) {
  struct costs_results *c = arena_alloc(arena, sizeof *c);
  *c = (struct costs_results){.count = count, .currency = outlooks[0]->currency};
  c->outlooks = arena_new_array(arena, const struct outlook_results *, count + 1);
  c->curves = arena_new_array(arena, struct curve, count + 1);
  c->names = arena_new_array(arena, const char *, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    const struct outlook_results *r = c->outlooks[i] = outlooks[i];
    c->curves[i] = curve_of(arena, r);
    c->names[i] = name_of(outlooks, count, i);
    c->requests += r->requests, c->events += r->events;
    c->interrupted |= r->interrupted, c->broken |= r->violation_count > 0;
    const char *why = wrong_with(r, &c->curves[i]);
    if (!why && strcmp(r->currency, c->currency)) why = "its price list has another currency than that of the first";
    if (why) *wrong = arena_format(arena, "%s: %s", r->scenario_file, why);
    if (why) return NULL;
  }
  c->range_count = envelope_ranges(arena, c->curves, count, &c->ranges);
  add_notes(arena, c);
  return c;
}
