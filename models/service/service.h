/* Services: everything that runs in containers on nodes, and external services, which run elsewhere.
 *
 * Nginx, a Node.js backend, MySQL, Redis: each is replicas of a container with a runtime. What differs is data: how many
 * threads can run at once, whether a request holds one while it waits, how many may wait to be accepted. */
#ifndef SERVICE_H
#define SERVICE_H
#include "models/service/autoscale.h"
#include "models/service/balancer/balancer.h"
#include "models/machine/scalability.h"
#include "models/core/parts.h"
#include "models/machine/memory.h"
#include "models/machine/quota.h"
#include "models/machine/runtime.h"
#include "models/service/shedding.h"
#include "sim/describe/field.h"
#include "sim/engine/distribution.h"

enum service_kind { SERVICE_APP, SERVICE_PROXY, SERVICE_DATABASE, SERVICE_CACHE, SERVICE_EXTERNAL, SERVICE_QUEUE };

struct resource_amounts {
  int64_t cpu;    /* millicores; INT64_MAX: unlimited */
  int64_t memory; /* bytes; INT64_MAX: unlimited */
};
struct resources_config {
  struct resource_amounts requests;
  struct limits_config limits;
};

/* Threads of every replica from a time on. */
struct shift_config {
  sim_time at; /* since the start of the run, as a rate's steps */
  int64_t threads;
};

/* In which order waiting requests are served. */
enum discipline { DISCIPLINE_FIFO, DISCIPLINE_PRIORITY };

/* What a version of a service does otherwise than the scenario says of it; all zero: nothing. */
struct version_traits {
  double slower_by;  /* its computations take 1 + this times as long */
  double errors;     /* share of its calls that fail at once */
  bool never_starts; /* its process ends instead of serving */
  bool never_ready;  /* its process starts for ever */
  uint32_t failed;   /* meter of what fails by `errors` */
};

struct service_config {
  const char *name;
  void *parts[PARTS_MOST]; /* what parts keep of it: service_part */
  int32_t kind, runtime, restart;
  int32_t preset; /* index into `presets`; means something only where the scenario gives one */
  struct balance_config balance;
  union {
    int64_t replicas; /* at the start */
    struct split replicas_by_region;
  };
  int64_t threads; /* that can run at once in one replica; 0 until linked: by kind */
  struct processes_config processes;
  int64_t workers; /* next to each event loop */
  struct warm_up_config warm_up;
  struct gc_config gc;
  struct memory_config memory;
  struct config_list shifts; /* struct shift_config, in order of time */
  int64_t backlog;           /* requests that may wait to be accepted */
  int64_t quorum;            /* replicas that must be up for any to serve */
  struct resources_config resources;
  struct autoscale_config autoscale; /* max 0: none */
  struct distribution start;         /* from the start of the process until it serves */
  struct references place;           /* node groups; none: any that no service is placed on */
  sim_time connect_timeout;          /* to a replica whose node is gone */
  struct distribution latency;       /* external */
  double failure;                    /* external: share of calls that fail */
  double weight;                     /* of its CPU share under contention */
  int32_t discipline;                /* enum discipline */
  sim_time queue_deadline;           /* SIM_NEVER: none */
  struct codel_config codel;         /* interval 0: none */
  uint32_t shed_meter;               /* set by the linker where anything is shed */
  int64_t active;                    /* derived: of its replicas that are called, where others stand by (takeover.h); 0: all are */
  bool uses_workers;                 /* derived: some step computes there */
  struct scalability_config scalability;
  struct config_list concurrency; /* struct concurrency_point, in order */
  int32_t primary_region; /* derived: of the first primary of a replicated database; -1: not known, or there are no places */
  bool reads_near;        /* derived: calls that any replica can answer stay in the caller's region */
  int64_t by_hand;        /* derived: replicas that a trigger may bring it to */
  bool embedded;          /* derived: a file that its callers read and write; it has no containers */
  bool wakes;             /* derived: its processes pay for waking (models/machine/waking.h) */
  bool may_ail;           /* derived: some fault may afflict it (models/service/affliction.h) */
  uint32_t spare;         /* derived: containers beyond its size, for roll-outs */
  struct version_traits traits;
  uint32_t lost_meter; /* of requests that a replica on its way out turned away or cut off; where it is rolled out */
};

extern const struct record service_record;

static inline void *service_part(const struct service_config *s, enum part_number part) { return s->parts[part]; }

/* It drops requests that have waited for too long. */
static inline bool service_sheds(const struct service_config *s) { return s->queue_deadline != SIM_NEVER || s->codel.interval; }

/* It has containers that are simulated. */
static inline bool service_runs(const struct service_config *s) { return s->kind != SERVICE_EXTERNAL && !s->embedded; }
/* An autoscaler brings what starts larger back to its maximum at once. */
static inline int64_t service_most_replicas(const struct service_config *s) {
  return s->autoscale.max ? s->autoscale.max : s->replicas;
}

/* Those of them that share the calls: the others stand by. */
static inline int64_t service_most_called(const struct service_config *s) {
  return s->active ? s->active : service_most_replicas(s);
}

/* Containers that the service may ever have at once; an autoscaled one has room for those that still drain. */
uint32_t service_capacity(const struct service_config *);

#endif
