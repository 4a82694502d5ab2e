/* {"query": "mysql", "reads": 3, "demand": "1.2ms"}: queries a database, one after another, each over a connection of the
 * calling replica's pool. Writes go to the first replica of the database, reads to any. */
#include "models/data/connection_pool.h"
#include "models/data/pooler.h"
#include "models/model.h"
#include "models/request/program.h"
#include "models/request/request.h"
#include "models/request/steps.h"

struct query_step {
  int32_t query;
  int64_t reads, writes;
  struct distribution demand, write_demand;
};

static void compile_one(struct compiler *c, int32_t database, enum route route, const struct distribution *demand) {
  struct instruction *acquire = compile_emit(c, OPERATION_ACQUIRE, pool_acquire);
  acquire->service = database;
  acquire->cell = compile_cell(c, database, TIME_POOL);
  compile_to_database(c, database, route);
  compile_cpu(c, demand);
  compile_from_database(c, true);
  compile_emit(c, OPERATION_RELEASE, pool_release_connection)->service = database;
}

static void compile(struct compiler *c, const void *config) {
  const struct query_step *s = config;
  const struct service_config *database = model_service(c->model, (uint32_t)s->query);
  if (database->kind != SERVICE_DATABASE) compile_fault(c, "\"%s\" is not of kind database", database->name);
  if (compile_service(c) < 0) compile_fault(c, "a \"query\" step needs a service that asks: put it inside a \"call\"");
  if (!s->reads && !s->writes) compile_fault(c, "a \"query\" step needs \"reads\" or \"writes\"");
  if (c->fault) return;
  for (int64_t i = 0; i < s->reads; i++) compile_one(c, s->query, ROUTE_ANY, &s->demand);
  const struct distribution *write = s->write_demand.kind ? &s->write_demand : &s->demand;
  for (int64_t i = 0; i < s->writes; i++) compile_one(c, s->query, ROUTE_PRIMARY, write);
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
    {0}};
static const struct record record = {"query step", sizeof(struct query_step), fields, "Queries a database.", NULL};
static const struct step_kind kind = {compile};
const struct alternative step_query = {"query", true, &record, &kind};
