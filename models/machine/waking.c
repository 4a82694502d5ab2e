#include "models/machine/waking.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "sim/engine/arena.h"
#include <assert.h>

/* Of a request: what its present computation costs beyond its work. */
struct wake_note {
  sim_time cpu;
  uint32_t node; /* whose core it waits for, or NONE */
  bool decided;  /* cpu is that of the computation which is about to begin */
};

struct wakings {
  struct timer_heap *latencies;
};

static struct wakings *book_of(const struct world *w) { return world_part(w, PART_waking); }
static struct wake_note *note_of(const struct world *w, const struct request *r) { return request_part(w, r, PART_waking); }

static struct awake *awake_of(const struct container *c, const struct crew *k, const struct request *r) {
  return &c->waking->crews[c->processes ? 1 + 2 * r->frames[r->depth - 1].process + k->aside : 0];
}

/* --- who sleeps -------------------------------------------------------------------------------------------------------------- */

static bool sleeps(const struct world *w, const struct container *c, const struct crew *k, const struct request *r) {
  const struct awake *a = awake_of(c, k, r);
  if (a->at != world_now(w) || !a->count) return true;
  return c->holds && a->request != r->id;
}

static void stays_awake(const struct world *w, struct awake *a, const struct request *r) {
  if (a->at != world_now(w)) a->count = 0;
  a->at = world_now(w), a->count++, a->request = r->id;
}

static void takes_one(const struct world *w, struct awake *a) {
  if (a->at == world_now(w) && a->count) a->count--;
}

static bool core_is_idle(const struct world *w, const struct node *n) {
  const struct cores_idle *all = n->idle;
  return all->freed_at != world_now(w) && n->demand <= n->millicores - MILLI * ((int64_t)all->waking + 1);
}

/* --- what it costs ----------------------------------------------------------------------------------------------------------- */

static sim_time sample(const struct distribution *d, struct stream *draws) {
  return d->kind ? distribution_sample_time(d, draws) : 0;
}

/* A core of the node leaves its idle state, if it is in one; else the time until the one does that is leaving it. */
static sim_time wake_core(struct world *w, struct container *c, sim_time *cpu, struct wake_note *note) {
  struct node *n = &w->nodes[c->node];
  struct cores_idle *all = n->idle;
  if (!all) return 0;
  if (!core_is_idle(w, n)) return all->waking && all->awake_at > world_now(w) ? all->awake_at - world_now(w) : 0;
  *cpu += sample(&all->config->cpu, &c->waking->draws);
  sim_time latency = sample(&all->config->latency, &c->waking->draws);
  if (!latency) return 0;
  all->waking++;
  all->awake_at = world_after(w, latency);
  note->node = n->index;
  return latency;
}

/* What the request waited for at a core that left its idle state is over. */
static void core_is_awake(struct world *w, struct request *r) {
  struct wake_note *note = note_of(w, r);
  if (note->node != NONE) w->nodes[note->node].idle->waking--;
  note->node = NONE;
}

static sim_time cpu_on(const struct container *c, sim_time cpu) {
  return c->speed == 1 ? cpu : (sim_time)((double)cpu / c->speed + 0.5);
}

/* Decides what the computation costs that is about to begin; returns the latency. */
static sim_time decide(struct world *w, struct container *c, struct crew *k, struct request *r) {
  struct wake_note *note = note_of(w, r);
  bool asleep = sleeps(w, c, k, r);
  *note = (struct wake_note){.node = NONE, .decided = true};
  takes_one(w, awake_of(c, k, r));
  if (!asleep) return 0;
  sim_time cpu = sample(&c->waking->process->cpu, &c->waking->draws);
  sim_time latency = wake_core(w, c, &cpu, note) + sample(&c->waking->process->latency, &c->waking->draws);
  note->cpu = cpu_on(c, cpu);
  return latency;
}

bool waking_delays(struct world *w, struct container *c, struct crew *k, struct request *r) {
  sim_time latency = decide(w, c, k, r);
  if (!latency) return false;
  if (k->aside) { /* a core that leaves its idle state does so beside it */
    core_is_awake(w, r);
    return false;
  }
  k->running++;
  if (r->impatient) request_served(w, r);
  request_parks(r, w->model->programs[r->endpoint].instructions[r->pc - 1].wake_cell, world_now(w));
  timer_heap_push(book_of(w)->latencies, world_after(w, latency), r->id);
  return true;
}

void waking_begins(struct world *w, struct container *c, struct crew *k, struct request *r) {
  struct wake_note *note = note_of(w, r);
  if (!note->decided) { /* it comes from the queue: on a thread that goes on, or that waited on its own */
    *note = (struct wake_note){.node = NONE};
    if (sleeps(w, c, k, r)) note->cpu = cpu_on(c, sample(&c->waking->process->cpu, &c->waking->draws));
    takes_one(w, awake_of(c, k, r));
  }
  note->decided = false;
  r->work += note->cpu;
}

void waking_ends(struct world *w, struct container *c, struct crew *k, struct request *r) {
  struct wake_note *note = note_of(w, r);
  stays_awake(w, awake_of(c, k, r), r);
  if (w->nodes[c->node].idle) w->nodes[c->node].idle->freed_at = world_now(w);
  if (!note->cpu) return;
  assert(r->work >= note->cpu);
  c->waking->spent_ns += (double)note->cpu;
  r->work -= note->cpu;
  r->cell[w->model->programs[r->endpoint].instructions[r->pc - 1].wake_cell] += note->cpu;
  r->since += note->cpu;
  note->cpu = 0;
}

void waking_breaks_off(const struct world *w, struct container *c, struct crew *k, const struct request *r) {
  stays_awake(w, awake_of(c, k, r), r);
  if (w->nodes[c->node].idle) w->nodes[c->node].idle->freed_at = world_now(w);
}

