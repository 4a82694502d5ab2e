/* One value of the axis: its scenario, its study, and what a look at it shows. */
#include "models/traffic/source.h"
#include "models/traffic/offered.h"
#include "sim/engine/arena.h"
#include "sim/questions/capacity_inner.h"
#include "sim/questions/margin.h"
#include "sim/questions/narrow.h"
#include "sim/measure/estimate.h"
#include "sim/measure/verdict.h"
#include <math.h>
#include <string.h>

enum { SCAN = 3, FAULT_DOUBLINGS = 3, FAILURES_TOLD = 20 };
static const double look_error = 0.05 / CAPACITY_LOOKS; /* that a look may spend */

static double load_of(const struct model *m) {
  double load = model_offered_rate(m) / measure_saturation(m);
  return isfinite(load) ? load : 0;
}

static bool judges(const void *context, const struct claim *c) {
  const struct capacity_options *o = context;
  if (c->kind != CLAIM_REQUIREMENT || c->severity != SEVERITY_MUST) return false;
  for (uint32_t i = 0; i < o->without_count; i++)
    if ((c->name && !strcmp(o->without[i], c->name)) || !strcmp(o->without[i], c->expression)) return false;
  return true;
}

struct scenario *trial_scenario(struct search *s, struct arena *arena, const char *value) {
  const struct capacity_options *o = s->options;
  struct scenario *all = o->scenario(o->context, arena, value, NULL, 0);
  if (!all) return NULL;
  struct narrowed n = narrow(arena, all, judges, o);
  if (!n.count) return all;
  if (!s->narrowed) s->narrowed = arena_text(s->arena, n.words);
  return o->scenario(o->context, arena, value, n.overrides, n.count);
}

double trial_load(struct search *s, double x) {
  struct arena *arena = arena_new();
  const struct scenario *scenario = trial_scenario(s, arena, axis_text(arena, s->range, x));
  s->invalid |= !scenario;
  double load = scenario ? load_of(&scenario->model) : 0;
  arena_free(arena);
  return load;
}

/* --- opening ------------------------------------------------------------------------------------------------------------------ */

/* The warm-up of a value under a little more load, which is the longer one; 0: none has one. */
static sim_time lent_warmup(const struct search *s, const struct trial *t) {
  const struct trial *nearest = NULL;
  for (uint32_t i = 0; i < s->count; i++) {
    const struct trial *other = s->trials[i];
    bool close = other->load >= t->load && other->load <= 1.1 * t->load && t->load > 0;
    if (close && !other->from_empty && other->prepared && (!nearest || other->load < nearest->load)) nearest = other;
  }
  return nearest ? nearest->evidence->model.run.warmup : 0;
}

/* What is known only when it is run: the warm-up. */
static void prepare(struct search *s, struct trial *t) {
  if (t->prepared) return;
  t->prepared = true;
  sim_time lent = t->evidence->model.run.find_warmup ? lent_warmup(s, t) : 0;
  if (lent > 0) study_set_warmup(t->study, lent);
  study_extend(t->study, 0, 0);
  t->from_empty = study_begins_empty(t->study);
}

struct trial *trial_at(struct search *s, double x) {
  x = axis_round(s->range, x);
  for (uint32_t i = 0; i < s->count; i++)
    if (s->trials[i]->x == x) return s->trials[i];
  struct scenario *scenario = trial_scenario(s, s->arena, axis_text(s->arena, s->range, x));
  if (!scenario) {
    s->invalid = true;
    return NULL;
  }
  struct trial *t = arena_alloc(s->arena, sizeof *t);
  *t = (struct trial){.x = x, .scenario = scenario, .load = load_of(&scenario->model)};
  struct study_options options = s->options->study;
  options.progress = NULL;
  options.foreseen = NULL;
  /* Windows stay what they are for all values, so that customers and intervals can be compared: no batches. */
  scenario->model.run.method = METHOD_REPLICATIONS;
  t->study = study_open(s->arena, scenario, &options);
  t->evidence = study_evidence(t->study);
  t->verdicts = arena_new_array(s->arena, enum verdict, s->bound_count);
  t->margins = arena_new_array(s->arena, double, s->bound_count);
  for (uint32_t i = 0; i < s->bound_count; i++) t->verdicts[i] = VERDICT_UNDECIDED, t->margins[i] = NAN;
  if (s->count == s->room) {
    struct trial **old = s->trials;
    s->trials = arena_new_array(s->arena, struct trial *, s->room = s->room ? 2 * s->room : 32);
    if (old) memcpy(s->trials, old, s->count * sizeof(struct trial *));
  }
  return s->trials[s->count++] = t;
}

