/* A pool of connections from one replica to a database: at most `max` queries at once, the rest wait in order.
 *
 * A plain pool has all its connections from the start and only counts those in use. One that is `kept` in detail (config->kept:
 * because of a key of its own, or because its server counts connections, or because they cost memory at either end) opens them when
 * they are wanted, and they are struct connection (models/database/connections.h). A request takes an idle one; or opens one while
 * fewer than `max` are open, and waits for its set-up; or waits in line for one that is given back. Idle ones are closed after
 * `idle`, all after `lifetime`, but `min` stay open.
 *
 *     in_use = connections that requests hold (or idle clients of a session pooler);   in_use + idle = open <= max + reserve
 *     somebody waits only while none is idle
 *
 * All keys neutral, a pool kept in detail gives the same bytes as a plain one. */
#ifndef CONNECTION_POOL_H
#define CONNECTION_POOL_H
#include "models/database/connection_config.h"
#include "models/core/part.h"
#include "models/request/program.h"
#include "models/request/queue.h"
#include "sim/engine/calendar.h"
#include "sim/engine/sim_time.h"
#include <stdint.h>

struct container;
struct service;

struct connection_pool {
  const struct pool_config *config;
  uint32_t in_use;
  struct line line;                            /* for a free one */
  double used_ns, used_at_mark, used_measured; /* integral of in_use */
  sim_time changed_at;
  /* Kept in detail. */
  uint32_t owner, number; /* container, and which of its pools */
  uint32_t open, idle, oldest, newest;
  struct lane *idle_over, *life_over; /* of all replicas; null: never */
  slot_id reserve_slot;
};

/* Instructions. Acquire: in->target is where a new connection is set up, 0 when that takes no time. */
extern const struct operation operation_acquire;
extern const struct operation operation_release;
/* The same in a pooler, for its connection to the database: r->backend. One that the request has already is kept. */
extern const struct operation operation_bind;
extern const struct operation operation_unbind;
/* Gives back the connections of a request that fails. */
void pool_abandon(struct world *, struct request *);
/* The request waits for a connection no longer; its wait is booked. */
void pool_forsake(struct world *, struct request *);
/* A connection that nobody holds any more goes to the next in line, or back to its pool, or is closed. */
void pool_gets_back(struct world *, uint32_t connection);
/* The replica has died: nobody waits for its connections any more. */
void pool_clear(struct world *, struct connection_pool *);
/* Of an idle connection of the pool that leads nowhere. */
void pool_drop_idle(struct world *, uint32_t connection);
/* The process serves: it opens the connections that it keeps. */
void pools_fill(struct world *, struct container *);
/* Patience, closing times and reserves of the pools of all replicas; ended by pools_stop. */
void pools_start(struct world *, struct service *);
void pools_stop(struct world *, struct service *);
/* At an edge of the measured time. */
void pools_measure(const struct world *, struct container *, enum world_edge);
extern const struct wait wait_connection;

#endif
