/* What was seen in addition to the bracket: the values that were run, what is full where, the knee. */
#include "sim/engine/arena.h"
#include "models/traffic/offered.h"
#include "sim/questions/capacity_inner.h"
#include "sim/measure/resource.h"
#include "sim/measure/verdict.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- values that were run ----------------------------------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b) {
  double x = (*(struct trial *const *)a)->x, y = (*(struct trial *const *)b)->x;
  return (x > y) - (x < y);
}

static struct estimate estimate_of(const struct results *r, const char *name, const char *aggregate) {
  const struct metric *m = results_metric(r, name, aggregate, NULL);
  return m ? m->estimate : (struct estimate){NAN, NAN, NAN, 0, false};
}

static struct capacity_verdict *verdicts_of(struct search *s, const struct trial *t) {
  struct capacity_verdict *all = arena_new_array(s->arena, struct capacity_verdict, s->bound_count);
  for (uint32_t i = 0; i < s->bound_count; i++) {
    struct claim_result c = claim_verdict(t->evidence, s->bounds[i].claim);
    all[i] = (struct capacity_verdict){c.estimate, t->verdicts[i], c.verdict == VERDICT_NO_DATA ? c.reason : NULL};
  }
  return all;
}

static void add_violations(struct search *s, struct capacity_result *r, const struct results *one) {
  const char **all = arena_new_array(s->arena, const char *, r->violation_count + one->violation_count + 1);
  for (uint32_t i = 0; i < r->violation_count; i++) all[i] = r->violations[i];
  for (uint32_t i = 0; i < one->violation_count; i++) all[r->violation_count++] = one->violations[i];
  r->violations = all;
}

static void add_level(struct search *s, struct capacity_result *r, const struct trial *t) {
  if (!t->replications) return;
  const struct results *one = study_results(t->study);
  struct capacity_level *l = &r->levels[r->level_count++];
  *l = (struct capacity_level){.value = t->x,
                               .text = axis_text(s->arena, s->range, t->x),
                               .replications = t->replications,
                               .scanned = !t->looks,
                               .growth = t->growth,
                               .from_empty = t->from_empty,
                               .load = t->load,
                               .throughput = estimate_of(one, "all", "rate"),
                               .latency = estimate_of(one, "all.latency", "mean"),
                               .verdicts = verdicts_of(s, t),
                               .resource_count = one->saturation_count,
                               .resources = one->saturation};
  bool steady = !t->growth.word && !t->from_empty;
  l->power = steady && l->latency.value > 0 ? l->throughput.value / l->latency.value : NAN;
  if (r->knee < 0 || l->power > r->levels[r->knee].power)
    if (!isnan(l->power)) r->knee = (int32_t)r->level_count - 1;
  r->requests += one->requests;
  r->events += one->events;
  r->currency = one->bill.currency;
  add_violations(s, r, one);
}

/* --- what is full where ------------------------------------------------------------------------------------------------------- */

static const struct saturation *fullest_of(const struct capacity_level *l) {
  const struct saturation *most = NULL;
  for (uint32_t i = 0; i < l->resource_count; i++) {
    double busy = l->resources[i].utilization.value;
    if (!isnan(busy) && !l->resources[i].blocked && !l->resources[i].grows && (!most || busy > most->utilization.value))
      most = &l->resources[i];
  }
  return most;
}

static const struct capacity_level *level_at(const struct capacity_result *r, double x) {
  for (uint32_t i = 0; i < r->level_count; i++)
    if (r->levels[i].value == x) return &r->levels[i];
  return NULL;
}

static void blame(struct capacity_result *r) {
  for (uint32_t i = 0; i < r->limit_count; i++) {
    const struct capacity_level *l = level_at(r, r->limits[i].root.fails);
    const struct saturation *most = l ? fullest_of(l) : NULL;
    if (most) {
      r->limits[i].fullest = most->resource;
      r->limits[i].busy = most->utilization.value;
    }
  }
}

static bool same_resource(const struct resource *a, const struct resource *b) {
  bool same = a->subject == b->subject && a->index == b->index && !a->part == !b->part;
  return same && (!a->part || !strcmp(a->part, b->part)); /* names tell how many there are, which may be what varies */
}

