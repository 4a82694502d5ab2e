/* {"publish": "reports"}: hands a job to a queue (models/jobs/job_queue.h), over the network and with one command of its broker.
 * The request goes on at once; with "wait" it goes on when the job is done. */
#include "models/jobs/job_queue.h"
#include "models/core/model.h"
#include "models/request/request.h"
#include "models/steps/steps.h"
#include "models/traffic/batch.h"
#include "sim/engine/arena.h"

struct publish_step {
  int32_t publish;
  struct choice count;
  struct distribution delay;
  int64_t priority;
  bool wait;
};

static void compile(struct compiler *c, const void *config) {
  const struct publish_step *s = config;
  const struct queue_config *q = model_queue(c->model, (uint32_t)s->publish);
  const char *wrong = batch_error(&s->count);
  if (wrong) compile_error(c, "the \"count\" of a \"publish\" step: %s", wrong);
  struct publishing *p = arena_alloc(c->arena, sizeof *p);
  *p = (struct publishing){.queue = (uint32_t)s->publish,
                           .count = s->count,
                           .delay = s->delay,
                           .priority = s->priority,
                           .wait = s->wait,
                           .config = q,
                           .body = &c->model->programs[c->model->endpoints.count + (uint32_t)s->publish]};
  compile_enter(c, q->at, ROUTE_PRIMARY);
  compile_cpu(c, &q->demand);
  compile_emit(c, &operation_publish)->publishing = p;
  compile_leave(c);
  if (!s->wait) return;
  struct instruction *in = compile_emit(c, &operation_await);
  in->publishing = p;
  in->cell = compile_cell(c, q->workers, TIME_JOB);
}

static const struct field fields[] = {
    KEY("publish", REFERENCE, publish_step, publish, .target = "queues", .doc = "The queue."),
    KEY("count", CHOICE, publish_step, count, OPTIONAL, .choices = &batch_choices,
        .doc = "Jobs that are published together, with one command; absent: 1."),
    KEY("delay", DISTRIBUTION, publish_step, delay, OPTIONAL,
        .doc = "How long it takes until the jobs are due; absent: they are due at once."),
    KEY("priority", INTEGER, publish_step, priority, DEFAULT(0), RANGE(-1000, 1000),
        .doc = "Priority of these jobs: higher is taken first. That of the queue is added."),
    KEY("wait", FLAG, publish_step, wait, DEFAULT(false),
        .doc = "Whether the request waits until all these jobs are done; it fails (job_failed) when one is given up or lost."),
    {0}};
static const struct record record = {
    .name = "publish step", .size = sizeof(struct publish_step), .fields = fields, .doc = "Hands jobs to a queue."};
static const struct step_kind kind = {compile};
const struct alternative step_publish = {"publish", true, &record, &kind};
