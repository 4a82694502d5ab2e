#include "models/database/connection_config.h"

static const char *const order_words[] = {"lifo", "fifo", NULL};

static const struct field pool_fields[] = {
    KEY("max", LIMIT, pool_config, max, DEFAULT(10), RANGE(1, FIELD_UNLIMITED),
        .doc = "Connections that one replica may hold open.", .source = "mysql2 and node-postgres: 10"),
    KEY("wait", DURATION, pool_config, wait, DEFAULT("never"), RANGE(0, FIELD_YEAR),
        .doc = "How long a request waits for a free connection before it fails; never: without limit.",
        .source = "mysql2 queues without limit of number or time"),
    KEY("min", INTEGER, pool_config, min, DEFAULT(0), RANGE(0, 1e6),
        .doc = "Connections that a replica opens when it starts, and that neither \"idle\" nor \"lifetime\" takes from it.",
        .source = "node-postgres and mysql2: 0"),
    KEY("idle", DURATION, pool_config, idle, DEFAULT("never"), RANGE(1e6, FIELD_YEAR),
        .doc = "A connection unused for this long is closed, if more than \"min\" are open; never: it stays open."),
    KEY("lifetime", DURATION, pool_config, lifetime, DEFAULT("never"), RANGE(1e6, FIELD_YEAR),
        .doc = "A connection opened this long ago is closed as soon as it is unused; never: its age does not matter."),
    KEY("queue", LIMIT, pool_config, queue, DEFAULT("unlimited"), RANGE(0, FIELD_UNLIMITED),
        .doc = "Requests that may wait for a connection of one replica; one more fails at once (outcome pool_full).",
        .source = "mysql2 queueLimit 0: unlimited"),
    KEY("order", WORD, pool_config, order, DEFAULT("lifo"), .words = order_words,
        .doc = "Which idle connection is used next: lifo: the last that was used, so that spare ones become idle; fifo: the first.",
        .source = "PgBouncer reuses the last; SQLAlchemy the first by default"),
    KEY("socket_timeout", DURATION, pool_config, socket_timeout, OPTIONAL, RANGE(1, FIELD_UNLIMITED),
        .doc =
            "How long a query on a connection to a machine that has vanished waits before it fails and the connection is closed; "
            "Linux on its own gives up after 15min 25s. Absent: all connections to it are closed at once."),
    KEY("address_ttl", DURATION, pool_config, address_ttl, OPTIONAL, RANGE(1, FIELD_UNLIMITED),
        .doc =
            "How long after it has looked it up a pool opens connections to the same address of the primary, also when another "
            "replica is the primary by then; 5s is the record of Amazon RDS; never: until its process is started again. Absent: it "
            "always knows the primary."),
    {0}};
static const struct record pool_record = {.name = "pool",
                                          .size = sizeof(struct pool_config),
                                          .fields = pool_fields,
                                          .doc = "Connections from each replica of a service to a database.",
                                          .shorthand = "max"};

static const struct field connections_fields[] = {
    KEY("max", LIMIT, connections_config, max, DEFAULT("unlimited"), RANGE(1, FIELD_UNLIMITED),
        .doc = "Connections that one replica takes; one more is refused at once (outcome too_many_connections). MySQL comes with "
               "151, PostgreSQL with 100."),
    KEY("setup", DISTRIBUTION, connections_config, setup, DEFAULT("0s"),
        .doc = "CPU time of the server for a new connection, after a trip to it. PostgreSQL forks a process: 1 to 5 ms."),
    KEY("handshake", DISTRIBUTION, connections_config, handshake, DEFAULT("0s"),
        .doc = "Further time that a new connection takes: round trips for TLS and authentication."),
    KEY("trips", INTEGER, connections_config, trips, OPTIONAL, RANGE(1, 100),
        .doc =
            "Times that a new connection goes there and back between caller and server before its first query. PostgreSQL: 4: TCP, "
            "the start-up message, two for SCRAM; 2 more with TLS 1.3 (SSLRequest, handshake). Absent: 4 where there are regions "
            "or each request opens its own, else none.",
        .source = "PostgreSQL: frontend/backend protocol, SASL authentication"),
    {0}};
static const struct record connections_record = {.name = "connections",
                                                 .size = sizeof(struct connections_config),
                                                 .fields = connections_fields,
                                                 .doc = "How many connections a server takes and what opening one costs.",
                                                 .shorthand = "max"};

static const char *const mode_words[] = {"session", "transaction", "statement", NULL};

