/* The load sheet: what requests use up, a row for each resource, known from the scenario alone.
 *
 * At X requests per second a resource with demand D (resource seconds per request of the whole system, at its mix) and capacity C
 * is full at X = C / D. Each mechanism adds the rows of its own resources, next to its code: locks, disks, threads, permits. What
 * follows from the rows (ratios, the first to be full) is not known here.
 *
 * A row stands in the table by the kind of its resource; the kinds LOAD_COPIES to LOAD_CONNECTIONS go service by service. Rows of
 * one kind keep the order in which they were added, so nothing depends on the order of mechanisms of different kinds. A resource
 * without demand or without a bound has no row.
 *
 *     static void loads(const struct model *m, struct load_sheet *l) {
 *       for (each limit i of m that counts those inside)
 *         load_add(l, &(struct load){.kind = LOAD_PERMITS, .name = ..., .index = i, .demand_s = ..., .capacity = ...});
 *     }
 *     const struct load_part limits_load = {.loads = loads};    the part of limits has .load = &limits_load
 */
#ifndef LOAD_SHEET_H
#define LOAD_SHEET_H
#include "models/machine/hosts.h"
#include "models/request/program.h"

struct arena;
struct model;
struct service_config;

enum load_kind {
  LOAD_STOCK_ROWS, /* one at a time, whatever the machine */
  LOAD_LOCKS,
  LOAD_DISKS,
  LOAD_COPIES,    /* replicas that hold the same data and do different work */
  LOAD_COMPUTING, /* threads and cores of a service's replicas */
  LOAD_CONNECTIONS,
  LOAD_JOB_SLOTS,
  LOAD_PERMITS,
  LOAD_CORES,    /* of nodes, for all that run there */
  LOAD_BANDWIDTH /* of machines and replicas */
};

/* Whose resource it is: load.index counts services or node groups; of all together it is the mechanism's own. */
enum load_owner { LOAD_OF_ALL, LOAD_OF_SERVICE, LOAD_OF_NODES };

struct load {
  enum load_kind kind;
  enum load_owner owner;
  uint32_t index;
  const char *name;
  const char *part; /* which utilization of the owner: cpu, threads, connections or primary; null: none */
  bool divided;     /* each region has to bear its own: of all regions together it says too little */
  double demand_s;  /* of a request */
  double capacity;
  const char *remark; /* what it leaves out; null: nothing that is known */
  uint32_t sequence;  /* set when it is added */
  bool metered;
  uint32_t meter; /* metered: whose mean, over the capacity, is its utilization */
};

/* Which demand is asked for: of the traffic, per request; of jobs that the clock publishes, per second; with WAITED only of what
 * requests wait for. */
enum load_asking { ASKING_TRAFFIC = 1, ASKING_CLOCK = 2, ASKING_WAITED = 4 };

/* What requests that enter in one region ask, where the replicas of some services serve their own region only. */
struct load_region {
  int32_t region;         /* -1: all requests, all replicas */
  const double *shares;   /* by endpoint: of all requests, those that enter it there */
  const double *replicas; /* by service: how many take their calls; of a service that is divided by region, those there */
};

struct load_sheet {
  const struct demand_sums *sums;
  int32_t region;            /* see struct load_region */
  const struct hosts *hosts; /* by service: where it runs */
  const double *replicas;    /* by service: how many share its load */
  struct load *rows;
  uint32_t count, room;
  struct arena *arena;
};

/* What is asked of a part's resources. Every member may be null. */
struct load_part {
  /* Before programs are walked. */
  void (*prepare)(const struct model *, struct demand_sums *, struct arena *);
  /* Adds what is asked for by nothing in the programs of endpoints, after these. */
  void (*asks)(const struct model *, const struct demand_sums *, int asking, struct arena *);
  /* When all is asked: how much more it is than it seems. */
  void (*weighs)(const struct model *, const struct demand_sums *);
  /* Adds rows. */
  void (*loads)(const struct model *, struct load_sheet *);
};

/* By service: where it runs. */
const struct hosts *load_hosts(const struct model *, struct arena *);
/* Sums of what programs ask, all zero, with the speeds of the cores that each service runs on. */
struct demand_sums load_demand(const struct model *, struct arena *);
/* All rows, when each service has this many replicas. */
struct load_sheet load_sheet_of(const struct model *, const double *replicas, int asking, struct arena *);

/* Rows of one region. */
struct load_sheet load_sheet_in(const struct model *, const struct load_region *, int asking, struct arena *);
/* The service's replicas serve the calls of their own region, and others only when a region has none in rotation. */
bool load_is_divided(const struct service_config *);
/* How many of its replicas are in the region. */
double load_replicas_in(const struct service_config *, uint32_t region);

/* For mechanisms: adds a row, which it copies. */
void load_add(struct load_sheet *, const struct load *);
/* "", " x 4" or " x 2 of 4": behind the name of what all replicas of the service have together. */
const char *load_times(const struct load_sheet *, const struct service_config *, double replicas);

#endif
