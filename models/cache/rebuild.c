#include "models/cache/rebuild.h"
#include "models/core/part.h"
#include "models/request/walk.h"
#include "models/request/operation.h"
#include "models/cache/cache.h"
#include "models/keys/keyspace.h"
#include "models/core/meter.h"
#include "models/request/child.h"
#include "models/request/line.h"
#include "sim/engine/arena.h"
#include "sim/engine/real.h"
#include <assert.h>

static struct rebuild *mark_at(const struct world *w, uint32_t id) { return pool_at(&world_rebuilds(w)->marks, id); }

static const struct cache_config *cache_of(const struct world *w, const struct rebuild_name *n) {
  return service_cache(service_config(&w->services[n->service]));
}

static const struct instruction *awaited(const struct world *w, const struct request *r) {
  return &w->model->programs[r->endpoint].instructions[r->pc - 1];
}

/* --- the table --------------------------------------------------------------------------------------------------------------- */

static uint32_t *bucket_of(struct world *w, const struct rebuild_name *n) {
  uint64_t key =
      stream_mix((uint64_t)n->item << 32 | n->container) + ((uint64_t)n->keyspace << 48 | (uint64_t)n->service << 32 | n->process);
  return &world_rebuilds(w)->buckets[stream_mix(key) % REBUILD_BUCKETS];
}

static bool same(const struct rebuild_name *a, const struct rebuild_name *b) {
  return a->item == b->item && a->container == b->container && a->keyspace == b->keyspace && a->service == b->service &&
         a->process == b->process;
}

static uint32_t find(struct world *w, const struct rebuild_name *n) {
  uint32_t id = *bucket_of(w, n);
  while (id != NONE && !same(&mark_at(w, id)->name, n)) id = mark_at(w, id)->next;
  return id;
}

static void own(struct world *w, uint32_t id, struct request *r, const struct frame *process) {
  struct rebuild *m = mark_at(w, id);
  assert(m->used && r->live);
  m->owner = r->id, m->older = request_rebuilds(w, r)->rebuilds;
  m->process = process->container, m->generation = process->generation;
  request_rebuilds(w, r)->rebuilds = id;
  request_holds(r, PART_rebuilds);
}

static void disown(struct world *w, uint32_t id) {
  struct rebuild *m = mark_at(w, id);
  if (m->owner == NONE) return;
  uint32_t *link = &request_rebuilds(w, world_request(w, m->owner))->rebuilds;
  while (*link != id) link = &mark_at(w, *link)->older;
  *link = m->older;
  m->owner = NONE;
}

static void run_timer(struct world *w, uint32_t id) {
  struct rebuild *m = mark_at(w, id);
  assert(!m->timed);
  m->timed = m->site->cure == CURE_LOCK && m->site->expiry != SIM_NEVER;
  if (m->timed) m->expires = timer_heap_push(world_rebuilds(w)->expiries, world_after(w, m->site->expiry), id);
}

static void stop_timer(struct world *w, struct rebuild *m) {
  if (m->timed) timer_heap_cancel(world_rebuilds(w)->expiries, m->expires);
  m->timed = false;
}

/* process: the frame of the one who asks. */
static uint32_t mark_new(struct world *w, struct request *r, const struct frame *process, const struct rebuild_name *n,
                         const struct stampede_config *site, bool shared) {
  uint32_t id = pool_take(&world_rebuilds(w)->marks);
  struct rebuild *m = mark_at(w, id);
  *m = (struct rebuild){.name = *n, .site = site, .since = world_now(w), .used = true, .shared = shared};
  own(w, id, r, process);
  if (!shared) return id;
  uint32_t *bucket = bucket_of(w, n);
  m->next = *bucket;
  *bucket = id;
  run_timer(w, id);
  return id;
}

/* Nobody waits in it any more. */
static void mark_free(struct world *w, uint32_t id) {
  struct rebuild *m = mark_at(w, id);
  disown(w, id);
  stop_timer(w, m);
  if (m->shared) {
    uint32_t *link = bucket_of(w, &m->name);
    while (*link != id) link = &mark_at(w, *link)->next;
    *link = m->next;
  }
  assert(m->used && !m->line.queue.count);
  m->used = false;
  pool_give(&world_rebuilds(w)->marks, id);
}

