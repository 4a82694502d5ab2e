/* Linking who sends: sources, what their clients do, waiting rooms, priorities. */
#include "models/core/link.h"
#include "models/guard/call.h"
#include "sim/engine/arena.h"
#include <string.h>

/* The endpoint or the queue whose program it is. */
static const char *program_path(struct linker *l, uint32_t program) {
  const struct model *m = l->model;
  if (program < m->endpoints.count) return arena_format(l->arena, "endpoints.%s", model_endpoint(m, program)->name);
  return arena_format(l->arena, "queues.%s", model_queue(m, program - m->endpoints.count)->name);
}

void warn_of_retries(struct linker *l) {
  const struct model *m = l->model;
  for (uint32_t i = 0; i < m->sources.count; i++)
    if (retry_unbounded(&model_source(m, i)->retry))
      link_warn(l, arena_format(l->arena, "traffic.%s", model_source(m, i)->name), "retry", "retry-unbounded",
                "its clients retry without limit and budget: what fails for good is tried for ever; give \"attempts\" or a "
                "\"budget\"");
  for (uint32_t i = 0; i < m->queues.count; i++)
    if (retry_unbounded(&model_queue(m, i)->retry))
      link_warn(l, arena_format(l->arena, "queues.%s", model_queue(m, i)->name), "retry", "retry-unbounded",
                "its jobs are retried without limit and budget: what fails for good is tried for ever; give \"attempts\" or a "
                "\"budget\"");
  for (uint32_t i = 0; i < m->program_count; i++)
    for (const struct guard *g = m->programs[i].guards; g; g = g->next)
      if (retry_unbounded(&g->config->retry))
        link_warn(
            l, program_path(l, i), NULL, "retry-unbounded",
            "the call of \"%s\" is retried without limit and budget: what fails for good is tried for ever; give \"attempts\" "
            "or a \"budget\"",
            model_service(m, (uint32_t)g->config->call)->name);
}

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
  for (uint32_t i = 0; i < m->sources.count; i++)
    if (model_source(m, i)->priority)
      link_fault(l, arena_format(l->arena, "traffic.%s", model_source(m, i)->name), "priority", advice);
  for (uint32_t i = 0; i < m->endpoints.count; i++)
    if (model_endpoint(m, i)->priority)
      link_fault(l, arena_format(l->arena, "endpoints.%s", model_endpoint(m, i)->name), "priority", advice);
}

void link_priorities(struct linker *l) {
  enum { RANKS_MOST = 255 };
  struct model *m = l->model;
  uint32_t pairs = m->sources.count * m->endpoints.count;
  int64_t *different = arena_new_array(l->arena, int64_t, pairs + 1);
  check_priorities(l);
  for (uint32_t i = 0; i < pairs; i++) {
    int64_t priority = priority_of(m, i / m->endpoints.count, i % m->endpoints.count);
    uint32_t k = 0;
    while (k < m->ranks && different[k] != priority) k++;
    if (k == m->ranks) different[m->ranks++] = priority;
  }
  if (m->ranks > RANKS_MOST) link_fault(l, "traffic", NULL, "has %u different priorities; %d are possible", m->ranks, RANKS_MOST);
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
  for (uint32_t k = 0; k < s->mix.count && s->kind != SOURCE_SESSION; k++) s->visits[s->mix.reference[k]] += s->mix.weight[k] / sum;
  if (s->kind == SOURCE_SESSION) journey_visits(s, s->visits);
  for (uint32_t e = 0; e < m->endpoints.count; e++)
    ((struct endpoint_config *)m->endpoints.items)[e].retried |= s->visits[e] > 0 && client_needed(s);
}

static void link_session(struct linker *l, struct source_config *s, const char *path) {
  uint32_t at;
  const char *wrong = journey_link(l->model, s, &at);
  if (wrong && at == JOURNEY_WHOLE) link_fault(l, path, "journey", "%s", wrong);
  if (wrong && at != JOURNEY_WHOLE) link_fault(l, path, "journey", "place %u %s", at + 1, wrong);
  if (s->mix.count)
    link_fault(l, path, "mix", "a \"mix\" belongs to open and closed sources; a session asks for what its journey says");
}

/* What the client does beside asking. */
static void link_clients(struct linker *l, struct source_config *s, const char *path) {
  if (s->kind == SOURCE_SESSION)
    link_session(l, s, path);
  else if (!s->mix.count)
    link_fault(l, path, NULL, "needs a \"mix\": the endpoints that it asks for, by weight");
  if (s->kind != SOURCE_SESSION && s->journey.count)
    link_fault(l, path, "journey", "a \"journey\" belongs to a source of kind session");
  if (s->kind == SOURCE_CLOSED && s->room >= 0)
    link_fault(l, path, "room", "users of a closed source are inside already: use a source of kind open or session");
  if (backoff_stops_clock(&s->retry.pause))
    link_fault(l, path, "retry",
               "so many attempts with next to no pause would stop the clock: give it a \"backoff\" of at least 1ms");
  client_declare(l->model, s);
  if (!l->failed) link_visits(l, s);
}

