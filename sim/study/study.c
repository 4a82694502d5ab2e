#include "sim/study/study.h"
#include "sim/engine/arena.h"
#include "sim/study/ledger.h"
#include "sim/study/replicate.h"
#include "sim/study/version.h"
#include <stdlib.h>
#include <string.h>

/* --- which measures are taken ------------------------------------------------------------------------------------------------ */

static struct entry *add(struct ledger *l, struct measure measure, const char *name, const char *aggregate) {
  if (l->count == l->room) {
    struct entry *old = l->entries;
    l->entries = arena_new_array(l->arena, struct entry, l->room = l->room ? 2 * l->room : 64);
    if (old) memcpy(l->entries, old, l->count * sizeof *old);
  }
  l->entries[l->count] = (struct entry){.measure = measure, .name = name, .aggregate = aggregate};
  return &l->entries[l->count++];
}

static const struct {
  const char *name;
  enum aggregate aggregate;
  double p;
} latency_rows[] = {{"mean", AGGREGATE_MEAN, 0},       {"p50", AGGREGATE_QUANTILE, 0.5},  {"p90", AGGREGATE_QUANTILE, 0.9},
                    {"p95", AGGREGATE_QUANTILE, 0.95}, {"p99", AGGREGATE_QUANTILE, 0.99}, {"p99.9", AGGREGATE_QUANTILE, 0.999},
                    {"max", AGGREGATE_MAX, 0}};

static void add_latency(struct ledger *l, enum subject subject, uint32_t index, const char *name) {
  for (size_t i = 0; i < sizeof latency_rows / sizeof *latency_rows; i++)
    add(l,
        (struct measure){.aggregate = latency_rows[i].aggregate,
                         .p = latency_rows[i].p,
                         .subject = subject,
                         .index = index,
                         .quantity = QUANTITY_LATENCY,
                         .cause = -1},
        arena_format(l->arena, "%s.latency", name), latency_rows[i].name);
}

static void add_plain(struct ledger *l, enum aggregate aggregate, const char *word, enum subject subject, uint32_t index,
                      enum quantity quantity, const char *name) {
  add(l, (struct measure){.aggregate = aggregate, .subject = subject, .index = index, .quantity = quantity, .cause = -1}, name,
      word);
}

static void add_traffic(struct ledger *l, enum subject subject, uint32_t index, const char *name) {
  add_latency(l, subject, index, name);
  add_plain(l, AGGREGATE_RATE, "rate", subject, index, QUANTITY_NONE, name);
  add_plain(l, AGGREGATE_ERROR_RATE, "error_rate", subject, index, QUANTITY_NONE, name);
  for (int cause = OUTCOME_TIMEOUT; cause < OUTCOMES; cause++)
    add(l,
        (struct measure){
            .aggregate = AGGREGATE_ERROR_RATE, .subject = subject, .index = index, .quantity = QUANTITY_NONE, .cause = cause},
        name, "error_rate")
        ->label_value = outcome_names[cause];
}

static void add_service(struct ledger *l, uint32_t index) {
  const struct service_config *s = model_service(l->model, index);
  if (s->kind == SERVICE_EXTERNAL) return;
  add_latency(l, SUBJECT_SERVICE, index, s->name);
  add_plain(l, AGGREGATE_RATE, "rate", SUBJECT_SERVICE, index, QUANTITY_NONE, s->name);
  if (s->threads != INT64_MAX)
    add_plain(l, AGGREGATE_UTILIZATION, "utilization", SUBJECT_SERVICE, index, QUANTITY_THREADS,
              arena_format(l->arena, "%s.threads", s->name));
  add_plain(l, AGGREGATE_UTILIZATION, "utilization", SUBJECT_SERVICE, index, QUANTITY_CPU,
            arena_format(l->arena, "%s.cpu", s->name));
  if (s->pools.count)
    add_plain(l, AGGREGATE_UTILIZATION, "utilization", SUBJECT_SERVICE, index, QUANTITY_POOL,
              arena_format(l->arena, "%s.connections", s->name));
  if (s->kind == SERVICE_DATABASE && s->replicas > 1)
    add_plain(l, AGGREGATE_UTILIZATION, "utilization", SUBJECT_SERVICE, index, QUANTITY_PRIMARY,
              arena_format(l->arena, "%s.primary", s->name));
  add_plain(l, AGGREGATE_MEAN, "mean", SUBJECT_SERVICE, index, QUANTITY_REPLICAS, arena_format(l->arena, "%s.replicas", s->name));
}

static void add_standard(struct ledger *l) {
  const struct model *m = l->model;
  for (uint32_t i = 0; i < m->endpoints.count; i++) add_traffic(l, SUBJECT_ENDPOINT, i, model_endpoint(m, i)->name);
  add_traffic(l, SUBJECT_ALL, 0, "all");
  for (uint32_t i = 0; i < m->services.count; i++) add_service(l, i);
  for (uint32_t i = 0; i < m->platform.nodes.count; i++)
    add_plain(l, AGGREGATE_UTILIZATION, "utilization", SUBJECT_NODES, i, QUANTITY_CPU,
              arena_format(l->arena, "%s.cpu", model_nodes(m, i)->name));
  add_plain(l, AGGREGATE_MEAN, "mean", SUBJECT_ALL, 0, QUANTITY_INSIDE, "inside");
  add_plain(l, AGGREGATE_SATURATION, "saturation", SUBJECT_ALL, 0, QUANTITY_NONE, "all");
}

/* --- running ---------------------------------------------------------------------------------------------------------------------- */