/* --- who waits --------------------------------------------------------------------------------------------------------------- */

static bool may_tire(const struct world *w, const struct request *r) { return awaited(w, r)->stampede->wait != SIM_NEVER; }

static struct request *call_next(struct world *w, struct rebuild *m) {
  if (!m->line.queue.count) return NULL;
  sim_time since = world_request(w, m->line.queue.head)->since;
  struct request *r = line_call(w, &m->line);
  if (may_tire(w, r)) timer_heap_cancel(world_rebuilds(w)->patience, request_rebuilds(w, r)->rebuild_patience);
  request_rebuilds(w, r)->awaits = NONE;
  meter_time(w, cache_of(w, &m->name)->rebuild_waits, world_now(w) - since);
  return r;
}

/* Handler: it has waited for as long as it would. */
static void wait_expires(void *world, uint32_t id) {
  struct world *w = world;
  struct request *r = world_request(w, id);
  struct rebuild *m = mark_at(w, request_rebuilds(w, r)->awaits);
  const struct instruction *in = awaited(w, r);
  meter_time(w, cache_of(w, &m->name)->rebuild_waits, world_now(w) - r->since);
  meter_count(w, cache_of(w, &m->name)->rebuild_timeouts);
  line_leave(w, &m->line, r);
  request_rebuilds(w, r)->awaits = NONE;
  if (in->stampede->then == TIRED_FAILS) {
    request_drop(w, r, OUTCOME_LOCK_TIMEOUT);
    return;
  }
  if (in->stampede->cure == CURE_LOCK) r->pc = in->target;
  request_wake_soon(w, r);
}

/* The item is there: what was coalesced has it, the others look again. */
static void wake_all(struct world *w, uint32_t id) {
  struct request *r;
  while ((r = call_next(w, mark_at(w, id)))) {
    const struct instruction *in = awaited(w, r);
    if (in->stampede->cure == CURE_COALESCE) r->pc = in->target;
    request_wake_soon(w, r);
  }
}

static void release(struct world *w, uint32_t id) {
  wake_all(w, id);
  mark_free(w, id);
}

/* The rebuild has failed, or its lock has expired: the next one rebuilds, the others wait on. */
static void pass_on(struct world *w, uint32_t id) {
  struct rebuild *m = mark_at(w, id);
  struct request *r = call_next(w, m);
  if (!r) {
    mark_free(w, id);
    return;
  }
  const struct instruction *in = awaited(w, r);
  disown(w, id);
  stop_timer(w, m);
  m->site = in->stampede;
  own(w, id, r, &r->frames[r->depth - 1]);
  run_timer(w, id);
  if (in->stampede->cure == CURE_LOCK) r->pc = in->target;
  request_wake_soon(w, r);
}

/* Handler: a lock is older than it may be. */
static void expired(void *world, uint32_t id) {
  struct world *w = world;
  mark_at(w, id)->timed = false;
  pass_on(w, id);
}

static bool owner_dead(const struct world *w, const struct rebuild *m) {
  return w->containers[m->process].generation != m->generation;
}

static void rebuilds_abandon(struct world *w, struct request *r) {
  while (request_rebuilds(w, r)->rebuilds != NONE) {
    uint32_t id = request_rebuilds(w, r)->rebuilds;
    const struct rebuild *m = mark_at(w, id);
    if (m->timed && owner_dead(w, m))
      disown(w, id);
    else
      pass_on(w, id);
  }
}

void rebuild_leave_line(struct world *w, struct request *r) {
  if (request_rebuilds(w, r)->awaits == NONE) return;
  if (may_tire(w, r)) timer_heap_cancel(world_rebuilds(w)->patience, request_rebuilds(w, r)->rebuild_patience);
  assert(mark_at(w, request_rebuilds(w, r)->awaits)->used);
  line_leave(w, &mark_at(w, request_rebuilds(w, r)->awaits)->line, r);
  request_rebuilds(w, r)->awaits = NONE;
  r->waiting = &wait_rebuild;
}

const struct wait wait_rebuild = {.name = "rebuild", .queue = true, .line = true, .early = true, .leave = rebuild_leave_line};

