/* {"transaction": "mysql", "steps": [...]}: one connection of the calling replica's pool over all the nested steps. Queries of the
 * same service to the same database use it; whatever else is done inside (computing, calls, delays) holds it, and what it has
 * locked, as well. BEGIN goes with the first statement or is a trip; COMMIT is a trip, and a flush when something was written. */
#include "models/database/connection_pool.h"
#include "models/replication/replication.h"
#include "models/database/database.h"
#include "models/database/pooler.h"
#include "models/database/lock.h"
#include "models/replication/shard.h"
#include "models/core/model.h"
#include "models/request/program.h"
#include "models/request/request.h"
#include "models/steps/steps.h"
#include "models/request/operation.h"

struct transaction_step {
  int32_t transaction;
  struct config_list steps;
  bool begin_trip;
};

/* The log that a write goes to; where there is only a backup nobody applies it. A commit waits for the replicas, and keeps its
 * locks. */
static void compile_replicate(struct compiler *c, int32_t database) {
  const struct service_config *s = model_service(c->model, (uint32_t)database);
  if (!replication_is_on(service_replication(s)) && !service_backup(s)->every) return;
  struct instruction *in = compile_emit_quietly(c, &operation_replicate);
  in->service = database, in->transactional = c->in_transaction;
  shard_compile(c, in);
  in->cell = compile_cell(c, database, TIME_REPLICATION);
  in->demand = service_replication(s)->apply; /* none: of each write's own (operation_written) */
}

void compile_written(struct compiler *c, int32_t database, const struct instruction *cpu) {
  const struct replication_config *replication = service_replication(model_service(c->model, (uint32_t)database));
  if (!cpu || !replication_is_on(replication) || replication->apply.kind) return;
  struct distribution demand = cpu->demand;
  struct instruction *in = compile_emit_quietly(c, &operation_written);
  in->service = database, in->transactional = c->in_transaction, in->demand = demand;
}

static void compile_to_disk(struct compiler *c, int32_t database) {
  const struct distribution *latency = &service_database(model_service(c->model, (uint32_t)database))->commit.latency;
  if (!latency->kind) return;
  struct instruction *in = compile_emit_quietly(c, &operation_flush);
  in->service = database, in->demand = *latency, in->transactional = c->in_transaction;
  in->cell = compile_cell(c, database, TIME_DISK);
}

/* Where it stands: at the database, or beside its file. */
static void compile_commit_work(struct compiler *c, int32_t database) {
  const struct distribution *cpu = &service_database(model_service(c->model, (uint32_t)database))->commit.cpu;
  if (!cpu->kind || (c->in_transaction && !c->writes)) return;
  struct instruction *in = compile_emit_quietly(c, &operation_commit_work);
  in->service = compile_service(c), in->demand = *cpu, in->transactional = c->in_transaction;
  compile_cpu_cells(c, in, in->service);
}

void compile_flush(struct compiler *c, int32_t database) {
  if (model_service(c->model, (uint32_t)database)->kind == SERVICE_DATABASE) compile_commit_work(c, database);
  compile_to_disk(c, database);
  compile_replicate(c, database);
}

void compile_commit(struct compiler *c, int32_t database, bool write) {
  struct instruction *in = compile_emit_quietly(c, &operation_commit);
  in->service = database, in->write = write, in->transactional = c->in_transaction;
  compile_unlocked(c, c->in_transaction);
}

static void compile_statement(struct compiler *c, int32_t database) {
  compile_emit_quietly(c, &operation_statement)->service = database;
}

/* A trip to where the transaction runs, and what is done there. */
static void compile_trip(struct compiler *c, int32_t database, bool commits) {
  bool embedded = model_service(c->model, (uint32_t)database)->embedded;
  c->in_transaction = true;
  if (!embedded) compile_to_database(c, database, ROUTE_PRIMARY);
  compile_statement(c, database);
  if (commits) compile_flush(c, database), compile_commit(c, database, false);
  if (!embedded) compile_from_database(c, commits);
  c->in_transaction = false;
}

/* The file is locked from the begin: for itself by a transaction that writes; else shared, or not at all. What it will be is known
 * when its steps are. */
