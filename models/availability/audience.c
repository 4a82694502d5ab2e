#include "models/availability/audience.h"
#include "models/availability/outage.h"
#include "models/core/world.h"
#include "models/service/affliction.h"
#include "models/traffic/offered.h"
#include "models/traffic/whereabouts.h"
#include "sim/engine/arena.h"

static void add_source(const struct model *m, uint32_t source, uint32_t endpoint, double *clients) {
  const struct source_config *s = model_source(m, source);
  double asks = model_source_share(m, source, endpoint);
  if (!(asks > 0)) return;
  for (uint32_t region = 0; region < model_regions(m); region++) clients[region] += asks * whereabouts_share(m, s, region);
}

/* An endpoint that is not asked for counts nowhere: its clients may be anywhere. */
static void to_shares(double *clients, uint32_t regions) {
  double sum = 0;
  for (uint32_t i = 0; i < regions; i++) sum += clients[i];
  for (uint32_t i = 0; i < regions; i++) clients[i] = sum > 0 ? clients[i] / sum : 1.0 / regions;
}

double *audience_new(const struct model *m, struct arena *arena) {
  uint32_t regions = model_regions(m);
  if (!regions) return NULL;
  double *clients = arena_new_array(arena, double, (size_t)m->endpoints.count *regions);
  for (uint32_t e = 0; e < m->endpoints.count; e++) {
    for (uint32_t i = 0; i < model_sources(m)->count; i++) add_source(m, i, e, clients + e * regions);
    to_shares(clients + e * regions, regions);
  }
  return clients;
}

double audience_share(const struct world *w, uint32_t endpoint, uint32_t edge, enum dns_who who) {
  uint32_t regions = model_regions(w->model);
  const double *clients = world_outages(w)->clients + endpoint * regions;
  int32_t entry = model_endpoint(w->model, endpoint)->entry;
  double share = 0;
  for (uint32_t i = 0; i < regions; i++)
    if (clients[i] > 0) share += clients[i] * affliction_resolves(w->unresolved, i) * dns_share(w, entry, i, edge, who);
  return share;
}
