/* Months as runs: over threads, each with an arena of its own. */
#include "models/traffic/offered.h"
#include "sim/engine/arena.h"
#include "sim/measure/estimate.h"
#include "sim/measure/measure.h"
#include "sim/measure/resource.h"
#include "sim/measure/verdict.h"
#include "sim/questions/growth_inner.h"
#include "sim/questions/margin.h"
#include "models/autoscaling/trigger.h"
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

enum { PIECES = 48 };
static const double look_error = 0.005; /* of a verdict, on each side */

/* --- load --------------------------------------------------------------------------------------------------------------------- */

static double busiest(const struct model *m) {
  double most = 0;
  sim_time width = m->run.window / PIECES;
  for (int i = 0; i < PIECES && width > 0; i++) {
    sim_time from = m->run.warmup + i * width;
    most = fmax(most, model_offered(m, from, from + width) / sim_seconds(width));
  }
  return most;
}

/* Over what the first resource can do that requests wait for: where jobs pile up, requests go on. */
static double load_of(const struct model *m, struct arena *arena) {
  struct resource *all;
  double first = INFINITY;
  uint32_t count = resources_of(m, arena, &all);
  for (uint32_t i = 0; i < count; i++)
    if (!all[i].grows) first = fmin(first, resource_saturates_at(&all[i]));
  double load = busiest(m) / first;
  return load > 0 && isfinite(load) ? load : NAN;
}

double outlook_load(struct outlook *o, double month) {
  struct arena *arena = arena_new();
  const struct scenario *s = o->options->scenario(o->options->context, arena, month);
  o->invalid |= !s;
  double load = s ? load_of(&s->model, arena) : NAN;
  arena_free(arena);
  return load;
}

struct outlook_run *outlook_at(struct outlook *o, double month) {
  for (uint32_t i = 0; i < o->count; i++)
    if (fabs(o->runs[i]->month - month) < 1e-9) return o->runs[i];
  if (o->count == OUTLOOK_MOST) return NULL;
  struct arena *arena = o->results->arenas[o->results->arena_count++] = arena_new();
  struct scenario *s = o->options->scenario(o->options->context, arena, month);
  if (!s) {
    o->invalid = true;
    return NULL;
  }
  uint32_t claims = outlook_all(o);
  struct outlook_run *r = arena_alloc(o->arena, sizeof *r);
  *r = (struct outlook_run){.month = month, .arena = arena, .scenario = s, .wanted = o->first};
  /* Windows are the same in all months, so that customers can be compared: no batches. */
  s->model.run.method = METHOD_REPLICATIONS;
  r->shown = arena_new_array(o->arena, enum verdict, claims + 1);
  r->margins = arena_new_array(o->arena, double, claims + 1);
  r->answer.values = arena_new_array(o->arena, struct outlook_value, claims + 1);
  double peak = busiest(&s->model), mean = model_offered_rate(&s->model);
  r->answer.month = month;
  r->answer.users = user_growth_users(o->growth, month);
  r->answer.peak_per_s = peak > 0 ? peak : NAN;
  r->answer.load_per_s = mean > 0 ? mean : NAN;
  r->answer.load = load_of(&s->model, arena);
  return o->runs[o->count++] = r;
}

/* --- judging ------------------------------------------------------------------------------------------------------------------ */

static double margin_of_claim(const struct claim *c, double value) {
  double above = isfinite(c->high) ? margin_of(&c->measure, c->high, false, value) : -INFINITY;
  double below = isfinite(c->low) ? margin_of(&c->measure, c->low, true, value) : -INFINITY;
  return fmax(above, below);
}

static void judge_claim(struct outlook_run *r, const struct evidence *ev, uint32_t i, const struct claim *c,
                        const struct entry *e) {
  struct claim_result plain = claim_judge(ev, c, e, 1);
  struct outlook_value *v = &r->answer.values[i];
  *v = (struct outlook_value){plain.estimate, plain.verdict, isnan(plain.estimate.value) ? plain.reason : NULL};
  double caution = margin_caution(&c->measure, &plain.estimate, entry_replications(ev, e), look_error);
  r->shown[i] = measure_settles(&c->measure) ? plain.verdict : claim_judge(ev, c, e, caution).verdict;
  /* Where to look next may rest on a value of which too little is known to show it. */
  double seen = isnan(plain.estimate.value) ? measure_value(&e->measure, &ev->model, entry_view(ev, e)) : plain.estimate.value;
  r->margins[i] = margin_of_claim(c, seen);
  bool endless = margin_is_time(&c->measure) && growth_concerns(ev, &c->measure) && isfinite(c->high);
  if (endless) r->shown[i] = v->verdict = VERDICT_FAIL, r->margins[i] = 1;
  if (measure_settles(&c->measure)) {
    double margin = isnan(r->answer.load) ? 0 : r->answer.load - 1;
    r->margins[i] = r->shown[i] == VERDICT_FAIL ? fmax(margin, 0.02) : fmin(margin, -0.02);
  }
}

