/* The best of several scenarios, with a stated chance of being right (sim/stats/selection.h).
 *
 * An observation is the measure in one replication; what is compared is its mean over replications. All scenarios share their
 * customers, and KN++ takes its variances from the pairs. Replications are run in portions that depend on nothing but their number,
 * so that several threads have something to do; which of them are used is settled one by one. */
#include "sim/stats/selection.h"
#include "sim/engine/arena.h"
#include "sim/stats/interval.h"
#include "sim/questions/compare_inner.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double confidence = INTERVAL_CONFIDENCE;

const char *compare_set_best(struct compare *c, const char *objective, const char *indifference) {
  struct compare_best *b = arena_alloc(c->arena, sizeof *b);
  const char *rest;
  b->objective = arena_text(c->arena, objective);
  b->largest = !strncmp(objective, "max ", 4);
  if (!b->largest && strncmp(objective, "min ", 4))
    return arena_format(c->arena, "must be \"min MEASURE\" or \"max MEASURE\", such as \"min p99(web.latency)\", not \"%s\"",
                        objective);
  const char *text = b->objective + 4;
  const char *wrong = compare_measures(c, text, &b->measures, &rest);
  if (wrong) return wrong;
  if (rest[strspn(rest, " ")]) return arena_format(c->arena, "has \"%s\" after the measure", rest);
  if (b->measures[0].kind->over_faults) return "is of a year of faults: choose by what is measured in traffic";
  if (measure_is_exact(&b->measures[0], &c->scenarios[0].model))
    return "follows from the scenarios alone: compare shows it exactly";
  if (!indifference) return "needs --indifference: how much better is worth knowing, such as --indifference 1ms";
  wrong = compare_value(c, text, rest, indifference, &b->indifference);
  if (!wrong && !(b->indifference > 0)) wrong = "needs an --indifference of more than 0";
  if (!wrong) c->best = b;
  return wrong;
}

/* --- observations ------------------------------------------------------------------------------------------------------------- */

/* Smaller is better. */
static double observation(const struct compare *c, uint32_t system, uint32_t replication) {
  double x = compare_evidence(c, system)->entries[c->best->entries[system]].samples[replication];
  return c->best->largest ? -x : x;
}

/* Null when its observations up to n can be used. */
static const char *no_candidate(const struct compare *c, uint32_t system, uint32_t n) {
  if (compare_evidence(c, system)->growth.grows) return compare_evidence(c, system)->growth.brief;
  for (uint32_t i = 0; i < n; i++)
    if (isnan(observation(c, system, i))) return "some replications saw nothing of it: a longer run.window would help";
  return NULL;
}

static uint32_t portion_end(uint32_t done, uint32_t budget) {
  uint32_t next = done + (done / 8 > 4 ? done / 8 : 4);
  return next < budget ? next : budget;
}

/* --- KN++ --------------------------------------------------------------------------------------------------------------------- */

struct race {
  struct compare *compare;
  struct best_result *result;
  uint32_t *candidates, count; /* systems that are in the race */
  uint32_t first, budget;
};

static bool extend_survivors(const struct race *r, const struct selection *s, uint32_t until) {
  for (uint32_t i = 0; i < r->count; i++)
    if (s->survives[i] && !compare_extend(r->compare, r->candidates[i], until, 0)) return false;
  return true;
}

static void feed(const struct race *r, struct selection *s, double *x) {
  uint32_t stage = s->stages;
  for (uint32_t i = 0; i < r->count; i++) x[i] = s->survives[i] ? observation(r->compare, r->candidates[i], stage) : 0;
  selection_feed(s, x);
  for (uint32_t i = 0; i < r->count; i++) {
    struct best_system *b = &r->result->systems[r->candidates[i]];
    if (!s->survives[i] && !b->out_after) b->out_after = s->stages;
  }
}

static void run_kn(struct race *r) {
  struct selection s;
  struct compare *c = r->compare;
  double *x = arena_new_array(c->arena, double, r->count);
  uint32_t done = r->first;
  selection_init(&s, c->arena, r->count, c->best->indifference, confidence, r->first);
  while (!selection_done(&s)) {
    if (s.stages == done) {
      if (done == r->budget) break;
      done = portion_end(done, r->budget);
      if (!extend_survivors(r, &s, done)) break;
    }
    bool seen = true;
    for (uint32_t i = 0; i < r->count; i++)
      if (s.survives[i]) seen &= !isnan(observation(c, r->candidates[i], s.stages));
    if (!seen) break;
    feed(r, &s, x);
  }
  for (uint32_t i = 0; i < r->count; i++)
    r->result->systems[r->candidates[i]].replications = s.survives[i] ? s.stages : r->result->systems[r->candidates[i]].out_after;
  r->result->decided = selection_done(&s);
  r->result->best = r->candidates[selection_best(&s)];
}

