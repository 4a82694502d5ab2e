#include "sim/measure/measure_row.h"
#include "sim/questions/sensitivity.h"
#include "sim/engine/arena.h"
#include "sim/measure/estimate.h"
#include "sim/stats/cdf.h"
#include "sim/stats/compare.h"
#include "sim/study/enough.h"
#include "sim/study/version.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double together = INTERVAL_CONFIDENCE, chance = 0.05;

/* One run, and what is kept of it. */
struct side {
  struct study *study;
  uint32_t first_entry; /* of the targets, which are neighbours */
  const struct results *results;
  struct sensitivity_point *points; /* by target */
};

struct plan {
  struct arena *arena;
  const struct scenario *base;
  const struct sensitivity_options *options;
  struct side *sides; /* [0]: base; then low and high of each input */
  uint32_t runs, run, replications, targets;
};

/* --- running ------------------------------------------------------------------------------------------------------------------ */

static void forward_progress(void *context, double done, uint32_t of) {
  const struct plan *p = context;
  const struct study_options *o = &p->options->study;
  if (o->progress) o->progress(o->context, p->run * p->replications + done, of ? p->runs * p->replications : 0);
}

static void open_run(struct plan *p, struct side *out, const struct scenario *s) {
  struct study_options o = p->options->study;
  o.replications = p->replications;
  o.progress = forward_progress;
  o.foreseen = NULL;
  o.context = p;
  out->study = study_open(p->arena, s, &o);
  for (uint32_t i = 0; i < p->options->measure_count; i++) {
    struct measure m;
    const char *rest;
    measure_parse(p->arena, &s->model, p->options->measures[i], &m, &rest);
    uint32_t entry = study_add(out->study, &m, p->options->measures[i], "");
    if (!i) out->first_entry = entry;
  }
}

/* One warm-up for all runs, long enough for each. */
static sim_time longest_warmup(const struct plan *p) {
  sim_time longest = 0;
  for (uint32_t i = 0; i < p->runs; i++) {
    sim_time mine = study_warmup(p->sides[i].study);
    if (mine > longest) longest = mine;
  }
  return longest;
}

static const struct entry *target_entry(const struct side *o, uint32_t target) {
  return &study_evidence(o->study)->entries[o->first_entry + target];
}

static struct sensitivity_point point_of(const struct plan *p, const struct side *o, uint32_t target) {
  struct sensitivity_point x = {.growth = growth_words(&study_evidence(o->study)->growth), .verdict = VERDICT_NO_DATA};
  const struct entry *e = target_entry(o, target);
  if (p->options->measure_count || measure_row(&e->measure)->priced) {
    x.estimate = entry_at_typical(study_evidence(o->study), e); /* a price is an input of its own */
  } else {
    x.estimate = o->results->claims[target].estimate;
  }
  if (!p->options->measure_count) x.verdict = o->results->claims[target].verdict;
  return x;
}

/* Of the study only names and samples are left: its merged views are large. */
static bool run_one(struct plan *p, struct side *o, sim_time warmup) {
  study_set_warmup(o->study, warmup);
  bool good = study_extend(o->study, p->replications, enough_pieces(&p->base->model));
  o->results = study_results(o->study);
  if (!p->options->measure_count) o->first_entry = study_evidence(o->study)->claims_from;
  o->points = arena_new_array(p->arena, struct sensitivity_point, p->targets + 1);
  for (uint32_t i = 0; i < p->targets; i++) o->points[i] = point_of(p, o, i);
  study_close(o->study);
  return good;
}

static bool run_all(struct plan *p, const struct sensitivity_case *cases, uint32_t count) {
  p->sides = arena_new_array(p->arena, struct side, p->runs);
  open_run(p, &p->sides[0], p->base);
  for (uint32_t i = 0; i < count; i++) {
    open_run(p, &p->sides[1 + 2 * i], cases[i].low);
    open_run(p, &p->sides[2 + 2 * i], cases[i].high);
  }
  sim_time warmup = longest_warmup(p);
  bool good = true;
  for (p->run = 0; p->run < p->runs && good; p->run++) good = run_one(p, &p->sides[p->run], warmup);
  return good;
}

