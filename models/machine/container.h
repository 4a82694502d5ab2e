/* A container: a replica of a service on a node, with its threads, its queues and its pools.
 *
 * A request is accepted (or rejected by a full backlog), computes on a thread, waits elsewhere, and leaves. `generation`
 * counts the deaths of the process: a request remembers it and so learns that the replica which it comes back to is gone.
 * Its threads are in crews (runtime.h): one of its own, or those of several processes. Invariants, crew by crew: running <=
 * threads, but for those that were at work when a shift took threads away; a queued computation means that all threads run.
 * in_flight counts accepted requests. */
#ifndef CONTAINER_H
#define CONTAINER_H
#include "models/machine/runtime.h"
#include "models/service/service.h"
#include "models/service/shedding.h"
#include "models/request/queue.h"
#include "models/request/request.h"
#include "sim/engine/calendar.h"
#include <stddef.h>

struct node;
struct cache;
struct farewell;
struct loop;
struct waking;

enum container_state {
  CONTAINER_UNUSED,   /* not wanted */
  CONTAINER_PENDING,  /* wanted, has no node */
  CONTAINER_STARTING, /* process starts */
  CONTAINER_UP,       /* process serves */
  CONTAINER_DOWN,     /* process is dead, a restart may be due */
  CONTAINER_DRAINING, /* out of rotation, finishes what it has */
  CONTAINER_CLOSING,  /* takes no more, and finishes what it has: models/platform/farewell.h */
  CONTAINER_HUNG      /* process is there, as one that serves, and does nothing: models/machine/hang.c */
};

/* A computation in progress, ordered by (finish, order). */
struct computation {
  double finish; /* in virtual time */
  uint64_t order;
  uint32_t request;
};

/* Computations that wait for a core of a node with slices (slices.h): `finish` is the work left. First in, first out. */
struct off_core {
  struct off_core_thread {
    struct computation computation;
    uint64_t turn; /* when it began to wait, among all of the node */
  } * each;
  uint32_t head, count, room;
  double vruntime; /* of the container */
};

/* A thread that stays with a request whose computation has ended, until the request computes on, within the instant, or does
 * something else: consecutive computation is one turn (models/request/turns.c). When the request forks, the thread waits for the
 * branches: the first that computes gets it, and the others stand at the head of the queue. */
struct turn {
  struct crew *crew;         /* whose thread it is, counted as running; null: no thread is kept */
  uint32_t forker;           /* request whose branches it waits for, or NONE */
  const struct crew *forked; /* the crew of the last such turn, its instant, and the last branch that waits in the queue */
  sim_time forked_at;
  uint32_t last;
  slot_id ends; /* no branch has computed */
};

/* Where processes work in turns (accept.h): what waits for a loop is in queues of its own. joins: a computation waits there; left:
 * it leaves its queue; batches: it has been put into the crew's queue, which is the rest of the batch; begins: a computation begins
 * on a loop that was idle; fills: the loop goes on to what is ready. */
struct loop_calls {
  void (*joins)(struct world *, struct container *, struct crew *, struct request *);
  void (*left)(struct world *, struct container *, struct crew *, struct request *);
  void (*batches)(const struct world *, const struct request *);
  void (*begins)(struct container *, struct crew *);
  void (*fills)(struct world *, struct container *, struct crew *);
  bool (*is_ready)(const struct container *, const struct crew *);
};
struct loops {
  const struct loop_calls *calls;
  struct loop *each;      /* by process */
  uint32_t count, queued; /* queued: connections that wait to be accepted, of all processes */
  bool in_end;            /* they go on in the handler of the container's slot, which the caller of fills writes */
};

struct container {
  /* What it is. */
  uint32_t id, service, node; /* node: NONE when it has none */
  uint32_t generation;
  enum container_state state;
  bool in_rotation;
  bool holds;   /* a request holds a thread from acceptance to answer */
  bool touched; /* it is in world->touched */
  double speed;
  int64_t limit;           /* fluid, in millicores; INT64_MAX: none */
  int64_t weight;          /* in units of 2^-40 */
  double unit;             /* 1 / weight */
  int64_t backlog;         /* of each process */
  struct shedder *shedder; /* null: whoever waits is served */

