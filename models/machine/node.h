/* A node: cores and memory that containers share.
 *
 * CPU is shared among runnable threads as a fluid, weighted max-min fair over containers: container i with n_i runnable
 * threads demands d_i = min(n_i, limit_i) cores. When the demands fit the cores each container gets its demand, every thread
 * runs at full speed and a computation's end is known at its start. When they do not fit, shares s_i solve
 * s_i = min(d_i, weight_i x share) with sum s_i = cores, and each thread of i runs at s_i / n_i.
 *
 * Inside a container all threads run at one rate r(t), so computations finish in the order of their virtual finish F = V + work,
 * where dV = r dt (processor sharing by virtual time; Parekh and Gallager 1993). Only the first can be the next event. The
 * fast path is the slow one with r = 1: V then moves by whole nanoseconds and the arithmetic is exact in doubles.
 *
 * Which containers are at the fair share is decided in whole numbers: demands and cores in millicores, weights in units of 2^-40.
 * Container i is at the fair share when d_i x W > weight_i x F, where W sums the weights at the fair share and F is what the
 * others leave of the cores; the fair share is F / W. So nothing drifts, and a share that equals the demand is the demand.
 *
 * Containers at the fair share share one clock of the node, the integral of the fair share ("reached"): the next event of each is a
 * point on it, which stays while others come and go, and only the first of them is in the calendar, in the node's slot.
 * Containers below the fair share run at rates of their own; their ends are in their own slots. As long as one at the fair share
 * starts or ends a computation and stays there, no other container is touched.
 *
 * Hyper-threads: with `smt` e < 1 the cores are hardware threads, two a core. Up to half of T may be busy at full speed; the
 * second thread of a core adds e of a core. With b busy ones the node does the work of
 *     b <= T/2: b        b > T/2: T/2 + e (b - T/2)
 * cores, and all threads run at that over b ("pace"). A thread is taken to have run, as the kernel counts it, for the time that it
 * had a hardware thread: CPU used, quotas and shares are of hardware threads, work is slower. Fluid: which two share a core is
 * not followed.
 *
 * The set of nodes may grow and shrink (models/platform/nodes.h). A node keeps its index, so what is kept by node finds it after it
 * has left; a pointer to a node is good until the next one joins. Invariant: up, down and away times add up to the time of the
 * run. */
#ifndef NODE_H
#define NODE_H
#include "sim/engine/calendar.h"
#include "sim/engine/sim_time.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct world;
struct container;
struct node_group;
struct cores_idle;
struct slices;

enum { WEIGHT_BITS = 40, MILLI = 1000 };

/* The weighted max-min fair share of the node, and the containers that are held to it: they would use more CPU than they get. */
struct fair_share {
  double rate;    /* cores per unit of weight, times the pace */
  double reached; /* integral of the rate, at the instant `at` */
  sim_time at;
  int64_t demand, weight; /* sums of those at the fair share */
  struct fair_share_entry *entries;
  uint32_t count, first; /* first: whose event is the next */
  slot_id slot;
};

struct fair_share_entry {
  double due; /* on the clock of the fair share */
  uint32_t container;
};

/* AWAY: it has left the cluster, or has not joined it yet: nothing runs there and no time of it is paid for. LEAVING: it gets no
 * more containers, and is away when it has none, unless it is drained for work on it. */
enum node_membership { NODE_MEMBER, NODE_LEAVING, NODE_AWAY };

/* What becomes of the disk of a machine that is lost, as the fault that took it says. */
enum disk_fate { DISK_UNSTATED, DISK_KEPT, DISK_LOST };

struct node {
  const struct node_group *group;
  uint32_t index, group_index, number; /* number: within its group */
  enum node_membership membership;
  bool up;            /* the machine works; meaningless while the node is away */
  double cores;       /* demands and shares are in the same unit, at the speed of this node */
  int64_t millicores; /* the same; INT64_MAX: unlimited */
  int64_t demand;     /* sum of its containers' demands, in millicores */
  int64_t unshared;   /* up to this demand no container slows another down */
  int64_t free_until; /* the same while that is so; -1 while some are slowed down */
  double pace;        /* of every running thread: below 1 where hyper-threads share cores */
  struct fair_share fair_share;
  uint32_t *containers; /* placed on it */
  uint32_t container_count, container_room;
  int64_t cpu_requested, memory_requested;            /* by the containers placed on it */
  sim_time changed_at, up_time, down_time, away_time; /* accounts from the beginning of the run until changed_at */
  sim_time away_at_mark, away_measured;               /* of away_time: before the measured time, and within it */
  double used_by_departed, used_by_departed_measured; /* core ns since the warm-up, of containers that have left it */
  double used_in_window_s;                            /* the same since the last border, where windows are asked for (use.h) */
  uint32_t detection_slot;
  uint64_t failures;
  uint32_t lost_to;     /* number of faults that hold it down */
  bool detected;        /* the orchestrator knows that it is down */
  bool unseen;          /* it is back, and its control plane, which is lost, has not seen it */
  int32_t region, zone; /* zone: of all regions; -1: the scenario has no places */
  enum disk_fate disk;  /* of the last loss, or of the one that lasts */
  sim_time failed_at;
  bool serviced;           /* it is drained for work on it, and stays LEAVING until that is done */
  slot_id emptied;         /* set off when it is empty */
  struct slices *slices;   /* null: its cores are shared as a fluid */
  struct cores_idle *idle; /* null: a core that was idle costs nothing (waking.h) */
};

/* A start or an end of a computation reads what stands before the fair share, and no more while demands fit. */
_Static_assert(offsetof(struct node, fair_share) <= 80, "a node's sums are no longer next to each other");

extern const struct load_part cores_load;

/* Reserves its slots and derives its capacity from its group. */
void node_build(struct world *, struct node *);
/* The number of the container's runnable threads, or when its next event is due, has changed, and the container was advanced to
 * now before that: shares the cores of the node again and moves the ends of computations. */
void node_share(struct world *, struct node *, struct container *changed);
/* The rest of it where demands did not fit the cores, or do not now; `before`: the demand of the changed one. */
void node_share_contended(struct world *, struct node *, struct container *changed, int64_t before);
/* The same on a node with slices (slices.c). */
void slices_share(struct world *, struct node *, struct container *changed);
void node_add(struct world *, struct node *, struct container *);
/* Brings the accounts to now: before it fails, returns, joins or leaves. */
void node_account(struct node *, sim_time now);
void node_remove(struct node *, uint32_t container);
/* The rate at which each running thread of the container works. */
double node_rate(const struct world *, const struct container *);

/* Null, or what is wrong with the shares: those at the fair share want more than they get, the others do not, and sums are sums. */
const char *node_wrong(const struct world *, const struct node *);

/* The clock of the fair share. */
static inline double fair_share_reached(const struct fair_share *f, sim_time now) {
  return f->reached + f->rate * (double)(now - f->at);
}

#endif
