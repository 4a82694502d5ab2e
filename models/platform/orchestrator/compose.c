/* compose: everything on its server; Docker restarts what dies after 100 ms, doubling to a minute. Callers have a fixed list
 * of addresses: a dead replica is refused connections and keeps its share. A lost server takes all down until it is back. */
#include "models/platform/lifecycle.h"
#include "models/core/world.h"

static const struct compose_config *config_of(const struct world *w) { return &w->model->platform.compose; }

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

static void life(struct world *w, struct container *c) { lifecycle_start(w, c); }

static void node_died(struct world *w, struct node *n) { (void)w, (void)n; }

static void node_returned(struct world *w, struct node *n) {
  for (uint32_t i = 0; i < n->container_count; i++) lifecycle_start(w, &w->containers[n->containers[i]]);
}

static void detected(struct world *w, struct node *n) { (void)w, (void)n; }

const struct orchestrator orchestrator_compose = {"compose", NULL,      process_up,    process_died,
                                                  life,      node_died, node_returned, detected};
