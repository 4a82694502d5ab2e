#include "models/core/link.h"
#include "models/traffic/waiting_room.h"
#include "models/money/price.h"
#include "models/jobs/job_queue.h"
#include "models/faults/fault.h"
#include "models/stock/stock.h"
#include "models/traffic/source.h"
#include "models/request/keyspace.h"
#include "models/database/database.h"
#include "models/replication/shard.h"
#include "models/replication/replication.h"
#include "models/guard/limit_over_time.h"
#include "models/cache/cache.h"
#include "models/database/connections.h"
#include "models/database/lock.h"
#include "models/database/pooler.h"
#include "models/platform/lifecycle.h"
#include "models/guard/call.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void tell(struct linker *l, const char *path, const char *key, const char *warning, const char *format, va_list arguments) {
  char text[500];
  vsnprintf(text, sizeof text, format, arguments);
  l->report(l->context, path, key, l->at, warning, text);
}

void link_fault(struct linker *l, const char *path, const char *key, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  tell(l, path, key, NULL, format, arguments);
  va_end(arguments);
  l->failed = true;
}

/* A step of the program is to blame, or a key of it. */
static void link_program_fault(struct linker *l, const char *path, const char *key, const struct program *p, const char *wrong) {
  l->at = p->blamed;
  link_fault(l, path, key, "%s", wrong);
  l->at = NULL;
}

void link_warn(struct linker *l, const char *path, const char *key, const char *id, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  tell(l, path, key, id, format, arguments);
  va_end(arguments);
}

static int64_t default_threads(int32_t kind) {
  static const int64_t threads[] = {[SERVICE_APP] = 1,   [SERVICE_PROXY] = 4,    [SERVICE_DATABASE] = 151,
                                    [SERVICE_CACHE] = 1, [SERVICE_EXTERNAL] = 1, [SERVICE_QUEUE] = 1};
  return threads[kind];
}

static void check_shifts(struct linker *l, const struct service_config *s, const char *path) {
  const struct shift_config *shifts = s->shifts.items;
  for (uint32_t i = 1; i < s->shifts.count; i++)
    if (shifts[i].at <= shifts[i - 1].at) link_fault(l, path, "shifts", "the shifts must be in order of \"at\"");
  if (s->shifts.count && s->kind == SERVICE_EXTERNAL) link_fault(l, path, "shifts", "an external service has no threads of ours");
}

static void check_runtime(struct linker *l, const struct service_config *s, const char *path) {
  if (s->gc.every.kind && s->gc.every.mean + s->gc.pause.mean <= 0)
    link_fault(l, path, "gc", "\"every\" and \"pause\" are both no time: time would never go on");
  if (s->kind == SERVICE_EXTERNAL && (s->processes.count > 1 || s->gc.every.kind || s->warm_up.requests))
    link_fault(l, path, NULL, "an external service has no processes of ours");
}

static void check_provider_limit(struct linker *l, const struct service_config *s, const char *path) {
  const struct limit_config *limit = model_limit(l->model, (uint32_t)service_limit(s));
  if (s->kind != SERVICE_EXTERNAL)
    link_fault(l, path, "limit",
               "\"limit\" is that of an external service's provider; before one of ours put a step {\"limit\": \"%s\"}",
               limit->name);
  else if (limit->kind->permits || limit->scope == LIMIT_REPLICA)
    link_fault(l, path, "limit", "the limit \"%s\" %s: a provider counts requests over time, of all callers together", limit->name,
               limit->kind->permits ? "counts those inside" : "counts by replica");
}

static void check_pools(struct linker *l, const struct service_config *s, const char *path) {
  const struct pool_config *pools = service_connections(s)->pools.items;
  for (uint32_t k = 0; k < service_connections(s)->pools.count; k++) {
    const struct service_config *to = model_service(l->model, (uint32_t)pools[k].database);
    if (to->kind != SERVICE_DATABASE)
      link_fault(l, path, NULL, "its pool leads to \"%s\", which is not of kind database", to->name);
    else if (to->embedded)
      link_fault(l, path, NULL, "its pool leads to \"%s\", which is a file: SQLite has no connections", to->name);
  }
}

static void check_autoscale(struct linker *l, const struct service_config *s, int32_t service, const char *path) {
  const struct model *m = l->model;
  if (!s->autoscale.max) return;
  if (s->autoscale.max < s->autoscale.min) link_fault(l, path, NULL, "autoscale: \"max\" is less than \"min\"");
  if (!m->platform.kind->resize)
    link_fault(l, path, NULL, "autoscale needs a platform of kind %s", orchestrators_that_scale(l->arena));
  if (s->autoscale.queue >= 0 && model_queue(m, (uint32_t)s->autoscale.queue)->workers != service)
    link_fault(l, path, "autoscale", "scales on \"%s\", whose jobs are done by others",
               model_queue(m, (uint32_t)s->autoscale.queue)->name);
}