/* --- one effect --------------------------------------------------------------------------------------------------------------- */

/* A percentile of outages ("for 90%") is one number of all years together: its interval is no spread over pairs. */
static bool has_pairs(const struct plan *p, uint32_t target) {
  const struct claim *claims = p->base->claims.items;
  return p->options->measure_count || !(claims[target].share > 0);
}

static double half_of(const struct estimate *x) { return 0.5 * (x->high - x->low); }

static bool same_numbers(const struct estimate *a, const struct estimate *b) {
  return a->value == b->value && a->low == b->low && a->high == b->high && a->n == b->n;
}

/* Of the same outages, to the last bit, there is no difference; of others both intervals add up. */
static void compare_apart(struct sensitivity_effect *e, double confidence) {
  if (same_numbers(&e->low.estimate, &e->high.estimate)) {
    e->difference_low = e->difference_high = 0;
    e->p = 1;
    return;
  }
  double half = hypot(half_of(&e->low.estimate), half_of(&e->high.estimate)), error = half / cdf_normal_quantile(0.975);
  half = error * cdf_normal_quantile(0.5 + 0.5 * confidence);
  e->difference_low = e->difference - half;
  e->difference_high = e->difference + half;
  e->p = error > 0 ? 2 * cdf_normal_above(fabs(e->difference) / error) : NAN;
}

/* The difference is that of the merged estimates, as they are printed; its spread that of the pairs. */
static void compare_pairs(const struct plan *p, struct sensitivity_effect *e, const struct side *low, const struct side *high,
                          uint32_t target, double confidence) {
  const struct entry *from = target_entry(low, target);
  const double *a = target_entry(high, target)->samples, *b = from->samples;
  uint32_t n = entry_replications(study_evidence(low->study), from), kept = 0;
  double *one = arena_new_array(p->arena, double, n + 1), *two = arena_new_array(p->arena, double, n + 1);
  for (uint32_t i = 0; i < n; i++)
    if (!isnan(a[i]) && !isnan(b[i])) one[kept] = a[i], two[kept++] = b[i];
  double half = interval_half_width(compare_paired(one, two, kept, confidence));
  e->p = compare_p_value(one, two, kept);
  e->difference_low = e->difference - half;
  e->difference_high = e->difference + half;
}

static void measure_swing(struct sensitivity_effect *e) {
  e->swing = fabs(e->difference);
  double a = fabs(e->difference_low), b = fabs(e->difference_high);
  bool around_zero = e->difference_low <= 0 && e->difference_high >= 0;
  e->swing_low = around_zero ? 0 : fmin(a, b);
  e->swing_high = fmax(a, b);
  bool lost = (e->low.growth.word && isnan(e->low.estimate.value)) || (e->high.growth.word && isnan(e->high.estimate.value));
  bool both = isnan(e->low.estimate.value) && isnan(e->high.estimate.value);
  if (lost && !both) e->swing = INFINITY;
}

static bool fails(const struct sensitivity_point *x) {
  return x->verdict == VERDICT_FAIL || x->verdict == VERDICT_CONTRADICTED || (x->verdict == VERDICT_NO_DATA && x->growth.word);
}

static bool holds(const struct sensitivity_point *x) {
  return x->verdict == VERDICT_PASS || x->verdict == VERDICT_CONFIRMED || x->verdict == VERDICT_BETTER;
}

static bool flips(const struct sensitivity_point *base, const struct sensitivity_effect *e) {
  const struct sensitivity_point *points[] = {base, &e->low, &e->high};
  bool good = false, bad = false;
  for (int i = 0; i < 3; i++) good |= holds(points[i]), bad |= fails(points[i]);
  return good && bad;
}

