/* A pool of connections from one replica to a database: at most `max` queries at once, the rest wait in order.
 */
#ifndef CONNECTION_POOL_H
#define CONNECTION_POOL_H
#include "models/request/program.h"
#include "models/request/queue.h"
#include "sim/engine/sim_time.h"
#include <stdint.h>

struct pool_config;

struct connection_pool {
  const struct pool_config *config;
  uint32_t in_use;
  struct line line;                            /* for a free one */
  double used_ns, used_at_mark, used_measured; /* integral of in_use */
  sim_time changed_at;
};

/* Instructions. */
bool pool_acquire(struct world *, struct request *, const struct instruction *);
bool pool_release_connection(struct world *, struct request *, const struct instruction *);
/* Gives back the connection of a request that fails. */
void pool_abandon(struct world *, struct request *);
/* The replica has died: nobody waits for its connections any more. */
void pool_clear(struct world *, struct connection_pool *);
/* Handler of the patience lanes. */
void pool_wait_over(void *world, uint32_t request);
void pool_advance(struct connection_pool *, sim_time now);

#endif
