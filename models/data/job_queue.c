#include "models/data/job_queue.h"
#include "models/traffic/batch.h"
#include "models/world.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <string.h>

enum { AGES = 1000 };   /* looks at the oldest job in a window */
#define RECONNECT SIM_S /* of a living worker to a broker that has failed it */

static struct queued_job *job_at(const struct world *w, uint32_t id) { return pool_at(&w->jobs.jobs, id); }
static struct job_queue *queue_of(const struct world *w, const struct queued_job *j) { return &w->jobs.queues[j->queue]; }
static uint32_t meter_of(const struct job_queue *q, enum job_meter m) { return q->config->meters[m]; }

static bool alive(const struct container *c) { return c->state == CONTAINER_UP || c->state == CONTAINER_DRAINING; }

static bool broker_up(const struct world *w, const struct job_queue *q) {
  return alive(&w->containers[w->services[q->config->at].first]);
}

/* --- where a job is ------------------------------------------------------------------------------------------------------------ */

static void list_push(const struct world *w, struct job_list *l, struct queued_job *j, uint32_t id) {
  j->next = NOBODY, j->previous = l->tail;
  *(l->tail == NOBODY ? &l->head : &job_at(w, l->tail)->next) = id;
  l->tail = id;
}

static void list_remove(const struct world *w, struct job_list *l, const struct queued_job *j) {
  *(j->previous == NOBODY ? &l->head : &job_at(w, j->previous)->next) = j->next;
  *(j->next == NOBODY ? &l->tail : &job_at(w, j->next)->previous) = j->previous;
}

static void hand_out_soon(struct world *w, const struct job_queue *q) {
  calendar_set(w->calendar, w->jobs.crews[q->config->crew].hand_out, world_now(w));
}

static void stop_timer(struct world *w, struct queued_job *j) {
  if (j->timed) timer_heap_cancel(w->jobs.timers, j->timer);
  j->timed = false;
}

static void start_timer(struct world *w, struct queued_job *j, uint32_t id, sim_time delay) {
  j->timer = timer_heap_push(w->jobs.timers, world_after(w, delay), id);
  j->timed = true;
}

static void move(struct world *w, uint32_t id, enum job_state state) {
  struct queued_job *j = job_at(w, id);
  struct job_queue *q = queue_of(w, j);
  stop_timer(w, j);
  if (j->state == JOB_WAITING) list_remove(w, &q->waiting[j->rank], j);
  q->depth -= j->state == JOB_WAITING, q->delayed -= j->state == JOB_DELAYED, q->taken -= j->state == JOB_TAKEN;
  j->state = (uint8_t)state;
  q->depth += state == JOB_WAITING, q->delayed += state == JOB_DELAYED, q->taken += state == JOB_TAKEN;
  meter_set(w, meter_of(q, JOBS_DEPTH), q->depth);
  meter_set(w, meter_of(q, JOBS_DELAYED), q->delayed);
  if (state != JOB_WAITING) return;
  j->ready = world_now(w), j->order = w->jobs.orders++;
  list_push(w, &q->waiting[j->rank], j, id);
  hand_out_soon(w, q);
}

static void move_after(struct world *w, uint32_t id, sim_time delay) {
  move(w, id, delay ? JOB_DELAYED : JOB_WAITING);
  if (delay) start_timer(w, job_at(w, id), id, delay);
}

/* --- ends ---------------------------------------------------------------------------------------------------------------------- */

static bool parked(const struct world *w, const struct request *r) {
  const struct instruction *in = &w->model->programs[r->endpoint].instructions[r->pc - 1];
  return r->waiting == WAITING_ELSEWHERE && in->operation == OPERATION_AWAIT;
}

static void tell_waiter(struct world *w, struct queued_job *j, bool failed) {
  if (j->waiter == NOBODY) return;
  struct request *r = world_request(w, j->waiter);
  j->waiter = NOBODY;
  if (failed && !r->ends_with) r->ends_with = OUTCOME_JOB_FAILED;
  if (!--r->awaited && parked(w, r)) request_wake_soon(w, r);
}

