#include "models/replication/bare_data.h"
#include "models/core/link.h"
#include "models/core/meter.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/replication/replication.h"
#include "models/replication/shard.h"
#include "models/volume/volume.h"
#include "sim/engine/arena.h"

/* Of a database, or of a shard. */
struct bare {
  uint32_t first, count; /* containers */
  bool down;
  int32_t fault; /* that took the primary, or -1 */
  bool *has;     /* by container: it had the data when it last served */
};

struct bare_data {
  struct bare **of; /* by service, then by shard; null: it is not such a database */
};

static bool is_bare(const struct service_config *s) {
  return s->kind == SERVICE_DATABASE && service_runs(s) && !replication_is_on(service_replication(s)) && !service_backup(s)->every;
}

static struct bare *bare_of(const struct world *w, const struct container *c) {
  const struct bare_data *all = world_part(w, PART_bare_data);
  return all->of[c->service] ? &all->of[c->service][shard_of_container(w, c->id)] : NULL;
}

/* The container that takes the writes. */
static uint32_t primary_of(const struct world *w, const struct container *c) {
  const struct service *s = &w->services[c->service];
  return s->shards ? s->shards->of[shard_of_container(w, c->id)].primary : s->primary;
}

static void comes_back(struct world *w, const struct service *s, struct bare *b, sim_time rpo) {
  if (service_volume(service_config(s))->given) meter_time(w, service_replication(service_config(s))->rpo, rpo);
  parts_lost_data(w, b->fault, rpo);
}

static bool another_has(const struct world *w, const struct bare *b, uint32_t but) {
  for (uint32_t i = 0; i < b->count; i++)
    if (b->first + i != but && b->has[i] && container_serves(&w->containers[b->first + i])) return true;
  return false;
}

/* All begin with nothing. */
static void begin_again(const struct world *w, const struct bare *b) {
  for (uint32_t i = 0; i < b->count; i++) b->has[i] |= container_serves(&w->containers[b->first + i]);
}

void bare_data_superseded(struct world *w, struct service *s, uint32_t shard) {
  const struct bare_data *all = world_part(w, PART_bare_data);
  if (!all || !all->of[s->index]) return;
  struct bare *b = &all->of[s->index][shard];
  b->down = false;
  if (b->has[s->shards->of[shard].primary - b->first]) return;
  comes_back(w, s, b, SIM_NEVER);
  begin_again(w, b);
}

static void bare_data_stops(struct world *w, struct container *c, bool served) {
  struct bare *b = bare_of(w, c);
  if (!b || !served || primary_of(w, c) != c->id || b->down) return;
  b->down = true, b->fault = world_cause(w);
}

static void bare_data_serves(struct world *w, struct container *c, bool warm) {
  struct bare *b = bare_of(w, c);
  if (!b) return;
  bool empty = volume_is_empty(w, c), *has = &b->has[c->id - b->first];
  *has = warm || (*has && !empty) || another_has(w, b, c->id);
  if (warm || !b->down || primary_of(w, c) != c->id) return;
  b->down = false;
  if (!*has) {
    comes_back(w, &w->services[c->service], b, SIM_NEVER);
    begin_again(w, b);
  } else if (!empty && volume_is_known(w, c))
    comes_back(w, &w->services[c->service], b, 0);
}

static void bare_data_open(struct world *w) {
  struct bare_data *all = world_part(w, PART_bare_data);
  all->of = arena_new_array(w->arena, struct bare *, w->model->services.count + 1);
}

static void bare_data_build(struct world *w, struct service *s) {
  struct bare_data *all = world_part(w, PART_bare_data);
  if (!is_bare(service_config(s))) return;
  uint32_t count = shards_are_on(service_shards(service_config(s))) ? (uint32_t)service_shards(service_config(s))->count : 1;
  all->of[s->index] = arena_new_array(w->arena, struct bare, count);
  for (uint32_t i = 0; i < count; i++) {
    uint32_t replicas = s->capacity / count;
    all->of[s->index][i] = (struct bare){
        .first = s->first + i * replicas, .count = replicas, .has = arena_new_array(w->arena, bool, replicas), .fault = -1};
  }
}

static void link_bare_data(struct linker *l, enum link_stage stage) {
  struct model *m = l->model;
  for (uint32_t i = 0; stage == LINK_STEPS && i < m->services.count; i++) {
    const struct service_config *s = model_service(m, i);
    if (!is_bare(s) || !service_volume(s)->given) continue;
    service_replication(s)->rpo =
        meter_declare(m, s->name, "rpo", METER_TIME, "Age of the oldest lost write when the primary died, of every death.");
  }
}

static bool used(const struct model *m) {
  for (uint32_t i = 0; i < m->services.count; i++)
    if (is_bare(model_service(m, i))) return true;
  return false;
}

const struct part part_bare_data = {.name = "bare data",
                                    .used = used,
                                    .room.world = sizeof(struct bare_data),
                                    .link = link_bare_data,
                                    .open = bare_data_open,
                                    .build = bare_data_build,
                                    .serves = bare_data_serves,
                                    .stops = bare_data_stops};