/* Those who waited for a process that is gone are gone with it; those who waited for a lock of the cache look again. */
static void rebuilds_container_died(struct world *w, struct container *c) {
  if (!pool_live(&world_rebuilds(w)->marks)) return;
  for (uint32_t id = 0; id < pool_capacity(&world_rebuilds(w)->marks); id++) {
    struct rebuild *m = mark_at(w, id);
    if (!m->used || !m->shared || m->name.container != c->id) continue;
    struct request *r;
    while ((r = call_next(w, m)))
      if (awaited(w, r)->stampede->cure != CURE_COALESCE) request_wake_soon(w, r);
    mark_free(w, id);
  }
}

/* --- in the cache ------------------------------------------------------------------------------------------------------------ */

/* -delta beta ln u: how much earlier than at its end this request takes the item for expired. */
static sim_time gap(const struct world *w, const struct request *r, const struct instruction *in, sim_time delta) {
  (void)w;
  struct stream draws = stream_open(stream_key(r->key, PURPOSE_REFRESH, (uint64_t)in->keyspace, in->draw));
  assert(delta >= 0);
  double ns = -(double)delta * in->stampede->beta * real_log(stream_uniform(&draws));
  return ns < 9e18 ? (sim_time)ns : (sim_time)9e18;
}

void rebuild_looked(struct world *w, struct request *r, const struct instruction *in, struct cache_store *s, uint32_t item) {
  const struct stampede_config *c = in->stampede;
  const struct frame *here = &r->frames[r->depth - 1], *process = r->depth > 1 ? here - 1 : here;
  struct rebuild_name n = {(uint32_t)in->service, here->container, 0, (uint32_t)in->keyspace, item};
  if (s->config->stores > 1) n.process = here->process;
  request_rebuilds(w, r)->looked = here->container, request_rebuilds(w, r)->refresh = false;
  const struct cache_terms *t = request_rebuilds(w, r)->found ? cache_store_terms(s, n.keyspace, item) : NULL;
  if (c->cure == CURE_LOCK && !request_rebuilds(w, r)->found && !rebuild_commands(c) && find(w, &n) == NONE)
    mark_new(w, r, process, &n, c, true);
  if (c->cure == CURE_STALE && t && t->expires - c->stale <= world_now(w)) {
    meter_count(w, s->config->stale_served);
    request_rebuilds(w, r)->refresh = find(w, &n) == NONE;
    if (request_rebuilds(w, r)->refresh) mark_new(w, r, process, &n, c, true);
  }
  if (c->cure == CURE_EARLY && t && t->delta && t->expires - world_now(w) <= gap(w, r, in, t->delta)) {
    meter_count(w, s->config->early);
    request_rebuilds(w, r)->found = false;
  }
}

static bool rebuild_lock(struct world *w, struct request *r, const struct instruction *in) {
  const struct frame *here = &r->frames[r->depth - 1];
  struct rebuild_name n = {(uint32_t)in->service, here->container, 0, (uint32_t)in->keyspace,
                           keyspace_item(w, r, (uint32_t)in->keyspace)};
  request_rebuilds(w, r)->looked = here->container;
  if (find(w, &n) == NONE) mark_new(w, r, here - 1, &n, in->stampede, true);
  return true;
}
const struct operation operation_rebuild_lock = {.name = "lock of a rebuild", .run = rebuild_lock};

static struct rebuild *mine(const struct world *w, const struct request *r, const struct instruction *in) {
  struct rebuild *m = request_rebuilds(w, r)->rebuilds == NONE ? NULL : mark_at(w, request_rebuilds(w, r)->rebuilds);
  return m && m->site == in->stampede ? m : NULL;
}

void rebuild_filled(struct world *w, const struct request *r, struct cache_store *s, const struct instruction *in, uint32_t item) {
  const struct rebuild *m = mine(w, r, in);
  struct cache_terms *t = m ? cache_store_terms(s, (uint32_t)in->keyspace, item) : NULL;
  assert(!m || m->since <= world_now(w));
  if (t) t->delta = world_now(w) - m->since;
}

/* --- instructions ------------------------------------------------------------------------------------------------------------ */

