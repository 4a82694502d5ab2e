#include "models/service/upstream.h"

static const char *const abort_words[] = {"close", "ignore", NULL};

static const struct field fields[] = {
    KEY("idle", LIMIT, upstream_config, idle, RANGE(0, FIELD_UNLIMITED),
        .doc = "Idle connections that one process keeps to one service; the one that was used last is taken first, and of more the "
               "one that has been idle longest is closed. 0: each request opens its own.",
        .source = "nginx keepalive (none without it), Node.js maxFreeSockets 256, Go MaxIdleConnsPerHost 2"),
    KEY("requests", LIMIT, upstream_config, requests, DEFAULT("unlimited"), RANGE(1, FIELD_UNLIMITED),
        .doc = "Requests that one connection carries before it is closed.", .source = "nginx keepalive_requests 1000 (upstream)"),
    KEY("timeout", DURATION, upstream_config, timeout, DEFAULT("never"), RANGE(1, FIELD_YEAR),
        .doc = "How long a connection may be idle: the shorter of what both ends say.",
        .source = "nginx keepalive_timeout 60 s (upstream), Go IdleConnTimeout 90 s, Node.js server.keepAliveTimeout 5 s"),
    KEY("cpu", DISTRIBUTION, upstream_config, cpu, DEFAULT("0s"),
        .doc = "CPU time of the caller to open a connection, before its request is sent, and to close it."),
    KEY("abort", WORD, upstream_config, abort, DEFAULT("close"), .words = abort_words,
        .doc = "When the client of a request has gone. close: the connection that carries the request is closed, and its answer "
               "goes nowhere; ignore: nothing, it is idle again after the answer.",
        .source = "nginx proxy_ignore_client_abort off: close"),
    {0}};
static const struct record record = {.name = "upstream",
                                     .size = sizeof(struct upstream_config),
                                     .fields = fields,
                                     .doc = "Connections that each process of a service keeps to services that it calls.",
                                     .shorthand = "idle"};

static const struct field keys[] = {
    ONLY_KEY("upstream", RECORD, OPTIONAL, .record = &record,
             .doc =
                 "Connections that each of its processes keeps to the services of kind app or proxy that it calls, one request at "
                 "a time on each; a number is \"idle\". Absent: connections are there."),
    {0}};
const struct record upstream_keys_record = {
    .name = "connections of a service to others", .size = sizeof(struct upstream_config), .fields = keys};