void jobs_unawaited(struct world *w, struct request *r) {
  for (uint32_t id = 0; id < pool_capacity(&w->jobs.jobs); id++)
    if (job_at(w, id)->state != JOB_FREE && job_at(w, id)->waiter == r->id) job_at(w, id)->waiter = NOBODY;
  r->awaited = 0;
}

/* Of a job that is over nothing is kept but what its last deliveries refer to. */
static void settle(struct world *w, uint32_t id) {
  struct queued_job *j = job_at(w, id);
  if (j->state != JOB_OVER || j->running) return;
  j->state = JOB_FREE;
  pool_give(&w->jobs.jobs, id);
}

static void end(struct world *w, uint32_t id) {
  queue_of(w, job_at(w, id))->copies -= job_at(w, id)->finished;
  move(w, id, JOB_OVER);
}

/* The first delivery that succeeds does the job; what follows repeats it. */
static void finish(struct world *w, struct queued_job *j) {
  struct job_queue *q = queue_of(w, j);
  if (j->finished) {
    meter_count(w, meter_of(q, JOBS_REPEATED));
    return;
  }
  j->finished = true;
  q->done++, q->copies++;
  meter_count(w, meter_of(q, JOBS_DONE));
  meter_time(w, meter_of(q, JOBS_TIME), world_now(w) - j->due);
  tell_waiter(w, j, false);
}

static void lose(struct world *w, uint32_t id) {
  struct queued_job *j = job_at(w, id);
  struct job_queue *q = queue_of(w, j);
  if (!j->finished) {
    q->lost++;
    meter_count(w, meter_of(q, JOBS_LOST));
    tell_waiter(w, j, true);
  }
  end(w, id);
}

static void bury(struct world *w, uint32_t id) {
  struct queued_job *j = job_at(w, id);
  struct job_queue *q = queue_of(w, j);
  if (!j->finished) {
    q->dead++;
    meter_count(w, meter_of(q, JOBS_DEAD));
    meter_set(w, meter_of(q, JOBS_DEAD_LETTERS), (int64_t)q->dead);
    tell_waiter(w, j, true);
  }
  end(w, id);
}

/* --- again --------------------------------------------------------------------------------------------------------------------- */

/* Nobody has acknowledged it: it waits again, done or not. */
static void come_back(struct world *w, uint32_t id, sim_time delay) {
  struct queued_job *j = job_at(w, id);
  struct job_queue *q = queue_of(w, j);
  j->delivery = NOBODY;
  if (j->deliveries >= (uint64_t)q->config->deliveries) {
    bury(w, id);
    return;
  }
  meter_count(w, meter_of(q, JOBS_REDELIVERED));
  move_after(w, id, delay);
}

/* Handler of the timers: due, or not acknowledged in time. */
static void time_is_up(void *world, uint32_t id) {
  struct world *w = world;
  struct queued_job *j = job_at(w, id);
  j->timed = false;
  if (j->state == JOB_DELAYED)
    move(w, id, JOB_WAITING);
  else
    come_back(w, id, 0);
  settle(w, id);
}

/* The connection between its worker and the broker is gone. */
static void unacknowledged(struct world *w, uint32_t id, bool dead) {
  struct queued_job *j = job_at(w, id);
  const struct queue_config *c = queue_of(w, j)->config;
  j->delivery = NOBODY;
  if (j->forgotten || (c->on_crash == CRASH_TIMEOUT && c->visibility == SIM_NEVER))
    lose(w, id);
  else if (c->on_crash == CRASH_REQUEUE)
    come_back(w, id, dead ? 0 : RECONNECT);
  else if (c->renewed)
    start_timer(w, j, id, c->visibility);
}

static uint64_t delivery_key(const struct queued_job *j, uint32_t delivery) {
  return delivery == 1 ? j->key : stream_key(j->key, PURPOSE_JOB, 0, delivery);
}

static void failed(struct world *w, uint32_t id, enum outcome outcome) {
  struct queued_job *j = job_at(w, id);
  struct job_queue *q = queue_of(w, j);
  const struct retry_config *retry = &q->config->retry;
  if (j->finished || !retry_wanted(retry, j->deliveries, outcome) || !budget_spend(&q->budget, &retry->budget, world_now(w))) {
    bury(w, id);
    return;
  }
  meter_count(w, meter_of(q, JOBS_RETRIED));
  j->delivery = NOBODY;
  move_after(w, id, backoff_pause(&retry->pause, j->deliveries, delivery_key(j, 0)));
}

