/* Several studies side by side: what makes their replications pairs, and how many of them there are. */
#include "sim/questions/compare.h"
#include "models/faults/fault.h"
#include "sim/engine/arena.h"
#include "sim/scenario/unit_print.h"
#include "sim/measure/estimate.h"
#include "sim/measure/measure_row.h"
#include "sim/questions/compare_inner.h"
#include "sim/study/version.h"
#include <math.h>

/* --- opening ------------------------------------------------------------------------------------------------------------------ */

static void report_progress(void *context, double done, uint32_t of) {
  const struct compare_watch *watch = context;
  struct compare *c = watch->compare;
  double sum = 0;
  c->done[watch->system] = done;
  for (uint32_t i = 0; i < c->count; i++) sum += c->done[i];
  uint32_t all = c->count * c->target;
  c->options.progress(c->options.context, sum, !of ? 0 : sum > all ? (uint32_t)ceil(sum) : all);
}

static struct study *open_one(struct compare *c, uint32_t i) {
  struct study_options options = c->options;
  c->watches[i] = (struct compare_watch){c, i};
  options.context = &c->watches[i];
  options.foreseen = NULL;
  if (options.progress) options.progress = report_progress;
  return study_open(c->arena, &c->scenarios[i], &options);
}

struct compare *compare_open(struct arena *arena, const struct scenario *const *scenarios, uint32_t count,
                             const struct study_options *o) {
  struct compare *c = arena_alloc(arena, sizeof *c);
  c->arena = arena;
  c->options = *o;
  c->count = count;
  c->scenarios = arena_new_array(arena, struct scenario, count);
  c->studies = arena_new_array(arena, struct study *, count);
  c->watches = arena_new_array(arena, struct compare_watch, count);
  c->done = arena_new_array(arena, double, count);
  for (uint32_t i = 0; i < count; i++) {
    c->scenarios[i] = *scenarios[i];
    c->scenarios[i].model.run.seed = scenarios[0]->model.run.seed;
    c->scenarios[i].model.run.method = METHOD_REPLICATIONS;
    c->studies[i] = open_one(c, i);
  }
  return c;
}

void compare_close(struct compare *c) {
  for (uint32_t i = 0; i < c->count; i++) study_close(c->studies[i]);
}

static bool has_faults(const struct scenario *s) { return s->model.run.years && model_faults(&s->model)->count; }

const char *compare_error(const struct compare *c) {
  const struct scenario *base = &c->scenarios[0];
  for (uint32_t i = 1; i < c->count; i++) {
    const struct scenario *s = &c->scenarios[i];
    const struct run_config *a = &base->model.run, *b = &s->model.run;
    if (a->window != b->window)
      return arena_format(
          c->arena, "%s measures %s and %s measures %s: what is compared needs the same run.window, such as --set run.window=%s",
          base->file, unit_print_duration(c->arena, a->window), s->file, unit_print_duration(c->arena, b->window),
          unit_print_duration(c->arena, a->window));
    if (has_faults(base) && has_faults(s) && a->years_per_replication != b->years_per_replication)
      return arena_format(c->arena,
                          "%s replicates faults by %lld years and %s by %lld: what is compared needs the same "
                          "run.years_per_replication, such as --set run.years_per_replication=%lld",
                          base->file, (long long)a->years_per_replication, s->file, (long long)b->years_per_replication,
                          (long long)a->years_per_replication);
  }
  return NULL;
}

/* --- how many ----------------------------------------------------------------------------------------------------------------- */

uint32_t compare_first(const struct compare *c) {
  int64_t first = c->limit_count || c->options.precision > 0 || c->best ? ENOUGH_LEAST : 2;
  if (c->options.replications) return c->options.replications;
  for (uint32_t i = 0; i < c->count; i++)
    if (c->scenarios[i].model.run.replications > first) first = c->scenarios[i].model.run.replications;
  return (uint32_t)first;
}

static uint32_t first_faults(const struct compare *c) {
  uint32_t most = 0;
  for (uint32_t i = 0; i < c->count; i++) {
    uint32_t pieces = enough_pieces(&c->scenarios[i].model);
    if (pieces > most) most = pieces;
  }
  return most;
}

struct enough compare_plan(const struct compare *c, uint32_t first) {
  int64_t budget = c->options.budget;
  for (uint32_t i = 0; i < c->count && !c->options.budget; i++)
    if (c->scenarios[i].model.run.budget > budget) budget = c->scenarios[i].model.run.budget;
  struct enough plan = enough_plan(first, budget, c->options.precision > 0 || c->best);
  plan.precision = c->options.precision;
  return plan;
}

bool compare_extend(struct compare *c, uint32_t system, uint32_t traffic, uint32_t faults) {
  bool good = study_extend(c->studies[system], traffic, faults);
  study_find_growth(c->studies[system]);
  c->interrupted |= !good;
  return good;
}

static bool extend_all(struct compare *c, uint32_t traffic, uint32_t faults) {
  if (traffic > c->target) c->target = traffic;
  for (uint32_t i = 0; i < c->count; i++)
    if (!compare_extend(c, i, traffic, faults)) return false;
  return true;
}

static bool is_latency(const struct compare *c, const struct compare_pair *p) {
  return !p->detail && measure_is_latency(&compare_evidence(c, 0)->entries[p->base_entry].measure);
}

