#include "models/database/lock.h"
#include "models/core/link.h"
#include "models/keys/keyspace.h"
#include "models/core/part.h"
#include "models/request/walk.h"
#include "models/request/operation.h"
#include "models/core/meter.h"
#include "models/request/line.h"
#include "sim/engine/arena.h"
#include "sim/engine/allocate.h"
#include <assert.h>
#include <stdlib.h>

static struct lock *lock_at(const struct world *w, uint32_t id) { return pool_at(&world_locks(w)->entries, id); }
static struct lock_hold *hold_at(const struct world *w, uint32_t id) { return pool_at(&world_locks(w)->holds, id); }
static const struct lock_class *class_of(const struct world *w, uint16_t class) { return &w->model->locks->classes[class]; }

/* --- the table of entries ---------------------------------------------------------------------------------------------------- */

enum { BUCKETS_AT_FIRST = 64 };

static uint32_t bucket_of(const struct locks *t, uint16_t class, uint32_t item, uint32_t container) {
  uint64_t name = stream_mix((uint64_t)item << 32 | container) + class;
  return (uint32_t)(stream_mix(name) & (t->bucket_count - 1));
}

static uint32_t find(const struct world *w, uint16_t class, uint32_t item, uint32_t container) {
  uint32_t id = world_locks(w)->buckets[bucket_of(world_locks(w), class, item, container)];
  while (id != NONE) {
    const struct lock *l = lock_at(w, id);
    if (l->class == class && l->item == item && l->container == container) break;
    id = l->next;
  }
  return id;
}

static void insert(struct world *w, uint32_t id) {
  struct lock *l = lock_at(w, id);
  uint32_t *bucket = &world_locks(w)->buckets[bucket_of(world_locks(w), l->class, l->item, l->container)];
  l->next = *bucket;
  *bucket = id;
}

static void make_buckets(struct world *w, uint32_t count) {
  assert(count && (count & (count - 1)) == 0);
  struct locks *t = world_locks(w);
  free(t->buckets);
  t->buckets = allocate(count * sizeof *t->buckets);
  t->bucket_count = count;
  for (uint32_t i = 0; i < count; i++) t->buckets[i] = NONE;
  for (uint32_t id = 0; id < pool_capacity(&t->entries); id++)
    if (lock_at(w, id)->used) insert(w, id);
}

static uint32_t add(struct world *w, uint16_t class, uint32_t item, uint32_t container) {
  struct locks *t = world_locks(w);
  uint32_t id = pool_take(&t->entries);
  *lock_at(w, id) = (struct lock){
      .item = item, .container = container, .class = class, .used = true, .waking = NONE, .line.patience = t->patience[class]};
  insert(w, id);
  if (pool_live(&t->entries) > t->bucket_count) make_buckets(w, 2 * t->bucket_count);
  return id;
}

static void forget_unless_wanted(struct world *w, uint32_t id) {
  struct lock *l = lock_at(w, id);
  if (l->holders || l->line.queue.count || l->waking != NONE) return;
  uint32_t *link = &world_locks(w)->buckets[bucket_of(world_locks(w), l->class, l->item, l->container)];
  while (*link != id) link = &lock_at(w, *link)->next;
  *link = l->next;
  assert(l->used && !l->holders);
  l->used = false;
  pool_give(&world_locks(w)->entries, id);
}

/* --- which lock -------------------------------------------------------------------------------------------------------------- */

/* Of several items of the keyspace that the query is about: the one that is locked n-th, in the order of their numbers. */
static uint32_t nth_item(const struct world *w, const struct request *r, uint32_t keyspace, uint32_t items, uint32_t n) {
  assert(n < items && items <= LOCK_ITEMS);
  uint32_t sorted[LOCK_ITEMS] = {0}, count = 0;
  for (uint32_t i = 0; i < items; i++) {
    uint32_t item = keyspace_item_at(w, r, keyspace, i), at = count++;
    for (; at && sorted[at - 1] > item; at--) sorted[at] = sorted[at - 1];
    sorted[at] = item;
  }
  return sorted[n];
}

struct name {
  uint32_t item, container;
};

static struct name name_of(const struct world *w, const struct request *r, const struct instruction *in) {
  const struct lock_class *c = class_of(w, in->lock);
  uint32_t item = c->kind == LOCK_ROWS ? nth_item(w, r, (uint32_t)c->keyspace, in->items, in->nth) : 0;
  return (struct name){item, c->kind == LOCK_FILE ? NONE : r->frames[r->depth - 1].container};
}

static const struct instruction *awaited(const struct world *w, const struct request *r) {
  return &w->model->programs[r->endpoint].instructions[r->pc - 1];
}

