/* Rows of points: steady loads and closed runs, and what a change of parameters does. */
#include "sim/engine/arena.h"
#include "tests/real/real.h"
#include <string.h>

struct real_row *real_add(struct real *r, const struct recording *c, const char *part, const struct real_point *point,
                          const char *measure) {
  if (r->row_count == r->row_room) {
    r->row_room = 2 * r->row_room + 64;
    struct real_row *room = arena_new_array(r->arena, struct real_row, r->row_room);
    if (r->row_count) memcpy(room, r->rows, r->row_count * sizeof *room);
    r->rows = room;
  }
  struct real_row *row = &r->rows[r->row_count++];
  *row = (struct real_row){.recording = part ? part : c->name, .point = point ? point->label : "", .measure = measure};
  row->measured = (struct measured){NAN, NAN, 0};
  row->predicted = row->low = row->high = row->error = row->limit = NAN;
  return row;
}

void real_judge(struct real_row *row, double limit, bool goal) {
  bool share = row->unit == REAL_RATIO;
  double m = row->measured.value;
  row->error = share ? row->predicted - m : row->predicted / m - 1;
  double spread = row->measured.spread * (share ? m : 1);
  row->limit = isfinite(spread) && 1.5 * spread > limit ? 1.5 * spread : limit;
  row->goal = goal;
  row->within = fabs(row->error) <= row->limit, row->by_spread = row->within && fabs(row->error) > limit;
}

static void predicted(struct real_row *row, const double x[3]) { row->predicted = x[0], row->low = x[1], row->high = x[2]; }

struct many {
  struct real *r;
  const struct recording *c;
  const struct real_part *part;
  const struct real_point *point;
  const struct real_prediction *p;
  bool without;
};

static void row_of(const struct many *m, const char *measure, enum real_unit unit, struct measured measured, const double x[3],
                   double limit, bool goal) {
  if (isnan(measured.value)) return;
  struct real_row *row = real_add(m->r, m->c, m->part->name, m->point, measure);
  row->unit = unit, row->measured = measured, row->without = m->without;
  predicted(row, x);
  if (isnan(x[0])) row->why = m->p->why ? m->p->why : "the scenario has no such thing";
  real_judge(row, limit, goal && !m->without);
  for (const struct json_value *v = json_first(json_member(m->c->notes, "fitted")); v; v = json_next(v))
    row->fitted = row->fitted || (!m->without && json_text(v) && !strcmp(json_text(v), m->point->label));
}

/* Bounds of the project for open loads; a closed run has one on its throughput only. */
static void rows_of(const struct many *m) {
  static const double limits[REAL_LATENCIES] = {0.10, 0.08, 0.08, 0.08, 0.12};
  bool open = isnan(m->point->users);
  for (int i = 0; i < REAL_LATENCIES; i++)
    row_of(m, real_latency_names[i], REAL_MS, m->point->latency[i], m->p->latency[i], limits[i],
           open && (i == REAL_MEAN || i == REAL_P95 || i == REAL_P99));
  bool saturation = !open && m->point == &m->part->points[m->part->point_count - 1];
  row_of(m, "throughput", REAL_PER_S, m->point->throughput, m->p->throughput, 0.03, saturation);
  row_of(m, "hit rate", REAL_RATIO, m->point->hit_rate, m->p->hit_rate, 0.01, false);
  row_of(m, "use of the core", REAL_RATIO, m->point->core, m->p->core, 0.03, false);
  for (uint32_t i = 0; i < m->point->service_count; i++) {
    const double cpu[3] = {m->p->cpu[i], NAN, NAN};
    row_of(m, arena_format(m->r->arena, "CPU of %s a request", m->point->services[i]), REAL_MS, m->point->cpu[i], cpu, 0.10, false);
  }
}

