#include "models/autoscaling/watched.h"
#include "models/autoscaling/autoscaler.h"
#include "models/core/world.h"
#include "models/jobs/job_queue.h"
#include "sim/engine/arena.h"
#include <math.h>

/* --- what is looked at -------------------------------------------------------------------------------------------------------- */

static int64_t percent(double share) { return (int64_t)(share * 100 + 0.5); }
static int64_t thousandths(double x) { return (int64_t)(x * 1000 + 0.5); }

static struct watched resource(const struct metric_config *c) {
  if (c->cpu > 0) return (struct watched){.form = WATCH_CPU, .target = {percent(c->cpu), true, true}};
  if (c->memory > 0) return (struct watched){.form = WATCH_MEMORY, .target = {percent(c->memory), true, false}};
  if (c->cpu_average) return (struct watched){.form = WATCH_CPU, .target = {c->cpu_average, false, true}};
  return (struct watched){.form = WATCH_MEMORY, .target = {c->memory_average, false, false}};
}

struct watched watched_of(const struct model *m, const struct metric_config *c) {
  int32_t emitted = c->pods >= 0 ? c->pods : c->object >= 0 ? c->object : c->external;
  struct watched x = emitted >= 0 ? (struct watched){.emitted = model_emits(m, (uint32_t)emitted)} : resource(c);
  x.failures = &c->failures;
  if (emitted < 0) return x;
  x.form = c->pods >= 0 ? WATCH_PODS : c->value > 0 ? WATCH_VALUE : WATCH_AVERAGE;
  x.goal = thousandths(c->value > 0 ? c->value : c->average);
  x.target = (struct hpa_target){x.goal, false, false};
  return x;
}

uint32_t watched_list(const struct model *m, const struct service_config *s, struct watched *out) {
  const struct autoscale_config *a = &s->autoscale;
  const struct metric_config *metrics = a->metrics.items;
  uint32_t count = 0;
  if (a->cpu > 0) out[count++] = (struct watched){.form = WATCH_CPU, .target = {percent(a->cpu), true, true}};
  if (a->queue >= 0) out[count++] = (struct watched){.form = WATCH_AVERAGE, .goal = thousandths(a->jobs)};
  for (uint32_t i = 0; i < a->metrics.count && i < AUTOSCALE_METRICS; i++) out[count++] = watched_of(m, &metrics[i]);
  return count;
}

/* --- reading it --------------------------------------------------------------------------------------------------------------- */

static const struct service *emitter(const struct autoscaler *a, const struct watched *x) {
  return &a->world->services[emitted_by(x->emitted)];
}

void watched_open(struct autoscaler *a, struct watched *x) {
  struct world *w = a->world;
  if (x->form == WATCH_MEMORY) x->resident = arena_new_array(w->arena, int64_t, w->services[a->service].capacity);
  if (x->emitted && emitted_kind(x->emitted) == EMITS_RATE)
    x->windows = arena_new_array(w->arena, struct emitted_window, emitter(a, x)->capacity);
}

static void scrape_rates(struct autoscaler *a, struct watched *x) {
  const struct service *s = emitter(a, x);
  sim_time now = world_now(a->world);
  for (uint32_t i = 0; i < s->capacity; i++) {
    uint64_t answered = a->world->containers[s->first + i].answered;
    struct emitted_window *window = &x->windows[i];
    window->rate = (double)(answered - window->answered) / sim_seconds(now - x->since + (now == x->since));
    window->answered = answered;
  }
  x->since = now;
}

void watched_scrape(struct autoscaler *a, struct watched *x) {
  const struct service *s = &a->world->services[a->service];
  for (uint32_t i = 0; x->resident && i < s->capacity; i++)
    x->resident[i] = world_memory(a->world) ? world_memory(a->world)->resident[s->first + i] : 0;
  if (x->windows) scrape_rates(a, x);
}

