/* Waiting in lines: for a thread, a connection, a lock.
 *
 * The queue itself (queue_*) is a list through the requests. A line (line_*) is what most things need: a request joins it, its wait
 * runs in a cell of its attribution; it is called when its turn has come and goes on within this instant, or it loses patience and
 * fails.
 *
 *     if (!free) { line_join(w, &lock->line, r, &wait_lock, in->cell); return false; }    an instruction that parks
 *     ...
 *     struct request *next = line_call(w, &lock->line);                                     when it is free again
 *     if (next) lock->owner = next->id, request_wake_soon(w, next);
 *
 *     static void wait_over(void *world, uint32_t id) { line_gives_up(world, line_of(id), OUTCOME_LOCK_TIMEOUT); }
 *
 * A replica that dies empties the lines within it (line_clear): its requests are then failed by container_kill. A request that is
 * cancelled leaves by line_leave. */
#ifndef LINE_H
#define LINE_H
#include "models/core/world.h"

/* No rank is waiting. */
static inline void queue_clear(const struct world *w, struct request_queue *q) {
  q->head = q->tail = q->count = 0;
  for (uint32_t i = 0; q->last && i < w->model->ranks; i++) q->last[i] = NONE;
}

/* Of queues by rank: to the place of its rank; about to leave. */
void queue_push_ranked(struct world *, struct request_queue *, struct request *);
void queue_unrank(const struct world *, struct request_queue *, const struct request *);
/* Of queues without ranks: right behind a request that waits in it, or at the head (NONE). */
void queue_push_behind(struct world *, struct request_queue *, uint32_t before, struct request *);
/* From anywhere. */
void queue_remove(struct world *, struct request_queue *, struct request *);

static inline void queue_push(struct world *w, struct request_queue *q, struct request *r) {
  if (__builtin_expect(q->last != NULL, 0)) {
    queue_push_ranked(w, q, r);
    return;
  }
  r->next = NONE, r->previous = q->tail; /* of the head it means nothing */
  if (q->count++)
    world_request(w, q->tail)->next = r->id;
  else
    q->head = r->id;
  q->tail = r->id;
}

/* The first; null when no request waits. */
static inline struct request *queue_pop(struct world *w, struct request_queue *q) {
  if (!q->count) return NULL;
  struct request *r = world_request(w, q->head);
  if (__builtin_expect(q->last != NULL, 0)) queue_unrank(w, q, r);
  q->head = r->next;
  q->count--;
  return r;
}

/* The request waits at the end of the line, in the state; the time goes to the cell. */
void line_join(struct world *, struct line *, struct request *, const struct wait *wait, uint16_t cell);
/* The first leaves the line, its wait booked; the caller gives it what it waited for and wakes it. Null when no request waits. */
struct request *line_call(struct world *, struct line *);
/* The request leaves the line from anywhere, its wait booked; it waits for nothing. */
void line_leave(struct world *, struct line *, struct request *);
/* The patience of the first is over: it leaves the line and fails. `id` is what the lane's handler was given. */
void line_gives_up(struct world *, struct line *, uint32_t id, enum outcome);
/* All leave the line, their waits booked; each stays in its state, to be failed by whoever took away what they waited for. */
void line_clear(struct world *, struct line *);

#endif
