#include "models/jobs/job_queue_inner.h"
#include "models/stock/stock.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "sim/engine/arena.h"
#include <assert.h>

enum { AGES = 1000 }; /* looks at the oldest job in a window */

/* --- where a job is --------------------------------------------------------------------------------------------------------- */

static void list_push(const struct world *w, struct job_list *l, struct queued_job *j, uint32_t id) {
  assert((l->head == NONE) == (l->tail == NONE));
  j->next = NONE, j->previous = l->tail;
  *(l->tail == NONE ? &l->head : &job_at(w, l->tail)->next) = id;
  l->tail = id;
}

static void list_remove(const struct world *w, struct job_list *l, const struct queued_job *j) {
  assert(l->head != NONE);
  *(j->previous == NONE ? &l->head : &job_at(w, j->previous)->next) = j->next;
  *(j->next == NONE ? &l->tail : &job_at(w, j->next)->previous) = j->previous;
}

void jobs_hand_out_soon(struct world *w, const struct job_queue *q) {
  calendar_set(w->calendar, world_jobs(w)->job_workers[q->config->job_workers].hand_out, world_now(w));
}

static void stop_timer(struct world *w, struct queued_job *j) {
  if (j->timed) timer_heap_cancel(world_jobs(w)->timers, j->timer);
  j->timed = false;
}

void job_start_timer(struct world *w, struct queued_job *j, uint32_t id, sim_time delay) {
  assert(!j->timed);
  j->timer = timer_heap_push(world_jobs(w)->timers, world_after(w, delay), id);
  j->timed = true;
}

void job_move(struct world *w, uint32_t id, enum job_state state) {
  struct queued_job *j = job_at(w, id);
  struct job_queue *q = queue_of(w, j);
  stop_timer(w, j);
  assert(j->state != JOB_FREE && state != JOB_FREE && j->rank < w->model->job_ranks);
  if (j->state == JOB_WAITING) list_remove(w, &q->waiting[j->rank], j);
  q->depth -= j->state == JOB_WAITING, q->delayed -= j->state == JOB_DELAYED, q->taken -= j->state == JOB_TAKEN;
  j->state = (uint8_t)state;
  q->depth += state == JOB_WAITING, q->delayed += state == JOB_DELAYED, q->taken += state == JOB_TAKEN;
  meter_set(w, meter_of(q, JOBS_DEPTH), q->depth);
  meter_set(w, meter_of(q, JOBS_DELAYED), q->delayed);
  if (state != JOB_WAITING) return;
  j->ready = world_now(w), j->order = world_jobs(w)->orders++;
  list_push(w, &q->waiting[j->rank], j, id);
  jobs_hand_out_soon(w, q);
}

void job_move_after(struct world *w, uint32_t id, sim_time delay) {
  job_move(w, id, delay ? JOB_DELAYED : JOB_WAITING);
  if (delay) job_start_timer(w, job_at(w, id), id, delay);
}

/* --- how old the oldest is -------------------------------------------------------------------------------------------------- */

static sim_time oldest(const struct world *w, const struct job_queue *q) {
  sim_time since = world_now(w);
  for (uint32_t i = 0; i < w->model->job_ranks; i++) {
    uint32_t head = q->waiting[i].head;
    if (head != NONE && job_at(w, head)->ready < since) since = job_at(w, head)->ready;
  }
  assert(since <= world_now(w));
  return world_now(w) - since;
}

/* Handler, in even steps: the level of an age would need a slope. */
static void look_at_ages(void *world, uint32_t argument) {
  (void)argument;
  struct world *w = world;
  for (uint32_t i = 0; i < model_queues(w->model)->count; i++)
    meter_time(w, meter_of(&world_jobs(w)->queues[i], JOBS_AGE), oldest(w, &world_jobs(w)->queues[i]));
  calendar_set(w->calendar, world_jobs(w)->ages, world_now(w) + 1 + w->model->run.window / AGES);
}

/* --- processes -------------------------------------------------------------------------------------------------------------- */

static void jobs_serve(struct world *w, struct container *c, bool warm) {
  (void)warm;
  for (uint32_t i = 0; world_jobs(w)->queues && i < model_queues(w->model)->count; i++) {
    const struct queue_config *q = world_jobs(w)->queues[i].config;
    bool broker = q->at == (int32_t)c->service && c->id == w->services[c->service].first;
    if (broker || q->workers == (int32_t)c->service) jobs_hand_out_soon(w, &world_jobs(w)->queues[i]);
  }
}