static void judge(const struct outlook *o, struct outlook_run *r, const struct evidence *ev, const uint32_t *entries) {
  uint32_t requirements = o->results->requirement_count;
  for (uint32_t i = 0; i < requirements; i++)
    judge_claim(r, ev, i, evidence_claim(ev, o->claims[i]), evidence_claimed(ev, o->claims[i]));
  for (uint32_t i = 0; i < o->trigger_count; i++)
    judge_claim(r, ev, requirements + i, &o->triggers[i].calm, &ev->entries[entries[i]]);
}

static void run_month(struct outlook *o, struct outlook_run *r, uint32_t jobs) {
  struct study_options options = o->options->study;
  options.jobs = jobs, options.replications = r->wanted;
  options.progress = NULL, options.foreseen = NULL;
  struct study *study = study_open(r->arena, r->scenario, &options);
  uint32_t *entries = arena_new_array(r->arena, uint32_t, o->trigger_count + 1);
  for (uint32_t i = 0; i < o->trigger_count; i++)
    entries[i] = study_add(study, &o->triggers[i].calm.measure, o->triggers[i].config->name, "watched");
  struct measure bill = {.kind = measure_kind_of_word("cost"), .subject = SUBJECT_ALL, .cause = -1, .region = -1};
  uint32_t cost = study_add(study, &bill, "cost(month)", "cost");
  r->whole = study_settle(study);
  const struct evidence *ev = study_evidence(study);
  r->results = r->whole ? study_results(study) : NULL;
  if (r->whole) judge(o, r, ev, entries);
  if (r->whole) {
    const struct growth_words words = growth_words(&ev->growth);
    r->answer.grows = words.word ? words.text : NULL;
    r->answer.replications = ev->traffic.done;
    r->answer.cost = entry_estimate(ev, &ev->entries[cost]);
    r->done = r->wanted;
  }
  study_close(study);
}

/* --- over threads ------------------------------------------------------------------------------------------------------------- */

struct round {
  struct outlook *outlook;
  struct outlook_run **todo;
  uint32_t count, next, jobs;
  pthread_mutex_t lock;
};

static bool is_interrupted(const struct outlook *o) {
  return o->options->study.interrupted && atomic_load(o->options->study.interrupted);
}

static struct outlook_run *take(struct round *round) {
  pthread_mutex_lock(&round->lock);
  struct outlook_run *r = round->next < round->count && !is_interrupted(round->outlook) ? round->todo[round->next++] : NULL;
  pthread_mutex_unlock(&round->lock);
  return r;
}

static void *work(void *context) {
  struct round *round = context;
  struct outlook *o = round->outlook;
  for (struct outlook_run *r; (r = take(round));) {
    run_month(o, r, round->jobs);
    pthread_mutex_lock(&round->lock);
    o->done++;
    if (o->options->progress) o->options->progress(o->options->context, o->done, o->done + round->count - round->next);
    pthread_mutex_unlock(&round->lock);
  }
  return NULL;
}

static int by_month(const void *a, const void *b) {
  double x = (*(struct outlook_run *const *)a)->month, y = (*(struct outlook_run *const *)b)->month;
  return (x > y) - (x < y);
}

static void run_round(struct round *round, uint32_t workers) {
  pthread_t threads[64];
  uint32_t started = 0;
  while (started + 1 < workers && started < 64 && !pthread_create(&threads[started], NULL, work, round)) started++;
  work(round);
  for (uint32_t i = 0; i < started; i++) pthread_join(threads[i], NULL);
}

bool outlook_do(struct outlook *o) {
  struct outlook_run *todo[OUTLOOK_MOST];
  struct round round = {.outlook = o, .todo = todo};
  for (uint32_t i = o->count; i-- > 0;) /* the later months are the longer ones */
    if (o->runs[i]->wanted > o->runs[i]->done) todo[round.count++] = o->runs[i];
  uint32_t jobs = o->options->study.jobs ? o->options->study.jobs : 1, workers = round.count < jobs ? round.count : jobs;
  round.jobs = workers ? jobs / workers : 1;
  pthread_mutex_init(&round.lock, NULL);
  if (round.count && !o->invalid) run_round(&round, workers);
  pthread_mutex_destroy(&round.lock);
  qsort(o->runs, o->count, sizeof *o->runs, by_month);
  for (uint32_t i = 0; i < o->count; i++) o->interrupted |= o->runs[i]->wanted > o->runs[i]->done;
  return !o->interrupted && !o->invalid;
}