  /* Computation. */
  struct crew own;             /* of its only process */
  struct processes *processes; /* null: nothing but that */
  uint32_t running;            /* computations in the heap; aside: those by workers next to a loop */
  uint32_t aside, held;        /* held: threads given to requests, where `holds` */
  uint32_t in_flight;
  uint32_t cold;     /* processes that still warm up by requests, and one more while it warms up by time */
  uint64_t answered; /* requests that have left it */
  struct turn turn;
  uint32_t stalls;                  /* reasons why nothing in it computes now: quota used up */
  struct computation *computations; /* heap */
  uint32_t computation_room;
  uint64_t computation_order;
  int64_t demand; /* millicores */
  double virtual_time;
  sim_time virtual_at;       /* the instant up to which it is advanced */
  double rate, pace;         /* of each thread, below the fair share; of the node's threads (node.h) */
  uint32_t fair_share_entry; /* at the fair share of its node, or NONE */
  double fair_share_seen;    /* at the fair share: its clock at virtual_at */
  double spread;             /* at the fair share: threads / weight */
  slot_id slot;              /* below the fair share: its next event */
  double used_ns, busy_ns;   /* accounts, see below */
  struct cpu_quota *quota;   /* null: none */
  bool metered, wakes;       /* it has a quota, or its pace is not 1; waking is not null */
  bool crowds;               /* what it computes depends on the requests in flight: config->concurrency */
  /* A computation of the request has begun: its process may have to collect garbage (gc.h); null: none does. */
  void (*collects)(struct world *, struct container *, const struct request *);
  struct loops *loops;           /* of its processes (accept.h); null: what waits to compute waits in one line */
  struct connection_pool *pools; /* by process, and within it as the configuration lists them */
  uint32_t pool_count;
  uint32_t connections;      /* open ones that lead here, of pools that track them individually */
  bool scales;               /* many at work cost each other: config->scalability */
  struct cache *cache;       /* what it keeps; null: nothing by item */
  struct off_core *off_core; /* null: no node has slices */
  struct waking *waking;     /* null: to wake costs nothing */

  /* Life. */
  const struct service_config *version; /* of its service that it runs; read through container_config */
  slot_id life;                         /* end of the start, restart, readiness, drain: what the orchestrator waits for */
  int32_t life_stage;
  slot_id rotation_slot;           /* goes in or out of rotation */
  bool rotates_in, leaving;        /* leaving: drained, not to be started again */
  bool returns;                    /* leaving, and started again when it has gone */
  uint32_t build;                  /* number of the roll-out that its version came with; 0: the scenario's own */
  const struct farewell *farewell; /* by which it is ended or was, until it serves again; null: by none */
  sim_time routed_until;           /* with a farewell: callers choose it until then */
  /* To callers by the orchestrator; not in rotation all the same: unhealthy: by its balancer's checks; withheld: it stands by for
   * another one (models/service/takeover.h). */
  bool offered, unhealthy, withheld;
  bool early; /* it is offered as soon as its process is started, and listens or not */
  sim_time drain_until;
  uint32_t restarts;            /* in a row, for back-off */
  struct request_queue held_up; /* requests that wait for a process that hangs to go on, those that were not accepted among them */
  uint32_t newcomers_held_up;
  struct stream life_draws;
  sim_time ready_changed_at, started_at; /* for the autoscaler */
  sim_time begins_at;                    /* its process, once its image is there: for its probes */
  bool ready;
  int32_t home; /* the region that it is placed in; -1: any */

