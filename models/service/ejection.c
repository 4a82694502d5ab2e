#include "models/service/ejection.h"
#include "models/guard/breaker.h"
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

#define AT(member) offsetof(struct ejection_config, member)
static const struct field fields[] = {{.name = "failures",
                                       .kind = FIELD_INTEGER,
                                       .offset = AT(failures),
                                       .fallback = "1",
                                       .low = 1,
                                       .high = 1e9,
                                       .doc = "Failed calls in a row after which a replica is ejected.",
                                       .source = "nginx max_fails 1; Envoy consecutive_5xx 5"},
                                      {.name = "time",
                                       .kind = FIELD_DURATION,
                                       .offset = AT(time),
                                       .fallback = "\"10s\"",
                                       .low = 1,
                                       .high = 3.1536e16,
                                       .doc = "How long it gets no new requests.",
                                       .source = "nginx fail_timeout 10 s; Envoy base_ejection_time 30 s"},
                                      {.name = "grows",
                                       .kind = FIELD_FLAG,
                                       .offset = AT(grows),
                                       .fallback = "false",
                                       .doc = "Whether that is multiplied by its ejections since it last answered, as Envoy does."},
                                      {.name = "longest",
                                       .kind = FIELD_DURATION,
                                       .offset = AT(longest),
                                       .fallback = "\"300s\"",
                                       .low = 1,
                                       .high = 3.1536e16,
                                       .doc = "Where that ends.",
                                       .source = "Envoy max_ejection_time 300 s"},
                                      {.name = "most",
                                       .kind = FIELD_RATIO,
                                       .offset = AT(most),
                                       .fallback = "1",
                                       .low = 0,
                                       .high = 1,
                                       .doc = "Share of the replicas in rotation that may be ejected at once; one always may.",
                                       .source = "nginx has no bound; Envoy max_ejection_percent 10%"},
                                      {.name = "scope",
                                       .kind = FIELD_WORD,
                                       .offset = AT(scope),
                                       .words = scope_words,
                                       .fallback = "\"replica\"",
                                       .doc =
                                           "replica: each calling replica learns by itself, and forgets when it dies; shared: what "
                                           "one has learnt all know."},
                                      {0}};
#undef AT
const struct record ejection_record = {.name = "eject",
                                       .size = sizeof(struct ejection_config),
                                       .fields = fields,
                                       .doc = "Leaves a replica alone for a while after calls to it have failed.",
                                       .shorthand = "failures"};
