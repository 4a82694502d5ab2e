/* Job queues: work that is done later, by another service. A report is asked for, a broker keeps the job, a worker takes it.
 *
 * A job is published by a step (step_publish.c: one command on the broker) or by the clock (`schedule`), and waits in its queue
 * until a replica of `workers` has a free slot: then a request without a client begins there, a delivery, and runs the steps of the
 * queue: a program behind those of the endpoints. All queues with the same workers share their slots: the job of the highest
 * priority is next, within a priority the one that has waited longest; idle replicas take turns. Taking a job and acknowledging it
 * are a command of the broker each.
 *
 * At least once: a job that was taken and not acknowledged within `visibility` waits again, although its delivery may still be at
 * work; then it runs twice. A delivery whose worker dies comes back after that time too, or at once where the broker notices
 * (`on_crash`). A delivery that fails is tried again after a back-off, or is a dead letter. Every delivery counts as an attempt.
 *
 *     published = waiting + delayed + taken + done + dead + lost        a job that is done while a copy of it waits counts as done
 *
 * A job belongs to its queue; a delivery refers to it (request->job), and it is kept until the last delivery has ended. What is
 * taken outlives the broker, what waits outlives it if the queue is durable.
 *
 *     DELAYED -> WAITING -> TAKEN -> (DELAYED | WAITING)* -> OVER
 *
 * Sources: Celery (visibility time-out of its Redis transport), Amazon SQS (visibility time-out, maxReceiveCount), RabbitMQ
 * (requeues what a closed connection had), BullMQ (locks that a living worker renews, stalled jobs). */
#ifndef JOB_QUEUE_H
#define JOB_QUEUE_H
#include "models/core/parts.h"
#include "models/core/model.h"
#include "models/request/backoff.h"
#include "models/request/program.h"
#include "sim/engine/calendar.h"
#include "sim/engine/pool.h"
#include "sim/engine/timer_heap.h"

struct arena;
struct container;
struct linker;
struct model;

/* What becomes of the jobs of a worker that dies. */
enum on_crash { CRASH_TIMEOUT, CRASH_REQUEUE };
enum when_full { FULL_REFUSE, FULL_DROP };

/* Published by the clock. */
struct schedule_config {
  sim_time every, at; /* at: time of day of one of them */
  int64_t count, priority;
  uint16_t rank; /* derived, as of publishing */
};

enum job_meter {
  JOBS_DEPTH,
  JOBS_RUNNING,
  JOBS_DELAYED,
  JOBS_DEAD_LETTERS,
  JOBS_AGE,
  JOBS_WAIT,
  JOBS_TIME,
  JOBS_PUBLISHED,
  JOBS_DONE,
  JOBS_RETRIED,
  JOBS_REDELIVERED,
  JOBS_REPEATED,
  JOBS_DEAD,
  JOBS_LOST,
  JOBS_REFUSED,
  JOB_METERS
};

struct queue_config {
  const char *name;
  int32_t at, workers; /* services: the broker, the service that does the jobs */
  int64_t concurrency; /* jobs of a replica at once; 0 until linked: its threads */
  struct config_list steps;
  struct distribution demand, latency;
  int64_t priority;
  struct retry_config retry;
  int64_t deliveries; /* at most */
  sim_time visibility;
  bool renewed;
  int32_t on_crash, full; /* enum on_crash, enum when_full */
  bool durable;
  int64_t bound;
  struct config_list schedule; /* struct schedule_config */
  /* Derived. */
  uint32_t job_workers;            /* number of its workers' service among those that work */
  uint32_t steps_begin, steps_end; /* instructions of its program between taking and acknowledging */
  uint32_t meters[JOB_METERS];
};

extern const struct record queue_record;
extern const struct load_part jobs_load;

/* Before programs are compiled: checks and meters. Null, or what is wrong with the value of *key. */
const char *job_queue_link(struct model *, uint32_t queue, const char **key);
/* The program of its jobs. Null, or what is wrong. */
const char *job_queue_compile(struct model *, uint32_t queue, struct arena *);
/* Of all programs: the order in which queues publish to each other (model->queue_order, those that are published to last), and the
 * ranks of priorities. The queue whose jobs lead to jobs of its own for ever, or -1. */
