/* Memory of containers and nodes, and which process is killed when it runs out.
 *
 * A replica whose process is up has resident
 *
 *     processes x base + connections x per_connection + in flight x per_request + answered x leak
 *
 * bytes: `answered` counts the requests that have left it since its process began. It is given back when the process ends, whatever
 * ends it; a process that starts counts from when it serves. Two things kill, both within the instant in which they are passed:
 *
 *     limits.memory of the replica    the replica, by its cgroup (exit 137)
 *     memory of the node              the largest replica on it, again until the rest fits (the kernel's badness is resident size)
 *
 * The kernel takes 10 ms between two kills on a node, so that what starts in no time and is killed at once lets time go on.
 *
 * A killed replica is one that crashed: what is inside fails (`crashed`), the orchestrator restarts it with its back-off. A service
 * without `memory` takes none: for a node to fill up, give it to all that run there. There is none in availability runs.
 *
 * Connections are counted in memory_connections, and only there. Whoever changes what the formula counts calls memory_changed, when
 * the change is done; it only takes note, the kill comes as an event of its own.
 *
 *     c->in_flight++;
 *     if (__builtin_expect(world_memory(w) != NULL, 0)) memory_changed(w, c);
 *
 * Invariant (audit): what is booked for each replica is what the formula gives, and of a node the sum of its replicas. */
#ifndef MEMORY_H
#define MEMORY_H
#include "sim/describe/field.h"
#include "sim/engine/calendar.h"

struct container;
struct linker;
struct model;
struct world;

struct memory_config {
  int64_t base; /* bytes; 0: no memory is modelled */
  int64_t per_connection, per_request, leak;
  uint32_t resident_meter, killed_meter;
};

extern const struct record memory_record;

/* What is resident, by replica; by service and by node the largest and the sum. */
struct memory_node {
  int64_t used;
  sim_time killed_at; /* -1: none yet */
  slot_id killer;     /* its memory, or the limit of something on it, has been passed */
};
struct memory_book {
  int64_t *resident, *most_of; /* by container; by service: its largest replica */
  uint64_t *answered;          /* by container */
  struct memory_node *nodes;
  int64_t *fullest; /* by node group */
  /* Connections that cost memory here: open ones of the replica's own pools; at a database those that lead there, or, where nothing
   * has a pool, queries that are there. Set by the part that knows connections. */
  int64_t (*connections)(const struct container *);
};

/* While linking. */
void memory_link(struct linker *);

/* Its process is up, or dead, or has more or fewer requests or connections. */
void memory_changed(struct world *, struct container *);
/* A request has left it. */
void memory_answered(struct world *, struct container *);
/* While linking, of a world that has just been built: what is at rest fits the nodes. */
void memory_check_placement(struct linker *, const struct world *);
/* Null, or what is wrong with the books. */
const char *memory_wrong(const struct world *);

#endif
