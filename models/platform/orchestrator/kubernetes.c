/* kubernetes: pods by requests over nodes. A dead process is restarted in place by its kubelet, at once the first time, then
 * after 10 s doubling to 300 s; it is in rotation again after its readiness probe and the way of the endpoints. A node that
 * is not heard of for 50 s is not ready and its pods leave the endpoints; 300 s later they are replaced elsewhere, those of
 * StatefulSets excepted.
 *
 * A pod that goes has a farewell (models/platform/farewell.h) where its service says how it is updated; else it finishes what it
 * has within its grace, and takes what is sent to it until nobody sends anything. Roll-outs (models/release) begin, end and renew
 * pods.
 *
 * While a control plane is lost, what runs goes on: nothing is placed, moved or scaled, endpoints stay as they are, so that dead
 * pods stay in rotation, and kubelets restart in place what crashes. A machine that comes back meanwhile starts nothing: a kubelet
 * keeps no pods over a restart. When the control plane is back, it gives lost nodes their whole time again, and the taints of nodes
 * that it knew to be lost the whole time until eviction. */
#include "models/autoscaling/autoscaler.h"
#include "models/platform/budget.h"
#include "models/platform/farewell.h"
#include "models/platform/lifecycle.h"
#include "models/platform/nodes.h"
#include "models/platform/orchestrator/orchestrators.h"
#include "models/platform/orchestrator/delays.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/release/release.h"
#include "models/service/probe.h"
#include <assert.h>
#include <math.h>

struct kubernetes_config {
  sim_time lease_renewal, monitor_grace, monitor_period, eviction;
  sim_time readiness_period, endpoint_delay;
  sim_time relist, restart_base, restart_cap, restart_reset;
  sim_time termination_grace;
  struct scaling_flags scaling;
};

/* How many faults hold each control plane down. */
struct kubernetes {
  uint32_t lost_to[REGIONS_MOST];
};

static const struct kubernetes_config *config_of(const struct world *w) { return w->model->platform.settings; }

static bool acts(const struct world *w, int32_t region) {
  const struct kubernetes *k = w->orchestrating;
  return !k->lost_to[region < 0 ? 0 : region];
}

static bool controlled(const struct world *w, const struct node *n) { return acts(w, n->region); }

static void set_ready(struct world *w, struct container *c, bool ready) {
  if (c->ready != ready) c->ready_changed_at = world_now(w);
  c->ready = ready;
  releases_look(w);
  if (c->node != NONE && !controlled(w, &w->nodes[c->node])) return; /* the kubelet knows, and has nowhere to tell it */
  lifecycle_rotate(w, c, ready, config_of(w)->endpoint_delay);
}

static sim_time within(struct container *c, sim_time period) { return (sim_time)(lifecycle_uniform(c) * (double)period); }

static void start_pod(struct world *w, struct container *c) {
  c->restarts = 0;
  if (lifecycle_place(w, c)) lifecycle_start(w, c);
}

static void start_pending(struct world *w) {
  for (uint32_t i = 0; i < w->container_count; i++)
    if (w->containers[i].state == CONTAINER_PENDING) start_pod(w, &w->containers[i]);
}

static void remove_pod(struct world *w, struct container *c) {
  lifecycle_stop(w, c, OUTCOME_CRASHED);
  rotation_remove(w, c);
  if (c->node != NONE) lifecycle_unplace(w, c);
  c->state = CONTAINER_UNUSED, c->leaving = c->returns = false, c->farewell = NULL;
  lifecycle_runs_as_stated(w, c);
  releases_look(w);
  world_touch(w, c);
  start_pending(w);
}

/* --- size -------------------------------------------------------------------------------------------------------------------- */

static bool active(const struct container *c) {
  if (c->farewell && c->leaving) return c->returns;
  return c->state != CONTAINER_UNUSED && c->state != CONTAINER_DRAINING;
}

/* As the ReplicaSet controller chooses: without a node first, then not ready, then the youngest. */
static struct container *victim(struct world *w, const struct service *s) {
  struct container *worst = NULL;
  for (uint32_t i = 0; i < s->capacity; i++) {
    struct container *c = &w->containers[s->first + i];
    if (!active(c)) continue;
    bool placed = c->node != NONE;
    if (!worst || placed < (worst->node != NONE) ||
        (placed == (worst->node != NONE) &&
         (c->ready < worst->ready || (c->ready == worst->ready && c->started_at >= worst->started_at))))
      worst = c;
  }
  return worst;
}

static void gone(struct world *w, struct container *c);

