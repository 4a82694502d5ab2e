/* What programs lock, and in which order: while they are compiled every pair "the second while the first is held" is noted. If the
 * pairs form a circle, requests could wait for each other in a circle. */
#include "models/database/database.h"
#include "models/database/lock.h"
#include "models/core/link.h"
#include "models/core/meter.h"
#include "sim/engine/arena.h"
#include <string.h>

const char *lock_described(const struct model *m, const struct lock_class *c, struct arena *arena) {
  const char *database = model_service(m, (uint32_t)c->database)->name;
  switch (c->kind) {
  case LOCK_ROWS:
    return arena_format(arena, "a row of \"%s\" at \"%s\"", c->name, database);
  case LOCK_ROW:
    return arena_format(arena, "the row \"%s\" at \"%s\"", c->name, database);
  case LOCK_TABLE:
    return arena_format(arena, "the table \"%s\" at \"%s\"", c->name, database);
  case LOCK_STOCK:
    return arena_format(arena, "the row of the stock \"%s\"", c->name);
  default:
    return arena_format(arena, "the file of \"%s\"", database);
  }
}

uint16_t lock_class_of(struct compiler *c, enum lock_kind kind, int32_t database, int32_t keyspace, const char *name,
                       sim_time wait) {
  struct lock_book *book = c->model->locks;
  for (uint32_t i = 0; i < book->count; i++) {
    const struct lock_class *k = &book->classes[i];
    if (k->kind == kind && k->database == database && !strcmp(k->name, name)) return (uint16_t)i;
  }
  if (book->count == LOCK_CLASSES) {
    compile_error(c, "the scenario locks more than %d different things", LOCK_CLASSES);
    return 0;
  }
  book->classes[book->count] =
      (struct lock_class){.kind = kind,
                          .database = database,
                          .keyspace = keyspace,
                          .name = name,
                          .wait = wait,
                          .hand_over = &service_database(model_service(c->model, (uint32_t)database))->hand_over};
  return (uint16_t)book->count++;
}

/* --- orders ------------------------------------------------------------------------------------------------------------------ */

static void note_order(struct compiler *c, uint16_t first, uint16_t second) {
  struct lock_book *book = c->model->locks;
  uint32_t endpoint = (uint32_t)(c->program - c->model->programs);
  for (uint32_t i = 0; i < book->order_count; i++)
    if (book->orders[i].first == first && book->orders[i].second == second) return;
  if (book->order_count == LOCK_ORDERS)
    compile_error(c, "the scenario locks in more than %d different orders", LOCK_ORDERS);
  else
    book->orders[book->order_count++] = (struct lock_order){first, second, endpoint};
}

/* It holds some of the class already. False: nothing is wrong with it. */
static bool locked_badly(struct compiler *c, const struct held_lock *h, uint16_t items, bool shared) {
  const char *what = lock_described(c->model, &c->model->locks->classes[h->lock], c->arena);
  if (h->transactional != c->in_transaction)
    compile_error(c,
                  "locks %s over another connection while its own transaction has it locked: it would wait for itself; do it after "
                  "the transaction",
                  what);
  else if (h->shared && !shared)
    compile_error(c,
                  "reads %s under a shared lock and then locks it for itself: two of these wait for each other; put the write "
                  "first",
                  what);
  else if (items > h->items)
    compile_error(c, "locks %s and later more of them: two of these may wait for each other; lock all of them in the first query",
                  what);
  return c->error != NULL;
}

static bool note_lock(struct compiler *c, uint16_t lock, uint16_t items, bool shared) {
  struct lock_class *k = &c->model->locks->classes[lock];
  if (items > k->items) k->items = items;
  for (uint32_t i = 0; i < c->held_count; i++)
    if (c->held[i].lock == lock) return !locked_badly(c, &c->held[i], items, shared);
  for (uint32_t i = 0; i < c->held_count; i++) note_order(c, c->held[i].lock, lock);
  if (c->held_count == PROGRAM_LOCKS) {
    compile_error(c, "holds locks on more than %d different things at once", PROGRAM_LOCKS);
    return false;
  }
  c->held[c->held_count++] = (struct held_lock){lock, items, shared, c->in_transaction};
  return true;
}

/* Behind each instruction that locks: lock.c counts on the two standing there. */
static void compile_hand_over(struct compiler *c, const struct instruction *lock) {
  const struct hand_over_config *how = c->model->locks->classes[lock->lock].hand_over;
  bool barging = how->order == HAND_OVER_BARGING;
  if (!barging && !hand_over_costs(how)) return;
  struct instruction *in = compile_emit_quietly(c, &operation_hand_over);
  in->service = compile_service(c), in->lock = lock->lock, in->shared = lock->shared;
  compile_cpu_cells(c, in, in->service);
  if (barging) compile_emit_quietly(c, &operation_retake)->service = in->service;
}

