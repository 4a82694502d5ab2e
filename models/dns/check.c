#include "models/dns/check.h"
#include "models/core/world.h"
#include "models/platform/nodes.h"
#include "models/service/locality.h"
#include "sim/engine/arena.h"
#include <assert.h>

enum { REGION_BITS = 8 };

static const struct dns_check_config *config_of(const struct world *w) { return &model_dns(w->model)->check; }

/* The first check at or after the instant. */
static sim_time check_from(const struct world *w, const struct dns_check *c, sim_time at) {
  sim_time every = config_of(w)->every;
  return at <= c->phase ? c->phase : c->phase + (at - c->phase + every - 1) / every * every;
}

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

static int64_t needed(const struct world *w, bool healthy) { return healthy ? config_of(w)->failures : config_of(w)->successes; }

/* When the checks, if they go on as now, make a change to be announced. */
static void expect(struct world *w, const struct dns_record *d, uint32_t region) {
  const struct dns_check *c = &d->checks[region];
  int64_t more = needed(w, is_healthy(d, region)) - c->contrary;
  if (more <= 0) return; /* it is due already: the last of them is waited for */
  if (c->passes == is_healthy(d, region)) {
    calendar_clear(w->calendar, c->due);
    return;
  }
  sim_time last = check_from(w, c, c->since) + (more - 1) * config_of(w)->every;
  sim_time known = c->passes || c->answers ? last : last + config_of(w)->timeout;
  calendar_set(w->calendar, c->due, known > world_now(w) ? known : world_now(w));
}

/* What the checks since the last change have shown is counted. */
static void count(const struct world *w, const struct dns_record *d, uint32_t region) {
  struct dns_check *c = &d->checks[region];
  int64_t made = (check_from(w, c, world_now(w)) - check_from(w, c, c->since)) / config_of(w)->every;
  assert(made >= 0);
  if (c->passes != is_healthy(d, region))
    c->contrary += made;
  else if (made)
    c->contrary = 0;
  c->since = world_now(w);
}

static void look_at(struct world *w, struct dns_record *d, uint32_t region) {
  struct dns_check *c = &d->checks[region];
  bool passing = passes(w, d, region), answers = nodes_live_in(w, (int32_t)region);
  if (passing == c->passes && answers == c->answers) return;
  if (passing != c->passes) count(w, d, region);
  c->passes = passing, c->answers = answers;
  expect(w, d, region);
}

void checks_look(struct world *w, struct dns_record *d) {
  for (uint32_t region = 0; region < model_regions(w->model); region++)
    if (d->possible >> region & 1) look_at(w, d, region);
}

/* Handler: as many checks as it takes have shown that the health has changed. */
static void announces(void *world, uint32_t which) {
  struct world *w = world;
  struct dns_record *d = &world_dns(w)->records[which >> REGION_BITS];
  uint32_t region = which & ((1u << REGION_BITS) - 1);
  bool healthy = !is_healthy(d, region);
  struct dns_check *c = &d->checks[region];
  c->contrary = 0;
  if (c->passes == healthy) c->since = world_now(w);
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
    c->phase = (sim_time)(stream_uniform(&draws) * (double)config_of(w)->every);
    c->due = calendar_slot(w->calendar, announces, w, number << REGION_BITS | region);
    c->passes = is_healthy(d, region), c->answers = true;
  }
  checks_look(w, d);
}