static void run_point(struct real *r, const struct recording *c, const struct real_part *part, const struct real_point *point) {
  struct real_prediction p = real_predict(r, c, part, point, NULL);
  if (!p.simulated) return;
  rows_of(&(struct many){r, c, part, point, &p, false});
  const struct json_value *without = json_member(json_member(c->notes, "without"), point->label);
  if (!without || part->set_count || r->options.quick) return;
  struct real_prediction again = real_predict(r, c, part, point, without);
  if (again.simulated) rows_of(&(struct many){r, c, part, point, &again, true});
}

void real_points(struct real *r, const struct recording *c) {
  uint32_t done = 0;
  for (uint32_t i = 0; i < c->part_count; i++)
    for (uint32_t k = 0; k < c->parts[i].point_count; k++)
      if (!r->options.quick || !done++) run_point(r, c, &c->parts[i], &c->parts[i].points[k]);
}

/* --- what-ifs ----------------------------------------------------------------------------------------------------------------- */

static const struct real_row *row_named(const struct real *r, const char *recording, const char *point, const char *measure) {
  for (uint32_t i = 0; i < r->row_count; i++)
    if (!strcmp(r->rows[i].recording, recording) && !strcmp(r->rows[i].measure, measure) && !strcmp(r->rows[i].point, point) &&
        !r->rows[i].without)
      return &r->rows[i];
  return NULL;
}

static bool same_load(const struct real_point *a, const struct real_point *b) {
  if (!isnan(a->users) || !isnan(b->users)) return a->users == b->users;
  return fabs(a->rate / b->rate - 1) < 0.02;
}

/* The direction of a measured change that is more than the repetitions vary by. */
static void sign_row(struct real *r, const struct real_part *part, const struct real_point *point, const struct real_row *from,
                     const struct real_row *to, const char *measure) {
  if (!from || !to || isnan(from->predicted) || isnan(to->predicted)) return;
  struct real_row *row = real_add(r, NULL, part->name, point, arena_format(r->arena, "change of %s", measure));
  const struct real_row a = *from, b = *to;
  row->unit = REAL_RATIO;
  row->measured = (struct measured){b.measured.value / a.measured.value - 1, NAN, 1};
  row->predicted = b.predicted / a.predicted - 1;
  double noise = fmax(isfinite(a.measured.spread) ? a.measured.spread : 0, isfinite(b.measured.spread) ? b.measured.spread : 0);
  row->error = row->predicted - row->measured.value;
  row->limit = noise;
  row->within = fabs(row->measured.value) <= noise ? fabs(row->predicted) <= fmax(0.1, 1.5 * noise)
                                                   : row->predicted * row->measured.value > 0;
  row->goal = true;
  row->why = "its sign counts";
}

static void compare_parts(struct real *r, const struct recording *base, const struct real_part *usual,
                          const struct real_part *part) {
  for (uint32_t i = 0; i < part->point_count; i++)
    for (uint32_t k = 0; k < usual->point_count; k++) {
      const struct real_point *p = &part->points[i], *q = &usual->points[k];
      if (!same_load(p, q)) continue;
      static const char *const measures[] = {"mean", "p99", "throughput", "hit rate"};
      for (size_t m = 0; m < sizeof measures / sizeof *measures; m++)
        sign_row(r, part, p, row_named(r, usual->name, q->label, measures[m]), row_named(r, part->name, p->label, measures[m]),
                 measures[m]);
      break;
    }
  (void)base;
}

/* Parts with other parameters against the usual ones at the same load, wherever these were recorded. */
void real_what_ifs(struct real *r, const struct recording *c) {
  for (uint32_t i = 0; i < c->part_count; i++) {
    if (!c->parts[i].set_count) continue;
    for (uint32_t k = 0; k < r->recording_count; k++) {
      const struct recording *base = &r->recordings[k];
      for (uint32_t j = 0; j < base->part_count && !strcmp(base->scenario, c->scenario); j++)
        if (!base->parts[j].set_count) compare_parts(r, base, &base->parts[j], &c->parts[i]);
    }
  }
}
