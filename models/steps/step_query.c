/* {"query": "mysql", "reads": 3, "demand": "1.2ms"}: queries a database, one after another, each over a connection of the
 * calling replica's pool. Writes go to the primary of the database, reads to any replica or where "on" says. Inside of a
 * "transaction" of the same service with the same database all go to the primary over the transaction's connection. What a query
 * locks, reads from disk, commits and replicates is in models/data. */
#include "models/database/connection_pool.h"
#include "models/keys/keyspace.h"
#include "models/replication/shard.h"
#include "models/replication/replication.h"
#include "models/replication/standby.h"
#include "models/service/affliction.h"
#include "models/database/database.h"
#include "models/database/disk.h"
#include "models/database/lock.h"
#include "models/database/pooler.h"
#include "models/core/model.h"
#include "models/steps/parallel.h"
#include "models/core/world.h"
#include "models/request/draws.h"
#include "models/request/operation.h"
#include "models/request/program.h"
#include "models/request/request.h"
#include "models/request/walk.h"
#include "models/steps/steps.h"
#include "models/platform/placement.h"
#include <string.h>

/* What a query locks, in this order. */
struct query_locks {
  const char *table;
  bool shared; /* the table, also by writes */
  int32_t keys;
  int64_t items;
  const char *row;
};

enum { ONE_SHARD, ALL_SHARDS };

struct query_step {
  int32_t query, shards;
  int64_t reads, writes;
  struct distribution demand, write_demand, wait;
  int64_t pages;
  struct growth_config growth;
  const char *on;
  struct query_locks locks;
  int64_t request, response;
};

static const struct service_config *database_of(const struct compiler *c, const struct query_step *s) {
  return model_service(c->model, (uint32_t)s->query);
}

/* Reads share the table and lock no rows. */
static void compile_locks(struct compiler *c, const struct query_step *s, bool write) {
  const struct service_config *d = database_of(c, s);
  const struct query_locks *k = &s->locks;
  sim_time wait = service_database(d)->lock_wait;
  if (k->table) compile_lock(c, lock_class_of(c, LOCK_TABLE, s->query, -1, k->table, wait), 1, !write || k->shared);
  if (k->keys >= 0 && write) {
    const char *name = model_keyspace(c->model, (uint32_t)k->keys)->name;
    compile_lock(c, lock_class_of(c, LOCK_ROWS, s->query, k->keys, name, wait), (uint16_t)k->items, false);
  }
  if (k->row && write) compile_lock(c, lock_class_of(c, LOCK_ROW, s->query, -1, k->row, wait), 1, false);
}

/* SQLite has one lock. With a write-ahead log readers need none. */
static void compile_file_lock(struct compiler *c, const struct query_step *s, bool write) {
  const struct service_config *d = database_of(c, s);
  if (s->locks.table || s->locks.keys >= 0 || s->locks.row)
    compile_error(c, "\"%s\" is SQLite: it has one lock, the file; leave out \"locks\"", d->name);
  if (c->in_transaction || (!write && service_database(d)->journal == JOURNAL_WAL)) return;
  compile_lock(c, lock_class_of(c, LOCK_FILE, s->query, -1, d->name, service_database(d)->busy_timeout), 1, !write);
}

/* Pages that are not in memory. */
static void compile_disk(struct compiler *c, const struct query_step *s) {
  const struct service_config *d = database_of(c, s);
  double hit = database_hit(service_database(d)), pages = (double)s->pages;
  if (hit >= 1 || !s->pages) return;
  const struct service_config *reader = model_service(c->model, (uint32_t)compile_service(c));
  const struct disk_config *disk = disk_of(c->model, reader);
  if (!disk) {
    compile_error(c, "\"%s\" does not find all pages in memory, but the nodes of \"%s\" have no \"disk\"", d->name, reader->name);
    return;
  }
  if (s->growth.access == ACCESS_SCAN) pages = pages * growth_factor(&s->growth) + 0.5;
  struct instruction *miss = compile_emit_quietly(c, &operation_miss);
  miss->service = s->query, miss->probability = 1 - hit, miss->scale = (double)(int64_t)pages, miss->demand = disk->latency;
  struct instruction *read = compile_emit_quietly(c, &operation_disk_read);
  read->service = s->query, read->cell = compile_cell(c, s->query, TIME_DISK);
}

