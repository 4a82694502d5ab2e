/* A pooler, such as PgBouncer: a process between the applications and a database, which has many cheap connections to clients and
 * few to the database.
 *
 *     "services": { "pgbouncer": { "kind": "proxy", "pooler": { "database": "db", "pool_size": 20 } } }
 *
 * The pooler says which database it stands before. Queries and pools go on naming the database: as in a real system only the
 * address changes, so that one key of one service takes the pooler in or out. There is nothing new in it but its modes: to its
 * clients it is a server of connections (`connections`, with max_clients), to the database a client with a pool (`pools`, with
 * pool_size), and both are made of these keys while linking.
 *
 * A query goes to the pooler, takes `demand` of its CPU (one thread: it may be the bottleneck), gets a server connection
 * (r->backend), and goes on to the database. Transaction pooling: the server connection is the request's until its transaction
 * ends, when the answer comes back through the pooler; a lone query is a transaction. Session pooling: it stays with the client
 * connection until that is closed. Statement pooling: until the answer of each query; transactions over several are refused. */
#ifndef POOLER_H
#define POOLER_H
#include "models/database/connection_config.h"
#include "models/request/program.h"

struct linker;
struct service_config;

/* Whether the service is a pooler. */
bool service_pools(const struct service_config *);

/* Makes pools and connections of the poolers' keys, before services are linked. */
void poolers_link(struct linker *);

/* --- for the files of steps ------------------------------------------------------------------------------------------------ */

/* To the database, through its pooler if it has one; and back to the caller. `ends`: the transaction ends with this query, as it
 * does for a lone one. */
void compile_to_database(struct compiler *, int32_t database, enum route);
void compile_from_database(struct compiler *, bool ends);

#endif
