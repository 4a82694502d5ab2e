/* A pool of connections from one replica to a database: at most `max` queries at once, the rest wait in order.
 *
 * A plain pool has all its connections from the start and only counts those in use. A pool whose connections are tracked
 * individually (config->kept: because of a key of its own, or because its server counts connections, or because they cost memory
 * at either end) opens them on demand, and each is a struct connection (models/database/connections.h). A request takes an idle
 * one; or opens one while fewer than `max` are open, and waits for its set-up; or waits in line for one that is returned. Idle
 * connections are closed after `idle`, all after `lifetime`, but `min` stay open.
 *
 *     in_use = connections that requests hold (or idle clients of a session pooler);   in_use + idle = open <= max + reserve
 *     a request waits only while no connection is idle
 *
 * With all its keys neutral, a pool that tracks its connections gives the same bytes as a plain one. */
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

/* What it knows of its database's address (models/database/stale.h). */
struct pool_address {
  uint32_t container;
  sim_time until; /* it is kept; 0: not known */
};
/* Whether queries find it well, where there are no requests. */
struct pool_outlook {
  sim_time well_at;
  uint32_t primary; /* when last looked at, or NONE */
  uint32_t moves;   /* of the address, so far */
  slot_id slot;
};

struct connection_pool {
  const struct pool_config *config;
  uint32_t in_use;
  struct line line;                            /* for a free one */
  double used_ns, used_at_mark, used_measured; /* integral of in_use */
  sim_time changed_at;
  /* Where connections are tracked individually. */
  uint32_t owner, number; /* container, and which of its pools */
  uint32_t open, idle, oldest, newest;
  struct lane *idle_over, *life_over; /* of all replicas; null: never */
  slot_id reserve_slot;
  struct pool_address address;
  struct pool_outlook outlook;
  struct lane *no_answer, *no_connection, *unnoticed; /* null: never, or not so */
};

/* Instructions. Acquire: in->target is where a new connection is set up, 0 when that takes no time. */
extern const struct operation operation_acquire;
extern const struct operation operation_release;
/* In a pooler: acquire and release of its connection to the database, r->backend. A connection that the request already holds is
 * kept. */
extern const struct operation operation_bind;
extern const struct operation operation_unbind;
/* Returns the connections of a request that fails. */
void connection_pool_abandon(struct world *, struct request *);
/* The request stops waiting for a connection and leaves the line; its wait is booked. */
void connection_pool_leave_line(struct world *, struct request *);
/* A connection that no request holds any more goes to the next request in line, or back to its pool, or is closed. */
void connection_pool_returned(struct world *, uint32_t connection);
/* The replica has died: no request waits for its connections any more. */
void connection_pool_clear(struct world *, struct connection_pool *);
/* Closes an idle connection of the pool that leads nowhere. */
void connection_pool_drop_idle(struct world *, uint32_t connection);
/* The process serves: opens the connections that its pools keep open. */
void connection_pools_fill(struct world *, struct container *);
/* Sets up patience, closing times and reserves of the pools of all replicas; ended by connection_pools_stop. */
void connection_pools_start(struct world *, struct service *);
void connection_pools_stop(struct world *, struct service *);
/* Marks the accounts of the pools at an edge of the measured time. */
void connection_pools_measure(const struct world *, struct container *, enum world_edge);
extern const struct wait wait_connection;

#endif