void waking_hands(const struct world *w, struct container *c, struct crew *k, const struct request *next) {
  stays_awake(w, awake_of(c, k, next), next);
}

void waking_collected(const struct world *w, struct container *c, const struct process *p) {
  struct awake *a = &c->waking->crews[1 + 2 * p->number];
  if (!c->holds) *a = (struct awake){world_now(w), 1, NONE};
}

/* The latency of the request is over: its computation begins, unless its process has died or it is not wanted any more. */
static void woken(void *world, uint32_t id) {
  struct world *w = world;
  struct request *r = world_request(w, id);
  const struct frame *f = &r->frames[r->depth - 1];
  struct container *c = &w->containers[f->container];
  r->waiting = NULL;
  request_book(r, r->wait_cell, world_now(w));
  core_is_awake(w, r);
  if (c->generation == f->generation)
    container_woken(w, c, r);
  else
    request_resume(w, r);
}

/* --- configuration ----------------------------------------------------------------------------------------------------------- */

static const struct wake_config *of_service(const struct service_config *s) { return service_part(s, PART_waking); }
static const struct wake_config *of_group(const struct node_group *g) { return nodes_part(g, PART_waking); }

double waking_of_each(const struct service_config *s) {
  const struct wake_config *c = of_service(s);
  return c && s->runtime != RUNTIME_EVENT_LOOP && c->cpu.kind ? c->cpu.mean : 0;
}

static bool is_given(const struct wake_config *c) { return c->cpu.kind || c->latency.kind; }

static bool any_core(const struct model *m) {
  for (uint32_t i = 0; i < m->platform.nodes.count; i++)
    if (is_given(of_group(model_nodes(m, i)))) return true;
  return false;
}

static bool waking_used(const struct model *m) {
  for (uint32_t i = 0; i < m->services.count; i++)
    if (model_service(m, i)->wakes) return true;
  return false;
}

static const struct field fields[] = {KEY("cpu", DISTRIBUTION, wake_config, cpu, OPTIONAL,
                                          .doc = "CPU time of it, on a reference core, before what it wakes for; absent: none."),
                                      KEY("latency", DISTRIBUTION, wake_config, latency, OPTIONAL,
                                          .doc = "Time that passes before, in which nothing is used; absent: none."),
                                      {0}};
static const struct record wake_record = {
    .name = "wake", .size = sizeof(struct wake_config), .fields = fields, .doc = "What it costs to wake what was idle."};

static const struct field service_keys[] = {
    ONLY_KEY("wake", RECORD, .record = &wake_record,
             .doc =
                 "What a thread that was blocked, with nothing to do, costs when it gets something to do: an event loop that waits "
                 "for events, a thread that waits for its request or for an answer. Busy threads pay nothing; absent: nobody "
                 "does."),
    {0}};
static const struct field node_keys[] = {
    ONLY_KEY("idle", RECORD, .record = &wake_record,
             .doc =
                 "What a core that was idle costs when it is needed: its way out of the idle state, and caches gone cold; absent: "
                 "nothing."),
    {0}};
static const struct record service_keys_record = {
    .name = "waking of a service", .size = sizeof(struct wake_config), .fields = service_keys};
static const struct record node_keys_record = {
    .name = "idle cores of a node group", .size = sizeof(struct wake_config), .fields = node_keys};

static void check_service(struct linker *l, struct service_config *s, const char *path) {
  bool own = is_given(of_service(s));
  if (own && !service_runs(s)) link_error(l, path, "wake", "its processes are not simulated, so none of them wakes");
  s->wakes = service_runs(s) && (own || any_core(l->model));
}

/* --- life -------------------------------------------------------------------------------------------------------------------- */

static void open_wakings(struct world *w) { book_of(w)->latencies = timer_heap_new(w->calendar, woken, w); }
static void stop(struct world *w) { timer_heap_free(book_of(w)->latencies); }

static void build(struct world *w, struct service *s) {
  for (uint32_t i = 0; i < s->capacity && service_config(s)->wakes; i++) {
    struct container *c = &w->containers[s->first + i];
    uint32_t crews = 1 + 2 * (c->processes ? c->processes->count : 0);
    c->wakes = true, c->waking = arena_new_array(w->arena, struct waking, 1);
    c->waking->process = of_service(service_config(s));
    c->waking->crews = arena_new_array(w->arena, struct awake, crews);
    for (uint32_t k = 0; k < crews; k++) c->waking->crews[k].at = -1;
    c->waking->draws = stream_open(stream_key(w->seed, w->replication, PURPOSE_WAKE, stream_entity(service_config(s)->name, i)));
  }
}

static void plug_in(struct world *w, struct node *n) {
  const struct wake_config *config = of_group(n->group);
  if (!is_given(config)) return;
  n->idle = arena_new_array(w->arena, struct cores_idle, 1);
  *n->idle = (struct cores_idle){.config = config, .freed_at = -1};
}

static void start(struct world *w) {
  for (uint32_t i = 0; i < w->node_count; i++) plug_in(w, &w->nodes[i]);
}

static void joins(struct world *w, const struct node *n) { plug_in(w, &w->nodes[n->index]); }

const struct part part_waking = {.name = "waking",
                                 .keys = {.service = &service_keys_record, .nodes = &node_keys_record},
                                 .requests = true,
                                 .used = waking_used,
                                 .room = {.world = sizeof(struct wakings), .request = sizeof(struct wake_note)},
                                 .service = check_service,
                                 .open = open_wakings,
                                 .build = build,
                                 .start = start,
                                 .stop = stop,
                                 .joins = joins};
