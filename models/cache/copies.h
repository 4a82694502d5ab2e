/* Copies of a cache: one of its replicas takes what is written, the others get it from there (Redis' replication).
 *
 *     fill, drop --> primary --way of the network--> each copy            look-ups: at any replica, the caller's region first
 *
 * Asynchronous and in order, as over one connection: what is on the way when the primary dies still arrives, what is on the way to
 * a copy that dies is lost. A copy that starts, or that a cut link has kept apart, gets all that the primary holds; a primary that
 * starts gives all of them what it holds, and if that is nothing they are empty too: the known accident of a primary without
 * persistence that is restarted at once (redis.io, Replication). While the primary is away nothing is filled, and what copies hold
 * goes on being found until it expires.
 *
 * A miss at a copy, and its fill: with `writes` primary the fill crosses to the primary, and the copy has it when it has come back;
 * with `writes` refused the caller asks its own replica, which takes no writes (replica-read-only, Redis' default), and the item is
 * stored nowhere.
 *
 * Over a link that is cut nothing is sent; what was on the way when it was cut arrives.
 *
 * Assumptions: copying all takes one way there and back, whatever its size; each copy evicts by its own order of use, where Redis'
 * replicas follow the primary's; a copy is never promoted (no Sentinel, no cluster).
 *
 *     "redis": { "kind": "cache", "replicas": { "us": 1, "eu": 1 }, "copies": { "primary": "us", "writes": "refused" } } */
#ifndef COPIES_H
#define COPIES_H
#include "models/cache/persistence.h"
#include "models/core/parts.h"
#include "models/service/service.h"
#include <stdbool.h>
#include <stdint.h>

struct container;
struct instruction;
struct world;

enum copies_writes { WRITES_TO_PRIMARY, WRITES_REFUSED };

struct copies_config {
  int32_t primary;                 /* region, or -1: that of the first replica */
  int32_t writes;                  /* enum copies_writes */
  uint32_t refused_writes, copied; /* meters */
};

/* One a service, or null: its replicas have nothing to do with each other. */
struct copies_keys {
  struct copies_config *copies;
};
extern const struct record copies_keys_record;
static inline struct copies_config *cache_copies_of(const struct service_config *s) {
  return ((struct copies_keys *)service_part(s, PART_copies))->copies;
}

/* A look-up that fills, or drops, goes to the primary. */
static inline bool copies_write_at_primary(const struct service_config *s) {
  return cache_copies_of(s) && cache_copies_of(s)->writes == WRITES_TO_PRIMARY;
}

/* The container of a service with copies is about to be written to: whether it takes that; what it does not take is counted. */
bool copies_takes(struct world *, const struct container *);
/* The primary has filled or dropped the item: the copies will. */
void copies_written(struct world *, const struct container *, const struct saved_item *, bool dropped);

#endif
