/* swarm: replicas spread over the workers. A task that ends is out of rotation once the managers know and is replaced after
 * the restart delay, wherever there is room. A node is down after three missed heartbeats; its tasks are replaced at once and
 * do not move back. The managers act through their leader. When it is lost they elect another one, and every node is unknown
 * to it until its next heartbeat, for which it has twice the time. Without a quorum there is no leader: tasks run on and nothing
 * is replaced. */
#include "models/platform/farewell.h"
#include "models/platform/lifecycle.h"
#include "models/platform/nodes.h"
#include "models/platform/orchestrator/orchestrators.h"
#include "models/platform/orchestrator/delays.h"
#include "models/core/world.h"
#include "models/release/release.h"
#include "models/service/probe.h"

struct swarm_config {
  sim_time heartbeat;
  double heartbeat_jitter;
  int64_t missed;
  sim_time election, restart_delay, status_delay;
};

/* The managers. With no manager nodes in the scenario they are not modelled and always there. */
struct swarm {
  uint32_t leader;   /* node, or NONE: there is no quorum */
  sim_time led_from; /* it acts from then on */
  struct stream draws;
};

static const struct swarm_config *config_of(const struct world *w) { return w->model->platform.settings; }
static struct swarm *swarm_of(const struct world *w) { return w->orchestrating; }

/* --- the managers ------------------------------------------------------------------------------------------------------------- */

static bool manages(const struct node *n) { return n->group->role & NODE_MANAGES; }

struct managers {
  uint32_t all, up;
};

static struct managers managers_of(const struct world *w) {
  struct managers m = {0, 0};
  for (const struct node *n = world_next_node(w, NULL); n; n = world_next_node(w, n))
    if (manages(n)) m.all++, m.up += n->up;
  return m;
}

static bool acts(const struct world *w) {
  const struct swarm *s = swarm_of(w);
  return !managers_of(w).all || (s->leader != NONE && world_now(w) >= s->led_from);
}

/* Between heartbeats of a node, as set when it last registered. */
static double period(const struct swarm_config *k, struct stream *draws) {
  return (double)k->heartbeat * (1 + k->heartbeat_jitter * (2 * stream_uniform(draws) - 1));
}

/* Any of those that are up may win: the first whose timeout ends. */
static uint32_t winner(const struct world *w, struct stream *draws) {
  uint32_t left = (uint32_t)(stream_uniform(draws) * managers_of(w).up);
  for (const struct node *n = world_next_node(w, NULL); n; n = world_next_node(w, n))
    if (manages(n) && n->up && !left--) return n->index;
  return NONE;
}

/* What was lost is unknown to the next leader, which gives it twice the time to be heard of. */
static void forget_node(struct world *w, struct node *n) {
  const struct swarm_config *k = config_of(w);
  struct swarm *s = swarm_of(w);
  calendar_clear(w->calendar, n->detection_slot);
  if (s->leader == NONE) return;
  node_wait(w, n, s->led_from - world_now(w) + (sim_time)(2 * (double)k->missed * period(k, &s->draws)));
}

/* Raft: floor(n / 2) + 1 managers, after an election timeout of one to two times its least. */
static void elect(struct world *w) {
  struct swarm *s = swarm_of(w);
  struct managers m = managers_of(w);
  s->leader = m.up >= m.all / 2 + 1 ? winner(w, &s->draws) : NONE;
  if (s->leader != NONE) s->led_from = world_now(w) + (sim_time)((double)config_of(w)->election * (1 + stream_uniform(&s->draws)));
  for (struct node *n = world_next_node(w, NULL); n; n = world_next_node(w, n))
    if (!n->up && !n->detected) forget_node(w, n);
}

/* One of the managers has led for long. */
static void start(struct world *w) {
  struct swarm *s = swarm_of(w);
  s->draws = stream_open(stream_key(w->seed, w->replication, PURPOSE_ELECTION, stream_entity("managers", 0)));
  s->leader = winner(w, &s->draws);
}

