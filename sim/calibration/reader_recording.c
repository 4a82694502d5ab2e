/* A recording of a stack under several loads (tests/real/NAME.json): each repetition of each point is a window, and so is each
 * closed run. CPU is in milliseconds a request and service, latencies are in milliseconds. */
#include "sim/calibration/reading_inner.h"
#include "sim/engine/arena.h"
#include <stdlib.h>
#include <string.h>

static bool knows(const struct reading *r) {
  return json_member(r->tree, "config") && (json_member(r->tree, "points") || json_member(r->tree, "closed_curve"));
}

static double number_of(const struct json_value *object, const char *name) {
  const struct json_value *v = json_member(object, name);
  return json_type(v) == JSON_NUMBER ? json_number(v) : NAN;
}

static void read_latency(struct measured_latency *l, const struct json_value *v) {
  for (v = json_first(v); v; v = json_next(v)) {
    const char *name = json_name(v);
    double ms = json_number(v);
    if (!strcmp(name, "mean")) l->mean = ms / 1e3;
    if (!strcmp(name, "sd")) l->sd = ms / 1e3;
    if (name[0] == 'p') latency_put(l, atof(name + 1) / 100, ms / 1e3);
  }
}

static bool wants(struct reading *r, const struct json_value *v, const char *key, double x) {
  if (x > 0) return true;
  diagnostic_add(r->diagnostics, json_position(v), "has no \"%s\" that is more than 0", key);
  return false;
}

static void read_window(struct reading *r, const struct json_value *v, double seconds, double users) {
  double rate = number_of(v, isnan(users) ? "achieved_rate" : "throughput"), n = number_of(v, "n");
  if (!wants(r, v, isnan(users) ? "window_s" : "measure_s", seconds)) return;
  if (!(n > 0)) n = rate * seconds;
  if (!wants(r, v, isnan(users) ? "achieved_rate" : "throughput", n)) return;
  struct measured_window *w = reading_window(r);
  w->at = *json_position(v), w->seconds = seconds, w->users = users, w->requests = n;
  const char *path = json_text(json_member(json_member(r->tree, "parameters"), "path"));
  measured_add(&w->asked, path ? path : "/", n);
  for (const struct json_value *e = json_first(json_member(v, "errors")); e; e = json_next(e)) w->failed += json_number(e);
  for (const struct json_value *c = json_first(json_member(v, "cpu_ms_per_request")); c; c = json_next(c))
    measured_add(&w->cpu, json_name(c), json_number(c) / 1e3 * n);
  w->busy = number_of(v, "core1_busy"), w->hit_rate = number_of(v, "hit_rate");
  w->latency.n = n;
  read_latency(&w->latency, json_member(v, "latency_ms"));
}

static void read_closed(struct reading *r, const struct json_value *v) {
  double users = number_of(v, "users");
  if (isnan(users)) users = number_of(v, "closed_users");
  if (v && !isnan(users)) read_window(r, v, number_of(json_member(r->tree, "parameters"), "measure_s"), users);
}

static bool is_accepted(const struct json_value *rep) {
  const struct json_value *a = json_member(rep, "accepted");
  return !a || json_flag(a);
}

static void read(struct reading *r) {
  for (const struct json_value *p = json_first(json_member(r->tree, "points")); p; p = json_next(p))
    for (const struct json_value *v = json_first(json_member(p, "reps")); v; v = json_next(v))
      if (is_accepted(v)) read_window(r, v, number_of(v, "window_s"), NAN);
  for (const struct json_value *v = json_first(json_member(r->tree, "closed_curve")); v; v = json_next(v)) read_closed(r, v);
  read_closed(r, json_member(r->tree, "saturation"));
  if (!r->window_count) reading_error(r, NULL, 0, "has no repetitions in its points");
}

const struct reader_kind reader_recording = {"recording", "a recording of a whole stack: see docs/validation.md", true, knows,
                                             read};