/* --- OCBA --------------------------------------------------------------------------------------------------------------------- */

static bool add_observations(const struct race *r, struct tally *t, uint32_t i, uint32_t until) {
  if (!compare_extend(r->compare, r->candidates[i], until, 0)) return false;
  for (uint32_t k = (uint32_t)t[i].count; k < until; k++) {
    double x = observation(r->compare, r->candidates[i], k);
    if (isnan(x)) return false;
    tally_add(&t[i], x);
  }
  return true;
}

static void run_ocba(struct race *r) {
  struct compare *c = r->compare;
  struct tally *t = arena_new_array(c->arena, struct tally, r->count);
  uint32_t *extra = arena_new_array(c->arena, uint32_t, r->count);
  uint64_t spent = (uint64_t)r->first * r->count, most = (uint64_t)r->budget * r->count;
  bool good = true;
  for (uint32_t i = 0; i < r->count; i++) good = add_observations(r, t, i, r->first) && good;
  while (good && spent < most && !selection_confirmed(t, r->count, c->best->indifference, confidence)) {
    uint32_t more = (uint32_t)(spent / 10 < most - spent ? spent / 10 : most - spent);
    more = more ? more : 1;
    selection_allocate(t, r->count, c->best->indifference, more, extra);
    for (uint32_t i = 0; i < r->count && good; i++)
      if (extra[i]) good = add_observations(r, t, i, (uint32_t)t[i].count + extra[i]);
    spent += more;
  }
  for (uint32_t i = 0; i < r->count; i++) r->result->systems[r->candidates[i]].replications = (uint32_t)t[i].count;
  r->result->decided = good && selection_confirmed(t, r->count, c->best->indifference, confidence);
  r->result->probability = selection_probability(t, r->count, c->best->indifference);
  r->result->best = r->candidates[selection_smallest(t, r->count)];
}

/* --- all ---------------------------------------------------------------------------------------------------------------------- */

static struct race race_open(struct compare *c, struct best_result *result) {
  struct race r = {c, result, arena_new_array(c->arena, uint32_t, c->count), 0, compare_first(c), 0};
  if (r.first < ENOUGH_LEAST) r.first = ENOUGH_LEAST;
  r.budget = compare_plan(c, r.first).budget;
  for (uint32_t i = 0; i < c->count; i++) {
    struct best_system *s = &result->systems[i];
    compare_extend(c, i, r.first, 0);
    s->replications = study_replications(c->studies[i], false);
    s->reason = s->replications < r.first ? "interrupted" : no_candidate(c, i, r.first);
    if (!s->reason) r.candidates[r.count++] = i;
  }
  return r;
}

static void fill_means(const struct compare *c, struct best_result *result) {
  for (uint32_t i = 0; i < c->count; i++) {
    struct best_system *s = &result->systems[i];
    struct tally t = {0};
    const double *x = compare_evidence(c, i)->entries[c->best->entries[i]].samples;
    for (uint32_t k = 0; k < s->replications && !s->reason; k++) tally_add(&t, x[k]);
    struct interval mean = interval_student_moments(t.count, t.mean, tally_variance(&t), confidence);
    s->mean = (struct estimate){t.count ? t.mean : NAN, mean.low, mean.high, t.count, false};
  }
}

struct best_result *compare_choose(struct compare *c) {
  struct best_result *result = arena_alloc(c->arena, sizeof *result);
  *result = (struct best_result){.objective = c->best->objective,
                                 .largest = c->best->largest,
                                 .unit = measure_unit(&c->best->measures[0]),
                                 .indifference = c->best->indifference,
                                 .confidence = confidence,
                                 .probability = NAN,
                                 .best = UINT32_MAX,
                                 .systems = arena_new_array(c->arena, struct best_system, c->count)};
  c->best->entries = compare_take(c, c->best->measures, c->best->objective);
  struct race r = race_open(c, result);
  bool few = r.count <= COMPARE_KN_MOST;
  result->procedure = few ? "KN++" : "OCBA";
  if (r.count == 1) {
    result->best = r.candidates[0];
    result->decided = !c->interrupted;
  }
  if (r.count > 1 && !c->interrupted) (few ? run_kn : run_ocba)(&r);
  fill_means(c, result);
  return result;
}