/* What the files of its parts know of it. */
static void link_parts(struct linker *l, struct service_config *s, const char *path) {
  const char *key = NULL, *wrong = balancer_link(l->model, s, &key);
  if (wrong) link_fault(l, arena_format(l->arena, "%s.balance", path), key, "%s", wrong);
  database_link(l, s, path);
  wrong = replication_link(l->model, s, &key);
  if (wrong) link_fault(l, path, key, "%s", wrong);
}

static void link_services(struct linker *l) {
  struct model *m = l->model;
  databases_declare(m);
  for (uint32_t i = 0; i < m->services.count; i++) {
    struct service_config *s = (struct service_config *)m->services.items + i;
    const char *path = arena_format(l->arena, "services.%s", s->name);
    if (!strcmp(s->name, "all") || !strcmp(s->name, "inside"))
      link_fault(l, path, NULL, "the name \"%s\" means something else in claims", s->name);
    if (!s->threads) s->threads = s->runtime == RUNTIME_GIL ? 40 : default_threads(s->kind);
    check_shifts(l, s, path);
    check_runtime(l, s, path);
    if (s->place >= 0) ((struct node_group *)m->platform.nodes.items)[s->place].dedicated = true;
    link_parts(l, s, path);
    check_pools(l, s, path);
    check_autoscale(l, s, (int32_t)i, path);
    if (service_limit(s) >= 0) check_provider_limit(l, s, path);
    if (service_sheds(s) && s->kind == SERVICE_EXTERNAL)
      link_fault(l, path, NULL, "an external service has no queue of ours to shed from");
    if (service_sheds(s))
      s->shed_meter = meter_declare(m, s->name, "shed", METER_COUNT, "Requests dropped because they had waited too long.");
    quota_link(m, s);
    m->container_count += service_capacity(s);
  }
}

static void link_disks(struct linker *l) {
  for (uint32_t i = 0; i < l->model->platform.nodes.count; i++) {
    struct node_group *g = (struct node_group *)l->model->platform.nodes.items + i;
    const char *wrong = disk_link(&g->disk);
    if (wrong) link_fault(l, arena_format(l->arena, "platform.nodes.%s", g->name), "disk", "%s", wrong);
  }
}

static void link_stocks(struct linker *l) {
  struct model *m = l->model;
  for (uint32_t i = 0; i < model_stocks(m)->count; i++) {
    struct stock_config *s = (struct stock_config *)model_stocks(m)->items + i;
    const char *key = NULL, *wrong = stock_link(m, s, &key);
    if (wrong) link_fault(l, arena_format(l->arena, "stock.%s", s->name), key, "%s", wrong);
  }
}

/* A session may have reserved in an earlier request. */
static bool only_in_journeys(const struct model *m, uint32_t endpoint) {
  bool visited = false;
  for (uint32_t i = 0; i < model_sources(m)->count; i++) {
    const struct source_config *s = model_source(m, i);
    if (!s->visits || s->visits[endpoint] <= 0) continue;
    if (!s->kind->journeys) return false;
    visited = true;
  }
  return visited;
}

static void link_endpoints(struct linker *l) {
  struct model *m = l->model;
  m->program_count = m->endpoints.count + model_queues(m)->count;
  m->programs = arena_new_array(l->arena, struct program, m->program_count + m->services.count);
  if (!m->endpoints.count) link_fault(l, "endpoints", NULL, "a scenario needs at least one endpoint");
  for (uint32_t i = 0; i < m->endpoints.count; i++) {
    const struct endpoint_config *e = model_endpoint(m, i);
    const char *path = arena_format(l->arena, "endpoints.%s", e->name);
    cdn_link(m, (struct endpoint_config *)m->endpoints.items + i);
    if (e->entry >= 0 && model_service(m, (uint32_t)e->entry)->kind == SERVICE_EXTERNAL) {
      link_fault(l, path, NULL, "its entry \"%s\" is an external service", model_service(m, (uint32_t)e->entry)->name);
      continue;
    }
    if (!strcmp(e->name, "all") || !strcmp(e->name, "inside"))
      link_fault(l, path, NULL, "the name \"%s\" means something else in claims", e->name);
    const char *wrong = program_compile(&m->programs[i], m, e, l->arena);
    if (wrong) link_program_fault(l, path, NULL, &m->programs[i], wrong);
    if (!wrong && m->programs[i].unheld >= 0 && !only_in_journeys(m, i))
      link_fault(l, path, NULL, "pays or releases \"%s\" without a \"reserve\" of it before",
                 ((const struct stock_config *)model_stocks(m)->items)[m->programs[i].unheld].name);
  }
}

