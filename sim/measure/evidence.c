#include "sim/measure/evidence.h"
#include "sim/engine/arena.h"
#include "sim/measure/price_ends.h"
#include <string.h>

struct entry *evidence_add(struct evidence *ev, struct measure measure, const char *name, const char *aggregate) {
  assert(measure.kind);
  if (ev->count == ev->room) {
    struct entry *old = ev->entries;
    ev->room = ev->room ? 2 * ev->room : 64;
    ev->entries = arena_new_array(ev->arena, struct entry, ev->room);
    if (old) memcpy(ev->entries, old, ev->count * sizeof *old);
  }
  ev->entries[ev->count] = (struct entry){.measure = measure, .name = name, .aggregate = aggregate};
  return &ev->entries[ev->count++];
}

static double *grown(struct evidence *ev, double *old, uint32_t count, uint32_t room) {
  double *new = arena_new_array(ev->arena, double, room);
  if (count) memcpy(new, old, count * sizeof *new);
  return new;
}

static void make_room(struct evidence *ev, struct entry *entries, uint32_t count, bool over_faults, uint32_t n) {
  for (uint32_t i = 0; i < count; i++) {
    struct entry *e = &entries[i];
    if (e->measure.kind->over_faults != over_faults || e->room >= n) continue;
    e->samples = grown(ev, e->samples, e->room, n);
    for (int end = 0; end < 2 && has_price_ends(&e->measure, &ev->model); end++) e->ends[end] = grown(ev, e->ends[end], e->room, n);
    e->room = n;
  }
}

void evidence_make_room(struct evidence *ev, bool over_faults, uint32_t n) {
  make_room(ev, ev->entries, ev->count, over_faults, n);
  make_room(ev, ev->uptime, ev->uptime_count, over_faults, n);
  if (!over_faults || ev->availability_room >= n) return;
  for (uint32_t i = 0; i <= ev->model.endpoints.count; i++)
    ev->availability_samples[i] = grown(ev, ev->availability_samples[i], ev->availability_room, n);
  ev->availability_room = n;
}

static void take_one(struct evidence *ev, struct entry *e, uint32_t replication, const struct view *v) {
  e->samples[replication] = measure_value(&e->measure, &ev->model, v);
  if (!e->ends[0]) return;
  struct price_ends ends = price_ends_of(&e->measure, &ev->model, v, NULL);
  e->ends[0][replication] = ends.low, e->ends[1][replication] = ends.high;
}

static void take(struct evidence *ev, struct entry *entries, uint32_t count, bool over_faults, uint32_t replication,
                 const struct view *v) {
  for (uint32_t i = 0; i < count; i++)
    if (entries[i].measure.kind->over_faults == over_faults) take_one(ev, &entries[i], replication, v);
}

void evidence_take(struct evidence *ev, bool over_faults, uint32_t replication, const struct view *v) {
  assert(!over_faults || replication < ev->availability_room);
  take(ev, ev->entries, ev->count, over_faults, replication, v);
  take(ev, ev->uptime, ev->uptime_count, over_faults, replication, v);
  for (uint32_t i = 0; over_faults && i <= ev->model.endpoints.count; i++)
    ev->availability_samples[i][replication] = (i ? v->served_s[i - 1] : v->total_served_s) / v->seconds;
}

void evidence_take_timeline(struct evidence *ev, const struct view *v) {
  const struct observation *o = &v->observation;
  double seconds = sim_seconds(o->window_length);
  for (uint32_t e = 0; e < o->endpoint_count; e++)
    for (uint32_t i = 0; i < o->window_count; i++) {
      const struct endpoint_window *w = &o->endpoints[e].windows[i];
      struct tally *row = ev->timeline + (size_t)e * TIMELINE_COLUMNS * o->window_count + i;
      double failed = 0;
      for (int k = OUTCOME_TIMEOUT; k < OUTCOMES; k++) failed += outcome_failed((enum outcome)k) ? (double)w->ended[k] : 0;
      tally_add(&row[TIMELINE_ARRIVALS * o->window_count], (double)w->arrived / seconds);
      tally_add(&row[TIMELINE_COMPLETED * o->window_count], (double)w->ended[OUTCOME_COMPLETED] / seconds);
      tally_add(&row[TIMELINE_ERRORS * o->window_count], failed / seconds);
      tally_add(&row[TIMELINE_SENT * o->window_count], (double)(w->arrived + w->repeated) / seconds);
      tally_add(&row[TIMELINE_TIMEOUTS * o->window_count], (double)(w->ended[OUTCOME_TIMEOUT] + w->timed_out) / seconds);
      if (w->latency.count) tally_add(&row[TIMELINE_P50 * o->window_count], sim_seconds_of(histogram_quantile(&w->latency, 0.5)));
      if (w->latency.count >= 100)
        tally_add(&row[TIMELINE_P99 * o->window_count], sim_seconds_of(histogram_quantile(&w->latency, 0.99)));
    }
}
