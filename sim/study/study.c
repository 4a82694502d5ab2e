#include "sim/study/study.h"
#include "sim/engine/arena.h"
#include "sim/study/replicate.h"
#include "sim/study/study_inner.h"
#include "sim/study/version.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PIECES_LEAST = 10 }; /* of the availability run */

/* --- opening ---------------------------------------------------------------------------------------------------------------------- */

struct entry *study_add_entry(struct study *s, struct measure measure, const char *name, const char *aggregate) {
  if (s->count == s->room) {
    struct entry *old = s->entries;
    s->entries = arena_new_array(s->arena, struct entry, s->room = s->room ? 2 * s->room : 64);
    if (old) memcpy(s->entries, old, s->count * sizeof *old);
  }
  s->entries[s->count] = (struct entry){.measure = measure, .name = name, .aggregate = aggregate};
  return &s->entries[s->count++];
}

uint32_t study_add(struct study *s, const struct measure *m, const char *name, const char *aggregate) {
  study_add_entry(s, *m, name, aggregate);
  measure_request(m, &s->model);
  return s->count - 1;
}

/* The long run, or the pilot before it. */
static void followed(void *study, sim_time simulated) {
  const struct study *s = study;
  double done = s->batches ? long_run_progress(s->long_run, simulated) : 0;
  s->options.progress(s->options.context, done < s->batches ? done : s->batches, s->batches);
}

struct study *study_open(struct arena *arena, const struct scenario *scenario, const struct study_options *o) {
  struct study *s = arena_alloc(arena, sizeof *s);
  s->arena = arena, s->scenario = scenario, s->options = *o, s->model = scenario->model;
  if (!s->options.jobs) s->options.jobs = 1;
  struct run_config *run = &s->model.run; /* fewer pieces than ten have no spread to speak of */
  if (run->years && run->years < PIECES_LEAST * run->years_per_replication)
    run->years_per_replication = (run->years + PIECES_LEAST - 1) / PIECES_LEAST;
  s->watch = (struct world_watch){s->options.interrupted, s->options.progress ? followed : NULL, s};
  s->judged = scenario_judged(arena, scenario);
  catalogue_add(s);
  return s;
}

void study_close(struct study *s) {
  long_run_free(s->long_run);
  view_free(s->traffic.sum);
  view_free(s->faults.sum);
  s->long_run = NULL, s->traffic.sum = s->faults.sum = NULL;
}

sim_time study_warmup(struct study *s) {
  warm_up_find(s);
  return s->model.run.warmup;
}

void study_set_warmup(struct study *s, sim_time warmup) { s->model.run.warmup = warmup, s->model.run.find_warmup = false; }

/* A claim over a part of the window has no batches. */
static bool claims_windows(const struct study *s) {
  for (uint32_t i = s->claims_from; i < s->count; i++)
    if (s->entries[i].measure.window.kind != WINDOW_WHOLE) return true;
  return false;
}

static bool in_batches(const struct study *s) {
  const struct run_config *run = &s->model.run;
  if (run->method == METHOD_REPLICATIONS || !run->stationary || claims_windows(s)) return false;
  return run->method == METHOD_BATCHES || (run->warmup > run->window && !s->options.replications);
}

/* Everything that waits until it is known what is measured. */
static void prepare(struct study *s) {
  if (s->prepared) return;
  s->prepared = true;
  const struct claim *claims = s->judged.items;
  s->claims_from = s->count;
  for (uint32_t i = 0; i < s->judged.count; i++) study_add_entry(s, claims[i].measure, claims[i].expression, claims[i].name);
  study_warmup(s);
  if (in_batches(s)) {
    s->model.run.windows = 1;
    s->long_run = long_run_new(&s->model, s->model.run.seed, &s->watch);
  }
  s->traffic.sum = view_new(&s->model, true);
  if (s->model.run.years && s->model.faults.count) s->faults.sum = view_new(&s->model, false);
  s->timeline = arena_new_array(s->arena, struct tally, s->model.endpoints.count * TIMELINE_COLUMNS * (size_t)s->model.run.windows);
  s->availability_samples = arena_new_array(s->arena, double *, s->model.endpoints.count + 1);
}

/* --- running ---------------------------------------------------------------------------------------------------------------------- */

static double *grown(struct study *s, double *old, uint32_t count, uint32_t room) {
  double *new = arena_new_array(s->arena, double, room);
  if (count) memcpy(new, old, count * sizeof *new);
  return new;
}

void study_make_room(struct study *s, bool over_faults, uint32_t n) {
  for (uint32_t i = 0; i < s->count; i++) {
    struct entry *e = &s->entries[i];
    if (e->measure.over_faults != over_faults || e->room >= n) continue;
    e->samples = grown(s, e->samples, e->room, n);
    e->room = n;
  }
  if (!over_faults || s->availability_room >= n) return;
  for (uint32_t i = 0; i <= s->model.endpoints.count; i++)
    s->availability_samples[i] = grown(s, s->availability_samples[i], s->availability_room, n);
  s->availability_room = n;
}

