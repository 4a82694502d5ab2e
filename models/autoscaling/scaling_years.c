#include "models/autoscaling/scaling_years.h"
#include "models/autoscaling/autoscaler.h"
#include "models/availability/carrying.h"
#include "models/availability/outage.h"
#include "models/availability/work.h"
#include "models/core/world.h"
#include "models/service/computing.h"
#include "models/service/balancer/balancer.h"
#include "sim/engine/arena.h"
#include <math.h>

static const struct service *service_at(const struct autoscaler *a) { return &a->world->services[a->service]; }

/* --- what is known ------------------------------------------------------------------------------------------------------------ */

static bool known(const struct watched *x) {
  if (!x->emitted) return x->form == WATCH_CPU || x->form == WATCH_MEMORY; /* else: jobs of a queue */
  enum emitted_kind kind = emitted_kind(x->emitted);
  return kind == EMITS_VALUES || kind == EMITS_RATE;
}

bool scaling_known(const struct model *m, const struct service_config *s) {
  struct watched each[AUTOSCALE_METRICS + 2];
  uint32_t count = watched_list(m, s, each);
  for (uint32_t i = 0; i < count; i++)
    if (!known(&each[i])) return false;
  return true;
}

/* --- what it reads ------------------------------------------------------------------------------------------------------------ */

/* By endpoint, as routing is now; null: not looked at yet. */
static const struct served *served_now(const struct world *w) {
  const struct state *now = world_outages(w)->states.now;
  return now ? now->served : NULL;
}

static bool is_called(const struct service *s, const struct container *c) {
  return s->in_rotation ? c->in_rotation && container_serves(c) : c->state == CONTAINER_UP;
}

static double weight_of(const struct service *s, const struct container *c) {
  return s->in_rotation ? balancer_weight(s, c->id) : 1;
}

static double weight_of_all(const struct world *w, const struct service *s) {
  double all = 0;
  for (uint32_t i = 0; i < s->capacity; i++) {
    const struct container *c = &w->containers[s->first + i];
    if (is_called(s, c)) all += weight_of(s, c);
  }
  return all;
}

/* Of what all replicas of a service have to do, the part of this one. */
static double part_of(const struct service *s, const struct container *c, double all) {
  return all > 0 && is_called(s, c) ? weight_of(s, c) / all : 0;
}

static void reads_cpu(struct autoscaler *a) {
  struct world *w = a->world;
  const struct service *s = service_at(a);
  double offered = carrying_offered(w), all = weight_of_all(w, s);
  double cores = work_cores(carrying_work(w), a->service, offered, served_now(w));
  if (offered != a->offered) a->offered = offered, a->changed_at = world_now(w);
  for (uint32_t i = 0; i < s->capacity; i++) {
    struct container *c = &w->containers[s->first + i];
    c->scrapes = c->state == CONTAINER_UP ? c->scrapes + 1 : 0;
    c->usage_rate = a->expected[i];
    c->scraped_at = world_now(w);
    a->expected[i] = fmin(cores * part_of(s, c, all), a->most_cores);
  }
}

static void reads_rates(const struct autoscaler *a, struct watched *x) {
  const struct world *w = a->world;
  const struct service *s = &w->services[emitted_by(x->emitted)];
  double calls = work_calls(carrying_work(w), s->index, carrying_offered(w), served_now(w)), all = weight_of_all(w, s);
  for (uint32_t i = 0; i < s->capacity; i++) x->windows[i].rate = calls * part_of(s, &w->containers[s->first + i], all);
}

static void reads_memory(const struct autoscaler *a, struct watched *x) {
  const struct service_config *s = service_config(service_at(a));
  for (uint32_t i = 0; i < service_at(a)->capacity; i++) x->resident[i] = s->memory.base * s->processes.count;
}

void scaling_reads(struct autoscaler *a) {
  reads_cpu(a);
  for (uint32_t i = 0; i < a->watched_count; i++) {
    if (a->watched[i].windows) reads_rates(a, &a->watched[i]);
    if (a->watched[i].resident) reads_memory(a, &a->watched[i]);
  }
}

/* --- rest --------------------------------------------------------------------------------------------------------------------- */

static sim_time longer(sim_time a, sim_time b) { return a > b ? a : b; }
static sim_time earlier(sim_time a, sim_time b) { return a < b ? a : b; }

static sim_time longest_policy(const struct hpa_rules *r) {
  sim_time longest = r->window;
  for (uint32_t i = 0; i < r->count; i++) longest = longer(longest, r->policies[i].period);
  return longest;
}

/* For how long a change has a say: until metrics show it, and then as long as the controller remembers. */
static sim_time memory_of(const struct autoscaler *a) {
  const struct hpa_config *c = &a->hpa.config;
  sim_time longest =
      c->has_behavior ? longer(longest_policy(&c->behavior.up), longest_policy(&c->behavior.down)) : c->downscale_window;
  return longer(longest, c->params.cpu_initialization_period) + 2 * (a->resolution + a->period);
}

