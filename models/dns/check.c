#include "models/dns/check.h"
#include "models/core/world.h"
#include "models/platform/nodes.h"
#include "models/service/locality.h"
#include "sim/engine/arena.h"
#include <assert.h>

enum { REGION_BITS = 8 };

static const struct checking_config *config_of(const struct world *w) { return &model_dns(w->model)->check; }

static bool passes(const struct world *w, const struct dns_record *d, uint32_t region) {
  struct service *s = &w->services[d->service];
  uint32_t count;
  const uint32_t *replicas = locality_of_entry(w, s, region, &count);
  if (service_lacks_quorum(s)) return false;
  for (uint32_t i = 0; i < count; i++)
    if (container_serves(&w->containers[replicas[i]])) return true;
  return false;
}

static bool is_healthy(const struct dns_record *d, uint32_t region) { return d->healthy >> region & 1; }

/* When the checks, if they go on as now, make a change to be announced. */
static void expect(struct world *w, const struct dns_record *d, uint32_t region) {
  const struct dns_check *c = &d->checks[region];
  bool silent = !c->checking.passes && !c->answers;
  sim_time due = checking_due(config_of(w), &c->checking, is_healthy(d, region), silent ? config_of(w)->timeout : 0);
  if (!due) return; /* the last of them is waited for */
  if (due == SIM_NEVER)
    calendar_clear(w->calendar, c->due);
  else
    calendar_set(w->calendar, c->due, due > world_now(w) ? due : world_now(w));
}

static void look_at(struct world *w, struct dns_record *d, uint32_t region) {
  struct dns_check *c = &d->checks[region];
  bool passing = passes(w, d, region), answers = nodes_live_in(w, (int32_t)region);
  if (passing == c->checking.passes && answers == c->answers) return;
  if (passing != c->checking.passes) checking_turns(config_of(w), &c->checking, world_now(w), passing, is_healthy(d, region));
  c->answers = answers;
  expect(w, d, region);
}

void checks_look(struct world *w, struct dns_record *d) {
  for (uint32_t region = 0; region < model_regions(w->model); region++)
    if (d->possible >> region & 1) look_at(w, d, region);
  parts_staged(w);
}

/* Handler: as many checks as it takes have shown that the health has changed. */
static void announces(void *world, uint32_t which) {
  struct world *w = world;
  struct dns_record *d = &world_dns(w)->records[which >> REGION_BITS];
  uint32_t region = which & ((1u << REGION_BITS) - 1);
  bool healthy = !is_healthy(d, region);
  checking_told(&d->checks[region].checking, world_now(w), healthy);
  dns_announce(w, d, region, healthy);
  expect(w, d, region);
}

void checks_start(struct world *w, struct dns_record *d) {
  const struct model *m = w->model;
  const char *name = model_service(m, d->service)->name;
  uint32_t number = (uint32_t)(d - world_dns(w)->records);
  static_assert(REGIONS_MOST <= 1 << REGION_BITS, "a region has that many bits");
  d->checks = arena_new_array(w->arena, struct dns_check, model_regions(m));
  for (uint32_t region = 0; region < model_regions(m); region++) {
    struct dns_check *c = &d->checks[region];
    uint64_t entity = stream_entity(model_region(m, region)->name, stream_entity(name, 0));
    struct stream draws = stream_open(stream_key(w->seed, w->replication, PURPOSE_CHECK, entity));
    c->checking.phase = (sim_time)(stream_uniform(&draws) * (double)config_of(w)->every);
    c->due = calendar_slot(w->calendar, announces, w, number << REGION_BITS | region);
    c->checking.passes = is_healthy(d, region), c->answers = true;
  }
  checks_look(w, d);
}
