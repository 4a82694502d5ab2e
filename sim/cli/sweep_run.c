#include "sim/cli/sweep_run.h"
#include "sim/cli/memory_limit.h"
#include "sim/cli/session.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include "sim/report/export/point_rows.h"
#include "sim/store/state_store.h"
#include "sim/json/safe_text.h"
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct sweep_crew {
  struct sweep_answers *answers;
  struct study_options study;
  struct state_list *states; /* what the store held at the start */
  pthread_mutex_t lock;
  uint64_t *todo, count, next, finished;
  bool stop, quiet, silent, bar;
  double started, last;
  double in_progress; /* points, summed over the workers */
  uint32_t workers;
  enum exit_code code;
  struct sweep_work *done;
};

static uint64_t list_todo(const struct sweep_answers *a, uint64_t *todo) {
  uint64_t count = 0;
  for (uint64_t n = 0; n < a->plan->sweep->points; n++)
    if (sweep_plan_mine(a->plan, n) && !a->of[n].there && sweep_plan_wanted(a->plan, n)) todo[count++] = n;
  return count;
}

/* With the lock held. */
static void show_progress(struct sweep_crew *c) {
  double now = session_clock(), passed = now - c->started, done = (double)c->finished + c->in_progress, all = (double)c->count;
  if (c->silent || passed < 2 || (c->finished < c->count && now - c->last < (c->bar ? 0.2 : 10))) return;
  c->last = now;
  if (c->finished == c->count) {
    if (c->bar) fprintf(stderr, "\r%60s\r", "");
    return;
  }
  fprintf(stderr, "%s%llu of %llu points", c->bar ? "\r" : "", (unsigned long long)c->finished, (unsigned long long)c->count);
  if (done > 1e-6 * all) fprintf(stderr, " (%.0f%%), about %.0f s left", 100 * done / all, passed / done * (all - done));
  fputs(c->bar ? "    " : "\n", stderr);
}

/* How far the study of a worker's point is. */
struct sweep_part {
  struct sweep_crew *crew;
  double part;
};

static void point_moves(void *context, double done, uint32_t of) {
  struct sweep_part *p = context;
  double part = of ? fmin(1, done / of) : 0;
  pthread_mutex_lock(&p->crew->lock);
  p->crew->in_progress += part - p->part;
  p->part = part;
  show_progress(p->crew);
  pthread_mutex_unlock(&p->crew->lock);
}

/* With the lock held. */
static void store_failed(struct sweep_crew *c, char *error) {
  if (!c->stop || c->code != EXIT_ERROR)
    safe_print(stderr, "aguanta: %s; stopped, what is finished is kept: the same command goes on from there\n", error);
  c->code = exit_code_worse(c->code, EXIT_ERROR);
  c->stop = true;
  free(error);
}

static void tell_violations(const struct results *r, uint64_t n) {
  for (uint32_t i = 0; i < r->violation_count && i < 5; i++)
    safe_print(stderr, "aguanta: point %llu: broken invariant: %s\n", (unsigned long long)n, r->violations[i]);
}

/* A result that is whole and sound is stored; the disk is written outside of the lock. */
static void take_result(struct sweep_crew *c, struct arena *arena, uint64_t n, const struct results *r, double part) {
  enum exit_code code = session_exit_code(r, false);
  char *error = NULL;
  const char *store = c->answers->plan->store;
  bool good = !r->interrupted && !r->violation_count, stored = false;
  struct point_rows rows = good ? point_rows_of(r, code, session_exit_code(r, true)) : (struct point_rows){0};
  if (good && store) stored = point_store_write(store, sweep_plan_key(c->answers->plan, arena, n), &rows, &error);
  pthread_mutex_lock(&c->lock);
  if (good)
    sweep_answers_put(c->answers, n, &rows, stored);
  else
    c->code = exit_code_worse(c->code, code), c->stop = true, tell_violations(r, n);
  if (error) store_failed(c, error);
  c->done->requests += r->requests, c->done->events += r->events, c->done->points += good;
  c->finished++, c->in_progress -= part;
  if (!c->quiet) sweep_answers_print(c->answers, false);
  show_progress(c);
  pthread_mutex_unlock(&c->lock);
}

static bool take_point(struct sweep_crew *c, uint64_t *n) {
  pthread_mutex_lock(&c->lock);
  bool more = c->next < c->count && !c->stop && !session_was_interrupted();
  if (more) *n = c->todo[c->next++];
  pthread_mutex_unlock(&c->lock);
  return more;
}

/* --- one point ------------------------------------------------------------------------------------------------------------------- */

