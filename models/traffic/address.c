#include "models/traffic/address.h"
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/traffic/source.h"
#include "sim/engine/arena.h"
#include "sim/engine/zipf.h"
#include <math.h>
#include <string.h>

/* Numbers of clients have bit 62 clear (request_client), so that an address of many is never that of one. */
#define SHARED_ADDRESS (UINT64_C(1) << 62)

static const struct addresses_config *addresses_of(const struct model *m, uint32_t source) {
  return &model_source(m, source)->addresses;
}

bool addresses_are_shared(const struct model *m) {
  for (uint32_t i = 0; i < model_sources(m)->count; i++)
    if (addresses_of(m, i)->count && addresses_of(m, i)->share > 0) return true;
  return false;
}

static bool same_name(const struct addresses_config *a, const struct addresses_config *b) {
  return a->name && b->name && !strcmp(a->name, b->name);
}

static bool alike(const struct addresses_config *a, const struct addresses_config *b) {
  return a->count == b->count && a->zipf == b->zipf;
}

void addresses_link(struct linker *l, struct source_config *s, const char *path) {
  struct addresses_config *a = &s->addresses;
  a->entity = stream_entity(a->name ? a->name : s->name, a->name ? 1 : 0);
  a->law = a->count && a->zipf > 0 ? zipf_new(l->arena, (uint32_t)a->count, a->zipf) : NULL;
  uint32_t i = 0;
  while (model_source(l->model, i) != s && !same_name(a, addresses_of(l->model, i))) i++;
  a->group = (uint16_t)i;
  const struct source_config *first = model_source(l->model, i);
  if (alike(a, &first->addresses)) return;
  link_error(
      l, arena_format(l->arena, "%s.addresses", path), "name",
      "\"%s\" is %lld addresses here and %lld in the source \"%s\": give both the same \"count\" and \"zipf\", or another name",
      a->name, (long long)a->count, (long long)first->addresses.count, first->name);
}

static uint64_t drawn(const struct addresses_config *a, struct stream *draws) {
  return a->law ? zipf_draw(a->law, draws) - 1 : stream_below(draws, (uint32_t)a->count);
}

/* Of a client without a number. */
static bool stranger_shares(const struct addresses_config *a, const struct request *r, uint64_t *address) {
  struct stream draws = stream_at(r->subject, a->entity);
  if (stream_uniform(&draws) >= a->share) return false;
  *address = drawn(a, &draws);
  return true;
}

/* The n-th client is behind one if the whole number of n * share grows with it; those who are take turns. */
static bool known_shares(const struct world *w, const struct addresses_config *a, uint32_t client, uint64_t *address) {
  double before = floor((double)client * a->share);
  if (floor(((double)client + 1) * a->share) <= before) return false;
  if (a->law) {
    struct stream draws = stream_at(stream_key(w->seed, w->replication, PURPOSE_SITE, a->entity), client);
    *address = drawn(a, &draws);
  } else
    *address = (uint64_t)before % (uint64_t)a->count;
  return true;
}

uint64_t address_of(const struct world *w, const struct request *r) {
  const struct addresses_config *a = addresses_of(w->model, r->source);
  uint64_t address = 0;
  bool shared = a->count && (r->user == NONE ? stranger_shares(a, r, &address) : known_shares(w, a, r->user, &address));
  if (!shared) return request_client(r);
  return SHARED_ADDRESS | (uint64_t)a->group << 32 | address;
}

static const struct field fields[] = {
    KEY("count", INTEGER, addresses_config, count, DEFAULT(0), RANGE(0, 4e9),
        .doc = "How many addresses its clients are behind; 0: each client has one of its own."),
    KEY("share", RATIO, addresses_config, share, DEFAULT(1), RANGE(0, 1),
        .doc = "Share of the clients that are behind one of them; the others have one of their own."),
    KEY("zipf", NUMBER, addresses_config, zipf, DEFAULT(0), RANGE(0, 10),
        .doc = "Exponent of Zipf's law, by which more clients are behind some addresses than behind others; 0: evenly."),
    KEY("name", TEXT, addresses_config, name, OPTIONAL,
        .doc = "Sources that give the same name are behind the same addresses. Absent: these are this source's alone."),
    {0}};
const struct record addresses_record = {.name = "addresses",
                                        .size = sizeof(struct addresses_config),
                                        .fields = fields,
                                        .doc = "Addresses that its clients share: a campus, a company.",
                                        .shorthand = "count"};
