#include "models/model.h"
#include "models/world.h"
#include "sim/engine/arena.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define AT(member) offsetof(struct run_config, member)
static const struct field probe_fields[] = {{.name = "at",
                                             .kind = FIELD_DURATION,
                                             .offset = offsetof(struct probe_config, at),
                                             .low = 0,
                                             .high = 9.3e18,
                                             .doc = "Since the start of the run."},
                                            {0}};
static const struct record probe_record = {"probe", sizeof(struct probe_config), probe_fields,
                                           "An instant at which the number of waiting clients is read.", "at"};
static const struct field phase_fields[] = {{.name = "from",
                                             .kind = FIELD_DURATION,
                                             .offset = offsetof(struct phase_config, from),
                                             .low = 0,
                                             .high = 9e18,
                                             .doc = "Since the start of the measured window, like the ranges in claims."},
                                            {.name = "to",
                                             .kind = FIELD_DURATION,
                                             .offset = offsetof(struct phase_config, to),
                                             .low = 0,
                                             .high = 9e18,
                                             .doc = "The first instant after it."},
                                            {0}};
static const struct record phase_record = {"phase", sizeof(struct phase_config), phase_fields,
                                           "A named part of the measured window.", NULL};
static const char *const method_words[] = {"auto", "replications", "batches", NULL};
static const struct field run_fields[] = {
    {.name = "window",
     .kind = FIELD_DURATION,
     .offset = AT(window),
     .fallback = "\"30m\"",
     .low = 1,
     .high = 9e18,
     .doc = "Simulated time that is measured, in each replication."},
    {.name = "warmup",
     .kind = FIELD_DURATION,
     .offset = AT(warmup),
     .fallback = "\"auto\"",
     .automatic = "auto",
     .low = 0,
     .high = 9e18,
     .doc = "Simulated before it and not measured. auto: found by MSER-5 where all rates are constant; one whole day where they "
            "repeat daily; none where the run has a course of its own, such as a sale."},
    {.name = "start",
     .kind = FIELD_CLOCK,
     .offset = AT(start),
     .fallback = "\"00:00\"",
     .doc = "Time of day at which the run begins."},
    {.name = "replications",
     .kind = FIELD_INTEGER,
     .offset = AT(replications),
     .fallback = "10",
     .low = 1,
     .high = 1000000,
     .doc = "Independent repetitions, at least; intervals come from their spread."},
    {.name = "budget",
     .kind = FIELD_INTEGER,
     .offset = AT(budget),
     .fallback = "0",
     .low = 0,
     .high = 1000000,
     .doc = "Most replications that undecided claims may buy; 0: ten times `replications`."},
    {.name = "precision",
     .kind = FIELD_RATIO,
     .offset = AT(precision),
     .fallback = "0",
     .low = 0,
     .high = 0.5,
     .doc = "Relative half-width wanted of every claim that is not decided, or of the latencies where nothing is claimed; 0: as "
            "the replications give it."},
    {.name = "method",
     .kind = FIELD_WORD,
     .offset = AT(method),
     .words = method_words,
     .fallback = "\"auto\"",
     .doc =
         "Where intervals come from: independent replications, or batches of one long run (of stationary traffic). auto: batches "
         "where the warm-up is longer than the window.",
     .source = "Law (2015), Simulation Modeling and Analysis, 9.5"},
    {.name = "windows",
     .kind = FIELD_INTEGER,
     .offset = AT(windows),
     .fallback = "60",
     .low = 1,
     .high = 10000,
     .doc = "Equal parts of the window, for the timeline and for claims over a part of it."},
    {.name = "phases",
     .kind = FIELD_MAP,
     .offset = AT(phases),
     .record = &phase_record,
     .optional = true,
     .doc = "Parts of the window by name, for claims such as p99(buy.latency) over \"sale\" < 1s."},
    {.name = "probes",
     .kind = FIELD_LIST,
     .offset = AT(probes),
     .record = &probe_record,
     .optional = true,
     .doc = "Instants at which the number of waiting clients is read."},
    {.name = "years",
     .kind = FIELD_INTEGER,
     .offset = AT(years),
     .fallback = "0",
     .low = 0,
     .high = 100000000,
     .doc = "Length of the availability run, which plays the faults without requests; 0: none."},
    {.name = "years_per_replication",
     .kind = FIELD_INTEGER,
     .offset = AT(years_per_replication),
     .fallback = "50",
     .low = 1,
     .high = 250,
     .doc = "The availability run is cut into independent pieces of this many years."},
    {.name = "seed",
     .kind = FIELD_SEED,
     .offset = AT(seed),
     .fallback = "1",
     .doc = "The customers and faults of this run: the same seed gives the same bytes."},
    {0}};
