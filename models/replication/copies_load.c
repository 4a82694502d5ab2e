/* Load of replicas that hold the same data and do different work: the primary, the replicas behind it by their roles, the workers
 * that apply the log, and of shards the one that is full first. */
#include "models/core/load_sheet.h"
#include "models/replication/shard.h"
#include "models/core/model.h"
#include "models/replication/replication.h"
#include "models/service/computing.h"
#include "sim/engine/arena.h"
#include <math.h>

/* Replicas that hold the same data. */
static double copies_of(const struct service_config *s) {
  return shards_are_on(service_shards(s)) ? (double)service_copies(s) : (double)service_most_replicas(s);
}

/* The largest share of what is asked that one shard gets; 1 without. */
static double hottest_share(const struct service_config *s, const struct demand_sums *d, uint32_t i) {
  double hottest = 0, all = 0;
  if (!d->shard_s[i]) return 1;
  for (uint32_t k = 0; k < service_shards(s)->count; k++) hottest = fmax(hottest, d->shard_s[i][k]), all += d->shard_s[i][k];
  return all > 0 ? hottest / all : 1;
}

/* CPU of reads that any replica of the database serves, the primary among them. */
static double shared_reads(const struct service_config *s, const struct demand_sums *d, uint32_t i) {
  double rest = d->cpu_s[i] - d->primary_s[i] - d->replica_s[i] - d->applied_s[i] * (copies_of(s) - 1);
  for (uint32_t k = 0; k < service_replication(s)->roles.count; k++) rest -= d->role_s[service_replication(s)->role_first + k];
  return rest;
}

/* How many replicas have the role that the k-th names; 0 when it is not the first to name it. */
static double with_role(const struct replication_config *c, uint32_t k) {
  const struct replica_role *roles = c->roles.items;
  double count = 0;
  if (replication_role(c, roles[k].name) != (int32_t)k) return 0;
  for (uint32_t i = 0; i < c->roles.count; i++) count += replication_role(c, roles[i].name) == (int32_t)k;
  return count;
}

static void add(struct load_sheet *l, uint32_t service, const char *name, const char *part, double demand_s, double capacity) {
  load_add(l, &(struct load){.kind = LOAD_COPIES,
                             .owner = LOAD_OF_SERVICE,
                             .index = service,
                             .name = name,
                             .part = part,
                             .demand_s = demand_s,
                             .capacity = capacity});
}

/* Of a replicated database: the workers that apply the log, and the replicas of each role, which read and apply. */
static void add_replicas(struct load_sheet *l, const struct service_config *s, uint32_t i, double cores) {
  const struct replication_config *c = service_replication(s);
  const struct replica_role *roles = c->roles.items;
  const struct demand_sums *d = l->sums;
  double n = copies_of(s), share = hottest_share(s, d, i), speed = l->hosts[i].speed,
         each = share * (shared_reads(s, d, i) / n + d->replica_s[i] / (n - 1) + d->applied_s[i]);
  add(l, i, arena_format(l->arena, "%s log workers", s->name), NULL, share * d->applied_s[i] / speed, (double)c->workers);
  for (uint32_t k = 0; k < c->roles.count; k++) {
    double replicas = with_role(c, k);
    if (replicas > 0)
      add(l, i, arena_format(l->arena, "%s replica for %s", s->name, roles[k].name), NULL,
          (each + share * d->role_s[c->role_first + k] / replicas) / speed, cores);
  }
  if (c->roles.count + 1 < n) add(l, i, arena_format(l->arena, "%s replica", s->name), NULL, each / speed, cores);
}

/* The shard that is full first: its primary does its writes and its part of the reads. */
static double hottest_shard(const struct service_config *s, const struct demand_sums *d, uint32_t i) {
  double hottest_s = 0;
  if (replication_is_on(service_replication(s)))
    return hottest_share(s, d, i) * (d->primary_s[i] + shared_reads(s, d, i) / service_shards(s)->replicas);
  for (uint32_t k = 0; k < service_shards(s)->count; k++) {
    double primary_s = d->shard_primary_s[i][k], reads_s = d->shard_s[i][k] - primary_s;
    hottest_s = fmax(hottest_s, primary_s + reads_s / service_shards(s)->replicas);
  }
  return hottest_s;
}

static void add_service(struct load_sheet *l, const struct model *m, uint32_t i) {
  const struct service_config *s = model_service(m, i);
  const struct demand_sums *d = l->sums;
  double cores = computing_cores(m, s), speed = l->hosts[i].speed;
  if (d->shard_s[i])
    add(l, i, arena_format(l->arena, "%s hottest shard", s->name), NULL, hottest_shard(s, d, i) / speed, cores);
  else if (d->primary_s[i] > 0 && s->replicas > 1)
    add(l, i, arena_format(l->arena, "%s primary", s->name), "primary",
        (d->primary_s[i] + shared_reads(s, d, i) / (double)service_most_replicas(s)) / speed, cores);
  if (replication_is_on(service_replication(s))) add_replicas(l, s, i, cores);
}

static void loads(const struct model *m, struct load_sheet *l) {
  for (uint32_t i = 0; i < m->services.count; i++)
    if (service_runs(model_service(m, i))) add_service(l, m, i);
}

const struct load_part copies_load = {.loads = loads};
