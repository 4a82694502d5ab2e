#include "models/cache/copies.h"
#include "models/cache/cache.h"
#include "models/core/link.h"
#include "models/core/meter.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/network/network.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include <stdlib.h>

enum copy_kind { COPY_FILL, COPY_DROP, COPY_ALL };

struct copy_on_its_way {
  struct saved_item item;
  sim_time due;
  enum copy_kind kind;
};

/* To one replica, in the order of their arrival. A ring: the first is at `first`. */
struct copy_stream {
  struct copy_on_its_way *ring;
  uint32_t first, count, room; /* room: a power of two */
  slot_id slot;
  struct stream draws;
};

struct copies {
  struct copy_stream *to; /* by container */
};

static struct copies *copies_of(const struct world *w) { return world_part(w, PART_copies); }

static bool has_copies(const struct container *c) { return cache_copies_of(container_config(c)) != NULL; }

static struct container *primary_of(struct world *w, const struct container *c) {
  return &w->containers[world_service_of(w, c)->primary];
}

/* --- on their way ------------------------------------------------------------------------------------------------------------ */

static void grow(struct copy_stream *s) {
  uint32_t room = s->room ? 2 * s->room : 16;
  struct copy_on_its_way *more = allocate(room * sizeof *more);
  for (uint32_t i = 0; i < s->count; i++) more[i] = s->ring[(s->first + i) & (s->room - 1)];
  free(s->ring);
  s->ring = more, s->room = room, s->first = 0;
}

static void send(struct world *w, const struct container *to, enum copy_kind kind, const struct saved_item *item, int trips) {
  struct copy_stream *s = &copies_of(w)->to[to->id];
  const struct container *from = primary_of((struct world *)w, to);
  if (!container_serves(to) || !network_reachable(w, container_region(w, from), container_region(w, to))) return;
  if (s->count == s->room) grow(s);
  sim_time due = world_now(w) + trips * network_way(w, from->node, to->node);
  if (s->count && s->ring[(s->first + s->count - 1) & (s->room - 1)].due > due)
    due = s->ring[(s->first + s->count - 1) & (s->room - 1)].due; /* in order */
  s->ring[(s->first + s->count++) & (s->room - 1)] =
      (struct copy_on_its_way){.kind = kind, .due = due, .item = item ? *item : (struct saved_item){0}};
  if (s->count == 1) calendar_set(w->calendar, s->slot, due);
}

/* Handler of a stream's slot. */
static void arrives(void *world, uint32_t container) {
  struct world *w = world;
  struct container *to = &w->containers[container];
  struct copy_stream *s = &copies_of(w)->to[container];
  assert(s->count && container_serves(to));
  struct copy_on_its_way item = s->ring[s->first];
  s->first = (s->first + 1) & (s->room - 1), s->count--;
  if (s->count) calendar_set(w->calendar, s->slot, s->ring[s->first].due);
  if (item.kind != COPY_ALL)
    cache_receive(w, to, &item.item, item.kind == COPY_DROP, &s->draws);
  else if (container_serves(primary_of(w, to)))
    cache_receive_all(w, to, primary_of(w, to), &s->draws);
  meter_count(w, cache_copies_of(container_config(to))->copied);
}

static void to_all(struct world *w, const struct container *primary, enum copy_kind kind, const struct saved_item *item,
                   int trips) {
  const struct service *s = world_service_of(w, primary);
  for (uint32_t i = 0; i < s->capacity; i++) {
    const struct container *to = &w->containers[s->first + i];
    if (to != primary) send(w, to, kind, item, trips);
  }
}

void copies_written(struct world *w, const struct container *c, const struct saved_item *item, bool dropped) {
  assert(c == primary_of(w, c));
  to_all(w, c, dropped ? COPY_DROP : COPY_FILL, item, 1);
}

bool copies_takes(struct world *w, const struct container *c) {
  if (c == primary_of(w, c)) return true;
  meter_count(w, cache_copies_of(container_config(c))->refused_writes);
  return false;
}

/* --- coming and going -------------------------------------------------------------------------------------------------------- */

/* The primary has what its disk had, and the copies follow it; a copy asks for all. */
static void copies_serve(struct world *w, struct container *c, bool warm) {
  if (warm || !copies_of(w)->to || !has_copies(c)) return;
  struct container *primary = primary_of(w, c);
  if (c == primary)
    to_all(w, c, COPY_ALL, NULL, 1);
  else if (container_serves(primary))
    send(w, c, COPY_ALL, NULL, 2);
}

/* What a copy has missed while the link was cut it cannot know: it asks for all. */
static void copies_severed(struct world *w, uint32_t region, uint32_t other, bool cut) {
  for (uint32_t i = 0; copies_of(w)->to && !cut && i < w->container_count; i++) {
    struct container *c = &w->containers[i];
    if (!has_copies(c) || c == primary_of(w, c)) continue;
    int32_t here = container_region(w, c), there = container_region(w, primary_of(w, c));
    bool apart = (here == (int32_t)region && there == (int32_t)other) || (here == (int32_t)other && there == (int32_t)region);
    if (apart && container_serves(primary_of(w, c))) send(w, c, COPY_ALL, NULL, 2);
  }
}

static void copies_die(struct world *w, struct container *c) {
  if (!copies_of(w)->to || !has_copies(c)) return;
  struct copy_stream *s = &copies_of(w)->to[c->id];
  s->count = s->first = 0;
  calendar_clear(w->calendar, s->slot);
}

