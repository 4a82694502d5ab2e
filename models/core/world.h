/* The world of one replication: all that moves.
 *
 * Built from a `const struct model` and a (seed, replication), run once, then read and freed. Components find each other
 * through it; there are no globals. Arrays are sized when it is built; requests live in a pool that grows with requests in
 * flight.
 *
 *     struct world *w = world_new(model, seed, replication, WORLD_TRAFFIC);
 *     world_run(w);
 *     ... read w->observation, w->services, w->nodes ...
 *     world_free(w);
 */
#ifndef WORLD_H
#define WORLD_H
#include "models/machine/container.h"
#include "models/request/origin.h"
#include "models/machine/node.h"
#include "models/core/model.h"
#include "models/core/observation.h"
#include "models/core/parts.h"
#include "models/request/request.h"
#include "sim/engine/event_set.h"
#include "sim/engine/pool.h"
#include "sim/stats/level.h"
#include <stdatomic.h>

/* What a stream of random numbers is for: the third key of a stream. The order is part of the results: only append. Entities
 * are named, and numbered within their name: one neighbour more shifts no other's draws. */
enum purpose {
  PURPOSE_ARRIVALS = 1, /* entity: source */
  PURPOSE_REQUEST,      /* entity: source; then request n of it */
  PURPOSE_FAULT,        /* entity: fault; then node or replica */
  PURPOSE_LIFE,         /* entity: service and replica: start times, probes */
  PURPOSE_DETECTION,    /* entity: node: heartbeat phases */
  PURPOSE_THINKING,     /* entity: source; then user and n */
  PURPOSE_SCALER,       /* entity: service: phase of its autoscaler */
  PURPOSE_BUSYNESS,     /* entity: source: its factor of the day */
  PURPOSE_BURST,        /* entity: source: the states of its burst */
  PURPOSE_BATCH,        /* entity: source: sizes of its batches */
  PURPOSE_REPLAY,       /* entity: source; then round and arrival of its trace: scale and spread */
  PURPOSE_ROOM,         /* entity: source; then n: what a client does in the waiting room */
  PURPOSE_LOTTERY,      /* entity: waiting room: whose turn it is */
  PURPOSE_ATTEMPT,      /* not of the seed but of a caller's draws: instruction and attempt; attempt 0: its pauses */
  PURPOSE_KEY,          /* entity: source and client: the item of a keyspace that is the client's */
  PURPOSE_BRANCH,       /* not of the seed but of a caller's draws: number of the fork; branch and copy */
  PURPOSE_GC,           /* entity: service and replica; then process: its pauses */
  PURPOSE_COMMIT,       /* entity: database: flushes of its log */
  PURPOSE_JOB,          /* entity: queue and schedule; then n. Also not of the seed but of the publisher: instruction and number */
  PURPOSE_SIZE,         /* entity: keyspace and item: bytes of its value */
  PURPOSE_CACHE,        /* not of the seed but of a request's draws: instruction and service; victims and jitter of a fill */
  PURPOSE_FAILOVER,     /* entity: database: how long its failovers take, what is lost by them */
  PURPOSE_REFRESH,      /* not of the seed but of a request's draws: early rebuilds; the draws of one in the background */
  PURPOSE_SHARD,        /* entity: service and shard: how long its failovers take */
  PURPOSE_BROADCAST,    /* not of the seed but of a sender's draws: instruction and replica */
  PURPOSE_PLACE,        /* entity: source; then client: where it is, and which resolver it asks */
  PURPOSE_VOLUME,       /* entity: service and replica: how long its volume is detached, when its pod is deleted */
  PURPOSE_ELECTION,     /* entity: the managers of a swarm: their leaders, and how long elections take */
  PURPOSE_SNAPSHOT,     /* entity: service and replica: the phase of its snapshots or of its log */
  PURPOSE_ADDRESS,      /* entity: service, replica and pool: how much longer it keeps the address of an old primary */
  PURPOSE_CHECK,        /* entity: region and entry: when its health checks are made */
  PURPOSE_COPIES,       /* entity: service and replica: what goes when a copy is full */
  PURPOSE_HEALTH_CHECK, /* entity: service and replica: the phase of its checks */
  PURPOSE_PROBE,        /* entity: service and replica: the phases of its probes */
  PURPOSE_TAKEOVER,     /* entity: service: how long its take-overs take, which are not covered */
  PURPOSE_RELEASE,      /* entity: release: which of them are bad */
  PURPOSE_PROVISION,    /* entity: node group; then n: until a machine that was asked for joins */
  PURPOSE_SPOT,         /* entity: node; then life: until it is taken back */
  PURPOSE_NODE_SCALER,  /* the phase of the node autoscaler's scans; then choices: among options */
  PURPOSE_TRIGGER,      /* entity: trigger; then n: how long it takes */
  PURPOSE_DRAIN,        /* entity: fault; then n: how long the work on a machine takes */
  PURPOSE_MIGRATION,    /* entity: fault; then n: what its stages take, and whether the data are right */
  PURPOSE_LEAK,         /* entity: container; then n: how many requests it stands in years */
  PURPOSE_SITE,         /* entity: a set of addresses; then client: which one it is behind */
  PURPOSE_LOCK,         /* entity: what is locked; then n: which of those that wait gets it */
  PURPOSE_WAKE          /* entity: service and replica: what it costs to wake */
};

