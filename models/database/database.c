#include "models/database/database.h"
#include "models/core/link.h"
#include "models/replication/shard.h"
#include "models/core/part.h"
#include "models/request/draws.h"
#include "models/request/walk.h"
#include "models/request/operation.h"
#include "models/database/connection_pool.h"
#include "models/database/connections.h"
#include "models/database/disk.h"
#include "models/database/lock.h"
#include "models/replication/replication.h"
#include "models/replication/standby.h"
#include "models/core/meter.h"
#include "models/request/line.h"
#include "sim/engine/arena.h"
#include <assert.h>

const struct wait wait_log = {.name = "log", .line = true}, wait_flush = {.name = "flush"};

/* --- the log ----------------------------------------------------------------------------------------------------------------- */

/* The next flush takes all who wait, or the first. They go on waiting in the same cell. */
static void flush_next(struct world *w, struct database *d) {
  uint32_t batch = d->config->commit.group ? d->waiting.queue.count : 1;
  if (!d->waiting.queue.count) return;
  for (uint32_t i = 0; i < batch; i++) {
    struct request *r = queue_pop(w, &d->waiting.queue);
    r->waiting = &wait_flush;
    queue_push(w, &d->flushing, r);
  }
  struct stream draws = stream_at(d->key, d->flushes++);
  meter_count(w, d->config->flushes);
  calendar_set(w->calendar, d->slot, world_after(w, distribution_sample_time(&d->config->commit.latency, &draws)));
}

static void flushed(void *world, uint32_t log) {
  struct world *w = world;
  struct database *d = &world_databases(w)->logs[log];
  for (struct request *r; (r = queue_pop(w, &d->flushing));) {
    request_book(r, r->wait_cell, world_now(w));
    d->left++;
    request_wake_soon(w, r);
  }
  flush_next(w, d);
}

struct transaction *transaction_of(const struct world *w, const struct request *r) {
  assert(request_database(w, r)->transaction != NONE);
  return pool_at(&world_databases(w)->transactions, request_database(w, r)->transaction);
}

/* A log for each shard: that of the replica on which the request is. */
static struct database *log_of(const struct world *w, const struct request *r, const struct instruction *in) {
  const struct service *s = &w->services[in->service];
  return &world_databases(w)->logs[s->log + (s->shards ? shard_of_container(w, r->frames[r->depth - 1].container) : 0)];
}

static bool database_flush(struct world *w, struct request *r, const struct instruction *in) {
  if (in->transactional && !transaction_of(w, r)->writes) return true;
  struct database *d = log_of(w, r, in);
  assert(d->config);
  d->entered++;
  line_join(w, &d->waiting, r, &wait_log, in->cell);
  if (!d->flushing.count) flush_next(w, d);
  return false;
}
const struct operation operation_flush = {.name = "flush", .run = database_flush, .ask = walk_waits};

/* Of a transaction only when it has written. Its draws are by the number of the instruction before it. */
static bool commit_works(struct world *w, struct request *r, const struct instruction *in) {
  if (in->transactional && !transaction_of(w, r)->writes) return true;
  sim_time work = distribution_time_at(&in->demand, r->key, draw_of_part(PART_databases, 0, in->draw, 0));
  return request_compute_work(w, r, in, work);
}
const struct operation operation_commit_work = {
    .name = "work of a commit", .run = commit_works, .ask = compute_asks, .computes = true};

void database_committed(struct world *w, uint32_t service, struct request *r, uint32_t writes) {
  (void)r;
  const struct database_config *c = service_database(service_config(&w->services[service]));
  if (writes && c->commit.latency.kind) meter_count(w, c->commits);
}

static bool database_commit(struct world *w, struct request *r, const struct instruction *in) {
  uint32_t writes = in->transactional ? transaction_of(w, r)->writes : in->write;
  if (writes) database_committed(w, (uint32_t)in->service, r, writes);
  if (request_locks(w, r)->locks != NONE) lock_release(w, r, in->transactional);
  return true;
}

static void commit_holds(struct walk *w, const struct instruction *in, double weight) {
  (void)weight;
  walk_unlocks(w, in->transactional);
}
const struct operation operation_commit = {.name = "commit", .run = database_commit, .hold = commit_holds};

/* --- transactions ------------------------------------------------------------------------------------------------------------ */

/* Where its connection leads, which is where its statements go: nowhere, for whoever asks the dead. A pooler chooses later, and a
 * file is no process. */