/* Replications until the difference is known to the precision, relative to the base's value. */
static uint32_t pair_needs(const struct compare *c, const struct compare_pair *p) {
  struct compare_row row = compare_row_of(c, p, compare_family_confidence(c, p->detail));
  const struct evidence *base = compare_evidence(c, 0), *other = compare_evidence(c, p->system);
  if (base->growth.grows || other->growth.grows) return 0;
  if (isnan(row.difference.value)) {
    uint32_t a = entry_needs(base, &base->entries[p->base_entry], 0), b = entry_needs(other, &other->entries[p->entry], 0);
    return isnan(row.base.value) && a > b ? a : isnan(row.value.value) ? b : 0;
  }
  double half = 0.5 * (row.difference.high - row.difference.low);
  double target = stopping_target(c->options.precision, fabs(row.base.value));
  return half <= target ? 0 : stopping_until(half, target, base->traffic.done);
}

static void ask_for(const struct compare *c, struct enough *plan, bool over_faults, double caution) {
  for (uint32_t i = 0; i < c->limit_count; i++)
    for (uint32_t k = 1; k < c->count; k++)
      if (c->limits[i].measures[0].kind->over_faults == over_faults)
        enough_ask(plan, compare_limit_needs(c, &c->limits[i], k, caution), false);
  for (uint32_t i = 0; i < c->pair_count && c->options.precision > 0 && !over_faults; i++)
    if (is_latency(c, &c->pairs[i])) enough_ask(plan, pair_needs(c, &c->pairs[i]), true);
}

struct settling {
  struct compare *compare;
  bool over_faults;
};

static void ask(void *context, struct enough *plan, uint32_t done) {
  const struct settling *s = context;
  ask_for(s->compare, plan, s->over_faults, enough_caution(plan, done));
}

static bool extend(void *context, uint32_t until, uint32_t wanted) {
  const struct settling *s = context;
  if (s->over_faults) return extend_all(s->compare, 0, until);
  s->compare->target = wanted > until ? wanted : until;
  return extend_all(s->compare, until, 0);
}

static bool settle_half(struct compare *c, bool over_faults, uint32_t first) {
  struct enough plan = compare_plan(c, first);
  struct settling settling = {c, over_faults};
  return enough_settle(&plan, first, &(struct enough_work){ask, extend, &settling}) > 0;
}

/* --- running ------------------------------------------------------------------------------------------------------------------ */

static void share_warmup(struct compare *c) {
  sim_time longest = 0;
  for (uint32_t i = 0; i < c->count; i++) {
    sim_time mine = study_warmup(c->studies[i]);
    if (mine > longest) longest = mine;
  }
  for (uint32_t i = 0; i < c->count; i++) study_set_warmup(c->studies[i], longest);
}

static void foresee(const struct compare *c, uint32_t first) {
  struct enough plan = compare_plan(c, first);
  double requests = 0;
  for (uint32_t i = 0; i < c->count; i++) requests += (double)compare_evidence(c, i)->traffic.sum->observation.arrived / first;
  ask_for(c, &plan, false, 1);
  enough_foresee(&plan, &c->options, first, requests);
}

static bool settle(struct compare *c) {
  uint32_t first = compare_first(c), faults = first_faults(c);
  if (!extend_all(c, first, faults)) return false;
  if (c->options.replications) return true;
  foresee(c, first);
  return settle_half(c, false, first) && (!faults || settle_half(c, true, faults));
}

/* Interrupted, some have more replications than others: pairs are what all have. */
static uint32_t least_done(const struct compare *c, bool over_faults) {
  uint32_t least = UINT32_MAX;
  for (uint32_t i = 0; i < c->count; i++) {
    uint32_t n = study_replications(c->studies[i], over_faults);
    if (n < least) least = n;
  }
  return least;
}

static bool is_precise(const struct compare *c) {
  for (uint32_t i = 0; i < c->pair_count; i++)
    if (is_latency(c, &c->pairs[i]) && pair_needs(c, &c->pairs[i])) return false;
  return true;
}

static void judge_limits(struct compare *c, struct compare_results *r) {
  r->limits = arena_new_array(c->arena, struct compare_limit_result, (size_t)c->limit_count * c->count + 1);
  for (uint32_t i = 0; i < c->limit_count; i++)
    for (uint32_t k = 1; k < c->count; k++) r->limits[r->limit_count++] = compare_judge(c, &c->limits[i], k, 1);
}

static struct compare_results *answer(struct compare *c) {
  struct compare_results *r = arena_alloc(c->arena, sizeof *r);
  const struct run_config *run = &compare_evidence(c, 0)->model.run;
  *r = (struct compare_results){
      .system_count = c->count, .engine = AGUANTA_VERSION, .confidence = INTERVAL_CONFIDENCE, .precise = true};
  r->precision = c->options.precision;
  r->interrupted = c->interrupted;
  r->replications = least_done(c, false);
  r->fault_replications = least_done(c, true);
  r->budget = compare_plan(c, compare_first(c)).budget;
  r->window_s = sim_seconds(run->window);
  r->warmup_s = sim_seconds(run->warmup);
  r->systems = arena_new_array(c->arena, struct results *, c->count);
  for (uint32_t i = 0; i < c->count; i++) r->systems[i] = study_results(c->studies[i]);
  r->other_customers = compare_customers(c);
  r->seed_text = r->systems[0]->seed_text;
  r->currency = r->systems[0]->bill.currency;
  return r;
}

struct compare_results *compare_run(struct compare *c) {
  share_warmup(c);
  if (c->best) {
    struct best_result *best = compare_choose(c);
    struct compare_results *r = answer(c);
    r->best = best;
    return r;
  }
  compare_find_pairs(c);
  for (uint32_t i = 0; i < c->limit_count; i++) c->limits[i].entries = compare_take(c, c->limits[i].measures, c->limits[i].text);
  settle(c);
  struct compare_results *r = answer(c);
  if (r->precision > 0) r->precise = is_precise(c);
  judge_limits(c, r);
  r->rows = compare_rows(c);
  r->row_count = c->pair_count;
  return r;
}
