/* The list of parts. Its order is the order in which parts are linked, opened and started, learn that a container serves or dies,
 * and let go of what a request holds; they stop in the opposite order. A part is added by a line here.
 *
 * The order says what one part may rely on: a database's connections are gone before its transactions, and these before its
 * replicas; what bare data a replica has is known before shards promote it, and shards before the replicas that follow in each;
 * volumes before all that has data; what is about memory comes after what opens connections; clients and sources start last, when
 * all that they ask is there.
 *
 * PARTS_MORE lets a program bring parts of its own: it compiles part.c and its parts with
 * -D'PARTS_MORE(PART)=PART(name)', and nothing else. */
#ifndef PARTS_H
#define PARTS_H
#include <assert.h>
#include <stdint.h>

#ifndef PARTS_MORE
#define PARTS_MORE(PART)
#endif

#define PARTS(PART)                                                                                                                \
  PART(bill)                                                                                                                       \
  PART(places)                                                                                                                     \
  PART(placement)                                                                                                                  \
  PART(network)                                                                                                                    \
  PART(dns)                                                                                                                        \
  PART(client_network)                                                                                                             \
  PART(nodes)                                                                                                                      \
  PART(volumes)                                                                                                                    \
  PART(budgets)                                                                                                                    \
  PART(autoscalers)                                                                                                                \
  PART(people)                                                                                                                     \
  PART(crews)                                                                                                                      \
  PART(releases)                                                                                                                   \
  PART(faults)                                                                                                                     \
  PART(keyspaces)                                                                                                                  \
  PART(runtime)                                                                                                                    \
  PART(gc)                                                                                                                         \
  PART(memory)                                                                                                                     \
  PART(balancers)                                                                                                                  \
  PART(health_checks)                                                                                                              \
  PART(probes)                                                                                                                     \
  PART(calls)                                                                                                                      \
  PART(connections)                                                                                                                \
  PART(standbys)                                                                                                                   \
  PART(limits)                                                                                                                     \
  PART(locks)                                                                                                                      \
  PART(disks)                                                                                                                      \
  PART(databases)                                                                                                                  \
  PART(bare_data)                                                                                                                  \
  PART(shards)                                                                                                                     \
  PART(replication)                                                                                                                \
  PART(stock)                                                                                                                      \
  PART(jobs)                                                                                                                       \
  PART(persistence)                                                                                                                \
  PART(caches)                                                                                                                     \
  PART(copies)                                                                                                                     \
  PART(rebuilds)                                                                                                                   \
  PART(broadcasts)                                                                                                                 \
  PART(locality)                                                                                                                   \
  PART(shifts)                                                                                                                     \
  PART(clients)                                                                                                                    \
  PART(rooms)                                                                                                                      \
  PART(sources)                                                                                                                    \
  PART(gauges)                                                                                                                     \
  PART(outages)                                                                                                                    \
  PART(afflictions)                                                                                                                \
  PART(carrying)                                                                                                                   \
  PART(takeovers)                                                                                                                  \
  PART(images)                                                                                                                     \
  PART(node_pools)                                                                                                                 \
  PART(triggers)                                                                                                                   \
  PART(user_growth)                                                                                                                \
  PART(bandwidth)                                                                                                                  \
  PART(leaks)                                                                                                                      \
  PART(accept)                                                                                                                     \
  PART(upstream)                                                                                                                   \
  PART(waking)                                                                                                                     \
  PART(slices)                                                                                                                     \
  PART(answers)                                                                                                                    \
  PARTS_MORE(PART)

enum part_number {
#define PART_NUMBER(name) PART_##name,
  PARTS(PART_NUMBER)
#undef PART_NUMBER
};

/* Room for numbers of parts, those that a program brings included: as many as a mask in a request has bits. */
enum { PARTS_MOST = 64 };

/* The parts of a world: the first member of struct world, so that a part's header reaches its room without knowing the rest.
 *
 *     static inline struct stocks *world_stocks(const struct world *w) { return world_part(w, PART_stock); } */
/* Keys that parts add, to service_record and to the root of a scenario. */
struct record;
extern const struct record *const *const parts_service_keys[];
extern const struct record *const *const parts_root_keys[];
extern const struct record *const *const parts_endpoint_keys[];
extern const struct record *const *const parts_nodes_keys[];

struct audit;
struct world;
struct world_parts {
  uint64_t kin;       /* of these, parts that follow children of requests */
  uint64_t present;   /* mask of the parts that it has */
  uint64_t staging;   /* those of them that follow what outages wait for */
  uint64_t following; /* those of them that follow every change of what is served */
  uint64_t placing;   /* those of them that have a say in where containers are */
  uint64_t forsaking; /* those of them that follow clients that give up */
  /* those of them that follow processes, by hook */
  uint64_t begins, serves, stops, stopped, dies, died, fetches, recovers, placed;
  uint16_t in_request[PARTS_MOST]; /* where its room begins in each request, in bytes; 0: it takes none */
  void *room[PARTS_MOST];          /* of each; null: it takes none, or the world lacks the part */
};

static inline void *world_part(const struct world *w, enum part_number part) {
  return ((const struct world_parts *)(const void *)w)->room[part];
}

/* The room of a part in a request. */
struct request;
static inline void *request_part(const struct world *w, const struct request *r, enum part_number part) {
  uint16_t at = ((const struct world_parts *)(const void *)w)->in_request[part];
  assert(at); /* nothing of a part that the world lacks is asked for */
  return (char *)(uintptr_t)r + at;
}

#endif
