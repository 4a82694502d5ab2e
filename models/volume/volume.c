#include "models/volume/volume.h"
#include "models/core/link.h"
#include "models/core/meter.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include <assert.h>

/* Of a replica. */
struct volume {
  uint32_t home;        /* node that has it, or where it is attached; NONE: the replica has never served */
  bool empty, known;    /* see volume.h */
  sim_time detached_at; /* from the node that is lost; SIM_NEVER: nothing is being detached */
  sim_time given_up_at; /* SIM_NEVER: not before its node is back; 0: not decided */
  struct stream draws;
};

struct volumes {
  struct volume *of; /* by container */
};

static struct volume *volume_of(const struct world *w, const struct container *c) {
  struct volumes *all = world_part(w, PART_volumes);
  return all && service_volume(container_config(c))->matters ? &all->of[c->id] : NULL;
}

bool volume_is_empty(const struct world *w, const struct container *c) {
  const struct volume *v = volume_of(w, c);
  return v && v->empty;
}

bool volume_is_known(const struct world *w, const struct container *c) {
  const struct volume *v = volume_of(w, c);
  return v && v->known;
}

static const struct data_policy *policy(const struct world *w) { return &w->orchestrator->data; }

/* --- where it may be placed, and when ---------------------------------------------------------------------------------------- */

bool volume_is_bound(const struct world *w, const struct container *c, uint32_t *node) {
  const struct volume *v = volume_of(w, c);
  if (!v || v->home == NONE) return false;
  const struct volume_config *config = service_volume(container_config(c));
  *node = v->home;
  return config->pinned || (config->kind == VOLUME_LOCAL && policy(w)->node_affinity);
}

/* A network volume is in one zone. */
static bool volumes_admit(const struct world *w, const struct container *c, const struct node *n) {
  const struct volume *v = volume_of(w, c);
  uint32_t node;
  if (volume_is_bound(w, c, &node)) return n->index == node;
  bool zonal = v && v->home != NONE && service_volume(container_config(c))->kind == VOLUME_NETWORK;
  return !zonal || n->zone == w->nodes[v->home].zone;
}

static sim_time volumes_give_up(struct world *w, struct container *c) {
  struct volume *v = volume_of(w, c);
  const struct volume_config *config = service_volume(container_config(c));
  if (!v || config->owner != OWNER_STATEFULSET) return 0;
  if (v->given_up_at) return v->given_up_at;
  v->given_up_at = SIM_NEVER;
  if (!config->deleted.kind) return SIM_NEVER;
  sim_time after = distribution_sample_time(&config->deleted, &v->draws), lost_at = w->nodes[c->node].failed_at;
  if (after < SIM_NEVER - 1 - lost_at) v->given_up_at = lost_at + after > 0 ? lost_at + after : 1;
  return v->given_up_at;
}

/* --- coming and going -------------------------------------------------------------------------------------------------------- */

/* Its machine is lost, and the disk with it. */
static bool disk_is_lost(const struct volume_config *config, const struct node *n) {
  return n->disk == DISK_LOST || (n->disk == DISK_UNSTATED && config->lost_if_mute);
}

static void volumes_stop(struct world *w, struct container *c, bool served) {
  struct volume *v = volume_of(w, c);
  if (!v) return;
  const struct volume_config *config = service_volume(container_config(c));
  const struct node *n = c->node == NONE ? NULL : &w->nodes[c->node];
  bool lost = n && !n->up, on_node = config->kind != VOLUME_NETWORK;
  if (served) v->empty = false;
  if (served) v->known = lost && on_node ? n->disk != DISK_UNSTATED : config->given || w->orchestrator->relocates;
  if (lost && on_node && n->index == v->home && disk_is_lost(config, n)) v->empty = true;
}

/* What is left of its wait until the volume is detached from the node that was lost. */
static sim_time detaches(struct world *w, const struct container *c, struct volume *v) {
  const struct volume_config *config = service_volume(container_config(c));
  if (w->nodes[v->home].up) return 0;
  if (v->detached_at == SIM_NEVER) v->detached_at = world_after(w, distribution_sample_time(&config->detach, &v->draws));
  sim_time left = v->detached_at > world_now(w) ? v->detached_at - world_now(w) : 0;
  if (config->given) meter_time(w, config->waited, left);
  return left;
}

static sim_time volumes_recover(struct world *w, const struct container *c) {
  struct volume *v = volume_of(w, c);
  if (!v) return 0;
  v->given_up_at = 0;
  if (v->home == NONE) return 0;
  const struct volume_config *config = service_volume(container_config(c));
  bool moved = v->home != c->node;
  if (config->kind == VOLUME_NETWORK) return moved ? detaches(w, c, v) : 0;
  if (moved || (config->kind == VOLUME_NONE && policy(w)->new_containers)) v->empty = true;
  return 0;
}

static void volumes_serve(struct world *w, struct container *c, bool warm) {
  struct volume *v = volume_of(w, c);
  if (!v) return;
  const struct volume_config *config = service_volume(container_config(c));
  if (!warm && v->empty && config->given) meter_count(w, config->emptied);
  v->home = c->node, v->detached_at = SIM_NEVER, v->given_up_at = 0;
}

/* --- beginning --------------------------------------------------------------------------------------------------------------- */

static void volumes_open(struct world *w) {
  struct volumes *all = world_part(w, PART_volumes);
  all->of = arena_new_array(w->arena, struct volume, w->model->container_count + 1);
}

static void volumes_build(struct world *w, struct service *s) {
  struct volumes *all = world_part(w, PART_volumes);
  for (uint32_t i = 0; i < s->capacity && service_volume(service_config(s))->matters; i++) {
    uint64_t entity = stream_entity(service_config(s)->name, i);
    all->of[s->first + i] = (struct volume){
        .home = NONE, .detached_at = SIM_NEVER, .draws = stream_open(stream_key(w->seed, w->replication, PURPOSE_VOLUME, entity))};
  }
}

static bool used(const struct model *m) {
  for (uint32_t i = 0; i < m->services.count; i++)
    if (service_volume(model_service(m, i))->matters) return true;
  return false;
}

static void link_volumes(struct linker *l, enum link_stage stage) {
  if (stage == LINK_JOINED) volumes_link(l);
}

const struct part part_volumes = {.name = "volumes",
                                  .keys.service = &volume_keys_record,
                                  .used = used,
                                  .room.world = sizeof(struct volumes),
                                  .link = link_volumes,
                                  .open = volumes_open,
                                  .build = volumes_build,
                                  .admits = volumes_admit,
                                  .gives_up = volumes_give_up,
                                  .recovers = volumes_recover,
                                  .serves = volumes_serve,
                                  .stops = volumes_stop,
                                  .audit = audit_volumes};