static void compile_work(struct compiler *c, const struct query_step *s, bool write) {
  compile_disk(c, s);
  struct instruction *cpu = compile_cpu(c, write && s->write_demand.kind ? &s->write_demand : &s->demand);
  double factor = growth_factor(&s->growth);
  if (cpu && factor != 1) cpu->scale = factor, cpu->demand.mean *= factor;
  if (write) compile_written(c, s->query, cpu);
}

/* It waits for something that is not of the database's making: no core, and all that is held. */
static bool waits(struct world *w, struct request *r, const struct instruction *in) {
  sim_time wait = distribution_time_at(&in->demand, r->key, draw_of_part(PART_databases, 1, in->draw, 0));
  if (!wait) return true;
  request_parks(r, in->cell, world_now(w));
  timer_heap_push(w->sleepers, world_after(w, wait), r->id);
  return false;
}
static const struct operation operation_waits = {.name = "wait of a query", .run = waits, .ask = walk_waits, .leaves = true};

/* Its draws are by the number of the computation before it. */
static void compile_wait(struct compiler *c, const struct query_step *s) {
  if (!s->wait.kind) return;
  struct instruction *in = compile_emit_quietly(c, &operation_waits);
  in->service = s->query, in->demand = s->wait, in->cell = compile_cell(c, s->query, TIME_DELAY);
}

static void compile_statement(struct compiler *c, int32_t database, bool write) {
  if (!c->in_transaction) return;
  struct instruction *in = compile_emit_quietly(c, &operation_statement);
  in->service = database, in->write = write;
  c->statements++, c->writes |= write;
}

/* Locks and work, where they are; then its own commit, unless it belongs to a transaction. */
static void compile_execution(struct compiler *c, const struct query_step *s, bool write, bool embedded) {
  compile_statement(c, s->query, write);
  if (embedded) compile_door(c, s->query, write);
  if (embedded)
    compile_file_lock(c, s, write);
  else
    compile_locks(c, s, write);
  compile_work(c, s, write);
  compile_wait(c, s);
  if (c->in_transaction) return;
  if (write) compile_flush(c, s->query);
  bool locked = c->held_count && !c->held[c->held_count - 1].transactional;
  if (write || locked) compile_commit(c, s->query, write);
}

/* Nodes that its replicas may run on. */
static int64_t nodes_of(const struct model *m, const struct service_config *s) {
  int64_t nodes = 0;
  for (uint32_t i = 0; i < m->platform.nodes.count; i++) nodes += placement_nodes(m, s, i);
  return nodes;
}

/* A file is on one machine. */
static void check_reach(struct compiler *c, const struct query_step *s) {
  const struct service_config *caller = model_service(c->model, (uint32_t)compile_service(c));
  if (service_capacity(caller) > 1 && nodes_of(c->model, caller) > 1)
    compile_error(c,
                  "\"%s\" is a file on one machine, but the replicas of \"%s\" may run on several: \"place\" them on a single node",
                  database_of(c, s)->name, caller->name);
}

static void compile_read(struct compiler *c, int32_t database) {
  if (!replication_is_on(service_replication(model_service(c->model, (uint32_t)database)))) return;
  compile_emit_quietly(c, &operation_read)->service = database;
}

static void compile_read_end(struct compiler *c, int32_t database) {
  if (!replication_waits_for_reads(service_replication(model_service(c->model, (uint32_t)database)))) return;
  compile_emit_quietly(c, &operation_read_end)->service = database;
}

