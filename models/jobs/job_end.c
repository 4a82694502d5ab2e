/* How jobs end, and what makes them wait again: no acknowledgement in time, a worker that died, a delivery that failed. */
#include "models/jobs/job_queue_inner.h"
#include <assert.h>

#define RECONNECT SIM_S /* of a living worker to a broker that has failed it */

/* --- ends ------------------------------------------------------------------------------------------------------------------- */

static bool parked(const struct world *w, const struct request *r) {
  const struct instruction *in = &w->model->programs[r->endpoint].instructions[r->pc - 1];
  return r->waiting == &wait_elsewhere && in->operation == &operation_await;
}

static void notify_waiter(struct world *w, struct queued_job *j, bool failed) {
  if (j->waiter == NONE) return;
  struct request *r = world_request(w, j->waiter);
  assert(r->live && request_jobs(w, r)->awaited);
  j->waiter = NONE;
  if (failed && !r->ends_with) r->ends_with = OUTCOME_JOB_FAILED;
  if (!--request_jobs(w, r)->awaited && parked(w, r)) request_wake_soon(w, r);
}

void jobs_unawaited(struct world *w, struct request *r) {
  for (uint32_t id = 0; id < pool_capacity(&world_jobs(w)->jobs); id++)
    if (job_at(w, id)->state != JOB_FREE && job_at(w, id)->waiter == r->id) job_at(w, id)->waiter = NONE;
  request_jobs(w, r)->awaited = 0;
}

/* Of a job that is over nothing is kept but what its last deliveries refer to. */
void job_settle(struct world *w, uint32_t id) {
  struct queued_job *j = job_at(w, id);
  if (j->state != JOB_OVER || j->running) return;
  assert(!j->timed && j->waiter == NONE);
  j->state = JOB_FREE;
  pool_give(&world_jobs(w)->jobs, id);
}

void job_end(struct world *w, uint32_t id) {
  assert(job_at(w, id)->state != JOB_OVER);
  queue_of(w, job_at(w, id))->copies -= job_at(w, id)->finished;
  job_move(w, id, JOB_OVER);
}

/* The first delivery that succeeds does the job; what follows repeats it. */
void job_finish(struct world *w, struct queued_job *j) {
  struct job_queue *q = queue_of(w, j);
  if (j->finished) {
    meter_count(w, meter_of(q, JOBS_REPEATED));
    return;
  }
  j->finished = true;
  q->done++, q->copies++;
  meter_count(w, meter_of(q, JOBS_DONE));
  meter_time(w, meter_of(q, JOBS_TIME), world_now(w) - j->due);
  notify_waiter(w, j, false);
}

void job_lose(struct world *w, uint32_t id) {
  struct queued_job *j = job_at(w, id);
  struct job_queue *q = queue_of(w, j);
  if (!j->finished) {
    q->lost++;
    meter_count(w, meter_of(q, JOBS_LOST));
    notify_waiter(w, j, true);
  }
  job_end(w, id);
}

static void bury(struct world *w, uint32_t id) {
  struct queued_job *j = job_at(w, id);
  struct job_queue *q = queue_of(w, j);
  if (!j->finished) {
    q->dead++;
    meter_count(w, meter_of(q, JOBS_DEAD));
    meter_set(w, meter_of(q, JOBS_DEAD_LETTERS), (int64_t)q->dead);
    notify_waiter(w, j, true);
  }
  job_end(w, id);
}

/* --- again ------------------------------------------------------------------------------------------------------------------ */

/* Nobody has acknowledged it: it waits again, done or not. */
static void come_back(struct world *w, uint32_t id, sim_time delay) {
  struct queued_job *j = job_at(w, id);
  struct job_queue *q = queue_of(w, j);
  j->delivery = NONE;
  if (j->deliveries >= (uint64_t)q->config->deliveries) {
    bury(w, id);
    return;
  }
  meter_count(w, meter_of(q, JOBS_REDELIVERED));
  job_move_after(w, id, delay);
}

/* Handler of the timers: due, or not acknowledged in time. */
void jobs_time_is_up(void *world, uint32_t id) {
  struct world *w = world;
  struct queued_job *j = job_at(w, id);
  j->timed = false;
  assert(j->state == JOB_DELAYED || j->state == JOB_TAKEN);
  if (j->state == JOB_DELAYED)
    job_move(w, id, JOB_WAITING);
  else
    come_back(w, id, 0);
  job_settle(w, id);
}

/* The connection between its worker and the broker is gone. */
void job_unacknowledged(struct world *w, uint32_t id, bool dead) {
  struct queued_job *j = job_at(w, id);
  const struct queue_config *c = queue_of(w, j)->config;
  j->delivery = NONE;
  if (j->forgotten || (c->on_crash == CRASH_TIMEOUT && c->visibility == SIM_NEVER))
    job_lose(w, id);
  else if (c->on_crash == CRASH_REQUEUE)
    come_back(w, id, dead ? 0 : RECONNECT);
  else if (c->renewed && !j->timed) /* else its worker hung before */
    job_start_timer(w, j, id, c->visibility);
}

uint64_t job_delivery_key(const struct queued_job *j, uint32_t delivery) {
  return delivery == 1 ? j->key : stream_key(j->key, PURPOSE_JOB, 0, delivery);
}

void job_failed(struct world *w, uint32_t id, enum outcome outcome) {
  struct queued_job *j = job_at(w, id);
  struct job_queue *q = queue_of(w, j);
  const struct retry_config *retry = &q->config->retry;
  if (j->finished || !retry_wanted(retry, j->deliveries, outcome) || !budget_spend(&q->budget, &retry->budget, world_now(w))) {
    bury(w, id);
    return;
  }
  meter_count(w, meter_of(q, JOBS_RETRIED));
  j->delivery = NONE;
  job_move_after(w, id, backoff_pause(&retry->pause, j->deliveries, job_delivery_key(j, 0)));
}