/* A worker that hangs keeps its jobs and renews none of them: they come back after the time in which they would have been
 * renewed. */
static void worker_hangs(struct world *w, const struct container *c, bool hung) {
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    const struct request *r = world_request(w, id);
    uint32_t job = r->live ? request_jobs(w, r)->job : NONE;
    if (job == NONE || r->frames[0].container != c->id || r->frames[0].generation != c->generation) continue;
    struct queued_job *j = job_at(w, job);
    const struct queue_config *k = queue_of(w, j)->config;
    if (!k->renewed || j->state != JOB_TAKEN || j->delivery != id) continue;
    stop_timer(w, j);
    if (hung) job_start_timer(w, j, job, k->visibility);
  }
}

static void jobs_hang(struct world *w, struct container *c, bool hung) {
  if (!world_jobs(w)->queues) return;
  worker_hangs(w, c, hung);
  if (!hung) jobs_serve(w, c, false);
}

/* What runs goes on, and comes back no more. */
static void forget(struct world *w, uint32_t id) {
  struct queued_job *j = job_at(w, id);
  if (j->state == JOB_TAKEN && j->delivery != NONE) {
    stop_timer(w, j);
    j->forgotten = true;
    return;
  }
  job_lose(w, id);
  job_settle(w, id);
}

static void jobs_broker_died(struct world *w, uint32_t service) {
  for (uint32_t i = 0; world_jobs(w)->queues && i < model_queues(w->model)->count; i++) {
    const struct queue_config *c = world_jobs(w)->queues[i].config;
    if (c->at != (int32_t)service || c->durable) continue;
    for (uint32_t id = 0; id < pool_capacity(&world_jobs(w)->jobs); id++)
      if (job_at(w, id)->queue == i && job_at(w, id)->state != JOB_FREE && job_at(w, id)->state != JOB_OVER) forget(w, id);
  }
}

int64_t jobs_waiting(const struct world *w, uint32_t queue) { return world_jobs(w)->queues[queue].depth; }

int64_t jobs_unfinished(const struct world *w, uint32_t queue) {
  const struct job_queue *q = &world_jobs(w)->queues[queue];
  return (int64_t)q->depth + q->delayed + q->taken;
}

/* --- beginning and end ------------------------------------------------------------------------------------------------------ */

static void start_queue(struct world *w, struct job_queue *q, const struct queue_config *c) {
  q->config = c;
  q->waiting = arena_new_array(w->arena, struct job_list, w->model->job_ranks + 1);
  for (uint32_t i = 0; i < w->model->job_ranks; i++) q->waiting[i] = (struct job_list){NONE, NONE};
  budget_init(&q->budget, &c->retry.budget, 0);
  struct job_workers *k = &world_jobs(w)->job_workers[c->job_workers];
  if (!k->slots) k->hand_out = calendar_slot(w->calendar, jobs_hand_out, w, c->job_workers);
  k->service = (uint32_t)c->workers, k->slots = c->concurrency;
  const struct service *s = &w->services[k->service];
  assert(k->slots > 0);
  for (uint32_t i = s->first; i < s->first + s->capacity && !world_jobs(w)->slots[i].each; i++) {
    uint32_t processes = runtime_processes(container_config(&w->containers[i]));
    world_jobs(w)->slots[i] = (struct job_slots){.processes = processes, .each = arena_new_array(w->arena, uint32_t, processes)};
  }
}

static void jobs_start(struct world *w) {
  const struct model *m = w->model;
  struct job_board *b = world_jobs(w);
  pool_init(&b->jobs, sizeof(struct queued_job));
  if (!model_queues(m)->count) return;
  b->timers = timer_heap_new(w->calendar, jobs_time_is_up, w);
  b->queues = arena_new_array(w->arena, struct job_queue, model_queues(m)->count);
  b->job_workers = arena_new_array(w->arena, struct job_workers, m->job_workers_count);
  b->slots = arena_new_array(w->arena, struct job_slots, w->container_count + 1);
  for (uint32_t i = 0; i < model_queues(m)->count; i++) {
    start_queue(w, &b->queues[i], model_queue(m, i));
    for (uint32_t n = 0; n < model_queue(m, i)->schedule.count; n++) jobs_start_ticker(w, i, n);
  }
  b->ages = calendar_slot(w->calendar, look_at_ages, w, 0);
  calendar_set(w->calendar, b->ages, w->measured_from + m->run.window / AGES / 2);
}