static void lead(const struct world *w, const struct request *r, const struct instruction *in) {
  struct transaction *t = transaction_of(w, r);
  const struct service *s = &w->services[in->service];
  if (service_config(s)->embedded || service_connections(service_config(s))->pooled_by >= 0) return;
  bool two = s->replication && !s->shards; /* perhaps, of primaries */
  const struct container *c = &w->containers[s->shards ? shard_primary(w, s, in, r)
                                             : two     ? severance_primary(s->replication, r)
                                                       : s->primary];
  bool serves = container_serves(c);
  t->container = c->id, t->generation = serves ? c->generation : c->generation - 1;
}

static bool transaction_begin(struct world *w, struct request *r, const struct instruction *in) {
  request_holds(r, PART_databases);
  assert(request_database(w, r)->transaction == NONE);
  request_database(w, r)->transaction = pool_take(&world_databases(w)->transactions);
  *transaction_of(w, r) = (struct transaction){.container = NONE,
                                               .depth = r->depth,
                                               .used = true,
                                               .has_connection = request_connections(w, r)->has_connection,
                                               .connection_frame = request_connections(w, r)->connection_frame,
                                               .connection_service = request_connections(w, r)->connection_service,
                                               .connection = request_connections(w, r)->connection,
                                               .backend = request_connections(w, r)->backend};
  request_connections(w, r)->has_connection = false,
                         request_connections(w, r)->connection = request_connections(w, r)->backend = NONE;
  lead(w, r, in);
  return true;
}

/* Its connection is put aside. */
static void transaction_holds(struct walk *w, const struct instruction *in, double weight) {
  (void)in, (void)weight;
  w->aside = w->connected, w->connected = -1;
}
const struct operation operation_transaction = {.name = "transaction", .run = transaction_begin, .hold = transaction_holds};

static bool transaction_lends(struct world *w, struct request *r, const struct instruction *in) {
  (void)in;
  struct transaction *t = transaction_of(w, r);
  if (connection_at(w, t->connection)->server == NONE) { /* the pooler has died under it */
    request_fail(w, r, OUTCOME_CRASHED);
    return false;
  }
  assert(t->used && t->connection != NONE);
  uint32_t backend = request_connections(w, r)->backend;
  request_connections(w, r)->backend = t->backend, t->backend = backend;
  return true;
}
const struct operation operation_lend = {.name = "lend", .run = transaction_lends};

static bool transaction_statement(struct world *w, struct request *r, const struct instruction *in) {
  struct transaction *t = transaction_of(w, r);
  t->writes += in->write;
  if (r->depth == t->depth) return true; /* in a file */
  const struct frame *f = &r->frames[r->depth - 1];
  if (t->container == NONE) t->container = f->container, t->generation = f->generation;
  if (t->container == f->container && t->generation == f->generation) return true;
  request_fail(w, r, OUTCOME_CRASHED);
  return false;
}
const struct operation operation_statement = {.name = "statement", .run = transaction_statement};

/* Its connection is the request's again. */
static void end(struct world *w, struct request *r) {
  struct transaction *t = transaction_of(w, r);
  assert(!request_connections(w, r)->has_connection);
  request_connections(w, r)->has_connection = t->has_connection, request_connections(w, r)->connection_frame = t->connection_frame,
                         request_connections(w, r)->connection_service = t->connection_service;
  request_connections(w, r)->connection = t->connection;
  request_holds(r, PART_connections);
  if (t->backend != NONE) request_connections(w, r)->backend = t->backend;
  assert(t->used);
  t->used = false;
  pool_give(&world_databases(w)->transactions, request_database(w, r)->transaction);
  request_database(w, r)->transaction = NONE;
}

static bool transaction_end(struct world *w, struct request *r, const struct instruction *in) {
  (void)in;
  end(w, r);
  return true;
}

static void transaction_release(struct walk *w, const struct instruction *in, double weight) {
  (void)in, (void)weight;
  w->connected = w->aside, w->aside = -1;
}
const struct operation operation_transaction_end = {
    .name = "end of a transaction", .run = transaction_end, .hold = transaction_release};

static void transaction_abandon(struct world *w, struct request *r) {
  if (request_locks(w, r)->locks != NONE) lock_release_all(w, r);
  end(w, r);
  connection_pool_abandon(w, r);
}

