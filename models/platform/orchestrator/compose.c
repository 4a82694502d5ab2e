/* compose: everything on its server; Docker restarts what dies after 100 ms, doubling to a minute. Callers have a fixed list
 * of addresses: a dead replica is refused connections and keeps its share. A lost server takes all down until it is back. */
#include "models/platform/farewell.h"
#include "models/platform/lifecycle.h"
#include "models/platform/orchestrator/orchestrators.h"
#include "models/platform/orchestrator/delays.h"
#include "models/core/world.h"
#include "models/service/probe.h"

struct compose_config {
  sim_time restart_delay, restart_cap, restart_reset;
};

static const struct compose_config *config_of(const struct world *w) { return w->model->platform.settings; }

static void process_up(struct world *w, struct container *c) { rotation_add(w, c); }

/* Docker's restart manager (moby restartmanager.go): the wait doubles with each restart and starts over after a long run. */
static void process_died(struct world *w, struct container *c) {
  const struct compose_config *k = config_of(w);
  if (container_config(c)->restart != 0) return;
  if (world_now(w) - c->started_at >= k->restart_reset) c->restarts = 0;
  sim_time delay = k->restart_delay;
  for (uint32_t i = 0; i < c->restarts && delay < k->restart_cap; i++) delay *= 2;
  c->restarts++;
  lifecycle_wait(w, c, LIFE_RESTART, delay < k->restart_cap ? delay : k->restart_cap);
}

/* A new container in its stead, with the same address. */
static void created(struct world *w, struct container *c) {
  const struct service *s = world_service_of(w, c);
  c->leaving = c->returns = false, c->restarts = 0;
  lifecycle_runs(w, c, s->current, s->build);
  lifecycle_start(w, c);
}

static void renew(struct world *w, struct container *c, const struct farewell *how) {
  if (c->leaving) return;
  c->returns = true;
  if (c->state != CONTAINER_UP) lifecycle_stop(w, c, OUTCOME_CRASHED);
  if (c->state != CONTAINER_UP || farewell_begin(w, c, how, 0)) created(w, c);
}

static void life(struct world *w, struct container *c) {
  if (!c->leaving)
    lifecycle_start(w, c);
  else if (farewell_goes_on(w, c))
    created(w, c);
}

static void node_returned(struct world *w, struct node *n) {
  for (uint32_t i = 0; i < n->container_count; i++) {
    struct container *c = &w->containers[n->containers[i]];
    if (c->leaving)
      created(w, c);
    else
      lifecycle_start(w, c);
  }
}

/* --- its keys ----------------------------------------------------------------------------------------------------------------- */

static const struct field fields[] = {
    DURATION(compose_config, restart_delay, "100ms", "Before the first restart; doubles each time.", "moby restartmanager"),
    DURATION(compose_config, restart_cap, "1m", "Longest wait before a restart.", "moby restartmanager"),
    DURATION(compose_config, restart_reset, "10s", "A run at least this long makes the wait start over.", "moby restartmanager"),
    {0}};
static const struct record record = {
    .name = "compose", .size = sizeof(struct compose_config), .fields = fields, .doc = "Delays of Docker's restart policy."};

static sim_time recovery(const void *settings) { return ((const struct compose_config *)settings)->restart_delay; }

/* A container that is unhealthy is marked, and that is all. */
static const struct probing probing = {
    .instead = {
        [PROBE_STARTUP] = "Compose starts a container again when it ends, and waits for no check",
        [PROBE_READINESS] = "Compose has no readiness: callers have a fixed list of addresses; \"health_check\" is that of a proxy",
        [PROBE_LIVENESS] = "Docker marks an unhealthy container and does not restart it: a process that hangs does so until a "
                           "person restarts it"}};

static const struct field keys[] = {SETTINGS("compose", &record, "Its delays."), {0}};
const struct orchestrator orchestrator_compose = {
    .member = {.word = "compose", .doc = "One server; what dies is restarted there.", .keys = keys},
    .process_up = process_up,
    .process_died = process_died,
    .life = life,
    .node_returned = node_returned,
    .updates = UPDATES_WITH_GAPS,
    .renew = renew,
    .recovery = recovery,
    .probing = &probing};