/* --- tasks -------------------------------------------------------------------------------------------------------------------- */

/* Until the managers can act, if it is known; else until they are asked again. */
static sim_time until_they_act(const struct world *w) {
  const struct swarm *s = swarm_of(w);
  return s->leader != NONE && s->led_from > world_now(w) ? s->led_from - world_now(w) : config_of(w)->heartbeat;
}

/* A new task for the replica: on a node with room, or pending until there is one. */
static void replace(struct world *w, struct container *c) {
  if (!acts(w)) {
    lifecycle_wait(w, c, LIFE_RESTART, until_they_act(w));
    return;
  }
  if (c->node != NONE) lifecycle_unplace(w, c);
  if (lifecycle_place(w, c)) lifecycle_start(w, c);
}

/* Of a roll-out: one task more. */
static void begin(struct world *w, struct container *c) {
  const struct service *s = world_service_of(w, c);
  lifecycle_runs(w, c, s->current, s->build);
  c->state = CONTAINER_PENDING;
  replace(w, c);
}

/* A task has been shut down: another one follows, or none. */
static void shut_down(struct world *w, struct container *c) {
  bool returns = c->returns;
  rotation_remove(w, c);
  c->leaving = c->returns = false;
  if (c->node != NONE) lifecycle_unplace(w, c);
  if (returns) {
    begin(w, c);
    return;
  }
  c->state = CONTAINER_UNUSED, c->farewell = NULL;
  lifecycle_runs_as_stated(w, c);
  releases_look(w);
}

/* The mesh learns of it as the managers do. */
static void end(struct world *w, struct container *c, const struct farewell *how) {
  if (c->leaving) return;
  if (c->state != CONTAINER_UP) {
    lifecycle_stop(w, c, OUTCOME_CRASHED);
    shut_down(w, c);
    return;
  }
  lifecycle_rotate(w, c, false, config_of(w)->status_delay);
  if (farewell_begin(w, c, how, config_of(w)->status_delay)) shut_down(w, c);
}

static void renew(struct world *w, struct container *c, const struct farewell *how) {
  if (c->leaving) return;
  c->returns = true;
  end(w, c, how);
}

/* A task with a HEALTHCHECK is in rotation from its first success on. */
static void process_up(struct world *w, struct container *c) {
  if (service_probed(container_config(c), PROBE_LIVENESS)) return;
  if (w->nodes[c->node].up) rotation_add(w, c);
}

static void process_died(struct world *w, struct container *c) {
  lifecycle_wait(w, c, LIFE_OUT_OF_ROTATION, config_of(w)->status_delay);
}

/* An unhealthy task has failed: it is replaced as one that ended. */
static void probe_turned(struct world *w, struct container *c, enum probe_kind kind, bool passes) {
  (void)kind;
  if (c->leaving) return;
  if (!passes)
    lifecycle_kill(w, c);
  else if (w->nodes[c->node].up)
    rotation_add(w, c);
}
static const struct probing probing = {
    .acts = {[PROBE_LIVENESS] = true},
    .instead = {[PROBE_STARTUP] = "Swarm has no start-up probe; \"delay\" of liveness is the start period of its HEALTHCHECK",
                [PROBE_READINESS] = "Swarm has no readiness probe; liveness is its HEALTHCHECK"},
    .from_end = true,
    .every = 30 * SIM_S,
    .timeout = 30 * SIM_S,
    .turned = probe_turned};

static void life(struct world *w, struct container *c) {
  if (c->leaving) {
    if (farewell_goes_on(w, c)) shut_down(w, c);
    return;
  }
  if (c->life_stage == LIFE_OUT_OF_ROTATION) {
    rotation_remove(w, c);
    if (container_config(c)->restart == 0) lifecycle_wait(w, c, LIFE_RESTART, config_of(w)->restart_delay);
    return;
  }
  replace(w, c);
}

/* --- nodes -------------------------------------------------------------------------------------------------------------------- */

