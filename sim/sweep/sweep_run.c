#include "sim/sweep/sweep_run.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include "sim/json/safe_text.h"
#include "sim/store/state_store.h"
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

/* The workers of a sweep. What stands behind the lock changes only with it. */
struct sweep_workers {
  const struct sweep_plan *plan;
  const struct sweep_watch *watch;
  const char *store;
  struct state_list *states; /* what the store held at the start */
  uint64_t *todo, count;
  uint32_t workers, jobs; /* threads of a worker's study */
  pthread_mutex_t lock;
  struct sweep_results *results;
  uint64_t next, finished;
  double in_progress; /* points, summed over the workers */
  bool stop;
  enum sweep_outcome outcome;
  struct sweep_work *done;
};

static bool interrupted(const struct sweep_workers *w) {
  const atomic_int *flag = w->plan->request->study.interrupted;
  return flag && atomic_load(flag);
}

static uint64_t list_todo(const struct sweep_plan *p, const struct sweep_results *r, uint64_t *todo) {
  uint64_t count = 0;
  for (uint64_t n = 0; n < p->sweep->points; n++)
    if (sweep_plan_mine(p, n) && !sweep_results_has(r, n) && sweep_plan_wanted(p, n)) todo[count++] = n;
  return count;
}

/* With the lock held. */
static void show_progress(struct sweep_workers *w) {
  if (w->watch->progress) w->watch->progress(w->watch->context, w->finished, w->in_progress, w->count);
}

/* How far the study of a worker's point is. */
struct sweep_part {
  struct sweep_workers *workers;
  double part;
};

static void point_moves(void *context, double done, uint32_t of) {
  struct sweep_part *p = context;
  double part = of ? fmin(1, done / of) : 0;
  pthread_mutex_lock(&p->workers->lock);
  p->workers->in_progress += part - p->part;
  p->part = part;
  show_progress(p->workers);
  pthread_mutex_unlock(&p->workers->lock);
}

/* With the lock held. */
static void stop(struct sweep_workers *w, enum sweep_outcome why) {
  w->outcome = sweep_worse(w->outcome, why);
  w->stop = true;
}

/* With the lock held. */
static void store_failed(struct sweep_workers *w, char *error) {
  if (!w->stop || w->outcome != SWEEP_FAILED)
    safe_print(w->plan->request->messages,
               "aguanta %s: %s; stopped, what is finished is kept: the same command continues from there\n",
               w->plan->request->command, error);
  stop(w, SWEEP_FAILED);
  free(error);
}

static void report_violations(const struct sweep_workers *w, const struct results *r, uint64_t n) {
  for (uint32_t i = 0; i < r->violation_count && i < 5; i++)
    safe_print(w->plan->request->messages, "aguanta %s: point %llu: broken invariant: %s\n", w->plan->request->command,
               (unsigned long long)n, r->violations[i]);
}

/* With the lock held. */
static void give_up_result(struct sweep_workers *w, uint64_t n, const struct results *r) {
  stop(w, r->interrupted ? SWEEP_INTERRUPTED : SWEEP_FAILED);
  report_violations(w, r, n);
}

/* A result that is whole and sound is stored; the disk is written outside of the lock. */
static void take_result(struct sweep_workers *w, struct arena *arena, uint64_t n, const struct results *r, double part) {
  char *error = NULL;
  bool good = !r->interrupted && !r->violation_count, stored = false;
  struct point_rows rows = good ? w->watch->rows_of(r) : (struct point_rows){0};
  if (good && w->store) stored = point_store_write(w->store, sweep_plan_key(w->plan, arena, n), &rows, &error);
  pthread_mutex_lock(&w->lock);
  if (good)
    sweep_results_put(w->results, n, &rows, stored);
  else
    give_up_result(w, n, r);
  if (error) store_failed(w, error);
  w->done->requests += r->requests;
  w->done->events += r->events;
  w->done->points += good;
  w->finished++;
  assert(w->finished <= w->count && w->next <= w->count);
  w->in_progress -= part;
  if (w->watch->answered) w->watch->answered(w->watch->context);
  show_progress(w);
  pthread_mutex_unlock(&w->lock);
}

static bool take_point(struct sweep_workers *w, uint64_t *n) {
  pthread_mutex_lock(&w->lock);
  bool more = w->next < w->count && !w->stop && !interrupted(w);
  if (more) *n = w->todo[w->next++];
  pthread_mutex_unlock(&w->lock);
  return more;
}

/* --- one point ---------------------------------------------------------------------------------------------------------------- */