/* --- judging ------------------------------------------------------------------------------------------------------------------ */

/* The claim with only this side of its limits. */
static struct claim one_side(const struct search *s, const struct trial *t, uint32_t bound) {
  const struct capacity_bound *b = &s->bounds[bound];
  struct claim claim = *evidence_claim(t->evidence, b->claim);
  if (claim.comparison == COMPARE_IN) claim.comparison = b->at_least ? COMPARE_GREATER_EQUAL : COMPARE_LESS_EQUAL;
  claim.low = b->low;
  claim.high = b->high;
  return claim;
}

/* Passing must hold for all claims, so that one wrong verdict does not do it; failing is shared among the claims. */
static struct claim_result judge_claim(const struct search *s, const struct trial *t, uint32_t bound, struct claim *claim) {
  const struct evidence *ev = t->evidence;
  const struct entry *e = evidence_claimed(ev, s->bounds[bound].claim);
  uint32_t n = entry_replications(ev, e);
  struct claim_result plain = claim_judge(ev, claim, e, 1);
  struct claim_result pass = claim_judge(ev, claim, e, margin_caution(&claim->measure, &plain.estimate, n, look_error));
  if (pass.verdict != VERDICT_FAIL) return pass;
  return claim_judge(ev, claim, e, margin_caution(&claim->measure, &plain.estimate, n, look_error / s->bound_count));
}

/* Below and above saturation by arithmetic, on the side of it that was seen. */
static double settling_margin(const struct trial *t, enum verdict v) {
  double margin = t->load > 0 ? t->load - 1 : 0;
  if (v == VERDICT_FAIL) return fmax(margin, 0.02);
  return v == VERDICT_PASS ? fmin(margin, -0.02) : NAN;
}

static void judge_bound(const struct search *s, struct trial *t, uint32_t bound) {
  const struct capacity_bound *b = &s->bounds[bound];
  struct claim claim = one_side(s, t, bound);
  bool time = margin_is_time(&claim.measure), endless = t->growth.word && time && growth_concerns(t->evidence, &claim.measure);
  struct claim_result r = judge_claim(s, t, bound, &claim);
  t->margins[bound] =
      endless ? (b->at_least ? -1 : 1) : margin_of(&claim.measure, b->at_least ? b->low : b->high, b->at_least, r.estimate.value);
  if (measure_settles(&claim.measure)) t->margins[bound] = settling_margin(t, r.verdict);
  enum verdict v = endless ? (b->at_least ? VERDICT_PASS : VERDICT_FAIL) : r.verdict;
  if (t->from_empty && time && !endless && v == (b->at_least ? VERDICT_FAIL : VERDICT_PASS)) v = VERDICT_UNDECIDED;
  if (t->looks && (is_shown(v) || !is_shown(t->verdicts[bound]))) t->verdicts[bound] = v; /* what was shown stays shown */
}

static void judge(struct search *s, struct trial *t) {
  study_find_growth(t->study);
  t->growth = growth_words(&t->evidence->growth);
  t->replications = t->evidence->traffic.done;
  for (uint32_t i = 0; i < s->bound_count; i++) judge_bound(s, t, i);
}

/* The whole search rests on each bound holding up to one value (or from one on) and not beyond, so what holds at a harder value
 * holds here, unless it seems to fail here: then this value has to be looked at. */
