#include "models/availability/phase.h"
#include "models/availability/outage.h"
#include "models/core/world.h"
#include "models/dns/dns.h"
#include "models/faults/fault.h"
#include "models/platform/lifecycle.h"
#include "models/platform/platform.h"
#include "models/replication/replication.h"
#include "models/service/health_check.h"
#include "models/service/probe.h"
#include "models/service/takeover.h"

const char *const outage_phase_names[] = {"detection", "decision", "reaction", "start",  "warm_up",  "dns",     "repair",
                                          "dump",      "transfer", "restore",  "verify", "cut_over", "rollback"};

static enum outage_phase earlier(enum outage_phase a, enum outage_phase b) { return a < b ? a : b; }

static bool waits(const struct world *w, slot_id slot) { return calendar_time_of(w->calendar, slot) != SIM_NEVER; }

/* --- containers --------------------------------------------------------------------------------------------------------------- */

/* Its node is lost. Known, and replicas are moved: it is evicted later, a person may have to let it go, or it stays. Not known, and
 * no wait for that: there is no manager to notice. */
static enum outage_phase on_lost_node(const struct world *w, const struct container *c, const struct node *n) {
  if (!w->orchestrator->relocates) return PHASE_REPAIR;
  if (!n->detected) return waits(w, n->detection_slot) ? PHASE_DETECTION : PHASE_DECISION;
  if (c->life_stage == LIFE_GIVEN_UP && waits(w, c->life)) return PHASE_DECISION;
  return waits(w, n->detection_slot) ? PHASE_REACTION : PHASE_REPAIR;
}

static enum outage_phase of_dead_process(const struct world *w, const struct container *c) {
  if (!waits(w, c->life)) return PHASE_REPAIR;
  return c->life_stage == LIFE_OUT_OF_ROTATION ? PHASE_DETECTION : PHASE_REACTION;
}

/* It has no node: room is looked for, and where one is lost it is that one's which is missing. */
static enum outage_phase without_node(const struct world *w) {
  for (const struct node *n = world_next_node(w, NULL); n; n = world_next_node(w, n))
    if (!n->up) return PHASE_REPAIR;
  return PHASE_REACTION;
}

/* Callers, who could call another replica, still have to learn that its process is gone. */
static bool is_still_called(const struct world *w, const struct container *c) {
  return world_service_of(w, c)->up && c->in_rotation && !c->rotates_in && waits(w, c->rotation_slot);
}

/* It hangs, and callers still choose it: what asks its replicas will notice; where nothing does, a person. */
static enum outage_phase of_hung_process(const struct container *c) {
  const struct service_config *s = container_config(c);
  if (!c->in_rotation) return OUTAGE_PHASES;
  bool asked = service_probed(s, PROBE_READINESS) || service_probed(s, PROBE_LIVENESS) || service_health_check(s)->checks.every;
  return asked ? PHASE_DETECTION : OUTAGE_PHASES;
}

/* OUTAGE_PHASES: nothing is amiss. */
static enum outage_phase of_container(const struct world *w, const struct container *c) {
  switch (c->state) {
  case CONTAINER_UP:
    return c->in_rotation || c->withheld ? OUTAGE_PHASES : PHASE_WARM_UP;
  case CONTAINER_HUNG:
    return of_hung_process(c);
  case CONTAINER_STARTING:
    return is_still_called(w, c) ? PHASE_REACTION : PHASE_START;
  case CONTAINER_DOWN:
    if (c->node == NONE) return without_node(w);
    return w->nodes[c->node].up ? of_dead_process(w, c) : on_lost_node(w, c, &w->nodes[c->node]);
  case CONTAINER_PENDING:
    return without_node(w);
  default:
    return OUTAGE_PHASES;
  }
}

/* --- failovers ---------------------------------------------------------------------------------------------------------------- */

/* NONE, and WAITING: it is that of its processes. */
static enum outage_phase of_stage(enum failover_stage stage) {
  static const enum outage_phase phases[] = {
      [FAILOVER_NONE] = OUTAGE_PHASES,      [FAILOVER_LEASE] = PHASE_DETECTION,    [FAILOVER_DETECTING] = PHASE_DETECTION,
      [FAILOVER_DECIDING] = PHASE_DECISION, [FAILOVER_UNDECIDED] = PHASE_DECISION, [FAILOVER_PROMOTING] = PHASE_REACTION,
      [FAILOVER_DRAINING] = PHASE_REACTION, [FAILOVER_WAITING] = OUTAGE_PHASES};
  return phases[stage];
}

