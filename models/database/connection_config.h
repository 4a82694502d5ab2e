/* What can be said about connections: the keys of pools, of servers that take connections, and of poolers. What they mean is in
 * models/database/connection_pool.h, connections.h and pooler.h. */
#ifndef CONNECTION_CONFIG_H
#define CONNECTION_CONFIG_H
#include "sim/describe/field.h"
#include "sim/engine/distribution.h"
#include "sim/engine/sim_time.h"

enum pool_order { POOL_LIFO, POOL_FIFO };

/* A pool of connections that each replica of a service holds towards a database. */
struct pool_config {
  int32_t database; /* service index */
  int64_t max;
  sim_time wait; /* for a free connection before the request fails */
  int64_t min;
  sim_time idle, lifetime; /* SIM_NEVER: not closed */
  int64_t queue;           /* requests that may wait */
  int32_t order;           /* enum pool_order: which idle one is used next */
  /* Of poolers. */
  int64_t reserve;
  sim_time reserve_wait;
  /* Derived while linking. */
  bool kept;      /* connection by connection, not as a number in use */
  int32_t server; /* the service that takes its connections: the database or its pooler */
};

/* What is counted about a server's connections. */
enum connection_meter {
  CONNECTIONS_OPEN,
  CONNECTIONS_ACTIVE,
  CONNECTIONS_WAITING,
  CONNECTIONS_OPENED,
  CONNECTIONS_REFUSED,
  CONNECTION_METERS
};

struct connections_config {
  int64_t max;                   /* of one replica; 0: not given */
  struct distribution setup;     /* CPU of the server */
  struct distribution handshake; /* time beside that */
  bool metered;                  /* derived: some pool that leads here is kept in detail */
  uint32_t meters[CONNECTION_METERS];
};

enum scalability_count { SCALABILITY_ACTIVE, SCALABILITY_OPEN };

struct scalability_config {
  double contention, coherency; /* both 0: none */
  int32_t counts;               /* enum scalability_count */
};

enum pooler_mode { POOLER_SESSION, POOLER_TRANSACTION, POOLER_STATEMENT };

struct pooler_config {
  int32_t database;
  int32_t mode;                                      /* enum pooler_mode */
  int64_t pool_size, min_size, reserve, max_clients; /* pool_size 0: no pooler */
  sim_time reserve_wait, wait, idle, lifetime;
  struct distribution demand, login;
};

extern const struct record pool_record, connections_record, scalability_record, pooler_record;

#endif