/* SIGTERM and the removal of its endpoint begin together. */
static void end(struct world *w, struct container *c, const struct farewell *how) {
  if (c->leaving) return;
  if (c->state != CONTAINER_UP) {
    remove_pod(w, c);
    return;
  }
  set_ready(w, c, false);
  if (farewell_begin(w, c, how, config_of(w)->endpoint_delay)) gone(w, c);
}

static void drain(struct world *w, struct container *c) {
  const struct farewell *how = service_farewell(container_config(c));
  if (how) {
    end(w, c, how);
    return;
  }
  if (c->state != CONTAINER_UP) {
    remove_pod(w, c);
    return;
  }
  c->state = CONTAINER_DRAINING, c->leaving = true;
  world_touch(w, c);
  c->drain_until = world_now(w) + config_of(w)->termination_grace;
  set_ready(w, c, false);
  lifecycle_wait(w, c, LIFE_DRAINED, config_of(w)->endpoint_delay);
}

/* Its container is created; where that takes time its process begins later. */
static void start_new_pod(struct world *w, struct container *c) {
  c->restarts = 0;
  if (lifecycle_place(w, c)) lifecycle_wait(w, c, LIFE_RESTART, service_schedule(container_config(c)));
}

static void begin(struct world *w, struct container *c) {
  const struct service *s = world_service_of(w, c);
  lifecycle_runs(w, c, s->current, s->build);
  c->ready = false, c->ready_changed_at = c->started_at = world_now(w), c->scrapes = 0;
  start_new_pod(w, c);
}

static void renew(struct world *w, struct container *c, const struct farewell *how) {
  if (c->leaving) return;
  c->returns = true;
  if (c->state == CONTAINER_UP)
    end(w, c, how);
  else
    lifecycle_stop(w, c, OUTCOME_CRASHED), set_ready(w, c, false), gone(w, c);
}

static void resize(struct world *w, uint32_t service) {
  struct service *s = &w->services[service];
  if (release_sizes(w, service)) return;
  int32_t size = 0;
  for (uint32_t i = 0; i < s->capacity; i++) size += active(&w->containers[s->first + i]);
  for (; size > s->desired; size--) drain(w, victim(w, s));
  for (uint32_t i = 0; i < s->capacity && size < s->desired; i++) {
    struct container *c = &w->containers[s->first + i];
    if (c->state != CONTAINER_UNUSED) continue;
    if (c->build != s->build) lifecycle_runs(w, c, s->current, s->build);
    c->ready = false, c->ready_changed_at = c->started_at = world_now(w), c->scrapes = 0;
    start_pod(w, c);
    size++;
  }
}

/* Drained, or lost while it was: if it was evicted and the service had no spare, the pod in its stead starts now. */
static void retire(struct world *w, struct container *c) {
  remove_pod(w, c);
  resize(w, c->service);
}

/* Another one follows in its stead. */
static void comes_back(struct world *w, struct container *c) {
  rotation_remove(w, c);
  if (c->node != NONE) lifecycle_unplace(w, c);
  c->leaving = c->returns = false;
  begin(w, c);
  start_pending(w);
}

static void gone(struct world *w, struct container *c) {
  if (c->node != NONE && !controlled(w, &w->nodes[c->node])) return; /* it stays in the books */
  if (c->returns)
    comes_back(w, c);
  else
    retire(w, c);
}

/* --- processes --------------------------------------------------------------------------------------------------------------- */

static void process_up(struct world *w, struct container *c) {
  const struct service_config *s = container_config(c);
  if (service_probed(s, PROBE_STARTUP) || service_probed(s, PROBE_READINESS) || service_probed(s, PROBE_LIVENESS))
    return; /* these say; with liveness alone it is ready since it was started */
  lifecycle_wait(w, c, LIFE_READY, within(c, config_of(w)->readiness_period));
}

static sim_time back_off(const struct world *w, struct container *c) {
  const struct kubernetes_config *k = config_of(w);
  if (world_now(w) - c->started_at >= k->restart_reset) c->restarts = 0;
  sim_time delay = c->restarts ? k->restart_base : 0;
  for (uint32_t i = 1; i < c->restarts && delay < k->restart_cap; i++) delay *= 2;
  c->restarts++;
  return delay < k->restart_cap ? delay : k->restart_cap;
}

static void process_died(struct world *w, struct container *c) {
  lifecycle_wait(w, c, LIFE_OUT_OF_ROTATION, within(c, config_of(w)->relist));
}

