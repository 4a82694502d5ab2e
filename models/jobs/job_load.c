/* Load of the slots for jobs that the replicas of a queue's workers have, and what jobs ask of everything else. */
#include "models/core/load_sheet.h"
#include "models/core/model.h"
#include "models/jobs/job_queue.h"
#include "sim/engine/arena.h"

static const struct program *program_of(const struct model *m, uint32_t queue) { return &m->programs[m->endpoints.count + queue]; }

/* How long a delivery has its slot when no other is there. Queues whose results are waited for come first. */
static void prepare(const struct model *m, struct demand_sums *all, struct arena *arena) {
  double *times = arena_new_array(arena, double, model_queues(m)->count + 1);
  for (uint32_t i = model_queues(m)->count; i-- > 0;) {
    uint32_t queue = m->queue_order[i];
    struct demand_sums d = demand_sums_new(m, all->speed, arena);
    d.job_s = times, d.passed_s = &times[queue];
    program_demand(program_of(m, queue), 1, &d);
  }
  all->job_s = times;
}

static void mark_waited(const struct program *p, bool *waited) {
  for (uint32_t i = 0; i < p->count; i++) {
    const struct publishing *of = p->instructions[i].publishing;
    if (of && of->wait) waited[of->queue] = true;
  }
}

/* By queue: some request waits for its jobs, or for jobs that wait for them. */
static const bool *queues_waited(const struct model *m, struct arena *arena) {
  bool *waited = arena_new_array(arena, bool, model_queues(m)->count + 1);
  for (uint32_t e = 0; e < m->endpoints.count; e++) mark_waited(&m->programs[e], waited);
  for (uint32_t i = 0; i < model_queues(m)->count; i++) /* in this order they come before those that they publish to */
    if (waited[m->queue_order[i]]) mark_waited(program_of(m, m->queue_order[i]), waited);
  return waited;
}

/* What jobs ask, after the endpoints and queues that publish them. */
static void asks(const struct model *m, const struct demand_sums *d, int asking, struct arena *arena) {
  const bool *waited = queues_waited(m, arena);
  for (uint32_t i = 0; i < model_queues(m)->count; i++) {
    uint32_t queue = m->queue_order[i];
    const struct program *p = program_of(m, queue);
    if (asking & ASKING_CLOCK) d->published[queue] += job_queue_scheduled(model_queue(m, queue));
    if (asking & ASKING_WAITED && !waited[queue]) d->published[queue] = 0;
    d->published[queue] *= program_attempts(p, &model_queue(m, queue)->retry);
    program_demand(p, d->published[queue], d);
  }
}

/* Slots of the queue's workers, together with the other queues that they serve. */
static void add_slots(struct load_sheet *l, const struct model *m, uint32_t queue) {
  const struct queue_config *q = model_queue(m, queue);
  const struct service_config *s = model_service(m, (uint32_t)q->workers);
  double held_s = 0, count = l->replicas[q->workers];
  uint32_t queues = 0;
  for (uint32_t i = 0; i < model_queues(m)->count; i++) {
    if (model_queue(m, i)->job_workers != q->job_workers) continue;
    if (i < queue) return;
    held_s += l->sums->published[i] * l->sums->job_s[i], queues++;
  }
  load_add(l, &(struct load){.kind = LOAD_JOB_SLOTS,
                             .owner = LOAD_OF_SERVICE,
                             .index = (uint32_t)q->workers,
                             .name = arena_format(l->arena, "%s job slots%s", s->name, load_times(l, s, count)),
                             .demand_s = held_s,
                             .capacity = (double)q->concurrency * count,
                             .metered = queues == 1 && !s->autoscale.max,
                             .meter = q->meters[JOBS_RUNNING]});
}

static void loads(const struct model *m, struct load_sheet *l) {
  for (uint32_t i = 0; i < model_queues(m)->count; i++) add_slots(l, m, i);
}

const struct load_part jobs_load = {.prepare = prepare, .asks = asks, .loads = loads};
