#include "models/core/audit.h"
#include "models/core/world.h"
#include "models/machine/slices.h"
#include "models/machine/waking.h"
#include <math.h>

/* Every end of a computation is rounded up to a nanosecond, during which all cores of a contended node may work. */
static void audit_work(const struct audit *a) {
  const struct world *w = a->world;
  for (uint32_t i = 0; i < w->container_count; i++) {
    const struct container *c = &w->containers[i];
    double work = (double)c->done_ns + waking_spent(c) + c->dropped_ns + container_unfinished(w, c);
    double slack = 1e-9 * work + 64.0 * (double)(c->computation_order + 1);
    if (fabs(c->used_ns - c->slowed_ns - work) > slack)
      audit_broken(a, "work: container %u of %s delivered %.9g s, its computations took %.9g s", i, container_config(c)->name,
                   (c->used_ns - c->slowed_ns) * 1e-9, work * 1e-9);
  }
}

/* What was used was granted, but for the last nanosecond of each thread. */
static void audit_quotas(const struct audit *a) {
  const struct world *w = a->world;
  for (uint32_t i = 0; i < w->container_count; i++) {
    const struct container *c = &w->containers[i];
    const struct cpu_quota *q = c->quota;
    if (!q) continue;
    double granted = (double)q->granted * q->amount;
    if (c->used_ns > granted * (1 + 1e-12) + 64)
      audit_broken(a, "quota: container %u of %s used %.12g s of %.12g s", i, container_config(c)->name, c->used_ns * 1e-9,
                   granted * 1e-9);
    if (q->spent && (!c->stalls || !q->active))
      audit_broken(a, "quota: container %u of %s stands still for nothing", i, container_config(c)->name);
  }
}

static void audit_nodes(const struct audit *a) {
  const struct world *w = a->world;
  for (uint32_t i = 0; i < w->node_count; i++) {
    const struct node *n = &w->nodes[i];
    if (n->up_time + n->down_time + n->away_time != w->horizon)
      audit_broken(a, "node %u: up %.9g s, down %.9g s and away %.9g s are not the horizon %.9g s", i, sim_seconds(n->up_time),
                   sim_seconds(n->down_time), sim_seconds(n->away_time), sim_seconds(w->horizon));
    const char *wrong = n->slices ? slices_wrong(w, n) : node_wrong(w, n);
    if (wrong) audit_broken(a, "node %u: %s", i, wrong);
  }
}

void audit_cpu(const struct audit *a) {
  audit_nodes(a);
  audit_work(a);
  audit_quotas(a);
}
