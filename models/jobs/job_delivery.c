/* Workers: which job is next, who takes it, and what its delivery comes to. */
#include "models/jobs/job_queue_inner.h"
#include "models/request/operation.h"
#include <assert.h>
#include <string.h>

static struct job_slots *slots_of(const struct world *w, const struct container *c) {
  struct job_slots *s = &world_jobs(w)->slots[c->id];
  if (s->generation == c->generation) return s;
  s->generation = c->generation, s->taken = 0;
  memset(s->each, 0, s->processes * sizeof *s->each);
  return s;
}

static void change_slots(const struct world *w, const struct container *c, uint32_t process, uint32_t by) {
  struct job_slots *s = slots_of(w, c);
  assert(process < s->processes && (by == 1 || s->each[process]));
  s->taken += by, s->each[process] += by;
}

/* The process with the fewest jobs, the first of them. */
static uint16_t idle_process(const struct job_slots *s) {
  uint32_t least = 0;
  for (uint32_t i = 1; i < s->processes; i++)
    if (s->each[i] < s->each[least]) least = i;
  return (uint16_t)least;
}

/* The request delivers it no more; returns whether it could have acknowledged it. */
static bool end_delivery(struct world *w, struct request *r) {
  struct queued_job *j = job_at(w, request_jobs(w, r)->job);
  struct job_queue *q = queue_of(w, j);
  const struct frame *f = &r->frames[0];
  struct container *c = &w->containers[f->container];
  assert(j->running > 0);
  if (c->generation == f->generation) change_slots(w, c, f->process, -1u);
  j->running--;
  meter_change(w, meter_of(q, JOBS_RUNNING), -1);
  jobs_hand_out_soon(w, q);
  request_jobs(w, r)->job = NONE;
  r->dealt = false;
  return j->state == JOB_TAKEN && j->delivery == r->id;
}

static void succeeded(struct world *w, uint32_t id, bool acknowledged) {
  struct queued_job *j = job_at(w, id);
  if (j->finished || j->state != JOB_OVER) job_finish(w, j);
  if (acknowledged) job_end(w, id);
}

static bool jobs_done(struct world *w, struct request *r, const struct instruction *in) {
  (void)in;
  uint32_t id = request_jobs(w, r)->job;
  if (id != NONE) {
    succeeded(w, id, end_delivery(w, r));
    job_settle(w, id);
  }
  request_forget(w, r);
  return false;
}
const struct operation operation_job_done = {.name = "end of a job", .run = jobs_done, .ends = true};

void jobs_failed(struct world *w, struct request *r, enum outcome outcome) {
  uint32_t id = request_jobs(w, r)->job;
  const struct queue_config *c = queue_of(w, job_at(w, id))->config;
  const struct frame *f = &r->frames[0];
  const struct container *worker = &w->containers[f->container];
  assert(request_jobs(w, r)->job == id);
  bool at_work = r->pc > c->steps_begin && r->pc <= c->steps_end,
       dead = worker->generation != f->generation || (!container_serves(worker) && worker->state != CONTAINER_CLOSING);
  bool current = end_delivery(w, r);
  if (!dead && at_work && !outcome_failed(outcome))
    succeeded(w, id, current);
  else if (current && (dead || !at_work)) /* else taking or acknowledging it has failed */
    job_unacknowledged(w, id, dead);
  else if (current)
    job_failed(w, id, outcome);
  job_settle(w, id);
}

static struct request *deliver(struct world *w, uint32_t id, const struct container *c) {
  struct queued_job *j = job_at(w, id);
  struct request *r = request_take(w);
  if (!r) return NULL;
  sim_time now = world_now(w);
  r->endpoint = (uint16_t)(w->model->endpoints.count + j->queue), r->pc = 1; /* behind "enter": this is the replica */
  memset(r->cell, 0, w->model->programs[r->endpoint].cell_count * sizeof *r->cell);
  r->key = job_delivery_key(j, ++j->deliveries), r->subject = j->subject, r->arrived = r->since = now;
  r->source = (uint16_t)j->source, r->user = j->user, r->rank = j->service_rank;
  r->client_gone = true, r->impatient = false, request_jobs(w, r)->job = id;
  r->dealt = true;
  request_holds(r, PART_jobs);
  r->frames[0] =
      (struct frame){.container = c->id, .generation = c->generation, .process = idle_process(slots_of(w, c)), .entered = now};
  r->depth = 1;
  struct service *s = &w->services[c->service];
  if (s->balancing) balancer_sent(w, s, c->id);
  return r;
}

static void take(struct world *w, uint32_t id, struct container *c) {
  struct queued_job *j = job_at(w, id);
  struct job_queue *q = queue_of(w, j);
  struct request *r = deliver(w, id, c);
  if (!r) return;
  assert(j->state == JOB_WAITING && j->delivery == NONE);
  if (j->deliveries == 1) meter_time(w, meter_of(q, JOBS_WAIT), world_now(w) - j->due);
  job_move(w, id, JOB_TAKEN);
  j->delivery = r->id, j->running++;
  change_slots(w, c, r->frames[0].process, 1);
  meter_change(w, meter_of(q, JOBS_RUNNING), 1);
  if (q->config->visibility != SIM_NEVER && !q->config->renewed) job_start_timer(w, j, id, q->config->visibility);
  request_resume(w, r);
}

/* The job whose turn it is among those of all queues of these workers, or NONE. */
static uint32_t next_job(const struct world *w, uint32_t job_workers) {
  for (uint32_t rank = 0; rank < w->model->job_ranks; rank++) {
    uint32_t best = NONE;
    for (uint32_t i = 0; i < model_queues(w->model)->count; i++) {
      const struct job_queue *q = &world_jobs(w)->queues[i];
      uint32_t head = q->waiting[rank].head;
      if (q->config->job_workers != job_workers || head == NONE || !broker_up(w, q)) continue;
      if (best == NONE || job_at(w, head)->order < job_at(w, best)->order) best = head;
    }
    if (best != NONE) return best;
  }
  return NONE;
}

/* The replica with a free slot whose turn it is. */
static struct container *idle_worker(struct world *w, struct job_workers *k) {
  const struct service *s = &w->services[k->service];
  for (uint32_t i = 0; i < s->capacity; i++) {
    struct container *c = &w->containers[s->first + (k->cursor + i) % s->capacity];
    if (c->state != CONTAINER_UP || slots_of(w, c)->taken >= (uint64_t)k->slots) continue;
    k->cursor = (k->cursor + i + 1) % s->capacity;
    return c;
  }
  return NULL;
}

/* Handler: whoever is free takes what waits. */
void jobs_hand_out(void *world, uint32_t job_workers) {
  struct world *w = world;
  while (!w->overflowed) {
    uint32_t id = next_job(w, job_workers);
    struct container *c = id == NONE ? NULL : idle_worker(w, &world_jobs(w)->job_workers[job_workers]);
    if (!c) return;
    take(w, id, c);
  }
}