static uint32_t compile_file_lock(struct compiler *c, const struct service_config *d, int32_t database) {
  uint32_t at = c->program->count;
  c->in_transaction = true;
  compile_lock(c, lock_class_of(c, LOCK_FILE, database, -1, d->name, service_database(d)->busy_timeout), 1, false);
  c->in_transaction = false;
  return at;
}

static bool unlocked(struct world *w, struct request *r, const struct instruction *in) {
  (void)w, (void)r, (void)in;
  return true;
}
static const struct operation operation_unlocked = {.name = "unlocked", .run = unlocked};

static void weaken_file_lock(struct compiler *c, const struct service_config *d, uint32_t at) {
  struct instruction *in = &c->program->instructions[at];
  if (c->writes || c->error) return;
  in->shared = true;
  if (service_database(d)->journal == JOURNAL_WAL) compile_becomes(in, &operation_unlocked);
}

static bool allowed(struct compiler *c, const struct transaction_step *s, const struct service_config *d) {
  if (d->kind != SERVICE_DATABASE) compile_error(c, "\"%s\" is not of kind database", d->name);
  if (compile_service(c) < 0) compile_error(c, "a \"transaction\" step needs a service that asks: put it inside a \"call\"");
  if (c->transaction >= 0)
    compile_error(c, "a transaction with \"%s\" is inside one with \"%s\": a request has one at a time", d->name,
                  model_service(c->model, (uint32_t)c->transaction)->name);
  if (!s->steps.count) compile_error(c, "a \"transaction\" step needs \"steps\"");
  return !c->error;
}

static void begin(struct compiler *c, const struct transaction_step *s, bool embedded) {
  if (!embedded) {
    struct instruction *acquire = compile_emit(c, &operation_acquire);
    acquire->service = s->transaction, acquire->caller = (int16_t)compile_service(c), acquire->route = ROUTE_PRIMARY;
    acquire->cell = compile_cell(c, s->transaction, TIME_POOL);
  }
  struct instruction *first = compile_emit_quietly(c, &operation_transaction);
  first->service = s->transaction;
  shard_compile(c, first);
  if (s->begin_trip && !embedded) compile_trip(c, s->transaction, false);
}

static void finish(struct compiler *c, const struct transaction_step *s, bool embedded) {
  compile_trip(c, s->transaction, true);
  compile_emit_quietly(c, &operation_transaction_end)->service = s->transaction;
  if (!embedded) compile_emit(c, &operation_release)->service = s->transaction;
}

static void compile(struct compiler *c, const void *config) {
  const struct transaction_step *s = config;
  const struct service_config *d = model_service(c->model, (uint32_t)s->transaction);
  if (!allowed(c, s, d)) return;
  bool embedded = d->embedded;
  begin(c, s, embedded);
  uint32_t at = embedded ? compile_file_lock(c, d, s->transaction) : 0;
  c->transaction = s->transaction, c->transaction_depth = c->depth, c->statements = 0, c->writes = false;
  compile_steps(c, &s->steps);
  c->transaction = -1;
  if (!c->statements) compile_error(c, "the transaction with \"%s\" holds no query of it", d->name);
  if (embedded) weaken_file_lock(c, d, at);
  finish(c, s, embedded);
}

static const struct field fields[] = {
    KEY("transaction", REFERENCE, transaction_step, transaction, .target = "services", .doc = "A service of kind database."),
    KEY("steps", CHOICES, transaction_step, steps, .choices = &step_choices,
        .doc = "What is done between BEGIN and COMMIT; all of it holds the connection."),
    KEY("begin_trip", FLAG, transaction_step, begin_trip, DEFAULT(false),
        .doc = "Whether BEGIN is a trip of its own; else it goes with the first statement.",
        .source = "JDBC sends it with the first statement; mysql2 and node-postgres on its own"),
    {0}};
static const struct record record = {.name = "transaction step",
                                     .size = sizeof(struct transaction_step),
                                     .fields = fields,
                                     .doc = "Queries of one database as one transaction."};
static const struct step_kind kind = {compile};
const struct alternative step_transaction = {"transaction", true, &record, &kind};
