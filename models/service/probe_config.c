/* Keys of probes, and what is wrong with them. */
#include "models/core/link.h"
#include "models/core/meter.h"
#include "models/core/world.h"
#include "models/machine/container.h"
#include "models/platform/platform.h"
#include "models/request/operation.h"
#include "models/service/probe.h"
#include "sim/engine/arena.h"

static const char *const names[PROBES] = {"startup", "readiness", "liveness"};

/* Docker's HEALTHCHECK has other defaults than Kubernetes. */
static void fill_in(struct replica_probe_config *k, const struct probing *p) {
  if (!k->every) k->every = p->every;
  if (!k->timeout) k->timeout = p->timeout;
}

static void check(struct linker *l, const struct replica_probe_config *k, enum probe_kind kind, const char *path) {
  const struct probing *p = l->model->platform.kind->probing;
  if (!p->from_end && k->timeout >= k->every)
    link_error(l, path, "timeout",
               "a probe slower than its period: one must have failed before the next begins, so less than \"every\"");
  if (kind != PROBE_READINESS && k->successes != 1)
    link_error(l, path, "successes", "only readiness may need several: one success is enough for %s", names[kind]);
}

static void unused(struct linker *l, struct replica_probe_config *k, enum probe_kind kind, const char *path) {
  const struct orchestrator *o = l->model->platform.kind;
  link_warn(l, path, names[kind], "probe-without-effect", "%s has no effect: %s", names[kind],
            o->probing ? o->probing->instead[kind] : "nothing acts on it");
  *k = (struct replica_probe_config){0};
}

void probes_link_service(struct linker *l, struct service_config *s, const char *path) {
  struct probes_config *all = service_probes(s);
  const struct probing *p = l->model->platform.kind->probing;
  const char *here = arena_format(l->arena, "%s.probes", path);
  for (enum probe_kind i = 0; i < PROBES; i++) {
    if (!all->of[i].failures) continue;
    if (!service_runs(s)) {
      link_error(l, path, "probes", "has no replicas of its own that could be probed");
      return;
    }
    if (!p || !p->acts[i]) {
      unused(l, &all->of[i], i, here);
      continue;
    }
    fill_in(&all->of[i], p);
    check(l, &all->of[i], i, arena_format(l->arena, "%s.%s", here, names[i]));
    all->failed[i] = meter_declare(l->model, s->name, arena_format(l->arena, "%s_failures", names[i]), METER_COUNT,
                                   arena_format(l->arena, "Probes of kind %s that failed.", names[i]));
    all->turned[i] = meter_declare(l->model, s->name, arena_format(l->arena, "%s_lost", names[i]), METER_COUNT,
                                   i == PROBE_READINESS ? "Replicas that their readiness took out of rotation."
                                                        : arena_format(l->arena, "Processes killed because %s failed.", names[i]));
  }
}

/* --- what a probe does ------------------------------------------------------------------------------------------------------- */

/* At least a moment on a thread: behind those that are there. */
static bool computes(struct world *w, struct request *r, const struct instruction *in) {
  struct container *c = &w->containers[r->frames[0].container];
  double cost = (double)distribution_time_at(&in->demand, r->key, 1) / c->speed;
  r->work = cost > 1 ? (sim_time)(cost + 0.5) : 1;
  r->since = world_now(w);
  container_compute(w, c, r);
  return false;
}
static const struct operation operation_probe = {.name = "probe", .run = computes, .computes = true};

static bool answers(struct world *w, struct request *r, const struct instruction *in) {
  (void)in;
  struct probe *p = &world_probes(w)->of[r->user];
  struct frame f = r->frames[0];
  bool waited_for = p->request == r->id;
  r->depth = r->base = 0;
  request_forget(w, r);
  container_leave(w, &w->containers[f.container], f.process);
  if (waited_for) probe_ended(p, true);
  return false;
}
static const struct operation operation_answered = {.name = "end of a probe", .run = answers, .ends = true};

static void compile(struct program *p, int32_t service, struct arena *arena) {
  p->instructions = arena_new_array(arena, struct instruction, 3);
  p->count = 3, p->cell_count = 3, p->end = 2, p->network_cell = -1, p->unheld = -1;
  p->cells[0] = (struct cell){service, TIME_QUEUE}, p->cells[1] = (struct cell){service, TIME_SERVICE};
  p->cells[2] = (struct cell){service, TIME_THROTTLED};
  p->instructions[0] =
      (struct instruction){.operation = &operation_accept, .run = request_accept, .service = service, .stopped_cell = 2};
  p->instructions[1] =
      (struct instruction){.operation = &operation_probe, .run = computes, .service = service, .second_cell = 1, .stopped_cell = 2};
  p->instructions[2] = (struct instruction){.operation = &operation_answered, .run = answers, .service = service};
}

