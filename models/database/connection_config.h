/* What can be said about connections: the keys of pools, of servers that take connections, and of poolers. What they mean is in
 * models/database/connection_pool.h, connections.h and pooler.h. */
#ifndef CONNECTION_CONFIG_H
#define CONNECTION_CONFIG_H
#include "models/service/service.h"
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
  sim_time idle, lifetime;              /* SIM_NEVER: not closed */
  int64_t queue;                        /* requests that may wait */
  int32_t order;                        /* enum pool_order: which idle one is used next */
  sim_time socket_timeout, address_ttl; /* 0: absent */
  /* Of poolers. */
  int64_t reserve;
  sim_time reserve_wait;
  /* Derived while linking. */
  uint32_t by_request; /* no pool: each request opens its own (own_connection.h): the number of that, from 1; else 0 */
  bool kept;           /* connection by connection, not as a number in use */
  int32_t server;      /* the service that takes its connections: the database or its pooler */
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
  struct distribution handshake; /* time in addition to that */
  int64_t trips;                 /* there and back, of a new one; 0: none */
  bool metered;                  /* derived: some pool that leads here tracks its connections individually */
  uint32_t meters[CONNECTION_METERS];
};

enum pooler_mode { POOLER_SESSION, POOLER_TRANSACTION, POOLER_STATEMENT };

struct pooler_config {
  int32_t database;
  int32_t mode;                                      /* enum pooler_mode */
  int64_t pool_size, min_size, reserve, max_clients; /* pool_size 0: no pooler */
  sim_time reserve_wait, wait, idle, lifetime;
  struct distribution demand, login;
};

/* Towards databases that its pools do not name. FREE: queries need none. */
enum connect { CONNECT_FREE, CONNECT_BY_REQUEST };

/* What a service says of connections. */
struct connections_keys {
  struct config_list pools;         /* struct pool_config */
  struct connections_config server; /* of a database: those that it takes */
  struct pooler_config pooler;
  int32_t connect;   /* enum connect */
  int32_t pooled_by; /* derived, of a database: its pooler, or -1 */
};
extern const struct record connections_keys_record;

static inline struct connections_keys *service_connections(const struct service_config *s) {
  return service_part(s, PART_connections);
}
/* Its pool towards the database, or null. */
const struct pool_config *service_pool(const struct service_config *, int32_t database);

#endif