static void take_samples(struct study *s, bool over_faults, uint32_t replication, const struct view *v) {
  for (uint32_t i = 0; i < s->count; i++)
    if (s->entries[i].measure.over_faults == over_faults)
      s->entries[i].samples[replication] = measure_value(&s->entries[i].measure, &s->model, v);
  for (uint32_t i = 0; over_faults && i <= s->model.endpoints.count; i++)
    s->availability_samples[i][replication] = (i ? v->served_s[i - 1] : v->total_served_s) / v->seconds;
}

static void add_to_timeline(struct study *s, const struct view *v) {
  const struct observation *o = &v->observation;
  double seconds = sim_seconds(o->window_length);
  for (uint32_t e = 0; e < o->endpoint_count; e++)
    for (uint32_t i = 0; i < o->window_count; i++) {
      const struct endpoint_window *w = &o->endpoints[e].windows[i];
      struct tally *row = s->timeline + (size_t)e * TIMELINE_COLUMNS * o->window_count + i;
      double failed = 0;
      for (int k = OUTCOME_TIMEOUT; k < OUTCOMES; k++) failed += outcome_failed((enum outcome)k) ? (double)w->ended[k] : 0;
      tally_add(&row[TIMELINE_ARRIVALS * o->window_count], (double)w->arrived / seconds);
      tally_add(&row[TIMELINE_COMPLETED * o->window_count], (double)w->ended[OUTCOME_COMPLETED] / seconds);
      tally_add(&row[TIMELINE_ERRORS * o->window_count], failed / seconds);
      if (w->latency.count) tally_add(&row[TIMELINE_P50 * o->window_count], histogram_quantile(&w->latency, 0.5) * 1e-9);
      if (w->latency.count >= 100) tally_add(&row[TIMELINE_P99 * o->window_count], histogram_quantile(&w->latency, 0.99) * 1e-9);
    }
}

struct running {
  struct study *study;
  bool over_faults;
  uint32_t until;
};

/* Years of faults take little beside the traffic, and nothing is foreseen of them. */
static void moved(void *context, double done) {
  struct running *r = context;
  struct study *s = r->study;
  if (r->over_faults) return;
  s->options.progress(s->options.context, done, s->foreseen > r->until ? s->foreseen : r->until);
}

static void seen(void *context, uint32_t replication, const struct view *v) {
  struct running *r = context;
  struct study *s = r->study;
  take_samples(s, r->over_faults, replication, v);
  if (!r->over_faults) add_to_timeline(s, v);
  if (s->options.progress) moved(r, replication + 1);
}

/* Until there are n. False when interrupted. */
static bool run(struct study *s, bool over_faults, uint32_t n) {
  struct half *half = over_faults ? &s->faults : &s->traffic;
  if (!half->sum || n <= half->done) return true;
  study_make_room(s, over_faults, n);
  struct running running = {s, over_faults, n};
  struct replication_plan plan = {.model = &s->model,
                                  .seed = s->model.run.seed,
                                  .mode = over_faults ? WORLD_AVAILABILITY : WORLD_TRAFFIC,
                                  .jobs = s->options.jobs,
                                  .interrupted = s->options.interrupted,
                                  .seen = seen,
                                  .moved = s->options.progress ? moved : NULL,
                                  .context = &running};
  half->done = replicate(&plan, half->sum, half->done, n);
  return half->done == n;
}

/* The samples are those of pairs of batches, the sums those of all. */
static void read_batches(struct study *s) {
  uint32_t n = long_run_count(s->long_run) / 2;
  study_make_room(s, false, n);
  s->traffic.done = n;
  view_free(s->traffic.sum);
  s->traffic.sum = view_new(&s->model, true);
  for (uint32_t i = 0; i < n; i++) {
    struct view *pair = long_run_pair(s->long_run, i);
    take_samples(s, false, i, pair);
    view_merge(s->traffic.sum, pair, &s->model);
    view_free(pair);
  }
}

static bool interrupted(const struct study *s) { return s->options.interrupted && atomic_load(s->options.interrupted); }

/* Until there are so many batches. False when interrupted. */
static bool run_batches(struct study *s, uint32_t batches) {
  s->batches = batches;
  bool good = long_run_extend(s->long_run, batches) == batches;
  if (good && s->options.progress) s->options.progress(s->options.context, batches, batches);
  return good || !interrupted(s); /* a run that overflowed has no more to give */
}

bool study_lengthen(struct study *s) {
  bool good = run_batches(s, 2 * long_run_count(s->long_run));
  if (good) long_run_join(s->long_run);
  read_batches(s);
  s->interrupted |= !good;
  return good;
}

/* Until there are n pairs of batches, which are what is used. */
static bool run_long(struct study *s, uint32_t n) {
  bool good = run_batches(s, 2 * n);
  read_batches(s);
  return good;
}

