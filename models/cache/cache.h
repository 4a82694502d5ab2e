/* Caches: what has been looked up before is not looked up again.
 *
 * A `cached` step with a "key" asks for the request's item of a keyspace (models/keys/keyspace.h). A service of kind cache (Redis)
 * keeps items for all that ask, at the price of a command each way; a process that asks may keep them too, in its own memory (L1),
 * where a look-up takes no time. A miss runs the nested steps and then fills, L2 and L1, at that instant. Until then others miss
 * the same item and do the same work: the stampede (models/cache/rebuild.h).
 *
 * The content belongs to the process: a crash, a restart, a node that is lost and a replica that is moved begin empty, unless it is
 * on disk too (persistence.h). What a
 * process keeps for itself no other one sees: a replica with four processes has four stores, each asked for a quarter of what the
 * replica is, and each as large as "cache" says. A service of kind cache has one store a replica, whoever of its threads and
 * processes serves it; a look-up goes to any replica, as its service's balancer says.
 *
 *     L1 look-up -> hit: done
 *     command to the cache, look-up there -> hit: fill L1, done
 *     miss steps, command to the cache, fill there, fill L1
 *
 * Bytes are those of the values, drawn once by item, so that an item always has the same size; keys and the bookkeeping of a real
 * cache are to be counted in.
 *
 * Not known before a run is how much hits, but what is full first and which requests are served when a service is away are worked
 * out without one. For that alone caches_estimate gives each look-up a probability: Che, Tung and Wang 2002 for LRU, Fricker,
 * Robert and Roberts
 * 2012 for FIFO and random, Jung, Berger and Balakrishnan 2003 for a ttl, at the mean rate of the run, independent requests, all
 * misses filled at once. Invalidations and cold starts are not in it. */
#ifndef CACHE_H
#define CACHE_H
#include "models/cache/cache_store.h"
#include "models/service/service.h"
#include "models/core/parts.h"
#include "models/request/program.h"

struct container;
struct model;
struct record;
struct saved_item;
struct stream;
struct request;
struct service_config;
struct world;

extern const struct record cache_record;

/* Once all programs are compiled: finds out which process keeps what, and declares the meters. */
void caches_link(struct model *);
/* After that: null, or what is wrong with what the service keeps. */
const char *cache_error(const struct model *, const struct service_config *);
/* Gives look-ups by item their probability. */
void caches_estimate(struct model *);

/* --- instructions: on the replica of the top frame -------------------------------------------------------------------------- */

extern const struct operation operation_look;
extern const struct operation operation_found; /* on a hit, jump */
extern const struct operation operation_fill;
extern const struct operation operation_drop;

/* The process has died. */
void cache_lost(struct world *, struct container *);
/* Of a container whose service is keyed: the n-th of config->stores; whether it is yet cold. */
const struct cache_store *cache_content(const struct container *, uint32_t n);
bool cache_is_cold(const struct container *, uint32_t n);
/* Adds up what the container would load: see persistence.h. */
/* A write of the primary, or all that it holds, comes to a copy. */
void cache_receive(struct world *, struct container *to, const struct saved_item *, bool dropped, struct stream *draws);
void cache_receive_all(struct world *, struct container *to, const struct container *from, struct stream *draws);
void cache_saved(const struct container *, double *items, double *bytes);
void audit_caches(const struct audit *);

static inline struct cache_config *service_cache(const struct service_config *s) { return service_part(s, PART_caches); }
extern const struct record cache_keys_record;

#endif