/* --- what it asks for --------------------------------------------------------------------------------------------------------- */

/* In thousandths of a core, in bytes, or in thousandths of what is emitted. */
static int64_t usage_of(const struct autoscaler *a, const struct watched *x, const struct container *c) {
  uint32_t replica = c->id - a->world->services[a->service].first;
  bool scraped = c->scrapes >= 2;
  if (c->state != CONTAINER_UP) return HPA_NO_METRIC;
  if (x->form == WATCH_PODS)
    return x->windows && !scraped ? HPA_NO_METRIC : emitted_of_replica(a->world, x->emitted, x->windows, replica);
  if (!scraped) return HPA_NO_METRIC;
  return x->form == WATCH_CPU ? (int64_t)(c->usage_rate * 1000 + 0.5) : x->resident[replica];
}

static struct hpa_pod describe(const struct autoscaler *a, const struct watched *x, const struct container *c) {
  const struct resource_amounts *requests = &container_config(c)->resources.requests;
  sim_time now = world_now(a->world);
  bool placed = c->node != NONE;
  return (struct hpa_pod){.request_milli = x->form == WATCH_MEMORY ? requests->memory : requests->cpu,
                          .usage_milli = usage_of(a, x, c),
                          .phase = placed ? HPA_RUNNING : HPA_PENDING,
                          .ready = c->ready ? HPA_READY_TRUE : HPA_READY_FALSE,
                          .deleting =
                              c->state == CONTAINER_DRAINING || c->state == CONTAINER_CLOSING || (c->farewell && c->leaving),
                          .start_age = placed ? now - c->started_at : HPA_NO_START,
                          .transition_age = now - c->ready_changed_at,
                          .metric_age = now - c->scraped_at,
                          .metric_window = a->resolution};
}

static uint32_t pods_of(struct autoscaler *a, const struct watched *x) {
  const struct service *s = &a->world->services[a->service];
  uint32_t count = 0;
  for (uint32_t i = 0; i < s->capacity; i++) {
    const struct container *c = &a->world->containers[s->first + i];
    if (c->state != CONTAINER_UNUSED) a->pods[count++] = describe(a, x, c);
  }
  return count;
}

static int32_t ready_pods(const struct autoscaler *a) {
  const struct service *s = &a->world->services[a->service];
  int32_t ready = 0;
  for (uint32_t i = 0; i < s->capacity; i++) {
    const struct container *c = &a->world->containers[s->first + i];
    ready += c->node != NONE && c->ready && !c->leaving;
  }
  return ready;
}

static bool fails(const struct watched *x, sim_time now) {
  const struct metric_failure *f = x->failures ? x->failures->items : NULL;
  for (uint32_t i = 0; f && i < x->failures->count; i++)
    if (now >= f[i].at && now - f[i].at < f[i].lasts) return true;
  return false;
}

static int64_t whole(const struct autoscaler *a, const struct watched *x) {
  if (x->emitted) return emitted_whole(a->world, x->emitted, x->windows);
  return 1000 * jobs_waiting(a->world, (uint32_t)service_config(&a->world->services[a->service])->autoscale.queue);
}

int32_t watched_proposal(struct autoscaler *a, const struct watched *x) {
  const struct hpa_params *params = &a->hpa.config.params;
  int32_t current = a->world->services[a->service].desired;
  struct hpa_proposal p;
  bool known;
  if (fails(x, world_now(a->world))) return HPA_NO_PROPOSAL;
  if (x->form == WATCH_VALUE)
    known = hpa_total_value(params, current, ready_pods(a), x->goal, whole(a, x), &p);
  else if (x->form == WATCH_AVERAGE)
    known = hpa_average_of_total(params, current, x->goal, whole(a, x), &p);
  else
    known = hpa_pod_replicas(params, current, x->target, a->pods, pods_of(a, x), &p);
  return known ? p.replicas : HPA_NO_PROPOSAL;
}
