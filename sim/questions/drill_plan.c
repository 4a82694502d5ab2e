/* What is judged, over which windows, and how long is watched. */
#include "models/faults/drill.h"
#include "models/faults/fault.h"
#include "models/traffic/source.h"
#include "sim/engine/arena.h"
#include "sim/measure/measure_row.h"
#include "sim/questions/drill_inner.h"
#include "sim/scenario/unit.h"
#include "sim/scenario/unit_print.h"
#include "sim/study/replicate.h"
#include <string.h>

enum { BINS_MOST = 1500, WINDOW_BINS = 20, WINDOWS_LEAST = 4 };
static const sim_time bin_least = 100 * SIM_MS, watch_least = 2 * SIM_MINUTE, watch_most = 30 * SIM_MINUTE,
                      watch_endless = 10 * SIM_MINUTE, pilot_length = SIM_MINUTE;
static const double requests_most = 5e6; /* in all runs, unless --for asks for more */

/* --- what is judged ----------------------------------------------------------------------------------------------------------- */

static bool word_is(const struct claim *c, const char *word) {
  return !strcmp(c->measure.kind->word ? c->measure.kind->word : "", word);
}

/* At the instant of the strike, as the scenario has it: since the end of its warm-up. */
static bool asks_about(const struct drill *d, const struct claim *c) {
  const struct run_config *run = &d->scenario->model.run;
  enum window_kind kind = c->measure.window.kind;
  if (kind == WINDOW_WHOLE || kind == WINDOW_PEAK) return true;
  if (d->answer->clock && kind == WINDOW_RANGE) return false; /* the run begins at another time of day */
  return window_covers(&c->measure.window, run, d->strike - run->warmup);
}

/* Null: it is judged. */
static const char *why_left_out(const struct drill *d, const struct claim *c) {
  const struct measure_kind *k = c->measure.kind;
  if (k->over_faults) return "is about years of faults: ask `aguanta run`";
  if (k->argument == ARGUMENT_MONTH) return "is about a month's bill";
  if (word_is(c, "count") || word_is(c, "arrived") || word_is(c, "unanswered")) return "is a number over a whole run";
  if (k->argument != ARGUMENT_METRIC || !(k->windows & ASKED_OF(c->measure.subject))) return "is kept for a whole run only";
  return asks_about(d, c) ? NULL : "asks about another time than that of the strike";
}

static void leave_out(struct drill_results *r, const struct claim *c, const char *reason) {
  r->left_out[r->left_out_count++] = (struct drill_left_out){c->expression, reason};
}

void drill_choose_requirements(struct drill *d) {
  struct config_list judged = scenario_judged(d->arena, d->scenario);
  const struct claim *claims = judged.items;
  struct drill_results *r = d->answer;
  r->requirements = arena_new_array(d->arena, struct drill_requirement, judged.count + 1);
  r->left_out = arena_new_array(d->arena, struct drill_left_out, judged.count + 1);
  d->requirements = arena_new_array(d->arena, struct requirement, judged.count + 1);
  for (uint32_t i = 0; i < judged.count; i++) {
    const struct claim *c = &claims[i];
    if (c->kind != CLAIM_REQUIREMENT || measure_settles(&c->measure) || word_is(c, "rto")) continue;
    const char *reason = why_left_out(d, c);
    if (reason) {
      leave_out(r, c, reason);
      continue;
    }
    struct requirement *q = &d->requirements[r->requirement_count];
    q->of = windowed_of(c);
    q->answer = &r->requirements[r->requirement_count++];
    *q->answer =
        (struct drill_requirement){c->name, c->expression, c->severity, c->measure.kind->unit, c->low, c->high, NAN, NAN, NULL};
    measure_request(&c->measure, &d->calm);
    d->calm.records_use |= !q->of.of_requests;
  }
}

const struct claim *drill_allowed(const struct drill *d, uint32_t fault) {
  const struct claim *claims = d->scenario->claims.items, *found = NULL;
  for (uint32_t i = 0; i < d->scenario->claims.count; i++) {
    const struct claim *c = &claims[i];
    if (c->kind != CLAIM_REQUIREMENT || !word_is(c, "rto") || c->measure.index != fault) continue;
    if (!found || c->severity < found->severity) found = c;
  }
  return found;
}

/* --- the pilot ---------------------------------------------------------------------------------------------------------------- */

/* Requests a second around the strike, of all and of each requirement: from one short replication without a fault. */
static bool pilot(struct drill *d) {
  struct model m = d->calm;
  m.run.warmup = d->strike, m.run.window = pilot_length, m.run.windows = 1;
  struct view *sum = view_new(&m, true);
  const struct replication_plan plan = {&m, m.run.seed, WORLD_TRAFFIC, 1, d->options->study.interrupted, NULL, NULL, NULL};
  bool whole = replicate(&plan, sum, 0, 1) == 1;
  d->per_s = (double)sum->arrived[view_row(sum, sum->endpoint_count, -1)] / sim_seconds(pilot_length);
  for (uint32_t i = 0; i < d->answer->requirement_count; i++) {
    const struct requirement *q = &d->requirements[i];
    q->answer->per_s =
        q->of.of_requests ? (double)sum->arrived[measure_view_row(&q->of.claim->measure, sum)] / sim_seconds(pilot_length) : NAN;
  }
  view_free(sum);
  return whole;
}

static sim_time window_of(const struct requirement *q) { return windowed_length(&q->of, q->answer->per_s); }

/* --- lengths ------------------------------------------------------------------------------------------------------------------ */

