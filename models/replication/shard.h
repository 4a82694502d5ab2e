/* Shards: the data of a service divided by key over groups of replicas, of which each keeps a part (Citus: rows by tenant; Redis
 * Cluster: keys by slot).
 *
 *     item --mixed hash--> slot of 16384 --slot x count / 16384--> shard --> replicas  i x r ... i x r + r - 1
 *
 * So slots are dealt in equal ranges, as redis-cli --cluster create deals them, and nothing moves: there is no rebalancing. (Redis
 * takes CRC16 of the key's bytes; we have no bytes, and any good hash deals as evenly.) Each shard has a primary, at first the
 * first of its replicas. Writes go there; reads go to any replica of the shard in rotation, but at a cache to the primary too:
 * replicas of Redis do not serve reads unless they are told to (READONLY).
 *
 * A shard whose primary is gone refuses what belongs to it; the others go on. After `failover` the first replica of the shard that
 * is up takes over, or, when none is, the first to come back. With `full_coverage` the whole service refuses once the primary has
 * been gone for `detect` and no replica has taken over. (Redis: cluster-node-timeout 15 s, vote 0.5 to 1 s;
 * cluster-require-full-coverage.)
 *
 * A database with "replication" has one for each shard (models/replication/replication.h), which says what replicas hold and which
 * takes over; here remains which one is primary, and what that means for the rest. Else replicas of a shard are alike at every
 * instant: a promoted cache replica has what its primary had when it died. Only a primary that comes back before another took
 * over, or was alone, begins empty, and its replicas with it.
 *
 * Which share of the requests meets which shard is exact: the probabilities of the items, summed (shards_link), in cells: ranges of
 * slots that no service divides.
 *
 * Owned by the service; null where there are no shards. Invariants, audited: a primary is a replica of its shard; `uncovered`
 * counts the shards whose primary does not serve. */
#ifndef SHARD_H
#define SHARD_H
#include "models/request/program.h"
#include "models/service/service.h"
#include "models/core/parts.h"
#include "sim/engine/calendar.h"
#include "sim/engine/distribution.h"
#include "sim/engine/stream.h"

struct keyspace_config;
struct container;
struct linker;
struct service;

enum { SHARD_SLOTS = 16384, SHARD_COUNT_MOST = 256, SHARDS_METERED = 16 };

struct shards_config {
  int64_t count;                /* 0: there are none */
  int32_t by;                   /* keyspace, or -1 */
  struct distribution failover; /* no kind: no replica takes over */
  sim_time detect;
  bool full_coverage;
  /* Derived. */
  uint32_t replicas;                                       /* of each shard */
  uint32_t requests[SHARDS_METERED], failovers, uncovered; /* meters */
};

extern const struct record shards_record;

/* Cells of a keyspace, the slots where each begins, and the probability that a request's item is in it. */
struct shard_cells {
  uint32_t count;
  uint16_t *slot;
  double *mass;
};

static inline bool shards_are_on(const struct shards_config *c) { return c->count > 0; }
static inline uint32_t shard_of_slot(const struct shards_config *c, uint32_t slot) {
  return (uint32_t)(slot * (uint64_t)c->count / SHARD_SLOTS);
}

/* --- linking ----------------------------------------------------------------------------------------------------------------- */

/* Before programs are compiled. */
void shards_link(struct linker *);
/* After that: cells of the keyspaces by which something is divided; reports hot shards. */
void shards_link_cells(struct linker *);
/* The call of a service leads to a shard of it: by the step's keyspace or the service's. */
void shard_compile(struct compiler *, struct instruction *enter);
/* Where one thing with a name is kept. */
int16_t shard_of_name(const struct shards_config *, const char *name);
/* Slot of an item. */
uint32_t shard_slot(const struct keyspace_config *, uint32_t item);
/* Share of the calls of the instruction that meet each shard. */
void shard_shares(const struct model *, const struct instruction *enter, double *shares);

/* --- while running ----------------------------------------------------------------------------------------------------------- */

struct shard {
  struct service *service;
  uint32_t number, primary; /* container */
  uint32_t cursor;          /* of turns */
  uint64_t failures;
  bool down;    /* the primary does not serve */
  bool waiting; /* its time is up, no replica was there to take over */
  bool alarmed; /* the others know */
  slot_id promotion, alarm;
};

struct shards {
  struct world *world;
  struct shard *of;
  uint32_t count, replicas;
  uint32_t alarmed, uncovered;
};

/* The container that the request goes to, of a service with shards. */
uint32_t shard_pick(struct world *, struct service *, const struct instruction *, const struct request *);
/* The primary of its shard. */
uint32_t shard_primary(const struct world *, const struct service *, const struct instruction *, const struct request *);
/* The whole service refuses. */
bool shards_refuse(const struct service *);
/* The container's content outlives it: a replica has it. */
bool shard_keeps_content(const struct world *, const struct container *);
/* Number of the container's shard, 0 without. */
uint32_t shard_of_container(const struct world *, uint32_t container);
/* Replication has made another replica the shard's primary. */
void shard_promoted(struct service *, uint32_t shard);
/* Share of the calls to this shard that reach a living replica; of its commits, by the endpoint, that return. */
double shard_serving(const struct world *, const struct service *, uint32_t shard, enum route, uint32_t endpoint, int32_t from);
/* The shard that the instruction calls when the items have these slots. */
uint32_t shard_entered(const struct service *, const struct instruction *, const uint16_t *slots);
/* Of an endpoint's requests: those that find a serving path, when a call of an instruction is served with the given share for a
 * request whose items have these slots (by keyspace). What belongs to one item fails together, so this is no product. */
double shards_expect(const struct world *, const struct program *, double (*given)(void *context, const uint16_t *slots),
                     void *context);
void audit_shards(const struct audit *);

static inline struct shards_config *service_shards(const struct service_config *s) { return service_part(s, PART_shards); }
extern const struct record shards_keys_record;
/* Replicas that have the data: all, or those of a shard. */
static inline int64_t service_copies(const struct service_config *s) {
  return shards_are_on(service_shards(s)) ? s->replicas / service_shards(s)->count : s->replicas;
}

#endif