/* What follows a run from outside, and may end it. It is asked now and then, between two events, and changes nothing in a run that
 * it lets go on. */
struct world_watch {
  const atomic_int *interrupted;                    /* not zero: the run is to be abandoned; may be null */
  void (*moved)(void *context, sim_time simulated); /* may be null */
  void *context;
};

enum world_mode { WORLD_TRAFFIC, WORLD_AVAILABILITY };

struct instruction;
struct service;
struct world;

/* How calls of a service find their replica, where more than its balancer has a say. */
struct routing {
  bool divided; /* the replicas are not alike: it is asked whichever route the call takes */
  uint32_t (*pick)(struct world *, struct service *, const struct instruction *, const struct request *);
  /* Takes no such calls just now; null: it always does. */
  bool (*refuses)(const struct world *, const struct service *, const struct instruction *, const struct request *);
};

/* Calls of a service that are divided between a new version and all others by weight, whatever the numbers of replicas
 * (models/release/split.h). What was seen of the new one since the last judgement is counted here. */
struct version_split {
  uint32_t build;
  double share;   /* of the calls that the build gets, as long as both have a replica in rotation */
  sim_time limit; /* an answer that took longer is slow; SIM_NEVER: none is */
  uint64_t calls, failures, answers, slow;
  bool stale;                             /* the rotation has changed */
  uint32_t *side[2], count[2], cursor[2]; /* of the rotation: others, and those of the build */
};

/* A service at work: its containers are contiguous in world->containers. */
struct service {
  const struct service_config *stated;  /* what the scenario says; read through service_config */
  const struct service_config *current; /* the version that a new replica runs, and its number (container->build) */
  uint32_t build;
  uint32_t index, first, capacity; /* containers first .. first + capacity - 1 */
  uint32_t primary;                /* the container that takes the writes */
  uint32_t *rotation;              /* containers that callers choose among */
  uint32_t in_rotation, cursor;
  const struct routing *routing; /* null: the balancer decides */
  struct version_split *split;   /* null: calls are not divided by version */
  struct shards *shards;         /* null: every replica has all */
  uint32_t log;                  /* the first of its logs among world_databases(world)->logs */
  struct balancing *balancing;   /* null: its balancer knows nothing */
  double slower;                 /* factor of the time of its computations (models/service/affliction.h); 1: none */
  uint32_t up;                   /* containers whose process serves */
  int32_t desired;               /* replicas wanted */
  struct level replicas;         /* in rotation, over time */
  double replicas_measured;      /* replica ns in the measured time */
  int64_t replicas_most;
  /* With shifts: integrals over the measured time of threads, and of the cores that they can use, times replicas in rotation. */
  double thread_ns, core_ns;
  double replicas_at_shift; /* integral of replicas when they last changed */
  int64_t threads;          /* of each replica now */
  uint32_t shift;           /* the next to begin */
  slot_id shift_slot;
  struct replication *replication; /* null: data are everywhere at once */
  struct nearby *nearby;           /* its rotation by region; null: it has not been asked for */
  struct nearby *zones;            /* by zone; null: no caller prefers its own */
};

/* Behind the cells of every request: the room of parts, and what it holds in a new one. */
struct request_room {
  uint32_t at, size;
  void *image;
};

struct world {
  struct world_parts parts; /* the first member: models/core/parts.h */
  const struct model *model;
  struct arena *arena;
  struct calendar *calendar;
  uint64_t seed;
  uint32_t replication;
  enum world_mode mode;
  sim_time measured_from, measured_until, horizon; /* horizon: the end of the run */

  struct node *nodes;
  struct container *containers;
  struct service *services;
  /* How much longer a message takes from one replica to another one than its way does; null: a client; edge: the region whose entry
   * it was sent to, or -1. Null: bytes take no time and nothing counts them (models/network/bandwidth.h). */
  sim_time (*carries)(struct world *, const struct container *from, const struct container *to, int32_t edge, double bytes);
  uint32_t node_count, node_room, container_count; /* node_count: those that are away too, see world_next_node */

