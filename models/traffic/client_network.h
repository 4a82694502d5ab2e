/* The network between clients and the entry: connections with their set-up, the client's line, and a CDN in front.
 *
 * A request that goes to the origin: [set-up of its connection] half a round trip, its bytes over the line, the program, the bytes
 * of the answer, half a round trip. All of it is time of the kind network on the client's side, and part of the latency. What fails
 * is told at once.
 *
 * A connection takes one round trip for TCP and one (TLS 1.3) or two (TLS 1.2) for the handshake, which also costs CPU time on the
 * replica that it leads to. It carries so many requests, and pins its client to that replica: balancing is by connection, as
 * kube-proxy and the Swarm mesh do it, until the connection ends: by count, by idleness, by the death of the replica. Users of a
 * closed source have one connection each; the requests of an open source are dealt to `clients` of them.
 *
 * In a scenario with regions `round_trip` leads from a client to its own region, and a client that is sent to another one
 * (models/dns/dns.h) has the way between the two as well, on each trip. A connection that leads to a replica stays with its region
 * when clients are sent elsewhere; it ends with the replica. The edge of a CDN is near its client.
 *
 * A CDN answers a share of the requests at the edge, after a time of its own; such a request never reaches the origin. Its hits
 * are counted (meter ENDPOINT.cdn_hits), and so are bytes on the bill: all that is sent to clients leaves the CDN, the misses leave
 * the origin too.
 *
 * What takes no time leaves no trace: without a round trip, with an endless line and a hit ratio of 0 a run is the same bytes. */
#ifndef CLIENT_NETWORK_H
#define CLIENT_NETWORK_H
#include "sim/describe/field.h"
#include "models/core/parts.h"
#include "models/request/program.h"
#include "sim/engine/distribution.h"

struct arena;
struct compiler;
struct endpoint_config;
struct instruction;
struct model;
struct request;
struct source;
struct source_config;
struct world;

enum tls { TLS_NONE, TLS_12, TLS_13 };

struct client_connection_config {
  struct distribution round_trip; /* between client and entry, drawn for each connection */
  int32_t tls;                    /* enum tls */
  struct distribution handshake;  /* CPU time of the entry */
  int64_t requests;               /* that one connection carries */
  sim_time idle;
  int64_t clients; /* open: at a time; 0: each request is of another */
};

struct access_line_config {
  int64_t down, up; /* bits a second; INT64_MAX: no time */
};

struct cdn_config {
  double hit; /* 0: no CDN */
  struct distribution latency;
  uint32_t hits; /* meter, when there is a CDN */
};

extern const struct record client_connection_record, access_line_record, cdn_record;

/* A client's connection. */
struct client_connection {
  sim_time ready_at, used_at, round_trip;
  uint32_t container, generation; /* that it leads to; NONE until its first request gets there */
  int64_t left;                   /* requests that it will still carry */
  int16_t edge;                   /* region of the entry that it leads to, or -1 */
  bool dealt;                     /* it leads to a process of the container */
  uint16_t process;
};

/* Of a source in one replication. */
struct client_network {
  const struct source_config *config;
  struct client_connection *connections; /* by user or client; null: each request has its own */
  uint32_t clients;
};

/* While linking: declares meters of CDNs. Null, or what is wrong with a source's connection. */
void cdn_link(struct model *, struct endpoint_config *);
const char *client_network_link(const struct source_config *);
/* Whether requests of the endpoint, by any source, have a network before them. */
bool client_network_before(const struct model *, const struct endpoint_config *);
/* After the program's end: the handshake on the entry. */
void client_network_compile(struct compiler *, const struct endpoint_config *);

void client_network_start(struct source *, struct world *);
/* Which of the source's connections is that of a client: one that is known by a number, or the one that sends the request with this
 * key (user NONE). NONE: each request has its own. */
uint32_t client_network_number(const struct source *, uint32_t user, uint64_t key);
/* That of the request's client; it is looked up once. */
uint32_t client_network_number_of(const struct world *, const struct request *);
/* What requests know of it. */
extern const struct client_line client_line;

/* Set-up costs, per request of the source: CPU time of the entry on a reference core. */
double client_network_handshake_s(const struct source_config *);

/* What an endpoint says of the way between it and its clients. */
struct client_way {
  struct cdn_config cdn;
  int64_t request, response; /* bytes sent by the client and to it */
};
static inline struct client_way *endpoint_way(const struct endpoint_config *e) { return endpoint_part(e, PART_client_network); }

extern const struct load_part handshake_load;
extern const struct record client_way_record;
/* Of each request. */
struct way_of_request {
  bool from_edge, answered; /* a CDN answers it; its answer is on the way to the client */
  bool follows;             /* its connection was there */
  uint32_t connection;      /* of its client, by number from 1; 0: not looked up yet */
};
static inline struct way_of_request *request_way(const struct world *w, const struct request *r) {
  return request_part(w, r, PART_client_network);
}

#endif
