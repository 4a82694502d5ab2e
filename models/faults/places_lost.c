/* Zones that are lost: what the faults of places share. */
#include "models/core/world.h"
#include "models/faults/fault.h"
#include "models/network/regions.h"
#include "models/platform/nodes.h"
#include <assert.h>

static bool is_in(const struct node *n, uint32_t first, uint32_t count) {
  return n->zone >= (int32_t)first && n->zone < (int32_t)(first + count);
}

void zones_lost(struct world *w, uint32_t first, uint32_t count, enum disk_fate disk) {
  for (uint32_t i = 0; i < count; i++) world_faults(w)->zone_losses[first + i]++;
  for (uint32_t i = 0; i < w->node_count; i++)
    if (is_in(&w->nodes[i], first, count)) node_fails(w, &w->nodes[i], disk);
}

void zones_back(struct world *w, uint32_t first, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    assert(world_faults(w)->zone_losses[first + i]);
    world_faults(w)->zone_losses[first + i]--;
  }
  for (uint32_t i = 0; i < w->node_count; i++)
    if (is_in(&w->nodes[i], first, count)) node_returns(w, &w->nodes[i]);
}

bool zones_stand(const struct world *w, uint32_t first, uint32_t count) {
  for (const struct node *n = world_next_node(w, NULL); n; n = world_next_node(w, n))
    if (is_in(n, first, count)) return true;
  return false;
}

bool zones_have_nodes(const struct model *m, uint32_t first, uint32_t count) {
  for (uint32_t i = 0; i < m->platform.nodes.count; i++) {
    const struct node_group *g = model_nodes(m, i);
    for (uint32_t k = 0; g->region >= 0 && k < g->count && k < g->zone_count; k++) {
      uint32_t zone = (uint32_t)node_group_zone(g, k);
      if (zone >= first && zone < first + count) return true;
    }
  }
  return false;
}

int32_t zone_of_fault(const struct model *m, const struct fault_config *f) {
  int32_t found = -1;
  for (uint32_t i = 0; f->zone && i < model_regions(m); i++) {
    int32_t zone = f->region < 0 || f->region == (int32_t)i ? region_zone(regions_at(&m->platform.regions, i), f->zone) : -1;
    if (zone >= 0 && found >= 0) return -1;
    if (zone >= 0) found = zone;
  }
  return found;
}
