#include "models/autoscaling/autoscaler.h"
#include "models/autoscaling/scaling_years.h"
#include "models/availability/carrying.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/platform/placement.h"
#include "models/service/computing.h"
#include "sim/engine/arena.h"
#include <assert.h>

/* metrics-server: the CPU used since the last scrape. A process that has just come up has no value until a whole window. */
static void scrape_cpu(struct autoscaler *a) {
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
}

static void scrape(void *scaler, uint32_t argument) {
  (void)argument;
  struct autoscaler *a = scaler;
  if (a->world->mode == WORLD_AVAILABILITY) {
    scaling_reads(a);
  } else {
    scrape_cpu(a);
    for (uint32_t i = 0; i < a->watched_count; i++) watched_scrape(a, &a->watched[i]);
  }
  calendar_set(a->world->calendar, a->scrape, world_now(a->world) + a->resolution);
}

static void decide(struct world *w, struct autoscaler *a) {
  struct service *s = &w->services[a->service];
  int32_t proposals[AUTOSCALE_METRICS + 2];
  for (uint32_t i = 0; i < a->watched_count; i++) proposals[i] = watched_proposal(a, &a->watched[i]);
  if (!hpa_combine(s->desired, proposals, a->watched_count, &a->asked)) a->asked = s->desired;
  a->hpa.config.min = (int32_t)autoscale_min_at(w->model, &service_config(s)->autoscale, world_now(w));
  int32_t wanted = hpa_reconcile_proposals(&a->hpa, world_now(w), s->desired, proposals, a->watched_count);
  a->synced = true;
  if (wanted == s->desired) return;
  s->desired = wanted;
  a->changes++;
  w->orchestrator->resize(w, a->service);
}

/* Without its control plane there is no controller. */
static void sync(void *scaler, uint32_t argument) {
  (void)argument;
  struct autoscaler *a = scaler;
  struct world *w = a->world;
  if (placement_acts(w, service_config(&w->services[a->service]))) decide(w, a);
  if (w->mode == WORLD_AVAILABILITY && scaling_may_rest(a)) return;
  calendar_set(w->calendar, a->sync, world_now(w) + a->period);
}

static void start_one(struct world *w, struct autoscaler *a, uint32_t service, const struct scaling_flags *flags) {
  const struct service_config *s = service_config(&w->services[service]);
  *a = (struct autoscaler){.world = w, .service = service, .resolution = flags->resolution, .period = flags->sync};
  struct hpa_config config = autoscale_controller(s, flags);
  hpa_init(&a->hpa, &config);
  a->pods = arena_new_array(w->arena, struct hpa_pod, w->services[service].capacity);
  a->watched = arena_new_array(w->arena, struct watched, AUTOSCALE_METRICS + 2);
  a->watched_count = watched_list(w->model, s, a->watched);
  for (uint32_t i = 0; i < a->watched_count; i++) watched_open(a, &a->watched[i]);
  a->most_cores = computing_cores(w->model, s);
  a->expected = arena_new_array(w->arena, double, w->services[service].capacity);
  a->alarm = calendar_slot(w->calendar, scaling_wakes_one, a, 0);
  a->enough = scaling_enough(a);
  a->scrape = calendar_slot(w->calendar, scrape, a, 0);
  a->sync = calendar_slot(w->calendar, sync, a, 0);
  /* The two periods are not in step: the phase of the sync is drawn. */
  struct stream draws = stream_open(stream_key(w->seed, w->replication, PURPOSE_SCALER, stream_entity(s->name, 0)));
  calendar_set(w->calendar, a->scrape, a->resolution);
  a->phase = (sim_time)(stream_uniform(&draws) * (double)a->period);
  calendar_set(w->calendar, a->sync, a->phase);
}

/* In years: where there is a book of what is offered, and all that it looks at is known. A course has the sizes of its state. */
static bool acts_on(const struct world *w, const struct service_config *s) {
  if (!s->autoscale.max) return false;
  if (w->mode == WORLD_AVAILABILITY) return carrying_follows(w) && scaling_known(w->model, s);
  return !w->model->run.imposed || !scaling_known(w->model, s);
}

void autoscalers_start(struct world *w, const struct scaling_flags *flags) {
  assert(flags->resolution > 0 && flags->sync > 0);
  const struct model *m = w->model;
  struct autoscalers *all = world_autoscalers(w);
  for (uint32_t i = 0; i < m->services.count; i++) all->count += acts_on(w, model_service(m, i));
  all->each = arena_new_array(w->arena, struct autoscaler, all->count + 1);
  for (uint32_t i = 0, k = 0; i < m->services.count && k < all->count; i++)
    if (acts_on(w, model_service(m, i))) start_one(w, &all->each[k++], i, flags);
}

static void link_autoscalers(struct linker *l, enum link_stage stage) {
  if (stage == LINK_STEPS) emitted_link(l);
}

static enum steadiness of_schedule(const struct autoscale_config *a) {
  const struct scale_schedule *s = a->schedule.items;
  for (uint32_t i = 0; i < a->schedule.count; i++)
    if (s[i].every != SIM_DAY) return TIMED;
  return a->schedule.count ? DAILY : STEADY;
}

static enum steadiness steadiness(const struct model *m) {
  enum steadiness worst = STEADY;
  for (uint32_t i = 0; i < m->services.count; i++) {
    const struct autoscale_config *a = &model_service(m, i)->autoscale;
    const struct metric_config *c = a->metrics.items;
    if (of_schedule(a) > worst) worst = of_schedule(a);
    for (uint32_t k = 0; k < a->metrics.count; k++)
      if (c[k].failures.count) return TIMED;
  }
  for (uint32_t i = 0; i < model_emitted(m)->count; i++)
    if (model_emits(m, i)->values.count > 1) return TIMED;
  return worst;
}

const struct part part_autoscalers = {.name = "autoscalers",
                                      .keys.root = &emitted_root_record,
                                      .link = link_autoscalers,
                                      .service = autoscale_check,
                                      .steadiness = steadiness,
                                      .room.world = sizeof(struct autoscalers),
                                      .changed = scaling_wakes,
                                      .audit = audit_autoscalers};