static uint32_t lock_waited_for(const struct world *w, const struct request *r) {
  const struct instruction *in = awaited(w, r);
  struct name name = name_of(w, r, in);
  return find(w, in->lock, name.item, name.container);
}

/* --- taking and giving back -------------------------------------------------------------------------------------------------- */

static void count_busy(struct world *w, const struct lock *l, int change) {
  int32_t meter = class_of(w, l->class)->busy;
  if (meter >= 0 && !l->item) meter_change(w, (uint32_t)meter, change);
}

static void grant(struct world *w, uint32_t id, struct request *r, const struct instruction *in, sim_time waited) {
  struct lock *l = lock_at(w, id);
  uint32_t hold = pool_take(&world_locks(w)->holds);
  *hold_at(w, hold) = (struct lock_hold){id, r->id, request_locks(w, r)->locks, true, in->transactional};
  request_locks(w, r)->locks = hold;
  request_holds(r, PART_locks);
  assert(!l->holders || (l->shared && in->shared));
  if (!l->holders++) count_busy(w, l, 1);
  l->shared = in->shared;
  meter_time(w, class_of(w, in->lock)->waited, waited);
}

static bool compatible(const struct lock *l, bool shared) { return !l->holders || (shared && l->shared); }

static bool has(const struct world *w, const struct request *r, uint32_t lock) {
  for (uint32_t id = request_locks(w, r)->locks; id != NONE; id = hold_at(w, id)->next)
    if (hold_at(w, id)->lock == lock) return true;
  return false;
}

/* It has waited, and has it now. */
static void pass(struct world *w, uint32_t id, struct request *next, const struct instruction *in) {
  struct lock *l = lock_at(w, id);
  sim_time since = next->since;
  line_leave(w, &l->line, next);
  grant(w, id, next, in, world_now(w) - since);
  if (hand_over_costs(class_of(w, l->class)->hand_over)) request_locks(w, next)->among = l->line.queue.count + 1;
  request_wake_soon(w, next);
}

/* Whoever may have it now, in the order of the line. */
static void serve_in_order(struct world *w, uint32_t id) {
  struct lock *l = lock_at(w, id);
  while (l->line.queue.count) {
    struct request *next = world_request(w, l->line.queue.head);
    const struct instruction *in = awaited(w, next);
    if (!compatible(l, in->shared)) return;
    pass(w, id, next, in);
  }
}

static struct request *drawn(struct world *w, const struct lock *l) {
  const struct lock_class *c = class_of(w, l->class);
  uint64_t entity = stream_entity(c->name, (uint64_t)c->kind << 32 | (uint32_t)c->database);
  struct stream draws = stream_at(stream_key(w->seed, w->replication, PURPOSE_LOCK, entity), world_locks(w)->draws[l->class]++);
  uint32_t next = l->line.queue.head;
  for (uint32_t k = stream_below(&draws, l->line.queue.count); k; k--) next = world_request(w, next)->next;
  return world_request(w, next);
}

/* All shared ones that wait, wherever. */
static void pass_shared(struct world *w, uint32_t id) {
  const struct lock *l = lock_at(w, id);
  uint32_t next = l->line.queue.head;
  for (uint32_t left = l->line.queue.count; left; left--) {
    struct request *r = world_request(w, next);
    const struct instruction *in = awaited(w, r);
    next = r->next;
    if (in->shared) pass(w, id, r, in);
  }
}

static void serve_drawn(struct world *w, uint32_t id) {
  struct lock *l = lock_at(w, id);
  if (!l->line.queue.count) return;
  struct request *next = drawn(w, l);
  const struct instruction *in = awaited(w, next);
  pass(w, id, next, in);
  if (in->shared) pass_shared(w, id);
}

/* Its patience runs on while it is woken. */
static void wake_first(struct world *w, uint32_t id) {
  struct lock *l = lock_at(w, id);
  if (l->waking != NONE || !l->line.queue.count) return;
  struct request *next = world_request(w, l->line.queue.head);
  if (!compatible(l, awaited(w, next)->shared)) return;
  struct locks_of_request *its = request_locks(w, next);
  its->asked = its->asked ? its->asked : next->since;
  queue_remove(w, &l->line.queue, next);
  request_book(next, next->wait_cell, world_now(w));
  l->waking = next->id, its->waking = id, its->late = false;
  its->among = l->line.queue.count + 1;
  request_holds(next, PART_locks);
  request_wake_soon(w, next);
}

static void serve(struct world *w, uint32_t id) {
  const struct lock *l = lock_at(w, id);
  int32_t order = class_of(w, l->class)->hand_over->order;
  if (order == HAND_OVER_BARGING)
    wake_first(w, id);
  else if (order == HAND_OVER_RANDOM && !l->holders)
    serve_drawn(w, id);
  else
    serve_in_order(w, id);
}