static void link_job_programs(struct linker *l) {
  struct model *m = l->model;
  for (uint32_t i = 0; i < model_queues(m)->count; i++) {
    const char *path = arena_format(l->arena, "queues.%s", model_queue(m, i)->name), *wrong = job_queue_compile(m, i, l->arena);
    int32_t unheld = m->programs[m->endpoints.count + i].unheld;
    if (wrong) link_program_fault(l, path, "steps", &m->programs[m->endpoints.count + i], wrong);
    if (!wrong && unheld >= 0)
      link_fault(l, path, "steps", "pays or releases \"%s\" without a \"reserve\" of it before",
                 ((const struct stock_config *)model_stocks(m)->items)[unheld].name);
  }
  if (l->failed) return;
  int32_t circle = job_queues_arrange(m, l->arena);
  if (circle >= 0)
    link_fault(l, arena_format(l->arena, "queues.%s", model_queue(m, (uint32_t)circle)->name), "steps",
               "its jobs publish jobs that publish to it again, and so on for ever");
}

/* Before endpoints, whose steps publish. */
static void link_queues(struct linker *l) {
  struct model *m = l->model;
  for (uint32_t i = 0; i < model_queues(m)->count; i++) {
    const char *key, *wrong = job_queue_link(m, i, &key);
    if (wrong) link_fault(l, arena_format(l->arena, "queues.%s", model_queue(m, i)->name), key, "%s", wrong);
  }
}

static void link_caches(struct linker *l) {
  caches_link(l->model);
  for (uint32_t i = 0; i < l->model->services.count; i++) {
    const struct service_config *s = model_service(l->model, i);
    const char *wrong = cache_fault(l->model, s);
    if (wrong) link_fault(l, arena_format(l->arena, "services.%s", s->name), "cache", "%s", wrong);
  }
}

static void link_limits(struct linker *l) {
  struct model *m = l->model;
  for (uint32_t i = 0; i < model_limits(m)->count; i++) {
    struct limit_config *limit = (struct limit_config *)model_limits(m)->items + i;
    const char *key = NULL, *wrong = limit_link(m, limit, &key);
    if (wrong) link_fault(l, arena_format(l->arena, "limits.%s", limit->name), key, "%s", wrong);
  }
}

static void link_phases(struct linker *l) {
  const struct run_config *run = &l->model->run;
  const struct phase_config *phases = run->phases.items;
  for (uint32_t i = 0; i < run->phases.count; i++) {
    const char *path = arena_format(l->arena, "run.phases.%s", phases[i].name);
    if (phases[i].to <= phases[i].from) link_fault(l, path, "to", "ends before it begins");
    if (phases[i].to > run->window) link_fault(l, path, "to", "reaches beyond the measured window");
  }
}

/* What a price may be per, by the key that names it. */
enum price_use { PRICE_BY_TIME, PRICE_BY_GB, PRICE_OF_A_CHARGE };

static const struct {
  double (*price)(const struct money_value *);
  const char *units;
} price_uses[] = {[PRICE_BY_TIME] = {price_monthly, "hour, day, month or year"},
                  [PRICE_BY_GB] = {price_per_gb, "GB or TB"},
                  [PRICE_OF_A_CHARGE] = {price_of_charge, "hour, day, month, year, GB or TB"}};

static void check_price(struct linker *l, const char *path, const char *key, const char *name, enum price_use use) {
  const struct price_list *list = &model_bill(l->model)->prices;
  const struct price_item *item = price_named(list, name);
  if (!name) return;
  if (!list->items.count)
    link_fault(l, path, key, "has the price \"%s\", but the scenario names no price list: add \"prices\": \"file.json\"", name);
  else if (!item)
    link_fault(l, path, key, "the price list has no item \"%s\"", name);
  else if (isnan(price_uses[use].price(&item->price)))
    link_fault(l, path, key, "the price \"%s\" is %s%s, not per %s", name, *item->price.per ? "per " : "an amount", item->price.per,
               price_uses[use].units);
}

static void link_money(struct linker *l) {
  const struct model *m = l->model;
  for (uint32_t i = 0; i < m->platform.nodes.count; i++)
    check_price(l, arena_format(l->arena, "platform.nodes.%s", model_nodes(m, i)->name), "price", model_nodes(m, i)->price,
                PRICE_BY_TIME);
  const struct charge_config *charges = model_bill(m)->charges.items;
  for (uint32_t i = 0; i < model_bill(m)->charges.count; i++)
    check_price(l, arena_format(l->arena, "bill.charges.%s", charges[i].name), "price", charges[i].price, PRICE_OF_A_CHARGE);
  check_price(l, "bill.egress", NULL, model_bill(m)->egress, PRICE_BY_GB);
  check_price(l, "bill.cdn", NULL, model_bill(m)->cdn, PRICE_BY_GB);
}