/* Not at the database just now: it computes, waits or calls others between two statements. */
static bool between_statements(const struct request *r, const struct transaction *t) {
  for (uint32_t d = t->depth; d < r->depth; d++)
    if (r->frames[d].container == t->container) return false;
  return true;
}

/* --- deaths ------------------------------------------------------------------------------------------------------------------ */

static void abandon_log(struct world *w, struct request *r) {
  assert(r->waiting == &wait_log || r->waiting == &wait_flush);
  const struct instruction *in = &w->model->programs[r->endpoint].instructions[r->pc - 1];
  struct database *d = log_of(w, r, in);
  queue_remove(w, r->waiting == &wait_log ? &d->waiting.queue : &d->flushing, r);
  request_book(r, r->wait_cell, world_now(w));
  d->left++;
}

static void leave_lines(struct world *w, struct request *r) {
  if (r->waiting == &wait_lock) lock_leave_line(w, r);
  if (r->waiting == &wait_log || r->waiting == &wait_flush) abandon_log(w, r);
  if (r->waiting == &wait_disk) disk_leave_line(w, r);
}

static bool was_in(const struct request *r, uint32_t depth, const struct container *c) {
  return r->frames[depth].container == c->id && r->frames[depth].generation == c->generation;
}

static void database_container_dies(struct world *w, struct container *c) {
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    struct request *r = world_request(w, id);
    if (r->live && r->depth && was_in(r, r->depth - 1u, c)) leave_lines(w, r);
  }
  for (uint32_t id = 0; pool_live(&world_databases(w)->transactions) && id < pool_capacity(&w->requests); id++) {
    struct request *r = world_request(w, id);
    if (!r->live || request_database(w, r)->transaction == NONE) continue;
    const struct transaction *t = transaction_of(w, r);
    if (was_in(r, t->depth - 1u, c) && between_statements(r, t)) lock_release(w, r, true);
  }
  locks_clear(w, c);
  /* A log that nobody waits for any more is quiet; what others wait for in a file goes on. */
  for (uint32_t i = 0; i < world_databases(w)->log_count; i++) {
    struct database *d = &world_databases(w)->logs[i];
    if (!d->config || d->flushing.count) continue;
    calendar_clear(w->calendar, d->slot);
    flush_next(w, d);
  }
}

/* --- beginning and end ------------------------------------------------------------------------------------------------------- */

static void databases_start(struct world *w) {
  const struct model *m = w->model;
  pool_init(&world_databases(w)->transactions, sizeof(struct transaction));
  for (uint32_t i = 0; i < m->services.count; i++) {
    w->services[i].log = world_databases(w)->log_count;
    world_databases(w)->log_count += w->services[i].shards ? w->services[i].shards->count : 1;
  }
  world_databases(w)->logs = arena_new_array(w->arena, struct database, world_databases(w)->log_count + 1);
  for (uint32_t i = 0; i < m->services.count; i++) {
    const struct service_config *s = model_service(m, i);
    if (s->kind != SERVICE_DATABASE || !service_database(s)->commit.latency.kind) continue;
    uint32_t first = w->services[i].log, logs = w->services[i].shards ? w->services[i].shards->count : 1;
    for (uint32_t k = 0; k < logs; k++) {
      struct database *d = &world_databases(w)->logs[first + k];
      d->config = service_database(s);
      d->key = stream_key(w->seed, w->replication, PURPOSE_COMMIT, stream_entity(s->name, k));
      d->slot = calendar_slot(w->calendar, flushed, w, first + k);
    }
  }
}

static void databases_stop(struct world *w) { pool_release(&world_databases(w)->transactions); }

static void abandons(struct world *w, struct request *r) {
  if (request_database(w, r)->transaction != NONE) transaction_abandon(w, r);
}

static void link_databases(struct linker *l, enum link_stage stage) {
  if (stage == LINK_FIRST) databases_declare(l->model);
}

static const struct database_of_request new_request = {.transaction = NONE};
const struct part part_databases = {.name = "databases",
                                    .room.request = sizeof(struct database_of_request),
                                    .request = &new_request,
                                    .link = link_databases,
                                    .service = database_link,
                                    .keys.service = &database_keys_record,
                                    .requests = true,
                                    .room.world = sizeof(struct databases),
                                    .start = databases_start,
                                    .stop = databases_stop,
                                    .dies = database_container_dies,
                                    .ends = abandons,
                                    .release = abandons,
                                    .audit = audit_databases};