bool study_extend(struct study *s, uint32_t traffic, uint32_t faults) {
  prepare(s);
  bool good = s->long_run && traffic ? run_long(s, traffic) : run(s, false, traffic);
  good = good && run(s, true, faults);
  s->interrupted |= !good;
  return good;
}

/* --- reading ---------------------------------------------------------------------------------------------------------------------- */

uint32_t study_entry_count(const struct study *s) { return s->count; }
uint32_t study_claims_from(const struct study *s) { return s->claims_from; }
uint32_t study_replications(const struct study *s, bool over_faults) { return over_faults ? s->faults.done : s->traffic.done; }
const double *study_samples(const struct study *s, uint32_t entry) { return s->entries[entry].samples; }
struct estimate study_value(const struct study *s, uint32_t entry) {
  return entry_estimate(s, &s->entries[entry]);
}
struct growth_words study_growth(const struct study *s) {
  const struct growth_finding *f = &s->growth;
  if (!f->grows) return (struct growth_words){NULL, NULL};
  return (struct growth_words){f->over ? "over capacity" : "tipped over", f->brief};
}

struct entry_name study_entry(const struct study *s, uint32_t entry) {
  const struct entry *e = &s->entries[entry];
  return (struct entry_name){e->name, e->aggregate, e->label_value, measure_unit(&e->measure), e->measure.over_faults};
}

struct claim_result study_verdict(const struct study *s, uint32_t claim) {
  return claim_judge(s, (const struct claim *)s->judged.items + claim, &s->entries[s->claims_from + claim], 1);
}

/* --- results ---------------------------------------------------------------------------------------------------------------------- */

static void describe(const struct study *s, struct results *r) {
  const struct scenario *scenario = s->scenario;
  const struct model *m = &s->model;
  r->scenario_name = scenario->name, r->scenario_title = scenario->title, r->scenario_file = scenario->file;
  r->scenario_hash = scenario->hash, r->engine = AGUANTA_VERSION, r->resolved = scenario->resolved;
  r->seed_text = arena_format(s->arena, "%llu", (unsigned long long)m->run.seed);
  r->replications = s->traffic.done, r->batches = s->long_run != NULL;
  r->requests = s->traffic.sum->arrived[s->traffic.sum->endpoint_count];
  r->window_s = s->traffic.done ? s->traffic.sum->seconds / s->traffic.done : sim_seconds(m->run.window);
  r->warmup_s = sim_seconds(m->run.warmup), r->warmup_found = s->warmup == WARMUP_IS_FOUND;
  r->events = s->traffic.sum->events;
  const char **names = arena_new_array(s->arena, const char *, m->endpoints.count + 1);
  for (uint32_t i = 0; i < m->endpoints.count; i++) names[i] = model_endpoint(m, i)->name;
  r->endpoints = names, r->endpoint_count = m->endpoints.count;
  r->assumptions = arena_new_array(s->arena, struct stated_value, scenario->assumption_count + 1);
  for (uint32_t i = 0; i < scenario->assumption_count; i++)
    r->assumptions[i] =
        (struct stated_value){scenario->assumptions[i].path, scenario->assumptions[i].value, scenario->assumptions[i].source};
  r->assumption_count = scenario->assumption_count;
}

static void collect_violations(const struct study *s, const struct view *v, struct results *r) {
  const char **all = arena_new_array(s->arena, const char *, r->violation_count + v->violation_count + 1);
  for (uint32_t i = 0; i < r->violation_count; i++) all[i] = r->violations[i];
  for (uint32_t i = 0; i < v->violation_count; i++) all[r->violation_count++] = arena_text(s->arena, v->violations[i]);
  r->violations = all;
}

static void judge_claims(const struct study *s, struct results *r) {
  r->claim_count = s->judged.count;
  r->claims = arena_new_array(s->arena, struct claim_result, r->claim_count + 1);
  for (uint32_t i = 0; i < r->claim_count; i++) r->claims[i] = study_verdict(s, i);
}

struct results *study_results(struct study *s) {
  struct results *r = arena_alloc(s->arena, sizeof *r);
  prepare(s);
  findings_growth(s);
  r->interrupted = s->interrupted;
  describe(s, r);
  findings_metrics(s, r);
  findings_tables(s, r);
  findings_pictures(s, r);
  findings_load(s, r);
  judge_claims(s, r);
  findings_left_out(s, r);
  findings_notes(s, r);
  if (s->long_run) {
    long_run_close(s->long_run);
    collect_violations(s, long_run_whole(s->long_run), r);
  }
  collect_violations(s, s->traffic.sum, r);
  if (s->faults.sum) collect_violations(s, s->faults.sum, r);
  return r;
}

struct results *study_run(struct arena *arena, const struct scenario *scenario, const struct study_options *o) {
  struct study *s = study_open(arena, scenario, o);
  study_settle(s);
  struct results *r = study_results(s);
  study_close(s);
  return r;
}
