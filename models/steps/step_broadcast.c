/* {"broadcast": "redis", "to": "sockets", "listeners": 5000, "demand": "20us"}: a message that is published in a cache and goes
 * from there to every replica of a service, which sends it on to those who are connected to it (Socket.IO's adapter for Redis).
 *
 * Publishing is one command, for which the request waits. Then one delivery is under way to each replica in rotation, a request of
 * its own that nobody waits for: a hop from the cache, and `demand` for each of its listeners, who are spread evenly. Redis keeps
 * nothing: what finds its replica dead is lost. */
#include "models/cache/cache.h"
#include "models/replication/shard.h"
#include "models/machine/container.h"
#include "models/core/part.h"
#include "models/request/walk.h"
#include "models/request/operation.h"
#include "models/core/meter.h"
#include "models/request/child.h"
#include "models/steps/steps.h"
#include "models/core/world.h"

/* What is counted of the messages that all its replicas get. */
struct broadcast_config {
  bool used;
  uint32_t delivered, delivery, missed; /* meters */
};

static struct broadcast_config *service_broadcasts(const struct service_config *s) { return service_part(s, PART_broadcasts); }

struct broadcast_step {
  int32_t broadcast, to;
  int64_t listeners;
  struct distribution demand, publish;
};

/* Listeners of the k-th of n replicas. */
static uint32_t share(double listeners, uint32_t n, uint32_t k) {
  uint32_t all = (uint32_t)listeners;
  return all / n + (k < all % n);
}

/* Of each request. */
struct message {
  uint32_t addressed, listeners; /* the replica that it goes to, and for how many there */
};
static inline struct message *request_message(const struct world *w, const struct request *r) {
  return request_part(w, r, PART_broadcasts);
}

static bool broadcast(struct world *w, struct request *r, const struct instruction *in) {
  const struct service *to = &w->services[in->service];
  for (uint32_t k = 0; k < to->in_rotation; k++) {
    struct request *message =
        child_new(w, r, stream_key(r->key, PURPOSE_BROADCAST, in->draw, to->rotation[k] - to->first), in->target);
    if (!message) return false;
    child_abandon(w, message, false);
    message->depth = message->base = 0; /* it has left its sender */
    request_message(w, message)->addressed = to->rotation[k],
                       request_message(w, message)->listeners = share(in->scale, to->in_rotation, k);
    message->wait_cell = in->cell;
    request_wake_soon(w, message);
  }
  return true;
}

static void broadcast_asks(const struct walk *w, const struct instruction *in, double weight) {
  w->sums->cpu_s[in->service] += weight * in->scale * (in->demand.mean * 1e-9);
}
static const struct operation operation_broadcast = {.name = "broadcast", .run = broadcast, .ask = broadcast_asks};

static bool skip(struct world *w, struct request *r, const struct instruction *in) {
  (void)w;
  r->pc = in->target;
  return true;
}
static const struct operation operation_skip = {.name = "skip", .run = skip, .onward = walk_skips, .through = passage_skips};

static bool deliver(struct world *w, struct request *r, const struct instruction *in) {
  return request_compute_times(w, r, in, request_message(w, r)->listeners);
}
static const struct operation operation_deliver = {.name = "deliver", .run = deliver, .ask = compute_asks, .computes = true};

static bool enter_addressed(struct world *w, struct request *r, const struct instruction *in) {
  const struct container *c = &w->containers[request_message(w, r)->addressed];
  if (!container_serves(c)) {
    meter_count(w, service_broadcasts(service_config(world_service_of(w, c)))->missed);
    request_forget(w, r);
    return false;
  }
  request_opens_frame(w, r, c);
  struct lane *way = network_lane(world_network(w), NETWORK_ELSEWHERE, c->node); /* from the cache, which is on a node of its own */
  if (!way) return true;
  request_parks(r, in->cell, world_now(w));
  lane_push(way, r->id);
  return false;
}
static const struct operation operation_enter_addressed = {
    .name = "enter addressed", .run = enter_addressed, .hold = enter_holds, .through = enter_through, .enters = true};

static bool delivered(struct world *w, struct request *r, const struct instruction *in) {
  const struct broadcast_config *c = service_broadcasts(service_config(&w->services[in->service]));
  meter_count(w, c->delivered);
  meter_time(w, c->delivery, world_now(w) - r->arrived);
  request_forget(w, r);
  return false;
}
static const struct operation operation_delivered = {.name = "delivered", .run = delivered, .ends = true};

