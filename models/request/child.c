#include "models/request/child.h"
#include "models/request/operation.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include <assert.h>
#include <string.h>

struct request *child_new(struct world *w, struct request *r, uint64_t key, uint16_t pc) {
  struct request *a = request_take(w);
  if (!a) return NULL;
  memset(a->cell, 0, w->model->programs[r->endpoint].cell_count * sizeof *a->cell);
  a->key = key, a->subject = r->subject, a->arrived = a->since = world_now(w);
  a->source = r->source, a->endpoint = r->endpoint, a->user = r->user, a->rank = r->rank, a->pc = pc;
  a->client_gone = true, a->impatient = r->impatient, a->caller = r->id;
  parts_child_begins(w, a, r);
  if (r->depth) {
    a->frames[0] = r->frames[r->depth - 1];
    a->frames[0].accepted = false;
  }
  a->depth = a->base = r->depth > 0;
  assert(r->live && r->id != a->id);
  a->sibling = r->child, r->child = a->id;
  return a;
}

static void unlink_child(struct world *w, struct request *a) {
  struct request *caller = world_request(w, a->caller);
  assert(caller->live && caller->child != NONE);
  uint32_t *link = &caller->child;
  while (*link != a->id) link = &world_request(w, *link)->sibling;
  *link = a->sibling;
  a->caller = a->sibling = NONE;
}

struct request *child_ends(struct world *w, struct request *a, enum outcome outcome) {
  assert(a->caller != NONE);
  struct request *caller = world_request(w, a->caller);
  parts_child_ends(w, a, caller, outcome_failed(outcome));
  unlink_child(w, a);
  caller->impatient &= a->impatient;
  return caller;
}

void child_gives_times(const struct world *w, struct request *caller, const struct request *a) {
  sim_time booked = 0;
  for (uint32_t i = 0; i < w->model->programs[caller->endpoint].cell_count; i++)
    caller->cell[i] += a->cell[i], booked += a->cell[i];
  assert(booked >= 0);
  caller->since += booked;
}

void child_abandon(struct world *w, struct request *a, bool cancel) {
  parts_child_left(w, a);
  unlink_child(w, a);
  if (cancel) request_cancel(w, a);
}

void child_failed(struct world *w, struct request *caller, enum outcome outcome) {
  request_book(caller, caller->wait_cell, world_now(w));
  assert(outcome != OUTCOME_COMPLETED && caller->pc > 0);
  caller->call_outcome = (uint8_t)outcome;
  caller->pc--;
  request_wake_soon(w, caller);
}

const struct instruction *child_waits_at(const struct world *w, const struct request *caller) {
  return &w->model->programs[caller->endpoint].instructions[caller->pc - 1];
}

void child_fails(struct world *w, struct request *a, enum outcome outcome) {
  child_waits_at(w, world_request(w, a->caller))->operation->child_fails(w, a, outcome);
}

void children_cancel(struct world *w, struct request *r) { child_waits_at(w, r)->operation->cancels(w, r); }
