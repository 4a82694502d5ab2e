#include "models/jobs/job_queue.h"
#include "models/traffic/source.h"
#include "models/database/connections.h"
#include "models/core/link.h"
#include "models/core/meter.h"
#include "models/core/model.h"
#include "models/service/takeover.h"
#include "sim/engine/arena.h"
#include "models/platform/placement.h"
#include <math.h>
#include <string.h>

enum { CONCURRENCY_MOST = 1000000 };

static const struct field schedule_fields[] = {
    KEY("every", DURATION, schedule_config, every, RANGE(1e6, FIELD_YEAR), .doc = "Between one time and the next."),
    KEY("at", CLOCK, schedule_config, at, DEFAULT("00:00"),
        .doc = "Time of day at which it happens; the other times are before and after it, \"every\" apart."),
    KEY("count", INTEGER, schedule_config, count, DEFAULT(1), RANGE(1, 1e6), .doc = "Jobs that are published each time."),
    KEY("priority", INTEGER, schedule_config, priority, DEFAULT(0), RANGE(-1000, 1000),
        .doc = "Priority of these jobs: higher is taken first. That of the queue is added."),
    {0}};
static const struct record schedule_record = {.name = "schedule",
                                              .size = sizeof(struct schedule_config),
                                              .fields = schedule_fields,
                                              .doc = "Jobs that the clock publishes, as cron does."};

static const char *const crash_words[] = {"timeout", "requeue", NULL};
static const char *const full_words[] = {"refuse", "drop", NULL};

static const struct field fields[] = {
    KEY("at", REFERENCE, queue_config, at, .target = "services",
        .doc = "The broker: a service of kind queue or cache. The queue lives on its first replica."),
    KEY("workers", REFERENCE, queue_config, workers, .target = "services", .doc = "The service whose replicas do the jobs."),
    KEY("concurrency", INTEGER, queue_config, concurrency, DEFAULT(0), RANGE(0, CONCURRENCY_MOST),
        .doc = "Jobs that one replica does at once; 0: as many as its processes have threads. Queues with the same workers share "
               "these slots."),
    KEY("steps", CHOICES, queue_config, steps, .choices = &step_choices, .doc = "What a job does on its worker."),
    KEY("demand", DISTRIBUTION, queue_config, demand, DEFAULT("10us"),
        .doc = "CPU time of one command of the broker: to publish, to take and to acknowledge.",
        .source = "Redis: 8 to 12 us per simple command"),
    KEY("latency", DISTRIBUTION, queue_config, latency, DEFAULT("0s"),
        .doc = "From a free slot and a waiting job until the job begins: workers that poll instead of being notified. The slot is "
               "taken meanwhile."),
    KEY("priority", INTEGER, queue_config, priority, DEFAULT(0), RANGE(-1000, 1000),
        .doc = "Priority of its jobs among all jobs of its workers: higher is taken first. Nothing is interrupted."),
    KEY("retry", RECORD, queue_config, retry, OPTIONAL, .record = &retry_record,
        .doc = "Retries a job that has failed; absent: it is a dead letter.", .source = "BullMQ: attempts 1"),
    KEY("deliveries", LIMIT, queue_config, deliveries, DEFAULT("unlimited"), RANGE(1, FIELD_UNLIMITED),
        .doc = "How often a job is taken at most, lost workers and expired times included; then it is a dead letter.",
        .source = "Amazon SQS: unlimited without a redrive policy"),
    KEY("visibility", DURATION, queue_config, visibility, DEFAULT("1h"), RANGE(1, FIELD_UNLIMITED),
        .doc = "A job that was taken and is not done after this time is taken again; never: what a dead worker had is lost.",
        .source = "Celery on Redis: visibility_timeout 1 h; Amazon SQS 30 s"),
    KEY("renewed", FLAG, queue_config, renewed, DEFAULT(false),
        .doc = "Whether a living worker renews the time, which then runs from its death on (BullMQ's locks)."),
    KEY("on_crash", WORD, queue_config, on_crash, DEFAULT("timeout"), .words = crash_words,
        .doc = "When jobs of a dead worker wait again: timeout: after \"visibility\"; requeue: at once, the broker has seen the "
               "connection close (RabbitMQ)."),
    KEY("durable", FLAG, queue_config, durable, DEFAULT(true),
        .doc = "Whether waiting jobs are still there when the broker has died and is back."),
    KEY("bound", LIMIT, queue_config, bound, DEFAULT("unlimited"), RANGE(1, FIELD_UNLIMITED),
        .doc = "Jobs that may wait or be delayed; what is published beyond that is not accepted."),
    KEY("full", WORD, queue_config, full, DEFAULT("refuse"), .words = full_words,
        .doc = "What is done with a job beyond the bound: refuse: the request that publishes it fails (queue_full); drop: it goes "
               "on."),
    KEY("schedule", LIST, queue_config, schedule, OPTIONAL, .record = &schedule_record, .doc = "Jobs that the clock publishes."),
    {0}};