static void drain_step(struct world *w, struct container *c) {
  if (c->in_flight && world_now(w) < c->drain_until) {
    lifecycle_wait(w, c, LIFE_DRAINED, SIM_S);
    return;
  }
  if (controlled(w, &w->nodes[c->node]))
    retire(w, c);
  else
    lifecycle_stop(w, c, OUTCOME_CRASHED); /* it stays in the books */
}

/* SIGTERM, and SIGKILL when the grace is over: a process that answers ends when nothing is inside. */
static void kill_step(struct world *w, struct container *c) {
  sim_time now = world_now(w);
  bool ends = c->state != CONTAINER_HUNG && !c->in_flight;
  if (ends || now >= c->drain_until)
    lifecycle_kill(w, c);
  else
    lifecycle_wait(w, c, LIFE_DRAINED, c->state == CONTAINER_HUNG || c->drain_until - now < SIM_S ? c->drain_until - now : SIM_S);
}

/* Another one in its stead. */
static void move_pod(struct world *w, struct container *c) {
  rotation_remove(w, c);
  lifecycle_unplace(w, c);
  start_pod(w, c);
}

static void life(struct world *w, struct container *c) {
  switch (c->life_stage) {
  case LIFE_READY:
    if (container_serves(c))
      set_ready(w, c, true);
    else
      lifecycle_wait(w, c, LIFE_READY, config_of(w)->readiness_period); /* it hangs */
    break;
  case LIFE_OUT_OF_ROTATION: /* the kubelet has seen the exit */
    set_ready(w, c, false);
    if (container_config(c)->restart == 0) lifecycle_wait(w, c, LIFE_RESTART, back_off(w, c));
    break;
  case LIFE_RESTART:
    lifecycle_start(w, c);
    break;
  case LIFE_DRAINED:
    if (!c->leaving && container_offers(c))
      kill_step(w, c);
    else
      drain_step(w, c);
    break;
  case LIFE_PRE_STOP:
  case LIFE_CLOSING:
  case LIFE_ENDED:
    if (farewell_goes_on(w, c)) gone(w, c);
    break;
  case LIFE_GIVEN_UP: /* deleted by force */
    if (controlled(w, &w->nodes[c->node])) move_pod(w, c);
    break;
  }
}

static void probe_turned(struct world *w, struct container *c, enum probe_kind kind, bool passes) {
  if (c->leaving) return;
  if (kind == PROBE_READINESS || (kind == PROBE_STARTUP && passes && !service_probed(container_config(c), PROBE_READINESS)))
    set_ready(w, c, passes);
  if (kind == PROBE_READINESS || passes) return;
  c->drain_until = world_now(w) + config_of(w)->termination_grace;
  if (container_offers(c))
    kill_step(w, c);
  else
    lifecycle_kill(w, c); /* it has nothing to finish */
}

/* A container without a readiness probe is ready when it runs. */
static void ready_at_once(struct world *w, struct container *c) {
  c->early = true;
  set_ready(w, c, true);
}
static const struct probing probing = {
    .acts = {true, true, true}, .every = 10 * SIM_S, .timeout = SIM_S, .turned = probe_turned, .unasked = ready_at_once};

/* --- nodes ------------------------------------------------------------------------------------------------------------------- */

static struct stream detection(const struct world *w, const struct node *n) {
  return stream_at(stream_key(w->seed, w->replication, PURPOSE_DETECTION, stream_entity(n->group->name, n->number)), n->failures);
}

static void node_died(struct world *w, struct node *n) {
  const struct kubernetes_config *k = config_of(w);
  n->unseen = false;
  if (!controlled(w, n)) return;
  for (uint32_t i = n->container_count; i-- > 0;)
    if (w->containers[n->containers[i]].leaving) gone(w, &w->containers[n->containers[i]]);
  struct stream draws = detection(w, n);
  double renewed = stream_uniform(&draws) * (double)k->lease_renewal, check = stream_uniform(&draws) * (double)k->monitor_period;
  sim_time delay = k->monitor_grace - (sim_time)renewed + (sim_time)check;
  node_wait(w, n, delay > 0 ? delay : 0);
}

/* Unknown: its pods leave the endpoints. One that would wait for its node may be deleted by force from now on. */
static void node_unknown(struct world *w, struct node *n) {
  n->detected = true;
  for (uint32_t i = 0; i < n->container_count; i++) {
    struct container *c = &w->containers[n->containers[i]];
    set_ready(w, c, false);
    sim_time given_up = parts_give_up(w, c), now = world_now(w);
    if (given_up) lifecycle_wait(w, c, LIFE_GIVEN_UP, given_up > now ? given_up - now : 0);
  }
  node_wait(w, n, config_of(w)->eviction);
}