int32_t job_queues_arrange(struct model *, struct arena *);
/* Of linked programs: warns of queues that give every job out again before it can be done. */
void job_queues_warn(struct linker *);
/* Jobs a second that the clock publishes. */
double job_queue_scheduled(const struct queue_config *);
/* Some queue has jobs that the clock publishes. */
bool job_queues_scheduled(const struct model *);

/* What a publish step says. */
struct publishing {
  uint32_t queue;
  struct choice count; /* of batch_choices; none: 1 */
  struct distribution delay;
  int64_t priority;
  bool wait;
  uint16_t rank; /* derived, of the priority together with that of the queue: 0 is taken first */
  const struct queue_config *config;
  const struct program *body;
};

/* --- at work ---------------------------------------------------------------------------------------------------------------- */

enum job_state { JOB_FREE, JOB_DELAYED, JOB_WAITING, JOB_TAKEN, JOB_OVER };

struct queued_job {
  uint64_t key, subject; /* of its draws; what it is about (keyspace.h) */
  uint64_t order;        /* in which jobs began to wait */
  sim_time due;          /* published, or what it was delayed to */
  sim_time ready;        /* waits since */
  uint32_t source, user; /* of the client whose request published it */
  uint32_t next, previous;
  uint32_t waiter;   /* the request that waits for it, or NONE */
  uint32_t delivery; /* TAKEN: the request that may acknowledge it, or NONE: its worker is dead */
  uint32_t deliveries, running;
  timer_ticket timer; /* while timed: of its delay or its visibility */
  uint16_t queue, rank;
  uint8_t state, service_rank;
  bool timed, finished, forgotten; /* finished: done once; forgotten: the broker does not know it any more */
};

struct job_list {
  uint32_t head, tail;
};

struct job_queue {
  const struct queue_config *config;
  struct job_list *waiting; /* by rank */
  uint32_t depth, delayed, taken;
  uint64_t published, done, dead, lost, copies; /* copies: done, but waiting, delayed or taken again */
  struct retry_budget budget;
};

/* The replicas of one service as workers. */
struct job_workers {
  uint32_t service, cursor;
  int64_t slots; /* of each replica */
  slot_id hand_out;
};

/* Jobs that a container has in this life of it. */
struct job_slots {
  uint32_t generation, taken, processes;
  uint32_t *each; /* by process */
};

struct job_board {
  struct job_queue *queues;
  struct job_workers *job_workers; /* by job_workers of the queue */
  struct job_slots *slots;         /* by container */
  struct pool jobs;                /* struct queued_job */
  struct timer_heap *timers;
  uint64_t orders;
  slot_id ages;
};

/* Instructions. */
extern const struct operation operation_publish;
extern const struct operation operation_await;
extern const struct operation operation_job_done;

/* The delivery has failed, or its worker is dead. */
void jobs_failed(struct world *, struct request *, enum outcome);
/* A request that waits for jobs is gone. */
void jobs_unawaited(struct world *, struct request *);
/* Jobs that wait, and all that are not finished: what an autoscaler looks at. */
int64_t jobs_waiting(const struct world *, uint32_t queue);
int64_t jobs_unfinished(const struct world *, uint32_t queue);

static inline struct job_board *world_jobs(const struct world *w) { return world_part(w, PART_jobs); }
void audit_jobs(const struct audit *);

extern const struct record jobs_root_record;
static inline struct config_list *model_queues(const struct model *m) { return model_part(m, PART_jobs); }
static inline const struct queue_config *model_queue(const struct model *m, uint32_t i) {
  return (const struct queue_config *)model_queues(m)->items + i;
}
/* Of each request. */
struct jobs_of_request {
  uint32_t job, awaited; /* the job whose delivery it is, or NONE; jobs that it published and waits for */
};
static inline struct jobs_of_request *request_jobs(const struct world *w, const struct request *r) {
  return request_part(w, r, PART_jobs);
}

#endif