/* Keys of open sources and of traces, where they mean nothing. `instead`: what the source has. */
static void refuse_open_keys(struct linker *l, const struct source_config *s, const char *path, const char *instead) {
  if (s->busyness_cv > 0) link_fault(l, path, "busyness_cv", "varies the rate of an open source; %s", instead);
  if (s->burst.kind) link_fault(l, path, "burst", "varies the rate of an open source; %s", instead);
  if (s->batch.kind) link_fault(l, path, "batch", "groups the arrivals of an open source; %s", instead);
  if (s->dispersion.index > 1) link_fault(l, path, "dispersion", "varies the rate of an open source; %s", instead);
}

static void refuse_trace_keys(struct linker *l, const struct source_config *s, const char *path) {
  const char *key = s->trace.file.file ? "file" : s->trace.log.file ? "log" : s->trace.paths.count ? "paths" : NULL;
  if (key) link_fault(l, path, key, "is replayed by a source of kind trace only");
}

static void link_closed(struct linker *l, const struct source_config *s, const char *path) {
  refuse_open_keys(l, s, path, "a closed one has users");
  if (s->clients.count) link_fault(l, path, "clients", "says who sends for an open source; a closed one has its users");
  if (s->population < 1) link_fault(l, path, NULL, "a closed source needs a \"population\"");
  if (!s->think.kind) link_fault(l, path, NULL, "a closed source needs a \"think\" time");
}

static void link_open(struct linker *l, struct source_config *s, const char *path) {
  const char *key, *bad = arrivals_link(s, l->arena, &key);
  if (bad) {
    link_fault(l, path, key, "%s", bad);
    return;
  }
  if (!s->rate.kind) {
    link_fault(l, path, NULL, "%s needs a \"rate\"", s->kind == SOURCE_OPEN ? "an open source" : "a source of sessions");
    return;
  }
  const char *wrong = profile_prepare(&s->rate, l->arena, l->model->run.start);
  if (wrong) link_fault(l, arena_format(l->arena, "%s.rate", path), NULL, "%s", wrong);
}

/* Before its mix is looked at: a trace may bring one. False: it brought none, for another reason. */
static bool link_trace(struct linker *l, struct source_config *s, const char *path) {
  refuse_open_keys(l, s, path, "a trace has times of its own");
  if (s->rate.kind) link_fault(l, path, "rate", "is that of an open source; a trace has times of its own");
  const char *key, *bad = trace_link(s, l->arena, &key);
  if (bad) link_fault(l, path, key, "%s", bad);
  return !bad;
}

void link_sources(struct linker *l) {
  struct model *m = l->model;
  if (!m->sources.count) link_fault(l, "traffic", NULL, "a scenario needs at least one source of traffic");
  for (uint32_t i = 0; i < m->sources.count; i++) {
    struct source_config *s = (struct source_config *)m->sources.items + i;
    identity_link(&s->clients, l->arena);
    const char *path = arena_format(l->arena, "traffic.%s", s->name);
    if (s->kind == SOURCE_TRACE && !link_trace(l, s, path)) continue;
    link_clients(l, s, path);
    const char *unlinked = client_network_link(s);
    if (unlinked) link_fault(l, path, "connection", "%s", unlinked);
    if (s->busyness_cv > 0) s->busyness = distribution_gamma(s->busyness_cv);
    if (s->kind != SOURCE_TRACE) refuse_trace_keys(l, s, path);
    if (s->kind == SOURCE_CLOSED) link_closed(l, s, path);
    if (s->kind == SOURCE_OPEN || s->kind == SOURCE_SESSION) link_open(l, s, path);
  }
}

/* "lobby.length" has to mean one thing in claims. */
void check_room_names(struct linker *l) {
  const struct model *m = l->model;
  const struct room_config *rooms = m->rooms.items;
  for (uint32_t i = 0; i < m->rooms.count; i++) {
    const char *path = arena_format(l->arena, "waiting_rooms.%s", rooms[i].name);
    for (uint32_t k = 0; k < m->sources.count; k++)
      if (!strcmp(model_source(m, k)->name, rooms[i].name))
        link_fault(l, path, NULL,
                   "is called like a source of traffic: claims could not tell their meters apart; give it another name");
    for (uint32_t k = 0; k < m->endpoints.count; k++)
      if (!strcmp(model_endpoint(m, k)->name, rooms[i].name))
        link_fault(l, path, NULL, "is called like an endpoint: claims could not tell their waits apart; give it another name");
  }
}

/* A source may be called like a service or a stock, unless both count something of one name. */
void check_meter_names(struct linker *l) {
  const struct model *m = l->model;
  for (uint32_t i = 0; i < m->meter_count; i++)
    for (uint32_t k = 0; k < i; k++) {
      const struct meter_config *a = &m->meters[k], *b = &m->meters[i];
      if (strcmp(a->thing, b->thing) || strcmp(a->name, b->name)) continue;
      link_fault(
          l, arena_format(l->arena, "traffic.%s", a->thing), NULL,
          "is called like a service or a stock which counts \"%s\" too: claims could not tell them apart; give it another name",
          a->name);
      return;
    }
}

/* Only now the measured time is known. */
void link_dispersions(struct linker *l) {
  const struct run_config *run = &l->model->run;
  for (uint32_t i = 0; i < l->model->sources.count; i++) {
    struct source_config *s = (struct source_config *)l->model->sources.items + i;
    const char *wrong = arrivals_link_dispersion(s, run->warmup, run->warmup + run->window, l->arena);
    if (wrong) link_fault(l, arena_format(l->arena, "traffic.%s", s->name), "dispersion", "%s", wrong);
  }
}
