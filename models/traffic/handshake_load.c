/* What the set-up of connections asks: it is the entry's work, but no part of a program. */
#include "models/core/load_sheet.h"
#include "models/traffic/offered.h"
#include "models/traffic/source.h"
#include "models/traffic/client_network.h"
#include "models/core/model.h"
#include "models/machine/accept.h"
#include "models/traffic/whereabouts.h"
#include "models/network/network.h"

/* CPU time of the entry for a request of the source, in s: its share of a handshake, and of accepting a connection. */
static double of_each(const struct source_config *s, const struct service_config *entry) {
  int64_t requests = s->connection.requests;
  return client_network_handshake_s(s) + (requests == INT64_MAX ? 0 : accept_cpu_s(entry) / (double)requests);
}

static void asks(const struct model *m, const struct demand_sums *d, int asking, struct arena *arena) {
  (void)arena;
  if (!(asking & ASKING_TRAFFIC)) return;
  for (uint32_t s = 0; s < model_sources(m)->count; s++) {
    for (uint32_t e = 0; e < m->endpoints.count; e++) {
      const struct endpoint_config *c = model_endpoint(m, e);
      double each = c->entry < 0 ? 0 : of_each(model_source(m, s), model_service(m, (uint32_t)c->entry));
      if (!(each > 0)) continue;
      double work = model_share(m, s, e) * (1 - endpoint_way(c)->cdn.hit) * each;
      if (d->region >= 0) work *= whereabouts_planned(m, s, e, (uint32_t)d->region);
      d->cpu_s[c->entry] += work;
      if (model_service(m, (uint32_t)c->entry)->runtime != RUNTIME_EVENT_LOOP) d->held_s[c->entry] += work / d->speed[c->entry];
    }
  }
}

const struct load_part handshake_load = {.asks = asks};
