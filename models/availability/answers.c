#include "models/availability/answers.h"
#include "models/availability/audience.h"
#include "models/availability/outage.h"
#include "models/core/world.h"
#include "models/database/connection_pool.h"
#include "models/database/connections.h"
#include "models/database/stale.h"
#include "models/network/network.h"
#include "models/platform/nodes.h"
#include "models/replication/quorum.h"
#include "models/replication/replication.h"
#include "models/replication/shard.h"
#include "models/request/operation.h"
#include "models/service/affliction.h"
#include "models/service/locality.h"
#include "sim/engine/arena.h"
#include <string.h>

struct answer_block {
  void (*ask)(const struct world *, struct answer_block *, struct state_key *);
  bool (*moves)(const struct world *); /* answers change with time now; null: they never do */
  int32_t service;                     /* whose containers have a say, or -1 */
  bool always;                         /* it is asked at every look */
  bool moved;                          /* answers moved when it was asked last */
  uint64_t number;                     /* of the block, so that equal answers of two blocks differ */
  struct state_key key;                /* of the answers, as last asked */
};

/* --- hashing ----------------------------------------------------------------------------------------------------------------- */

static void hash_word(struct state_key *k, uint64_t word) {
  k->a = stream_mix((k->a ^ word) + STREAM_GOLDEN);
  k->b = stream_mix((k->b + word) ^ STREAM_GOLDEN);
}

static void hash_share(struct state_key *k, double share) {
  uint64_t word;
  memcpy(&word, &share, sizeof word);
  hash_word(k, word);
}

/* --- databases --------------------------------------------------------------------------------------------------------------- */

static enum route last_route(const struct service *s) {
  return s->replication ? ROUTE_REPLICAS + service_replication(service_config(s))->roles.count : ROUTE_REPLICAS;
}

static void ask_shard(const struct world *w, const struct service *s, uint32_t shard, struct state_key *k) {
  for (int32_t from = -1; from < (int32_t)model_regions(w->model); from++)
    for (enum route route = ROUTE_ANY; route <= last_route(s); route++)
      if (route != ROUTE_COMMIT) hash_share(k, shard_serving(w, s, shard, route, 0, from));
  for (uint32_t e = 0; e < w->model->endpoints.count; e++) hash_share(k, shard_serving(w, s, shard, ROUTE_COMMIT, e, -1));
}

static void ask_copies(const struct world *w, const struct service *s, struct state_key *k) {
  const struct replication *p = s->replication;
  for (int32_t from = -1; from < (int32_t)model_regions(w->model); from++) {
    hash_share(k, replication_writable(p, from));
    for (enum route route = ROUTE_ANY; route <= last_route(s); route++)
      if (route == ROUTE_ANY || route >= ROUTE_REPLICAS) hash_share(k, replication_serving(p, route, from));
  }
  for (uint32_t e = 0; e < w->model->endpoints.count; e++) hash_share(k, quorum_serves(p, e));
}

static void ask_database(const struct world *w, struct answer_block *block, struct state_key *k) {
  const struct service *s = &w->services[block->service];
  struct site primary = container_site(w, &w->containers[s->primary]);
  hash_word(k, (uint64_t)(uint32_t)primary.region << 32 | (uint32_t)primary.zone);
  if (s->shards) hash_word(k, shards_refuse(s));
  for (uint32_t i = 0; s->shards && i < s->shards->count; i++) ask_shard(w, s, i, k);
  if (!s->shards) ask_copies(w, s, k);
}

/* --- addresses of old primaries ---------------------------------------------------------------------------------------------- */

static void ask_addresses(const struct world *w, struct answer_block *block, struct state_key *k) {
  (void)block;
  int32_t regions = (int32_t)model_regions(w->model);
  for (uint32_t i = 0; i < w->model->program_count; i++)
    for (uint32_t n = 0; n < w->model->programs[i].count; n++) {
      const struct instruction *in = &w->model->programs[i].instructions[n];
      if (in->operation != &operation_acquire) continue;
      for (int32_t from = regions ? 0 : -1; from < regions; from++) hash_share(k, stale_serves(w, in, from));
    }
}

