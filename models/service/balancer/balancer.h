/* Load balancers: which replica in rotation gets the next request.
 *
 * Routing is a separate thing from health: a dead replica keeps its share until the orchestrator takes it out of rotation, or until
 * the balancer itself has seen it fail often enough (ejection.h).
 * A policy is a member of the family in balancers.h: a file each, with its word, its keys and its checks.
 *
 * One balancer serves all callers of a service: cursors, counts and means are common, ejections are each calling replica's own
 * unless shared, and so are the connections where a balancer only chooses once for each of these (keepalive.h).
 *
 * Slow start: for `slow_start` after a replica has come into rotation (or come back) its weight is age / slow_start; those that
 * were up when the run began have their whole weight. Next to n others with theirs it gets w / (n + w) of the calls by turns or by
 * chance, weighted or not. Where the policy looks at loads, times or items, a call that would go to it goes there with probability
 * w, else to the best of the others. While all candidates are new, weights are relative to the oldest of them.
 *
 * Invariant: load[k] is the number of requests that were sent to replica k and have neither left it nor died with it. */
#ifndef BALANCER_H
#define BALANCER_H
#include "models/service/ejection.h"
#include "models/service/keepalive.h"
#include "sim/engine/calendar.h"

struct balancer;
struct container;
struct frame;
struct hash_ring;
struct instruction;
struct model;
struct request;
struct service;
struct service_config;
struct world;

enum balance_per { PER_REQUEST, PER_CONNECTION };

enum { POWER_MOST = 64, BALANCING_LOGS = 64 };

struct balance_config {
  const struct balancer *policy;
  int32_t per;      /* enum balance_per */
  int64_t power_of; /* replicas to draw; 0: look at all */
  bool distinct;
  struct weights weights; /* by node group; none: its speed */
  sim_time decay;
  sim_time stale;      /* 0: always up to date */
  int32_t keys;        /* keyspace, or -1: by client */
  int64_t points;      /* on the ring, of each replica */
  sim_time slow_start; /* 0: a new replica has its whole share */
  double bound;        /* times the mean load that a replica takes; 0: any */
  struct keepalive_config keepalive;
  struct ejection_config eject;
  /* Derived by balancer_link. */
  double *group_weight; /* by node group; null: weights do not matter */
  const struct hash_ring *ring;
  uint32_t opened, idle, ejections; /* meters */
  bool counts;                      /* it knows the loads, whatever its policy */
};

extern const struct record balance_record;

/* Null, or what is wrong and in *key the key to blame. */
const char *balancer_link(struct model *, struct service_config *, const char **key);

/* --- while running --------------------------------------------------------------------------------------------------------- */

/* Recent mean response time of a replica, in ns. lift = log(mean) + at / decay: of two replicas the one with the lower lift is
 * faster, at any later instant, as both fade alike. at < 0: nothing is known. */
struct response_estimate {
  double mean, lift;
  sim_time at;
};

/* What the balancer of a service knows, by number of the replica. Null where its policy knows nothing. */
struct balancing {
  uint32_t *load, *seen_load; /* seen: what the choice is made by; the same array unless stale */
  struct response_estimate *time, *seen_time;
  uint32_t total;      /* sum of load */
  double *weight;      /* of those in rotation */
  double *current;     /* what it has gained in turns */
  double *up_to;       /* by place in the list of candidates: sum of weights */
  bool summed;         /* up_to is that of the whole rotation */
  double *log_of;      /* log (load + 1), for small loads */
  uint32_t *left;      /* scratch: candidates that are not ejected */
  sim_time *came;      /* into rotation; null: no slow start */
  uint32_t *fewer;     /* scratch: candidates that slow start has not left out */
  sim_time all_old_at; /* from then on all replicas have their whole weight */
  slot_id update;
  struct keepalive **kept;    /* by calling container; null: it has not called yet */
  struct ejector **suspicion; /* by calling container; the last: clients, or all where it is shared */
};

/* A choice to be made among candidates (containers), of which there is at least one. What is random is drawn from the request's own
 * stream, stream_at(r->key, draw). */
struct pick {
  struct world *w;
  struct service *s;
  struct balancing *b;
  const struct request *r;
  uint64_t draw;
  const uint32_t *candidates;
  uint32_t count;
  const struct ejector *ejector; /* null: no replica is ejected */
};

/* Chooses: returns a container. */
typedef uint32_t balancer_pick_one(const struct pick *);

/* A policy: one way of choosing. */
struct balancer {
  struct member member;
  balancer_pick_one *pick;
  balancer_pick_one *again; /* for further calls of one request, where turns would follow its first; null: pick */
  bool knows_nothing;       /* it looks at nothing that `struct balancing` holds */
  bool by_weight, by_time, by_item;
  /* Checks and derives what it needs: null, or what is wrong and in *key the key to blame. May be null. */
  const char *(*link)(struct model *, struct service_config *, const char **key);
};

/* The container that the request goes to. The rotation is not empty. */
uint32_t balancer_pick(struct world *, struct service *, const struct instruction *, const struct request *);
/* Picks among some of those in rotation, whose turns are counted apart. */
uint32_t balancer_pick_among(struct world *, struct service *, const struct instruction *, const struct request *,
                             const uint32_t *candidates, uint32_t count, uint32_t *cursor);
/* Of the replicas in rotation, those in the region; where there are places. */
const uint32_t *balancer_nearby(const struct world *, struct service *, uint32_t region, uint32_t *count);
/* Picks among them; NONE: there are none. */
uint32_t balancer_pick_nearby(struct world *, struct service *, const struct instruction *, const struct request *,
                              uint32_t region);
/* What the caller (container, or NONE: a client) has ejected just now; null: nothing. */
const struct ejector *balancer_ejector(struct world *, struct service *, uint32_t caller);
/* The container has come into rotation or left it. */
void balancer_rotated(struct world *, struct service *, const struct container *);
/* Its share of the calls that are routed by weight, in proportion. */
double balancer_weight(const struct service *, uint32_t container);

/* What becomes of a request. caller: container, or NONE: a client. */
void balancer_sent(struct world *, struct service *, uint32_t container);
void balancer_answered(struct world *, struct service *, const struct frame *, uint32_t caller);
void balancer_failed(struct world *, struct service *, uint32_t container, uint32_t caller);
/* The caller gives up; the request goes on and will be forgotten, not answered. */
void balancer_gave_up(struct world *, struct service *, const struct frame *, uint32_t caller);
/* The request is gone from there. */
void balancer_forgets(struct world *, struct service *, uint32_t container);

#endif
