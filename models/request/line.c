#include "models/request/line.h"
#include <assert.h>

/* --- queues by rank -------------------------------------------------------------------------------------------------------- */

static void put_first(struct world *w, struct request_queue *q, struct request *r) {
  if (q->count)
    world_request(w, q->head)->previous = r->id;
  else
    q->tail = r->id;
  r->next = q->count ? q->head : NONE;
  q->head = r->id;
}

static void put_behind(struct world *w, struct request_queue *q, uint32_t before, struct request *r) {
  assert(q->count);
  struct request *b = world_request(w, before);
  r->next = q->tail == before ? NONE : b->next, r->previous = before;
  if (q->tail == before)
    q->tail = r->id;
  else
    world_request(w, b->next)->previous = r->id;
  b->next = r->id;
}

void queue_push_behind(struct world *w, struct request_queue *q, uint32_t before, struct request *r) {
  assert(!q->last);
  if (before == NONE)
    put_first(w, q, r);
  else
    put_behind(w, q, before, r);
  q->count++;
}

/* Behind the last one of its own rank or of the nearest rank before it. */
void queue_push_ranked(struct world *w, struct request_queue *q, struct request *r) {
  assert(q->last && r->rank < w->model->ranks);
  uint32_t rank = r->rank;
  while (rank && q->last[rank] == NONE) rank--;
  uint32_t before = q->last[rank];
  q->last[r->rank] = r->id;
  if (before == NONE)
    put_first(w, q, r);
  else
    put_behind(w, q, before, r);
  q->count++;
}

void queue_unrank(const struct world *w, struct request_queue *q, const struct request *r) {
  if (q->last[r->rank] != r->id) return;
  bool alone = q->head == r->id || world_request(w, r->previous)->rank != r->rank;
  q->last[r->rank] = alone ? NONE : r->previous;
}

void queue_remove(struct world *w, struct request_queue *q, struct request *r) {
  assert(q->count);
  if (q->last) queue_unrank(w, q, r);
  if (q->head == r->id)
    q->head = r->next;
  else
    world_request(w, r->previous)->next = r->next;
  if (q->tail == r->id)
    q->tail = r->previous;
  else
    world_request(w, r->next)->previous = r->previous;
  q->count--;
}

/* --- lines ----------------------------------------------------------------------------------------------------------------- */

void line_join(struct world *w, struct line *l, struct request *r, const struct wait *wait, uint16_t cell) {
  assert(!r->waiting && wait);
  r->waiting = wait, r->since = world_now(w), r->wait_cell = cell;
  queue_push(w, &l->queue, r);
  if (l->patience) r->line_patience = lane_push(l->patience, r->id);
}

struct request *line_call(struct world *w, struct line *l) {
  struct request *r = queue_pop(w, &l->queue);
  if (!r) return NULL;
  if (l->patience) lane_cancel(l->patience, r->line_patience);
  request_book(r, r->wait_cell, world_now(w));
  return r;
}

void line_leave(struct world *w, struct line *l, struct request *r) {
  queue_remove(w, &l->queue, r);
  if (l->patience) lane_cancel(l->patience, r->line_patience);
  request_book(r, r->wait_cell, world_now(w));
  r->waiting = NULL;
}

void line_gives_up(struct world *w, struct line *l, uint32_t id, enum outcome outcome) {
  assert(l->queue.count && l->queue.head == id);
  struct request *r = queue_pop(w, &l->queue);
  request_book(r, r->wait_cell, world_now(w));
  r->waiting = NULL;
  if (__builtin_expect(!r->held, 1)) {
    request_fail(w, r, outcome);
    return;
  }
  r->ends_with = (uint8_t)outcome; /* the clock is that of a process which may hang: then it fails when that goes on */
  request_resume(w, r);
}

void line_clear(struct world *w, struct line *l) {
  while (line_call(w, l)) continue;
}
