/* The members of the family of strategies, in the order of their words. A new one: strategy_NAME.c with `const struct strategy
 * strategy_NAME`, and a line here. */
#ifndef STRATEGIES_H
#define STRATEGIES_H
#include "models/release/release.h"

/* One way of bringing a version out. */
struct strategy {
  struct member member;
  uint32_t suits, usual; /* bits of enum update_style: which platforms can do it, and do it where nothing is said */
  bool sizes;            /* it says how many replicas there are while it is at work */
  bool strict;           /* replicas that are missing by themselves are none that it may take besides */
  /* Checks and derives. May be null. */
  void (*link)(struct linker *, const struct service_config *, struct update_config *, const char *path);
  /* Containers that it may need beyond those of the service. May be null. */
  uint32_t (*spare)(const struct service_config *, const struct update_config *);
  void (*begin)(struct rollout *); /* may be null */
  void (*look)(struct rollout *);  /* something has changed, or its wait has ended */
};

#define STRATEGIES(STRATEGY)                                                                                                       \
  STRATEGY(platform)                                                                                                               \
  STRATEGY(rolling)                                                                                                                \
  STRATEGY(ordered)                                                                                                                \
  STRATEGY(recreate)                                                                                                               \
  STRATEGY(tasks)                                                                                                                  \
  STRATEGY(canary)                                                                                                                 \
  STRATEGY(blue_green)

#define STRATEGY_DECLARE(name) extern const struct strategy strategy_##name;
STRATEGIES(STRATEGY_DECLARE)
#undef STRATEGY_DECLARE

/* --- what they have in common (rollout.c) ------------------------------------------------------------------------------------ */

/* How many replicas of a service there are, apart from those on their way out. */
struct census {
  int64_t fresh, old;             /* of the build that goes out, and others */
  int64_t fresh_ready, old_ready; /* of these that are available: ready for min_ready */
  int64_t going;                  /* on their way out */
  sim_time next;                  /* the next one that is ready becomes available; SIM_NEVER: none */
};

struct census rollout_census(const struct rollout *);
const struct update_config *rollout_update(const struct rollout *);
/* The strategy's look comes at this time at the latest; SIM_NEVER: only when something changes. */
void rollout_waits(struct rollout *, sim_time until);
/* A new replica begins in an unused slot; false: there is none. */
bool rollout_begins_one(struct rollout *);
/* Brings the number of new replicas up to this. True: so many are available; else the strategy waits for the next. */
bool rollout_has_new(struct rollout *, int64_t wanted);
void rollout_ends(struct rollout *, struct container *);
void rollout_renews(struct rollout *, struct container *);
/* The first of the service's replicas by number, from this one on, that is not of the build; null: there is none. */
struct container *rollout_next_old(const struct rollout *, uint32_t from);
bool rollout_available(const struct rollout *, const struct container *);
/* All that it has to do is done. */
void rollout_done(struct rollout *);
/* Brings the version before out. */
void rollout_back(struct rollout *);

#endif