static const struct field pooler_fields[] = {
    KEY("database", REFERENCE, pooler_config, database, .target = "services",
        .doc = "The database that it stands in front of: all pools that lead there lead to the pooler."),
    KEY("mode", WORD, pooler_config, mode, DEFAULT("session"), .words = mode_words,
        .doc = "How long a client keeps a connection to the database: session: until it closes its own; transaction: until its "
               "transaction ends; statement: for one query.",
        .source = "PgBouncer pool_mode session"),
    KEY("pool_size", LIMIT, pooler_config, pool_size, DEFAULT(20), RANGE(1, FIELD_UNLIMITED), .doc = "Connections to the database.",
        .source = "PgBouncer default_pool_size 20"),
    KEY("min_size", INTEGER, pooler_config, min_size, DEFAULT(0), RANGE(0, 1e6), .doc = "Of these: opened at the start and kept.",
        .source = "PgBouncer min_pool_size 0"),
    KEY("max_clients", LIMIT, pooler_config, max_clients, DEFAULT(100), RANGE(1, FIELD_UNLIMITED),
        .doc = "Connections of clients; one more is refused at once (outcome too_many_connections).",
        .source = "PgBouncer max_client_conn 100"),
    KEY("reserve", INTEGER, pooler_config, reserve, DEFAULT(0), RANGE(0, 1e6),
        .doc = "Further connections to the database, for clients that have waited for \"reserve_wait\".",
        .source = "PgBouncer reserve_pool_size 0"),
    KEY("reserve_wait", DURATION, pooler_config, reserve_wait, DEFAULT("5s"), RANGE(0, FIELD_YEAR),
        .doc = "How long a client has to wait until a reserve connection is opened for it.",
        .source = "PgBouncer reserve_pool_timeout 5 s"),
    KEY("wait", DURATION, pooler_config, wait, DEFAULT("120s"), RANGE(0, FIELD_UNLIMITED),
        .doc =
            "How long a query waits for a connection to the database before it fails (outcome pool_timeout); never: without limit.",
        .source = "PgBouncer query_wait_timeout 120 s"),
    KEY("idle", DURATION, pooler_config, idle, DEFAULT("600s"), RANGE(1e6, FIELD_UNLIMITED),
        .doc = "A connection to the database unused for this long is closed.", .source = "PgBouncer server_idle_timeout 600 s"),
    KEY("lifetime", DURATION, pooler_config, lifetime, DEFAULT("1h"), RANGE(1e6, FIELD_UNLIMITED),
        .doc = "A connection to the database opened this long ago is closed as soon as it is unused.",
        .source = "PgBouncer server_lifetime 3600 s"),
    KEY("demand", DISTRIBUTION, pooler_config, demand, DEFAULT("20us"),
        .doc = "CPU time of the pooler for one query and its answer.",
        .source = "an estimate: a few ten thousand queries per second on one thread"),
    KEY("login", DISTRIBUTION, pooler_config, login, DEFAULT("0s"),
        .doc = "CPU time of the pooler for a new connection of a client: TLS and passwords."),
    {0}};
static const struct record pooler_record = {.name = "pooler",
                                            .size = sizeof(struct pooler_config),
                                            .fields = pooler_fields,
                                            .doc = "A connection pooler in front of a database."};

static const char *const connect_words[] = {"free", "request", NULL};
static const struct field keys[] = {
    KEY("pools", REFERENCE_MAP, connections_keys, pools, OPTIONAL, .record = &pool_record, .target = "services",
        .doc = "Connection pools by the database that they lead to; without one, queries need no connection."),
    KEY("connect", WORD, connections_keys, connect, DEFAULT("free"), .words = connect_words,
        .doc = "Towards databases that \"pools\" does not name: free: queries need no connection; request: each request opens one "
               "with "
               "its first query, and closes it when it leaves the replica.",
        .source = "request: PHP-FPM and CGI without persistent connections, Django without CONN_MAX_AGE"),
    KEY("connections", RECORD, connections_keys, server, OPTIONAL, .record = &connections_record,
        .doc = "Database: how many connections it takes and what opening one costs; absent: any number, at no cost."),
    KEY("pooler", RECORD, connections_keys, pooler, OPTIONAL, .record = &pooler_record,
        .doc = "Proxy: it is a connection pooler in front of a database, such as PgBouncer; absent: it is not one."),
    {0}};
const struct record connections_keys_record = {
    .name = "connections of a service", .size = sizeof(struct connections_keys), .fields = keys};

const struct pool_config *service_pool(const struct service_config *s, int32_t database) {
  const struct pool_config *pools = service_connections(s)->pools.items;
  for (uint32_t i = 0; i < service_connections(s)->pools.count; i++)
    if (pools[i].database == database) return &pools[i];
  return NULL;
}