static void evict(struct world *w, struct container *c);

/* What its budgets did not let go is asked for again. */
static void go_on_draining(struct world *w, struct node *n) {
  for (uint32_t i = n->container_count; n->membership == NODE_LEAVING && i-- > 0;) evict(w, &w->containers[n->containers[i]]);
}

static void detected(struct world *w, struct node *n) {
  if (n->up) {
    go_on_draining(w, n);
    return;
  }
  if (!n->detected) {
    node_unknown(w, n);
    return;
  }
  for (uint32_t i = n->container_count; i-- > 0;) {
    struct container *c = &w->containers[n->containers[i]];
    if (!parts_give_up(w, c)) move_pod(w, c);
  }
}

static void node_returned(struct world *w, struct node *n) {
  n->unseen = !controlled(w, n);
  if (n->unseen) return;
  calendar_clear(w->calendar, n->detection_slot);
  n->detected = false;
  for (uint32_t i = 0; i < n->container_count; i++) {
    struct container *c = &w->containers[n->containers[i]];
    set_ready(w, c, false);
    lifecycle_start(w, c);
  }
  start_pending(w);
  go_on_draining(w, n);
}

/* Drained as one that is too many; the pod in its stead starts at once if the service has a spare, else when it has gone. */
static void evict(struct world *w, struct container *c) {
  uint32_t service = c->service;
  if (c->leaving || !controlled(w, &w->nodes[c->node])) return;
  if (!budget_allows(w, c)) {
    node_wait(w, &w->nodes[c->node], BUDGET_RETRY);
    return;
  }
  budget_spends(w, c);
  drain(w, c);
  resize(w, service);
}

/* --- the control plane -------------------------------------------------------------------------------------------------------- */

static bool is_of(const struct node *n, uint32_t plane) { return (n->region < 0 ? 0 : (uint32_t)n->region) == plane; }

/* What was under way to the nodes does not arrive, and lost nodes are waited for no more. */
static void plane_lost(struct world *w, uint32_t plane) {
  for (struct node *n = world_next_node(w, NULL); n; n = world_next_node(w, n)) {
    if (!is_of(n, plane)) continue;
    if (!n->up) calendar_clear(w->calendar, n->detection_slot);
    for (uint32_t i = 0; i < n->container_count; i++) calendar_clear(w->calendar, w->containers[n->containers[i]].rotation_slot);
  }
}

/* Endpoints follow what the kubelets say. Pods that were to go have gone. */
static void catch_up(struct world *w, struct node *n) {
  for (uint32_t i = n->container_count; i-- > 0;) {
    struct container *c = &w->containers[n->containers[i]];
    if (c->leaving && (c->farewell ? !container_lives(c) : c->state != CONTAINER_DRAINING))
      gone(w, c);
    else if (c->in_rotation != c->ready)
      lifecycle_rotate(w, c, c->ready, config_of(w)->endpoint_delay);
  }
  go_on_draining(w, n);
}

/* Its view of a node begins with now: one that is lost has the whole grace, one that was known to be lost the whole toleration. */
static void plane_back(struct world *w, uint32_t plane) {
  const struct kubernetes_config *k = config_of(w);
  for (struct node *n = world_next_node(w, NULL); n; n = world_next_node(w, n)) {
    if (!is_of(n, plane)) continue;
    if (n->unseen) node_returned(w, n);
    if (!n->up && n->detected) node_unknown(w, n);
    struct stream draws = detection(w, n);
    sim_time check = (sim_time)(stream_uniform(&draws) * (double)k->monitor_period);
    if (!n->up && !n->detected) node_wait(w, n, k->monitor_grace + check);
    catch_up(w, n);
  }
  start_pending(w);
  for (uint32_t i = 0; i < w->model->services.count; i++) resize(w, i);
}

static void control(struct world *w, uint32_t plane, bool back) {
  struct kubernetes *k = w->orchestrating;
  uint32_t before = k->lost_to[plane];
  assert(plane < REGIONS_MOST && (!back || before));
  k->lost_to[plane] = back ? before - 1 : before + 1;
  if (!before) plane_lost(w, plane);
  if (back && before == 1) plane_back(w, plane);
  parts_changed(w);
}

static void start(struct world *w) { autoscalers_start(w, &config_of(w)->scaling); }

/* --- its keys ----------------------------------------------------------------------------------------------------------------- */

