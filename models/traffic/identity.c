#include "models/traffic/identity.h"
#include "models/request/draws.h"
#include "sim/engine/stream.h"
#include "sim/engine/zipf.h"

void identity_link(struct clients_config *c, struct arena *arena) {
  c->law = c->count && c->zipf > 0 ? zipf_new(arena, (uint32_t)c->count, c->zipf) : NULL;
}

uint32_t identity_draw(const struct clients_config *c, uint64_t key) {
  struct stream draws = stream_at(key, DRAW_IDENTITY);
  if (c->law) return zipf_draw(c->law, &draws) - 1;
  return stream_below(&draws, (uint32_t)c->count);
}

static const struct field fields[] = {KEY("count", INTEGER, clients_config, count, DEFAULT(0), RANGE(0, 4e9),
                                          .doc = "Different clients; 0: each request comes from a new one."),
                                      KEY("zipf", NUMBER, clients_config, zipf, DEFAULT(0), RANGE(0, 10),
                                          .doc = "Exponent of Zipf's law, by which some send more than others; 0: all alike."),
                                      {0}};
const struct record clients_record = {.name = "clients",
                                      .size = sizeof(struct clients_config),
                                      .fields = fields,
                                      .doc = "Who sends the requests of an open source.",
                                      .shorthand = "count"};