  /* Accounts over the whole run. used_ns: integral of its share of cores; busy_ns: of
   * threads that compute, workers apart (where `holds`: that are given to requests); done_ns: work of
   * finished computations; dropped_ns: work done for computations that died or have not ended; slowed_ns: what of used_ns
   * did no work, because hyper-threads share cores. */
  double dropped_ns, slowed_ns;
  int64_t done_ns;
  double used_at_mark, busy_at_mark, used_measured, busy_measured;
  double used_on_arrival;     /* used_ns when it came to its node, or at the beginning of the measured time */
  double used_there_measured; /* in the measured time on node_measured, on which it was at its end */
  uint32_t node_measured;
  double used_at_scrape, usage_rate; /* metrics pipeline: cores over the last scrape window */
  sim_time scraped_at;
  uint32_t scrapes;
};

/* Hot members stay together: what a request that is accepted or leaves reads, with the crew, in the first lines; what starts and
 * ends of computations move (models/machine/sharing.h) within the length of two. A computation is copied as three words. */
_Static_assert(sizeof(struct computation) == 24, "a computation grows: the heap of each container copies it");
_Static_assert(offsetof(struct container, own) <= 72 && sizeof(struct crew) == 80,
               "the crew has moved away from what goes with it");
_Static_assert(offsetof(struct container, metered) - offsetof(struct container, computations) < 128,
               "accounts have moved away from the heap");
_Static_assert(offsetof(struct container, version) > offsetof(struct container, metered), "what is cold stands among what is hot");

/* The configuration of the version that the replica runs: what it does goes by it. What its service does as a whole (routing, the
 * number of replicas) goes by service_config(service). */
static inline const struct service_config *container_config(const struct container *c) { return c->version; }

/* Its process answers; also while it drains. */
static inline bool container_serves(const struct container *c) {
  return c->state == CONTAINER_UP || c->state == CONTAINER_DRAINING;
}

/* Its process is there, whether it answers or hangs: it keeps its memory, connections and content. */
static inline bool container_lives(const struct container *c) {
  return container_serves(c) || c->state == CONTAINER_HUNG || c->state == CONTAINER_CLOSING;
}
/* It may be in rotation: routing does not know that it hangs. */
static inline bool container_offers(const struct container *c) { return c->state == CONTAINER_UP || c->state == CONTAINER_HUNG; }

/* It may come into rotation. */
static inline bool container_rotates(const struct container *c) {
  return container_offers(c) || (c->early && (c->state == CONTAINER_STARTING || c->state == CONTAINER_DOWN));
}

/* Runs the request's computation of r->work, at once or when a thread is free; one without patience may be gone. */
void container_compute(struct world *, struct container *, struct request *);
/* Handler of container->slot: the first computation has ended, or the quota is used up. */
void container_computed(void *world, uint32_t container);
/* Handler of container->turn.ends. */
void container_turn_over(void *world, uint32_t container);
/* The request has just begun branches on the replica of its topmost frame: they go on with its turn, if it has one. */
void container_forks(struct world *, const struct request *);
/* The work of a computation that begins here, where many at work cost each other. */
sim_time container_slows(const struct container *, sim_time work);
/* Takes the request in: true when accepted at once, false when it waits for a thread or was rejected and is gone. */
bool container_accept(struct world *, struct container *, struct request *, uint16_t cell);
/* The same in parts, for accept.c: it is no newcomer's turn any more; with room in any case; it is taken in. */
void container_comes_in(struct world *, struct container *, const struct request *);
bool container_seats(struct world *, struct container *, struct crew *, struct request *, uint16_t cell);
void container_takes_in(struct world *, struct container *, struct request *);
/* Of a loop: the crew of the process; the request has the thread, and goes on; the thread is free, and something is ready; the same
 * for one request; puts a computation on it, in the midst of this or as all that happens; books a wait in one of its queues. */
