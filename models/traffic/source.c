#include "models/traffic/source_kinds.h"
#include "models/traffic/whereabouts.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include <assert.h>

#define SOURCE_MEMBER(name) &source_kind_##name.member,
static const struct member *const members[] = {SOURCES(SOURCE_MEMBER) NULL};
static const struct family family = {.members = members};

static const struct field fields[] = {
    KEY("kind", MEMBER, source_config, kind, .family = &family, .doc = "What decides when requests are sent."),
    KEY("timeout", DURATION, source_config, timeout, DEFAULT("never"), RANGE(1, FIELD_YEAR),
        .doc = "Time after which the client gives up; the servers go on working."),
    KEY("cancel", FLAG, source_config, cancel, DEFAULT(false),
        .doc = "The servers notice when a client gives up or presses reload: its request leaves the queue that it is in, or ends "
               "with the computation or wait that it is in."),
    KEY("patience", DISTRIBUTION, source_config, patience, OPTIONAL,
        .doc = "How long a request waits for the first thread of its program before it leaves the queue; counts waiting only: once "
               "a thread has it, it stays. Absent: for ever."),
    KEY("retry", RECORD, source_config, retry, OPTIONAL, .record = &retry_record,
        .doc = "The client asks again after a failure. Absent: it does not."),
    KEY("reload", RECORD, source_config, reload, OPTIONAL, .record = &reload_record,
        .doc = "The client asks again while the old request still runs; the servers go on with both."),
    KEY("hedge", DURATION, source_config, hedge, DEFAULT("never"), RANGE(1, FIELD_YEAR),
        .doc = "A second copy of a request that has no answer by then is sent; the first answer counts.",
        .source = "Dean and Barroso (2013), The Tail at Scale"),
    KEY("impatience", DISTRIBUTION, source_config, impatience, OPTIONAL,
        .doc = "How long a client waits in all, attempts and pauses together, before it gives up for good. Absent: no such limit."),
    KEY("room", REFERENCE, source_config, room, OPTIONAL, .target = "waiting_rooms",
        .doc = "A waiting room before the first request."),
    KEY("priority", INTEGER, source_config, priority, DEFAULT(0), RANGE(-1000, 1000),
        .doc = "Priority of its requests at services with the discipline priority: higher is served first. That of the endpoint is "
               "added."),
    KEY("connection", RECORD, source_config, connection, .record = &client_connection_record,
        .doc = "Connections of its clients: round trip, handshake, keep-alive."),
    KEY("link", RECORD, source_config, link, .record = &access_line_record, .doc = "The line of each of its clients."),
    KEY("addresses", RECORD, source_config, addresses, .record = &addresses_record,
        .doc = "Addresses that its clients share, for limits that count by address."),
    KEY("region", WEIGHTS, source_config, region, OPTIONAL, .target = "platform.regions",
        .doc = "The region that its clients are in, or shares of them by region; needed where there are regions."),
    {0}};
const struct record source_record = {
    .name = "source", .size = sizeof(struct source_config), .fields = fields, .doc = "Who sends requests, and when."};

double source_expected(const struct source_config *s, sim_time from, sim_time to) {
  return s->kind->expected ? s->kind->expected(s, from, to) : 0;
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
  if (user != NONE) return user;
  if (s->config->clients.count) return identity_draw(&s->config->clients, key);
  return s->has_clients ? (uint32_t)n : NONE;
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
  s->world = w, s->config = config, s->index = index;
  s->request_key = stream_key(w->seed, w->replication, PURPOSE_REQUEST, stream_entity(config->name, 0));
  s->room_key = stream_key(w->seed, w->replication, PURPOSE_ROOM, stream_entity(config->name, 0));
  s->place_key = stream_key(w->seed, w->replication, PURPOSE_PLACE, stream_entity(config->name, 0));
  s->has_clients = client_needed(config);
  budget_init(&s->budget, &config->retry.budget, 0);
  start_mix(s);
  client_network_start(s, w);
  assert(config->kind->start && config->kind->closed == (config->kind->returns != NULL));
  bool times_out = config->timeout != SIM_NEVER;
  w->origins[index] = (struct origin){.source = s,
                                      .name = config->name,
                                      .holds = client_holds,
                                      .timeout = times_out ? lane_new(w->calendar, config->timeout, request_timed_out, w) : NULL,
                                      .patience = config->patience.kind ? &config->patience : NULL,
                                      .cancel = config->cancel,
                                      .connected = s->network.connections != NULL,
                                      .line = &client_line,
                                      .stands = config->region.count ? whereabouts_stand : NULL,
                                      .attempt_ended = client_answered,
                                      .returns = config->kind->returns};
  config->kind->start(s);
}

static void source_stop(struct source *s) {
  if (!s->world) return; /* never started */
  lane_free(s->world->origins[s->index].timeout);
  if (s->config->kind->stop) s->config->kind->stop(s);
}

static void sources_open(struct world *w) {
  const struct model *m = w->model;
  world_sources(w)->each = arena_new_array(w->arena, struct source, model_sources(m)->count);
  w->origins = arena_new_array(w->arena, struct origin, model_sources(m)->count + 1);
  for (uint32_t i = 0; i < model_sources(m)->count && !w->patience; i++)
    if (model_source(m, i)->patience.kind) w->patience = timer_heap_new(w->calendar, request_loses_patience, w);
}

static void sources_start(struct world *w) {
  for (uint32_t i = 0; i < model_sources(w->model)->count; i++)
    source_start(&world_sources(w)->each[i], w, model_source(w->model, i), i);
}

static void sources_measure(struct world *w, enum world_edge edge) {
  for (uint32_t i = 0; edge == EDGE_CLOSE && i < model_sources(w->model)->count; i++) {
    struct source *s = &world_sources(w)->each[i];
    if (s->config->kind->close_books) s->config->kind->close_books(s, w->horizon);
  }
}

static void sources_stop(struct world *w) {
  for (uint32_t i = 0; i < model_sources(w->model)->count; i++) source_stop(&world_sources(w)->each[i]);
}

const struct part part_sources = {.name = "sources",
                                  .link = sources_link,
                                  .steadiness = sources_steadiness,
                                  .keys.root = &sources_root_record,
                                  .requests = true,
                                  .room.world = sizeof(struct sources),
                                  .open = sources_open,
                                  .start = sources_start,
                                  .measure = sources_measure,
                                  .stop = sources_stop};

static const struct field root_keys[] = {ONLY_KEY("traffic", MAP, .record = &source_record, .doc = "Who sends requests, by name."),
                                         {0}};
const struct record sources_root_record = {
    .name = "traffic of a scenario", .size = sizeof(struct config_list), .fields = root_keys};
