#include "models/faults/rolling_drain.h"
#include "models/availability/outage.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/faults/ailing.h"
#include "models/faults/faults.h"
#include "models/faults/lives_inner.h"
#include "models/faults/targets.h"
#include "models/platform/budget.h"
#include "models/platform/nodes.h"
#include "models/platform/placement.h"
#include "sim/engine/arena.h"

static const sim_time stuck_after = SIM_HOUR;

struct rolling_drain {
  struct world *world;
  const struct fault_config *config;
  uint32_t fault, node; /* node: the one in work; NONE: no round is under way */
  bool works;           /* it is empty, and down */
  sim_time begun;
  struct stream draws;
  slot_id next, alarm;
};

/* --- at work ----------------------------------------------------------------------------------------------------------------- */

static void turns_to_next(struct rolling_drain *d) {
  struct world *w = d->world;
  do d->node = machines_after(w, d->config, d->node);
  while (d->node != NONE && w->nodes[d->node].membership != NODE_MEMBER);
  if (d->node == NONE) {
    meter_time(w, d->config->took_meter, world_now(w) - d->begun);
    outage_lets_go(w, d->fault);
    parts_changed(w);
    return;
  }
  calendar_set(w->calendar, d->alarm, world_after(w, stuck_after));
  node_drain(w, &w->nodes[d->node], d->next);
}

static void is_empty(struct rolling_drain *d) {
  struct world *w = d->world;
  d->works = true;
  calendar_clear(w->calendar, d->alarm);
  node_fails(w, &w->nodes[d->node], DISK_KEPT);
  calendar_set(w->calendar, d->next, world_after(w, distribution_sample_time(&d->config->repair, &d->draws)));
}

static void is_done(struct rolling_drain *d) {
  struct world *w = d->world;
  d->works = false;
  node_uncordon(w, &w->nodes[d->node]);
  node_returns(w, &w->nodes[d->node]);
  meter_count(w, d->config->machines_meter);
  turns_to_next(d);
}

static void goes_on(void *drain, uint32_t unused) {
  (void)unused;
  struct rolling_drain *d = drain;
  if (d->works)
    is_done(d);
  else
    is_empty(d);
}

static void is_stuck(void *drain, uint32_t unused) {
  (void)unused;
  struct rolling_drain *d = drain;
  meter_count(d->world, d->config->stuck_meter);
}

static struct rolling_drain *drain_of(struct world *w, uint32_t fault) {
  struct rolling_drain *d = world_faults(w)->kept[fault];
  if (d) return d;
  d = world_faults(w)->kept[fault] = arena_new_array(w->arena, struct rolling_drain, 1);
  *d = (struct rolling_drain){.world = w, .config = model_fault_at(w->model, fault), .fault = fault, .node = NONE};
  d->draws = stream_open(stream_key(w->seed, w->replication, PURPOSE_DRAIN, stream_entity(d->config->name, 0)));
  d->next = calendar_slot(w->calendar, goes_on, d, 0);
  d->alarm = calendar_slot(w->calendar, is_stuck, d, 0);
  return d;
}

bool rolling_drain_stands(const struct world *w, uint32_t fault) {
  const struct rolling_drain *d = world_faults(w)->kept[fault];
  return !d || d->node == NONE;
}

void rolling_drain_strike(struct world *w, const struct fault_config *f, uint32_t fault) {
  (void)f;
  if (!rolling_drain_stands(w, fault)) return;
  struct rolling_drain *d = drain_of(w, fault);
  d->begun = world_now(w);
  outage_holds(w, fault);
  turns_to_next(d);
}

/* --- hooks of its kind -------------------------------------------------------------------------------------------------------- */

/* If nothing keeps a drain waiting. */
double rolling_drain_s(const struct model *m, const struct fault_config *f) { return machines_count(m, f) * f->repair.mean * 1e-9; }

/* --- linking ----------------------------------------------------------------------------------------------------------------- */

/* Replicas that the cluster has room for without one machine of the group, if it runs nothing else. */
static int64_t room_without_one(const struct model *m, const struct service_config *s, uint32_t group) {
  int64_t room = 0;
  for (uint32_t i = 0; i < m->platform.nodes.count; i++) {
    const struct node_group *g = model_nodes(m, i);
    int64_t nodes = g->count - (i == group), each = placement_fits(g, s);
    if (placement_has_group(s, i) && nodes > 0) room += each > PLACEMENT_ENOUGH ? PLACEMENT_ENOUGH : each * nodes;
  }
  return room;
}

/* The last replica on the machine goes when as many as must be are ready on the others. */
static void warn_of_budgets(struct linker *l, uint32_t group, const char *path) {
  for (uint32_t i = 0; i < l->model->services.count; i++) {
    const struct service_config *s = model_service(l->model, i);
    int64_t must = budget_must(s, s->replicas);
    if (!must || !placement_has_group(s, group)) continue;
    int64_t room = room_without_one(l->model, s, group);
    if (room < must)
      link_warn(
          l, path, "drains", "drain-stuck",
          "the budget of \"%s\" keeps %lld of its replicas ready, and without one machine of \"%s\" there is room for %lld: the "
          "drain waits for ever, and no machine is upgraded; give it another machine, or a smaller budget",
          s->name, (long long)must, model_nodes(l->model, group)->name, (long long)room);
  }
}

static void declare(struct model *m, struct fault_config *f) {
  f->took_meter =
      meter_declare(m, f->name, "took", METER_TIME, "From the first machine that is cordoned until the last one is back.");
  f->machines_meter = meter_declare(m, f->name, "machines", METER_COUNT, "Machines that were drained, worked on, and are back.");
  f->stuck_meter = meter_declare(m, f->name, "stuck", METER_COUNT, "Drains that had not emptied their machine after an hour.");
}

static const char *wrong_with(struct linker *l, const struct fault_config *f) {
  const struct orchestrator *o = l->model->platform.kind;
  if (!f->nodes.count) return "drains machines: needs \"nodes\"";
  if (fault_draws(f)) return "takes one machine after the other: no \"count\" or \"share\"";
  if (!o->evict)
    return arena_format(
        l->arena, "a platform of kind %s has nowhere else to put what is on a machine: without \"drains\" it is down meanwhile",
        o->member.word);
  return NULL;
}

bool rolling_drain_link(struct linker *l, struct fault_config *f, const char *path) {
  const char *wrong = wrong_with(l, f);
  if (wrong) {
    link_error(l, path, "drains", "%s", wrong);
    return false;
  }
  declare(l->model, f);
  for (uint32_t i = 0; i < f->nodes.count; i++) warn_of_budgets(l, (uint32_t)f->nodes.reference[i], path);
  return true;
}
