/* Connections that callers keep to the replicas of a service whose balancer chooses once for each connection (kube-proxy, the Swarm
 * mesh, any balancer of TCP): all requests on a connection go to its replica.
 *
 * Every calling replica has `connections` of them to the service, whatever the number of its replicas. Its requests take turns over
 * them, any number at a time on each (HTTP/2, or a pool of HTTP/1.1 whose connections are used alike). A connection is opened by
 * the first request that needs it, and is given up for a new one, which the balancer may lead elsewhere,
 *
 *     after `requests` requests, after `idle` without a new one, `age` after it was opened
 *     when its replica has died, was taken out of rotation, or is ejected
 *     when its machine is gone: that is not known before the next request on it, which waits for the whole connect_timeout
 *
 * What the set-up of a connection costs between services, and connections with one request at a time, are `upstream` of the caller
 * (upstream.h), which then has none of these. Clients' own connections are those of their source
 * (models/traffic/client_network.h). */
#ifndef KEEPALIVE_H
#define KEEPALIVE_H
#include "sim/describe/field.h"
#include "sim/engine/sim_time.h"
#include <stdbool.h>

struct world;

struct keepalive_config {
  int64_t connections; /* of each calling replica */
  int64_t requests;    /* INT64_MAX: any number */
  sim_time idle, age;
};

extern const struct record keepalive_record;

struct kept_connection {
  uint32_t container, generation; /* that it leads to */
  int64_t left;                   /* requests that it will still carry; 0: not open */
  sim_time used_at, opened_at;
};

/* Of one calling replica. */
struct keepalive {
  uint32_t generation, turn; /* of the caller's process */
  struct kept_connection connections[];
};

/* The connection whose turn it is. */
struct kept_connection *keepalive_turn(struct keepalive *, const struct keepalive_config *);
/* The next request goes over it, though that may fail: then it is not open any more. */
bool keepalive_carries(const struct world *, struct kept_connection *, const struct keepalive_config *);
void keepalive_open(const struct world *, struct kept_connection *, const struct keepalive_config *, uint32_t container);
void keepalive_reset(struct keepalive *, const struct keepalive_config *, uint32_t generation);

#endif
