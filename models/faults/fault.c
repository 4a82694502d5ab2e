#include "models/faults/fault.h"
#include "models/availability/outage.h"
#include "models/core/part.h"
#include "models/platform/lifecycle.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"

static const char *const kind_words[] = {"node", "crash", NULL};

#define AT(member) offsetof(struct fault_config, member)
static const struct field fields[] = {{.name = "kind",
                                       .kind = FIELD_WORD,
                                       .offset = AT(kind),
                                       .words = kind_words,
                                       .doc = "node: a machine is gone until repaired; crash: a process dies."},
                                      {.name = "nodes",
                                       .kind = FIELD_REFERENCE,
                                       .offset = AT(nodes),
                                       .target = "platform.nodes",
                                       .optional = true,
                                       .doc = "Of kind node: the group whose nodes break, each by itself."},
                                      {.name = "service",
                                       .kind = FIELD_REFERENCE,
                                       .offset = AT(service),
                                       .target = "services",
                                       .optional = true,
                                       .doc = "Of kind crash: the service whose replicas crash, each by itself."},
                                      {.name = "mtbf",
                                       .kind = FIELD_DURATION,
                                       .offset = AT(mtbf),
                                       .fallback = "\"never\"",
                                       .low = 1e6,
                                       .high = 9.3e18,
                                       .doc = "Mean time between a repair and the next fault of one node or replica, exponential."},
                                      {.name = "uptime",
                                       .kind = FIELD_DISTRIBUTION,
                                       .offset = AT(uptime),
                                       .optional = true,
                                       .doc = "Instead of \"mtbf\": the distribution of that time. At the beginning each node or "
                                              "replica is somewhere in the middle of it, each at a point of its own."},
                                      {.name = "repair",
                                       .kind = FIELD_DISTRIBUTION,
                                       .offset = AT(repair),
                                       .optional = true,
                                       .doc = "Of kind node: from the fault until the machine is back."},
                                      {.name = "at",
                                       .kind = FIELD_DURATION,
                                       .offset = AT(at),
                                       .fallback = "\"never\"",
                                       .low = 0,
                                       .high = 9.3e18,
                                       .doc = "A drill: the first node or replica breaks at this time."},
                                      {0}};
#undef AT
const struct record fault_record = {"fault", sizeof(struct fault_config), fields, "Something that breaks.", NULL};

static sim_time time_to_next(struct fault_process *f) {
  const struct fault_config *k = f->config;
  if (k->uptime.kind) return distribution_sample_time(&k->uptime, &f->draws);
  if (k->mtbf == SIM_NEVER) return SIM_NEVER;
  double wait = stream_exponential(&f->draws) * (double)k->mtbf;
  return wait < 9e18 ? (sim_time)wait : SIM_NEVER;
}

/* From the beginning of the run: each has been up for a while, at a point of its life of its own. A renewal process that began long ago
 * is stationary by now; where lives do not vary at all the point is uniform. An exponential life forgets how long it has lasted. */
static sim_time time_to_first(struct fault_process *f) {
  enum { LIVES = 64 };
  const struct distribution *life = &f->config->uptime;
  if (!life->kind || !(life->mean > 0)) return time_to_next(f);
  double began = life->mean * LIVES * (1 + stream_uniform(&f->draws)), at = 0; /* that long ago */
  while (at <= began) at += distribution_sample(life, &f->draws);
  return distribution_as_time(at - began);
}

static void arm(struct fault_process *f, sim_time delay) {
  struct world *w = f->world;
  if (delay != SIM_NEVER && delay < w->horizon - world_now(w) + 1) calendar_set(w->calendar, f->slot, world_now(w) + delay);
}

static void node_breaks(struct fault_process *f) {
  struct node *n = &f->world->nodes[f->target];
  f->broken = true;
  outage_fault(f->world, f->fault);
  lifecycle_node_fails(f->world, n);
  arm(f, distribution_sample_time(&f->config->repair, &f->draws));
}

static void node_is_repaired(struct fault_process *f) {
  f->broken = false;
  lifecycle_node_returns(f->world, &f->world->nodes[f->target]);
  if (!f->drill) arm(f, time_to_next(f));
}

static void strikes(void *process, uint32_t argument) {
  (void)argument;
  struct fault_process *f = process;
  if (f->config->kind == FAULT_NODE) {
    if (f->broken)
      node_is_repaired(f);
    else
      node_breaks(f);
    return;
  }
  struct container *c = &f->world->containers[f->target];
  if (c->state == CONTAINER_UP) outage_fault(f->world, f->fault);
  lifecycle_crash(f->world, c);
  if (!f->drill) arm(f, time_to_next(f));
}

static void add(struct world *w, uint32_t fault, uint32_t target, bool drill) {
  const struct fault_config *k = model_fault_at(w->model, fault);
  struct fault_process *f = &world_faults(w)->processes[world_faults(w)->count++];
  uint64_t number = k->kind == FAULT_NODE ? w->nodes[target].number : target - w->services[k->service].first;
  uint64_t entity = stream_entity(k->name, number << 1 | drill);
  *f = (struct fault_process){.world = w, .config = k, .fault = fault, .target = target, .drill = drill};
  f->draws = stream_open(stream_key(w->seed, w->replication, PURPOSE_FAULT, entity));
  f->slot = calendar_slot(w->calendar, strikes, f, 0);
  arm(f, drill ? k->at : time_to_first(f));
}

static void add_all(struct world *w, uint32_t fault) {
  const struct fault_config *k = model_fault_at(w->model, fault);
  bool first = true, repeats = k->mtbf != SIM_NEVER || k->uptime.kind, drill = k->at != SIM_NEVER;
  uint32_t count = k->kind == FAULT_NODE ? w->node_count : w->services[k->service].capacity;
  for (uint32_t i = 0; i < count; i++) {
    if (k->kind == FAULT_NODE && w->nodes[i].group_index != (uint32_t)k->nodes) continue;
    uint32_t target = k->kind == FAULT_NODE ? i : w->services[k->service].first + i;
    if (repeats) add(w, fault, target, false);
    if (drill && first) add(w, fault, target, true);
    first = false;
  }
}

static void faults_start(struct world *w) {
  world_faults(w)->processes =
      arena_new_array(w->arena, struct fault_process, (w->node_count + w->container_count + 1) * (w->model->faults.count + 1) * 2);
  for (uint32_t i = 0; i < w->model->faults.count; i++) add_all(w, i);
}

const struct part part_faults = {.name = "faults", .room.world = sizeof(struct faults), .start = faults_start};