struct crew *container_crew(struct container *, uint32_t process);
void container_goes_on_in_turn(struct world *, struct container *, struct crew *, struct request *);
void container_wakes(struct world *, struct container *, struct crew *);
void container_keeps_thread(struct world *, struct container *, struct crew *);
void container_starts(struct world *, struct container *, struct crew *, struct request *);
void container_begins(struct world *, struct container *, struct crew *, struct request *);
void container_books(const struct world *, const struct container *, struct request *, uint16_t cell);
/* A request of the process leaves; a waiting one gets its thread. */
void container_leave(struct world *, struct container *, uint32_t process);
/* The request, which waits in one of its queues, leaves it; its wait is booked. */
void container_leave_queue(struct world *, struct container *, struct request *);
/* The request, which computes here, stops: what it has done is lost, its time is booked. */
void container_break_off(struct world *, struct container *, struct request *);
/* From now on each process has `threads` threads. With fewer than are busy these finish what they have, and nothing new begins. */
void container_staff(struct world *, struct container *, int64_t threads);
/* For a reason of the caller nothing in it computes from now on, until the same reason is over; reasons add up. */
void container_stall(struct world *, struct container *);
void container_unstall(struct world *, struct container *);
/* The process is paused, and goes on: its computations are set aside as they are. */
void container_park(struct world *, struct container *, struct process *);
void container_unpark(struct world *, struct container *, struct process *);
/* The request begins to compute on the crew at once, though that is paused: it collects. */
void container_collect(struct world *, struct container *, struct crew *, struct request *);
/* Of a request that computes here: its time since the computation was asked for, less the work done. */
sim_time container_held_up(const struct world *, const struct container *, const struct request *);
/* The process dies: what is inside fails with the outcome. */
void container_kill(struct world *, struct container *, enum outcome);
/* Waking (waking.c), of containers that have `waking`. The computation begins at once, on a free thread: true: that was asleep, the
 * request waits until it is awake, and container_woken is called; it begins, its CPU time included; it has ended; it is broken
 * off; a thread goes from hand to hand; a pause of the process is over. */
bool waking_delays(struct world *, struct container *, struct crew *, struct request *);
void waking_begins(struct world *, struct container *, struct crew *, struct request *);
void waking_ends(struct world *, struct container *, struct crew *, struct request *);
void waking_breaks_off(const struct world *, struct container *, struct crew *, const struct request *);
void waking_hands(const struct world *, struct container *, struct crew *, const struct request *next);
void waking_collected(const struct world *, struct container *, const struct process *);
void container_woken(struct world *, struct container *, struct request *);
/* Slices (slices.c). A computation gets a core, as work left, or loses it. */
void container_on_core(struct world *, struct container *, struct computation);
struct computation container_off_core(struct world *, struct container *, uint64_t order);
/* Those that wait for a core are in the heap until node_share. */
void slices_gather(struct world *, struct container *);
/* Hanging (hang.c). Called by models/platform/lifecycle.c, which sets the state: it hangs, or goes on. */
void container_hangs(struct world *, struct container *);
void container_goes_on(struct world *, struct container *);
/* One that hangs dies: what waits in it is forgotten by container_kill. */
void container_hung_dies(struct world *, struct container *);
/* A request that is marked wants to go on: true: it waits, or is rejected and gone, because the replica that it is on hangs. */
bool hang_holds(struct world *, struct request *);
/* The request has just opened a frame on a replica that hangs. */
void hang_marks(struct request *);
/* Brings virtual time and the accounts to now. */
void container_advance(const struct world *, struct container *, sim_time now);
/* It is advanced to now. */
static inline void container_set_pace(struct container *c, double pace) { c->pace = pace, c->metered = c->quota || pace != 1; }
/* CPU time that it has used since it was last advanced. */
double container_used_since(const struct world *, const struct container *, sim_time now);
/* Work done for computations still in progress, ns of core time. */
double container_unfinished(const struct world *, const struct container *);
/* On a container: for a turn to compute; for a thread to be served by, at its door; computing, which is no queue. */
extern const struct wait wait_cpu, wait_thread, wait_computing;

#endif