/* A study that continues the largest state that serves, or begins. */
static struct study *begin(struct sweep_part *part, struct arena *arena, const struct scenario *s, uint64_t n) {
  const struct sweep_workers *w = part->workers;
  const struct point_identity *point = &w->plan->points[n];
  struct study_options options = sweep_plan_study(w->plan, s);
  options.jobs = w->jobs;
  options.progress = point_moves;
  options.context = part;
  struct study *study = study_open(arena, s, &options);
  uint32_t stored = w->states ? state_list_find(w->states, point->state_hash, point->replications) : 0;
  FILE *file = stored ? state_open(w->store, point->state_hash, stored) : NULL;
  if (!file) return study;
  bool loaded = study_load(study, file);
  fclose(file);
  if (loaded) return study;
  safe_print(w->plan->request->messages, "aguanta %s: %s/%016" PRIx64 "-%u.state is damaged and not used\n",
             w->plan->request->command, w->store, point->state_hash, stored);
  study_close(study);
  return study_open(arena, s, &options);
}

/* Keeps the sums for more replications. Not being able to is not reported: the rows are what was asked for. */
static void keep_state(const struct sweep_workers *w, const struct study *study, uint64_t n) {
  char *bytes = NULL, *error = NULL;
  size_t length;
  FILE *file = w->store ? allocate_stream(&bytes, &length) : NULL;
  if (!file) return;
  bool whole = study_save(study, file);
  fclose(file);
  if (whole && study_replications(study, false))
    state_write(w->store, w->plan->points[n].state_hash, study_replications(study, false), bytes, length, &error);
  free(bytes);
  free(error);
}

/* With the reason why there is too little memory, or null. */
static void give_up(struct sweep_workers *w, enum sweep_outcome why, const struct memory_need *need) {
  pthread_mutex_lock(&w->lock);
  if (need && w->watch->refused) w->watch->refused(w->watch->context, need);
  stop(w, why);
  pthread_mutex_unlock(&w->lock);
}

static bool point_fits(struct sweep_workers *w, const struct scenario *s) {
  struct study_options study = w->plan->request->study;
  struct memory_need need;
  double most = w->plan->request->memory;
  study.jobs = w->jobs;
  if (!(most > 0) || memory_fits(most, &s, 1, w->workers, &study, &need)) return true;
  give_up(w, SWEEP_FAILED, &need);
  return false;
}

static void answer(struct sweep_workers *w, struct arena *arena, const struct scenario *s, uint64_t n) {
  struct sweep_part part = {w, 0};
  if (!point_fits(w, s)) return;
  struct study *study = begin(&part, arena, s, n);
  bool whole = study_settle(study);
  struct results *r = study_results(study);
  if (whole && !r->violation_count) keep_state(w, study, n);
  study_close(study);
  take_result(w, arena, n, r, part.part);
}

static void *work(void *workers) {
  struct sweep_workers *w = workers;
  for (uint64_t n; take_point(w, &n);) {
    struct arena *arena = arena_new();
    struct scenario *s = sweep_plan_scenario(w->plan, arena, n, NULL, 0);
    if (s) answer(w, arena, s, n);
    if (!s) give_up(w, SWEEP_INVALID, NULL); /* it could be read a moment ago */
    arena_free(arena);
  }
  return NULL;
}

/* --- all of them -------------------------------------------------------------------------------------------------------------- */

/* How many points like the first fit into the memory at a time; at least one, which may be refused when its turn comes. */
static uint32_t at_once(const struct sweep_workers *w, uint32_t wanted) {
  const struct sweep_request *q = w->plan->request;
  struct arena *arena = arena_new();
  const struct scenario *s = wanted > 1 && q->memory > 0 ? sweep_plan_scenario(w->plan, arena, w->todo[0], NULL, 0) : NULL;
  while (s && wanted > 1 && !memory_would_fit(q->memory, s, wanted, q->study.replications)) wanted--;
  arena_free(arena);
  return wanted;
}

/* Points in parallel before replications in parallel: only so there is no waiting at the end of each point. */
static void run_workers(struct sweep_workers *w) {
  uint32_t jobs = w->plan->request->study.jobs, workers = w->count < jobs ? (uint32_t)w->count : jobs, started = 1;
  if (!workers) return;
  w->workers = workers = at_once(w, workers);
  w->jobs = jobs / workers;
  pthread_t *threads = allocate_zeroed(workers, sizeof *threads);
  while (started < workers && !pthread_create(&threads[started], NULL, work, w)) started++;
  work(w);
  for (uint32_t i = 1; i < started; i++) pthread_join(threads[i], NULL);
  free(threads);
}

enum sweep_outcome sweep_run(const struct sweep_plan *plan, struct sweep_results *results, const char *store,
                             const struct sweep_watch *watch, struct sweep_work *done) {
  struct sweep_workers w = {.plan = plan, .results = results, .store = store, .watch = watch, .done = done};
  if (store && !watch->fresh) w.states = state_list_new(store);
  w.todo = allocate_zeroed(plan->sweep->points, sizeof *w.todo);
  w.count = list_todo(plan, results, w.todo);
  pthread_mutex_init(&w.lock, NULL);
  run_workers(&w);
  bool cut = interrupted(&w) && w.finished < w.count;
  pthread_mutex_destroy(&w.lock);
  free(w.todo);
  state_list_free(w.states);
  return cut ? sweep_worse(w.outcome, SWEEP_INTERRUPTED) : w.outcome;
}
