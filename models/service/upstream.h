/* Connections that a service keeps to the services that it calls: `upstream` of the calling service.
 *
 * Each process of each replica has a list of idle connections for each service (of kind app or proxy) that it calls. A request
 * takes the one that was given back last, and opens one when none is idle; one request at a time is on each (HTTP/1.1). When its
 * answer is back the connection is idle again. Of more than `idle` the one that has been idle longest is closed; with 0 each
 * request opens its own. A connection leads to one process of one replica, which is dealt when it is opened: a balancer of requests
 * picks the replica, then the newest idle connection to it is taken; with one of connections (`per`: connection) the newest of all
 * is taken, and the balancer only picks for new ones.
 *
 * To open one takes a round trip before the request is sent, and CPU time of the caller where `cpu` says so; on the other side it
 * goes through the accept queue (models/machine/accept.h).
 *
 * A connection is closed
 *
 *     when more than `idle` are idle, after `timeout` without a request, after `requests` requests
 *     when one of its ends dies; by connection: when its replica is not in rotation any more
 *     when a request on it is given up: by its caller (`timeout` of a call); by the client, where the caller passes that on
 * (`abort`)
 *     when it could not be set up
 *
 * What had been sent on a connection that is given up is read and served all the same, and the work is wasted: it is in the queue
 * of the socket, or in the accept queue. Only a SYN that waits to be sent again is gone with it.
 *
 * Sources: nginx src/http/modules/ngx_http_upstream_keepalive_module.c (one list per worker and upstream, newest first, the oldest
 * is closed), src/http/ngx_http_upstream.c (proxy_ignore_client_abort off); Node.js lib/_http_agent.js (scheduling lifo,
 * maxFreeSockets 256); Go net/http/transport.go (MaxIdleConnsPerHost 2, IdleConnTimeout 90 s).
 *
 * Invariants, audited: open = idle + in use, of each list and of all; no list has more idle than it may; each connection in use is
 * that of one living request. */
#ifndef UPSTREAM_H
#define UPSTREAM_H
#include "models/core/parts.h"
#include "models/request/program_size.h"
#include "models/machine/accept.h"
#include "models/service/service.h"
#include "sim/engine/lane.h"
#include "sim/engine/pool.h"

struct audit;
struct request;

struct upstream_config {
  int64_t idle;                  /* of one process to one service */
  int64_t requests;              /* that one connection carries; 0: no connections are modelled */
  sim_time timeout;              /* SIM_NEVER: it may be idle for ever */
  int32_t abort;                 /* enum upstream_abort */
  struct distribution cpu;       /* of the caller, for a connection that it opens */
  uint32_t opened, open, idling; /* meters */
};
enum upstream_abort { ABORT_CLOSES, ABORT_IGNORED };

struct upstream_connection {
  struct descriptor descriptor;   /* what the loop of the other end sees of it */
  uint32_t list, caller;          /* whose it is: that, and its container */
  uint32_t container, generation; /* that it leads to */
  uint32_t request;               /* that is on it, or NONE: it is idle */
  uint32_t newer, older;          /* among those that are idle */
  int64_t left;                   /* requests that it will still carry */
  lane_ticket timeout;            /* while it is idle */
  bool live, opens;               /* opens: the caller has had no answer on it */
};

/* Of a process to a service. */
struct upstream_list {
  uint32_t service, container; /* the caller's */
  uint32_t newest, oldest;     /* idle ones */
  uint32_t idle, open;
};

struct upstreams {
  struct pool connections;     /* struct upstream_connection */
  struct upstream_list *lists; /* by process and called service, from the first of each container */
  uint32_t *first, count;      /* by container */
  struct lane **timeouts;      /* by calling service; null: none */
};

/* Of each request: by depth of the frame that it leads to, number of the connection from 1; 0: none. */
struct upstream_of_request {
  uint32_t connection[PROGRAM_FRAMES];
  uint8_t on;       /* so many connections */
  uint8_t forsaken; /* who waited for it has gone: so many of its frames know, from the first */
};

static inline const struct upstream_config *service_upstream(const struct service_config *s) {
  return service_part(s, PART_upstream);
}
/* It opens its connections itself. */
static inline bool service_opens(const struct service_config *s) { return service_upstream(s)->requests > 0; }
/* Calls of this service go over connections that its callers may keep. */
static inline bool service_is_upstream(const struct service_config *s) {
  return s->kind == SERVICE_APP || s->kind == SERVICE_PROXY;
}

extern const struct record upstream_keys_record;
void audit_upstream(const struct audit *);

#endif
