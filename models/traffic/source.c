#include "models/traffic/source.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"

static const char *const kind_words[] = {"open", "closed", "session", "trace", NULL};

#define AT(member) offsetof(struct source_config, member)
static const struct field fields[] = {
    {.name = "kind",
     .kind = FIELD_WORD,
     .offset = AT(kind),
     .words = kind_words,
     .doc = "open: sends at a rate, whatever happens to the answers; closed: users who wait for their answer, then think; "
            "session: clients arrive at a rate, then each walks its journey; trace: arrivals from a file."},
    {.name = "rate",
     .kind = FIELD_CHOICE,
     .offset = AT(rate),
     .choices = &profile_choices,
     .optional = true,
     .doc = "Open: requests per second over time. Session: arrivals of clients."},
    {.name = "population",
     .kind = FIELD_INTEGER,
     .offset = AT(population),
     .fallback = "0",
     .low = 0,
     .high = 1e7,
     .doc = "Closed: number of users."},
    {.name = "think",
     .kind = FIELD_DISTRIBUTION,
     .offset = AT(think),
     .optional = true,
     .doc = "Closed: time from an answer to the user's next request."},
    {.name = "mix",
     .kind = FIELD_WEIGHTS,
     .offset = AT(mix),
     .target = "endpoints",
     .optional = true,
     .doc = "Endpoints that it asks for, by weight; needed unless a trace names them."},
    {.name = "timeout",
     .kind = FIELD_DURATION,
     .offset = AT(timeout),
     .fallback = "\"never\"",
     .low = 1,
     .high = 3.1536e16,
     .doc = "When the client gives up; the servers go on working."},
    {.name = "cancel",
     .kind = FIELD_FLAG,
     .offset = AT(cancel),
     .fallback = "false",
     .doc =
         "The servers notice a client who gives up or presses reload: its request leaves the queue that it is in, or ends with the "
         "computation or wait that it is in."},
    {.name = "patience",
     .kind = FIELD_DISTRIBUTION,
     .offset = AT(patience),
     .optional = true,
     .doc = "How long a request waits for the first thread of its program before it leaves the queue; counts waiting only: once "
            "a thread has it, it stays. Absent: for ever."},
    {.name = "retry",
     .kind = FIELD_RECORD,
     .offset = AT(retry),
     .record = &retry_record,
     .optional = true,
     .doc = "The client asks again after a failure. Absent: it does not."},
    {.name = "reload",
     .kind = FIELD_RECORD,
     .offset = AT(reload),
     .record = &reload_record,
     .optional = true,
     .doc = "The client asks again while the old request still runs, which the servers go on with."},
    {.name = "hedge",
     .kind = FIELD_DURATION,
     .offset = AT(hedge),
     .fallback = "\"never\"",
     .low = 1,
     .high = 3.1536e16,
     .doc = "A second copy of a request that has no answer by then is sent; the first answer counts.",
     .source = "Dean and Barroso (2013), The Tail at Scale"},
    {.name = "impatience",
     .kind = FIELD_DISTRIBUTION,
     .offset = AT(impatience),
     .optional = true,
     .doc = "How long a client waits in all, attempts and pauses together, before it gives up for good. Absent: no such limit."},
    {.name = "room",
     .kind = FIELD_REFERENCE,
     .offset = AT(room),
     .target = "waiting_rooms",
     .optional = true,
     .doc = "A waiting room before the first request."},
    {.name = "journey",
     .kind = FIELD_LIST,
     .offset = AT(journey),
     .record = &place_record,
     .optional = true,
     .doc = "Session: what a client asks for, place by place; it starts at the first."},
    {.name = "clients",
     .kind = FIELD_RECORD,
     .offset = AT(clients),
     .record = &clients_record,
     .doc =
         "Open: how many different clients send, for what knows its clients: limits. Absent: each request comes from a new one."},
    {.name = "busyness_cv",
     .kind = FIELD_NUMBER,
     .offset = AT(busyness_cv),
     .fallback = "0",
     .low = 0,
     .high = 3,
     .doc = "Open: days differ. The rate of each replication is multiplied by one gamma factor of mean 1 and this coefficient of "
            "variation; 0: by 1."},
    {.name = "priority",
     .kind = FIELD_INTEGER,
     .offset = AT(priority),
     .fallback = "0",
     .low = -1000,
     .high = 1000,
     .doc = "Of its requests where services have the discipline priority: higher is served first. That of the endpoint is added."},
    {.name = "burst",
     .kind = FIELD_CHOICE,
     .offset = AT(burst),
     .choices = &burst_choices,
     .optional = true,
     .doc = "Open: the rate jumps at random times. Absent: it does not."},
    {.name = "batch",
     .kind = FIELD_CHOICE,
     .offset = AT(batch),
     .choices = &batch_choices,
     .optional = true,
     .doc = "Open: how many requests come together; the rate stays that of requests. Absent: each comes alone."},
    {.name = "dispersion",
     .kind = FIELD_RECORD,
     .offset = AT(dispersion),
     .record = &dispersion_record,
     .doc = "Open: burstiness by an index of dispersion of counts; the mean rate stays."},
    {.name = "file",
     .kind = FIELD_TABLE,
     .offset = AT(trace.file),
     .columns = trace_columns,
     .optional = true,
     .doc = "Trace: a table of arrivals."},
    {.name = "log",
     .kind = FIELD_FILE,
     .offset = AT(trace.log),
     .optional = true,
     .doc =
         "Trace: lines of a web server's log (common or combined), or lines that begin with an ISO time, then path and client if "
         "known; the first line is the start of the run."},
    {.name = "paths",
     .kind = FIELD_LIST,
     .offset = AT(trace.paths),
     .record = &trace_path_record,
     .optional = true,
     .doc = "Trace: which endpoint the paths of the log mean."},
    {.name = "speed",
     .kind = FIELD_NUMBER,
     .offset = AT(trace.speed),
     .fallback = "1",
     .low = 1e-6,
     .high = 1e6,
     .doc = "Trace: replayed so many times as fast."},
    {.name = "scale",
     .kind = FIELD_NUMBER,
     .offset = AT(trace.scale),
     .fallback = "1",
     .low = 0,
     .high = 1e6,
     .open_range_low = true,
     .doc = "Trace: so many requests for each; a fraction is a probability."},
    {.name = "spread",
     .kind = FIELD_DURATION,
     .offset = AT(trace.spread),
     .fallback = "\"0s\"",
     .low = 0,
     .high = 3.1536e16,
     .doc = "Trace: requests of one time come at random within so long after it: 1s for logs that know whole seconds."},
    {.name = "repeat",
     .kind = FIELD_DURATION,
     .offset = AT(trace.repeat),
     .fallback = "\"never\"",
     .low = 1,
     .high = 9e18,
     .doc = "Trace: starts again after so long."},
    {.name = "connection",
     .kind = FIELD_RECORD,
     .offset = AT(connection),
     .record = &connection_record,
     .doc = "Connections of its clients: round trip, handshake, keep-alive."},
    {.name = "link", .kind = FIELD_RECORD, .offset = AT(link), .record = &link_record, .doc = "The line of each of its clients."},
    {0}};
