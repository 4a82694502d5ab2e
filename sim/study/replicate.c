#include "sim/study/replicate.h"
#include "sim/engine/allocate.h"
#include <pthread.h>
#include <stdlib.h>

struct team {
  const struct replication_plan *plan;
  pthread_mutex_t lock;
  pthread_cond_t merged_one;
  uint32_t next, until, merged, ahead; /* ahead: how many may wait in line */
  uint32_t waiting;                    /* in line */
  struct view **finished;              /* by replication modulo `ahead` */
  struct view *sum;
  double in_progress; /* replications, summed over the workers */
  bool stop;
};

struct worker {
  struct team *team;
  double part;         /* of its replication */
  sim_time simulation; /* how long a replication is */
};

/* Requests that arrived last may end later than the measured time: that part is not foreseen. */
static void moved(void *worker, sim_time simulated) {
  struct worker *me = worker;
  struct team *t = me->team;
  double part = simulated < me->simulation ? (double)simulated / (double)me->simulation : 1;
  pthread_mutex_lock(&t->lock);
  t->in_progress += part - me->part;
  me->part = part;
  t->plan->moved(t->plan->context, t->merged + t->waiting + t->in_progress);
  pthread_mutex_unlock(&t->lock);
}

/* Null when it was interrupted. */
static struct view *run_one(struct worker *me, uint32_t replication) {
  const struct replication_plan *p = me->team->plan;
  struct world *w = world_new(p->model, p->seed, replication, p->mode);
  struct world_watch watch = {p->interrupted, p->moved ? moved : NULL, me};
  me->simulation = w->measured_until;
  world_follow(w, &watch);
  world_run(w);
  struct view *v = w->abandoned ? NULL : view_take(w);
  if (v) view_audit(v, w);
  world_free(w);
  return v;
}

/* With the lock held: merges every finished replication that is next in line. */
static void merge_line(struct team *t) {
  for (struct view **v; *(v = &t->finished[t->merged % t->ahead]); t->merged++) {
    if (t->plan->seen) t->plan->seen(t->plan->context, t->merged, *v);
    view_merge(t->sum, *v, t->plan->model);
    view_free(*v);
    *v = NULL, t->waiting--;
  }
  pthread_cond_broadcast(&t->merged_one);
}

static bool interrupted(const struct team *t) {
  return t->plan->interrupted && atomic_load_explicit(t->plan->interrupted, memory_order_relaxed);
}

static bool take(struct team *t, uint32_t *replication) {
  pthread_mutex_lock(&t->lock);
  while (t->next < t->until && t->next >= t->merged + t->ahead && !t->stop) pthread_cond_wait(&t->merged_one, &t->lock);
  if (interrupted(t)) t->stop = true;
  bool more = t->next < t->until && !t->stop;
  if (more) *replication = t->next++;
  pthread_mutex_unlock(&t->lock);
  return more;
}

static void put(struct worker *me, uint32_t replication, struct view *v) {
  struct team *t = me->team;
  pthread_mutex_lock(&t->lock);
  t->in_progress -= me->part;
  me->part = 0;
  if (v) {
    t->finished[replication % t->ahead] = v, t->waiting++;
    merge_line(t);
  } else {
    t->stop = true;
    pthread_cond_broadcast(&t->merged_one);
  }
  pthread_mutex_unlock(&t->lock);
}

static void *work(void *team) {
  struct worker me = {.team = team};
  for (uint32_t replication; take(me.team, &replication);) put(&me, replication, run_one(&me, replication));
  return NULL;
}

uint32_t replicate(const struct replication_plan *p, struct view *sum, uint32_t first, uint32_t until) {
  if (first >= until) return first;
  uint32_t jobs = p->jobs < until - first ? p->jobs : until - first;
  struct team t = {.plan = p, .next = first, .merged = first, .until = until, .ahead = 4 * jobs + 1, .sum = sum};
  t.finished = allocate_zeroed(t.ahead, sizeof *t.finished);
  pthread_mutex_init(&t.lock, NULL);
  pthread_cond_init(&t.merged_one, NULL);
  pthread_t *threads = allocate_zeroed(jobs, sizeof *threads);
  uint32_t started = 1; /* this thread works too; fewer threads than asked for only take longer */
  while (started < jobs && !pthread_create(&threads[started], NULL, work, &t)) started++;
  work(&t);
  for (uint32_t i = 1; i < started; i++) pthread_join(threads[i], NULL);
  free(threads);
  for (uint32_t i = 0; i < t.ahead; i++) view_free(t.finished[i]); /* behind one that was interrupted */
  free(t.finished);
  pthread_cond_destroy(&t.merged_one);
  pthread_mutex_destroy(&t.lock);
  return t.merged;
}
