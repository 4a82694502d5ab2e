/* Who publishes: steps of requests, and the clock. */
#include "models/jobs/job_queue_inner.h"
#include "models/request/walk.h"
#include "models/request/operation.h"
#include "models/traffic/batch.h"
#include "sim/engine/arena.h"
#include <assert.h>

/* --- steps ------------------------------------------------------------------------------------------------------------------ */

static bool full(struct world *w, const struct job_queue *q) {
  if (q->depth + q->delayed < (uint64_t)q->config->bound) return false;
  meter_count(w, meter_of(q, JOBS_REFUSED));
  return true;
}

/* Takes the job in; what is not said in it is set here. Null when there are too many: the run is then stopped. */
static struct queued_job *publish(struct world *w, const struct queued_job *said, sim_time delay) {
  if (pool_live(&world_jobs(w)->jobs) >= REQUESTS_MOST) {
    world_overflows(w);
    return NULL;
  }
  uint32_t id = pool_take(&world_jobs(w)->jobs);
  struct queued_job *j = job_at(w, id);
  *j = *said;
  j->due = world_after(w, delay), j->waiter = j->delivery = NONE, j->state = JOB_OVER;
  struct job_queue *q = queue_of(w, j);
  q->published++;
  budget_deposit(&q->budget, &q->config->retry.budget, world_now(w));
  meter_count(w, meter_of(q, JOBS_PUBLISHED));
  job_move_after(w, id, delay);
  return j;
}

static bool jobs_publish(struct world *w, struct request *r, const struct instruction *in) {
  const struct publishing *p = in->publishing;
  const struct job_queue *q = &world_jobs(w)->queues[p->queue];
  struct stream draws = stream_at(r->key, in->draw);
  uint32_t count = p->count.kind ? batch_draw(&p->count, &draws) : 1;
  for (uint32_t i = 0; i < count; i++) {
    sim_time delay = p->delay.kind ? distribution_sample_time(&p->delay, &draws) : 0;
    if (full(w, q)) {
      if (q->config->full == FULL_DROP) continue;
      request_fail(w, r, OUTCOME_QUEUE_FULL);
      return false;
    }
    struct queued_job *j = publish(w,
                                   &(struct queued_job){.key = stream_key(r->key, PURPOSE_JOB, in->draw, i),
                                                        .subject = r->subject,
                                                        .source = r->source,
                                                        .user = r->user,
                                                        .queue = (uint16_t)p->queue,
                                                        .rank = p->rank,
                                                        .service_rank = r->rank},
                                   delay);
    if (!j || !p->wait) continue;
    j->waiter = r->id, request_jobs(w, r)->awaited++;
    request_holds(r, PART_jobs);
  }
  return true;
}

static void publish_asks(const struct walk *w, const struct instruction *in, double weight) {
  w->sums->published[in->publishing->queue] += weight * batch_mean(&in->publishing->count);
}
const struct operation operation_publish = {.name = "publish", .run = jobs_publish, .ask = publish_asks};

static bool jobs_await(struct world *w, struct request *r, const struct instruction *in) {
  if (request_jobs(w, r)->awaited) {
    request_parks(r, in->cell, world_now(w));
    return false;
  }
  if (!r->ends_with) return true;
  request_fail(w, r, (enum outcome)r->ends_with);
  return false;
}

static void await_asks(const struct walk *w, const struct instruction *in, double weight) {
  if (w->sums->job_s) walk_passes(w, weight * w->sums->job_s[in->publishing->queue]);
}

/* Of the jobs of a queue: those that are done in the end. What fails at work is tried again. */
static double await_through(struct passage *of_publisher, const struct instruction *in) {
  struct passage there = *of_publisher, *p = &there;
  p->depth = 0, p->sites[0] = SITE_ANY;
  const struct program *body = in->publishing->body;
  const struct queue_config *q = in->publishing->config;
  assert(q->steps_begin <= q->steps_end && q->steps_end <= body->end);
  double steps = passage_share(p, body, q->steps_begin, q->steps_end);
  double failed = passage_attempts(p, &q->retry, steps).all_fail;
  return passage_share(p, body, 0, q->steps_begin) * (1 - failed) * passage_share(p, body, q->steps_end, body->end);
}
const struct operation operation_await = {.name = "await", .run = jobs_await, .ask = await_asks, .through = await_through};

/* --- the clock -------------------------------------------------------------------------------------------------------------- */

struct ticker {
  struct world *world;
  const struct schedule_config *config;
  uint32_t queue;
  uint64_t key, times;
  slot_id slot;
};

static void scheduled(void *ticker, uint32_t argument) {
  (void)argument;
  struct ticker *t = ticker;
  struct world *w = t->world;
  struct job_queue *q = &world_jobs(w)->queues[t->queue];
  uint32_t ranks = w->model->ranks;
  t->times++;
  for (int64_t i = 0; i < t->config->count; i++) {
    if (!broker_up(w, q)) {
      meter_count(w, meter_of(q, JOBS_REFUSED));
      continue;
    }
    if (full(w, q)) continue;
    uint64_t key = stream_key(t->key, PURPOSE_JOB, t->times, (uint64_t)i);
    publish(w,
            &(struct queued_job){.key = key,
                                 .subject = key,
                                 .user = NONE,
                                 .queue = (uint16_t)t->queue,
                                 .rank = t->config->rank,
                                 .service_rank = (uint8_t)(ranks ? ranks - 1 : 0)},
            0);
  }
  calendar_set(w->calendar, t->slot, world_after(w, t->config->every));
}

void jobs_start_ticker(struct world *w, uint32_t queue, uint32_t number) {
  struct ticker *t = arena_new_array(w->arena, struct ticker, 1);
  const struct queue_config *c = model_queue(w->model, queue);
  t->world = w, t->queue = queue, t->config = (const struct schedule_config *)c->schedule.items + number;
  t->key = stream_key(w->seed, w->replication, PURPOSE_JOB, stream_entity(c->name, number));
  t->slot = calendar_slot(w->calendar, scheduled, t, 0);
  sim_time first = (t->config->at - w->model->run.start) % t->config->every;
  assert(t->config->every > 0);
  calendar_set(w->calendar, t->slot, first < 0 ? first + t->config->every : first);
}
