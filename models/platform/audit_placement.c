/* Audit of placement: what nodes hold, and what may be there. */
#include "models/core/audit.h"
#include "models/core/world.h"
#include "models/platform/placement.h"

static void check_sums(const struct audit *a, const struct node *n) {
  const struct world *w = a->world;
  struct allocatable all = placement_allocatable(n->group);
  int64_t cpu = 0, memory = 0;
  for (uint32_t i = 0; i < n->container_count; i++) {
    const struct resource_amounts *r = &container_config(&w->containers[n->containers[i]])->resources.requests;
    cpu += r->cpu, memory += r->memory;
  }
  if (cpu != n->cpu_requested || memory != n->memory_requested)
    audit_broken(a, "placement: node %s %u has requests of %lldm and %lld bytes in its books, and of %lldm and %lld bytes on it",
                 n->group->name, n->number, (long long)n->cpu_requested, (long long)n->memory_requested, (long long)cpu,
                 (long long)memory);
  if ((all.cpu != INT64_MAX && cpu > all.cpu) || memory > all.memory || n->container_count > nodes_offer(n->group)->pods)
    audit_broken(a, "placement: node %s %u holds %u replicas that ask for %lldm and %lld bytes, more than it has", n->group->name,
                 n->number, n->container_count, (long long)cpu, (long long)memory);
}

static void check_place(const struct audit *a, const struct container *c) {
  const struct world *w = a->world;
  const struct node *n = &w->nodes[c->node];
  const struct placement_config *p = service_placement(container_config(c));
  if (n->membership == NODE_AWAY || !p->groups[n->group_index] || (p->zone >= 0 && n->zone != p->zone))
    audit_broken(a, "placement: replica %u is on node %s %u, which may not run it", c->id, n->group->name, n->number);
  if (c->home >= 0 && n->region != c->home)
    audit_broken(a, "placement: replica %u of region %d is in region %d", c->id, (int)c->home, (int)n->region);
}

static void check_spread(const struct audit *a, uint32_t service) {
  const struct spread_config *s = &service_placement(service_config(&a->world->services[service]))->spread;
  int64_t worst = placement_worst_skew(a->world, service);
  if (s->hard && worst > s->skew)
    audit_broken(a, "placement: a hard spread of service %u was broken: %lld, and not %lld, above the emptiest", service,
                 (long long)worst, (long long)s->skew);
}

void audit_placement(const struct audit *a) {
  const struct world *w = a->world;
  for (uint32_t i = 0; i < w->node_count; i++) check_sums(a, &w->nodes[i]);
  for (uint32_t i = 0; i < w->container_count; i++)
    if (w->containers[i].node != NONE) check_place(a, &w->containers[i]);
  for (uint32_t i = 0; i < w->model->services.count; i++) check_spread(a, i);
}
