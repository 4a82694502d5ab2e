/* {"query": "mysql", "reads": 3, "demand": "1.2ms"}: queries a database, one after another, each over a connection of the
 * calling replica's pool. Writes go to the primary of the database, reads to any replica or where "on" says. */
#include "models/data/connection_pool.h"
#include "models/model.h"
#include "models/request/program.h"
#include "models/request/request.h"
#include "models/request/steps.h"
#include <string.h>

struct query_step {
  int32_t query;
  int64_t reads, writes;
  struct distribution demand, write_demand;
  const char *on;
};

/* The log that a write goes to; where there is only a backup nobody applies it. */
static void compile_commit(struct compiler *c, int32_t database, const struct distribution *demand) {
  const struct service_config *s = model_service(c->model, (uint32_t)database);
  if (!replication_is_on(&s->replication) && !s->backup.every) return;
  struct instruction *in = compile_emit(c, OPERATION_COMMIT, replication_committed);
  in->service = database;
  in->cell = compile_cell(c, database, TIME_REPLICATION);
  if (replication_is_on(&s->replication)) in->demand = s->replication.apply.kind ? s->replication.apply : *demand;
}

static void compile_read(struct compiler *c, int32_t database) {
  if (!replication_is_on(&model_service(c->model, (uint32_t)database)->replication)) return;
  compile_emit(c, OPERATION_READ, replication_read)->service = database;
}

static enum route route_of(struct compiler *c, const struct query_step *s) {
  const struct service_config *database = model_service(c->model, (uint32_t)s->query);
  if (!strcmp(s->on, "any")) return ROUTE_ANY;
  if (!strcmp(s->on, "primary")) return ROUTE_PRIMARY;
  if (!replication_is_on(&database->replication)) {
    compile_fault(c, "reads on \"%s\", and \"%s\" has no \"replication\" that would tell its replicas apart", s->on,
                  database->name);
    return ROUTE_ANY;
  }
  if (!strcmp(s->on, "replicas")) return ROUTE_REPLICAS;
  int32_t role = replication_role(&database->replication, s->on);
  if (role < 0) compile_fault(c, "reads on \"%s\", which is no role of a replica of \"%s\"", s->on, database->name);
  return (enum route)(ROUTE_ROLE + (role < 0 ? 0 : role));
}

static void compile_one(struct compiler *c, int32_t database, enum route route, bool writes, const struct distribution *demand) {
  struct instruction *acquire = compile_emit(c, OPERATION_ACQUIRE, pool_acquire);
  acquire->service = database;
  acquire->cell = compile_cell(c, database, TIME_POOL);
  compile_enter(c, database, route);
  if (!writes) compile_read(c, database);
  compile_cpu(c, demand);
  if (writes) compile_commit(c, database, demand);
  compile_leave(c);
  compile_emit(c, OPERATION_RELEASE, pool_release_connection)->service = database;
}

static void compile(struct compiler *c, const void *config) {
  const struct query_step *s = config;
  const struct service_config *database = model_service(c->model, (uint32_t)s->query);
  if (database->kind != SERVICE_DATABASE) compile_fault(c, "\"%s\" is not of kind database", database->name);
  if (compile_service(c) < 0) compile_fault(c, "a \"query\" step needs a service that asks: put it inside a \"call\"");
  if (!s->reads && !s->writes) compile_fault(c, "a \"query\" step needs \"reads\" or \"writes\"");
  if (c->fault) return;
  enum route route = route_of(c, s);
  for (int64_t i = 0; i < s->reads; i++) compile_one(c, s->query, route, false, &s->demand);
  const struct distribution *write = s->write_demand.kind ? &s->write_demand : &s->demand;
  for (int64_t i = 0; i < s->writes; i++) compile_one(c, s->query, ROUTE_PRIMARY, true, write);
}

#define AT(member) offsetof(struct query_step, member)
static const struct field fields[] = {
    {.name = "query", .kind = FIELD_REFERENCE, .offset = AT(query), .target = "services", .doc = "A service of kind database."},
    {.name = "reads",
     .kind = FIELD_INTEGER,
     .offset = AT(reads),
     .fallback = "0",
     .low = 0,
     .high = 64,
     .doc = "Reading queries, one after another."},
    {.name = "writes",
     .kind = FIELD_INTEGER,
     .offset = AT(writes),
     .fallback = "0",
     .low = 0,
     .high = 64,
     .doc = "Writing queries, after the reads."},
    {.name = "demand",
     .kind = FIELD_DISTRIBUTION,
     .offset = AT(demand),
     .doc = "CPU time of one query on a reference core of the database."},
    {.name = "write_demand",
     .kind = FIELD_DISTRIBUTION,
     .offset = AT(write_demand),
     .optional = true,
     .doc = "Of one writing query; absent: as \"demand\"."},
    {.name = "on",
     .kind = FIELD_TEXT,
     .offset = AT(on),
     .fallback = "\"any\"",
     .doc = "Where the reads go: any, primary, replicas (not the primary), or a role of replicas. Writes go to the primary."},
    {0}};
static const struct record record = {"query step", sizeof(struct query_step), fields, "Queries a database.", NULL};
static const struct step_kind kind = {compile};
const struct alternative step_query = {"query", true, &record, &kind};
