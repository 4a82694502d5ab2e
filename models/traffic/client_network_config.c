#include "models/core/meter.h"
#include "models/traffic/source.h"
#include "models/core/model.h"
#include "models/traffic/client_network.h"

static const char *const tls_words[] = {"none", "1.2", "1.3", NULL};

static const struct field connection_fields[] = {
    KEY("round_trip", DISTRIBUTION, client_connection_config, round_trip, DEFAULT("0s"),
        .doc = "From the client to the entry and back; drawn for each connection. With regions: to the entry of the client's own "
               "region, to which the round trip between two regions is added for a client that is sent to another one."),
    KEY("tls", WORD, client_connection_config, tls, DEFAULT("none"), .words = tls_words,
        .doc = "Round trips of the handshake of a new connection, after one for TCP: two with 1.2, one with 1.3, none with none.",
        .source = "RFC 5246, RFC 8446"),
    KEY("handshake_cpu", DISTRIBUTION, client_connection_config, handshake, DEFAULT("150us"),
        .doc = "CPU time of a full TLS handshake on the entry, on a reference core; not with \"tls\" none.",
        .source = "ECDSA P-256: about 0.15 ms; RSA-2048: 0.6 to 3 ms"),
    KEY("requests", LIMIT, client_connection_config, requests, DEFAULT(1), RANGE(1, FIELD_UNLIMITED),
        .doc = "Requests that one connection carries (keep-alive). More than one pins its client to one replica of the entry."),
    KEY("idle", DURATION, client_connection_config, idle, DEFAULT("75s"), RANGE(0, FIELD_UNLIMITED),
        .doc = "Time without a request after which the connection is closed.",
        .source = "nginx keepalive_timeout 75 s; Node.js keepAliveTimeout 5 s"),
    KEY("clients", INTEGER, client_connection_config, clients, DEFAULT(0), RANGE(0, 1e7),
        .doc = "Open sources: clients with a connection at a time; each request belongs to one of them, drawn at random. 0: every "
               "request comes from a new client."),
    {0}};
const struct record client_connection_record = {.name = "connection",
                                                .size = sizeof(struct client_connection_config),
                                                .fields = connection_fields,
                                                .doc = "Connections of clients to the entry service."};

static const struct field access_line_fields[] = {
    KEY("down", BANDWIDTH, access_line_config, down, DEFAULT("unlimited"), RANGE(1, 1e15),
        .doc = "To the client: the endpoint's \"response\" takes its bytes over this."),
    KEY("up", BANDWIDTH, access_line_config, up, DEFAULT("unlimited"), RANGE(1, 1e15),
        .doc = "From the client: the endpoint's \"request\" takes its bytes over this."),
    {0}};
const struct record access_line_record = {.name = "link",
                                          .size = sizeof(struct access_line_config),
                                          .fields = access_line_fields,
                                          .doc = "The line of each client, which it does not share."};

static const struct field cdn_fields[] = {
    KEY("hit", RATIO, cdn_config, hit, DEFAULT(0), RANGE(0, 1),
        .doc = "Share of the requests that the CDN answers; they never reach the origin. 0: there is no CDN in front of this "
               "endpoint.",
        .source = "static files 90 to 98%, API answers 0% unless configured"),
    KEY("latency", DISTRIBUTION, cdn_config, latency, DEFAULT("20ms"),
        .doc = "Time of an answer from the edge, its round trip included. A miss takes the way to the origin, as without a CDN.",
        .source = "user to near edge: fibre 5 to 20 ms, 4G 30 to 70 ms"),
    {0}};
const struct record cdn_record = {.name = "cdn",
                                  .size = sizeof(struct cdn_config),
                                  .fields = cdn_fields,
                                  .doc = "A content delivery network in front of an endpoint."};

void cdn_link(struct model *m, struct endpoint_config *e) {
  if (endpoint_way(e)->cdn.hit > 0)
    endpoint_way(e)->cdn.hits = meter_declare(m, e->name, "cdn_hits", METER_COUNT, "Requests that the CDN answered.");
}

const char *client_network_link(const struct source_config *s) {
  if (s->kind->nameless && s->connection.requests > 1 && !s->connection.clients)
    return "keep-alive in an open source needs \"clients\": among how many its requests are dealt";
  if (!s->kind->closed && s->connection.requests > 1 && !s->connection.clients)
    return "keep-alive needs \"clients\" here: among how many connections its requests are dealt";
  if (s->kind->closed && s->connection.clients) return "the clients of a closed source are its \"population\"";
  return NULL;
}

static bool has_network(const struct source_config *s) {
  const struct client_connection_config *c = &s->connection;
  bool lines = s->link.down != INT64_MAX || s->link.up != INT64_MAX;
  return c->round_trip.mean > 0 || c->tls != TLS_NONE || c->requests > 1 || lines;
}

bool client_network_before(const struct model *m, const struct endpoint_config *e) {
  bool any = endpoint_way(e)->cdn.hit > 0 || model_regions(m) > 1;
  for (uint32_t i = 0; i < model_sources(m)->count && !any; i++) any = has_network(model_source(m, i));
  return any;
}

double client_network_handshake_s(const struct source_config *s) {
  const struct client_connection_config *c = &s->connection;
  if (c->tls == TLS_NONE || c->requests == INT64_MAX) return 0;
  return c->handshake.mean * 1e-9 / (double)c->requests;
}

static const struct field way_fields[] = {
    KEY("cdn", RECORD, client_way, cdn, .record = &cdn_record,
        .doc = "A content delivery network that answers some of the requests."),
    KEY("request", BYTES, client_way, request, DEFAULT("0B"), RANGE(0, 1e15), .doc = "Sent by the client: takes time on its link."),
    KEY("response", BYTES, client_way, response, DEFAULT("0B"), RANGE(0, 1e15),
        .doc = "Sent to the client: takes time on its link, and counts as egress on the bill."),
    {0}};
const struct record client_way_record = {.name = "way of an endpoint", .size = sizeof(struct client_way), .fields = way_fields};