/* --- deliveries ---------------------------------------------------------------------------------------------------------------- */

static struct job_slots *slots_of(const struct world *w, const struct container *c) {
  struct job_slots *s = &w->jobs.slots[c->id];
  if (s->generation == c->generation) return s;
  s->generation = c->generation, s->taken = 0;
  memset(s->each, 0, s->processes * sizeof *s->each);
  return s;
}

static void change_slots(const struct world *w, const struct container *c, uint32_t process, uint32_t by) {
  struct job_slots *s = slots_of(w, c);
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
  struct queued_job *j = job_at(w, r->job);
  struct job_queue *q = queue_of(w, j);
  const struct frame *f = &r->frames[0];
  struct container *c = &w->containers[f->container];
  if (c->generation == f->generation) change_slots(w, c, f->process, -1u);
  j->running--;
  meter_change(w, meter_of(q, JOBS_RUNNING), -1);
  hand_out_soon(w, q);
  r->job = NOBODY;
  return j->state == JOB_TAKEN && j->delivery == r->id;
}

static void succeeded(struct world *w, uint32_t id, bool acknowledged) {
  struct queued_job *j = job_at(w, id);
  if (j->finished || j->state != JOB_OVER) finish(w, j);
  if (acknowledged) end(w, id);
}

bool jobs_done(struct world *w, struct request *r, const struct instruction *in) {
  (void)in;
  uint32_t id = r->job;
  if (id != NOBODY) {
    succeeded(w, id, end_delivery(w, r));
    settle(w, id);
  }
  request_forget(w, r);
  return false;
}

void jobs_failed(struct world *w, struct request *r, enum outcome outcome) {
  uint32_t id = r->job;
  const struct queue_config *c = queue_of(w, job_at(w, id))->config;
  const struct frame *f = &r->frames[0];
  const struct container *worker = &w->containers[f->container];
  bool at_work = r->pc > c->steps_begin && r->pc <= c->steps_end, dead = worker->generation != f->generation || !alive(worker);
  bool current = end_delivery(w, r);
  if (!dead && at_work && !outcome_failed(outcome))
    succeeded(w, id, current);
  else if (current && (dead || !at_work)) /* else taking or acknowledging it has failed */
    unacknowledged(w, id, dead);
  else if (current)
    failed(w, id, outcome);
  settle(w, id);
}

static struct request *deliver(struct world *w, uint32_t id, const struct container *c) {
  struct queued_job *j = job_at(w, id);
  struct request *r = request_take(w);
  if (!r) return NULL;
  sim_time now = world_now(w);
  r->endpoint = (uint16_t)(w->model->endpoints.count + j->queue), r->pc = 1; /* behind "enter": this is the replica */
  memset(r->cell, 0, w->model->programs[r->endpoint].cell_count * sizeof *r->cell);
  r->key = delivery_key(j, ++j->deliveries), r->subject = j->subject, r->arrived = r->since = now;
  r->source = (uint16_t)j->source, r->user = j->user, r->rank = j->service_rank;
  r->client_gone = true, r->impatient = false, r->job = id;
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
  if (j->deliveries == 1) meter_time(w, meter_of(q, JOBS_WAIT), world_now(w) - j->due);
  move(w, id, JOB_TAKEN);
  j->delivery = r->id, j->running++;
  change_slots(w, c, r->frames[0].process, 1);
  meter_change(w, meter_of(q, JOBS_RUNNING), 1);
  if (q->config->visibility != SIM_NEVER && !q->config->renewed) start_timer(w, j, id, q->config->visibility);
  request_resume(w, r);
}

