/* Load balancers: which replica in rotation gets the next request.
 *
 * Routing is a separate thing from health: a dead replica keeps its share until the orchestrator takes it out of rotation. */
#ifndef BALANCER_H
#define BALANCER_H
#include <stdint.h>

struct world;
struct service;

/* One way of choosing: an index into service->rotation, which is not empty. What is random is drawn from the request's own
 * stream, stream_at(key, n). */
struct balancer {
  const char *name;
  uint32_t (*pick)(struct world *, struct service *, uint64_t key, uint64_t n);
};

enum { BALANCER_ROUND_ROBIN, BALANCER_RANDOM, BALANCER_LEAST_CONNECTIONS };
extern const struct balancer balancers[]; /* the order of balancer_words */
extern const char *const balancer_words[];

#endif