static bool turned_away(struct world *w, struct request *r, const struct lock_class *c) {
  if (c->kind != LOCK_STOCK) meter_count(w, c->gave_up);
  request_fail(w, r, OUTCOME_LOCK_TIMEOUT);
  return false;
}

static bool lock_take(struct world *w, struct request *r, const struct instruction *in) {
  struct name name = name_of(w, r, in);
  uint32_t id = find(w, in->lock, name.item, name.container);
  if (id == NONE) id = add(w, in->lock, name.item, name.container);
  struct lock *l = lock_at(w, id);
  if (l->holders && has(w, r, id)) return true;
  const struct lock_class *c = class_of(w, in->lock);
  bool first = !l->line.queue.count && l->waking == NONE;
  if (compatible(l, in->shared) && (first || (c->hand_over->order == HAND_OVER_BARGING && !l->holders))) {
    grant(w, id, r, in, 0);
    return true;
  }
  if (!c->wait) return turned_away(w, r, c);
  line_join(w, &l->line, r, &wait_lock, in->cell);
  return false;
}

static void stop_waking(struct world *w, struct request *r) {
  struct locks_of_request *its = request_locks(w, r);
  struct lock *l = lock_at(w, its->waking);
  assert(l->used && l->waking == r->id);
  l->waking = its->waking = NONE;
}

static void stop_patience(struct world *w, const struct lock *l, struct request *r) {
  if (l->line.patience && !request_locks(w, r)->late) lane_cancel(l->line.patience, r->line_patience);
}

/* Back at the instruction that locks, as the first, for as long as its patience lasts. */
static void waits_again(struct world *w, struct lock *l, struct request *r, const struct instruction *in) {
  r->pc -= 2;
  r->waiting = &wait_lock, r->since = world_now(w), r->wait_cell = in->cell;
  queue_push_behind(w, &l->line.queue, NONE, r);
}

static bool lock_retake(struct world *w, struct request *r, const struct instruction *in) {
  struct locks_of_request *its = request_locks(w, r);
  uint32_t id = its->waking;
  if (id == NONE) return true;
  const struct instruction *lock = in - 2;
  struct lock *l = lock_at(w, id);
  assert(lock->operation == &operation_lock);
  stop_waking(w, r);
  if (compatible(l, lock->shared)) {
    stop_patience(w, l, r);
    grant(w, id, r, lock, world_now(w) - its->asked);
    its->asked = 0;
    serve(w, id);
    return true;
  }
  if (its->late) return turned_away(w, r, class_of(w, l->class));
  waits_again(w, l, r, lock);
  return false;
}
const struct operation operation_retake = {.name = "retake", .run = lock_retake};

/* --- walks without requests -------------------------------------------------------------------------------------------------- */

static void lock_holds_in_walk(struct walk *w, const struct instruction *in, double weight) {
  (void)weight;
  for (uint32_t i = 0; i < w->locked_count; i++)
    if (w->locked[i].lock == in->lock) return;
  if (w->locked_count < PROGRAM_LOCKS)
    w->locked[w->locked_count++] = (struct held_lock){in->lock, in->items, in->shared, in->transactional};
}
const struct operation operation_lock = {.name = "lock", .run = lock_take, .hold = lock_holds_in_walk};

void walk_unlocks(struct walk *w, bool transactional) {
  while (w->locked_count && w->locked[w->locked_count - 1].transactional == transactional) w->locked_count--;
}

bool lock_holds(const struct world *w, const struct request *r, const struct instruction *in) {
  for (uint32_t id = request_locks(w, r)->locks; id != NONE; id = hold_at(w, id)->next)
    if (lock_at(w, hold_at(w, id)->lock)->class == in->lock) return true;
  return false;
}

static void give_back(struct world *w, uint32_t hold) {
  struct lock_hold *h = hold_at(w, hold);
  uint32_t id = h->lock;
  assert(h->used && lock_at(w, h->lock)->holders);
  h->used = false;
  pool_give(&world_locks(w)->holds, hold);
  if (!--lock_at(w, id)->holders) count_busy(w, lock_at(w, id), -1);
  serve(w, id);
  forget_unless_wanted(w, id);
}

void lock_release(struct world *w, struct request *r, bool transactional) {
  for (uint32_t *link = &request_locks(w, r)->locks; *link != NONE;) {
    uint32_t id = *link;
    if (hold_at(w, id)->transactional != transactional) {
      link = &hold_at(w, id)->next;
      continue;
    }
    *link = hold_at(w, id)->next;
    give_back(w, id);
  }
}

void lock_release_all(struct world *w, struct request *r) {
  lock_release(w, r, false);
  lock_release(w, r, true);
}

