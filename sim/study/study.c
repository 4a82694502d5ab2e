#include "sim/study/study.h"
#include "models/faults/fault.h"
#include "sim/engine/arena.h"
#include "sim/measure/catalogue.h"
#include "sim/measure/findings.h"
#include "sim/measure/strikes.h"
#include "sim/study/carried.h"
#include "sim/study/replicate.h"
#include "sim/study/study_inner.h"

/* --- opening ------------------------------------------------------------------------------------------------------------------ */

uint32_t study_add(struct study *s, const struct measure *m, const char *name, const char *aggregate) {
  evidence_add(&s->evidence, *m, name, aggregate);
  measure_request(m, &s->evidence.model);
  return s->evidence.count - 1;
}

/* The long run, or the pilot before it. */
static void followed(void *study, sim_time simulated) {
  const struct study *s = study;
  double done = s->batches ? long_run_progress(s->long_run, simulated) : 0;
  s->options.progress(s->options.context, done < s->batches ? done : s->batches, s->batches);
}

/* Fewer pieces than ten have no spread to speak of. */
static void cut_years(struct run_config *run) {
  if (run->years && run->years < PIECES_LEAST * run->years_per_replication)
    run->years_per_replication = (run->years + PIECES_LEAST - 1) / PIECES_LEAST;
}

struct study *study_open(struct arena *arena, const struct scenario *scenario, const struct study_options *o) {
  struct study *s = arena_alloc(arena, sizeof *s);
  *s = (struct study){.evidence = {.arena = arena, .model = scenario->model, .judged = scenario_judged(arena, scenario)},
                      .scenario = scenario,
                      .options = *o};
  if (!s->options.jobs) s->options.jobs = 1;
  cut_years(&s->evidence.model.run);
  s->watch = (struct world_watch){s->options.interrupted, s->options.progress ? followed : NULL, s};
  catalogue_add(&s->evidence);
  return s;
}

void study_close(struct study *s) {
  long_run_free(s->long_run);
  carried_close(s);
  view_free(s->evidence.traffic.sum);
  view_free(s->evidence.faults.sum);
  view_free(s->evidence.biased.half.sum);
  s->long_run = NULL;
  s->evidence.traffic.sum = s->evidence.faults.sum = s->evidence.biased.half.sum = NULL;
}

const struct evidence *study_evidence(const struct study *s) { return &s->evidence; }

sim_time study_warmup(struct study *s) {
  warm_up_find(s);
  return s->evidence.model.run.warmup;
}

void study_set_warmup(struct study *s, sim_time warmup) {
  s->evidence.model.run.warmup = warmup;
  s->evidence.model.run.find_warmup = false;
}

bool study_begins_empty(struct study *s) {
  if (s->evidence.warmup != WARMUP_IS_MISSING) return false;
  s->evidence.warmup = WARMUP_IS_GIVEN;
  return true;
}

/* A claim over a part of the window has no batches. */
static bool claims_windows(const struct evidence *ev) {
  for (uint32_t i = ev->claims_from; i < ev->count; i++)
    if (ev->entries[i].measure.window.kind != WINDOW_WHOLE) return true;
  return false;
}

static bool in_batches(const struct study *s) {
  const struct run_config *run = &s->evidence.model.run;
  if (run->method == METHOD_REPLICATIONS || !run->stationary || claims_windows(&s->evidence)) return false;
  return run->method == METHOD_BATCHES || (run->warmup > run->window && !s->options.replications);
}

/* Everything that waits until it is known what is measured. */
static void prepare(struct study *s) {
  struct evidence *ev = &s->evidence;
  struct model *m = &ev->model;
  if (s->prepared) return;
  s->prepared = true;
  ev->claims_from = ev->count;
  for (uint32_t i = 0; i < ev->judged.count; i++) {
    const struct claim *claim = evidence_claim(ev, i);
    evidence_add(ev, claim->measure, claim->expression, claim->name);
  }
  study_warmup(s);
  if (in_batches(s)) {
    m->run.windows = 1;
    s->long_run = long_run_new(m, m->run.seed, &s->watch);
  }
  if (!s->long_run) strikes_open(ev);
  ev->traffic.sum = view_new(m, true);
  if (m->run.years && model_faults(m)->count) ev->faults.sum = view_new(m, false), carried_open(s);
  if (ev->faults.sum) uptime_entries(ev);
  ev->timeline = arena_new_array(ev->arena, struct tally, m->endpoints.count * TIMELINE_COLUMNS * (size_t)m->run.windows);
  ev->availability_samples = arena_new_array(ev->arena, double *, m->endpoints.count + 1);
}

/* --- running ------------------------------------------------------------------------------------------------------------------ */

struct running {
  struct study *study;
  bool over_faults;
  uint32_t until;
};

/* Years of faults take little next to the traffic, and nothing is foreseen of them. */
static void moved(void *context, double done) {
  struct running *r = context;
  struct study *s = r->study;
  if (r->over_faults) return;
  s->options.progress(s->options.context, done, s->foreseen > r->until ? s->foreseen : r->until);
}

static void seen(void *context, uint32_t replication, const struct view *v) {
  struct running *r = context;
  struct study *s = r->study;
  evidence_take(&s->evidence, r->over_faults, replication, v);
  if (!r->over_faults) evidence_take_timeline(&s->evidence, v), strikes_take(&s->evidence, replication, v);
  if (s->options.progress) moved(r, replication + 1);
}

/* Until there are n. False when interrupted. */
static bool run(struct study *s, bool over_faults, uint32_t n) {
  struct evidence *ev = &s->evidence;
  struct half *half = over_faults ? &ev->faults : &ev->traffic;
  if (!half->sum || n <= half->done) return true;
  if (over_faults && !carried_find(s)) return false;
  evidence_make_room(ev, over_faults, n);
  if (!over_faults) strikes_make_room(ev, n);
  struct running running = {s, over_faults, n};
  struct replication_plan plan = {.model = &ev->model,
                                  .seed = ev->model.run.seed,
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
  struct evidence *ev = &s->evidence;
  uint32_t n = long_run_count(s->long_run) / 2;
  evidence_make_room(ev, false, n);
  view_free(ev->traffic.sum);
  ev->traffic = (struct half){.sum = view_new(&ev->model, true), .done = n};
  for (uint32_t i = 0; i < n; i++) {
    struct view *pair = long_run_pair(s->long_run, i);
    evidence_take(ev, false, i, pair);
    view_merge(ev->traffic.sum, pair, &ev->model);
    view_free(pair);
  }
}

static bool interrupted(const struct study *s) { return s->options.interrupted && atomic_load(s->options.interrupted); }

/* Until there are this many batches. False when interrupted. */
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

uint32_t study_replications(const struct study *s, bool over_faults) { return evidence_half(&s->evidence, over_faults)->done; }

void study_find_growth(struct study *s) {
  growth_find(&s->evidence, s->long_run ? long_run_growth(s->long_run, s->evidence.arena) : NULL);
}

struct results *study_run(struct arena *arena, const struct scenario *scenario, const struct study_options *o) {
  struct study *s = study_open(arena, scenario, o);
  study_settle(s);
  struct results *r = study_results(s);
  study_close(s);
  return r;
}
