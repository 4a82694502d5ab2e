#include "models/service/ejection.h"
#include "models/service/breaker.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <string.h>

struct ejector *ejector_new(struct arena *arena, uint32_t count, uint32_t generation) {
  struct ejector *e = arena_alloc(arena, sizeof *e + count * sizeof *e->suspects);
  e->count = count, e->generation = generation;
  return e;
}

void ejector_reset(struct ejector *e, uint32_t generation) {
  memset(e->suspects, 0, e->count * sizeof *e->suspects);
  e->generation = generation, e->until = 0;
}

/* One more than there are now would be too many. */
static bool full(const struct ejector *e, const struct ejection_config *config, uint32_t in_rotation, sim_time now) {
  uint32_t ejected = 0;
  for (uint32_t i = 0; i < e->count; i++) ejected += ejector_holds(e, i, now);
  return ejected && ejected + 1 > config->most * in_rotation;
}

static sim_time sentence(const struct ejection_config *config, uint32_t ejections) {
  assert(ejections > 0);
  if (!config->grows) return config->time;
  return config->time < config->longest / ejections ? config->time * ejections : config->longest;
}

bool ejector_failed(struct ejector *e, const struct ejection_config *config, uint32_t replica, uint32_t in_rotation, sim_time now) {
  assert(replica < e->count);
  struct suspect *s = &e->suspects[replica];
  if (s->until > now || ++s->failures < config->failures || full(e, config, in_rotation, now)) return false;
  s->failures = 0;
  sim_time time = sentence(config, ++s->ejections);
  s->until = time < SIM_NEVER - now ? now + time : SIM_NEVER;
  if (s->until > e->until) e->until = s->until;
  return true;
}

static const char *const scope_words[] = {"replica", "shared", NULL}; /* the order of enum breaker_scope */

static const struct field fields[] = {
    KEY("failures", INTEGER, ejection_config, failures, DEFAULT(1), RANGE(1, 1e9),
        .doc = "Failed calls in a row after which a replica is ejected.", .source = "nginx max_fails 1; Envoy consecutive_5xx 5"),
    KEY("time", DURATION, ejection_config, time, DEFAULT("10s"), RANGE(1, FIELD_YEAR), .doc = "How long it gets no new requests.",
        .source = "nginx fail_timeout 10 s; Envoy base_ejection_time 30 s"),
    KEY("grows", FLAG, ejection_config, grows, DEFAULT(false),
        .doc = "Whether that time is multiplied by the number of ejections since it last answered, as Envoy does."),
    KEY("longest", DURATION, ejection_config, longest, DEFAULT("300s"), RANGE(1, FIELD_YEAR), .doc = "The longest such time.",
        .source = "Envoy max_ejection_time 300 s"),
    KEY("most", RATIO, ejection_config, most, DEFAULT(1), RANGE(0, 1),
        .doc = "Share of the replicas in rotation that may be ejected at once; one always may.",
        .source = "nginx has no bound; Envoy max_ejection_percent 10%"),
    KEY("scope", WORD, ejection_config, scope, DEFAULT("replica"), .words = scope_words,
        .doc = "replica: each calling replica learns on its own, and forgets when it dies; shared: what one has learnt, all know."),
    {0}};
const struct record ejection_record = {.name = "eject",
                                       .size = sizeof(struct ejection_config),
                                       .fields = fields,
                                       .doc = "Sends no requests to a replica for a while after calls to it have failed.",
                                       .shorthand = "failures"};