/* The child takes the mark over; the request goes on with what is stale. */
static void refresh(struct world *w, struct request *r, const struct instruction *in) {
  struct request *child = child_new(w, r, stream_key(r->key, PURPOSE_REFRESH, in->draw, 0), in->refresh);
  if (!child) return;
  uint32_t id = request_rebuilds(w, r)->rebuilds;
  child_abandon(w, child, false);
  if (mine(w, r, in)) {
    disown(w, id);
    own(w, id, child, &child->frames[0]);
  }
  child->wait_cell = in->cell;
  request_wake_soon(w, child);
}

static bool rebuild_refresh(struct world *w, struct request *r, const struct instruction *in) {
  if (!request_rebuilds(w, r)->found) return true;
  if (request_rebuilds(w, r)->refresh) refresh(w, r, in);
  request_rebuilds(w, r)->refresh = false;
  r->pc = in->target;
  return true;
}
const struct operation operation_refresh = {
    .name = "refresh", .run = rebuild_refresh, .onward = rebuild_walks_lookup, .through = passage_looks_up, .jumps = true};

static bool rebuild_wait(struct world *w, struct request *r, const struct instruction *in) {
  const struct frame *f = &r->frames[r->depth - 1];
  bool lock = in->stampede->cure == CURE_LOCK;
  if (lock && mine(w, r, in)) {
    r->pc = in->target;
    return true;
  }
  struct rebuild_name n = {(uint32_t)in->service, lock ? request_rebuilds(w, r)->looked : f->container, lock ? 0 : f->process,
                           (uint32_t)in->keyspace, keyspace_item(w, r, (uint32_t)in->keyspace)};
  uint32_t id = find(w, &n);
  if (id == NONE) { /* its lock has gone since it looked: it looks again */
    if (!lock) mark_new(w, r, f, &n, in->stampede, true);
    return true;
  }
  assert(request_rebuilds(w, r)->awaits == NONE && mark_at(w, id)->shared);
  request_rebuilds(w, r)->awaits = id;
  line_join(w, &mark_at(w, id)->line, r, &wait_rebuild, in->cell);
  sim_time wait = in->stampede->wait;
  if (wait != SIM_NEVER)
    request_rebuilds(w, r)->rebuild_patience = timer_heap_push(world_rebuilds(w)->patience, world_after(w, wait), r->id);
  return false;
}
const struct operation operation_rebuild_wait = {
    .name = "wait for a rebuild", .run = rebuild_wait, .onward = walk_skips, .through = passage_skips};

static bool rebuild_begin(struct world *w, struct request *r, const struct instruction *in) {
  struct rebuild *m = mine(w, r, in);
  struct rebuild_name n = {.service = (uint32_t)in->service};
  meter_count(w, cache_of(w, &n)->rebuilds);
  if (m)
    m->since = world_now(w);
  else
    mark_new(w, r, &r->frames[r->depth - 1], &n, in->stampede, false);
  return true;
}
const struct operation operation_rebuild = {.name = "rebuild", .run = rebuild_begin};

static bool rebuild_unlock(struct world *w, struct request *r, const struct instruction *in) {
  const struct rebuild *m = mine(w, r, in);
  if (!m || !m->shared) r->pc = in->target;
  return true;
}
const struct operation operation_rebuild_unlock = {.name = "unlock of a rebuild", .run = rebuild_unlock};

/* Its lock has expired meanwhile and is another one's, or it got tired of waiting for it: those in line find what it has filled
 * in. */
static void notify_others(struct world *w, const struct request *r, const struct instruction *in) {
  struct rebuild_name n = {(uint32_t)in->service, request_rebuilds(w, r)->looked, 0, (uint32_t)in->keyspace,
                           keyspace_item(w, r, (uint32_t)in->keyspace)};
  uint32_t id = find(w, &n);
  if (id != NONE) wake_all(w, id);
}

static bool rebuild_end(struct world *w, struct request *r, const struct instruction *in) {
  const struct rebuild *m = mine(w, r, in);
  bool others = in->stampede->cure == CURE_LOCK && (!m || (!m->shared && in->stampede->wait != SIM_NEVER));
  if (m) release(w, request_rebuilds(w, r)->rebuilds);
  if (others) notify_others(w, r, in);
  r->pc = in->target;
  return true;
}
const struct operation operation_rebuild_end = {
    .name = "end of a rebuild", .run = rebuild_end, .onward = walk_skips, .through = passage_skips};