#undef AT
const struct record source_record = {"source", sizeof(struct source_config), fields, "Who sends requests, and when.", NULL};

double source_expected(const struct source_config *s, sim_time from, sim_time to) {
  if (s->kind == SOURCE_CLOSED) return 0;
  if (s->kind == SOURCE_TRACE) return trace_expected(&s->trace, from, to);
  return profile_expected(&s->rate, from, to) * (s->chain.states ? s->chain.mean : 1);
}

static inline uint32_t endpoint_of(const struct source *s, uint64_t key) {
  const struct weights *mix = &s->config->mix;
  if (mix->count == 1) return (uint32_t)mix->reference[0];
  struct stream draws = stream_at(key, 0);
  double u = stream_uniform(&draws);
  uint32_t i = 0;
  while (i + 1 < mix->count && u >= s->mix_up_to[i]) i++;
  return (uint32_t)mix->reference[i];
}

static inline uint64_t key_of(const struct source *s, uint64_t n) {
  struct stream draws = stream_at(s->request_key, n);
  return stream_bits(&draws);
}

uint32_t source_endpoint(const struct source *s, uint64_t key) { return endpoint_of(s, key); }
uint64_t source_key(const struct source *s, uint64_t n) { return key_of(s, n); }

/* Who sends it. One who may ask more than once without a name keeps the number of his arrival, whatever the attempt. */
static uint32_t sender(const struct source *s, uint64_t n, uint64_t key, uint32_t user) {
  if (user != NOBODY) return user;
  if (s->config->clients.count) return identity_draw(&s->config->clients, key);
  return s->has_clients ? (uint32_t)n : NOBODY;
}