static bool is_probed(const struct service_config *s) {
  return service_probed(s, PROBE_STARTUP) || service_probed(s, PROBE_READINESS) || service_probed(s, PROBE_LIVENESS);
}

/* One program a kind of probe: they may cost differently. */
void probes_link_programs(struct linker *l) {
  struct model *m = l->model;
  for (uint32_t i = 0; i < m->services.count; i++) {
    struct service_config *s = (struct service_config *)m->services.items + i;
    if (!is_probed(s)) continue;
    service_probes(s)->program = m->program_count;
    for (enum probe_kind k = 0; k < PROBES; k++) {
      struct program *p = &m->programs[m->program_count++];
      compile(p, (int32_t)i, l->arena);
      p->instructions[1].demand = service_probes(s)->of[k].cost;
    }
  }
}

/* --- keys -------------------------------------------------------------------------------------------------------------------- */

static const struct field fields[] = {
    KEY("delay", DURATION, replica_probe_config, delay, DEFAULT("0s"), RANGE(0, FIELD_YEAR),
        .doc = "From the start of the process until the first probe. Swarm: its start period, in which failures do not count.",
        .source = "Kubernetes and Docker: 0 s"),
    KEY("every", DURATION, replica_probe_config, every, OPTIONAL, RANGE(1e6, FIELD_YEAR),
        .doc = "Time between two probes; absent: 10s, on Swarm 30s, from the end of one to the next.",
        .source = "Kubernetes: 10 s; Docker: 30 s"),
    KEY("timeout", DURATION, replica_probe_config, timeout, OPTIONAL, RANGE(1e6, FIELD_YEAR),
        .doc = "A probe that is not answered by then has failed; absent: 1s, on Swarm 30s.",
        .source = "Kubernetes: 1 s; Docker: 30 s"),
    KEY("failures", INTEGER, replica_probe_config, failures, DEFAULT(3), RANGE(1, 1000),
        .doc = "Failed probes in a row that count as failure.", .source = "Kubernetes and Docker: 3"),
    KEY("successes", INTEGER, replica_probe_config, successes, DEFAULT(1), RANGE(1, 1000),
        .doc = "Passed probes in a row that count as success.", .source = "Kubernetes: 1"),
    KEY("cost", DISTRIBUTION, replica_probe_config, cost, DEFAULT("0s"),
        .doc = "CPU time of one probe. It waits for a thread even where it costs nothing.",
        .source = "a handler that only answers: 0.1 ms every 10 s is 0.001% of a core"),
    {0}};
static const struct record record = {.name = "probe",
                                     .size = sizeof(struct replica_probe_config),
                                     .fields = fields,
                                     .doc = "What is asked of each replica, again and again."};
static const struct field probes_fields[] = {
    KEY("startup", RECORD, probes_config, of[PROBE_STARTUP], OPTIONAL, .record = &record,
        .doc = "Until it has passed the others are not asked. Failed: the process is killed and started again."),
    KEY("readiness", RECORD, probes_config, of[PROBE_READINESS], OPTIONAL, .record = &record,
        .doc = "Failed: out of rotation until it passes. Absent, next to another probe: ready once startup has passed, and with "
               "liveness "
               "alone as soon as the container runs, whether it listens or not."),
    KEY("liveness", RECORD, probes_config, of[PROBE_LIVENESS], OPTIONAL, .record = &record,
        .doc = "Failed: the process is killed and started again. On Swarm the HEALTHCHECK: the task is replaced."),
    {0}};
static const struct record probes_record = {.name = "probes",
                                            .size = sizeof(struct probes_config),
                                            .fields = probes_fields,
                                            .doc = "What the orchestrator asks its replicas."};
static const struct field keys[] = {
    ONLY_KEY("probes", RECORD, OPTIONAL, .record = &probes_record,
             .doc = "Probes of each replica, and what their failure leads to; absent: an orchestrator knows of deaths only."),
    {0}};
const struct record probe_keys_record = {.name = "probes of a service", .size = sizeof(struct probes_config), .fields = keys};
