/* What a pool knows of its database is old after a failover: connections to a machine that has vanished, and its address.
 *
 *     host vanishes            address moves                    pool is well again
 *        |---- failover ------------|                                 |
 *        |---- socket_timeout ------------------| errors, closed      |
 *                                   |--- address_ttl -----------| asks again
 *
 * A crashed process resets its connections: they are closed at once. A vanished host says nothing. With `socket_timeout` its
 * connections stay in their pools: a query that takes one waits for that long and fails, unreachable, and the connection is closed.
 * One that was in use when the host vanished is not returned before that time either; the query on it fails at once for its client,
 * as all that is inside of a lost machine. So while all connections are dead no query succeeds before `socket_timeout`.
 *
 * With `address_ttl` a pool keeps the address of the primary for that long after it has looked it up, which it does when it opens a
 * connection. Until then new connections go to the old one: they wait for the database's connect_timeout when its host is gone, are
 * refused when its process is, and cannot write when it is a replica by now. never: until the process that has the pool is
 * started again.
 *
 * A pool with either key has connections to the primary only: its address is that of the primary.
 *
 * Without requests a pool is well or not: not for `socket_timeout` after the loss of the primary's host, as under a load that takes
 * all connections at once, nor for what is left of `address_ttl` after another replica took over, uniform as the instant of the
 * last look-up is anywhere. */
#ifndef STALE_H
#define STALE_H
#include "models/database/connection_pool.h"
#include <stdbool.h>

struct connection;
struct container;
struct instruction;
struct request;
struct world;

static inline bool pool_has_address(const struct pool_config *c) { return c->socket_timeout || c->address_ttl; }

/* The replica that a new connection of such a pool leads to, or NONE: none that could answer; stale: it is not the primary. */
uint32_t stale_server(struct world *, struct connection_pool *, bool *stale);
/* The connection has just been acquired: true when the request waits for an answer that never comes, or is refused. */
bool stale_delays(struct world *, struct request *, const struct instruction *, struct connection_pool *, uint32_t connection);
/* The server's machine has vanished: true when the connection stays where it is. */
bool stale_keeps(struct world *, uint32_t connection);
/* The connection was returned: true when it has not been noticed yet that it leads nowhere. */
bool stale_lingers(struct world *, uint32_t connection);
/* Its owner has died: it is closed, if no request holds it. */
void stale_forgets(struct world *, uint32_t connection);

/* Lanes of the pools of a service, shared by its replicas; ended by stale_stop. */
void stale_start(struct world *, const struct pool_config *, struct connection_pool *like);
void stale_stop(struct connection_pool *);

/* Outlooks: whether pools are well. */
void stale_build(struct world *, struct connection_pool *);
void stale_host_died(struct world *, const struct container *);
void stale_changed(struct world *);
/* The process that has the pools is new. */
void stale_renewed(struct container *);
/* Share of the pools that the instruction takes connections from, in a region or everywhere (-1), which are well. */
double stale_serves(const struct world *, const struct instruction *, int32_t region);

#endif
