/* Cures of the stampede: which look-up rebuilds an item that a cache does not have, and what the others do meanwhile.
 *
 * Without a cure every look-up that misses rebuilds: after an expiry 1 + lambda x rebuild time of them (Poisson arrivals at
 * lambda).
 *
 *     coalesce   in each process one request rebuilds a key; the others of the process wait and get what it got
 *     lock       the look-up that misses sets a lock in the cache; one that finds it set waits, and looks again when it is gone. A
 *                lock that is older than `expiry` goes to the next in line, as does that of a rebuild that failed. A process that
 *                died deletes nothing: its lock stays until it expires. With `command` the lock is a command of its own behind the
 *                look-up (SET NX), and one more behind the fill (DEL): on the thread of the cache, in order, each of this demand;
 *                between look-up and lock the item may have been filled, and is then rebuilt once more
 *     stale      for this long after its ttl an item is still served; the first that finds it old starts a rebuild in the
 *                background, a child that no request waits for. A key that is not there at all is rebuilt by all that miss it
 *     early      a look-up that finds the item rebuilds it before it expires, with a chance that grows towards the end:
 *                now - delta x beta x ln(u) >= expiry, delta the time that the last rebuild took, u uniform (XFetch: Vattani,
 *                Chierichetti, Lowenstein 2015, Optimal probabilistic cache stampede prevention, VLDB 8)
 *
 * A look-up that waits (coalesce, lock) does so for `wait` at most, and then rebuilds on its own, with no line behind it, or fails
 * as lock_timeout: `then`. One that waits for the lock looks again when such a rebuild has filled the cache.
 *
 * Every rebuild of a step with the key "stampede" has a mark while it lasts. Shared marks stand in a table by name (service,
 * replica or process, key) and have a line of those that wait; the others only know when they began.
 *
 *     a mark belongs to a living request, in whose list it stands; only a lock may outlive its owner      audited
 *     requests that wait_rebuild describes = requests in the lines of marks                                         audited */
#ifndef REBUILD_H
#define REBUILD_H
#include "models/core/parts.h"
#include "models/request/program.h"
#include "models/request/queue.h"
#include "sim/engine/distribution.h"
#include "sim/engine/pool.h"
#include "sim/engine/timer_heap.h"

struct cache_store;
struct container;

enum cure { CURE_NONE, CURE_COALESCE, CURE_LOCK, CURE_STALE, CURE_EARLY };
enum { REBUILD_BUCKETS = 1024 };

enum tired { TIRED_REBUILDS, TIRED_FAILS };

struct stampede_config {
  int32_t cure;
  sim_time stale, expiry;
  double beta;
  struct distribution command; /* of the lock; no kind: it takes none */
  sim_time wait;               /* SIM_NEVER: for ever */
  int32_t then;                /* enum tired */
};
extern const struct record stampede_record;

struct rebuild_name {
  uint32_t service, container, process, keyspace, item; /* of the cache's store; of the process that asks, for coalesce */
};

struct rebuild {
  struct rebuild_name name;
  const struct stampede_config *site;
  uint32_t owner;               /* or NONE: its process has died, its lock has not */
  uint32_t older;               /* of the same owner */
  uint32_t next;                /* in its bucket */
  uint32_t process, generation; /* container that the owner's process is, and when it was that */
  sim_time since;
  struct line line;
  timer_ticket expires;
  bool used, shared, timed;
};

struct rebuilds {
  struct pool marks; /* struct rebuild */
  uint32_t buckets[REBUILD_BUCKETS];
  struct timer_heap *expiries;
  struct timer_heap *patience; /* payload: the request that waits */
};

/* Its lock takes commands of its own. */
static inline bool rebuild_commands(const struct stampede_config *c) {
  return c->cure == CURE_LOCK && c->command.kind && c->command.mean > 0;
}

/* In the cache, after the look-up: whether it takes the lock, refreshes, rebuilds early. */
void rebuild_looked(struct world *, struct request *, const struct instruction *, struct cache_store *, uint32_t item);
/* In the cache, after the fill. */
void rebuild_filled(struct world *, const struct request *, struct cache_store *, const struct instruction *, uint32_t item);

/* An instruction in the cache: takes the lock, if it is free. */
extern const struct operation operation_rebuild_lock;
/* Instructions, on the replica that asks. */
extern const struct operation operation_refresh; /* on a hit jump; what is stale is refreshed */
extern const struct operation operation_rebuild_wait;
extern const struct operation operation_rebuild;
extern const struct operation operation_rebuild_unlock; /* jump, unless the lock is its own */
extern const struct operation operation_rebuild_end;    /* and jump */
extern const struct operation operation_refreshed;      /* the end of a refresh */

/* Its replica dies while it waits. */
void rebuild_leave_line(struct world *, struct request *);

/* `onward` of a look-up that may be cured. */
struct walk;
double rebuild_walks_lookup(struct walk *, const struct instruction *, double weight);

static inline struct rebuilds *world_rebuilds(const struct world *w) { return world_part(w, PART_rebuilds); }
void audit_rebuilds(const struct audit *);
extern const struct wait wait_rebuild; /* for the rebuild of an item by another request */
/* Of each request. */
struct rebuilds_of_request {
  uint32_t rebuilds, awaits;     /* items of caches: list of struct rebuild, the newest first; the one that it waits for; or NONE */
  uint32_t looked;               /* where it last looked, of caches with a cure of the stampede */
  timer_ticket rebuild_patience; /* while it waits for the rebuild of another one, not for ever */
  bool refresh;                  /* what it found is stale, and it is to see to that */
  bool found;                    /* its last look into a cache found the item */
};
static inline struct rebuilds_of_request *request_rebuilds(const struct world *w, const struct request *r) {
  return request_part(w, r, PART_rebuilds);
}

#endif