const struct record queue_record = {.name = "queue",
                                    .size = sizeof(struct queue_config),
                                    .fields = fields,
                                    .doc = "A queue of jobs at a broker, done by the replicas of a service."};

/* --- linking ----------------------------------------------------------------------------------------------------------------- */

static const struct {
  const char *name;
  enum meter_kind kind;
  const char *doc;
} words[JOB_METERS] = {
    [JOBS_DEPTH] = {"depth", METER_LEVEL, "Jobs that wait for a worker."},
    [JOBS_RUNNING] = {"running", METER_LEVEL, "Deliveries at work."},
    [JOBS_DELAYED] = {"delayed", METER_LEVEL, "Jobs that are not due yet, back-off included."},
    [JOBS_DEAD_LETTERS] = {"dead_letters", METER_LEVEL, "Jobs that were given up so far."},
    [JOBS_AGE] = {"age", METER_TIME, "How long the oldest job has waited, at instants of the clock; 0 when none waits."},
    [JOBS_WAIT] = {"wait", METER_TIME, "From when a job is due until it is taken for the first time."},
    [JOBS_TIME] = {"time", METER_TIME, "From publishing a job until it is done, delays left out."},
    [JOBS_PUBLISHED] = {"published", METER_COUNT, "Jobs taken in."},
    [JOBS_DONE] = {"done", METER_COUNT, "Jobs done."},
    [JOBS_RETRIED] = {"retried", METER_COUNT, "Failed deliveries that are tried again."},
    [JOBS_REDELIVERED] = {"redelivered", METER_COUNT, "Jobs that came back because they were not acknowledged."},
    [JOBS_REPEATED] = {"repeated", METER_COUNT, "Deliveries that did a job which was done already."},
    [JOBS_DEAD] = {"dead", METER_COUNT, "Jobs given up: dead letters."},
    [JOBS_LOST] = {"lost", METER_COUNT, "Jobs lost with their broker or their worker."},
    [JOBS_REFUSED] = {"refused", METER_COUNT,
                      "Jobs that were not taken in: the queue was full, or a scheduled one found no broker."}};

static const char *name_taken(const struct model *m, const char *name) {
  for (uint32_t i = 0; i < model_sources(m)->count; i++)
    if (!strcmp(model_source(m, i)->name, name)) return "a source of traffic";
  for (uint32_t i = 0; i < m->endpoints.count; i++)
    if (!strcmp(model_endpoint(m, i)->name, name)) return "an endpoint";
  return NULL;
}

/* As many as the threads of all its processes. */
static int64_t default_concurrency(const struct service_config *workers) {
  int64_t processes = runtime_processes(workers);
  return workers->threads < CONCURRENCY_MOST / processes ? workers->threads * processes : CONCURRENCY_MOST;
}

static const char *check_services(const struct model *m, struct queue_config *q, const char **key) {
  const struct service_config *at = model_service(m, (uint32_t)q->at), *workers = model_service(m, (uint32_t)q->workers);
  *key = "at";
  if (at->kind != SERVICE_QUEUE && at->kind != SERVICE_CACHE)
    return arena_format(m->arena, "\"%s\" is not a broker: give it the kind queue or cache", at->name);
  *key = "workers";
  if (service_takeover(workers)->active)
    return arena_format(m->arena, "\"%s\" has a failover: whether those of its replicas that stand by take jobs is not modelled",
                        workers->name);
  if (workers->kind == SERVICE_EXTERNAL) return arena_format(m->arena, "\"%s\" is an external service", workers->name);
  *key = "concurrency";
  for (uint32_t i = 0; model_queue(m, i) != q; i++)
    if (model_queue(m, i)->workers == q->workers && model_queue(m, i)->concurrency != q->concurrency)
      return arena_format(m->arena,
                          "its workers are those of \"%s\", which does %lld jobs at once and not %lld: they share the slots",
                          model_queue(m, i)->name, (long long)model_queue(m, i)->concurrency, (long long)q->concurrency);
  return NULL;
}