/* The job whose turn it is among those of all queues of the crew, or NOBODY. */
static uint32_t next_job(const struct world *w, uint32_t crew) {
  for (uint32_t rank = 0; rank < w->model->job_ranks; rank++) {
    uint32_t best = NOBODY;
    for (uint32_t i = 0; i < w->model->queues.count; i++) {
      const struct job_queue *q = &w->jobs.queues[i];
      uint32_t head = q->waiting[rank].head;
      if (q->config->crew != crew || head == NOBODY || !broker_up(w, q)) continue;
      if (best == NOBODY || job_at(w, head)->order < job_at(w, best)->order) best = head;
    }
    if (best != NOBODY) return best;
  }
  return NOBODY;
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
static void hand_out(void *world, uint32_t crew) {
  struct world *w = world;
  while (!w->overflowed) {
    uint32_t id = next_job(w, crew);
    struct container *c = id == NOBODY ? NULL : idle_worker(w, &w->jobs.crews[crew]);
    if (!c) return;
    take(w, id, c);
  }
}

/* --- publishing ---------------------------------------------------------------------------------------------------------------- */

static bool full(struct world *w, const struct job_queue *q) {
  if (q->depth + q->delayed < (uint64_t)q->config->bound) return false;
  meter_count(w, meter_of(q, JOBS_REFUSED));
  return true;
}

/* Takes the job in; what is not said in it is set here. Null when there are too many: the run is then stopped. */
static struct queued_job *publish(struct world *w, const struct queued_job *said, sim_time delay) {
  if (pool_live(&w->jobs.jobs) >= REQUESTS_MOST) {
    world_overflows(w);
    return NULL;
  }
  uint32_t id = pool_take(&w->jobs.jobs);
  struct queued_job *j = job_at(w, id);
  *j = *said;
  j->due = world_after(w, delay), j->waiter = j->delivery = NOBODY, j->state = JOB_OVER;
  struct job_queue *q = queue_of(w, j);
  q->published++;
  budget_deposit(&q->budget, &q->config->retry.budget, world_now(w));
  meter_count(w, meter_of(q, JOBS_PUBLISHED));
  move_after(w, id, delay);
  return j;
}

bool jobs_publish(struct world *w, struct request *r, const struct instruction *in) {
  const struct publishing *p = in->publishing;
  const struct job_queue *q = &w->jobs.queues[p->queue];
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
    if (j && p->wait) j->waiter = r->id, r->awaited++;
  }
  return true;
}

bool jobs_await(struct world *w, struct request *r, const struct instruction *in) {
  if (r->awaited) {
    r->waiting = WAITING_ELSEWHERE, r->since = world_now(w), r->wait_cell = in->cell;
    return false;
  }
  if (!r->ends_with) return true;
  request_fail(w, r, (enum outcome)r->ends_with);
  return false;
}

/* --- the clock ----------------------------------------------------------------------------------------------------------------- */

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
  struct job_queue *q = &w->jobs.queues[t->queue];
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
                                 .user = NOBODY,
                                 .queue = (uint16_t)t->queue,
                                 .rank = t->config->rank,
                                 .service_rank = (uint8_t)(ranks ? ranks - 1 : 0)},
            0);
  }
  calendar_set(w->calendar, t->slot, world_after(w, t->config->every));
}

static void start_ticker(struct world *w, uint32_t queue, uint32_t number) {
  struct ticker *t = arena_new_array(w->arena, struct ticker, 1);
  const struct queue_config *c = model_queue(w->model, queue);
  t->world = w, t->queue = queue, t->config = (const struct schedule_config *)c->schedule.items + number;
  t->key = stream_key(w->seed, w->replication, PURPOSE_JOB, stream_entity(c->name, number));
  t->slot = calendar_slot(w->calendar, scheduled, t, 0);
  sim_time first = (t->config->at - w->model->run.start) % t->config->every;
  calendar_set(w->calendar, t->slot, first < 0 ? first + t->config->every : first);
}

static sim_time oldest(const struct world *w, const struct job_queue *q) {
  sim_time since = world_now(w);
  for (uint32_t i = 0; i < w->model->job_ranks; i++) {
    uint32_t head = q->waiting[i].head;
    if (head != NOBODY && job_at(w, head)->ready < since) since = job_at(w, head)->ready;
  }
  return world_now(w) - since;
}