struct running {
  struct ledger *ledger;
  const struct study_options *options;
  bool over_faults;
  uint32_t done_before, of;
};

static void take_samples(void *context, uint32_t replication, const struct view *v) {
  struct running *r = context;
  struct ledger *l = r->ledger;
  for (uint32_t i = 0; i < l->count; i++)
    if (l->entries[i].measure.over_faults == r->over_faults)
      l->entries[i].samples[replication] = measure_value(&l->entries[i].measure, l->model, v);
  for (uint32_t i = 0; r->over_faults && i <= l->model->endpoints.count; i++)
    l->availability_samples[i][replication] = (i ? v->served_s[i - 1] : v->total_served_s) / v->seconds;
  if (r->options->progress) r->options->progress(r->options->context, r->done_before + replication + 1, r->of);
}

static struct view *run(struct ledger *l, const struct study_options *o, bool over_faults, uint32_t before, uint32_t *count) {
  struct running running = {l, o, over_faults, before, l->traffic_replications + l->fault_replications};
  struct replication_plan plan = {.model = l->model,
                                  .seed = l->model->run.seed,
                                  .mode = over_faults ? WORLD_AVAILABILITY : WORLD_TRAFFIC,
                                  .replications = *count,
                                  .jobs = o->jobs ? o->jobs : 1,
                                  .interrupted = o->interrupted,
                                  .seen = take_samples,
                                  .context = &running};
  return replicate(&plan, count);
}

static void make_room(struct ledger *l) {
  uint32_t most = l->traffic_replications > l->fault_replications ? l->traffic_replications : l->fault_replications;
  for (uint32_t i = 0; i < l->count; i++) l->entries[i].samples = arena_new_array(l->arena, double, most);
  l->availability_samples = arena_new_array(l->arena, double *, l->model->endpoints.count + 1);
  for (uint32_t i = 0; i <= l->model->endpoints.count; i++)
    l->availability_samples[i] = arena_new_array(l->arena, double, l->fault_replications + 1);
}

static void describe(const struct ledger *l, struct results *r) {
  const struct scenario *s = l->scenario;
  const struct model *m = l->model;
  r->scenario_name = s->name, r->scenario_title = s->title, r->scenario_file = s->file, r->scenario_hash = s->hash;
  r->engine = AGUANTA_VERSION, r->seed_text = arena_format(l->arena, "%llu", (unsigned long long)m->run.seed),
  r->resolved = s->resolved;
  r->replications = l->traffic_replications;
  r->requests = l->traffic->arrived[l->traffic->endpoint_count];
  r->window_s = sim_seconds(m->run.window), r->warmup_s = sim_seconds(m->run.warmup), r->events = l->traffic->events;
  const char **names = arena_new_array(l->arena, const char *, m->endpoints.count + 1);
  for (uint32_t i = 0; i < m->endpoints.count; i++) names[i] = model_endpoint(m, i)->name;
  r->endpoints = names, r->endpoint_count = m->endpoints.count;
  r->assumptions = arena_new_array(l->arena, struct stated_value, s->assumption_count + 1);
  for (uint32_t i = 0; i < s->assumption_count; i++)
    r->assumptions[i] = (struct stated_value){s->assumptions[i].path, s->assumptions[i].value, s->assumptions[i].source};
  r->assumption_count = s->assumption_count;
}

static void collect_violations(const struct ledger *l, const struct view *v, struct results *r) {
  const char **all = arena_new_array(l->arena, const char *, r->violation_count + v->violation_count + 1);
  for (uint32_t i = 0; i < r->violation_count; i++) all[i] = r->violations[i];
  for (uint32_t i = 0; i < v->violation_count; i++) all[r->violation_count++] = arena_text(l->arena, v->violations[i]);
  r->violations = all;
}

struct results *study_run(struct arena *arena, const struct scenario *s, const struct study_options *o) {
  struct results *r = arena_alloc(arena, sizeof *r);
  struct ledger l = {.arena = arena, .scenario = s, .model = &s->model};
  const struct run_config *run_of = &s->model.run;
  l.traffic_replications = o->replications ? o->replications : (uint32_t)run_of->replications;
  if (run_of->years && s->model.faults.count)
    l.fault_replications = (uint32_t)((run_of->years + run_of->years_per_replication - 1) / run_of->years_per_replication);
  add_standard(&l);
  l.claims_from = l.count;
  const struct claim *claims = s->claims.items;
  for (uint32_t i = 0; i < s->claims.count; i++) add(&l, claims[i].measure, claims[i].expression, claims[i].name);
  make_room(&l);
  uint32_t planned = l.traffic_replications + l.fault_replications, faults_planned = l.fault_replications;
  l.traffic = run(&l, o, false, 0, &l.traffic_replications);
  if (faults_planned) l.faults = run(&l, o, true, l.traffic_replications, &l.fault_replications);
  r->interrupted = l.traffic_replications + l.fault_replications < planned;
  l.unstable = findings_unstable(&l);

  describe(&l, r);
  findings_metrics(&l, r);
  findings_tables(&l, r);
  findings_pictures(&l, r);
  r->claims = arena_new_array(arena, struct claim_result, s->claims.count + 1);
  for (uint32_t i = 0; i < s->claims.count; i++) r->claims[i] = claim_judge(&l, &claims[i], &l.entries[l.claims_from + i]);
  r->claim_count = s->claims.count;
  findings_notes(&l, r);
  collect_violations(&l, l.traffic, r);
  if (l.faults) collect_violations(&l, l.faults, r);
  view_free(l.traffic);
  view_free(l.faults);
  return r;
}
