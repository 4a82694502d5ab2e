/* Connections as the server sees them, and what many of them cost it.
 *
 * A server (a database, or a pooler before one) takes at most `max` connections; one more is refused at once: "FATAL: sorry, too
 * many clients already". Setting one up takes `setup` of the server's CPU, after a trip to it, and `handshake` in addition (TLS,
 * authentication). The request that asked for it waits meanwhile: time of the kind pool.
 *
 * A struct connection is one open connection, in the world's pool of them. It belongs to a connection pool of a client process
 * (models/database/connection_pool.h: which request may use it) and counts at the replica that it leads to. A connection outlives
 * either end: when the server dies it leads nowhere and is closed when it is given back; when its owner dies it is an orphan,
 * which only the request that holds it knows, and which that request forgets.
 *
 *     open at a replica = connections whose `server` is the replica      audited after every run
 *
 * What many cost: the Universal Scalability Law (N. J. Gunther, Guerrilla Capacity Planning, 2007). N workers that would do N times
 * as much as one do
 *
 *     X(N) = gamma N / (1 + contention (N - 1) + coherency N (N - 1)),
 *
 * which is said here as demand: a computation that begins while N - 1 others are at work takes that denominator times its CPU time.
 * N counts queries at work. Idle connections cost memory, and CPU only on servers that look at all of them for each snapshot
 * (PostgreSQL before 14): for those N may count open connections. */
#ifndef CONNECTIONS_H
#define CONNECTIONS_H
#include "models/core/parts.h"
#include "sim/engine/pool.h"
#include "models/database/connection_config.h"
#include "models/request/program.h"
#include "sim/engine/lane.h"

struct compiler;
struct container;
struct linker;
struct model;
struct connection_pool;
struct service;
struct service_config;
struct world;

struct connection {
  uint32_t owner, server;  /* containers. owner NONE: its process has died; server NONE: it leads nowhere any more */
  uint32_t next, previous; /* among the idle ones of its pool */
  uint32_t backend;        /* of a client of a session pooler: the connection that is its own; or NONE */
  uint32_t pool;           /* number among the pools of its owner */
  bool live, idle, opening;
  bool old; /* its lifetime is over: it is closed when it is given back */
  bool idle_runs, life_runs;
  bool hangs;                       /* to a machine that has vanished: its queries get no answer */
  bool unnoticed, returned;         /* in use when that happened, its pool does not know it yet; no request holds it any more */
  bool stale;                       /* opened to an address that is not the primary's any more */
  lane_ticket noticed;              /* valid while unnoticed */
  lane_ticket idle_over, life_over; /* valid while they run */
};

/* --- linking --------------------------------------------------------------------------------------------------------------- */

/* Once services and poolers are known: which pools track their connections individually, what is counted, and whether clients may
 * want more than servers take. */
void connections_link(struct linker *);
/* Behind the program: how connections are set up, for all instructions that may open one. */
void connections_compile(struct compiler *);

extern const struct load_part connections_load;

/* --- while running ----------------------------------------------------------------------------------------------------------- */

struct connection *connection_at(const struct world *, uint32_t id);
/* A new one for the pool, for queries of that route: to the replica of its server that has the fewest; with an address to that;
 * where there are regions to the primary if it is for it, else to the fewest of the region. NONE: refused. Without any replica that
 * lives it leads nowhere. */
uint32_t connection_open(struct world *, struct connection_pool *, enum route);
/* It is open no more, at either end; what it kept of a session pooler is given back. */
void connection_close(struct world *, uint32_t id);
/* Its owner has died while a request holds it. */
void connection_orphan(struct world *, uint32_t id);
void connection_count(struct world *, const struct service_config *server, enum connection_meter, int64_t change);

struct connections {
  struct pool all; /* struct connection */
  bool open;       /* processes that start fill their pools: requests may come */
  bool addresses;  /* some pool has an address (models/database/stale.h) */
};
static inline struct connections *world_connections(const struct world *w) { return world_part(w, PART_connections); }
void audit_connections(const struct audit *);
/* Of each request. */
struct connections_of_request {
  uint32_t kept;                /* its own ones, between two queries (own_connection.h): list, or NONE */
  uint32_t connection, backend; /* of pools that track them: its connection, and that of its pooler; or NONE */
  uint16_t after_setup;         /* where it goes on when its new connection is set up */
  int16_t connection_service;   /* the database that its connection leads to */
  uint8_t connection_frame;
  bool has_connection;
};
static inline struct connections_of_request *request_connections(const struct world *w, const struct request *r) {
  return request_part(w, r, PART_connections);
}

#endif