static enum outage_phase of_takeover(const struct world *w, const struct service *s) {
  static const enum outage_phase phases[] = {
      [TAKEOVER_NONE] = OUTAGE_PHASES, [TAKEOVER_DETECTING] = PHASE_DETECTION, [TAKEOVER_PROMOTING] = PHASE_REACTION};
  return phases[takeover_stage_of(w, s->index)];
}

/* OUTAGE_PHASES: it has none that acts. */
static enum outage_phase of_failover(const struct world *w, const struct service *s) {
  enum outage_phase earliest = of_takeover(w, s);
  for (uint32_t i = 0; i < replications_of(s); i++) earliest = earlier(earliest, of_stage(s->replication[i].failover.stage));
  return earliest;
}

/* --- regions ------------------------------------------------------------------------------------------------------------------ */

struct places {
  enum outage_phase phase;
  uint64_t left; /* regions that clients are led away from, or will be */
};

static struct places of_record(const struct world *w, const struct dns_record *d) {
  struct places p = {OUTAGE_PHASES, d->possible & ~d->healthy};
  if (world_now(w) < d->settled_at) p.phase = PHASE_DNS;
  for (uint32_t i = 0; d->checks && i < model_regions(w->model); i++) {
    bool noticed = !(d->healthy >> i & 1) || !waits(w, d->checks[i].due);
    if (!(d->possible >> i & 1) || noticed) continue;
    p.phase = PHASE_DETECTION, p.left |= UINT64_C(1) << i;
  }
  return p;
}

static struct places of_dns(const struct world *w) {
  struct places all = {OUTAGE_PHASES, 0};
  const struct dns *dns = model_regions(w->model) && model_dns(w->model)->policy ? world_dns(w) : NULL;
  for (uint32_t i = 0; dns && i < dns->count; i++) {
    struct places one = of_record(w, &dns->records[i]);
    all.phase = earlier(all.phase, one.phase), all.left |= one.left;
  }
  return all;
}

/* --- all ---------------------------------------------------------------------------------------------------------------------- */

/* Where a failover acts it says what its service waits for, not the processes. */
static enum outage_phase of_failovers(const struct world *w) {
  enum outage_phase earliest = OUTAGE_PHASES;
  for (uint32_t i = 0; i < w->model->services.count; i++) earliest = earlier(earliest, of_failover(w, &w->services[i]));
  return earliest;
}

static enum outage_phase of_process(const struct world *w, const struct container *c, uint64_t left) {
  int32_t region = left ? container_region(w, c) : -1;
  bool away = region >= 0 && left >> region & 1;
  return away || of_failover(w, world_service_of(w, c)) < OUTAGE_PHASES ? OUTAGE_PHASES : of_container(w, c);
}

/* Nothing is amiss with other containers than those that were so at the last look or have been marked since. */
enum outage_phase phase_of_world(const struct world *w) {
  const struct states *states = &world_outages(w)->states;
  struct places places = of_dns(w);
  enum outage_phase earliest = earlier(places.phase, of_failovers(w));
  for (uint32_t i = 0; i < states->amiss_count; i++)
    earliest = earlier(earliest, of_process(w, &w->containers[states->amiss[i]], places.left));
  for (uint32_t i = 0; i < w->touched_count; i++)
    earliest = earlier(earliest, of_process(w, &w->containers[w->touched[i]], places.left));
  return earlier(earliest, PHASE_REPAIR);
}

/* --- repairs ------------------------------------------------------------------------------------------------------------------ */

static const enum outage_phase of_repair[] = {
    [FAULT_STANDS] = PHASE_REPAIR,           [FAULT_UNNOTICED] = PHASE_DETECTION, [FAULT_AWAITS_CREW] = PHASE_REACTION,
    [FAULT_UNACKNOWLEDGED] = PHASE_DECISION, [FAULT_DIAGNOSING] = PHASE_DECISION, [FAULT_ACTING] = PHASE_REACTION,
    [FAULT_REPAIRING] = PHASE_REPAIR};

enum outage_phase phase_of_repair(const struct world *w, uint32_t fault) {
  const struct faults *all = world_faults(w);
  enum outage_phase earliest = PHASE_REPAIR;
  const struct fault_kind *kind = model_fault_at(w->model, fault)->kind;
  if (kind->waits_for) return kind->waits_for(w, fault);
  if (!kind->repair) return PHASE_REPAIR;
  for (uint32_t i = 0; i < all->count; i++) {
    const struct fault_process *f = all->processes[i];
    if (f->fault == fault && f->broken) earliest = earlier(earliest, of_repair[fault_phase(f)]);
  }
  return earliest;
}
