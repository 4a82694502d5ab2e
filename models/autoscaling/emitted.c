#include "models/autoscaling/emitted.h"
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/jobs/job_queue.h"
#include "sim/engine/arena.h"

enum emitted_kind emitted_kind(const struct emitted_config *e) {
  if (e->jobs >= 0) return EMITS_JOBS;
  if (e->in_flight >= 0) return EMITS_IN_FLIGHT;
  return e->rate >= 0 ? EMITS_RATE : EMITS_VALUES;
}

int32_t emitted_by(const struct emitted_config *e) { return e->in_flight >= 0 ? e->in_flight : e->rate; }

/* Before the first value it is 0. */
static double value_at(const struct emitted_config *e, sim_time now) {
  const struct emitted_value *v = e->values.items;
  double value = 0;
  for (uint32_t i = 0; i < e->values.count && v[i].at <= now; i++) value = v[i].value;
  return value;
}

static int64_t thousandths(double x) { return (int64_t)(x * 1000 + 0.5); }

int64_t emitted_of_replica(const struct world *w, const struct emitted_config *e, const struct emitted_window *windows,
                           uint32_t replica) {
  switch (emitted_kind(e)) {
  case EMITS_IN_FLIGHT:
    return 1000 * (int64_t)w->containers[w->services[e->in_flight].first + replica].in_flight;
  case EMITS_RATE:
    return thousandths(windows[replica].rate);
  case EMITS_VALUES:
    return thousandths(value_at(e, world_now(w)));
  case EMITS_JOBS:
    break;
  }
  return 0;
}

static int64_t of_all_replicas(const struct world *w, const struct emitted_config *e, const struct emitted_window *windows) {
  const struct service *s = &w->services[emitted_by(e)];
  int64_t sum = 0;
  for (uint32_t i = 0; i < s->capacity; i++)
    if (container_serves(&w->containers[s->first + i])) sum += emitted_of_replica(w, e, windows, i);
  return sum;
}

int64_t emitted_whole(const struct world *w, const struct emitted_config *e, const struct emitted_window *windows) {
  switch (emitted_kind(e)) {
  case EMITS_JOBS:
    return 1000 * (e->counted == JOBS_UNFINISHED ? jobs_unfinished(w, (uint32_t)e->jobs) : jobs_waiting(w, (uint32_t)e->jobs));
  case EMITS_IN_FLIGHT:
  case EMITS_RATE:
    return of_all_replicas(w, e, windows);
  case EMITS_VALUES:
    break;
  }
  return thousandths(value_at(e, world_now(w)));
}

/* --- its keys ----------------------------------------------------------------------------------------------------------------- */

static void check(struct linker *l, const struct emitted_config *e) {
  const char *path = arena_format(l->arena, "metrics.%s", e->name);
  const struct emitted_value *v = e->values.items;
  for (uint32_t i = 1; i < e->values.count; i++)
    if (v[i].at <= v[i - 1].at)
      link_error(l, path, "values", "must be in order of time: value %u is not later than the one before", i + 1);
  if (emitted_by(e) >= 0 && !service_runs(model_service(l->model, (uint32_t)emitted_by(e))))
    link_error(l, path, e->in_flight >= 0 ? "in_flight" : "rate", "\"%s\" has no replicas that are simulated: it emits nothing",
               model_service(l->model, (uint32_t)emitted_by(e))->name);
}

void emitted_link(struct linker *l) {
  for (uint32_t i = 0; i < model_emitted(l->model)->count; i++) check(l, model_emits(l->model, i));
}

static const struct field value_fields[] = {
    KEY("at", DURATION, emitted_value, at, RANGE(0, FIELD_LONGEST),
        .doc = "Time since the start of the run, warm-up included, like the steps of a rate."),
    KEY("value", NUMBER, emitted_value, value, RANGE(0, 1e9), .doc = "The metric from then on."),
    {0}};
static const struct record value_record = {
    .name = "value of a metric", .size = sizeof(struct emitted_value), .fields = value_fields, .doc = "A number from a time on."};

static const char *const counted_words[] = {"waiting", "unfinished", NULL};
static const struct field fields[] = {
    KEY("jobs", REFERENCE, emitted_config, jobs, OPTIONAL, .target = "queues", .one_of = true, .doc = "Jobs of this queue."),
    KEY("count", WORD, emitted_config, counted, DEFAULT("waiting"), .words = counted_words,
        .doc = "Which jobs: those that wait to be given out, or all that are not finished."),
    KEY("in_flight", REFERENCE, emitted_config, in_flight, OPTIONAL, .target = "services", .one_of = true,
        .doc = "Requests inside this service, at the instant of the reading."),
    KEY("rate", REFERENCE, emitted_config, rate, OPTIONAL, .target = "services", .one_of = true,
        .doc = "Requests that this service answers a second, over the last scrape window."),
    KEY("values", LIST, emitted_config, values, OPTIONAL, .record = &value_record, .one_of = true, .lone = true,
        .doc = "Given here, step by step; 0 before the first. Pods alike have it each."),
    {0}};
static const struct record record = {.name = "emitted metric",
                                     .size = sizeof(struct emitted_config),
                                     .fields = fields,
                                     .doc = "A number that autoscalers can look at."};

static const struct field root_keys[] = {ONLY_KEY("metrics", MAP, OPTIONAL, .record = &record,
                                                  .doc = "Numbers that autoscalers can look at besides CPU and memory, by name."),
                                         {0}};
const struct record emitted_root_record = {
    .name = "metrics of a scenario", .size = sizeof(struct config_list), .fields = root_keys};
