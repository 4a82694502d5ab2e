#include "models/core/observation.h"
#include "sim/engine/arena.h"
#include <assert.h>

static struct histogram *histograms_new(struct arena *arena, uint32_t count) {
  struct histogram *h = arena_new_array(arena, struct histogram, count);
  for (uint32_t i = 0; i < count; i++) histogram_open(&h[i], arena);
  return h;
}

void observation_open(struct observation *o, struct arena *arena, const struct observation_plan *plan) {
  sim_time length = plan->measured_until - plan->measured_from;
  assert(length > 0 && plan->windows > 0);
  o->arena = arena;
  series_init(&o->inside_over_time, arena, length, plan->windows);
  o->measured_from = plan->measured_from, o->measured_until = plan->measured_until;
  o->window_count = o->inside_over_time.windows, o->window_length = o->inside_over_time.width;
  o->records_waits = plan->waits;
  o->endpoint_count = plan->endpoints, o->service_count = plan->services;
  o->row_count = plan->endpoints * (1 + plan->regions);
  o->endpoints = arena_new_array(arena, struct endpoint_observation, o->row_count);
  o->services = arena_new_array(arena, struct service_observation, plan->services);
  o->meter_count = plan->meter_count;
  o->meters = arena_new_array(arena, struct meter_observation, plan->meter_count + 1);
  o->node_groups = plan->node_groups;
  if (plan->use) {
    o->use = arena_new_array(arena, struct service_use, (size_t)plan->services * o->window_count + 1);
    o->nodes_used_s = arena_new_array(arena, double, (size_t)plan->node_groups * o->window_count + 1);
  }
  meters_open(o->meters, plan->meters, plan->meter_count, arena, length, plan->windows);
  for (uint32_t i = 0; i < plan->services; i++) {
    series_init(&o->services[i].replicas, arena, length, plan->windows);
    histogram_open(&o->services[i].latency, arena);
  }
  o->unused.windows = arena_new_array(arena, struct endpoint_window, o->window_count);
  if (plan->waits) o->unused.waits = arena_new_array(arena, struct histogram, o->window_count);
  for (uint32_t i = 0; i < o->row_count; i++) {
    o->endpoints[i] = o->unused;
    o->endpoints[i].cells = plan->programs[i % plan->endpoints].cell_count;
  }
}

void observation_touch(struct observation *o, uint32_t endpoint) {
  if (observation_touched(o, endpoint)) return;
  struct endpoint_observation *e = &o->endpoints[endpoint];
  e->windows = arena_new_array(o->arena, struct endpoint_window, o->window_count);
  for (uint32_t i = 0; i < o->window_count; i++) histogram_open(&e->windows[i].latency, o->arena);
  if (o->records_waits) e->waits = histograms_new(o->arena, o->window_count);
}

struct slow_bin *slow_bin_of(struct observation *o, struct endpoint_observation *e, uint32_t bin) {
  assert(bin < SLOW_BINS);
  if (!e->slow) e->slow = arena_new_array(o->arena, struct slow_bin *, SLOW_BINS);
  if (!e->slow[bin]) e->slow[bin] = arena_alloc(o->arena, sizeof **e->slow + e->cells * sizeof(double));
  return e->slow[bin];
}

/* Adds the time since the last change to the integrals of the number inside. */
static void advance(struct observation *o, sim_time now) {
  assert(now >= o->inside_since);
  if (o->inside && now > o->inside_since) {
    o->inside_ns += (unsigned __int128)(uint64_t)(now - o->inside_since) * o->inside;
    series_level(&o->inside_over_time, o->inside_since - o->measured_from, now - o->measured_from, o->inside);
  }
  o->inside_since = now;
}

static uint32_t window_number(const struct observation *o, sim_time at) {
  assert(at >= o->measured_from);
  sim_time window = (at - o->measured_from) / o->window_length;
  return window >= o->window_count ? o->window_count - 1 : (uint32_t)window;
}

static struct endpoint_window *window_at(struct observation *o, uint32_t endpoint, sim_time at) {
  return &o->endpoints[endpoint].windows[window_number(o, at)];
}

/* The end too: a client that is answered then and asks again is inside. */
static bool measured(const struct observation *o, sim_time at) { return at >= o->measured_from && at <= o->measured_until; }

static void row_arrival(struct observation *o, uint32_t row, sim_time now) {
  if (__builtin_expect(!observation_touched(o, row), 0)) observation_touch(o, row);
  struct endpoint_observation *e = &o->endpoints[row];
  e->inside_from += now < o->measured_from, e->inside_until += now <= o->measured_until;
  if (measured(o, now)) window_at(o, row, now)->arrived++;
}

void observation_arrival(struct observation *o, uint32_t endpoint, int32_t region, sim_time now) {
  advance(o, now);
  o->inside++;
  o->arrived++;
  row_arrival(o, endpoint, now);
  if (__builtin_expect(region >= 0, 0)) row_arrival(o, observation_row(o, endpoint, region), now);
}

static uint32_t slow_bin_number(int64_t ns) {
  uint64_t value = (uint64_t)ns | 3;
  uint32_t octave = 63 - (uint32_t)__builtin_clzll(value);
  return octave * 4 + (uint32_t)((value >> (octave - 1)) & 1) * 2 + (octave >= 2 ? (uint32_t)((value >> (octave - 2)) & 1) : 0);
}

