#include "models/service/keepalive.h"
#include "models/core/world.h"
#include <assert.h>
#include <string.h>

struct kept_connection *keepalive_turn(struct keepalive *k, const struct keepalive_config *config) {
  assert(k->turn < config->connections);
  struct kept_connection *c = &k->connections[k->turn];
  k->turn = k->turn + 1 < config->connections ? k->turn + 1 : 0;
  return c;
}

/* Nobody has told the caller that the machine is gone. */
static bool leads_into_void(const struct world *w, const struct container *c) { return c->node != NONE && !w->nodes[c->node].up; }

bool keepalive_carries(const struct world *w, struct kept_connection *k, const struct keepalive_config *config) {
  sim_time now = world_now(w);
  if (!k->left || now - k->used_at > config->idle || now - k->opened_at >= config->age) return false;
  assert(k->used_at >= k->opened_at);
  const struct container *c = &w->containers[k->container];
  if (leads_into_void(w, c))
    k->left = 0;
  else if (!c->in_rotation || c->generation != k->generation || !container_offers(c))
    return false;
  else if (k->left != INT64_MAX)
    k->left--;
  k->used_at = now;
  return true;
}

void keepalive_open(const struct world *w, struct kept_connection *k, const struct keepalive_config *config, uint32_t container) {
  *k = (struct kept_connection){.container = container,
                                .generation = w->containers[container].generation,
                                .left = config->requests == INT64_MAX ? INT64_MAX : config->requests - 1,
                                .used_at = world_now(w),
                                .opened_at = world_now(w)};
}

void keepalive_reset(struct keepalive *k, const struct keepalive_config *config, uint32_t generation) {
  memset(k->connections, 0, (size_t)config->connections * sizeof *k->connections);
  k->generation = generation, k->turn = 0;
}

static const struct field fields[] = {
    KEY("connections", INTEGER, keepalive_config, connections, DEFAULT(1), RANGE(1, 10000),
        .doc = "Connections of each calling replica to the service; its requests take turns over them.",
        .source = "HTTP/2 and gRPC: one"),
    KEY("requests", LIMIT, keepalive_config, requests, DEFAULT(1000), RANGE(1, FIELD_UNLIMITED),
        .doc = "Requests that one connection carries before it is closed.", .source = "nginx keepalive_requests 1000"),
    KEY("idle", DURATION, keepalive_config, idle, DEFAULT("60s"), RANGE(0, FIELD_YEAR),
        .doc = "Time without a new request after which it is closed.", .source = "nginx keepalive_timeout 60 s (upstream)"),
    KEY("age", DURATION, keepalive_config, age, DEFAULT("1h"), RANGE(1, FIELD_YEAR),
        .doc = "Time after which it is closed in any case.", .source = "nginx keepalive_time 1 h (upstream)"),
    {0}};
const struct record keepalive_record = {.name = "keepalive",
                                        .size = sizeof(struct keepalive_config),
                                        .fields = fields,
                                        .doc = "Connections that calling replicas keep to the service."};