/* An estimate before anything runs: a slip of a unit must not cost a night. */
static void check_work(struct linker *l) {
  const struct model *m = l->model;
  double faults = 0;
  for (uint32_t i = 0; i < model_faults(m)->count; i++) {
    const struct fault_config *f = model_fault_at(m, i);
    double each = f->uptime.kind ? f->uptime.mean : f->mtbf == SIM_NEVER ? INFINITY : (double)f->mtbf;
    faults += f->kind->count(m, f) * (double)m->run.years * (double)SIM_YEAR / fmax(each, 1);
  }
  if (faults > 2e7) link_fault(l, "run", "years", "would play about %.2g faults; the limit is 2e7", faults);
  double requests = model_requests(m), seconds = sim_seconds(m->run.warmup) + sim_seconds(m->run.window);
  if (requests * (double)m->run.replications > 1e11)
    link_fault(l, "run", NULL, "would simulate about %.2g requests (%.3g/s for %.3g s, %lld times); the limit is 1e11",
               requests * (double)m->run.replications, requests / seconds, seconds, (long long)m->run.replications);
}

/* Places the initial replicas as a run would: what does not fit is the planner's mistake and is said before anything runs. */
static void check_placement(struct linker *l) {
  struct world *w = world_new(l->model, 0, 0, WORLD_AVAILABILITY);
  for (uint32_t i = 0; i < l->model->services.count; i++) {
    const struct service *s = &w->services[i];
    if (!service_runs(service_config(s)) || s->in_rotation >= (uint64_t)service_config(s)->replicas) continue;
    link_fault(l, arena_format(l->arena, "services.%s", service_config(s)->name), "replicas",
               "only %u of its %lld replicas find a node with room for their resource requests", s->in_rotation,
               (long long)service_config(s)->replicas);
  }
  for (uint32_t i = 0; i < l->model->services.count; i++) {
    struct service_config *s = (struct service_config *)l->model->services.items + i;
    if (s->autoscale.max) s->autoscale.room = w->services[i].in_rotation + lifecycle_room(w, i);
  }
  if (!l->failed) memory_check_placement(l, w);
  world_free(w);
}

bool model_link(struct model *m, struct arena *arena, model_fault *report, void *context) {
  struct linker l = {m, arena, report, context, NULL, false};
  m->arena = arena;
  for (uint32_t i = 0; i < model_rooms(m)->count; i++) waiting_room_declare(m, (struct room_config *)model_rooms(m)->items + i);
  for (uint32_t i = 0; i < m->platform.nodes.count; i++) m->node_count += (uint32_t)model_nodes(m, i)->count;
  for (uint32_t i = 0; i < model_keyspaces(m)->count; i++)
    keyspace_link((struct keyspace_config *)model_keyspaces(m)->items + i, arena);
  m->locks = arena_new_array(arena, struct lock_book, 1);
  link_disks(&l);
  poolers_link(&l);
  link_services(&l);
  connections_link(&l);
  shards_link(&l);
  link_sources(&l);
  memory_link(&l);
  link_limits(&l);
  link_stocks(&l);
  check_room_names(&l);
  link_queues(&l);
  link_endpoints(&l);
  if (!l.failed) link_job_programs(&l);
  if (!l.failed) calls_link(m);
  if (!l.failed) runtime_link(m);
  if (!l.failed) locks_link(&l);
  if (!l.failed) shards_link_cells(&l);
  if (!l.failed) link_caches(&l);
  if (!l.failed) check_meter_names(&l);
  if (!l.failed) link_priorities(&l);
  if (!l.failed) warn_of_retries(&l);
  if (!l.failed) job_queues_warn(&l);
  faults_link(&l);
  link_phases(&l);
  if (!l.failed) link_warmup(m);
  if (!l.failed) link_dispersions(&l);
  if (!l.failed) caches_estimate(m);
  if (m->run.method == METHOD_BATCHES && !l.failed && !m->run.stationary)
    link_fault(&l, "run", "method",
               "batches need stationary traffic: constant rates, no shifts, no busyness, no stock, no scheduled jobs, no drill at "
               "a given time, no probes");
  link_money(&l);
  if (m->run.warmup > 9000000000000000000 - m->run.window)
    link_fault(&l, "run", NULL, "window and warm-up are longer than 290 years");
  if (!l.failed) replication_link_programs(m, arena);
  if (!l.failed) check_work(&l);
  if (!l.failed) check_placement(&l);
  return !l.failed;
}