/* What other databases call the replicas and the primary. */
static const char *meant_by(const char *on) {
  static const char *const replicas[] = {"replica", "Replicas", "secondary", "secondaries", "standby", "slave",
                                         "slaves",  "follower", "followers", "reader",      "read",    NULL},
                           *const primary[] = {"master", "Primary", "leader", "writer", "main", "write", NULL};
  for (const char *const *word = replicas; *word; word++)
    if (!strcmp(on, *word)) return "; did you mean \"replicas\"?";
  for (const char *const *word = primary; *word; word++)
    if (!strcmp(on, *word)) return "; did you mean \"primary\"?";
  return "";
}

static enum route route_of(struct compiler *c, const struct query_step *s) {
  const struct service_config *database = model_service(c->model, (uint32_t)s->query);
  if (!strcmp(s->on, "any")) return ROUTE_ANY;
  if (!strcmp(s->on, "primary")) return ROUTE_PRIMARY;
  bool replicated = replication_is_on(service_replication(database));
  int32_t role = replicated ? replication_role(service_replication(database), s->on) : -1;
  if (replicated && !strcmp(s->on, "replicas")) return ROUTE_REPLICAS;
  if (role >= 0) return (enum route)(ROUTE_ROLE + role);
  const void *step = c->at;
  c->at = &s->on;
  if (*meant_by(s->on) || replicated)
    compile_error(c, "reads on \"%s\", which is not a role of a replica of \"%s\"%s", s->on, database->name, meant_by(s->on));
  else
    compile_error(c, "reads on \"%s\", and \"%s\" has no \"replication\" that would tell its replicas apart", s->on,
                  database->name);
  c->at = step;
  return ROUTE_ANY;
}

static void compile_one(struct compiler *c, const struct query_step *s, bool write) {
  bool embedded = database_of(c, s)->embedded;
  c->in_transaction = c->transaction == s->query && c->transaction_depth == c->depth;
  if (embedded) {
    check_reach(c, s);
    compile_execution(c, s, write, true);
    c->in_transaction = false;
    return;
  }
  if (!c->in_transaction) {
    struct instruction *acquire = compile_emit(c, &operation_acquire);
    acquire->service = s->query, acquire->caller = (int16_t)compile_service(c);
    acquire->route = write ? ROUTE_PRIMARY : route_of(c, s);
    acquire->cell = compile_cell(c, s->query, TIME_POOL);
  }
  uint32_t first = c->program->count;
  compile_to_database(c, s->query, write || c->in_transaction ? ROUTE_PRIMARY : route_of(c, s));
  if (!write) compile_read(c, s->query);
  compile_execution(c, s, write, false);
  if (!write) compile_read_end(c, s->query);
  compile_from_database(c, !c->in_transaction);
  compile_carries(c, first, true, s->request, s->response);
  if (!c->in_transaction) compile_emit(c, &operation_release)->service = s->query;
  c->in_transaction = false;
}

static void compile_queries(struct compiler *c, const struct query_step *s) {
  for (int64_t i = 0; i < s->reads; i++) compile_one(c, s, false);
  for (int64_t i = 0; i < s->writes; i++) compile_one(c, s, true);
}

static void compile_on_shard(struct compiler *c, const void *config, uint32_t number) {
  c->shard = (int16_t)number;
  compile_queries(c, config);
  c->shard = SHARD_OF_ITEM;
}

static void compile(struct compiler *c, const void *config) {
  const struct query_step *s = config;
  const struct service_config *database = database_of(c, s);
  if (database->kind != SERVICE_DATABASE) compile_error(c, "\"%s\" is not of kind database", database->name);
  if (compile_service(c) < 0) compile_error(c, "a \"query\" step needs a service that asks: put it inside a \"call\"");
  if (!s->reads && !s->writes) compile_error(c, "a \"query\" step needs \"reads\" or \"writes\"");
  if ((s->locks.keys >= 0 || s->locks.row) && !s->writes)
    compile_error(c, "locks rows of \"%s\" but writes nothing: a reading that locks (SELECT FOR UPDATE) is one of \"writes\"",
                  database->name);
  if (c->error) return;
  if (s->shards != ALL_SHARDS)
    compile_queries(c, s);
  else if (!shards_are_on(service_shards(database)))
    compile_error(c, "\"shards\": \"all\", but \"%s\" has no \"shards\"", database->name);
  else if (c->transaction >= 0)
    compile_error(c, "a question to all shards is inside a transaction, which is kept on one: put it before or after it");
  else
    compile_parallel(c, (uint32_t)service_shards(database)->count, compile_on_shard, s);
}