const struct record run_record = {"run", sizeof(struct run_config), run_fields, "How long to simulate, and with which chance.",
                                  NULL};
#undef AT

struct linker {
  struct model *model;
  struct arena *arena;
  model_fault *report;
  void *context;
  bool failed;
};

static void fault_at(struct linker *l, const char *path, const char *key, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static void fault_at(struct linker *l, const char *path, const char *key, const char *format, ...) {
  char text[500];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  l->report(l->context, path, key, text);
  l->failed = true;
}

#define fault(l, path, ...) fault_at(l, path, NULL, __VA_ARGS__)

static int64_t default_threads(int32_t kind) {
  static const int64_t threads[] = {
      [SERVICE_APP] = 1, [SERVICE_PROXY] = 4, [SERVICE_DATABASE] = 151, [SERVICE_CACHE] = 1, [SERVICE_EXTERNAL] = 1};
  return threads[kind];
}

static void check_shifts(struct linker *l, const struct service_config *s, const char *path) {
  const struct shift_config *shifts = s->shifts.items;
  for (uint32_t i = 1; i < s->shifts.count; i++)
    if (shifts[i].at <= shifts[i - 1].at) fault_at(l, path, "shifts", "the shifts must be in order of \"at\"");
  if (s->shifts.count && s->kind == SERVICE_EXTERNAL) fault_at(l, path, "shifts", "an external service has no threads of ours");
}

static void link_services(struct linker *l) {
  struct model *m = l->model;
  for (uint32_t i = 0; i < m->services.count; i++) {
    struct service_config *s = (struct service_config *)m->services.items + i;
    const char *path = arena_format(l->arena, "services.%s", s->name);
    if (!strcmp(s->name, "all") || !strcmp(s->name, "inside"))
      fault(l, path, "the name \"%s\" means something else in claims", s->name);
    if (!s->threads) s->threads = default_threads(s->kind);
    check_shifts(l, s, path);
    if (s->place >= 0) ((struct node_group *)m->platform.nodes.items)[s->place].dedicated = true;
    const struct pool_config *pools = s->pools.items;
    for (uint32_t k = 0; k < s->pools.count; k++)
      if (model_service(m, (uint32_t)pools[k].database)->kind != SERVICE_DATABASE)
        fault(l, path, "its pool leads to \"%s\", which is not of kind database",
              model_service(m, (uint32_t)pools[k].database)->name);
    if (s->autoscale.max && s->autoscale.max < s->autoscale.min) fault(l, path, "autoscale: \"max\" is less than \"min\"");
    if (s->autoscale.max && orchestrators[m->platform.kind] != &orchestrator_kubernetes)
      fault(l, path, "autoscale needs a platform of kind kubernetes");
    m->container_count += service_capacity(s);
  }
}

static void link_stocks(struct linker *l) {
  struct model *m = l->model;
  for (uint32_t i = 0; i < m->stocks.count; i++) {
    struct stock_config *s = (struct stock_config *)m->stocks.items + i;
    const char *key = NULL, *wrong = stock_link(m, s, &key);
    if (wrong) fault_at(l, arena_format(l->arena, "stock.%s", s->name), key, "%s", wrong);
  }
}

/* A session may have reserved in an earlier request. */
static bool only_in_journeys(const struct model *m, uint32_t endpoint) {
  bool visited = false;
  for (uint32_t i = 0; i < m->sources.count; i++) {
    const struct source_config *s = model_source(m, i);
    if (!s->visits || s->visits[endpoint] <= 0) continue;
    if (s->kind != SOURCE_SESSION) return false;
    visited = true;
  }
  return visited;
}

static void link_endpoints(struct linker *l) {
  struct model *m = l->model;
  m->programs = arena_new_array(l->arena, struct program, m->endpoints.count);
  if (!m->endpoints.count) fault(l, "endpoints", "a scenario needs at least one endpoint");
  for (uint32_t i = 0; i < m->endpoints.count; i++) {
    const struct endpoint_config *e = model_endpoint(m, i);
    const char *path = arena_format(l->arena, "endpoints.%s", e->name);
    cdn_link(m, (struct endpoint_config *)m->endpoints.items + i);
    if (e->entry >= 0 && model_service(m, (uint32_t)e->entry)->kind == SERVICE_EXTERNAL) {
      fault(l, path, "its entry \"%s\" is an external service", model_service(m, (uint32_t)e->entry)->name);
      continue;
    }
    if (!strcmp(e->name, "all") || !strcmp(e->name, "inside"))
      fault(l, path, "the name \"%s\" means something else in claims", e->name);
    const char *wrong = program_compile(&m->programs[i], m, e, l->arena);
    if (wrong) fault(l, path, "%s", wrong);
    if (!wrong && m->programs[i].unheld >= 0 && !only_in_journeys(m, i))
      fault(l, path, "pays or releases \"%s\" without a \"reserve\" of it before",
            ((const struct stock_config *)m->stocks.items)[m->programs[i].unheld].name);
  }
}

/* Requests by endpoint for one arrival, or one thought; and which endpoints may see a client twice. */
static void link_visits(struct linker *l, struct source_config *s) {
  struct model *m = l->model;
  double sum = 0;
  s->visits = arena_new_array(l->arena, double, m->endpoints.count + 1);
  for (uint32_t k = 0; k < s->mix.count; k++) sum += s->mix.weight[k];
  for (uint32_t k = 0; k < s->mix.count && s->kind != SOURCE_SESSION; k++) s->visits[s->mix.reference[k]] += s->mix.weight[k] / sum;
  if (s->kind == SOURCE_SESSION) journey_visits(s, s->visits);
  for (uint32_t e = 0; e < m->endpoints.count; e++)
    ((struct endpoint_config *)m->endpoints.items)[e].retried |= s->visits[e] > 0 && client_needed(s);
}

static void link_session(struct linker *l, struct source_config *s, const char *path) {
  uint32_t at;
  const char *wrong = journey_link(l->model, s, &at);
  if (wrong) fault_at(l, path, "journey", s->journey.count ? "place %u %s" : "%.0u%s", at + 1, wrong);
  if (s->mix.count) fault_at(l, path, "mix", "belongs to open and closed sources; a session asks for what its journey says");
}

/* What the client does beside asking. */
static void link_clients(struct linker *l, struct source_config *s, const char *path) {
  if (s->kind == SOURCE_SESSION)
    link_session(l, s, path);
  else if (!s->mix.count)
    fault(l, path, "needs a \"mix\": the endpoints that it asks for, by weight");
  if (s->kind != SOURCE_SESSION && s->journey.count) fault_at(l, path, "journey", "belongs to a source of kind session");
  if (s->kind == SOURCE_CLOSED && s->room >= 0)
    fault_at(l, path, "room", "users of a closed source are inside already: use a source of kind open or session");
  client_declare(l->model, s);
  if (!l->failed) link_visits(l, s);
}

/* Keys of open sources and of traces, where they mean nothing. `instead`: what the source has. */
static void refuse_open_keys(struct linker *l, const struct source_config *s, const char *path, const char *instead) {
  if (s->busyness_cv > 0) fault_at(l, path, "busyness_cv", "varies the rate of an open source; %s", instead);
  if (s->burst.kind) fault_at(l, path, "burst", "varies the rate of an open source; %s", instead);
  if (s->batch.kind) fault_at(l, path, "batch", "groups the arrivals of an open source; %s", instead);
  if (s->dispersion.index > 1) fault_at(l, path, "dispersion", "varies the rate of an open source; %s", instead);
}

static void refuse_trace_keys(struct linker *l, const struct source_config *s, const char *path) {
  const char *key = s->trace.file.file ? "file" : s->trace.log.file ? "log" : s->trace.paths.count ? "paths" : NULL;
  if (key) fault_at(l, path, key, "is replayed by a source of kind trace only");
}

static void link_closed(struct linker *l, const struct source_config *s, const char *path) {
  refuse_open_keys(l, s, path, "a closed one has users");
  if (s->clients.count) fault_at(l, path, "clients", "says who sends for an open source; a closed one has its users");
  if (s->population < 1) fault(l, path, "a closed source needs a \"population\"");
  if (!s->think.kind) fault(l, path, "a closed source needs a \"think\" time");
}

static void link_open(struct linker *l, struct source_config *s, const char *path) {
  const char *key, *bad = arrivals_link(s, l->arena, &key);
  if (bad) {
    fault_at(l, path, key, "%s", bad);
    return;
  }
  if (!s->rate.kind) {
    fault(l, path, "%s needs a \"rate\"", s->kind == SOURCE_OPEN ? "an open source" : "a source of sessions");
    return;
  }
  const char *wrong = profile_prepare(&s->rate, l->arena, l->model->run.start);
  if (wrong) fault(l, arena_format(l->arena, "%s.rate", path), "%s", wrong);
}

/* Before its mix is looked at: a trace may bring one. False: it brought none, for another reason. */
static bool link_trace(struct linker *l, struct source_config *s, const char *path) {
  refuse_open_keys(l, s, path, "a trace has times of its own");
  if (s->rate.kind) fault_at(l, path, "rate", "is that of an open source; a trace has times of its own");
  const char *key, *bad = trace_link(s, l->arena, &key);
  if (bad) fault_at(l, path, key, "%s", bad);
  return !bad;
}

static void link_sources(struct linker *l) {
  struct model *m = l->model;
  if (!m->sources.count) fault(l, "traffic", "a scenario needs at least one source of traffic");
  for (uint32_t i = 0; i < m->sources.count; i++) {
    struct source_config *s = (struct source_config *)m->sources.items + i;
    const char *path = arena_format(l->arena, "traffic.%s", s->name);
    if (s->kind == SOURCE_TRACE && !link_trace(l, s, path)) continue;
    link_clients(l, s, path);
    const char *unlinked = client_network_link(s);
    if (unlinked) fault_at(l, path, "connection", "%s", unlinked);
    if (s->busyness_cv > 0) s->busyness = distribution_gamma(s->busyness_cv);
    if (s->kind != SOURCE_TRACE) refuse_trace_keys(l, s, path);
    if (s->kind == SOURCE_CLOSED) link_closed(l, s, path);
    if (s->kind == SOURCE_OPEN || s->kind == SOURCE_SESSION) link_open(l, s, path);
  }
}

static void link_limits(struct linker *l) {
  struct model *m = l->model;
  for (uint32_t i = 0; i < m->limits.count; i++) {
    struct limit_config *limit = (struct limit_config *)m->limits.items + i;
    const char *key = NULL, *wrong = limit_link(m, limit, &key);
    if (wrong) fault_at(l, arena_format(l->arena, "limits.%s", limit->name), key, "%s", wrong);
  }
}

static void link_phases(struct linker *l) {
  const struct run_config *run = &l->model->run;
  const struct phase_config *phases = run->phases.items;
  for (uint32_t i = 0; i < run->phases.count; i++) {
    const char *path = arena_format(l->arena, "run.phases.%s", phases[i].name);
    if (phases[i].to <= phases[i].from) fault_at(l, path, "to", "ends before it begins");
    if (phases[i].to > run->window) fault_at(l, path, "to", "reaches beyond the measured window");
  }
}

static void link_faults(struct linker *l) {
  const struct model *m = l->model;
  for (uint32_t i = 0; i < m->faults.count; i++) {
    const struct fault_config *f = model_fault_at(m, i);
    const char *path = arena_format(l->arena, "faults.%s", f->name);
    if (f->kind == FAULT_NODE && f->nodes < 0) fault(l, path, "a fault of kind node needs \"nodes\": the group that breaks");
    if (f->kind == FAULT_NODE && !f->repair.kind) fault(l, path, "a fault of kind node needs a \"repair\" time");
    if (f->kind == FAULT_CRASH && f->service < 0) fault(l, path, "a fault of kind crash needs a \"service\"");
    if (f->kind == FAULT_CRASH && f->service >= 0 && model_service(m, (uint32_t)f->service)->kind == SERVICE_EXTERNAL)
      fault(l, path, "an external service has no process of ours that could crash");
    if (f->mtbf == SIM_NEVER && f->at == SIM_NEVER && !f->uptime.kind)
      fault(l, path, "never happens: give \"mtbf\", \"uptime\" or \"at\"");
  }
}

static void check_price(struct linker *l, const char *path, const char *key, const char *name, bool monthly) {
  const struct price_list *list = &l->model->bill.prices;
  const struct price_item *item = price_named(list, name);
  if (!name) return;
  if (!list->items.count)
    fault_at(l, path, key, "has the price \"%s\", but the scenario names no price list: add \"prices\": \"file.json\"", name);
  else if (!item)
    fault_at(l, path, key, "the price list has no item \"%s\"", name);
  else if (monthly && isnan(price_monthly(&item->price)))
    fault_at(l, path, key, "the price \"%s\" is per %s, not per month or hour", name, item->price.per);
  else if (!monthly && strcmp(item->price.per, "GB"))
    fault_at(l, path, key, "the price \"%s\" is per %s, not per GB", name, item->price.per);
}

static void link_money(struct linker *l) {
  const struct model *m = l->model;
  for (uint32_t i = 0; i < m->platform.nodes.count; i++)
    check_price(l, arena_format(l->arena, "platform.nodes.%s", model_nodes(m, i)->name), "price", model_nodes(m, i)->price, true);
  const struct charge_config *charges = m->bill.charges.items;
  for (uint32_t i = 0; i < m->bill.charges.count; i++)
    check_price(l, arena_format(l->arena, "bill.charges.%s", charges[i].name), "price", charges[i].price, true);
  check_price(l, "bill.egress", NULL, m->bill.egress, false);
  check_price(l, "bill.cdn", NULL, m->bill.cdn, false);
}

static double source_rate(const struct model *m, const struct source_config *s) {
  if (s->kind == SOURCE_CLOSED) return s->think.mean > 0 ? (double)s->population / (s->think.mean * 1e-9) : (double)s->population;
  return source_expected(s, m->run.warmup, m->run.warmup + m->run.window) / ((double)m->run.window * 1e-9);
}

/* --- the warm-up ---------------------------------------------------------------------------------------------------------------- */

static bool rates_constant(const struct model *m) {
  const sim_time until = 1000 * SIM_DAY;
  for (uint32_t i = 0; i < m->sources.count; i++) {
    const struct source_config *s = model_source(m, i);
    if (s->kind == SOURCE_TRACE) return false;
    if (s->kind != SOURCE_CLOSED && profile_floor(&s->rate, 0, until) != profile_bound(&s->rate, 0, until)) return false;
  }
  return true;
}

/* Every hour of the second day offers what the same hour of the first does. */
static bool rates_daily(const struct model *m) {
  for (uint32_t i = 0; i < m->sources.count; i++) {
    if (model_source(m, i)->kind == SOURCE_TRACE) return false;
    for (int hour = 0; hour < 24 && model_source(m, i)->kind != SOURCE_CLOSED; hour++) {
      const struct choice *rate = &model_source(m, i)->rate;
      sim_time from = hour * SIM_HOUR;
      double first = profile_expected(rate, from, from + SIM_HOUR),
             second = profile_expected(rate, from + SIM_DAY, from + SIM_DAY + SIM_HOUR);
      if (fabs(first - second) > 1e-9 * (first + second)) return false;
    }
  }
  return true;
}

/* Only now the measured time is known. */
static void link_dispersions(struct linker *l) {
  const struct run_config *run = &l->model->run;
  for (uint32_t i = 0; i < l->model->sources.count; i++) {
    struct source_config *s = (struct source_config *)l->model->sources.items + i;
    const char *wrong = arrivals_link_dispersion(s, run->warmup, run->warmup + run->window, l->arena);
    if (wrong) fault_at(l, arena_format(l->arena, "traffic.%s", s->name), "dispersion", "%s", wrong);
  }
}

static bool anything_drilled(const struct model *m) {
  for (uint32_t i = 0; i < m->faults.count; i++)
    if (model_fault_at(m, i)->at != SIM_NEVER) return true;
  return false;
}

static bool staff_changes(const struct model *m) {
  for (uint32_t i = 0; i < m->services.count; i++)
    if (model_service(m, i)->shifts.count) return true;
  return false;
}

static bool days_differ(const struct model *m) {
  for (uint32_t i = 0; i < m->sources.count; i++)
    if (model_source(m, i)->busyness_cv > 0) return true;
  return false;
}

/* Days that differ settle, each for itself; but batches of one of them would not show the others. */
static void link_warmup(struct model *m) {
  bool timed = anything_drilled(m) || m->run.probes.count || m->stocks.count || staff_changes(m),
       steady = rates_constant(m) && !timed;
  m->run.stationary = steady && !days_differ(m);
  if (m->run.warmup != WARMUP_AUTO) return;
  m->run.warmup = !steady && !timed && rates_daily(m) ? SIM_DAY : 0;
  m->run.find_warmup = steady;
}

/* Nodes or replicas that a fault strikes. */
static double targets_of(const struct model *m, const struct fault_config *f) {
  return f->kind == FAULT_NODE ? (double)model_nodes(m, (uint32_t)f->nodes)->count
                               : (double)service_capacity(model_service(m, (uint32_t)f->service));
}

/* An estimate before anything runs: a slip of a unit must not cost a night. */
static void check_work(struct linker *l) {
  const struct model *m = l->model;
  double faults = 0;
  for (uint32_t i = 0; i < m->faults.count; i++) {
    const struct fault_config *f = model_fault_at(m, i);
    double each = f->uptime.kind ? f->uptime.mean : f->mtbf == SIM_NEVER ? INFINITY : (double)f->mtbf;
    faults += targets_of(m, f) * (double)m->run.years * (double)SIM_YEAR / fmax(each, 1);
  }
  if (faults > 2e7) fault_at(l, "run", "years", "would play about %.2g faults; the limit is 2e7", faults);
  double requests = model_requests(m), seconds = sim_seconds(m->run.warmup) + sim_seconds(m->run.window);
  if (requests * (double)m->run.replications > 1e11)
    fault(l, "run", "would simulate about %.2g requests (%.3g/s for %.3g s, %lld times); the limit is 1e11",
          requests * (double)m->run.replications, requests / seconds, seconds, (long long)m->run.replications);
}

/* Places the initial replicas as a run would: what does not fit is the planner's mistake and is said before anything runs. */
static void check_placement(struct linker *l) {
  struct world *w = world_new(l->model, 0, 0, WORLD_AVAILABILITY);
  for (uint32_t i = 0; i < l->model->services.count; i++) {
    const struct service *s = &w->services[i];
    if (s->config->kind == SERVICE_EXTERNAL || s->in_rotation >= (uint64_t)s->config->replicas) continue;
    fault_at(l, arena_format(l->arena, "services.%s", s->config->name), "replicas",
             "only %u of its %lld replicas find a node with room for their resource requests", s->in_rotation,
             (long long)s->config->replicas);
  }
  world_free(w);
}

bool model_link(struct model *m, struct arena *arena, model_fault *report, void *context) {
  struct linker l = {m, arena, report, context, false};
  m->arena = arena;
  for (uint32_t i = 0; i < m->rooms.count; i++) waiting_room_declare(m, (struct room_config *)m->rooms.items + i);
  for (uint32_t i = 0; i < m->platform.nodes.count; i++) m->node_count += (uint32_t)model_nodes(m, i)->count;
  link_services(&l);
  link_sources(&l);
  link_limits(&l);
  link_stocks(&l);
  link_endpoints(&l);
  link_faults(&l);
  link_phases(&l);
  if (!l.failed) link_warmup(m);
  if (!l.failed) link_dispersions(&l);
  if (m->run.method == METHOD_BATCHES && !l.failed && !m->run.stationary)
    fault_at(
        &l, "run", "method",
        "batches need stationary traffic: constant rates, no shifts, no busyness, no stock, no drill at a given time, no probes");
  link_money(&l);
  if (m->run.warmup > 9000000000000000000 - m->run.window) fault(&l, "run", "window and warm-up are longer than 290 years");
  if (!l.failed) check_work(&l);
  if (!l.failed) check_placement(&l);
  return !l.failed;
}

double model_visits(const struct model *m, const struct source_config *s) {
  double visits = 0;
  for (uint32_t e = 0; e < m->endpoints.count; e++) visits += s->visits[e];
  return visits;
}

/* Requests a second, of all endpoints. */
static double request_rate(const struct model *m, const struct source_config *s) { return source_rate(m, s) * model_visits(m, s); }

double model_offered(const struct model *m, sim_time from, sim_time to) {
  double sum = 0;
  for (uint32_t i = 0; i < m->sources.count; i++) {
    const struct source_config *s = model_source(m, i);
    if (s->kind != SOURCE_CLOSED) sum += model_visits(m, s) * source_expected(s, from, to);
  }
  return sum;
}

double model_offered_rate(const struct model *m) {
  return model_offered(m, m->run.warmup, m->run.warmup + m->run.window) / ((double)m->run.window * 1e-9);
}

double model_requests(const struct model *m) {
  double rate = 0;
  for (uint32_t i = 0; i < m->sources.count; i++) rate += request_rate(m, model_source(m, i));
  return rate * (sim_seconds(m->run.warmup) + sim_seconds(m->run.window));
}

double model_share(const struct model *m, uint32_t source, uint32_t endpoint) {
  const struct source_config *s = model_source(m, source);
  double all = 0, weights = 0, mine = 0;
  for (uint32_t i = 0; i < m->sources.count; i++) all += source_rate(m, model_source(m, i));
  for (uint32_t k = 0; k < s->mix.count; k++) {
    weights += s->mix.weight[k];
    mine += s->mix.reference[k] == (int32_t)endpoint ? s->mix.weight[k] : 0;
  }
  return all > 0 ? source_rate(m, s) / all * mine / weights : 0;
}

double model_endpoint_share(const struct model *m, uint32_t endpoint) {
  double all = 0, mine = 0;
  for (uint32_t i = 0; i < m->sources.count; i++) {
    const struct source_config *s = model_source(m, i);
    all += request_rate(m, s), mine += source_rate(m, s) * s->visits[endpoint];
  }
  return all > 0 ? mine / all : 0;
}
