/* Linking what sends: sources, what their clients do, priorities. */
#include "models/core/link.h"
#include "models/traffic/recorded.h"
#include "models/traffic/offered.h"
#include "models/core/part.h"
#include "models/traffic/waiting_room.h"
#include "models/guard/limit_over_time.h"
#include "models/traffic/identity.h"
#include "models/jobs/job_queue.h"
#include "models/traffic/client.h"
#include "models/traffic/journey.h"
#include "models/traffic/arrivals.h"
#include "models/traffic/source.h"
#include "models/traffic/whereabouts.h"
#include "models/guard/call.h"
#include "sim/engine/arena.h"
#include <stdlib.h>
#include <string.h>

static int64_t priority_of(const struct model *m, uint32_t source, uint32_t endpoint) {
  return model_source(m, source)->priority + model_endpoint(m, endpoint)->priority;
}

/* The rank of a priority: how many different ones are higher. */
static uint32_t rank_of(const struct model *m, const int64_t *different, int64_t priority) {
  uint32_t rank = 0;
  for (uint32_t i = 0; i < m->ranks; i++) rank += different[i] > priority;
  return rank;
}

static void check_priorities(struct linker *l) {
  const struct model *m = l->model;
  for (uint32_t i = 0; i < m->services.count; i++)
    if (model_service(m, i)->discipline == DISCIPLINE_PRIORITY) return;
  static const char advice[] = "no service serves by priority: give those that should the \"discipline\" priority";
  for (uint32_t i = 0; i < model_sources(m)->count; i++)
    if (model_source(m, i)->priority)
      link_error(l, arena_format(l->arena, "traffic.%s", model_source(m, i)->name), "priority", advice);
  for (uint32_t i = 0; i < m->endpoints.count; i++)
    if (model_endpoint(m, i)->priority)
      link_error(l, arena_format(l->arena, "endpoints.%s", model_endpoint(m, i)->name), "priority", advice);
}

static void link_priorities(struct linker *l) {
  enum { RANKS_MOST = 255 };
  struct model *m = l->model;
  uint32_t pairs = model_sources(m)->count * m->endpoints.count;
  int64_t *different = arena_new_array(l->arena, int64_t, pairs + 1);
  check_priorities(l);
  for (uint32_t i = 0; i < pairs; i++) {
    int64_t priority = priority_of(m, i / m->endpoints.count, i % m->endpoints.count);
    uint32_t k = 0;
    while (k < m->ranks && different[k] != priority) k++;
    if (k == m->ranks) different[m->ranks++] = priority;
  }
  if (m->ranks > RANKS_MOST) link_error(l, "traffic", NULL, "has %u different priorities; %d are possible", m->ranks, RANKS_MOST);
  if (m->ranks <= 1 || l->failed) return;
  m->rank_of = arena_new_array(l->arena, uint8_t, pairs);
  for (uint32_t i = 0; i < pairs; i++)
    m->rank_of[i] = (uint8_t)rank_of(m, different, priority_of(m, i / m->endpoints.count, i % m->endpoints.count));
}

/* Requests by endpoint for one arrival, or one thought; and which endpoints may see a client twice. */
static void link_visits(struct linker *l, struct source_config *s) {
  struct model *m = l->model;
  double sum = 0;
  s->visits = arena_new_array(l->arena, double, m->endpoints.count + 1);
  for (uint32_t k = 0; k < s->mix.count; k++) sum += s->mix.weight[k];
  for (uint32_t k = 0; k < s->mix.count && !s->kind->journeys; k++) s->visits[s->mix.reference[k]] += s->mix.weight[k] / sum;
  if (s->kind->journeys) journey_visits(s, s->visits);
  for (uint32_t e = 0; e < m->endpoints.count; e++)
    ((struct endpoint_config *)m->endpoints.items)[e].retried |= s->visits[e] > 0 && client_needed(s);
}

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

/* What the client does beside asking. */
static void link_clients(struct linker *l, struct source_config *s, const char *path) {
  if (!s->kind->journeys && !s->mix.count) link_error(l, path, NULL, "needs a \"mix\": the endpoints that it asks for, by weight");
  if (backoff_stops_clock(&s->retry.pause))
    link_error(l, path, "retry",
               "this many attempts with almost no pause would stop the clock: give it a \"backoff\" of at least 1ms");
  whereabouts_link(l, s, path);
  client_declare(l->model, s);
  if (!l->failed) link_visits(l, s);
}

static void link_each(struct linker *l) {
  struct model *m = l->model;
  if (!model_sources(m)->count) link_error(l, "traffic", NULL, "a scenario needs at least one source of traffic");
  for (uint32_t i = 0; i < model_sources(m)->count; i++) {
    struct source_config *s = (struct source_config *)model_sources(m)->items + i;
    identity_link(&s->clients, l->arena);
    const char *path = arena_format(l->arena, "traffic.%s", s->name);
    addresses_link(l, s, path);
    if (s->kind->read && !s->kind->read(l, s, path)) continue;
    link_clients(l, s, path);
    const char *unlinked = client_network_link(s);
    if (unlinked) link_error(l, path, "connection", "%s", unlinked);
    if (s->busyness_cv > 0) s->busyness = distribution_gamma(s->busyness_cv);
    if (s->kind->link) s->kind->link(l, s, path);
  }
}