static const struct field lock_fields[] = {
    KEY("table", TEXT, query_locks, table, OPTIONAL, .doc = "A table that writes lock for themselves and reads share."),
    KEY("shared", FLAG, query_locks, shared, DEFAULT(false),
        .doc = "Whether writes share the table too, as those do that lock single rows of it."),
    KEY("keys", REFERENCE, query_locks, keys, OPTIONAL, .target = "keys",
        .doc = "A keyspace: a write locks the row of the request's item."),
    KEY("items", INTEGER, query_locks, items, DEFAULT(1), RANGE(1, LOCK_ITEMS),
        .doc = "Items that one write locks, in the order of their numbers: the request's own and others drawn in addition."),
    KEY("row", TEXT, query_locks, row, OPTIONAL, .doc = "A row that all writes with this name lock."),
    {0}};
static const struct record locks_record = {.name = "locks",
                                           .size = sizeof(struct query_locks),
                                           .fields = lock_fields,
                                           .doc = "What a query locks, until its commit or that of its transaction."};

static const char *const shard_words[] = {"one", "all", NULL};
static const struct field fields[] = {
    KEY("query", REFERENCE, query_step, query, .target = "services", .doc = "A service of kind database."),
    KEY("reads", INTEGER, query_step, reads, DEFAULT(0), RANGE(0, 64), .doc = "Reading queries, one after another."),
    KEY("writes", INTEGER, query_step, writes, DEFAULT(0), RANGE(0, 64), .doc = "Writing queries, after the reads."),
    KEY("demand", DISTRIBUTION, query_step, demand, .doc = "CPU time of one query on a reference core of the database."),
    KEY("write_demand", DISTRIBUTION, query_step, write_demand, OPTIONAL,
        .doc = "CPU time of one writing query; absent: as \"demand\"."),
    KEY("wait", DISTRIBUTION, query_step, wait, OPTIONAL,
        .doc = "Time for which each query waits behind its computation without using a core (pg_sleep, something outside the "
               "database), with its connection, its locks and its thread; booked as delay; absent: none."),
    KEY("pages", INTEGER, query_step, pages, DEFAULT(1), RANGE(0, 1e8),
        .doc = "Pages that one query looks at, one after another; those that are not in the buffer pool are read from disk."),
    KEY("request", BYTES, query_step, request, DEFAULT("0B"), RANGE(0, 1e15),
        .doc = "Sent to the database by each query: takes bandwidth, and counts where ways have a price."),
    KEY("response", BYTES, query_step, response, DEFAULT("0B"), RANGE(0, 1e15), .doc = "Sent back by each query, likewise."),
    KEY("growth", RECORD, query_step, growth, OPTIONAL, .record = &growth_record,
        .doc = "How the demand grows with the table; absent: not at all."),
    KEY("shards", WORD, query_step, shards, DEFAULT("one"), .words = shard_words,
        .doc = "Of a database with shards: one: that of the request's item; all: each is asked at the same time, and all are "
               "waited for."),
    KEY("locks", RECORD, query_step, locks, .record = &locks_record, .doc = "What each query locks."),
    KEY("on", TEXT, query_step, on, DEFAULT("any"),
        .doc = "Where the reads go: any, primary, replicas (not the primary), or a role of replicas. Writes go to the primary."),
    {0}};
static const struct record record = {
    .name = "query step", .size = sizeof(struct query_step), .fields = fields, .doc = "Queries a database."};
static const struct step_kind kind = {compile};
const struct alternative step_query = {"query", true, &record, &kind};