/* Queues with the same workers share a number of workers. */
static uint32_t job_workers_of(struct model *m, uint32_t queue) {
  for (uint32_t i = 0; i < queue; i++)
    if (model_queue(m, i)->workers == model_queue(m, queue)->workers) return model_queue(m, i)->job_workers;
  return m->job_workers_count++;
}

const char *job_queue_link(struct model *m, uint32_t queue, const char **key) {
  struct queue_config *q = (struct queue_config *)model_queues(m)->items + queue;
  *key = NULL;
  if (!q->concurrency) q->concurrency = default_concurrency(model_service(m, (uint32_t)q->workers));
  const char *other = name_taken(m, q->name);
  if (other)
    return arena_format(m->arena, "has the name of %s: claims could not tell their numbers apart; give it another name", other);
  const char *wrong = check_services(m, q, key);
  if (wrong) return wrong;
  *key = "retry";
  if (backoff_stops_clock(&q->retry.pause))
    return "this many attempts with almost no pause would stop the clock: give it a \"backoff\"";
  if (q->retry.pause.attempts > q->deliveries)
    q->retry.pause.attempts = q->deliveries; /* whatever for, it is not taken more often */
  *key = "renewed";
  if (q->renewed && q->visibility == SIM_NEVER) return "there is nothing to renew: \"visibility\" is never";
  q->job_workers = job_workers_of(m, queue);
  for (int i = 0; i < JOB_METERS; i++) q->meters[i] = meter_declare(m, q->name, words[i].name, words[i].kind, words[i].doc);
  meter_is_queue(m, q->meters[JOBS_DEPTH]);
  return NULL;
}

/* A command of the worker at its broker: one that is away is no reason to stop. */
static void compile_command(struct compiler *c, const struct queue_config *q) {
  struct instruction *enter = compile_enter(c, q->at, ROUTE_PRIMARY);
  compile_cpu(c, &q->demand);
  compile_leave(c);
  enter->target = (uint16_t)c->program->count;
}

const char *job_queue_compile(struct model *m, uint32_t queue, struct arena *arena) {
  struct queue_config *q = (struct queue_config *)model_queues(m)->items + queue;
  struct program *p = &m->programs[m->endpoints.count + queue];
  struct compiler c;
  compile_begin(&c, m, p, arena);
  c.guarded++; /* what ends early ends as a failure does: its queue hears of it */
  compile_enter(&c, q->workers, ROUTE_WORKERS);
  compile_command(&c, q);
  if (q->latency.mean > 0) compile_delay(&c, &q->latency, compile_cell(&c, q->workers, TIME_DELAY));
  q->steps_begin = p->count;
  c.lists[c.depth]++; /* they belong to the job: there is nobody that it could answer */
  compile_steps(&c, &q->steps);
  q->steps_end = p->count;
  compile_command(&c, q);
  compile_leave(&c);
  p->end = (uint16_t)p->count;
  compile_emit(&c, &operation_job_done)->outcome = OUTCOME_COMPLETED;
  connections_compile(&c);
  return compile_end(&c);
}

/* --- together ---------------------------------------------------------------------------------------------------------------- */

/* The next publish step of a program from instruction *at on, or null. */
static struct publishing *next_publishing(const struct program *p, uint32_t *at) {
  while (*at < p->count) {
    const struct instruction *in = &p->instructions[(*at)++];
    if (in->operation == &operation_publish) return in->publishing;
  }
  return NULL;
}

enum visit { UNSEEN, OPEN, CLOSED };

/* Depth first: a queue stands in the order before those that its jobs publish to. */
static int32_t visit(struct model *m, uint8_t *seen, uint32_t queue, uint32_t *room) {
  if (seen[queue] == CLOSED) return -1;
  if (seen[queue] == OPEN) return (int32_t)queue;
  seen[queue] = OPEN;
  uint32_t at = 0;
  for (const struct publishing *p; (p = next_publishing(&m->programs[m->endpoints.count + queue], &at));) {
    int32_t circle = visit(m, seen, p->queue, room);
    if (circle >= 0) return circle;
  }
  seen[queue] = CLOSED;
  m->queue_order[--*room] = queue;
  return -1;
}

/* Numbers of the different priorities of jobs: the highest has rank 0. */
struct ranking {
  int64_t *priorities;
  uint32_t count, room;
};

static void note(struct ranking *k, int64_t priority) {
  for (uint32_t i = 0; i < k->count; i++)
    if (k->priorities[i] == priority) return;
  if (k->count < k->room) k->priorities[k->count++] = priority;
}