/* --- giving up, dying -------------------------------------------------------------------------------------------------------- */

/* Those behind it may have been kept by it alone: readers behind a writer. */
static void wait_over(void *world, uint32_t request) {
  struct world *w = world;
  struct request *r = world_request(w, request);
  if (request_locks(w, r)->waking != NONE) {
    request_locks(w, r)->late = true;
    return;
  }
  uint32_t id = lock_waited_for(w, r);
  assert(id != NONE);
  const struct lock_class *c = class_of(w, lock_at(w, id)->class);
  if (c->kind != LOCK_STOCK) meter_count(w, c->gave_up);
  request_locks(w, r)->asked = 0;
  line_gives_up(w, &lock_at(w, id)->line, request, OUTCOME_LOCK_TIMEOUT);
  serve(w, id);
}

void lock_leave_line(struct world *w, struct request *r) {
  uint32_t id = lock_waited_for(w, r);
  assert(id != NONE);
  request_locks(w, r)->asked = 0;
  line_leave(w, &lock_at(w, id)->line, r);
  r->waiting = &wait_lock;
  serve(w, id);
  forget_unless_wanted(w, id);
}

const struct wait wait_lock = {.name = "lock", .queue = true, .line = true, .leave = lock_leave_line};

static void unlink_hold(struct world *w, uint32_t id) {
  uint32_t *link = &request_locks(w, world_request(w, hold_at(w, id)->request))->locks;
  while (*link != id) link = &hold_at(w, *link)->next;
  *link = hold_at(w, id)->next;
}

void locks_clear(struct world *w, const struct container *c) {
  for (uint32_t id = 0; id < pool_capacity(&world_locks(w)->holds); id++) {
    struct lock_hold *h = hold_at(w, id);
    if (!h->used || lock_at(w, h->lock)->container != c->id) continue;
    unlink_hold(w, id);
    give_back(w, id);
  }
}

/* --- beginning and end ------------------------------------------------------------------------------------------------------- */

static void locks_start(struct world *w) {
  struct locks *t = world_locks(w);
  const struct lock_book *book = w->model->locks;
  pool_init(&t->entries, sizeof(struct lock));
  pool_init(&t->holds, sizeof(struct lock_hold));
  make_buckets(w, BUCKETS_AT_FIRST);
  t->draws = arena_new_array(w->arena, uint64_t, book->count + 1);
  t->patience = arena_new_array(w->arena, struct lane *, book->count + 1);
  for (uint32_t i = 0; i < book->count; i++) {
    sim_time wait = book->classes[i].wait;
    if (wait && wait != SIM_NEVER) t->patience[i] = lane_new(w->calendar, wait, wait_over, w);
  }
}

static void locks_stop(struct world *w) {
  for (uint32_t i = 0; i < w->model->locks->count; i++) lane_free(world_locks(w)->patience[i]);
  free(world_locks(w)->buckets);
  pool_release(&world_locks(w)->entries);
  pool_release(&world_locks(w)->holds);
}

/* It fails on its way to the lock: the next one is woken. */
static void abandon_waking(struct world *w, struct request *r) {
  uint32_t id = request_locks(w, r)->waking;
  stop_patience(w, lock_at(w, id), r);
  stop_waking(w, r);
  serve(w, id);
  forget_unless_wanted(w, id);
}

static void releases(struct world *w, struct request *r) {
  if (__builtin_expect(request_locks(w, r)->waking != NONE, 0)) abandon_waking(w, r);
  if (request_locks(w, r)->locks != NONE) lock_release_all(w, r);
}

static void link_locks(struct linker *l, enum link_stage stage) {
  if (stage == LINK_FIRST) l->model->locks = arena_new_array(l->arena, struct lock_book, 1);
  if (stage == LINK_COMPILED) locks_link(l);
}

static void locks_sums(struct demand_sums *d, struct arena *arena) {
  d->locked_s = arena_new_array(arena, double, d->model->locks->count + 1);
  d->locked_cpu_s = arena_new_array(arena, double, d->model->locks->count + 1);
}

static void locks_computes(const struct walk *w, int32_t service, double weighted_s) {
  (void)service;
  for (uint32_t i = 0; i < w->locked_count; i++) w->sums->locked_cpu_s[w->locked[i].lock] += weighted_s;
}

static const struct locks_of_request new_request = {.locks = NONE, .waking = NONE};
const struct part part_locks = {.name = "locks",
                                .room.request = sizeof(struct locks_of_request),
                                .request = &new_request,
                                .sums = locks_sums,
                                .computes = locks_computes,
                                .link = link_locks,
                                .requests = true,
                                .room.world = sizeof(struct locks),
                                .start = locks_start,
                                .stop = locks_stop,
                                .release = releases,
                                .load = &locks_load};