static const struct field fields[] = {
    DURATION(kubernetes_config, lease_renewal, "10s", "Period in which a kubelet renews its lease.", "kubelet: 0.25 of 40 s"),
    DURATION(kubernetes_config, monitor_grace, "50s", "Without a renewal for this long a node is unknown.",
             "node-monitor-grace-period; 40 s before about 1.32"),
    DURATION(kubernetes_config, monitor_period, "5s", "Period of that check.", "node lifecycle controller"),
    TIMED(kubernetes_config, eviction, "300s", 0, INFINITY,
          "From unknown until its pods are replaced; never: they wait for the node.", "default tolerations"),
    DURATION(kubernetes_config, readiness_period, "10s", "Period of the readiness probe; a pod is ready at its first success.",
             "probe defaults"),
    DURATION(kubernetes_config, endpoint_delay, "1s", "Until a change of endpoints has reached the nodes.",
             "1 to 2 s in a small cluster, an estimate"),
    DURATION(kubernetes_config, relist, "1s", "Period in which a kubelet looks for ended containers.", "kubelet plegRelistPeriod"),
    DURATION(kubernetes_config, restart_base, "10s",
             "Wait before the second restart in a row; doubles each time. The first is at once.", "kubelet backOffPeriod"),
    DURATION(kubernetes_config, restart_cap, "300s", "Longest wait before a restart.", "kubelet MaxContainerBackOff"),
    DURATION(kubernetes_config, restart_reset, "10m", "A run at least this long makes the wait start over.", "kubelet"),
    DURATION(kubernetes_config, termination_grace, "30s", "For a pod that is taken away to finish what it has.", "pod defaults"),
    KEY("metrics_resolution", DURATION, kubernetes_config, scaling.resolution, DEFAULT("15s"), RANGE(1e9, FIELD_YEAR),
        .doc = "Window and period of the metrics.", .source = "metrics-server manifests"),
    KEY("autoscaler_sync", DURATION, kubernetes_config, scaling.sync, DEFAULT("15s"), RANGE(1e9, FIELD_YEAR),
        .doc = "Period of the autoscaler.", .source = "HPA controller"),
    KEY("autoscaler_tolerance", RATIO, kubernetes_config, scaling.tolerance, DEFAULT("10%"), RANGE(0, 10),
        .doc = "The autoscaler changes nothing while metric / target is within this of 1.", .source = "HPA controller"),
    KEY("downscale_window", DURATION, kubernetes_config, scaling.downscale, DEFAULT("300s"), RANGE(0, 3.6e12),
        .doc = "The highest recommendation of this time keeps the autoscaler from scaling down.", .source = "HPA controller"),
    KEY("cpu_initialization", DURATION, kubernetes_config, scaling.initialization, DEFAULT("300s"), RANGE(0, FIELD_YEAR),
        .doc = "While a pod is younger, its CPU counts only from when it was ready.", .source = "HPA controller"),
    KEY("initial_readiness", DURATION, kubernetes_config, scaling.readiness, DEFAULT("30s"), RANGE(0, FIELD_YEAR),
        .doc = "An older pod that stopped being ready within this time of its start was never ready: its CPU does not count.",
        .source = "HPA controller"),
    {0}};
static const struct record record = {
    .name = "kubernetes", .size = sizeof(struct kubernetes_config), .fields = fields, .doc = "Delays of Kubernetes."};

static const struct scaling_flags *scaling(const void *settings) { return &((const struct kubernetes_config *)settings)->scaling; }

/* The kubelet has to see the exit; the first restart is at once; then a probe, and the way of the endpoints. */
static sim_time recovery(const void *settings) {
  const struct kubernetes_config *k = settings;
  return k->relist / 2 + k->readiness_period / 2 + k->endpoint_delay;
}

static const struct field keys[] = {SETTINGS("kubernetes", &record, "Its delays."), {0}};
const struct orchestrator orchestrator_kubernetes = {
    .member = {.word = "kubernetes",
               .doc = "Pods by requests over nodes, probes, endpoints, evictions and an autoscaler.",
               .keys = keys},
    .room = sizeof(struct kubernetes),
    .start = start,
    .process_up = process_up,
    .process_died = process_died,
    .life = life,
    .node_died = node_died,
    .node_returned = node_returned,
    .detected = detected,
    .evict = evict,
    .resize = resize,
    .scaling = scaling,
    .updates = UPDATES_BY_PODS,
    .begin = begin,
    .end = end,
    .renew = renew,
    .control = control,
    .acts = acts,
    .recovery = recovery,
    .probing = &probing,
    .relocates = true,
    .budgets = true,
    .pods = 110,
    .data = {.new_containers = true, .node_affinity = true, .stateful_sets = true}};
