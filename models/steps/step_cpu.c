/* {"cpu": "6ms"}: computes on the replica that serves the request, on a reference core; "on": "workers": in the pool of threads
 * beside its event loop, which is free meanwhile. */
#include "models/core/model.h"
#include "models/machine/gc.h"
#include "models/request/program.h"
#include "models/request/request.h"
#include "models/steps/steps.h"
#include "models/traffic/recorded.h"
#include "models/traffic/trace.h"

enum { ON_THREAD, ON_WORKERS };

struct cpu_step {
  struct distribution cpu;
  int64_t allocates;
  int32_t on, recorded;
};

static void compile_aside(struct compiler *c, struct instruction *in) {
  const struct service_config *service = model_service(c->model, (uint32_t)in->service);
  if (service->runtime != RUNTIME_EVENT_LOOP)
    compile_error(c, "only an event loop has workers next to it, and \"%s\" is not one", service->name);
  compile_becomes(in, &operation_compute_aside), in->on_workers = true;
}

static void compile(struct compiler *c, const void *config) {
  const struct cpu_step *s = config;
  if (s->allocates && compile_service(c) >= 0) gc_compile(c, s->allocates);
  struct instruction *in = compile_cpu(c, &s->cpu);
  if (!in) return;
  if (s->on == ON_WORKERS) compile_aside(c, in);
  if (s->recorded) compile_recorded(in, (uint32_t)s->recorded - 1);
}

static const char *const on_words[] = {"thread", "workers", NULL};

static const struct field fields[] = {
    KEY("cpu", DISTRIBUTION, cpu_step, cpu, .doc = "CPU time on a reference core."),
    KEY("on", WORD, cpu_step, on, DEFAULT("thread"), .words = on_words,
        .doc = "thread: where the request is served, which is the loop of an event loop; workers: in the pool next to the loop."),
    KEY("recorded", WORD, cpu_step, recorded, DEFAULT("none"), .words = trace_demand_words,
        .doc = "Column of a trace's file that says what each of its requests takes here; other requests take \"cpu\"."),
    KEY("allocates", BYTES, cpu_step, allocates, DEFAULT("0B"), RANGE(0, 1e15),
        .doc =
            "Memory that it allocates, besides what each request does: brings the next collection nearer (\"gc\" of the service)."),
    {0}};
static const struct record record = {
    .name = "cpu step",
    .size = sizeof(struct cpu_step),
    .fields = fields,
    .doc =
        "Computes on the replica that serves the request. Steps that follow each other without leaving the thread are one turn."};
static const struct step_kind kind = {compile};
const struct alternative step_cpu = {"cpu", true, &record, &kind};
