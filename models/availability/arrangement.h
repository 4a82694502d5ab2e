/* Arrangement: what stands where in a world, kept up to date as containers change: the sum of its stance (stance.h), and how many
 * replicas of each service each machine carries.
 *
 * After each change of years without requests only the containers that the core has marked (world_touch) are looked at. Where
 * something else may have changed (machines, links, primaries, services that ail) all is counted again. Terms of the stance are
 * found when its sum is asked for: where nothing is strained it is not.
 *
 *     arrangement_follow(&a, world);              before the marks are taken away (models/availability/state.h)
 *     uint64_t sum = arrangement_sum(&a, world);  = stance_sum(world)
 *
 * `places` is the same for arrangements that have the same replicas, in rotation and serving, in rotation and hanging or dead, or
 * neither, on the same machines, and of versions that carry as much.
 *
 * Invariant: sum and crowd are those that counting from nothing gives: arrangement_audit, which the suite of states asks in worlds
 * with random faults. */
#ifndef ARRANGEMENT_H
#define ARRANGEMENT_H
#include <stdbool.h>
#include <stdint.h>

struct world;

struct arrangement {
  uint64_t places, rest; /* sums: of where containers are; of machines, links and services that ail */
  uint64_t terms, *term; /* of the stance: their sum; by container */
  uint32_t *home;        /* by container: its place in crowd, or NONE */
  uint32_t *node;        /* by container */
  uint8_t *astray;       /* by container */
  uint64_t *version;     /* by container: what its version changes (stance_version) */
  uint32_t *crowd;       /* by machine and service: replicas in rotation that serve */
  uint32_t services, machines;
  uint32_t changed;           /* replicas whose version changes something */
  uint32_t hung;              /* replicas in rotation that hang: their callers wait until they give up */
  uint32_t *late, late_count; /* containers whose terms are out of date */
  bool *is_late;              /* by container */
};

void arrangement_follow(struct arrangement *, struct world *);
uint64_t arrangement_sum(struct arrangement *, const struct world *);
bool arrangement_audit(struct arrangement *, const struct world *);

static inline const uint32_t *arrangement_crowd(const struct arrangement *a, uint32_t machine) {
  return a->crowd + (uint64_t)machine * a->services;
}

#endif
