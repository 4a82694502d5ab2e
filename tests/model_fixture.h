/* Scenarios for the tests of models/, written as JSON with single quotes, and worlds made of them.
 *
 *     struct fixture f = fixture_open(&t);          t: a struct text that holds the scenario
 *     struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
 *     ...
 *     fixture_close(&f);
 */
#ifndef MODEL_FIXTURE_H
#define MODEL_FIXTURE_H
#include "models/core/audit.h"
#include "models/platform/lifecycle.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include "sim/report/run_report.h"
#include "sim/json/diagnostic.h"
#include "sim/scenario/scenario.h"
#include "sim/study/study.h"
#include "tests/suite.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- text ------------------------------------------------------------------------------------------------------------------ */

struct text {
  char bytes[24000];
  size_t length;
};

__attribute__((format(printf, 2, 3))) static inline void put(struct text *t, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(t->bytes + t->length, sizeof t->bytes - t->length, format, arguments);
  va_end(arguments);
  for (char *c = t->bytes + t->length; *c; c++)
    if (*c == '\'') *c = '"';
  t->length += (size_t)length;
}

/* --- scenarios -------------------------------------------------------------------------------------------------------------- */

struct fixture {
  struct arena *arena;
  struct scenario *scenario; /* null when it was refused; the test has then failed */
  char *refused;             /* what the reader said */
};

/* Reads the scenario; says nothing when it is refused. */
static inline struct fixture fixture_try(const struct text *t) {
  struct fixture f = {.arena = arena_new()};
  char path[] = "/tmp/model-test-XXXXXX";
  int file = mkstemp(path);
  if (file < 0 || write(file, t->bytes, t->length) != (ssize_t)t->length) abort();
  close(file);
  struct diagnostics *faults = diagnostics_new(f.arena);
  f.scenario = scenario_read(f.arena, faults, path, NULL, 0);
  if (!f.scenario) f.refused = diagnostics_render(faults, f.arena);
  unlink(path);
  return f;
}

static inline struct fixture fixture_open(const struct text *t) {
  struct fixture f = fixture_try(t);
  test_check(f.scenario != NULL, "refused: %s\n%s", f.refused ? f.refused : "", t->bytes);
  if (!f.scenario) fprintf(stderr, "%s\n", f.refused);
  return f;
}

__attribute__((format(printf, 1, 2))) static inline struct fixture fixture_of(const char *format, ...) {
  static _Thread_local struct text t;
  va_list arguments;
  va_start(arguments, format);
  t.length = (size_t)vsnprintf(t.bytes, sizeof t.bytes, format, arguments);
  va_end(arguments);
  for (char *c = t.bytes; *c; c++)
    if (*c == '\'') *c = '"';
  return fixture_open(&t);
}

static inline void fixture_close(struct fixture *f) { arena_free(f->arena); }

/* --- worlds ---------------------------------------------------------------------------------------------------------------- */

static inline void fixture_broken(void *name, const char *message) { test_check(false, "%s: %s", (const char *)name, message); }

/* A world that has run and kept the invariants. It ends with the measured time: what is by hand is by hand until then. */
static inline struct world *fixture_run(const struct fixture *f, uint64_t seed, const char *name) {
  struct world *w = world_new(&f->scenario->model, seed, 0, WORLD_TRAFFIC);
  w->horizon = w->measured_until;
  world_run(w);
  world_audit(w, fixture_broken, (void *)(uintptr_t)name);
  return w;
}

static inline uint32_t fixture_service(const struct fixture *f, const char *name) {
  for (uint32_t i = 0; i < f->scenario->model.services.count; i++)
    if (!strcmp(model_service(&f->scenario->model, i)->name, name)) return i;
  abort();
}

/* Requests of the endpoint that arrived in the measured time, and how they ended. */
struct ends {
  uint64_t arrived, by[OUTCOMES], ended;
};

static inline struct ends fixture_ends(const struct world *w, uint32_t endpoint) {
  struct ends e = {0};
  for (uint32_t i = 0; i < w->observation.window_count; i++) {
    const struct endpoint_window *window = &w->observation.endpoints[endpoint].windows[i];
    e.arrived += window->arrived;
    for (int k = 0; k < OUTCOMES; k++) e.by[k] += window->ended[k], e.ended += window->ended[k];
  }
  return e;
}

/* Latency of the completed requests of the endpoint, in an arena of the caller's choice. */
static inline struct histogram *fixture_latency_in(struct arena *arena, const struct world *w, uint32_t endpoint) {
  struct histogram *h = arena_new_array(arena, struct histogram, 1);
  histogram_open(h, arena);
  for (uint32_t i = 0; i < w->observation.window_count; i++) {
    const struct histogram *part = &w->observation.endpoints[endpoint].windows[i].latency;
    if (part->count) histogram_merge(h, part);
  }
  return h;
}

/* The same, until the world is freed. */
static inline const struct histogram *fixture_latency(const struct world *w, uint32_t endpoint) {
  return fixture_latency_in(w->arena, w, endpoint);
}

/* Time attributed to a cell by the completed requests of one bin of latency. */
static inline double fixture_slow_ns(const struct world *w, uint32_t endpoint, uint32_t bin, uint32_t cell) {
  const struct slow_bin *b = slow_bin_at(&w->observation.endpoints[endpoint], bin);
  return b ? b->cell_ns[cell] : 0;
}

/* The same values were recorded in both, as far as buckets tell. */
static inline bool fixture_same_values(const struct histogram *a, const struct histogram *b) {
  bool same =
      a->sum == b->sum && a->count == b->count && histogram_min(a) == histogram_min(b) && histogram_max(a) == histogram_max(b);
  for (double p = 0; same && p <= 1; p += 1.0 / 64) same = histogram_quantile(a, p) == histogram_quantile(b, p);
  for (uint32_t i = 0; same && i < HISTOGRAM_BUCKETS; i++) same = histogram_in_bucket(a, i) == histogram_in_bucket(b, i);
  return same;
}

static inline bool fixture_same_window(const struct endpoint_window *a, const struct endpoint_window *b) {
  return a->arrived == b->arrived && !memcmp(a->ended, b->ended, sizeof a->ended) && fixture_same_values(&a->latency, &b->latency);
}

static inline double fixture_mean_s(const struct world *w, uint32_t endpoint) {
  return histogram_mean(fixture_latency(w, endpoint)) * 1e-9;
}

/* Mean and half-width of its 95% interval (normal) of n values. */
struct mean_of {
  double mean, half;
};

static inline struct mean_of mean_of(const double *x, int n) {
  double sum = 0, square = 0;
  for (int i = 0; i < n; i++) sum += x[i];
  for (int i = 0; i < n; i++) square += (x[i] - sum / n) * (x[i] - sum / n);
  return (struct mean_of){sum / n, 2.1 * sqrt(square / (n - 1) / n)};
}

/* What the meter counted in the measured time, or its mean time in seconds. */
static inline double fixture_metered(const struct world *w, const char *thing, const char *name) {
  const struct model *m = w->model;
  for (uint32_t i = 0; i < m->meter_count; i++)
    if (!strcmp(m->meters[i].thing, thing) && !strcmp(m->meters[i].name, name)) {
      const struct meter_observation *o = &w->observation.meters[i];
      if (m->meters[i].kind == METER_TIME) return o->time->count ? histogram_mean(o->time) * 1e-9 : NAN;
      double sum = 0;
      for (uint32_t k = 0; k < w->observation.window_count; k++) sum += o->course.sums[k];
      return sum;
    }
  abort();
}

#endif