static void declare(struct compiler *c, int32_t service) {
  struct service_config *s = (struct service_config *)c->model->services.items + service;
  if (service_broadcasts(s)->used) return;
  *service_broadcasts(s) = (struct broadcast_config){
      .used = true,
      .delivered =
          meter_declare((struct model *)c->model, s->name, "delivered", METER_COUNT, "Broadcasts that a replica has sent on."),
      .delivery = meter_declare((struct model *)c->model, s->name, "delivery", METER_TIME,
                                "From the publication until a replica has sent it on to all of its listeners."),
      .missed =
          meter_declare((struct model *)c->model, s->name, "missed", METER_COUNT, "Broadcasts that found their replica dead.")};
}

/* What a delivery does; the request that publishes skips it. */
static void compile_delivery(struct compiler *c, const struct broadcast_step *s) {
  struct instruction *around = compile_emit_quietly(c, &operation_skip);
  uint32_t depth = c->depth;
  int32_t outermost = c->frames[0];
  uint16_t lists = c->lists[1], answered = c->answered[1];
  c->depth = 0, c->guarded++;
  struct instruction *enter = compile_enter(c, s->to, ROUTE_ANY);
  compile_becomes(enter, &operation_enter_addressed), enter->target = 0;
  compile_becomes(compile_cpu(c, &s->demand), &operation_deliver);
  compile_leave(c);
  compile_emit_quietly(c, &operation_delivered)->service = s->to;
  c->depth = depth, c->frames[0] = outermost, c->guarded--;
  c->lists[1] = lists, c->answered[1] = answered;
  around->target = (uint16_t)c->program->count;
}

static bool allowed(struct compiler *c, const struct broadcast_step *s) {
  const struct service_config *cache = model_service(c->model, (uint32_t)s->broadcast),
                              *to = model_service(c->model, (uint32_t)s->to);
  if (cache->kind != SERVICE_CACHE) compile_error(c, "\"%s\" is not of kind cache", cache->name);
  if (!service_runs(to)) compile_error(c, "a broadcast cannot go to \"%s\", which is external and has no replicas", to->name);
  if (service_shards(to)->count > 1) compile_error(c, "a broadcast cannot go to \"%s\", which has shards", to->name);
  return !c->error;
}

static void compile(struct compiler *c, const void *config) {
  const struct broadcast_step *s = config;
  if (!allowed(c, s)) return;
  declare(c, s->to);
  compile_enter(c, s->broadcast, ROUTE_ANY);
  compile_cpu(c, &s->publish);
  compile_leave(c);
  struct instruction *in = compile_emit_quietly(c, &operation_broadcast);
  in->service = s->to, in->scale = (double)s->listeners, in->demand = s->demand;
  in->cell = compile_cell(c, s->to, TIME_NETWORK);
  in->target = (uint16_t)(c->program->count + 1);
  compile_delivery(c, s);
}

static const struct field fields[] = {
    KEY("broadcast", REFERENCE, broadcast_step, broadcast, .target = "services", .doc = "A service of kind cache."),
    KEY("to", REFERENCE, broadcast_step, to, .target = "services", .doc = "The service whose replicas all get the message."),
    KEY("listeners", INTEGER, broadcast_step, listeners, RANGE(0, 1e8),
        .doc = "Connected clients that it is for, spread evenly over the replicas in rotation."),
    KEY("demand", DISTRIBUTION, broadcast_step, demand, .doc = "CPU time of sending it to one of them."),
    KEY("publish", DISTRIBUTION, broadcast_step, publish, DEFAULT("10us"), .doc = "CPU time of publishing it in the cache.",
        .source = "Redis: 8 to 12 us per simple command"),
    {0}};
static const struct record record = {.name = "broadcast step",
                                     .size = sizeof(struct broadcast_step),
                                     .fields = fields,
                                     .doc = "Publishes a message to all replicas of a service and those connected to them."};
static const struct step_kind kind = {compile};
const struct alternative step_broadcast = {"broadcast", true, &record, &kind};

static const struct field no_keys[] = {{0}};
static const struct record broadcasts_record = {
    .name = "broadcasts to a service", .size = sizeof(struct broadcast_config), .fields = no_keys};
const struct part part_broadcasts = {
    .name = "broadcasts", .room.request = sizeof(struct message), .keys.service = &broadcasts_record};
