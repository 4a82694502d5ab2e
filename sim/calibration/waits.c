/* Pools and locks from closed runs. When more users get no more answers, and the machine is not busy, something else is full: by
 * Little's law a pool whose connections are held for S has k = X S of them, and a lock that is always held is held for 1 / X. */
#include "sim/calibration/calibration_inner.h"
#include <string.h>

static const double FLAT = 0.06, BUSY = 0.85, WHOLE = 0.3, DRIFT = 0.08;

/* A place where requests line up: a pool of connections, or a lock. */
struct line_up {
  const char *path, *service; /* of a pool; null: a lock */
  uint32_t pools, locks;
};

static void find_locks(struct line_up *l, const struct json_value *v) {
  if (json_name(v) && !strcmp(json_name(v), "locks")) l->locks++;
  for (const struct json_value *c = json_first(v); c; c = json_next(c)) find_locks(l, c);
}

static struct line_up find_lines(const struct calibration *c) {
  struct line_up l = {0};
  for (const struct json_value *s = json_first(json_member(c->scenario->tree, "services")); s; s = json_next(s))
    for (const struct json_value *p = json_first(json_member(s, "pools")); p; p = json_next(p)) {
      l.pools++, l.service = json_name(s);
      l.path = arena_format(c->arena, "services.%s.pools.%s.max", json_name(s), json_name(p));
    }
  find_locks(&l, json_member(c->scenario->tree, "endpoints"));
  return l;
}

static double use_at(const struct calibration *c, const struct load_level *l) {
  const struct measured_window *w = &c->measured->windows[c->order[l->first]];
  const struct json_value *nodes = json_member(json_member(c->scenario->tree, "platform"), "nodes");
  double sum = 0, cores = group_number(c, json_name(json_first(nodes)), "cpu", NAN) *
                          group_number(c, json_name(json_first(nodes)), "count", 1);
  if (!isnan(w->busy)) return w->busy;
  for (uint32_t i = 0; i < w->cpu.count; i++) sum += w->cpu.items[i].amount;
  return w->cpu.count && json_count(nodes) == 1 ? sum / (w->seconds * cores) : NAN;
}

static bool part_of(const struct calibration *c, const struct load_level *l) { return takes_part(c, c->order[l->first]); }

/* The closed load with the most users, when the throughput is flat or its users are many times what it keeps busy. */
static const struct load_level *flat_level(const struct calibration *c, const struct load_level **low) {
  const struct load_level *high = NULL;
  *low = NULL;
  for (uint32_t k = 0; k < c->level_count; k++) {
    const struct load_level *l = &c->levels[k];
    if (isnan(l->users) || !part_of(c, l)) continue;
    if (high && fabs(l->rate / high->rate - 1) < FLAT && l->users > 1.4 * high->users) *low = high;
    high = l;
  }
  return high;
}

/* The least mean latency of all loads: of requests that do not wait. */
static double unloaded_s(const struct calibration *c) {
  double least = INFINITY;
  for (uint32_t k = 0; k < c->level_count; k++) {
    double sum = 0;
    if (!part_of(c, &c->levels[k])) continue;
    for (uint32_t i = 0; i < c->levels[k].count; i++)
      sum += c->measured->windows[c->order[c->levels[k].first + i]].latency.mean / c->levels[k].count;
    if (sum < least) least = sum;
  }
  return least;
}

/* CPU of a request outside of what holds a connection. */
static double outside_s(const struct calibration *c, const struct line_up *l) {
  double sum = 0;
  for (uint32_t i = 0; i < c->place_count; i++) {
    const struct demand_place *p = &c->places[i];
    double mean = p->mean_s;
    for (uint32_t k = 0; k < c->results->value_count; k++)
      if (!strcmp(c->results->values[k].path, p->path)) mean = c->results->values[k].estimate.value;
    if (!p->query && (!l->service || strcmp(p->service, l->service) != 0 || p->visits > 0))
      sum += isnan(mean) ? 0 : p->visits * mean;
  }
  return sum;
}

static void put_pool(struct calibration *c, const struct line_up *l, const struct load_level *full) {
  double s = unloaded_s(c) - outside_s(c, l), k = full->rate * s, whole = round(k), half = k * DRIFT;
  const char *what = arena_format(c->arena, "the size of the pool, %s", l->path);
  if (!isfinite(s) || s <= 0) {
    calibration_gap(c, what, "how long a connection is held is not known: measure a load at which no request waits for one");
    return;
  }
  if (k < 0.7 || fabs(k - whole) > fmax(WHOLE, half)) {
    calibration_gap(c, what,
                    arena_format(c->arena,
                                 "%.4g/s times %s is %.3g, which is no number of connections: how long they are held must "
                                 "be measured better",
                                 full->rate, law_seconds(c->arena, s), k));
    return;
  }
  const struct json_value *was = json_resolve_path(c->scenario->tree, l->path);
  double low = fmax(1, ceil(k - fmax(half, 0.5))), high = floor(k + fmax(half, 0.5));
  struct calibrated_value v = {.path = l->path, .unit = UNIT_COUNT};
  v.was = json_type(was) == JSON_NUMBER ? arena_format(c->arena, "%.0f", json_number(was)) : json_text(was);
  v.value = arena_format(c->arena, "%.0f", whole);
  v.low = arena_format(c->arena, "%.0f", fmin(low, whole)), v.high = arena_format(c->arena, "%.0f", fmax(high, whole));
  v.estimate = (struct estimate){whole, fmin(low, whole), fmax(high, whole), 1, false};
  v.source = arena_format(c->arena, "measured: %.4g/s with %.0f users, each connection held for %s: k = X S", full->rate,
                          full->users, law_seconds(c->arena, s));
  calibration_value(c, &v);
}

void fit_waits(struct calibration *c) {
  struct line_up l = find_lines(c);
  const struct load_level *low, *full = flat_level(c, &low);
  if (!l.pools && !l.locks) return;
  const char *what = l.pools ? "the sizes of pools" : "how long locks are held";
  double use = full ? use_at(c, full) : NAN;
  bool crowded = full && (low || full->users > 3 * full->rate * unloaded_s(c));
  if (!full)
    calibration_gap(c, what,
                    "no closed run: measure with more users than the pool has connections, until the throughput does not grow");
  else if (!crowded)
    calibration_gap(c, what, "the throughput still grows with the users: measure with more of them");
  else if (isnan(use))
    calibration_gap(c, what, "whether the machine or a line was full is not known: measure its CPU in the closed run");
  else if (use > BUSY)
    calibration_gap(c, what, arena_format(c->arena, "the machine was full (%.0f%%) before any of them", 100 * use));
  else if (l.pools && l.locks)
    calibration_gap(c, what,
                    arena_format(c->arena,
                                 "a pool or a lock was full at %.4g/s, and the throughput does not say which: a pool of k "
                                 "connections that are held for S gives k / S, a lock 1 / S",
                                 full->rate));
  else if (l.locks)
    calibration_note(c,
                     arena_format(c->arena,
                                  "the lock is held for %s: with %.0f users it is never free, and %.4g/s get it. In the scenario "
                                  "that is what the steps take between the query that locks and its commit",
                                  law_seconds(c->arena, 1 / full->rate), full->users, full->rate));
  else if (l.pools > 1)
    calibration_gap(c, what, arena_format(c->arena, "one of %u pools was full, and the throughput does not say which", l.pools));
  else
    put_pool(c, &l, full);
}