static uint16_t rank_of(const struct ranking *k, int64_t priority) {
  uint16_t rank = 0;
  for (uint32_t i = 0; i < k->count; i++) rank += k->priorities[i] > priority;
  return rank;
}

static void each_priority(struct model *m, struct ranking *k, bool known) {
  for (uint32_t i = 0; i < m->program_count; i++) {
    uint32_t at = 0;
    for (struct publishing *p; (p = next_publishing(&m->programs[i], &at));) {
      int64_t priority = p->priority + model_queue(m, p->queue)->priority;
      if (known) p->rank = rank_of(k, priority);
      note(k, priority);
    }
  }
  for (uint32_t i = 0; i < model_queues(m)->count; i++) {
    struct schedule_config *s = model_queue(m, i)->schedule.items;
    for (uint32_t n = 0; n < model_queue(m, i)->schedule.count; n++) {
      int64_t priority = s[n].priority + model_queue(m, i)->priority;
      if (known) s[n].rank = rank_of(k, priority);
      note(k, priority);
    }
  }
}

int32_t job_queues_arrange(struct model *m, struct arena *arena) {
  enum { PRIORITIES = 4001 }; /* from -2000 to 2000 */
  uint8_t *seen = arena_new_array(arena, uint8_t, model_queues(m)->count + 1);
  uint32_t room = model_queues(m)->count;
  m->queue_order = arena_new_array(arena, uint32_t, model_queues(m)->count + 1);
  for (uint32_t i = 0; i < model_queues(m)->count; i++) {
    int32_t circle = visit(m, seen, i, &room);
    if (circle >= 0) return circle;
  }
  struct ranking k = {arena_new_array(arena, int64_t, PRIORITIES), 0, PRIORITIES};
  each_priority(m, &k, false);
  each_priority(m, &k, true);
  m->job_ranks = k.count;
  return -1;
}

double job_queue_scheduled(const struct queue_config *q) {
  double rate = 0;
  const struct schedule_config *s = q->schedule.items;
  for (uint32_t i = 0; i < q->schedule.count; i++) rate += (double)s[i].count / sim_seconds(s[i].every);
  return rate;
}

bool job_queues_scheduled(const struct model *m) {
  for (uint32_t i = 0; i < model_queues(m)->count; i++)
    if (model_queue(m, i)->schedule.count) return true;
  return false;
}

/* --- redelivery -------------------------------------------------------------------------------------------------------------- */

/* Of the nodes that the service may run on. */
static double fastest(const struct model *m, const struct service_config *s) {
  double most = 0;
  for (uint32_t i = 0; i < m->platform.nodes.count; i++)
    if (placement_has_group(s, i)) most = fmax(most, model_nodes(m, i)->speed);
  return most > 0 ? most : 1;
}

/* How long a delivery takes from taking to acknowledging when nothing waits for anything, in the mean. */
static double undisturbed_s(const struct model *m, uint32_t queue, struct arena *arena) {
  double *speed = arena_new_array(arena, double, m->services.count + 1), passed_s = 0;
  for (uint32_t i = 0; i < m->services.count; i++) speed[i] = fastest(m, model_service(m, i));
  struct demand_sums d = demand_sums_new(m, speed, arena);
  d.passed_s = &passed_s;
  program_demand(&m->programs[m->endpoints.count + queue], 1, &d);
  return passed_s;
}

void job_queues_warn(struct linker *l) {
  const struct model *m = l->model;
  for (uint32_t i = 0; i < model_queues(m)->count; i++) {
    const struct queue_config *q = model_queue(m, i);
    if (q->visibility == SIM_NEVER || q->renewed) continue;
    double takes_s = undisturbed_s(m, i, l->arena), visible_s = sim_seconds(q->visibility);
    if (!(takes_s > visible_s)) continue;
    double copies = ceil(takes_s / visible_s);
    if (q->deliveries != INT64_MAX) copies = fmin(copies, (double)q->deliveries);
    link_warn(l, arena_format(l->arena, "queues.%s", q->name), "visibility", "redelivered",
              "a job takes %.3g s on average when nothing is in its way, and after %.3g s its queue gives it out again: about %.3g "
              "deliveries of each, the more the longer it waits; give a longer \"visibility\", or \"renewed\"",
              takes_s, visible_s, copies);
  }
}

static const struct field root_keys[] = {
    ONLY_KEY("queues", MAP, OPTIONAL, .record = &queue_record, .doc = "Work that is done later by workers, by name."), {0}};
const struct record jobs_root_record = {.name = "queues of a scenario", .size = sizeof(struct config_list), .fields = root_keys};