static bool rebuild_refreshed(struct world *w, struct request *r, const struct instruction *in) {
  if (mine(w, r, in)) release(w, request_rebuilds(w, r)->rebuilds);
  request_forget(w, r);
  return false;
}
const struct operation operation_refreshed = {.name = "end of a refresh", .run = rebuild_refreshed};

/* --- beginning and end ------------------------------------------------------------------------------------------------------- */

static void rebuilds_start(struct world *w) {
  pool_init(&world_rebuilds(w)->marks, sizeof(struct rebuild));
  for (uint32_t i = 0; i < REBUILD_BUCKETS; i++) world_rebuilds(w)->buckets[i] = NONE;
  for (uint32_t i = 0; i < w->model->services.count; i++) {
    const struct cache_config *c = service_cache(model_service(w->model, i));
    if (c->locked && !world_rebuilds(w)->expiries) world_rebuilds(w)->expiries = timer_heap_new(w->calendar, expired, w);
    if (c->wait_expires && !world_rebuilds(w)->patience) world_rebuilds(w)->patience = timer_heap_new(w->calendar, wait_expires, w);
  }
}

static void rebuilds_stop(struct world *w) {
  timer_heap_free(world_rebuilds(w)->expiries);
  timer_heap_free(world_rebuilds(w)->patience);
  pool_release(&world_rebuilds(w)->marks);
}

/* --- keys of a scenario ------------------------------------------------------------------------------------------------------ */

static const char *const cure_words[] = {"none", "coalesce", "lock", "stale", "early", NULL};
static const char *const then_words[] = {"rebuild", "fail", NULL};

static const struct field fields[] = {
    KEY("cure", WORD, stampede_config, cure, .words = cure_words,
        .doc = "What a request does that misses an item which is already being rebuilt: the same work (none: rebuilds are only "
               "counted), or wait for the rebuild of its process (coalesce) or of all processes (lock). Or the item is served when "
               "it is old (stale), or rebuilt before it is (early)."),
    KEY("stale", DURATION, stampede_config, stale, DEFAULT("30s"), RANGE(1, 9e17),
        .doc = "stale: how long after its ttl an item is still served."),
    KEY("expiry", DURATION, stampede_config, expiry, DEFAULT("10s"), RANGE(1, FIELD_UNLIMITED),
        .doc = "lock: time after which the next in line rebuilds."),
    KEY("command", DISTRIBUTION, stampede_config, command, OPTIONAL,
        .doc = "lock: CPU time of each of its commands at the cache, SET NX before the rebuild and DEL after the fill; absent: "
               "look-up and fill include it (a script)."),
    KEY("wait", DURATION, stampede_config, wait, DEFAULT("never"), RANGE(1, FIELD_UNLIMITED),
        .doc = "coalesce, lock: how long a request waits for the rebuild of another one."),
    KEY("then", WORD, stampede_config, then, DEFAULT("rebuild"), .words = then_words,
        .doc = "After that wait: it rebuilds on its own, or fails (lock_timeout)."),
    KEY("beta", NUMBER, stampede_config, beta, DEFAULT(1), RANGE(0.001, 1000),
        .doc = "early: more than 1 rebuilds earlier, less later.", .source = "Vattani, Chierichetti, Lowenstein 2015: 1"),
    {0}};
const struct record stampede_record = {.name = "stampede",
                                       .size = sizeof(struct stampede_config),
                                       .fields = fields,
                                       .doc =
                                           "What keeps requests that miss the same item at the same time from all rebuilding it.",
                                       .shorthand = "cure"};

static const struct rebuilds_of_request new_request = {.rebuilds = NONE, .awaits = NONE};
const struct part part_rebuilds = {.name = "rebuilds",
                                   .room.request = sizeof(struct rebuilds_of_request),
                                   .request = &new_request,
                                   .requests = true,
                                   .room.world = sizeof(struct rebuilds),
                                   .start = rebuilds_start,
                                   .stop = rebuilds_stop,
                                   .dies = rebuilds_container_died,
                                   .forget = rebuilds_abandon,
                                   .audit = audit_rebuilds};