static void jobs_stop(struct world *w) {
  timer_heap_free(world_jobs(w)->timers);
  pool_release(&world_jobs(w)->jobs);
}

static void jobs_process_died(struct world *w, struct container *c) {
  if (c->id == w->services[c->service].first) jobs_broker_died(w, c->service);
}

static void jobs_forget(struct world *w, struct request *r) {
  if (request_jobs(w, r)->awaited) jobs_unawaited(w, r);
}

static void jobs_fail(struct world *w, struct request *r, enum outcome outcome) {
  if (request_jobs(w, r)->job != NONE) jobs_failed(w, r, outcome);
}

static void link_job_programs(struct linker *l) {
  struct model *m = l->model;
  for (uint32_t i = 0; i < model_queues(m)->count; i++) {
    const char *path = arena_format(l->arena, "queues.%s", model_queue(m, i)->name), *wrong = job_queue_compile(m, i, l->arena);
    if (wrong) link_program_error(l, path, "steps", &m->programs[m->endpoints.count + i], wrong);
    if (!wrong) stock_check_held(l, m->endpoints.count + i, path, "steps");
  }
  if (l->failed) return;
  int32_t circle = job_queues_arrange(m, l->arena);
  if (circle >= 0)
    link_error(l, arena_format(l->arena, "queues.%s", model_queue(m, (uint32_t)circle)->name), "steps",
               "its jobs publish jobs that publish to it again, and so on for ever");
}

/* Before endpoints, whose steps publish. */
static void link_queues(struct linker *l) {
  struct model *m = l->model;
  for (uint32_t i = 0; i < model_queues(m)->count; i++) {
    const char *key, *wrong = job_queue_link(m, i, &key);
    if (wrong) link_error(l, arena_format(l->arena, "queues.%s", model_queue(m, i)->name), key, "%s", wrong);
  }
}

static void warn_of_retries(struct linker *l) {
  const struct model *m = l->model;
  for (uint32_t i = 0; i < model_queues(m)->count; i++)
    if (retry_unbounded(&model_queue(m, i)->retry))
      link_warn(l, arena_format(l->arena, "queues.%s", model_queue(m, i)->name), "retry", "retry-unbounded",
                "its jobs are retried without limit or budget: what fails permanently is retried for ever; give \"attempts\" or a "
                "\"budget\"");
}

static void link_jobs(struct linker *l, enum link_stage stage) {
  if (stage == LINK_STEPS) {
    l->model->program_count += model_queues(l->model)->count;
    link_queues(l);
  }
  if (stage == LINK_PROGRAMS && !l->failed) link_job_programs(l);
  if (stage == LINK_COMPILED) {
    warn_of_retries(l);
    job_queues_warn(l);
  }
}

static enum steadiness jobs_steadiness(const struct model *m) {
  for (uint32_t i = 0; i < model_queues(m)->count; i++)
    if (model_queue(m, i)->schedule.count) return TIMED;
  return STEADY;
}

static void jobs_sums(struct demand_sums *d, struct arena *arena) {
  d->published = arena_new_array(arena, double, model_queues(d->model)->count + 1);
}

static const struct jobs_of_request new_request = {.job = NONE};
const struct part part_jobs = {.name = "jobs",
                               .room.request = sizeof(struct jobs_of_request),
                               .request = &new_request,
                               .sums = jobs_sums,
                               .link = link_jobs,
                               .steadiness = jobs_steadiness,
                               .keys.root = &jobs_root_record,
                               .requests = true,
                               .room.world = sizeof(struct job_board),
                               .start = jobs_start,
                               .stop = jobs_stop,
                               .serves = jobs_serve,
                               .died = jobs_process_died,
                               .hangs = jobs_hang,
                               .fails = jobs_fail,
                               .forget = jobs_forget,
                               .audit = audit_jobs,
                               .load = &jobs_load};
