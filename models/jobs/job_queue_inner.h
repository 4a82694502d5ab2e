/* The inside of job queues: where a job is (job_queue.c), how it ends or comes back (job_end.c), deliveries (job_delivery.c), who
 * publishes (job_publish.c). Private to these files. A job is moved by job_move alone: it keeps the lists, the depths and the
 * meters. */
#ifndef JOB_QUEUE_INNER_H
#define JOB_QUEUE_INNER_H
#include "models/jobs/job_queue.h"
#include "models/core/world.h"

static inline struct queued_job *job_at(const struct world *w, uint32_t id) { return pool_at(&world_jobs(w)->jobs, id); }
static inline struct job_queue *queue_of(const struct world *w, const struct queued_job *j) {
  return &world_jobs(w)->queues[j->queue];
}
static inline uint32_t meter_of(const struct job_queue *q, enum job_meter m) { return q->config->meters[m]; }

static inline bool broker_up(const struct world *w, const struct job_queue *q) {
  return container_serves(&w->containers[w->services[q->config->at].first]);
}

/* job_queue.c. Its timer is stopped. */
void job_move(struct world *, uint32_t job, enum job_state);
/* To wait, after the delay. */
void job_move_after(struct world *, uint32_t job, sim_time delay);
void job_start_timer(struct world *, struct queued_job *, uint32_t job, sim_time delay);
/* Within this instant free workers take what waits. */
void jobs_hand_out_soon(struct world *, const struct job_queue *);

/* job_end.c */
/* Frees a job that is over and that no delivery refers to any more. */
void job_settle(struct world *, uint32_t job);
void job_end(struct world *, uint32_t job);
void job_finish(struct world *, struct queued_job *);
void job_lose(struct world *, uint32_t job);
/* The connection between its worker and the broker is gone; dead: because the worker is. */
void job_unacknowledged(struct world *, uint32_t job, bool dead);
/* Its delivery has: it is tried again, or a dead letter. */
void job_failed(struct world *, uint32_t job, enum outcome);
/* Key of the draws of a delivery; 0: of the pauses between them. */
uint64_t job_delivery_key(const struct queued_job *, uint32_t delivery);
/* Handler of the timers. */
void jobs_time_is_up(void *world, uint32_t job);

/* job_delivery.c: handler. */
void jobs_hand_out(void *world, uint32_t job_workers);

/* job_publish.c: schedule `number` of the queue begins. */
void jobs_start_ticker(struct world *, uint32_t queue, uint32_t number);

#endif
