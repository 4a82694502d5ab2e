/* The model of one scenario: everything the simulation needs, typed and linked, read-only while it runs.
 *
 * One `const struct model` is shared by all replications and threads. It is filled from field tables (each component's
 * header declares its record), names are indices after linking, and nothing in here points to text that a run compares. */
#ifndef MODEL_H
#define MODEL_H
#include "models/service/service.h"
#include "models/core/meter.h"
#include "models/core/observation.h"
#include "models/platform/platform.h"
#include "models/request/program.h"

struct probe_config {
  sim_time at;
};

/* A named part of the measured time, for claims. */
struct phase_config {
  const char *name;
  sim_time from, to; /* since the end of the warm-up */
};
enum { WARMUP_AUTO = -1 };

/* How the intervals are made: from independent replications, from one long run cut into batches, or from the latter where the
 * warm-up is longer than the window. */
enum run_method { METHOD_AUTO, METHOD_REPLICATIONS, METHOD_BATCHES };

struct run_config {
  sim_time window; /* measured */
  sim_time warmup; /* simulated before it; WARMUP_AUTO until it is linked */
  sim_time start;  /* time of day at time zero, ns since midnight */
  int32_t weekday; /* of time zero: days from Monday */
  int64_t replications;
  int64_t budget;            /* most replications that undecided claims may buy; 0: ten times `replications` */
  double precision;          /* relative half-width wanted of the claims; 0: none */
  int32_t method;            /* enum run_method */
  int64_t windows;           /* equal parts of the window, for series and claims over a part */
  struct config_list phases; /* struct phase_config */
  struct config_list probes; /* struct probe_config */
  int64_t years;             /* of the availability run; 0: none */
  int64_t years_per_replication;
  uint64_t seed;
  /* Derived by model_link. */
  bool auto_warmup; /* the scenario leaves `warmup` to the program */
  bool find_warmup; /* `warmup` is 0 so far: a study finds it */
  bool settles;     /* it is required to: nothing grows without end */
  bool biased;      /* set for runs of years only: models/faults/biasing.h */
  bool imposed;     /* set for courses only, whose sizes are given: models/availability/course.h */
  bool stationary;  /* every rate is constant and nothing is drilled at a given time: time of the run does not matter */
};

extern const struct record run_record;

struct model {
  struct config_list endpoints; /* struct endpoint_config */
  struct config_list services;  /* struct service_config */
  struct platform_config platform;
  struct run_config run;
  void *parts[PARTS_MOST]; /* what parts keep of it: model_part */
  /* Derived by model_link. */
  struct program *programs; /* one an endpoint, then one a queue, then one a replicated database: what its workers run */
  uint32_t program_count;
  struct lock_book *locks; /* what can be locked; grows while programs are compiled */
  uint32_t *queue_order;   /* a queue stands before those that its jobs publish to */
  uint32_t job_workers_count, job_ranks;
  struct meter_config *meters;
  uint32_t meter_count, guard_count;
  uint32_t role_count;             /* of replicas, of all databases */
  bool has_memory;                 /* some service */
  uint32_t node_memory;            /* meter of the first node group, the others follow */
  uint8_t *rank_of;                /* by source and endpoint: 0 is served first; null while all are alike */
  uint32_t ranks;                  /* different ones */
  struct shard_cells *shard_cells; /* by keyspace; null: nothing has shards */
  uint32_t node_count, container_count;
  double *endpoint_share;          /* mean share of each endpoint in all requests; sums to 1 */
  double requests;                 /* that one replication simulates, estimated: closed users as if nothing took time */
  bool counts_ways;                /* bytes by the way that they take: something has a price by it */
  bool records_waits, records_use; /* set by what is asked of the run, before it begins */
  struct arena *arena;
};

/* Reports an error of the scenario that only shows when its parts are put together. path: such as "endpoints.buy"; key: the key
 * in it that is to blame, or null; at: the member of the configuration that is to blame, which is closer, or null; warning: null,
 * or the id of what is only doubtful. */
typedef void model_error(void *context, const char *path, const char *key, const void *at, const char *warning,
                         const char *message);

/* Compiles programs and checks what concerns several parts. Returns whether no error was reported. */
bool model_link(struct model *, struct arena *, model_error *, void *context);
/* Derives from how steady the load is whether the time of the run matters, and the warm-up where the scenario leaves it open: once
 * while linking, and again when something that happens at an instant was taken out of the model or put in. */
void model_derive_warmup(struct model *);

static inline void *model_part(const struct model *m, enum part_number part) { return m->parts[part]; }

static inline const struct service_config *model_service(const struct model *m, uint32_t i) {
  return (const struct service_config *)m->services.items + i;
}
static inline const struct endpoint_config *model_endpoint(const struct model *m, uint32_t i) {
  return (const struct endpoint_config *)m->endpoints.items + i;
}
static inline const struct node_group *model_nodes(const struct model *m, uint32_t i) {
  return (const struct node_group *)m->platform.nodes.items + i;
}

/* Of the scenario's places; 0: it has none. */
static inline uint32_t model_regions(const struct model *m) { return m->platform.regions.list.count; }
static inline const struct region_config *model_region(const struct model *m, uint32_t i) {
  return regions_at(&m->platform.regions, i);
}

/* Some program has branches. */
bool model_forks(const struct model *);
/* What a replication observes; without traffic next to nothing. */
struct observation_plan model_observation_plan(const struct model *, bool traffic);

#endif