/* The last heartbeat came up to a period before the fault; the node counts as down three periods after it. */
static sim_time until_missed(const struct world *w, const struct node *n) {
  const struct swarm_config *k = config_of(w);
  struct stream draws =
      stream_at(stream_key(w->seed, w->replication, PURPOSE_DETECTION, stream_entity(n->group->name, n->number)), n->failures);
  double since = stream_uniform(&draws), each = period(k, &draws);
  return (sim_time)(((double)k->missed - since) * each);
}

static bool ends_quorum(const struct world *w) {
  struct managers m = managers_of(w);
  return m.up < m.all / 2 + 1;
}

static void node_died(struct world *w, struct node *n) {
  struct swarm *s = swarm_of(w);
  bool leads = s->leader != NONE && (n->index == s->leader || (manages(n) && ends_quorum(w)));
  if (leads)
    elect(w);
  else if (acts(w))
    node_wait(w, n, until_missed(w, n));
  else
    forget_node(w, n);
}

static void detected(struct world *w, struct node *n) {
  if (!acts(w)) return; /* the next leader waits for it again */
  n->detected = true;
  for (uint32_t i = n->container_count; i-- > 0;) {
    struct container *c = &w->containers[n->containers[i]];
    rotation_remove(w, c);
    if (c->leaving)
      shut_down(w, c);
    else
      replace(w, c);
  }
}

static void evict(struct world *w, struct container *c) {
  lifecycle_stop(w, c, OUTCOME_CRASHED);
  rotation_remove(w, c);
  if (c->leaving)
    shut_down(w, c);
  else
    replace(w, c);
}

/* Back before anybody noticed: its tasks have ended with it and are replaced as any. Back later: it has room again. */
static void node_returned(struct world *w, struct node *n) {
  calendar_clear(w->calendar, n->detection_slot);
  n->detected = false;
  if (manages(n) && swarm_of(w)->leader == NONE && !ends_quorum(w)) elect(w);
  for (uint32_t i = 0; i < n->container_count; i++)
    if (!w->containers[n->containers[i]].leaving) process_died(w, &w->containers[n->containers[i]]);
  for (uint32_t i = n->container_count; i-- > 0;)
    if (w->containers[n->containers[i]].leaving) shut_down(w, &w->containers[n->containers[i]]);
  for (uint32_t i = 0; i < w->container_count; i++)
    if (w->containers[i].state == CONTAINER_PENDING && w->containers[i].node == NONE) replace(w, &w->containers[i]);
}

/* --- its keys ----------------------------------------------------------------------------------------------------------------- */

static const struct field fields[] = {
    KEY("heartbeat", DURATION, swarm_config, heartbeat, DEFAULT("5s"), RANGE(1e8, FIELD_YEAR),
        .doc = "Period of a node's heartbeat.", .source = "swarmkit dispatcher"),
    KEY("heartbeat_jitter", RATIO, swarm_config, heartbeat_jitter, DEFAULT("10%"), RANGE(0, 0.5),
        .doc = "By how much the period of a node may differ from it.", .source = "swarmkit dispatcher: 0.5 s of 5 s"),
    KEY("missed", INTEGER, swarm_config, missed, DEFAULT(3), RANGE(1, 100),
        .doc = "Heartbeats missed before a node counts as down.", .source = "swarmkit dispatcher"),
    DURATION(swarm_config, election, "10s", "Least time in which the managers elect a leader; the longest is twice that.",
             "swarmkit: 10 ticks of 1 s, etcd raft draws one to two times that"),
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
    .room = sizeof(struct swarm),
    .start = start,
    .process_up = process_up,
    .process_died = process_died,
    .life = life,
    .node_died = node_died,
    .node_returned = node_returned,
    .detected = detected,
    .evict = evict,
    .updates = UPDATES_BY_TASKS,
    .begin = begin,
    .end = end,
    .renew = renew,
    .recovery = recovery,
    .probing = &probing,
    .instead = "the control plane of a swarm is its managers: lose nodes whose role is manager, by a fault of kind node",
    .relocates = true,
    .managers = true,
    .data = {.new_containers = true, .constraints = true}};
