#include "models/core/audit.h"
#include "models/jobs/job_queue.h"
#include "models/core/world.h"
#include "sim/engine/allocate.h"
#include <stdlib.h>

/* What the jobs themselves say of a queue. */
struct job_count {
  uint64_t states[JOB_OVER + 1], copies, running;
};

static struct job_count count_jobs(const struct audit *a, uint32_t queue) {
  const struct world *w = a->world;
  struct job_count n = {0};
  for (uint32_t id = 0; id < pool_capacity(&world_jobs(w)->jobs); id++) {
    const struct queued_job *j = pool_at(&world_jobs(w)->jobs, id);
    if (j->state == JOB_FREE || j->queue != queue) continue;
    n.states[j->state]++, n.running += j->running;
    n.copies += j->finished && j->state != JOB_OVER;
    if (j->state == JOB_OVER && !j->running) audit_broken(a, "jobs: one that is over and has no delivery is kept");
  }
  return n;
}

static void audit_queue(const struct audit *a, uint32_t queue) {
  const struct job_queue *q = &world_jobs(a->world)->queues[queue];
  const char *name = q->config->name;
  struct job_count n = count_jobs(a, queue);
  if (q->published + q->copies != q->depth + q->delayed + q->taken + q->done + q->dead + q->lost)
    audit_broken(a, "jobs: of %llu of %s (and %llu copies) %u wait, %u are delayed, %u taken, %llu done, %llu dead and %llu lost",
                 (unsigned long long)q->published, name, (unsigned long long)q->copies, q->depth, q->delayed, q->taken,
                 (unsigned long long)q->done, (unsigned long long)q->dead, (unsigned long long)q->lost);
  if (n.states[JOB_WAITING] != q->depth || n.states[JOB_DELAYED] != q->delayed || n.states[JOB_TAKEN] != q->taken ||
      n.copies != q->copies)
    audit_broken(a, "jobs: of %s %llu wait, %llu are delayed, %llu taken; counted otherwise", name,
                 (unsigned long long)n.states[JOB_WAITING], (unsigned long long)n.states[JOB_DELAYED],
                 (unsigned long long)n.states[JOB_TAKEN]);
  int64_t shown = level_value(&a->world->observation.meters[q->config->meters[JOBS_RUNNING]].level);
  if ((uint64_t)shown != n.running)
    audit_broken(a, "jobs: %llu deliveries of %s are at work, the meter says %lld", (unsigned long long)n.running, name,
                 (long long)shown);
}

/* Deliveries by worker, and jobs by who waits for them. */
void audit_jobs(const struct audit *a) {
  const struct world *w = a->world;
  if (!world_jobs(w)->queues) return;
  uint32_t *slots = allocate_zeroed(w->container_count + 1, sizeof *slots);
  uint64_t deliveries = 0, running = 0, awaited = 0, waiters = 0;
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    const struct request *r = world_request(w, id);
    if (!r->live) continue;
    awaited += request_jobs(w, r)->awaited;
    if (request_jobs(w, r)->job == NONE) continue;
    deliveries++;
    slots[r->frames[0].container] += w->containers[r->frames[0].container].generation == r->frames[0].generation;
  }
  for (uint32_t id = 0; id < pool_capacity(&world_jobs(w)->jobs); id++) {
    const struct queued_job *j = pool_at(&world_jobs(w)->jobs, id);
    if (j->state != JOB_FREE) running += j->running, waiters += j->waiter != NONE;
  }
  if (deliveries != running || awaited != waiters)
    audit_broken(a, "jobs: %llu deliveries and %llu waits for jobs, %llu and %llu counted", (unsigned long long)deliveries,
                 (unsigned long long)awaited, (unsigned long long)running, (unsigned long long)waiters);
  for (uint32_t i = 0; i < w->container_count; i++) {
    const struct job_slots *s = &world_jobs(w)->slots[i];
    uint32_t taken = s->generation == w->containers[i].generation ? s->taken : 0;
    if (taken != slots[i]) audit_broken(a, "jobs: container %u has %u of them, %u counted", i, slots[i], taken);
  }
  for (uint32_t i = 0; i < model_queues(w->model)->count; i++) audit_queue(a, i);
  free(slots);
}