void source_send(struct source *s, uint64_t n, uint32_t user) { source_send_to(s, n, user, -1); }

void source_send_to(struct source *s, uint64_t n, uint32_t user, int32_t endpoint) {
  uint64_t key = key_of(s, n);
  user = sender(s, n, key, user);
  if (s->has_clients) {
    client_arrives(s->world, s->index, n, user, endpoint);
    return;
  }
  request_send(s->world, s->index, endpoint < 0 ? endpoint_of(s, key) : (uint32_t)endpoint, key, user);
}

static void start_mix(struct source *s) {
  const struct weights *mix = &s->config->mix;
  double sum = 0, so_far = 0;
  for (uint32_t i = 0; i < mix->count; i++) sum += mix->weight[i];
  s->mix_up_to = arena_new_array(s->world->arena, double, mix->count);
  for (uint32_t i = 0; i < mix->count; i++) s->mix_up_to[i] = (so_far += mix->weight[i]) / sum;
}

static void source_start(struct source *s, struct world *w, const struct source_config *config, uint32_t index) {
  s->world = w, s->config = config, s->index = index, s->impatient = config->patience.kind != NULL;
  s->request_key = stream_key(w->seed, w->replication, PURPOSE_REQUEST, stream_entity(config->name, 0));
  s->room_key = stream_key(w->seed, w->replication, PURPOSE_ROOM, stream_entity(config->name, 0));
  s->has_clients = client_needed(config);
  budget_init(&s->budget, &config->retry.budget, 0);
  start_mix(s);
  client_network_start(s, w);
  if (config->timeout != SIM_NEVER) s->patience = lane_new(w->calendar, config->timeout, request_timed_out, w);
  if (config->kind == SOURCE_SESSION) journey_start(s);
  if (config->kind == SOURCE_CLOSED)
    users_start(s);
  else if (config->kind == SOURCE_TRACE)
    trace_start(s);
  else
    arrivals_start(s);
}

void source_user_returns(struct source *s, uint32_t user, sim_time sent_at) { users_return(s, user, sent_at); }

static void source_close_books(struct source *s, sim_time now) {
  if (s->config->kind == SOURCE_CLOSED) users_close_books(s, now);
}

static void source_stop(struct source *s) {
  lane_free(s->patience);
  users_stop(s);
  journey_stop(s);
}

static void sources_open(struct world *w) {
  const struct model *m = w->model;
  world_sources(w)->each = arena_new_array(w->arena, struct source, m->sources.count);
  for (uint32_t i = 0; i < m->sources.count && !w->patience; i++)
    if (model_source(m, i)->patience.kind) w->patience = timer_heap_new(w->calendar, request_loses_patience, w);
}

static void sources_start(struct world *w) {
  for (uint32_t i = 0; i < w->model->sources.count; i++) source_start(&world_sources(w)->each[i], w, model_source(w->model, i), i);
}

static void sources_measure(struct world *w, enum world_edge edge) {
  for (uint32_t i = 0; edge == EDGE_CLOSE && i < w->model->sources.count; i++)
    source_close_books(&world_sources(w)->each[i], w->horizon);
}

static void sources_stop(struct world *w) {
  for (uint32_t i = 0; i < w->model->sources.count; i++) source_stop(&world_sources(w)->each[i]);
}

const struct part part_sources = {.name = "sources",
                                  .requests = true,
                                  .room.world = sizeof(struct sources),
                                  .open = sources_open,
                                  .start = sources_start,
                                  .measure = sources_measure,
                                  .stop = sources_stop};
