/* static: replicas stay on their nodes, nobody moves them; a dead process starts again at once, and routing follows health
 * without delay. Virtual machines behind a balancer, and the textbook's k-of-n. */
#include "models/platform/farewell.h"
#include "models/platform/lifecycle.h"
#include "models/platform/orchestrator/orchestrators.h"
#include "models/core/world.h"
#include "models/service/probe.h"

static void process_up(struct world *w, struct container *c) {
  if (!service_probed(container_config(c), PROBE_STARTUP) && !service_probed(container_config(c), PROBE_READINESS))
    rotation_add(w, c);
}

static void process_died(struct world *w, struct container *c) {
  rotation_remove(w, c);
  if (container_config(c)->restart == 0) lifecycle_start(w, c);
}

static void renewed(struct world *w, struct container *c) {
  const struct service *s = world_service_of(w, c);
  c->leaving = c->returns = false;
  lifecycle_runs(w, c, s->current, s->build);
  lifecycle_start(w, c);
}

static void renew(struct world *w, struct container *c, const struct farewell *how) {
  if (c->leaving) return;
  c->returns = true;
  rotation_remove(w, c);
  if (c->state != CONTAINER_UP) lifecycle_stop(w, c, OUTCOME_CRASHED);
  if (c->state != CONTAINER_UP || farewell_begin(w, c, how, 0)) renewed(w, c);
}

/* The only waits that it sets are those of a farewell. */
static void life(struct world *w, struct container *c) {
  if (farewell_goes_on(w, c)) renewed(w, c);
}

static void node_died(struct world *w, struct node *n) {
  for (uint32_t i = 0; i < n->container_count; i++) rotation_remove(w, &w->containers[n->containers[i]]);
}

static void node_returned(struct world *w, struct node *n) {
  for (uint32_t i = 0; i < n->container_count; i++) {
    struct container *c = &w->containers[n->containers[i]];
    if (c->leaving)
      renewed(w, c);
    else
      lifecycle_start(w, c);
  }
}

/* Readiness is the balancer's, the other two are those of what starts the process again. */
static void probe_turned(struct world *w, struct container *c, enum probe_kind kind, bool passes) {
  if (c->leaving) return;
  bool routes =
      kind == PROBE_READINESS || (kind == PROBE_STARTUP && passes && !service_probed(container_config(c), PROBE_READINESS));
  if (routes && passes)
    rotation_add(w, c);
  else if (routes)
    rotation_remove(w, c);
  else if (!passes)
    lifecycle_kill(w, c);
}
static const struct probing probing = {.acts = {true, true, true}, .every = 10 * SIM_S, .timeout = SIM_S, .turned = probe_turned};

const struct orchestrator orchestrator_static = {
    .member = {.word = "static", .doc = "Replicas are never moved, and routing follows health at once."},
    .process_up = process_up,
    .life = life,
    .updates = UPDATES_IN_PLACE,
    .renew = renew,
    .probing = &probing,
    .process_died = process_died,
    .node_died = node_died,
    .node_returned = node_returned};