static struct sensitivity_effect effect_of(const struct plan *p, uint32_t input, uint32_t target, uint32_t inputs) {
  const struct side *low = &p->sides[1 + 2 * input], *high = low + 1;
  struct sensitivity_effect e = {.input = input, .low = low->points[target], .high = high->points[target]};
  e.difference = e.high.estimate.value - e.low.estimate.value;
  e.difference_low = e.difference_high = e.p = NAN;
  double confidence = compare_simultaneous(together, inputs);
  bool bounded = !isnan(e.low.estimate.low) && !isnan(e.high.estimate.low);
  if (e.low.estimate.exact && e.high.estimate.exact)
    e.difference_low = e.difference_high = e.difference, e.p = e.difference == 0;
  else if (!isnan(e.difference) && bounded && has_pairs(p, target))
    compare_pairs(p, &e, low, high, target, confidence);
  else if (!isnan(e.difference) && bounded)
    compare_apart(&e, confidence);
  measure_swing(&e);
  return e;
}

/* --- targets ------------------------------------------------------------------------------------------------------------------ */

/* What is shown before what is not; the larger first; what is unknown last. */
static int by_size(const void *a, const void *b) {
  const struct sensitivity_effect *x = a, *y = b;
  if (x->shown != y->shown) return x->shown ? -1 : 1;
  double one = x->shown ? x->swing : x->swing_high, two = y->shown ? y->swing : y->swing_high;
  if (isnan(one) != isnan(two)) return isnan(one) ? 1 : -1;
  if (!isnan(one) && one != two) return one > two ? -1 : 1;
  return x->input < y->input ? -1 : 1;
}

static void decide_what_is_shown(const struct plan *p, struct sensitivity_target *t, uint32_t inputs) {
  double *raw = arena_new_array(p->arena, double, inputs), *adjusted = arena_new_array(p->arena, double, inputs);
  for (uint32_t i = 0; i < inputs; i++) raw[i] = t->effects[i].p;
  compare_holm(raw, adjusted, inputs);
  for (uint32_t i = 0; i < inputs; i++) {
    struct sensitivity_effect *e = &t->effects[i];
    e->p = adjusted[i];
    e->shown = isinf(e->swing) || e->p < chance;
    e->flips = t->judged && flips(&t->base, e);
  }
  qsort(t->effects, inputs, sizeof *t->effects, by_size);
}

static void fill_target(const struct plan *p, struct sensitivity_target *t, uint32_t index, uint32_t inputs) {
  const struct side *base = &p->sides[0];
  t->base = base->points[index];
  t->limit_low = -INFINITY;
  t->limit_high = INFINITY;
  t->unit = measure_unit(&target_entry(base, index)->measure);
  t->is_claim = !p->options->measure_count;
  if (t->is_claim) {
    const struct claim_result *c = &base->results->claims[index];
    t->expression = c->expression, t->id = c->id, t->source = c->source, t->kind = c->kind, t->judged = c->kind != CLAIM_INFO,
    t->severity = c->severity;
    t->limit_low = c->low;
    t->limit_high = c->high;
  } else {
    t->expression = p->options->measures[index];
  }
  t->effects = arena_new_array(p->arena, struct sensitivity_effect, inputs);
  for (uint32_t i = 0; i < inputs; i++) t->effects[i] = effect_of(p, i, index, inputs);
  decide_what_is_shown(p, t, inputs);
}

/* --- what to measure first ---------------------------------------------------------------------------------------------------- */

/* The unit in which swings of different measures are compared: the limit, of nines what is allowed to be missing; without a limit
 * the value. */
static double scale_of(const struct sensitivity_target *t) {
  double limit = isfinite(t->limit_high) ? t->limit_high : t->limit_low, value = t->base.estimate.value;
  if (isfinite(limit) && limit != 0)
    return t->unit == UNIT_RATIO && !isfinite(t->limit_high) && limit > 0.5 && limit < 1 ? 1 - limit : fabs(limit);
  return isfinite(value) && value != 0 ? fabs(value) : 1;
}