/* A study that goes on from the largest state that serves, or begins. */
static struct study *begin(struct sweep_part *part, struct arena *arena, const struct scenario *s, uint64_t n) {
  const struct sweep_crew *c = part->crew;
  const struct sweep_plan *p = c->answers->plan;
  struct study_options options = sweep_plan_study(p, s);
  options.jobs = c->study.jobs, options.interrupted = c->study.interrupted;
  options.progress = point_moves, options.context = part;
  struct study *study = study_open(arena, s, &options);
  uint32_t stored = c->states ? state_list_find(c->states, p->points[n].state_hash, p->points[n].replications) : 0;
  FILE *file = stored ? state_open(p->store, p->points[n].state_hash, stored) : NULL;
  if (!file) return study;
  bool loaded = study_load(study, file);
  fclose(file);
  if (loaded) return study;
  safe_print(stderr, "aguanta sweep: %s/%016" PRIx64 "-%u.state is damaged and not used\n", p->store, p->points[n].state_hash,
             stored);
  study_close(study);
  return study_open(arena, s, &options);
}

/* Keeps the sums for --add-reps. Not being able to is no fault: the rows are what was asked for. */
static void keep_state(const struct sweep_crew *c, const struct study *study, uint64_t n) {
  const struct sweep_plan *p = c->answers->plan;
  char *bytes = NULL, *error = NULL;
  size_t length;
  FILE *file = p->store ? allocate_stream(&bytes, &length) : NULL;
  if (!file) return;
  bool whole = study_save(study, file);
  fclose(file);
  if (whole && study_replications(study, false))
    state_write(p->store, p->points[n].state_hash, study_replications(study, false), bytes, length, &error);
  free(bytes);
  free(error);
}

static void give_up(struct sweep_crew *c, enum exit_code code) {
  pthread_mutex_lock(&c->lock);
  c->code = exit_code_worse(c->code, code), c->stop = true;
  pthread_mutex_unlock(&c->lock);
}

static void answer(struct sweep_crew *c, struct arena *arena, const struct scenario *s, uint64_t n) {
  struct sweep_part part = {c, 0};
  struct study_options fitting = c->study;
  if (!memory_fits(c->answers->plan->options, &s, 1, c->workers, &fitting)) return give_up(c, EXIT_ERROR);
  struct study *study = begin(&part, arena, s, n);
  bool whole = study_settle(study);
  struct results *r = study_results(study);
  if (whole && !r->violation_count) keep_state(c, study, n);
  study_close(study);
  take_result(c, arena, n, r, part.part);
}

static void *work(void *crew) {
  struct sweep_crew *c = crew;
  for (uint64_t n; take_point(c, &n);) {
    struct arena *arena = arena_new();
    struct scenario *s = sweep_plan_scenario(c->answers->plan, arena, n, NULL, 0);
    if (s) answer(c, arena, s, n);
    if (!s) give_up(c, EXIT_INVALID); /* it could be read a moment ago */
    arena_free(arena);
  }
  return NULL;
}

/* How many points like the first fit into the memory at a time; at least one, which may be refused when its turn comes. */
static uint32_t at_once(const struct sweep_crew *c, uint32_t wanted) {
  struct arena *arena = arena_new();
  struct study_options study = c->study;
  const struct scenario *s = wanted > 1 ? sweep_plan_scenario(c->answers->plan, arena, c->todo[0], NULL, 0) : NULL;
  while (s && wanted > 1 && !memory_would_fit(c->answers->plan->options, s, wanted, study.replications)) wanted--;
  arena_free(arena);
  return wanted;
}

/* Points in parallel before replications in parallel: only so there is no waiting at the end of each point. */
static void run_crew(struct sweep_crew *c) {
  uint32_t jobs = c->study.jobs, workers = c->count < jobs ? (uint32_t)c->count : jobs, started = 1;
  if (!workers) return;
  c->workers = workers = at_once(c, workers);
  c->study.jobs = jobs / workers;
  pthread_t *threads = allocate_zeroed(workers, sizeof *threads);
  while (started < workers && !pthread_create(&threads[started], NULL, work, c)) started++;
  work(c);
  for (uint32_t i = 1; i < started; i++) pthread_join(threads[i], NULL);
  free(threads);
}

enum exit_code sweep_run(struct sweep_answers *a, bool quiet, struct sweep_work *done) {
  const struct options *o = a->plan->options;
  const char *terminal = getenv("TERM");
  struct sweep_crew c = {.answers = a, .quiet = quiet, .done = done, .started = session_clock()};
  session_options(o, &c.study);
  c.silent = (o->quiet || (o->progress && !strcmp(o->progress, "never"))) && !(o->progress && !strcmp(o->progress, "always"));
  c.bar = isatty(STDERR_FILENO) && !(terminal && !strcmp(terminal, "dumb"));
  if (a->plan->store && !o->fresh) c.states = state_list_new(a->plan->store);
  c.todo = allocate_zeroed(a->plan->sweep->points, sizeof *c.todo);
  c.count = list_todo(a, c.todo);
  pthread_mutex_init(&c.lock, NULL);
  if (!quiet) sweep_answers_print_header(a), sweep_answers_print(a, false);
  run_crew(&c);
  if (!quiet) sweep_answers_print(a, true);
  bool cut = session_was_interrupted() && c.finished < c.count;
  pthread_mutex_destroy(&c.lock);
  free(c.todo);
  state_list_free(c.states);
  return cut ? exit_code_worse(c.code, session_interrupted()) : c.code;
}
