#include "models/database/pooler.h"
#include "models/machine/runtime.h"
#include "models/database/connection_pool.h"
#include "models/database/database.h"
#include "models/core/link.h"
#include "models/request/draws.h"
#include "models/request/request.h"
#include "sim/engine/arena.h"
#include <assert.h>

bool service_pools(const struct service_config *s) { return service_connections(s)->pooler.pool_size > 0; }

/* --- steps ------------------------------------------------------------------------------------------------------------------- */

/* With and without a pooler all other instructions draw the same: its own have numbers of another band, by that of the query's
 * first. */
static void give_own_draws(struct program *p, uint32_t first, uint32_t query) {
  assert(p->count - first <= DRAW_POOLER_MOST);
  for (uint32_t i = first; i < p->count; i++) p->instructions[i].draw = (i - first + 1) << DRAW_POOLER_BIT | query;
}

static void compile_to_pooler(struct compiler *c, int32_t pooler, int32_t database) {
  const struct service_config *s = model_service(c->model, (uint32_t)pooler),
                              *caller = model_service(c->model, (uint32_t)compile_service(c));
  if (!service_pool(caller, database)) {
    compile_error(c, "\"%s\" asks \"%s\" through the pooler \"%s\": give it a pool towards \"%s\"", caller->name,
                  model_service(c->model, (uint32_t)database)->name, s->name, model_service(c->model, (uint32_t)database)->name);
    return;
  }
  uint32_t first = c->program->count;
  uint16_t draws = c->draws;
  compile_enter(c, pooler, ROUTE_ANY)->again = false;
  compile_cpu(c, &service_connections(s)->pooler.demand);
  struct instruction *bind = compile_emit(c, &operation_bind);
  bind->service = database;
  bind->cell = compile_cell(c, pooler, TIME_POOL);
  give_own_draws(c->program, first, draws + 1u);
  c->draws = draws;
}

void compile_to_database(struct compiler *c, int32_t database, enum route route) {
  int32_t pooler = service_connections(model_service(c->model, (uint32_t)database))->pooled_by;
  if (pooler >= 0 && c->in_transaction) compile_emit_quietly(c, &operation_lend);
  if (pooler >= 0) compile_to_pooler(c, pooler, database);
  compile_enter(c, database, route);
}

void compile_from_database(struct compiler *c, bool ends) {
  int32_t pooler = service_connections(model_service(c->model, (uint32_t)compile_service(c)))->pooled_by;
  compile_leave(c);
  if (pooler < 0 || compile_service(c) != pooler) return;
  const struct service_config *s = model_service(c->model, (uint32_t)pooler);
  if (!ends && service_connections(s)->pooler.mode == POOLER_STATEMENT)
    compile_error(c, "a transaction over several queries cannot pass \"%s\": it pools by statement", s->name);
  uint16_t draws = c->draws;
  if (ends && service_connections(s)->pooler.mode != POOLER_SESSION) compile_emit(c, &operation_unbind)->service = pooler;
  compile_leave(c);
  if (c->in_transaction) compile_emit_quietly(c, &operation_lend);
  c->draws = draws;
}

/* --- linking ----------------------------------------------------------------------------------------------------------------- */

static struct config_list pool_to_database(struct linker *l, const struct pooler_config *p) {
  struct pool_config *pool = arena_new_array(l->arena, struct pool_config, 1);
  *pool = (struct pool_config){.database = p->database,
                               .max = p->pool_size,
                               .wait = p->wait,
                               .min = p->min_size,
                               .idle = p->idle,
                               .lifetime = p->lifetime,
                               .queue = INT64_MAX,
                               .order = POOL_LIFO,
                               .reserve = p->pool_size == INT64_MAX ? 0 : p->reserve,
                               .reserve_wait = p->reserve_wait};
  return (struct config_list){pool, 1};
}

static const char *wrong_pooler(const struct model *m, const struct service_config *s) {
  const struct service_config *database = model_service(m, (uint32_t)service_connections(s)->pooler.database);
  if (s->kind != SERVICE_PROXY) return "a pooler is a service of kind proxy";
  if (database->kind != SERVICE_DATABASE) return "the pooler stands before something that is not of kind database";
  if (service_connections(database)->pooled_by >= 0) return "the pooler stands before a database that has one already";
  if (s->replicas != 1 || s->autoscale.max) return "a pooler is one process: several replicas are not modelled";
  if (runtime_processes(s) != 1) return "a pooler is one process: several that share its port are not modelled";
  if (service_connections(s)->pools.count) return "has \"pools\" as well as a pooler, whose own keys describe its pool";
  if (service_connections(s)->server.max)
    return "has \"connections\" as well as a pooler, whose \"max_clients\" and \"login\" say that";
  return NULL;
}

void poolers_link(struct linker *l) {
  struct service_config *services = l->model->services.items;
  for (uint32_t i = 0; i < l->model->services.count; i++) service_connections(&services[i])->pooled_by = -1;
  for (uint32_t i = 0; i < l->model->services.count; i++) {
    struct service_config *s = &services[i];
    if (!service_pools(s)) continue;
    const char *wrong = wrong_pooler(l->model, s);
    if (wrong) {
      link_error(l, arena_format(l->arena, "services.%s", s->name), "pooler", "%s", wrong);
      continue;
    }
    service_connections(&services[service_connections(s)->pooler.database])->pooled_by = (int32_t)i;
    service_connections(s)->pools = pool_to_database(l, &service_connections(s)->pooler);
    service_connections(s)->server = (struct connections_config){.max = service_connections(s)->pooler.max_clients,
                                                                 .setup = service_connections(s)->pooler.login};
    if (!s->threads) s->threads = 1;
  }
}
