/* A connection a request: what a service without a pool does.
 *
 * With `connect: request` a request opens a connection to a database with its first query there, keeps it over all its other
 * queries from the same replica, and closes it when it leaves that replica: PHP-FPM and CGI scripts, Django without CONN_MAX_AGE.
 * Each pays for the set-up (models/database/connections.h), and the server has as many connections as requests that have asked it
 * something. A transaction uses it. A branch of a parallel step opens one of its own.
 *
 * To the rest of the program it is a pool without idle connections: each is a struct connection, in use from its opening to its
 * end. Between two queries it is kept by the request: request_connections()->kept is the list of these, by `next`; `previous` is
 * the frame. The database has died meanwhile: the next query fails as crashed, as the program holds a connection that leads
 * nowhere. */
#ifndef OWN_CONNECTION_H
#define OWN_CONNECTION_H
#include <stdbool.h>
#include <stdint.h>

struct compiler;
struct connection_pool;
struct instruction;
struct linker;
struct pool_config;
struct request;
struct walk;
struct world;

/* Gives each service that connects so a pool config for every database that its pools do not name. */
void own_connections_link(struct linker *);
/* Before the leave of a frame: what was opened in it is closed. */
void own_connections_leave(struct compiler *);

/* The one that the request keeps for the pool in its topmost frame, which it keeps no more; NONE: it has none yet. */
uint32_t own_connection_take(struct world *, struct request *, const struct connection_pool *);
/* Between two queries. False: it is no such connection, or it is of no use any more. */
bool own_connection_keep(struct world *, struct request *, uint32_t connection);
/* The request ends: all that it keeps. */
void own_connections_close(struct world *, struct request *);

/* Requests of this weight acquire one: the first time they set it up. */
void own_connection_holds(struct walk *, const struct instruction *, const struct pool_config *, double weight);

#endif