/* --- places ------------------------------------------------------------------------------------------------------------------ */

static void ask_places(const struct world *w, struct answer_block *block, struct state_key *k) {
  (void)block;
  int32_t regions = (int32_t)model_regions(w->model);
  uint64_t live = 0;
  for (int32_t i = 0; i < regions; i++) live |= (uint64_t)nodes_live_in(w, i) << i;
  hash_word(k, live);
  for (int32_t i = 0; i < regions; i++) {
    uint64_t reached = 0;
    for (int32_t other = 0; other < regions; other++) reached |= (uint64_t)network_reachable(w, i, other) << other;
    hash_word(k, reached);
  }
}

static void ask_audience(const struct world *w, struct answer_block *block, struct state_key *k) {
  (void)block;
  for (uint32_t e = 0; e < w->model->endpoints.count; e++)
    for (uint32_t edge = 0; edge < model_regions(w->model); edge++) {
      hash_share(k, audience_share(w, e, edge, DNS_CLIENTS));
      hash_share(k, audience_share(w, e, edge, DNS_APART_FROM_STRAGGLERS));
    }
}

/* --- services that ail ------------------------------------------------------------------------------------------------------- */

static void ask_afflictions(const struct world *w, struct answer_block *block, struct state_key *k) {
  (void)block;
  for (uint32_t i = 0; i < w->model->services.count; i++) {
    if (!model_service(w->model, i)->may_ail) continue;
    struct ailing shares = affliction_shares(w, i);
    hash_share(k, shares.calls), hash_share(k, shares.writes);
  }
  for (uint32_t i = 0; w->unresolved && i < (model_regions(w->model) ? model_regions(w->model) : 1); i++)
    hash_share(k, w->unresolved[i]);
}

static bool some_may_ail(const struct model *m) {
  for (uint32_t i = 0; i < m->services.count; i++)
    if (model_service(m, i)->may_ail) return true;
  return false;
}

/* --- all --------------------------------------------------------------------------------------------------------------------- */

static void add(struct answers *a, struct answer_block block) {
  block.number = a->count;
  a->blocks[a->count++] = block;
}

/* In traffic commits that wait have a say, at no instant of their own; lag grows with time. */
static bool database_drifts(const struct world *w, const struct service *s) {
  return w->mode == WORLD_TRAFFIC || (s->replication && service_replication(service_config(s))->max_lag != SIM_NEVER);
}

void answers_open(struct answers *a, const struct world *w) {
  uint32_t services = w->model->services.count;
  a->blocks = arena_new_array(w->arena, struct answer_block, services + 4);
  for (uint32_t i = 0; i < services; i++) {
    const struct service *s = &w->services[i];
    if (!s->shards && !s->replication) continue;
    add(a, (struct answer_block){.ask = ask_database, .service = (int32_t)i, .always = database_drifts(w, s)});
  }
  if (world_connections(w)->addresses) add(a, (struct answer_block){.ask = ask_addresses, .service = -1, .always = true});
  if (some_may_ail(w->model)) add(a, (struct answer_block){.ask = ask_afflictions, .service = -1});
  if (!model_regions(w->model)) return;
  add(a, (struct answer_block){.ask = ask_places, .service = -1});
  add(a, (struct answer_block){.ask = ask_audience, .service = -1, .moves = dns_moves});
}

static bool touches(const struct world *w, int32_t service) {
  for (uint32_t i = 0; service >= 0 && i < w->touched_count; i++)
    if (w->containers[w->touched[i]].service == (uint32_t)service) return true;
  return false;
}

struct state_key answers_key(struct answers *a, const struct world *w, bool fresh) {
  for (uint32_t i = 0; i < a->count; i++) {
    struct answer_block *block = &a->blocks[i];
    if (!fresh && !block->always && !block->moved && !w->changed_otherwise && !touches(w, block->service)) continue;
    struct state_key k = {block->number, block->number};
    block->ask(w, block, &k);
    block->moved = block->moves && block->moves(w);
    a->sum = state_key_plus(state_key_minus(a->sum, block->key), k);
    block->key = k;
  }
  return a->sum;
}