/* The first replica in the region of the primary. */
static void choose_primary(struct world *w, struct service *s) {
  int32_t region = cache_copies_of(service_config(s))->primary;
  for (uint32_t i = s->capacity; region >= 0 && i-- > 0;)
    if (container_region(w, &w->containers[s->first + i]) == region) s->primary = s->first + i;
}

static void copies_start(struct world *w) {
  for (uint32_t i = 0; i < w->model->services.count; i++)
    if (cache_copies_of(service_config(&w->services[i]))) choose_primary(w, &w->services[i]);
  if (w->mode != WORLD_TRAFFIC) return; /* without requests there is no content */
  copies_of(w)->to = arena_new_array(w->arena, struct copy_stream, w->container_count + 1);
  for (uint32_t i = 0; i < w->container_count; i++) {
    struct container *c = &w->containers[i];
    struct copy_stream *s = &copies_of(w)->to[i];
    if (!has_copies(c)) continue;
    s->slot = calendar_slot(w->calendar, arrives, w, i);
    uint64_t entity = stream_entity(container_config(c)->name, i - w->services[c->service].first);
    s->draws = stream_open(stream_key(w->seed, w->replication, PURPOSE_COPIES, entity));
  }
}

static void copies_stop(struct world *w) {
  for (uint32_t i = 0; copies_of(w)->to && i < w->container_count; i++) free(copies_of(w)->to[i].ring);
}

/* --- linking ----------------------------------------------------------------------------------------------------------------- */

static void link_service(struct linker *l, struct service_config *s, const char *path) {
  struct copies_config *c = cache_copies_of(s);
  if (!c) return;
  if (s->kind != SERVICE_CACHE) {
    link_error(l, path, "copies", "is not of kind cache: the copies of a database are its \"replication\"");
    return;
  }
  if (s->replicas < 2) link_error(l, path, "copies", "has one replica, and so no copies");
  if (s->autoscale.max) link_error(l, path, "copies", "has copies of one primary, and cannot be autoscaled");
  c->copied = meter_declare(l->model, s->name, "copied", METER_COUNT, "Writes that have reached a copy.");
  if (c->writes == WRITES_REFUSED)
    c->refused_writes = meter_declare(l->model, s->name, "refused_writes", METER_COUNT,
                                      "Fills and drops that a copy refused, and that are stored nowhere.");
}

static bool is_in(const struct world *w, uint32_t service, int32_t region) {
  const struct service *s = &w->services[service];
  for (uint32_t i = 0; i < s->capacity; i++)
    if (container_region(w, &w->containers[s->first + i]) == region) return true;
  return false;
}

static void check_placed(struct linker *l, uint32_t service) {
  const struct service_config *s = model_service(l->model, service);
  int32_t region = cache_copies_of(s)->primary;
  if (region >= 0 && !is_in(l->trial, service, region))
    link_error(l, arena_format(l->arena, "services.%s.copies", s->name), "primary", "has no replica in region \"%s\"",
               model_region(l->model, (uint32_t)region)->name);
}

static void check_content(struct linker *l, const struct service_config *s) {
  if (service_cache(s)->keyed) return;
  link_error(l, arena_format(l->arena, "services.%s", s->name), "copies",
             "no \"cached\" step looks in it by \"key\": with \"hit\" given there is no content that is copied");
}

static void link_copies(struct linker *l, enum link_stage stage) {
  if (stage != LINK_RUN && stage != LINK_PLACED) return; /* one stage comes once for each endpoint */
  for (uint32_t i = 0; i < l->model->services.count; i++) {
    if (!cache_copies_of(model_service(l->model, i))) continue;
    if (stage == LINK_RUN && !l->failed) check_content(l, model_service(l->model, i));
    if (stage == LINK_PLACED) check_placed(l, i);
  }
}

static bool used(const struct model *m) {
  for (uint32_t i = 0; i < m->services.count; i++)
    if (cache_copies_of(model_service(m, i))) return true;
  return false;
}

const struct part part_copies = {.name = "copies of caches",
                                 .keys.service = &copies_keys_record,
                                 .used = used,
                                 .service = link_service,
                                 .link = link_copies,
                                 .room.world = sizeof(struct copies),
                                 .start = copies_start,
                                 .serves = copies_serve,
                                 .dies = copies_die,
                                 .severed = copies_severed,
                                 .stop = copies_stop};

static const char *const writes_words[] = {"primary", "refused", NULL};
static const struct field fields[] = {
    KEY("primary", REFERENCE, copies_config, primary, OPTIONAL, .target = "platform.regions",
        .doc = "The region of the replica that takes the writes: the first one there. Absent: the first replica."),
    KEY("writes", WORD, copies_config, writes, DEFAULT("primary"), .words = writes_words,
        .doc = "What becomes of a fill or drop that a caller next to a copy wants: primary: it goes to the primary, and comes back "
               "as a "
               "copy; refused: its replica takes no writes, and the item is stored nowhere.",
        .source = "Redis: replicas are read-only, so the caller has to know the primary"),
    {0}};
static const struct record record = {.name = "copies",
                                     .size = sizeof(struct copies_config),
                                     .fields = fields,
                                     .doc = "One replica takes the writes, the others are copies of it."};
static const struct field keys[] = {KEY("copies", RECORD, copies_keys, copies, OPTIONAL, .record = &record, .apart = true,
                                        .doc =
                                            "Cache: its replicas are copies of one, as Redis' replicas are. Absent: each replica "
                                            "has a content of its own."),
                                    {0}};
const struct record copies_keys_record = {.name = "copies of a service", .size = sizeof(struct copies_keys), .fields = keys};
