/* swarm: replicas spread over the workers. A task that ends is out of rotation once the managers know and is replaced after
 * the restart delay, wherever there is room. A node is down after three missed heartbeats; its tasks are replaced at once and
 * do not move back. Without a quorum of managers tasks run on and nothing is replaced. */
#include "models/platform/lifecycle.h"
#include "models/platform/nodes.h"
#include "models/platform/orchestrator/orchestrators.h"
#include "models/platform/orchestrator/delays.h"
#include "models/core/world.h"

struct swarm_config {
  sim_time heartbeat;
  int64_t missed;
  sim_time restart_delay, status_delay;
};

static const struct swarm_config *config_of(const struct world *w) { return w->model->platform.settings; }

/* Raft: floor(n / 2) + 1 managers; with no manager nodes in the scenario the managers are not modelled and always there. */
static bool quorum(const struct world *w) {
  uint32_t managers = 0, up = 0;
  for (const struct node *n = world_next_node(w, NULL); n; n = world_next_node(w, n))
    if (n->group->role & NODE_MANAGES) managers++, up += n->up;
  return !managers || up >= managers / 2 + 1;
}

/* A new task for the replica: on a node with room, or pending until there is one. */
static void replace(struct world *w, struct container *c) {
  if (!quorum(w)) {
    lifecycle_wait(w, c, LIFE_RESTART, config_of(w)->heartbeat);
    return;
  }
  if (c->node != NONE) lifecycle_unplace(w, c);
  if (lifecycle_place(w, c)) lifecycle_start(w, c);
}

static void process_up(struct world *w, struct container *c) {
  if (w->nodes[c->node].up) rotation_add(w, c);
}

static void process_died(struct world *w, struct container *c) {
  lifecycle_wait(w, c, LIFE_OUT_OF_ROTATION, config_of(w)->status_delay);
}

static void life(struct world *w, struct container *c) {
  if (c->life_stage == LIFE_OUT_OF_ROTATION) {
    rotation_remove(w, c);
    if (container_config(c)->restart == 0) lifecycle_wait(w, c, LIFE_RESTART, config_of(w)->restart_delay);
    return;
  }
  replace(w, c);
}

/* The last heartbeat came up to a period before the fault; the node counts as down three periods after it. */
static void node_died(struct world *w, struct node *n) {
  const struct swarm_config *k = config_of(w);
  struct stream draws =
      stream_at(stream_key(w->seed, w->replication, PURPOSE_DETECTION, stream_entity(n->group->name, n->number)), n->failures);
  node_wait(w, n, k->missed * k->heartbeat - (sim_time)(stream_uniform(&draws) * (double)k->heartbeat));
}

static void detected(struct world *w, struct node *n) {
  if (!quorum(w)) {
    node_wait(w, n, config_of(w)->heartbeat);
    return;
  }
  n->detected = true;
  for (uint32_t i = n->container_count; i-- > 0;) {
    struct container *c = &w->containers[n->containers[i]];
    rotation_remove(w, c);
    replace(w, c);
  }
}

static void evict(struct world *w, struct container *c) {
  lifecycle_stop(w, c, OUTCOME_CRASHED);
  rotation_remove(w, c);
  replace(w, c);
}

/* Back before anybody noticed: its tasks have ended with it and are replaced as any. Back later: it has room again. */
static void node_returned(struct world *w, struct node *n) {
  calendar_clear(w->calendar, n->detection_slot);
  n->detected = false;
  for (uint32_t i = 0; i < n->container_count; i++) process_died(w, &w->containers[n->containers[i]]);
  for (uint32_t i = 0; i < w->container_count; i++)
    if (w->containers[i].state == CONTAINER_PENDING && w->containers[i].node == NONE) replace(w, &w->containers[i]);
}

/* --- its keys ----------------------------------------------------------------------------------------------------------------- */

static const struct field fields[] = {
    KEY("heartbeat", DURATION, swarm_config, heartbeat, DEFAULT("5s"), RANGE(1e8, FIELD_YEAR),
        .doc = "Period of a node's heartbeat.", .source = "swarmkit dispatcher"),
    KEY("missed", INTEGER, swarm_config, missed, DEFAULT(3), RANGE(1, 100),
        .doc = "Heartbeats missed before a node counts as down.", .source = "swarmkit dispatcher"),
    DURATION(swarm_config, restart_delay, "5s", "Before a task that ended is replaced.", "swarmkit defaults"),
    DURATION(swarm_config, status_delay, "100ms", "Until the managers know that a task ended.", "swarmkit dispatcher"),
    {0}};
static const struct record record = {
    .name = "swarm", .size = sizeof(struct swarm_config), .fields = fields, .doc = "Delays of Docker Swarm."};

static sim_time recovery(const void *settings) { return ((const struct swarm_config *)settings)->restart_delay; }

static const struct field keys[] = {SETTINGS("swarm", &record, "Its delays."), {0}};
const struct orchestrator orchestrator_swarm = {
    .member = {.word = "swarm",
               .doc = "Replicas spread over the workers; tasks of a lost node are replaced elsewhere.",
               .keys = keys},
    .process_up = process_up,
    .process_died = process_died,
    .life = life,
    .node_died = node_died,
    .node_returned = node_returned,
    .detected = detected,
    .evict = evict,
    .recovery = recovery,
    .relocates = true,
    .managers = true,
    .data = {.new_containers = true, .constraints = true}};