/* All its replicas are counted, whatever their age. */
static bool settled(const struct autoscaler *a) {
  const struct service *s = service_at(a);
  for (uint32_t i = 0; i < s->capacity; i++) {
    const struct container *c = &a->world->containers[s->first + i];
    if (c->state == CONTAINER_UNUSED) continue;
    bool old = world_now(a->world) - c->ready_changed_at >= 2 * a->resolution;
    if (c->state != CONTAINER_UP || !c->ready || c->scrapes < 2 || !old) return false;
  }
  return true;
}

static bool rests(const struct autoscaler *a) {
  const struct hpa_config *c = &a->hpa.config;
  sim_time unchanged = world_now(a->world) - a->changed_at;
  if (carrying_offered(a->world) != a->offered) return false; /* the next scrape shows it */
  if (unchanged >= memory_of(a)) return true;
  int32_t asked = a->asked < c->min ? c->min : a->asked > c->max ? c->max : a->asked;
  if (asked != service_at(a)->desired || unchanged <= 2 * a->resolution || !settled(a)) return false;
  return !c->has_behavior || unchanged >= longest_policy(&c->behavior.up);
}

static sim_time until_value(const struct emitted_config *e, sim_time now) {
  const struct emitted_value *v = e->values.items;
  for (uint32_t i = 0; i < e->values.count; i++)
    if (v[i].at > now) return v[i].at;
  return SIM_NEVER;
}

static sim_time until_failure(const struct config_list *failures, sim_time now) {
  const struct metric_failure *f = failures->items;
  sim_time next = SIM_NEVER;
  for (uint32_t i = 0; i < failures->count; i++) {
    if (f[i].at > now) next = earlier(next, f[i].at);
    if (f[i].at + f[i].lasts > now) next = earlier(next, f[i].at + f[i].lasts);
  }
  return next;
}

/* The next instant at which something changes that the clock says. */
static sim_time until(const struct autoscaler *a) {
  const struct world *w = a->world;
  sim_time now = world_now(w), next = carrying_offered_until(w);
  next = earlier(next, autoscale_min_until(w->model, &service_config(service_at(a))->autoscale, now));
  for (uint32_t i = 0; i < a->watched_count; i++) {
    const struct watched *x = &a->watched[i];
    if (x->emitted && emitted_kind(x->emitted) == EMITS_VALUES) next = earlier(next, until_value(x->emitted, now));
    if (x->failures) next = earlier(next, until_failure(x->failures, now));
  }
  return next;
}

static void wakes(struct autoscaler *a) {
  struct world *w = a->world;
  sim_time now = world_now(w), since_sync = (now - a->phase) % a->period;
  a->rests = false;
  hpa_resume(&a->hpa, now - since_sync, a->asked);
  calendar_clear(w->calendar, a->alarm);
  calendar_set(w->calendar, a->scrape, now + a->resolution - now % a->resolution);
  calendar_set(w->calendar, a->sync, now + a->period - since_sync);
}

bool scaling_may_rest(struct autoscaler *a) {
  if (!rests(a)) return false;
  sim_time next = until(a);
  a->rests = true;
  calendar_clear(a->world->calendar, a->scrape);
  if (next != SIM_NEVER) calendar_set(a->world->calendar, a->alarm, next);
  return true;
}

void scaling_wakes_one(void *autoscaler, uint32_t unused) {
  (void)unused;
  struct autoscaler *a = autoscaler;
  a->changed_at = world_now(a->world);
  if (a->rests) wakes(a);
}

/* It has the fewest replicas allowed, and even if all requests were served those that are called would use too little for more.
 * What does not count as ready only damps that. */
static bool is_calm(const struct autoscaler *a) {
  const struct service *s = service_at(a);
  if (!(a->enough > 0) || s->desired > a->hpa.config.min || !s->in_rotation) return false;
  return work_cores(carrying_work(a->world), a->service, a->offered, NULL) <= a->enough * s->in_rotation;
}

void scaling_wakes(struct world *w) {
  if (w->mode != WORLD_AVAILABILITY) return;
  for (uint32_t i = 0; i < world_autoscalers(w)->count; i++) {
    struct autoscaler *a = &world_autoscalers(w)->each[i];
    if (!a->rests || !is_calm(a)) scaling_wakes_one(a, 0);
  }
}

double scaling_enough(const struct autoscaler *a) {
  double request = (double)service_config(service_at(a))->resources.requests.cpu / 1000, least = INFINITY;
  for (uint32_t i = 0; i < a->watched_count; i++) {
    const struct hpa_target *t = &a->watched[i].target;
    if (a->watched[i].form != WATCH_CPU) return 0;
    least = fmin(least, t->relative ? (double)t->value / 100 * request : (double)t->value / 1000);
  }
  return least * (1 + a->hpa.config.params.tolerance_up) * (1 - 1e-9);
}