static sim_time longest_outage(const struct drill *d) {
  double most = 0;
  for (uint32_t i = 0; i < d->answer->fault_count; i++) most = fmax(most, d->answer->faults[i].expected_s);
  return most < 1e9 ? (sim_time)(most * 1e9) : 1000000000 * SIM_S;
}

static sim_time clamp(sim_time x, sim_time low, sim_time high) { return x < low ? low : x > high ? high : x; }

/* Three times what an outage takes in the mean and a minute, room for four short windows, and no more than is simulated in a while.
 * A repair that takes longer than that is not waited for. */
static sim_time choose_watch(const struct drill *d) {
  sim_time watch = longest_outage(d);
  watch = watch > watch_most ? watch_endless : 3 * watch + SIM_MINUTE;
  for (uint32_t i = 0; i < d->answer->requirement_count; i++) {
    sim_time window = window_of(&d->requirements[i]);
    if (window < watch_most / WINDOWS_LEAST && WINDOWS_LEAST * window > watch) watch = WINDOWS_LEAST * window;
  }
  double affordable_s = requests_most / (d->per_s * d->replications * (d->answer->fault_count + 1));
  sim_time most = affordable_s < sim_seconds(watch_most) ? (sim_time)(affordable_s * 1e9) : watch_most;
  return clamp(watch, watch_least, most > watch_least ? most : watch_least);
}

/* 0.1 s, 0.2 s, 0.5 s, 1 s ...: at least this. */
static sim_time round_up(sim_time least) {
  static const int steps[] = {1, 2, 5};
  for (sim_time decade = bin_least;; decade *= 10)
    for (int i = 0; i < 3; i++)
      if (steps[i] * decade >= least) return steps[i] * decade;
}

static bool read_watch(const struct drill *d, sim_time *watch, const char **wrong) {
  int64_t ns = 0;
  const char *bad = unit_parse_duration(d->arena, d->options->watch, &ns);
  if (!bad && (ns < SIM_S || ns > 30 * SIM_DAY)) bad = "must be from 1s to 30d";
  if (bad) *wrong = arena_format(d->arena, "--for %s", bad);
  *watch = ns;
  return !bad;
}

static void set_widths(struct drill *d, sim_time watch) {
  for (uint32_t i = 0; i < d->answer->requirement_count; i++) {
    struct requirement *q = &d->requirements[i];
    sim_time window = window_of(q);
    if (window == SIM_NEVER || WINDOWS_LEAST * window > watch) {
      q->answer->reason =
          window == SIM_NEVER
              ? arena_format(d->arena, "too few requests at %.3g/s", q->answer->per_s)
              : arena_format(d->arena, "too few requests: at %.3g/s it takes windows of %.0f s, --for %.0fs", q->answer->per_s,
                             ceil(sim_seconds(window)), ceil(WINDOWS_LEAST * sim_seconds(window)));
      q->of.width = 1;
      continue;
    }
    windowed_set(&q->of, window, d->bin);
    q->answer->window_s = q->of.width * sim_seconds(d->bin);
  }
}

/* The longest short window that is judged, and the shortest. */
static void widths_of(const struct drill *d, sim_time watch, sim_time *least, sim_time *most) {
  *least = watch, *most = 0;
  for (uint32_t i = 0; i < d->answer->requirement_count; i++) {
    sim_time window = window_of(&d->requirements[i]);
    if (window == SIM_NEVER || WINDOWS_LEAST * window > watch) continue;
    if (window < *least) *least = window;
    if (window > *most) *most = window;
  }
}

static void cut(struct drill *d, sim_time watch) {
  sim_time least, most;
  widths_of(d, watch, &least, &most);
  sim_time before = clamp(2 * most, 10 * SIM_S, watch);
  if (!d->movable && before > d->strike) before = d->strike;
  sim_time bin = least / WINDOW_BINS, coarse = (before + watch) / BINS_MOST;
  d->bin = round_up(bin > coarse ? bin : coarse);
  d->before = (uint32_t)((before + d->bin - 1) / d->bin);
  if (!d->movable) d->before = (uint32_t)(before / d->bin);
  d->bins = d->before + (uint32_t)((watch + d->bin - 1) / d->bin);
  if (d->movable) d->strike += d->before * d->bin;
  struct run_config *run = &d->calm.run;
  run->warmup = d->strike - d->before * d->bin;
  run->window = d->bins * d->bin;
  run->windows = d->bins;
  run->probes.count = 0;
  run->method = METHOD_REPLICATIONS;
  set_widths(d, watch);
}

bool drill_plan(struct drill *d, const char **wrong) {
  sim_time watch = 0;
  if (d->options->watch && !read_watch(d, &watch, wrong)) return false;
  if (!pilot(d)) return d->answer->interrupted = true;
  if (!(d->per_s > 0)) {
    *wrong = "no request arrives around the strike: there is nothing that could break";
    return false;
  }
  cut(d, watch ? watch : choose_watch(d));
  if (!d->before) {
    *wrong = "--at leaves no time before the strike: the requirements are judged there first";
    return false;
  }
  d->answer->warmup_s = sim_seconds(d->calm.run.warmup);
  d->answer->before_s = sim_seconds(d->before * d->bin);
  d->answer->watch_s = sim_seconds((d->bins - d->before) * d->bin);
  d->answer->step_s = sim_seconds(d->bin);
  d->answer->strike_s = sim_seconds(d->strike);
  d->answer->load_per_s = d->per_s;
  return true;
}