  struct origin *origins; /* by source */
  struct pool requests;   /* struct request, its cells, the room of parts */
  uint32_t cells;         /* of every request */
  struct request_room request_room;
  const struct world_watch *watch; /* may be null */
  sim_time stride;                 /* simulated between two looks at the watch */
  bool abandoned;                  /* by the watch: what was observed is not whole */
  bool overflowed;                 /* more than REQUESTS_MOST inside, or CLIENTS_MOST about: the run was stopped */
  struct timer_heap *sleepers;
  struct timer_heap *patience; /* of requests in queues; null where all wait for ever */
  struct lane *soon;           /* no delay: what is woken within the same instant */
  struct lane **unreachable;   /* by service: connection attempts to a lost node */

  const struct orchestrator *orchestrator;
  void *orchestrating; /* the orchestrator's own, of the size `room`; null: it keeps nothing */

  /* Since the last look at what is served (models/availability/state.h): containers of which routing may see something new, each
   * once, and whether anything else that it goes by may have changed. */
  uint32_t *touched, touched_count;
  bool changed_otherwise;
  uint32_t impaired; /* links between regions that are cut now, processes that hang, replicas whose version fails some calls */

  double *unresolved; /* by region of clients, or of all: share that finds no address (models/service/affliction.h); null: all do */
  int32_t striking;   /* the fault that struck last, or -1, and when */
  sim_time struck_at;

  struct observation observation;
  struct arena *observed; /* where it is; null: it was given away */
  struct use_marks use_marks;
  uint32_t *probes; /* waiting clients at the scenario's probes */
};

/* What the scenario says of the service as a whole; a replica goes by container_config. */
static inline const struct service_config *service_config(const struct service *s) { return s->stated; }

/* Fewer replicas are up than the service needs for any of them to serve. With a quorum of one, a lone dead replica is simply
 * dead: its callers are refused, or wait for it without success. */
static inline bool service_lacks_quorum(const struct service *s) {
  return service_config(s)->quorum > 1 && s->up < (uint64_t)service_config(s)->quorum;
}

struct world *world_new(const struct model *, uint64_t seed, uint32_t replication, enum world_mode);
/* Before it runs. The watch outlives the world. */
void world_follow(struct world *, const struct world_watch *);
void world_run(struct world *);
void world_free(struct world *);
/* The arena of what was observed: the caller's from now on. The world reads it until it is freed. */
struct arena *world_give_observation(struct world *);

/* A run in parts, for one long run that is read at instants of the caller's choice: warm up, measure up to one instant after
 * the other (what was measured so far may be read after each), close. */
void world_warm_up(struct world *);
void world_measure_until(struct world *, sim_time);
void world_close(struct world *);

static inline sim_time world_now(const struct world *w) { return calendar_now(w->calendar); }
/* The fault that strikes at this instant, or -1. */
static inline int32_t world_cause(const struct world *w) { return w->struck_at == world_now(w) ? w->striking : -1; }
/* Routing may see something new of the container: its process, its place, whether it is in rotation. */
static inline void world_touch(struct world *w, struct container *c) {
  if (c->touched) return;
  c->touched = true;
  w->touched[w->touched_count++] = c->id;
}
/* The instant after a delay; one beyond the end of time is never reached. */
static inline sim_time world_after(const struct world *w, sim_time delay) {
  return delay < SIM_NEVER - 1 - world_now(w) ? world_now(w) + delay : SIM_NEVER - 1;
}
/* There is no room for more: the run stops. */
static inline void world_overflows(struct world *w) {
  w->overflowed = true;
  calendar_stop(w->calendar);
}
/* Null: no memory is modelled. */
static inline struct memory_book *world_memory(const struct world *w) { return world_part(w, PART_memory); }
/* Of the nodes that are not away: the one behind it, in the order of their indices, or the first behind null; null behind the
 * last. */
static inline struct node *world_next_node(const struct world *w, const struct node *n) {
  for (uint32_t i = n ? n->index + 1 : 0; i < w->node_count; i++)
    if (w->nodes[i].membership != NODE_AWAY) return &w->nodes[i];
  return NULL;
}
static inline struct request *world_request(const struct world *w, uint32_t id) { return pool_at(&w->requests, id); }
static inline struct service *world_service_of(const struct world *w, const struct container *c) {
  return &w->services[c->service];
}
/* How fast it computes on its node. */
static inline double container_speed(const struct world *w, const struct container *c) {
  return w->nodes[c->node].group->speed / (w->services[c->service].slower * (1 + c->version->traits.slower_by));
}
/* The region of the node that the container is on; -1: it is on none, or there are no places. */
static inline int32_t container_region(const struct world *w, const struct container *c) {
  return c->node == NONE ? -1 : w->nodes[c->node].region;
}

#endif