/* Load of one resource with a value of the axis, from the scenario alone; NaN when there is no such resource or no open load. */
static double load_of(struct search *s, const struct resource *resource, double x) {
  struct arena *arena = arena_new();
  const struct scenario *scenario = trial_scenario(s, arena, axis_text(arena, s->range, x));
  double load = NAN;
  struct resource *all;
  uint32_t count = scenario ? resources_of(&scenario->model, arena, &all) : 0;
  for (uint32_t i = 0; i < count; i++)
    if (same_resource(&all[i], resource)) load = model_offered_rate(&scenario->model) / resource_saturates_at(&all[i]);
  arena_free(arena);
  return load > 0 ? load : NAN;
}

/* Where the load of a resource passes 1. NaN when it does not within the range. */
static double full_at(struct search *s, const struct resource *resource) {
  double a = s->range->low, b = s->range->high, load_a = load_of(s, resource, a), load_b = load_of(s, resource, b);
  if (isnan(load_a) || isnan(load_b) || (load_a < 1) == (load_b < 1)) return NAN;
  for (int i = 0; i < 60; i++) {
    double x = axis_round(s->range, i % 3 == 2 ? 0.5 * (a + b) : a + (b - a) * (1 - load_a) / (load_b - load_a));
    if (x == a || x == b) x = axis_round(s->range, 0.5 * (a + b));
    if (x == a || x == b) break;
    double load = load_of(s, resource, x);
    if (fabs(load - 1) < 1e-6) return x;
    if ((load < 1) == (load_a < 1))
      a = x, load_a = load;
    else
      b = x, load_b = load;
  }
  return load_a < 1 ? b : a; /* the first that is full */
}

/* Why the load of a resource does not pass 1 within the range. */
static const char *why_not_full(struct search *s, const struct resource *resource) {
  double low = load_of(s, resource, s->range->low), high = load_of(s, resource, s->range->high);
  if (isnan(low) || isnan(high)) return "not known: only the load of open sources is known beforehand";
  return low < 1 ? arena_format(s->arena, "not full up to %s", axis_words(s->arena, s->range, s->range->high))
                 : arena_format(s->arena, "full at %s already", axis_words(s->arena, s->range, s->range->low));
}

static int by_full(const void *a, const void *b) {
  const struct capacity_resource *x = a, *y = b;
  double p = isnan(x->full_at) ? INFINITY : x->full_at, q = isnan(y->full_at) ? INFINITY : y->full_at;
  if (p != q) return p < q ? -1 : 1;
  return x->busy > y->busy ? -1 : x->busy < y->busy; /* not full anywhere: the busiest first */
}

/* The level that the answer stands on: the last that was shown to hold, else the lowest. */
static const struct capacity_level *standing(const struct capacity_result *r) {
  const struct capacity_level *l = level_at(r, isnan(r->most.holds) ? r->least.holds : r->most.holds);
  return l ? l : r->level_count ? &r->levels[r->kind == CAPACITY_EVERYWHERE ? r->level_count - 1 : 0] : NULL;
}

static double busy_at(const struct capacity_level *l, const char *resource) {
  for (uint32_t i = 0; i < l->resource_count; i++)
    if (!strcmp(l->resources[i].resource, resource)) return l->resources[i].utilization.value;
  return NAN;
}

static void resources_along(struct search *s, struct capacity_result *r) {
  const struct capacity_level *l = standing(r);
  struct resource *all;
  r->stands_at = l ? l->value : NAN;
  if (!l) return;
  r->stands_holds = l->value == r->most.holds || l->value == r->least.holds || r->kind == CAPACITY_EVERYWHERE;
  uint32_t count = resources_of(&trial_at(s, l->value)->scenario->model, s->arena, &all);
  r->resources = arena_new_array(s->arena, struct capacity_resource, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    struct capacity_resource *x = &r->resources[r->resource_count++];
    *x = (struct capacity_resource){all[i].name, full_at(s, &all[i]), NULL, all[i].grows, busy_at(l, all[i].name)};
    if (isnan(x->full_at)) x->reason = why_not_full(s, &all[i]);
  }
  qsort(r->resources, r->resource_count, sizeof *r->resources, by_full);
}

void capacity_findings(struct search *s, struct capacity_result *r) {
  r->interrupted = s->interrupted;
  r->looks = s->looks;
  r->levels = arena_new_array(s->arena, struct capacity_level, s->count + 1);
  qsort(s->trials, s->count, sizeof(struct trial *), by_value);
  for (uint32_t i = 0; i < s->count; i++) add_level(s, r, s->trials[i]);
  blame(r);
  resources_along(s, r);
}
