/* Origins: what a request must know of the source that sent it, one a source, in world->origins.
 *
 * The request does not know how its client lives: whether it thinks before it asks again, tries again, holds a connection to the
 * entry. The source says it here when it starts, and stays the owner.
 *
 *     world->origins[index] = (struct origin){.impatient = ..., .timeout = lane, .line = &client_line};
 */
#ifndef ORIGIN_H
#define ORIGIN_H
#include "models/request/outcome.h"
#include "sim/engine/distribution.h"
#include "sim/engine/sim_time.h"
#include <stdint.h>

struct lane;
struct request;
struct source;
struct world;

/* The line between clients and the entry, where it is modelled: connections, bytes, an edge that answers. */
struct client_line {
  /* The request sets out: it comes to its program after its time on the way, or to its end when the edge answers it. */
  void (*sends)(struct world *, struct request *);
  /* The answer sets out; false when it takes no time or has been taken. */
  bool (*answers)(struct world *, struct request *);
  /* The request opens the connection that it comes on. */
  bool (*opens)(const struct world *, const struct request *);
  /* Its client gives up and closes that connection. */
  void (*closes)(const struct world *, const struct request *);
  /* The replica of the service that the client's connection leads to, or UINT32_MAX; it leads there from now on. */
  uint32_t (*pinned)(struct world *, const struct request *, int32_t service);
  void (*pin)(struct world *, const struct request *, int32_t service, uint32_t container);
  /* Where the connection keeps the number of the process of the container that serves it, and whether it has one; null: nowhere. */
  uint16_t *(*process)(const struct world *, const struct request *, uint32_t container, bool **dealt);
};

struct origin {
  const char *name;                                 /* of the source */
  struct source *source;                            /* for `returns` */
  struct lane *timeout;                             /* of its clients; null: they wait for ever */
  const struct distribution *patience;              /* in queues; null: none of its requests leaves one */
  bool cancel;                                      /* what has timed out is cancelled */
  bool connected;                                   /* its clients have connections that lead to one replica each */
  const struct client_line *line;                   /* used where the program has one, or clients are connected */
  void (*stands)(struct world *, struct request *); /* says where the client of a new request is; null: there are no places */
  void (*attempt_ended)(struct world *, struct request *, enum outcome); /* of a request that is an attempt of a client */
  /* The list of what the client holds of limited stock. */
  uint32_t *(*holds)(const struct world *, uint32_t client);
  /* A client has its answer or has given up; null: it does not come back. */
  void (*returns)(struct source *, uint32_t user, sim_time sent_at);
};

#endif
