#include "models/core/meter.h"
#include "models/traffic/source.h"
#include "models/core/model.h"
#include "models/network/client_network.h"

static const char *const tls_words[] = {"none", "1.2", "1.3", NULL};

#define AT(member) offsetof(struct connection_config, member)
static const struct field connection_fields[] = {
    {.name = "round_trip",
     .kind = FIELD_DISTRIBUTION,
     .offset = AT(round_trip),
     .fallback = "\"0s\"",
     .doc = "From the client to the entry and back; drawn for each connection."},
    {.name = "tls",
     .kind = FIELD_WORD,
     .offset = AT(tls),
     .words = tls_words,
     .fallback = "\"none\"",
     .doc = "Round trips of the handshake of a new connection, after one for TCP: 1.2 two, 1.3 one, none none.",
     .source = "RFC 5246, RFC 8446"},
    {.name = "handshake_cpu",
     .kind = FIELD_DISTRIBUTION,
     .offset = AT(handshake),
     .fallback = "\"150us\"",
     .doc = "CPU time of a full TLS handshake on the entry, on a reference core; not with \"tls\" none.",
     .source = "ECDSA P-256: about 0.15 ms; RSA-2048: 0.6 to 3 ms"},
    {.name = "requests",
     .kind = FIELD_LIMIT,
     .offset = AT(requests),
     .fallback = "1",
     .low = 1,
     .high = 9.3e18,
     .doc = "That one connection carries (keep-alive). More than one pin their client to one replica of the entry."},
    {.name = "idle",
     .kind = FIELD_DURATION,
     .offset = AT(idle),
     .fallback = "\"75s\"",
     .low = 0,
     .high = 9.3e18,
     .doc = "After so long without a request the connection is closed.",
     .source = "nginx keepalive_timeout 75 s; Node.js keepAliveTimeout 5 s"},
    {.name = "clients",
     .kind = FIELD_INTEGER,
     .offset = AT(clients),
     .fallback = "0",
     .low = 0,
     .high = 1e7,
     .doc = "Open sources: clients with a connection at a time; each request is of one of them, drawn at random. 0: every request "
            "is of somebody new."},
    {0}};
#undef AT
const struct record connection_record = {.name = "connection",
                                         .size = sizeof(struct connection_config),
                                         .fields = connection_fields,
                                         .doc = "Connections of clients to the entry service."};

#define AT(member) offsetof(struct link_config, member)
static const struct field link_fields[] = {{.name = "down",
                                            .kind = FIELD_BANDWIDTH,
                                            .offset = AT(down),
                                            .fallback = "\"unlimited\"",
                                            .low = 1,
                                            .high = 1e15,
                                            .doc = "To the client: the endpoint's \"response\" takes its bytes over this."},
                                           {.name = "up",
                                            .kind = FIELD_BANDWIDTH,
                                            .offset = AT(up),
                                            .fallback = "\"unlimited\"",
                                            .low = 1,
                                            .high = 1e15,
                                            .doc = "From the client: the endpoint's \"request\" takes its bytes over this."},
                                           {0}};
#undef AT
const struct record link_record = {.name = "link",
                                   .size = sizeof(struct link_config),
                                   .fields = link_fields,
                                   .doc = "The line of each client, which it does not share."};

#define AT(member) offsetof(struct cdn_config, member)
static const struct field cdn_fields[] = {
    {.name = "hit",
     .kind = FIELD_RATIO,
     .offset = AT(hit),
     .fallback = "0",
     .low = 0,
     .high = 1,
     .doc = "Share of the requests that the CDN answers; they never reach the origin. 0: there is no CDN before this endpoint.",
     .source = "static files 90 to 98%, API answers 0% unless configured"},
    {.name = "latency",
     .kind = FIELD_DISTRIBUTION,
     .offset = AT(latency),
     .fallback = "\"20ms\"",
     .doc = "Of an answer from the edge, its round trip included. A miss takes the way to the origin, as without a CDN.",
     .source = "user to near edge: fibre 5 to 20 ms, 4G 30 to 70 ms"},
    {0}};
#undef AT
const struct record cdn_record = {.name = "cdn",
                                  .size = sizeof(struct cdn_config),
                                  .fields = cdn_fields,
                                  .doc = "A content delivery network in front of an endpoint."};

void cdn_link(struct model *m, struct endpoint_config *e) {
  if (e->cdn.hit > 0) e->cdn.hits = meter_declare(m, e->name, "cdn_hits", METER_COUNT, "Requests that the CDN answered.");
}

const char *client_network_link(const struct source_config *s) {
  if (s->kind->nameless && s->connection.requests > 1 && !s->connection.clients)
    return "keep-alive in an open source needs \"clients\": among how many its requests are dealt";
  if (!s->kind->closed && s->connection.requests > 1 && !s->connection.clients)
    return "keep-alive needs \"clients\" here: among how many connections those who come are dealt";
  if (s->kind->closed && s->connection.clients) return "the clients of a closed source are its \"population\"";
  return NULL;
}

static bool has_network(const struct source_config *s) {
  const struct connection_config *c = &s->connection;
  bool lines = s->link.down != INT64_MAX || s->link.up != INT64_MAX;
  return c->round_trip.mean > 0 || c->tls != TLS_NONE || c->requests > 1 || lines;
}

bool client_network_before(const struct model *m, const struct endpoint_config *e) {
  bool any = e->cdn.hit > 0;
  for (uint32_t i = 0; i < model_sources(m)->count && !any; i++) any = has_network(model_source(m, i));
  return any;
}

double client_network_handshake_s(const struct source_config *s) {
  const struct connection_config *c = &s->connection;
  if (c->tls == TLS_NONE || c->requests == INT64_MAX) return 0;
  return c->handshake.mean * 1e-9 / (double)c->requests;
}