void compile_lock(struct compiler *c, uint16_t lock, uint16_t items, bool shared) {
  if (c->error || !note_lock(c, lock, items, shared)) return;
  const struct lock_class *k = &c->model->locks->classes[lock];
  for (uint16_t i = 0; i < items; i++) {
    struct instruction *in = compile_emit_quietly(c, &operation_lock);
    in->service = k->database, in->cell = compile_cell(c, k->database, TIME_LOCK);
    in->lock = lock, in->items = items, in->nth = i;
    in->shared = shared, in->transactional = c->in_transaction;
    compile_hand_over(c, in);
  }
}

void compile_unlocked(struct compiler *c, bool transactional) {
  while (c->held_count && c->held[c->held_count - 1].transactional == transactional) c->held_count--;
}

/* --- circles ----------------------------------------------------------------------------------------------------------------- */

/* The first step of a way from one class to another, or null. `seen`: classes, a breadth-first search from the end. */
static const struct lock_order *way(const struct lock_book *b, uint16_t from, uint16_t to, bool *seen) {
  memset(seen, 0, LOCK_CLASSES * sizeof *seen);
  seen[to] = true;
  for (bool grew = true; grew;) {
    grew = false;
    for (uint32_t i = 0; i < b->order_count; i++) {
      const struct lock_order *o = &b->orders[i];
      if (!seen[o->second] || seen[o->first]) continue;
      if (o->first == from) return o;
      grew = seen[o->first] = true;
    }
  }
  return NULL;
}

static void refuse_circle(struct linker *l, const struct lock_order *a, const struct lock_order *back) {
  const struct model *m = l->model;
  const struct lock_class *classes = m->locks->classes;
  const char *first = lock_described(m, &classes[a->first], l->arena), *second = lock_described(m, &classes[a->second], l->arena);
  link_error(l, arena_format(l->arena, "endpoints.%s", model_endpoint(m, a->endpoint)->name), NULL,
             "locks %s and then %s, but the endpoint \"%s\" locks %s and then %s%s: each could wait for the other for ever (a "
             "deadlock); lock them in the same order everywhere",
             first, second, model_endpoint(m, back->endpoint)->name, second, lock_described(m, &classes[back->second], l->arena),
             back->second == a->first ? "" : ", from where others come back to the first");
}

static int32_t declare_busy(struct model *m, const struct lock_class *k, struct arena *arena) {
  const char *database = model_service(m, (uint32_t)k->database)->name;
  const char *name = k->kind == LOCK_ROWS    ? arena_format(arena, "%s_hottest_busy", k->name)
                     : k->kind == LOCK_ROW   ? arena_format(arena, "%s_row_busy", k->name)
                     : k->kind == LOCK_STOCK ? "row_busy"
                                             : "writer_busy";
  if (k->kind == LOCK_TABLE) return -1;
  uint32_t meter = meter_declare(m, k->kind == LOCK_STOCK ? k->name : database, name, METER_LEVEL, "1 while it is locked.");
  m->meters[meter].quiet = true;
  return (int32_t)meter;
}

static void declare_meters(struct model *m, struct arena *arena) {
  struct lock_book *b = m->locks;
  for (uint32_t i = 0; i < b->count; i++) {
    struct lock_class *k = &b->classes[i];
    k->busy = declare_busy(m, k, arena);
    if (k->kind == LOCK_STOCK) continue;
    uint32_t before = 0;
    while (before < i && (b->classes[before].kind == LOCK_STOCK || b->classes[before].database != k->database)) before++;
    const char *database = model_service(m, (uint32_t)k->database)->name;
    bool known = before < i;
    k->waited = known ? b->classes[before].waited
                      : meter_declare(m, database, "lock_wait", METER_TIME, "Waiting for a lock, by those that got it.");
    k->gave_up = known ? b->classes[before].gave_up
                       : meter_declare(m, database, "lock_timeouts", METER_COUNT, "Waits for a lock that were given up.");
  }
}

void locks_link(struct linker *l) {
  const struct lock_book *b = l->model->locks;
  bool seen[LOCK_CLASSES];
  declare_meters(l->model, l->arena);
  for (uint32_t i = 0; i < b->order_count; i++) {
    const struct lock_order *a = &b->orders[i], *back = way(b, a->second, a->first, seen);
    if (!back) continue;
    refuse_circle(l, a, back);
    return;
  }
}