static bool held_farther(const struct search *s, const struct trial *t, uint32_t bound) {
  enum capacity_course course = s->courses ? s->courses[bound] : COURSE_UNDECIDED;
  if (t->margins[bound] > 0) return false;
  bool up = course == COURSE_BREAKS || course == COURSE_HOLDS, down = course == COURSE_BEGINS || course == COURSE_HOLDS;
  for (uint32_t i = 0; i < s->count; i++) {
    const struct trial *other = s->trials[i];
    bool harder = (up && other->x > t->x) || (down && other->x < t->x);
    if (harder && other->verdicts[bound] == VERDICT_PASS) return true;
  }
  return false;
}

enum verdict trial_verdict(const struct search *s, const struct trial *t, uint32_t bound) {
  enum verdict own = t->verdicts[bound];
  return !is_shown(own) && held_farther(s, t, bound) ? VERDICT_PASS : own;
}

/* --- running ------------------------------------------------------------------------------------------------------------------ */

static uint32_t fault_pieces(const struct trial *t) {
  return enough_pieces(&t->evidence->model) << (t->looks < FAULT_DOUBLINGS ? t->looks : FAULT_DOUBLINGS);
}

static bool needs_faults(const struct search *s, const struct trial *t) {
  for (uint32_t i = 0; i < s->bound_count; i++)
    if (!is_shown(trial_verdict(s, t, i)) && evidence_claimed(t->evidence, s->bounds[i].claim)->measure.kind->over_faults)
      return true;
  return false;
}

static bool extend(struct search *s, struct trial *t, uint32_t n, uint32_t pieces) {
  struct capacity_progress p = {axis_text(s->arena, s->range, t->x), n, s->looks, s->known.low, s->known.high};
  if (s->options->progress) s->options->progress(s->options->context, &p);
  if (!study_extend(t->study, n, pieces)) s->interrupted = true;
  return !s->interrupted;
}

void trial_scan(struct search *s, struct trial *t) {
  prepare(s, t);
  if (t->evidence->traffic.done < SCAN && extend(s, t, SCAN, 0)) judge(s, t);
}

/* Replications that the undecided bounds are foreseen to take, each by its distance from the limit. */
static double foreseen(const struct search *s, const struct trial *t) {
  uint32_t done = t->evidence->traffic.done;
  double most = 0;
  for (uint32_t i = 0; i < s->bound_count; i++) {
    if (is_shown(trial_verdict(s, t, i))) continue;
    const struct entry *e = evidence_claimed(t->evidence, s->bounds[i].claim);
    struct estimate x = entry_at_typical(t->evidence, e);
    double limit = s->bounds[i].at_least ? s->bounds[i].low : s->bounds[i].high, half = 0.5 * (x.high - x.low);
    double caution = margin_caution(&e->measure, &x, done, look_error);
    most = fmax(most, stopping_foreseen(caution * half, fabs(x.value - limit), done));
  }
  return most;
}

bool trial_awaits_failures(const struct search *s, const struct trial *t) {
  bool awaits = false;
  for (uint32_t i = 0; i < s->bound_count; i++) {
    if (is_shown(trial_verdict(s, t, i))) continue;
    const struct entry *e = evidence_claimed(t->evidence, s->bounds[i].claim);
    struct estimate x = entry_estimate(t->evidence, e);
    if (!measure_row(&e->measure)->failures || x.value * (double)x.n >= FAILURES_TOLD) return false;
    awaits = true;
  }
  return awaits;
}

bool trial_look(struct search *s, struct trial *t, uint32_t least) {
  if (s->interrupted || t->spent || s->looks >= CAPACITY_LOOKS) return false;
  prepare(s, t);
  uint32_t done = t->evidence->traffic.done, n = enough_towards(foreseen(s, t), t->looks ? done : 0);
  if (n < ENOUGH_LEAST) n = ENOUGH_LEAST;
  if (t->load >= 1 && !t->looks) { /* beyond saturation a few tell all: growth without bound */
    trial_scan(s, t);
    if (s->interrupted) return false;
    if (t->growth.word) n = SCAN;
  }
  if (n > SCAN && n < least) n = least;
  if (n > s->budget) n = s->budget;
  if (!extend(s, t, n > done ? n : done, needs_faults(s, t) ? fault_pieces(t) : 0)) return false;
  t->looks++, s->looks++;
  judge(s, t);
  t->spent = n >= s->budget || t->evidence->traffic.sum->overflowed;
  return true;
}