static int compare_meters(const void *a, const void *b) {
  const struct meter_config *x = *(const struct meter_config *const *)a, *y = *(const struct meter_config *const *)b;
  int things = strcmp(x->thing, y->thing), names = things ? things : strcmp(x->name, y->name);
  return names ? names : (x > y) - (x < y);
}

/* A source may be called like a service or a stock, unless both count something of one name. Sorted: there may be 10^5 meters. */
static void check_meter_names(struct linker *l) {
  const struct model *m = l->model;
  const struct meter_config **sorted = arena_new_array(l->arena, const struct meter_config *, m->meter_count + 1), *first = NULL;
  for (uint32_t i = 0; i < m->meter_count; i++) sorted[i] = &m->meters[i];
  qsort(sorted, m->meter_count, sizeof *sorted, compare_meters);
  for (uint32_t i = 1; i < m->meter_count; i++) {
    bool same = !strcmp(sorted[i - 1]->thing, sorted[i]->thing) && !strcmp(sorted[i - 1]->name, sorted[i]->name);
    if (same && (!first || sorted[i] < first)) first = sorted[i];
  }
  if (!first) return;
  link_error(l, arena_format(l->arena, "traffic.%s", first->thing), NULL,
             "has the name of a service or a stock that counts \"%s\" too: claims could not tell them apart; give it another name",
             first->name);
}

/* Only now the measured time is known. */
static void link_dispersions(struct linker *l) {
  const struct run_config *run = &l->model->run;
  for (uint32_t i = 0; i < model_sources(l->model)->count; i++) {
    struct source_config *s = (struct source_config *)model_sources(l->model)->items + i;
    const char *wrong = arrivals_link_dispersion(s, run->warmup, run->warmup + run->window, l->arena);
    if (wrong) link_error(l, arena_format(l->arena, "traffic.%s", s->name), "dispersion", "%s", wrong);
  }
}

static void warn_of_retries(struct linker *l) {
  const struct model *m = l->model;
  for (uint32_t i = 0; i < model_sources(m)->count; i++)
    if (retry_unbounded(&model_source(m, i)->retry))
      link_warn(l, arena_format(l->arena, "traffic.%s", model_source(m, i)->name), "retry", "retry-unbounded",
                "its clients retry without limit or budget: what fails permanently is retried for ever; give \"attempts\" or a "
                "\"budget\"");
}

static bool rates_constant(const struct model *m) {
  for (uint32_t i = 0; i < model_sources(m)->count; i++) {
    const struct source_kind *kind = model_source(m, i)->kind;
    if (kind->is_constant && !kind->is_constant(model_source(m, i))) return false;
  }
  return true;
}

static bool rates_daily(const struct model *m) {
  for (uint32_t i = 0; i < model_sources(m)->count; i++) {
    const struct source_kind *kind = model_source(m, i)->kind;
    if (kind->is_daily && !kind->is_daily(model_source(m, i))) return false;
  }
  return true;
}

static bool days_differ(const struct model *m) {
  for (uint32_t i = 0; i < model_sources(m)->count; i++)
    if (model_source(m, i)->busyness_cv > 0) return true;
  return false;
}

enum steadiness sources_steadiness(const struct model *m) {
  if (rates_constant(m)) return days_differ(m) ? STEADY_BY_RUN : STEADY;
  return rates_daily(m) ? DAILY : TIMED;
}

/* A slip of a unit must not cost a night. */
static void check_work(struct linker *l) {
  const struct model *m = l->model;
  double requests = model_requests(m), seconds = sim_seconds(m->run.warmup) + sim_seconds(m->run.window);
  if (requests * (double)m->run.replications > 1e11)
    link_error(l, "run", NULL, "would simulate about %.2g requests (%.3g/s for %.3g s, %lld times); the limit is 1e11",
               requests * (double)m->run.replications, requests / seconds, seconds, (long long)m->run.replications);
}

void sources_link(struct linker *l, enum link_stage stage) {
  if (stage == LINK_SENDERS) {
    link_each(l);
    for (uint32_t e = 0; e < l->model->endpoints.count; e++)
      ((struct endpoint_config *)l->model->endpoints.items)[e].only_in_journeys = only_in_journeys(l->model, e);
  }
  if (stage == LINK_COMPILED) {
    check_meter_names(l);
    recorded_link(l);
    if (!l->failed) link_priorities(l);
    if (!l->failed) warn_of_retries(l);
  }
  if (stage == LINK_MEASURED) {
    link_dispersions(l);
    struct model *m = l->model;
    m->requests = model_requests(m);
    m->endpoint_share = arena_new_array(l->arena, double, m->endpoints.count + 1);
    for (uint32_t i = 0; i < m->endpoints.count; i++) m->endpoint_share[i] = model_endpoint_share(m, i);
  }
  if (stage == LINK_WORK) check_work(l);
  if (stage == LINK_PLACED && !l->failed) whereabouts_plan(l);
}
