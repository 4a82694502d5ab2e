#include "models/autoscaling/autoscaler.h"
#include "models/core/link.h"
#include "models/jobs/job_queue.h"
#include "models/platform/placement.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include <assert.h>

/* metrics-server: the CPU used since the last scrape. A process that has just come up has no value until a whole window. */
static void scrape(void *scaler, uint32_t argument) {
  (void)argument;
  struct autoscaler *a = scaler;
  struct world *w = a->world;
  const struct service *s = &w->services[a->service];
  sim_time now = world_now(w);
  for (uint32_t i = 0; i < s->capacity; i++) {
    struct container *c = &w->containers[s->first + i];
    if (c->state != CONTAINER_UP) {
      c->scrapes = 0;
      continue;
    }
    container_advance(w, c, now);
    c->usage_rate = (c->used_ns - c->used_at_scrape) / (double)(now - c->scraped_at + (now == c->scraped_at));
    c->used_at_scrape = c->used_ns;
    c->scraped_at = now;
    c->scrapes++;
  }
  calendar_set(w->calendar, a->scrape, now + a->resolution);
}

static struct hpa_pod describe(const struct world *w, const struct autoscaler *a, const struct container *c) {
  const struct service_config *s = container_config(c);
  sim_time now = world_now(w);
  bool placed = c->node != NONE;
  return (struct hpa_pod){.request_milli = s->resources.requests.cpu,
                          .usage_milli =
                              c->state == CONTAINER_UP && c->scrapes >= 2 ? (int64_t)(c->usage_rate * 1000 + 0.5) : HPA_NO_METRIC,
                          .phase = placed ? HPA_RUNNING : HPA_PENDING,
                          .ready = c->ready ? HPA_READY_TRUE : HPA_READY_FALSE,
                          .deleting = c->state == CONTAINER_DRAINING,
                          .start_age = placed ? now - c->started_at : HPA_NO_START,
                          .transition_age = now - c->ready_changed_at,
                          .metric_age = now - c->scraped_at,
                          .metric_window = a->resolution};
}

/* An External metric with an AverageValue: the jobs that wait in a queue. */
static int32_t by_queue(const struct world *w, struct autoscaler *a, const struct service *s) {
  const struct autoscale_config *c = &service_config(s)->autoscale;
  struct hpa_proposal p;
  hpa_average_of_total(&a->hpa.config.params, s->desired, (int64_t)(c->jobs * 1000 + 0.5),
                       jobs_waiting(w, (uint32_t)c->queue) * 1000, &p);
  return hpa_reconcile_proposals(&a->hpa, world_now(w), s->desired, &p.replicas, 1);
}

static void decide(struct world *w, struct autoscaler *a) {
  struct service *s = &w->services[a->service];
  uint32_t count = 0;
  for (uint32_t i = 0; i < s->capacity; i++) {
    const struct container *c = &w->containers[s->first + i];
    if (c->state != CONTAINER_UNUSED) a->pods[count++] = describe(w, a, c);
  }
  int32_t wanted =
      service_config(s)->autoscale.queue < 0 ? hpa_reconcile(&a->hpa, world_now(w), s->desired, a->pods, count) : by_queue(w, a, s);
  if (wanted != s->desired) {
    s->desired = wanted;
    a->changes++;
    w->orchestrator->resize(w, a->service);
  }
}

/* Without its control plane there is no controller. */
static void sync(void *scaler, uint32_t argument) {
  (void)argument;
  struct autoscaler *a = scaler;
  struct world *w = a->world;
  if (placement_acts(w, service_config(&w->services[a->service]))) decide(w, a);
  calendar_set(w->calendar, a->sync, world_now(w) + a->period);
}

static void start_one(struct world *w, struct autoscaler *a, uint32_t service, sim_time resolution, sim_time period) {
  const struct autoscale_config *k = &service_config(&w->services[service])->autoscale;
  struct hpa_config config = hpa_config_default();
  config.min = (int32_t)k->min, config.max = (int32_t)k->max, config.target_pct = (int32_t)(k->cpu * 100 + 0.5);
  config.sync_period = period;
  config.has_behavior = k->behavior;
  if (k->behavior) config.behavior = hpa_behavior_default();
  *a = (struct autoscaler){.world = w, .service = service, .resolution = resolution, .period = period};
  hpa_init(&a->hpa, &config);
  a->pods = arena_new_array(w->arena, struct hpa_pod, w->services[service].capacity);
  a->scrape = calendar_slot(w->calendar, scrape, a, 0);
  a->sync = calendar_slot(w->calendar, sync, a, 0);
  /* The two periods are not in step: the phase of the sync is drawn. */
  struct stream draws = stream_open(
      stream_key(w->seed, w->replication, PURPOSE_SCALER, stream_entity(service_config(&w->services[service])->name, 0)));
  calendar_set(w->calendar, a->scrape, resolution);
  calendar_set(w->calendar, a->sync, (sim_time)(stream_uniform(&draws) * (double)period));
}

void autoscalers_start(struct world *w, sim_time resolution, sim_time period) {
  assert(resolution > 0 && period > 0);
  const struct model *m = w->model;
  for (uint32_t i = 0; i < m->services.count; i++) world_autoscalers(w)->count += model_service(m, i)->autoscale.max > 0;
  if (w->mode == WORLD_AVAILABILITY) world_autoscalers(w)->count = 0; /* no requests: no CPU to scale on; the size stays */
  world_autoscalers(w)->each = arena_new_array(w->arena, struct autoscaler, world_autoscalers(w)->count + 1);
  for (uint32_t i = 0, k = 0; i < m->services.count && k < world_autoscalers(w)->count; i++)
    if (model_service(m, i)->autoscale.max > 0) start_one(w, &world_autoscalers(w)->each[k++], i, resolution, period);
}

static void check_autoscale(struct linker *l, struct service_config *s, const char *path) {
  const struct model *m = l->model;
  int32_t service = (int32_t)(s - (const struct service_config *)m->services.items);
  if (!s->autoscale.max) return;
  if (s->autoscale.max < s->autoscale.min) link_error(l, path, NULL, "autoscale: \"max\" is less than \"min\"");
  if (!m->platform.kind->resize)
    link_error(l, path, NULL, "autoscale needs a platform of kind %s", orchestrators_that_scale(l->arena));
  if (s->autoscale.queue >= 0 && model_queue(m, (uint32_t)s->autoscale.queue)->workers != service)
    link_error(l, path, "autoscale", "scales on \"%s\", whose jobs are done by others",
               model_queue(m, (uint32_t)s->autoscale.queue)->name);
}

const struct part part_autoscalers = {.name = "autoscalers", .service = check_autoscale, .room.world = sizeof(struct autoscalers)};
