/* Hand-over of a lock: who gets it when it is released, and what that costs.
 *
 *     fifo      the one that has waited longest
 *     random    one drawn among all that wait. A shared one that is drawn takes along all other shared ones that wait.
 *     barging   nobody: it is free. The one that has waited longest is woken and has to take it, and who asks before that, when
 *               it is free, has it first; the woken one then waits again, as the first.
 *
 * Waking costs `cpu`, and `cpu_per_waiter` for each other one that waits, of the machine on which the lock is kept: a computation
 * of the woken request, behind its wait. With fifo and random it holds the lock meanwhile, so a hot row passes on less often; with
 * barging the lock is free until it is done, and whoever comes in that time barges in.
 *
 * PostgreSQL: a statement that has to wait first gets in line for the row (a lock on the tuple, first come first served) and then
 * waits for the end of the transaction that has changed it. When that commits, the row has a new version, and those in line follow
 * each other to it at once: all but one find it changed by the next transaction and wait for the end of that one, now without any
 * line (src/backend/access/heap/heapam.c heap_update, heapam_handler.c heapam_tuple_lock with TUPLE_LOCK_FLAG_FIND_LAST_VERSION).
 * So each commit wakes all that wait, each looks at the row again, and one wins: a race, which a draw stands for, at a cost that
 * grows with those who wait. InnoDB grants the lock when it is released, to one (lock0lock.cc lock_grant).
 *
 * Instructions, behind that of the lock: HAND_OVER computes if the request was woken; RETAKE, with barging, takes what is free or
 * goes back. */
#ifndef HAND_OVER_H
#define HAND_OVER_H
#include "sim/describe/field.h"
#include "sim/engine/distribution.h"

struct lock_class;
struct model;

enum hand_over_order { HAND_OVER_FIFO, HAND_OVER_RANDOM, HAND_OVER_BARGING };

struct hand_over_config {
  int32_t order; /* enum hand_over_order */
  struct distribution cpu, cpu_per_waiter;
};

extern const struct record hand_over_record;
extern const struct operation operation_hand_over;

static inline bool hand_over_costs(const struct hand_over_config *c) { return c->cpu.mean > 0 || c->cpu_per_waiter.mean > 0; }

/* Of requests that lock one of the class, those that want the busiest. */
double lock_busiest(const struct model *, const struct lock_class *);

#endif
