/* Requests within requests: what a request waits for that runs on its own. An attempt of a guarded call (call.h), a branch of a
 * fork (parallel.h).
 *
 * A child is a request whose client is its caller. It begins on the caller's replica (its first frame is a copy of the caller's top
 * frame), with a key of draws given to it and the caller's subject, and books its own times. It is bound to its caller by
 * child->caller and the list caller->child, ->sibling, until one of them is through: it succeeds or fails, and its caller learns
 * it; or the caller has what it needs, and the child loses its client as any request whose client has gone: it goes on and its work
 * is wasted, or it is cancelled.
 *
 *     all of a caller's children stand in its list, and each of them names it        an invariant, audited */
#ifndef CHILD_H
#define CHILD_H
#include "models/request/request.h"

/* A new child at the instruction, not yet resumed. Null: the run is stopped, there are too many requests. */
struct request *child_new(struct world *, struct request *caller, uint64_t key, uint16_t pc);
/* The child has ended, well or not: it leaves its caller, which is returned. */
struct request *child_ends(struct world *, struct request *child, enum outcome);
/* What the child has spent its time on is what the caller has spent its time on. What it has not booked itself, a wait cut short,
 * is left to the caller. */
void child_gives_times(const struct world *, struct request *caller, const struct request *child);
/* The caller does not wait for it any more. */
void child_abandon(struct world *, struct request *child, bool cancel);
/* The caller fails, or decides what to do then, when its instruction runs again within this instant. */
void child_failed(struct world *, struct request *caller, enum outcome);
/* The child fails, or its server does: its caller, which still waits, learns it. Called by request.c only. */
void child_fails(struct world *, struct request *child, enum outcome);
/* No caller needs the request any more, nor what it waits for. */
void children_cancel(struct world *, struct request *caller);
/* The instruction at which the request waits for its children. */
const struct instruction *child_waits_at(const struct world *, const struct request *caller);

#endif
