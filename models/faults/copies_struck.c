#include "models/faults/copies_struck.h"
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/faults/keys_of_loss.h"
#include "models/faults/processes.h"
#include "models/faults/targets.h"
#include "models/platform/lifecycle.h"
#include "models/platform/nodes.h"
#include "models/replication/shard.h"
#include "sim/engine/arena.h"
#include <math.h>

enum { PLACES = 1 << 20 };

const char *const copies_loss_words[] = {"process", "machine", NULL};

static const struct service_config *database_of(const struct model *m, const struct fault_config *f) {
  return model_service(m, (uint32_t)f->service);
}

uint32_t copies_primaries(const struct model *m, const struct fault_config *f) {
  const struct shards_config *s = service_shards(database_of(m, f));
  return shards_are_on(s) ? (uint32_t)s->count : 1;
}

uint32_t copies_others(const struct model *m, const struct fault_config *f) {
  return service_capacity(database_of(m, f)) - copies_primaries(m, f);
}

void copies_link(struct linker *l, const struct fault_config *f, const char *path) {
  const struct service_config *s = f->service < 0 ? NULL : database_of(l->model, f);
  const char *kind = f->kind->member.word;
  if (!s) link_error(l, path, NULL, "a fault of kind %s needs a \"service\" of kind database", kind);
  if (s && s->kind != SERVICE_DATABASE)
    link_error(l, path, "service", "\"%s\" is not of kind database: its replicas break by kinds crash and node", s->name);
  if (s && s->embedded)
    link_error(l, path, "service", "\"%s\" is a file and has no process that could die: its callers have", s->name);
  if (f->loses == LOSES_MACHINE) repair_link(l, f, path);
  if (f->loses == LOSES_PROCESS && f->repair.kind)
    link_error(l, path, "repair",
               "a process is started again by its orchestrator: leave \"repair\" out, or give \"loses\": \"machine\"");
  if (f->loses == LOSES_PROCESS) ((struct fault_config *)(uintptr_t)f)->repair = distribution_constant(0);
}

uint32_t copies_target(const struct world *w, const struct fault_config *f, uint32_t place) {
  return (uint32_t)(f - model_fault_at(w->model, 0)) * PLACES + place;
}

static const struct fault_config *fault_of(const struct world *w, uint32_t target) {
  return model_fault_at(w->model, target / PLACES);
}

struct fault_reach copies_reach(const struct model *m, const struct fault_config *f) {
  (void)m;
  return (struct fault_reach){.services = f->services};
}

double copies_outage_s(const struct model *m, const struct fault_config *f) {
  return f->loses == LOSES_MACHINE ? f->repair.mean * 1e-9 : process_outage_s(m, f);
}

uint32_t copies_number(const struct world *w, const struct fault_config *f, uint32_t target) {
  (void)w, (void)f;
  return copies_place(target);
}

static bool is_primary(const struct world *w, const struct service *s, uint32_t container) {
  return (s->shards ? s->shards->of[shard_of_container(w, container)].primary : s->primary) == container;
}

uint32_t copies_primary(const struct world *w, uint32_t target) {
  const struct service *s = &w->services[fault_of(w, target)->service];
  return s->shards ? s->shards->of[copies_place(target)].primary : s->primary;
}

uint32_t copies_other(const struct world *w, uint32_t target) {
  const struct service *s = &w->services[fault_of(w, target)->service];
  uint32_t left = copies_place(target);
  for (uint32_t i = s->first; i < s->first + s->capacity; i++)
    if (!is_primary(w, s, i) && !left--) return i;
  return NONE;
}

/* By place: the machine that it has taken, or NONE. */
static uint32_t *taken_by(struct world *w, uint32_t target) {
  struct faults *all = world_faults(w);
  const struct fault_config *f = fault_of(w, target);
  uint32_t places = service_capacity(database_of(w->model, f));
  if (!all->kept[target / PLACES]) {
    uint32_t *taken = arena_new_array(w->arena, uint32_t, places);
    for (uint32_t i = 0; i < places; i++) taken[i] = NONE;
    all->kept[target / PLACES] = taken;
  }
  return (uint32_t *)all->kept[target / PLACES] + copies_place(target);
}

void copies_strike(struct world *w, const struct fault_config *f, uint32_t target, uint32_t container) {
  if (container == NONE) return;
  struct container *c = &w->containers[container];
  if (f->loses == LOSES_PROCESS) {
    lifecycle_crash(w, c);
    return;
  }
  *taken_by(w, target) = c->node;
  if (c->node != NONE) node_fails(w, &w->nodes[c->node], (enum disk_fate)f->disk);
}

void copies_repair(struct world *w, uint32_t target) {
  if (fault_of(w, target)->loses == LOSES_PROCESS) return;
  uint32_t *taken = taken_by(w, target);
  if (*taken != NONE) node_returns(w, &w->nodes[*taken]);
  *taken = NONE;
}
