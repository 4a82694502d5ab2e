/* Stance: what of a platform works at an instant, apart from all that is under way.
 *
 * Which nodes are up, where each replica is, whether it serves and whether callers choose it, which version it runs and which share
 * of the calls that gets, which links are cut or slow, and which services ail. It is taken from one world and put upon another of
 * the same scenario, whose orchestrator is frozen as far as nodes go: what is dead stays dead there until something else is put
 * upon it. Parts act on what they see (a failover happens as in any run).
 *
 * Stances that differ only in which of several equal nodes or replicas it is, and in who shares a node with whom, have the same
 * sum: how many of each service do what, in each zone. Replicas that are not alike (shards, replication) count with their numbers.
 *
 *     struct stance *s = stance_of(world, arena);
 *     stance_freeze(other);
 *     stance_impose(other, nominal, s);           what differs between the two is done to the world
 *     uint64_t sum = stance_sum(world); */
#ifndef STANCE_H
#define STANCE_H
#include <stdbool.h>
#include <stdint.h>

struct arena;
struct container;
struct service_config;
struct slow_link;
struct world;

struct stance_node {
  bool up, detected;
  uint32_t group;
};

struct stance_container {
  uint32_t node; /* or NONE */
  uint8_t state; /* enum container_state; UP if it serves, DOWN while it starts, HUNG */
  bool in_rotation, unhealthy, withheld, ready;
  const struct service_config *version; /* that it runs; null: the scenario's own */
  uint32_t build;
};

struct stance_service {
  double calls, writes, slower; /* shares that get through; how much longer it takes */
  bool split;                   /* calls are divided by version: the build has this share of them */
  uint32_t build;
  double share;
};

struct stance {
  uint32_t node_count, container_count, service_count, regions;
  struct stance_node *nodes;
  struct stance_container *containers;
  struct stance_service *services;
  bool *cut;              /* by two regions */
  struct slow_link *slow; /* likewise; times 1, delay 0: it is not */
};

struct stance *stance_of(const struct world *, struct arena *);
uint64_t stance_sum(const struct world *);
/* What it is the sum of: a term for each container, and one for machines, links and services that ail. */
uint64_t stance_of_container(const struct world *, const struct container *);
uint64_t stance_of_rest(const struct world *);
void stance_freeze(struct world *);
void stance_impose(struct world *, const struct stance *from, const struct stance *to);

/* What a version changes of how calls are carried: that it is slower, and which share of the calls is meant for it. 0: nothing. */
uint64_t stance_version(const struct world *, const struct container *);

/* Mixes a word into a sum; the order matters. */
uint64_t stance_mix(uint64_t sum, uint64_t word);

#endif
