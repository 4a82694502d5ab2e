/* Releases: a new version of a service goes out, as its orchestrator or its people do it.
 *
 *     "services": { "api": { ..., "update": { "kind": "rolling", "surge": 1, "unavailable": 0, "pre_stop": "5s" } } }
 *     "releases": { "weekly": { "services": "api", "every": "Tuesday 10:00",
 *                               "bad": { "probability": "10%", "kind": "errors", "errors": "3%" } } }
 *
 * A release says what changes and when: at a time, by a calendar, or at random. It is a fault to those that ask what was lost to
 * it (models/faults: rto(weekly), causes, the drill): it strikes when it begins, and its repair is the roll-back of a bad one,
 * after `detect` and what people need. How a version is brought out is the service's: a strategy (strategies.h), a member of a
 * family, one file each. A strategy looks at the replicas whenever one has changed, and begins, ends or renews some through the
 * orchestrator.
 *
 *     release strikes --> roll-out of each of its services --strategy looks, acts, waits--> done
 *                              bad: ... --noticed, people, or the strategy itself--> roll-out of the version before --> done
 *
 * A version is a copy of the service's configuration with what the release changes (service_config.traits and the like); replicas
 * read it through container_config. Their `build` says which roll-out it came with: equal versions of two releases are two builds.
 *
 * The same code plays in years of faults and in traffic. In years a replica that is on its way out and still in rotation serves
 * nothing, a version that fails a share of its calls serves the rest; requests inside that are cut off are not seen there.
 *
 * Invariants (audit_releases.c): by its own doing a roll-out never leaves fewer ready replicas, nor makes more, than its strategy
 * allows; a service without a roll-out under way has replicas of one build only. */
#ifndef RELEASE_H
#define RELEASE_H
#include "models/core/parts.h"
#include "models/faults/fault.h"
#include "models/platform/farewell.h"
#include "models/service/service.h"
#include "sim/engine/calendar.h"
#include "sim/engine/stream.h"

struct container;
struct linker;
struct model;
struct service_config;
struct strategy;
struct world;

/* Key "update" of a service. */
struct update_config {
  const struct strategy *kind; /* linked: never the one that stands for the platform's own */
  struct farewell farewell;    /* linked: the grace is never -1 */
  sim_time schedule;
  /* Deployments. */
  struct amount surge, unavailable;
  sim_time min_ready, deadline;
  int64_t partition;
  /* Tasks of a swarm. */
  int64_t parallelism;
  int32_t order, on_failure;
  sim_time delay, monitor;
  double max_failure;
  /* With a weighted route. */
  struct config_list stages; /* struct canary_stage */
  double abort_errors;       /* NAN: errors are not looked at */
  sim_time abort_latency;
  double percentile;
  sim_time judged;
  sim_time switch_over, keep;
  /* Linked. */
  bool given;   /* the scenario has one, or a release of the service */
  double calls; /* of the service for each request of the whole system */
};

struct canary_stage {
  double weight;
  sim_time lasts;
};

enum bad_kind { BAD_ERRORS, BAD_SLOW, BAD_LEAK, BAD_NEVER_READY, BAD_NEVER_STARTS };

struct bad_config {
  double probability;
  int32_t kind; /* enum bad_kind */
  double errors, slower;
  int64_t leak;
};

struct release_config {
  const char *name;
  struct references services;
  double rate;
  /* What changes. */
  double slower, errors;
  struct distribution start;
  int64_t memory, leak; /* -1: as before */
  struct bad_config *bad;
  struct fault_config fault; /* its timing and its repair; linked: appended to the model's faults */
  /* Linked. */
  uint32_t number;                        /* of the fault */
  const struct service_config **good;     /* by index in `services` */
  const struct service_config **bad_ones; /* null: it is never bad */
  uint32_t bad_meter, back_meter, stuck_meter, took_meter, failed_meter, false_meter, missed_meter, left_out_meter;
};

/* --- for orchestrators ------------------------------------------------------------------------------------------------------- */

/* Null: the service does not say how it is updated, and nothing brings it out. */
const struct farewell *service_farewell(const struct service_config *);
/* From the decision to have a new replica until its process begins. */
sim_time service_schedule(const struct service_config *);
/* A roll-out is under way that says how many replicas there are. */
bool release_sizes(const struct world *, uint32_t service);
/* Something has changed that roll-outs may go by: readiness, a replica that has gone. */
void releases_look(struct world *);

/* --- at work ----------------------------------------------------------------------------------------------------------------- */

struct rollout {
  struct world *world;
  uint32_t service;
  const struct release_config *release; /* the last one; null: none yet */
  const struct service_config *from, *to;
  uint32_t from_build, build, builds; /* builds: numbers dealt so far */
  bool active, bad, back;             /* bad: `to`, or what it goes back from, is; back: it is a roll-back */
  bool stuck;                         /* its deadline has passed */
  sim_time begun, moved_at;           /* moved_at: the last progress */
  uint32_t seen;                      /* replicas of the new build that are available, at the last look */
  slot_id timer;                      /* the strategy's wait, or the deadline */
  sim_time waits_until;               /* the strategy's wait; SIM_NEVER: none */
  /* The strategy's own. */
  int64_t allowed_low, allowed_high; /* of ready replicas, by its own doing; of all that are there */
  int64_t worst_low, worst_high;     /* by how many these were broken */
  uint32_t stage, failures, cursor;
  uint32_t chosen; /* container, or NONE */
  sim_time stage_from, judged_at;
  bool split;      /* its calls are divided by version */
  sim_time *since; /* by replica: when it became available in the new build; 0: it is not; null: nobody asks */
};

struct release_state {
  struct stream draws;
  bool bad; /* what it brought out last is bad, and is not taken back */
};

struct levels;
struct releases {
  struct levels *levels;      /* in years: what is offered; null: nobody judges */
  struct rollout *of;         /* by service */
  struct release_state *each; /* by release */
  uint32_t active;
  slot_id slot;
};

static inline struct releases *world_releases(const struct world *w) { return world_part(w, PART_releases); }
static inline const struct config_list *model_releases(const struct model *m) { return model_part(m, PART_releases); }
static inline const struct release_config *model_release(const struct model *m, uint32_t i) {
  return (const struct release_config *)model_releases(m)->items + i;
}
static inline struct update_config *service_update(const struct service_config *s) { return service_part(s, PART_releases); }

void audit_releases(const struct audit *);

#endif
