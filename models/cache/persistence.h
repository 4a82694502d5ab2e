/* What of a cache outlives its process, on a file that Redis loads before it serves again.
 *
 *     snapshot   (RDB) every n minutes the whole content: later fills are missing after a restart, and what has been invalidated or
 *                evicted since is back
 *     append     (AOF) a log that is written through every n seconds: what was filled since is missing. Invalidations and evictions
 *                of that last stretch count as written
 *
 *     up ---- snapshot ---------- dies ==== start, load ==== up: as of the snapshot, less what has expired meanwhile
 *
 * Snapshots of a replica come at a random phase first, and later `snapshot` after its last start. An item keeps its time to live,
 * its place in the order of use where there is one, and how long its last rebuild took; counts of use (lfu) begin again. A process
 * that is stopped in good order dies like one that crashes: it writes no last snapshot.
 *
 * The file is on the replica's volume (models/volume): where that is lost or stays behind the cache begins empty. In Kubernetes and
 * Swarm a container that is restarted is a new one, and without a volume the file is gone with the old one.
 *
 * To load takes bytes / `load`, or items / `load_entries` where no step says how many bytes a value has; twice that from a log.
 * (antirez: 10 to 20 s per gigabyte, twice that from a rewritten log; about a million keys a second: lethain.com, redis 1719.)
 * Without requests the content is not known: then it is that of the long run (models/cache/cache_estimate.c).
 *
 *     "redis": { "kind": "cache", "volume": "local", "persistence": { "snapshot": "30min" } } */
#ifndef PERSISTENCE_H
#define PERSISTENCE_H
#include "models/cache/cache_store.h"
#include "models/core/parts.h"
#include "models/service/service.h"
#include "sim/engine/sim_time.h"
#include <stdbool.h>
#include <stdint.h>

struct container;
struct world;

struct persistence_config {
  sim_time snapshot, append; /* one of them; both 0: nothing is kept */
  int64_t load;              /* bytes per second */
  int64_t load_entries;      /* per second */
};

extern const struct record persistence_keys_record;
static inline struct persistence_config *service_persistence(const struct service_config *s) {
  return service_part(s, PART_persistence);
}
static inline bool persistence_is_on(const struct persistence_config *c) { return c->snapshot || c->append; }

struct saved_item {
  sim_time expires, delta;
  uint32_t item, bytes;
  uint16_t keyspace;
};

/* Of a store; all zero at first. */
struct persistence {
  struct saved_item *saved; /* what would be loaded, the least recently used first */
  uint32_t count, room;
  int64_t bytes;
  struct saved_item *late; /* filled since the log was last written through */
  uint32_t late_count, late_room;
  int64_t stretch; /* between two of those instants: in which they were */
  sim_time phase;  /* of these instants */
};

/* An item was filled now. */
void persistence_filled(struct persistence *, const struct persistence_config *, sim_time now, uint32_t keyspace, uint32_t item);
/* Saves the content as it is. */
void persistence_save(struct persistence *, const struct cache_store *);
/* The process dies with this content. */
void persistence_dies(struct persistence *, const struct persistence_config *, struct cache_store *, sim_time now);
/* Into the empty store of the new process. */
void persistence_load(const struct persistence *, struct cache_store *, sim_time now, struct stream *draws);
/* Its file is lost. */
void persistence_forget(struct persistence *);
void persistence_close(struct persistence *);

#endif
