#include "sim/study/replicate.h"
#include "sim/engine/allocate.h"
#include <pthread.h>
#include <stdlib.h>

struct team {
  const struct replication_plan *plan;
  pthread_mutex_t lock;
  pthread_cond_t merged_one;
  uint32_t next, until, merged, ahead; /* ahead: how many may wait in line */
  struct view **finished;              /* by replication modulo `ahead` */
  struct view *sum;
  bool stop;
};

static struct view *run_one(const struct replication_plan *p, uint32_t replication) {
  struct world *w = world_new(p->model, p->seed, replication, p->mode);
  world_run(w);
  struct view *v = view_take(w);
  view_audit(v, w);
  world_free(w);
  return v;
}

/* With the lock held: merges every finished replication that is next in line. */
static void merge_line(struct team *t) {
  for (struct view **v; *(v = &t->finished[t->merged % t->ahead]); t->merged++) {
    if (t->plan->seen) t->plan->seen(t->plan->context, t->merged, *v);
    view_merge(t->sum, *v, t->plan->model);
    view_free(*v);
    *v = NULL;
  }
  pthread_cond_broadcast(&t->merged_one);
}

static bool take(struct team *t, uint32_t *replication) {
  const volatile sig_atomic_t *interrupted = t->plan->interrupted;
  pthread_mutex_lock(&t->lock);
  while (t->next < t->until && t->next >= t->merged + t->ahead && !t->stop) pthread_cond_wait(&t->merged_one, &t->lock);
  if (interrupted && *interrupted) t->stop = true;
  bool more = t->next < t->until && !t->stop;
  if (more) *replication = t->next++;
  pthread_mutex_unlock(&t->lock);
  return more;
}

static void *work(void *team) {
  struct team *t = team;
  for (uint32_t replication; take(t, &replication);) {
    struct view *v = run_one(t->plan, replication);
    pthread_mutex_lock(&t->lock);
    t->finished[replication % t->ahead] = v;
    merge_line(t);
    pthread_mutex_unlock(&t->lock);
  }
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
  free(t.finished);
  pthread_cond_destroy(&t.merged_one);
  pthread_mutex_destroy(&t.lock);
  return t.merged;
}