/* Handler, in even steps: the level of an age would need a slope. */
static void look_at_ages(void *world, uint32_t argument) {
  (void)argument;
  struct world *w = world;
  for (uint32_t i = 0; i < w->model->queues.count; i++)
    meter_time(w, meter_of(&w->jobs.queues[i], JOBS_AGE), oldest(w, &w->jobs.queues[i]));
  calendar_set(w->calendar, w->jobs.ages, world_now(w) + 1 + w->model->run.window / AGES);
}

/* --- processes ----------------------------------------------------------------------------------------------------------------- */

void jobs_serve(struct world *w, const struct container *c) {
  for (uint32_t i = 0; w->jobs.queues && i < w->model->queues.count; i++) {
    const struct queue_config *q = w->jobs.queues[i].config;
    bool broker = q->at == (int32_t)c->service && c->id == w->services[c->service].first;
    if (broker || q->workers == (int32_t)c->service) hand_out_soon(w, &w->jobs.queues[i]);
  }
}

/* What runs goes on, and comes back no more. */
static void forget(struct world *w, uint32_t id) {
  struct queued_job *j = job_at(w, id);
  if (j->state == JOB_TAKEN && j->delivery != NOBODY) {
    stop_timer(w, j);
    j->forgotten = true;
    return;
  }
  lose(w, id);
  settle(w, id);
}

void jobs_broker_died(struct world *w, uint32_t service) {
  for (uint32_t i = 0; w->jobs.queues && i < w->model->queues.count; i++) {
    const struct queue_config *c = w->jobs.queues[i].config;
    if (c->at != (int32_t)service || c->durable) continue;
    for (uint32_t id = 0; id < pool_capacity(&w->jobs.jobs); id++)
      if (job_at(w, id)->queue == i && job_at(w, id)->state != JOB_FREE && job_at(w, id)->state != JOB_OVER) forget(w, id);
  }
}

int64_t jobs_waiting(const struct world *w, uint32_t queue) { return w->jobs.queues[queue].depth; }

/* --- beginning and end --------------------------------------------------------------------------------------------------------- */

static void start_queue(struct world *w, struct job_queue *q, const struct queue_config *c) {
  q->config = c;
  q->waiting = arena_new_array(w->arena, struct job_list, w->model->job_ranks + 1);
  for (uint32_t i = 0; i < w->model->job_ranks; i++) q->waiting[i] = (struct job_list){NOBODY, NOBODY};
  budget_init(&q->budget, &c->retry.budget, 0);
  struct job_workers *k = &w->jobs.crews[c->crew];
  if (!k->slots) k->hand_out = calendar_slot(w->calendar, hand_out, w, c->crew);
  k->service = (uint32_t)c->workers, k->slots = c->concurrency;
  const struct service *s = &w->services[k->service];
  for (uint32_t i = s->first; i < s->first + s->capacity && !w->jobs.slots[i].each; i++) {
    uint32_t processes = runtime_processes(s->config);
    w->jobs.slots[i] = (struct job_slots){.processes = processes, .each = arena_new_array(w->arena, uint32_t, processes)};
  }
}

void jobs_start(struct world *w) {
  const struct model *m = w->model;
  struct job_board *b = &w->jobs;
  pool_init(&b->jobs, sizeof(struct queued_job));
  if (!m->queues.count) return;
  b->timers = timer_heap_new(w->calendar, time_is_up, w);
  b->queues = arena_new_array(w->arena, struct job_queue, m->queues.count);
  b->crews = arena_new_array(w->arena, struct job_workers, m->crew_count);
  b->slots = arena_new_array(w->arena, struct job_slots, w->container_count + 1);
  for (uint32_t i = 0; i < m->queues.count; i++) {
    start_queue(w, &b->queues[i], model_queue(m, i));
    for (uint32_t n = 0; n < model_queue(m, i)->schedule.count; n++) start_ticker(w, i, n);
  }
  b->ages = calendar_slot(w->calendar, look_at_ages, w, 0);
  calendar_set(w->calendar, b->ages, w->measured_from + m->run.window / AGES / 2);
}

void jobs_stop(struct world *w) {
  timer_heap_free(w->jobs.timers);
  pool_release(&w->jobs.jobs);
}