/* How many claims the input flips: decides between inputs that take the system beyond what it can do. */
static uint32_t flips_of(const struct sensitivity_results *r, uint32_t input) {
  uint32_t sum = 0;
  for (uint32_t t = 0; t < r->target_count; t++)
    for (uint32_t i = 0; i < r->input_count; i++) sum += r->targets[t].effects[i].input == input && r->targets[t].effects[i].flips;
  return sum;
}

static void find_first(struct sensitivity_results *r) {
  bool best_flips = false;
  double best = 0;
  uint32_t best_count = 0;
  r->first_target = r->first_effect = -1;
  for (uint32_t t = 0; t < r->target_count; t++)
    for (uint32_t i = 0; i < r->input_count; i++) {
      const struct sensitivity_target *target = &r->targets[t];
      const struct sensitivity_effect *e = &target->effects[i];
      if (!e->shown || (target->is_claim && !target->judged)) continue;
      double size = e->swing / scale_of(target);
      uint32_t count = flips_of(r, e->input);
      bool better = e->flips != best_flips ? e->flips : size > best || (size == best && count > best_count);
      if (r->first_target >= 0 && !better) continue;
      best_flips = e->flips;
      best = size;
      best_count = count;
      r->first_target = (int32_t)t;
      r->first_effect = (int32_t)i;
    }
}

/* --- all ---------------------------------------------------------------------------------------------------------------------- */

static void describe(const struct plan *p, const struct sensitivity_case *cases, uint32_t count, struct sensitivity_results *r) {
  const struct results *base = p->sides[0].results;
  r->scenario_name = base->scenario_name;
  r->scenario_title = base->scenario_title;
  r->scenario_file = base->scenario_file;
  r->scenario_hash = base->scenario_hash;
  r->engine = AGUANTA_VERSION;
  r->seed_text = base->seed_text;
  r->currency = base->bill.currency;
  r->replications = p->replications;
  r->runs = p->runs;
  r->window_s = base->window_s;
  r->warmup_s = base->warmup_s;
  struct sensitivity_input *inputs = arena_new_array(p->arena, struct sensitivity_input, count + 1);
  for (uint32_t i = 0; i < count; i++) inputs[i] = cases[i].input;
  r->inputs = inputs;
  r->input_count = count;
}

static void collect_violations(const struct plan *p, struct sensitivity_results *r) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < p->runs; i++) count += p->sides[i].results ? p->sides[i].results->violation_count : 0;
  r->violations = arena_new_array(p->arena, const char *, count + 1);
  for (uint32_t i = 0; i < p->runs; i++)
    for (uint32_t v = 0; p->sides[i].results && v < p->sides[i].results->violation_count; v++)
      r->violations[r->violation_count++] = p->sides[i].results->violations[v];
}

struct sensitivity_results *sensitivity_run(struct arena *arena, const struct scenario *base, const struct sensitivity_case *cases,
                                            uint32_t count, const struct sensitivity_options *options) {
  struct plan p = {
      .arena = arena, .base = base, .options = options, .runs = 2 * count + 1, .replications = options->study.replications};
  struct sensitivity_results *r = arena_alloc(arena, sizeof *r);
  r->first_target = r->first_effect = -1;
  if (!p.replications) p.replications = (uint32_t)base->model.run.replications;
  if (!options->study.replications && p.replications < ENOUGH_LEAST) p.replications = ENOUGH_LEAST;
  p.targets = options->measure_count ? options->measure_count : base->claims.count;
  r->interrupted = !run_all(&p, cases, count);
  collect_violations(&p, r);
  if (!r->interrupted) {
    describe(&p, cases, count, r);
    r->target_count = p.targets;
    r->targets = arena_new_array(arena, struct sensitivity_target, r->target_count + 1);
    for (uint32_t i = 0; i < r->target_count; i++) fill_target(&p, &r->targets[i], i, count);
    find_first(r);
  }
  return r;
}
