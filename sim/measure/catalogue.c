#include "sim/measure/catalogue.h"
#include "models/database/connection_config.h"
#include "models/cache/cache.h"
#include "models/release/release.h"
#include "models/replication/replication.h"
#include "models/core/model.h"
#include "models/traffic/whereabouts.h"
#include "sim/engine/arena.h"
#include "sim/measure/evidence.h"

/* A measure that is taken of every subject of its kind: its word, and how it is shown; p: of a percentile. */
struct standard {
  const char *word, *shown;
  double p;
};

static const struct standard of_latency[] = {{"mean", "mean", 0}, {"p", "p50", 0.5},     {"p", "p90", 0.9}, {"p", "p95", 0.95},
                                             {"p", "p99", 0.99},  {"p", "p99.9", 0.999}, {"max", "max", 0}, {0}};
static const struct standard of_count[] = {{"count", "count", 0}, {"rate", "rate", 0}, {0}};
static const struct standard of_level[] = {{"mean", "mean", 0}, {"max", "max", 0}, {"min", "min", 0}, {0}};
static const struct standard of_time[] = {{"mean", "mean", 0}, {"p", "p50", 0.5}, {"p", "p95", 0.95},
                                          {"p", "p99", 0.99},  {"max", "max", 0}, {0}};

/* What the standard measures are of. */
struct whose {
  struct evidence *evidence;
  enum subject subject;
  uint32_t index;
  const char *name;
  const char *region; /* of the clients; null: wherever they are */
  int32_t region_index;
};

static struct entry *add(const struct whose *w, const struct standard *standard, enum quantity quantity, const char *name) {
  struct measure m = {.kind = measure_kind_of(standard->word, quantity, w->subject),
                      .p = standard->p,
                      .subject = w->subject,
                      .index = w->index,
                      .cause = -1,
                      .region = w->region ? w->region_index : -1};
  struct entry *e = evidence_add(w->evidence, m, name, standard->shown);
  if (w->region) e->label = "region", e->label_value = w->region;
  return e;
}

static void add_one(const struct whose *w, const char *word, enum quantity quantity, const char *behind) {
  const char *name = *behind ? arena_format(w->evidence->arena, "%s%s", w->name, behind) : w->name;
  add(w, &(struct standard){word, word, 0}, quantity, name);
}

static void add_all(const struct whose *w, const struct standard *list, enum quantity quantity, const char *behind) {
  for (; list->word; list++) add(w, list, quantity, arena_format(w->evidence->arena, "%s%s", w->name, behind));
}

/* Some version that is brought out fails calls. */
static bool releases_fail(const struct model *m) {
  bool some = false;
  for (uint32_t i = 0; i < model_releases(m)->count; i++) {
    const struct release_config *c = model_release(m, i);
    for (uint32_t k = 0; k < c->services.count; k++)
      some |= c->good[k]->traits.errors > 0 || (c->bad_ones && c->bad_ones[k]->traits.errors > 0);
  }
  return some;
}

/* Replicas that cancel reads are rare, and so are services that may ail: elsewhere these causes are not listed. */
static bool happens(const struct model *m, int cause) {
  bool cancels = false, ails = cause == OUTCOME_ERROR && releases_fail(m);
  for (uint32_t i = 0; i < m->services.count; i++) {
    cancels |= replication_waits_for_reads(service_replication(model_service(m, i)));
    ails |= model_service(m, i)->may_ail;
  }
  return cause == OUTCOME_RECOVERY_CONFLICT ? cancels : cause == OUTCOME_ERROR || cause == OUTCOME_UNRESOLVED ? ails : true;
}

static void add_requests(const struct whose *w) {
  add_all(w, of_latency, QUANTITY_LATENCY, ".latency");
  add_one(w, "rate", QUANTITY_NONE, "");
  add_one(w, "error_rate", QUANTITY_NONE, "");
  add_one(w, "unanswered", QUANTITY_NONE, "");
  if (w->region) return;
  for (int cause = OUTCOME_TIMEOUT; cause < OUTCOMES; cause++) {
    if (!happens(&w->evidence->model, cause)) continue;
    struct entry *e = add(w, &(struct standard){"error_rate", "error_rate", 0}, QUANTITY_NONE, w->name);
    e->measure.cause = cause;
    e->label = "cause", e->label_value = outcome_names[cause];
  }
}

static void add_service(const struct whose *w) {
  const struct service_config *s = model_service(&w->evidence->model, w->index);
  if (!service_runs(s)) return;
  add_all(w, of_latency, QUANTITY_LATENCY, ".latency");
  add_one(w, "rate", QUANTITY_NONE, "");
  if (s->threads != INT64_MAX) add_one(w, "utilization", QUANTITY_THREADS, ".threads");
  add_one(w, "utilization", QUANTITY_CPU, ".cpu");
  if (service_connections(s)->pools.count) add_one(w, "utilization", QUANTITY_POOL, ".connections");
  if (s->kind == SERVICE_DATABASE && s->replicas > 1) add_one(w, "utilization", QUANTITY_PRIMARY, ".primary");
  if (service_cache(s)->keyed) add_one(w, "hit_rate", QUANTITY_NONE, "");
  add_one(w, "mean", QUANTITY_REPLICAS, ".replicas");
}

static void add_meter(const struct whose *w, enum meter_kind kind) {
  static const struct {
    const struct standard *list;
    enum quantity quantity;
  } of[] = {[METER_COUNT] = {of_count, QUANTITY_METER_COUNT},
            [METER_LEVEL] = {of_level, QUANTITY_METER_LEVEL},
            [METER_TIME] = {of_time, QUANTITY_METER_TIME}};
  add_all(w, of[kind].list, of[kind].quantity, "");
}

/* Of clients in each region from which some come. */
static void add_regions(const struct whose *w) {
  const struct model *m = &w->evidence->model;
  for (uint32_t i = 0; i < model_regions(m); i++) {
    struct whose there = *w;
    there.region = model_region(m, i)->name, there.region_index = (int32_t)i;
    if (whereabouts_asks(m, w->subject == SUBJECT_ENDPOINT ? (int32_t)w->index : -1, i)) add_requests(&there);
  }
}

void catalogue_add(struct evidence *ev) {
  const struct model *m = &ev->model;
  const struct whose all = {.evidence = ev, .subject = SUBJECT_ALL, .name = "all"};
  for (uint32_t i = 0; i < m->endpoints.count; i++) {
    const struct whose w = {.evidence = ev, .subject = SUBJECT_ENDPOINT, .index = i, .name = model_endpoint(m, i)->name};
    add_requests(&w);
    add_regions(&w);
  }
  add_requests(&all);
  add_regions(&all);
  for (uint32_t i = 0; i < m->services.count; i++)
    add_service(&(struct whose){.evidence = ev, .subject = SUBJECT_SERVICE, .index = i, .name = model_service(m, i)->name});
  for (uint32_t i = 0; i < m->platform.nodes.count; i++)
    add_one(&(struct whose){.evidence = ev, .subject = SUBJECT_NODES, .index = i, .name = model_nodes(m, i)->name}, "utilization",
            QUANTITY_CPU, ".cpu");
  for (uint32_t i = 0; i < m->meter_count; i++) {
    const char *name = arena_format(ev->arena, "%s.%s", m->meters[i].thing, m->meters[i].name);
    add_meter(&(struct whose){.evidence = ev, .subject = SUBJECT_METER, .index = i, .name = name}, m->meters[i].kind);
  }
  add(&all, &(struct standard){"mean", "mean", 0}, QUANTITY_INSIDE, "inside");
  add_one(&all, "saturation", QUANTITY_NONE, "");
}
