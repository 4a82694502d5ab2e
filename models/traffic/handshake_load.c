/* What the set-up of connections asks: it is the entry's work, but no part of a program. */
#include "models/core/load_sheet.h"
#include "models/traffic/offered.h"
#include "models/traffic/source.h"
#include "models/traffic/client_network.h"
#include "models/core/model.h"
#include "models/traffic/whereabouts.h"
#include "models/network/network.h"

static void asks(const struct model *m, const struct demand_sums *d, int asking, struct arena *arena) {
  (void)arena;
  if (!(asking & ASKING_TRAFFIC)) return;
  for (uint32_t s = 0; s < model_sources(m)->count; s++) {
    double each = client_network_handshake_s(model_source(m, s));
    for (uint32_t e = 0; each > 0 && e < m->endpoints.count; e++) {
      const struct endpoint_config *c = model_endpoint(m, e);
      if (c->entry < 0) continue;
      double work = model_share(m, s, e) * (1 - endpoint_way(c)->cdn.hit) * each;
      if (d->region >= 0) work *= whereabouts_planned(m, s, e, (uint32_t)d->region);
      d->cpu_s[c->entry] += work;
      if (model_service(m, (uint32_t)c->entry)->runtime != RUNTIME_EVENT_LOOP) d->held_s[c->entry] += work / d->speed[c->entry];
    }
  }
}

const struct load_part handshake_load = {.asks = asks};
