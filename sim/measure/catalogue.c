#include "sim/measure/catalogue.h"
#include "sim/engine/arena.h"
#include "sim/measure/evidence.h"

static const struct {
  const char *name;
  enum aggregate aggregate;
  double p;
} latency_rows[] = {{"mean", AGGREGATE_MEAN, 0},       {"p50", AGGREGATE_QUANTILE, 0.5},  {"p90", AGGREGATE_QUANTILE, 0.9},
                    {"p95", AGGREGATE_QUANTILE, 0.95}, {"p99", AGGREGATE_QUANTILE, 0.99}, {"p99.9", AGGREGATE_QUANTILE, 0.999},
                    {"max", AGGREGATE_MAX, 0}};

static void add_latency(struct evidence *ev, enum subject subject, uint32_t index, const char *name) {
  for (size_t i = 0; i < sizeof latency_rows / sizeof *latency_rows; i++)
    evidence_add(ev,
                 (struct measure){.aggregate = latency_rows[i].aggregate,
                                  .p = latency_rows[i].p,
                                  .subject = subject,
                                  .index = index,
                                  .quantity = QUANTITY_LATENCY,
                                  .cause = -1},
                 arena_format(ev->arena, "%s.latency", name), latency_rows[i].name);
}

static void add_plain(struct evidence *ev, enum aggregate aggregate, const char *word, enum subject subject, uint32_t index,
                      enum quantity quantity, const char *name) {
  evidence_add(ev, (struct measure){.aggregate = aggregate, .subject = subject, .index = index, .quantity = quantity, .cause = -1},
               name, word);
}

/* Replicas that cancel reads are rare: elsewhere the cause is not listed. */
static bool happens(const struct model *m, int cause) {
  bool cancels = cause != OUTCOME_RECOVERY_CONFLICT;
  for (uint32_t i = 0; i < m->services.count; i++) cancels |= replication_waits_for_reads(&model_service(m, i)->replication);
  return cancels;
}

static void add_traffic(struct evidence *ev, enum subject subject, uint32_t index, const char *name) {
  add_latency(ev, subject, index, name);
  add_plain(ev, AGGREGATE_RATE, "rate", subject, index, QUANTITY_NONE, name);
  add_plain(ev, AGGREGATE_ERROR_RATE, "error_rate", subject, index, QUANTITY_NONE, name);
  add_plain(ev, AGGREGATE_UNANSWERED, "unanswered", subject, index, QUANTITY_NONE, name);
  for (int cause = OUTCOME_TIMEOUT; cause < OUTCOMES; cause++) {
    if (!happens(&ev->model, cause)) continue;
    evidence_add(
        ev,
        (struct measure){
            .aggregate = AGGREGATE_ERROR_RATE, .subject = subject, .index = index, .quantity = QUANTITY_NONE, .cause = cause},
        name, "error_rate")
        ->label_value = outcome_names[cause];
  }
}

static void add_service(struct evidence *ev, uint32_t index) {
  const struct service_config *c = model_service(&ev->model, index);
  if (!service_runs(c)) return;
  add_latency(ev, SUBJECT_SERVICE, index, c->name);
  add_plain(ev, AGGREGATE_RATE, "rate", SUBJECT_SERVICE, index, QUANTITY_NONE, c->name);
  if (c->threads != INT64_MAX)
    add_plain(ev, AGGREGATE_UTILIZATION, "utilization", SUBJECT_SERVICE, index, QUANTITY_THREADS,
              arena_format(ev->arena, "%s.threads", c->name));
  add_plain(ev, AGGREGATE_UTILIZATION, "utilization", SUBJECT_SERVICE, index, QUANTITY_CPU,
            arena_format(ev->arena, "%s.cpu", c->name));
  if (c->pools.count)
    add_plain(ev, AGGREGATE_UTILIZATION, "utilization", SUBJECT_SERVICE, index, QUANTITY_POOL,
              arena_format(ev->arena, "%s.connections", c->name));
  if (c->kind == SERVICE_DATABASE && c->replicas > 1)
    add_plain(ev, AGGREGATE_UTILIZATION, "utilization", SUBJECT_SERVICE, index, QUANTITY_PRIMARY,
              arena_format(ev->arena, "%s.primary", c->name));
  if (c->cache.keyed) add_plain(ev, AGGREGATE_HIT_RATE, "hit_rate", SUBJECT_SERVICE, index, QUANTITY_NONE, c->name);
  add_plain(ev, AGGREGATE_MEAN, "mean", SUBJECT_SERVICE, index, QUANTITY_REPLICAS, arena_format(ev->arena, "%s.replicas", c->name));
}

static void add_meter(struct evidence *ev, uint32_t index) {
  static const struct {
    enum meter_kind kind;
    const char *name;
    enum aggregate aggregate;
    double p;
  } rows[] = {{METER_COUNT, "count", AGGREGATE_COUNT, 0},    {METER_COUNT, "rate", AGGREGATE_RATE, 0},
              {METER_LEVEL, "mean", AGGREGATE_MEAN, 0},      {METER_LEVEL, "max", AGGREGATE_MAX, 0},
              {METER_LEVEL, "min", AGGREGATE_MIN, 0},        {METER_TIME, "mean", AGGREGATE_MEAN, 0},
              {METER_TIME, "p50", AGGREGATE_QUANTILE, 0.5},  {METER_TIME, "p95", AGGREGATE_QUANTILE, 0.95},
              {METER_TIME, "p99", AGGREGATE_QUANTILE, 0.99}, {METER_TIME, "max", AGGREGATE_MAX, 0}};
  const struct meter_config *meter = &ev->model.meters[index];
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (rows[i].kind == meter->kind)
      evidence_add(ev,
                   (struct measure){.aggregate = rows[i].aggregate,
                                    .p = rows[i].p,
                                    .subject = SUBJECT_METER,
                                    .index = index,
                                    .quantity = QUANTITY_METER,
                                    .meter = meter->kind,
                                    .cause = -1},
                   arena_format(ev->arena, "%s.%s", meter->thing, meter->name), rows[i].name);
}

void catalogue_add(struct evidence *ev) {
  const struct model *m = &ev->model;
  for (uint32_t i = 0; i < m->endpoints.count; i++) add_traffic(ev, SUBJECT_ENDPOINT, i, model_endpoint(m, i)->name);
  add_traffic(ev, SUBJECT_ALL, 0, "all");
  for (uint32_t i = 0; i < m->services.count; i++) add_service(ev, i);
  for (uint32_t i = 0; i < m->platform.nodes.count; i++)
    add_plain(ev, AGGREGATE_UTILIZATION, "utilization", SUBJECT_NODES, i, QUANTITY_CPU,
              arena_format(ev->arena, "%s.cpu", model_nodes(m, i)->name));
  for (uint32_t i = 0; i < m->meter_count; i++) add_meter(ev, i);
  add_plain(ev, AGGREGATE_MEAN, "mean", SUBJECT_ALL, 0, QUANTITY_INSIDE, "inside");
  add_plain(ev, AGGREGATE_SATURATION, "saturation", SUBJECT_ALL, 0, QUANTITY_NONE, "all");
}
