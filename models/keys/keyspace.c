#include "models/keys/keyspace.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "sim/engine/zipf.h"
#include <assert.h>

void keyspace_link(struct keyspace_config *k, struct arena *arena) {
  k->entity = stream_entity(k->name, PURPOSE_KEY);
  k->law = k->zipf > 0 ? zipf_new(arena, (uint32_t)k->of, k->zipf) : NULL;
}

/* The draws that decide: of the errand, or of the client as the whole run knows it. */
static uint64_t chooser(const struct world *w, const struct request *r, const struct keyspace_config *k) {
  if (k->by == BY_REQUEST || r->user == NONE) return r->subject;
  return stream_key(w->seed, w->replication, PURPOSE_KEY, stream_entity(w->origins[r->source].name, r->user));
}

uint32_t keyspace_item(const struct world *w, const struct request *r, uint32_t keyspace) {
  return keyspace_item_at(w, r, keyspace, 0);
}

uint32_t keyspace_item_at(const struct world *w, const struct request *r, uint32_t keyspace, uint32_t n) {
  const struct keyspace_config *k = model_keyspace(w->model, keyspace);
  struct stream draws = stream_at(chooser(w, r, k), k->entity + n);
  assert(k->of > 0);
  if (k->law) return zipf_draw(k->law, &draws) - 1;
  return stream_below(&draws, (uint32_t)k->of);
}

double keyspace_probability(const struct keyspace_config *k, uint32_t item) {
  assert(item < k->of);
  return k->law ? zipf_probability(k->law, item + 1) : 1 / (double)k->of;
}

static const char *const by_words[] = {"request", "client", NULL};
static const struct field fields[] = {
    KEY("of", INTEGER, keyspace_config, of, RANGE(1, 4e9), .doc = "Number of items."),
    KEY("zipf", NUMBER, keyspace_config, zipf, DEFAULT(0), RANGE(0, 10),
        .doc =
            "Exponent of Zipf's law: the k-th most popular item is asked for in proportion to k to the power -zipf; 0: all alike.",
        .source = "proxies 0.64 to 0.83 (Breslau et al. 1999); caches in front of databases 1 to 2.5 (Yang et al. 2020)"),
    KEY("by", WORD, keyspace_config, by, DEFAULT("request"), .words = by_words,
        .doc =
            "request: each is about an item of its own; client: all requests of one client are about the same (tenant, account)."),
    {0}};
const struct record keyspace_record = {.name = "keys",
                                       .size = sizeof(struct keyspace_config),
                                       .fields = fields,
                                       .doc = "What requests are about: a catalogue of which each has one item.",
                                       .shorthand = "of"};

static const struct field root_keys[] = {ONLY_KEY("keys", MAP, OPTIONAL, .record = &keyspace_record,
                                                  .doc = "What requests are about, by name: keys of caches, rows, tenants."),
                                         {0}};
const struct record keyspaces_root_record = {.name = "keys of a scenario", .size = sizeof(struct config_list), .fields = root_keys};

static void link_keyspaces(struct linker *l, enum link_stage stage) {
  for (uint32_t i = 0; stage == LINK_FIRST && i < model_keyspaces(l->model)->count; i++)
    keyspace_link((struct keyspace_config *)model_keyspaces(l->model)->items + i, l->arena);
}

const struct part part_keyspaces = {.name = "keyspaces", .link = link_keyspaces, .keys.root = &keyspaces_root_record};