static inline void row_end(struct observation *o, uint32_t row, const struct ended *r, enum outcome outcome, sim_time now) {
  sim_time last = observation_last(r->arrived, now);
  struct endpoint_observation *e = &o->endpoints[row];
  e->inside_from -= last < o->measured_from, e->inside_until -= last <= o->measured_until;
  if (!measured(o, last)) return;
  struct endpoint_window *window = window_at(o, row, last);
  window->ended[outcome]++;
  if (outcome != OUTCOME_COMPLETED) return;
  int64_t latency = now - r->arrived;
  histogram_add(&window->latency, latency);
  struct slow_bin *bin = slow_bin_of(o, e, slow_bin_number(latency));
  bin->count++;
  for (uint32_t i = 0; i < r->cells; i++) bin->cell_ns[i] += (double)r->cell[i];
}

void observation_end(struct observation *o, const struct ended *r, enum outcome outcome, sim_time now) {
  advance(o, now);
  int64_t latency = now - r->arrived;
  assert(o->inside > 0 && latency >= 0 && outcome < OUTCOMES);
  o->inside--;
  o->ended[outcome]++;
  o->sojourn_ns += (uint64_t)latency;
  if (!outcome_failed(outcome)) {
    int64_t sum = 0, sign = 0;
    for (uint32_t i = 0; i < r->cells; i++) sum += r->cell[i], sign |= r->cell[i];
    o->broken_attributions += sum != latency || sign < 0;
  }
  row_end(o, r->endpoint, r, outcome, now);
  if (__builtin_expect(r->region >= 0, 0)) row_end(o, observation_row(o, r->endpoint, r->region), r, outcome, now);
}

void observation_repeated(struct observation *o, uint32_t endpoint, int32_t region, sim_time now) {
  if (!measured(o, now)) return;
  window_at(o, endpoint, now)->repeated++;
  if (region >= 0) window_at(o, observation_row(o, endpoint, region), now)->repeated++;
}

void observation_timed_out(struct observation *o, uint32_t endpoint, int32_t region, sim_time since, sim_time now) {
  sim_time last = observation_last(since, now);
  if (!measured(o, last)) return;
  window_at(o, endpoint, last)->timed_out++;
  if (region >= 0) window_at(o, observation_row(o, endpoint, region), last)->timed_out++;
}

static void row_wait(struct observation *o, uint32_t row, sim_time waited, sim_time last) {
  histogram_add(&o->endpoints[row].waits[window_number(o, last)], waited);
}

void observation_wait(struct observation *o, const struct ended *r, sim_time waited, sim_time now) {
  sim_time last = observation_last(r->arrived, now);
  if (!measured(o, last)) return;
  row_wait(o, r->endpoint, waited, last);
  if (r->region >= 0) row_wait(o, observation_row(o, r->endpoint, r->region), waited, last);
}

void observation_close(struct observation *o, sim_time now) { advance(o, now); }

static void merge_meter(struct meter_observation *into, const struct meter_observation *from) {
  series_merge(&into->course, &from->course);
  if (from->time) histogram_merge(into->time, from->time);
  if (from->most > into->most) into->most = from->most;
  if (from->least_negated > into->least_negated) into->least_negated = from->least_negated;
}

void slow_bins_merge(struct observation *o, struct endpoint_observation *into, const struct endpoint_observation *from) {
  for (uint32_t b = 0; from->slow && b < SLOW_BINS; b++) {
    const struct slow_bin *theirs = from->slow[b];
    if (!theirs || !theirs->count) continue;
    struct slow_bin *bin = slow_bin_of(o, into, b);
    bin->count += theirs->count;
    for (uint32_t i = 0; i < into->cells; i++) bin->cell_ns[i] += theirs->cell_ns[i];
  }
}

static void merge_endpoint(struct observation *o, uint32_t endpoint, const struct endpoint_observation *from) {
  observation_touch(o, endpoint);
  struct endpoint_observation *into = &o->endpoints[endpoint];
  into->inside_from += from->inside_from, into->inside_until += from->inside_until;
  for (uint32_t w = 0; w < o->window_count; w++) {
    into->windows[w].arrived += from->windows[w].arrived;
    into->windows[w].repeated += from->windows[w].repeated, into->windows[w].timed_out += from->windows[w].timed_out;
    for (uint32_t k = 0; k < OUTCOMES; k++) into->windows[w].ended[k] += from->windows[w].ended[k];
    histogram_merge(&into->windows[w].latency, &from->windows[w].latency);
    if (from->waits) histogram_merge(&into->waits[w], &from->waits[w]);
  }
  slow_bins_merge(o, into, from);
}

static void merge_use(struct observation *into, const struct observation *from) {
  for (size_t i = 0; i < (size_t)from->service_count * from->window_count; i++) {
    struct service_use *a = &into->use[i];
    const struct service_use *b = &from->use[i];
    a->used_s += b->used_s, a->busy_s += b->busy_s, a->primary_s += b->primary_s, a->replica_s += b->replica_s;
    a->pool_used_s += b->pool_used_s, a->thread_s += b->thread_s, a->core_s += b->core_s;
  }
  for (size_t i = 0; i < (size_t)from->node_groups * from->window_count; i++) into->nodes_used_s[i] += from->nodes_used_s[i];
}

void observation_merge(struct observation *into, const struct observation *from) {
  for (uint32_t i = 0; i < from->row_count; i++)
    if (observation_touched(from, i)) merge_endpoint(into, i, &from->endpoints[i]);
  for (uint32_t i = 0; i < from->service_count; i++) {
    into->services[i].calls += from->services[i].calls;
    histogram_merge(&into->services[i].latency, &from->services[i].latency);
    series_merge(&into->services[i].replicas, &from->services[i].replicas);
  }
  for (uint32_t i = 0; i < from->meter_count; i++) merge_meter(&into->meters[i], &from->meters[i]);
  if (from->use) merge_use(into, from);
  into->arrived += from->arrived;
  for (uint32_t k = 0; k < OUTCOMES; k++) into->ended[k] += from->ended[k];
  into->wasted += from->wasted;
  series_merge(&into->inside_over_time, &from->inside_over_time);
}
